"""What all algorithms share: names, parameters made from dataclass fields, errors, progress."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtGui import QIcon

from ..core.errors import AlignError
from ..core.fields import ParamInfo, from_dict, param_infos
from ..core.progress import Cancelled, Progress
from ..core.types import AlignRequest, AlignResult, RasterRef, TiePoint
from ..engine.matchers import all_specs
from ..layers import point_from_feature, raster_ref
from ..settings import worker_python
from ..worker_client import WorkerClient

ROOT = Path(__file__).resolve().parent.parent.parent
_HELP = ROOT / "resources" / "help" / "index.html"


def tr(text: str) -> str:
    """Translate."""
    return QCoreApplication.translate("SarOpticalAlign", text)


class FeedbackProgress(Progress):
    """Forwards to a Processing feedback."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback

    def poll(self) -> None:
        if self._feedback.isCanceled():
            raise Cancelled

    def update(self, fraction: float, message: str = "") -> None:
        self.poll()
        self._feedback.setProgress(100.0 * fraction)
        if message:
            self._feedback.setProgressText(message)

    def log(self, message: str) -> None:
        self._feedback.pushInfo(message)


@contextlib.contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the core's errors into Processing's, with their hint."""
    try:
        yield
    except AlignError as error:
        raise QgsProcessingException(str(error)) from error


class AlignAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms; subclasses set the class attributes."""

    NAME = ""
    TITLE = ""
    HELP = ""
    TAGS = "sar,optical,registration,georeference,tie points,gcp,align"

    def name(self) -> str:
        """Return the stable name."""
        return self.NAME

    def displayName(self) -> str:  # noqa: N802
        """Return the name shown."""
        return tr(self.TITLE)

    def shortHelpString(self) -> str:  # noqa: N802
        """Return the help text."""
        return tr(self.HELP)

    def helpUrl(self) -> str:  # noqa: N802
        """Return the offline help."""
        return QUrl.fromLocalFile(str(_HELP)).toString()

    def tags(self) -> list[str]:
        """Return search words."""
        return self.TAGS.split(",")

    def icon(self) -> QIcon:
        """Return the icon."""
        return QIcon(str(ROOT / "resources" / "icons" / "align.svg"))

    def createInstance(self) -> AlignAlgorithm:  # noqa: N802
        """Return a new one of the same kind."""
        return type(self)()

    def add_params(self, cls: type, skip: tuple[str, ...] = ()) -> None:
        """Add a parameter for each field of a dataclass; names are upper case."""
        for info in param_infos(cls):
            if info.name not in skip:
                self.addParameter(_definition(info))

    def read_params(self, cls: type, parameters: dict[str, Any], context: QgsProcessingContext, skip: tuple[str, ...] = ()) -> Any:
        """Return the dataclass as chosen.

        Raises:
            UsageError: a value is out of range.
        """
        values: dict[str, Any] = {}
        for info in param_infos(cls):
            name = info.name.upper()
            if info.name in skip:
                continue
            if info.choices or info.name == "matcher":
                values[info.name] = self.parameterAsEnumString(parameters, name, context)
            elif info.optional and parameters.get(name) is None:
                values[info.name] = None
            elif info.type is bool:
                values[info.name] = self.parameterAsBoolean(parameters, name, context)
            elif info.type is int:
                values[info.name] = self.parameterAsInt(parameters, name, context)
            elif info.type is float:
                values[info.name] = self.parameterAsDouble(parameters, name, context)
            else:
                values[info.name] = self.parameterAsString(parameters, name, context)
        return from_dict(cls, values)

    def layer_ref(self, parameters: dict[str, Any], name: str, band: str, context: QgsProcessingContext) -> RasterRef:
        """Return a raster parameter as the engine takes it; call it in `prepareAlgorithm`.

        Raises:
            InputError: no raster file.
        """
        layer = self.parameterAsRasterLayer(parameters, name, context)
        number = self.parameterAsInt(parameters, band, context) if band and parameters.get(band) is not None else 0
        return raster_ref(layer if isinstance(layer, QgsRasterLayer) else None, number)


def run_worker(request: AlignRequest, feedback: QgsProcessingFeedback) -> AlignResult:
    """Run a request in a worker of its own.

    Raises:
        AlignError: as the engine raised it.
        Cancelled: the feedback was cancelled; the worker is killed.
    """
    client = WorkerClient(worker_python(), ROOT.parent, ROOT.name)
    try:
        return client.run(request, FeedbackProgress(feedback))
    finally:
        client.close()


def points_of(source: QgsProcessingFeatureSource) -> list[TiePoint]:
    """Return the tie points of a feature source.

    Raises:
        InputError: it is no tie-point layer.
    """
    return [point_from_feature(f) for f in source.getFeatures()]


def _definition(info: ParamInfo) -> QgsProcessingParameterDefinition:
    name, label = info.name.upper(), tr(info.label) + (f" [{tr(info.unit)}]" if info.unit else "")
    if info.choices or info.name == "matcher":
        keys = list(info.choices) if info.choices else ["auto", *all_specs()]
        definition = QgsProcessingParameterEnum(name, label, options=keys, defaultValue=info.default, usesStaticStrings=True)
    elif info.type is bool:
        definition = QgsProcessingParameterBoolean(name, label, defaultValue=info.default)
    elif info.type in (int, float):
        kind = QgsProcessingParameterNumber.Type.Integer if info.type is int else QgsProcessingParameterNumber.Type.Double
        limits = {k: v for k, v in (("minValue", info.min), ("maxValue", info.max)) if v is not None}
        definition = QgsProcessingParameterNumber(name, label, type=kind, defaultValue=info.default, optional=info.optional, **limits)
    else:
        definition = QgsProcessingParameterString(name, label, defaultValue=info.default, optional=info.optional)
    definition.setHelp(tr(info.help))
    if info.advanced:
        definition.setFlags(definition.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
    return definition
