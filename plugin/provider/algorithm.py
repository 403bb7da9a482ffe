"""What all algorithms share: names, help, icon, translated errors, progress."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterRasterLayer,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from ...resources import FOLDER
from ..core.errors import AlignError
from ..core.progress import Cancelled, Progress
from ..core.run.help_pages import help_place
from ..core.types import RasterRef
from ..core.wording import explained, tr
from ..gis.rasters import raster_ref

ICON = FOLDER / "icons" / "align.svg"
_TAGS = (
    "sar,radar,optical,registration,coregistration,georeferencing,tie points,ground control "
    "points,gcp,align,warp,sentinel"
)


def number(value: float | None) -> float | None:
    """Return a number as an output: None where it is undefined, which expressions and JSON know as
    null.
    """
    return None if value is None or not math.isfinite(value) else value


class FeedbackProgress(Progress):
    """Forwards to a Processing feedback, which also says whether to stop."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback, self._last = feedback, ""

    def poll(self) -> None:
        """Stop where the user cancelled."""
        if self._feedback.isCanceled():
            raise Cancelled

    def update(self, fraction: float, message: str = "") -> None:
        """Show how far the work is."""
        self.poll()
        self._feedback.setProgress(100.0 * fraction)
        if message and message != self._last:
            self._last = message
            self._feedback.setProgressText(tr(message))

    def log(self, message: str) -> None:
        """Show a line."""
        self._feedback.pushInfo(message)


class AlignAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms; subclasses set the class attributes."""

    NAME = ""
    TITLE = ""
    GROUP = ("registration", "Registration")
    HELP = ""

    def __init__(self) -> None:
        super().__init__()
        self._problem: AlignError | None = None

    def name(self) -> str:
        """Return the stable name."""
        return self.NAME

    def displayName(self) -> str:  # noqa: N802 - QGIS' name
        """Return the name shown."""
        return tr(self.TITLE)

    def groupId(self) -> str:  # noqa: N802
        """Return the stable name of the group."""
        return self.GROUP[0]

    def group(self) -> str:
        """Return the name of the group shown."""
        return tr(self.GROUP[1])

    def shortDescription(self) -> str:  # noqa: N802
        """Return the first sentence of the help."""
        return tr(self.HELP).split(". ")[0].rstrip(".") + "."

    def shortHelpString(self) -> str:  # noqa: N802
        """Return the help text."""
        return tr(self.HELP)

    def helpUrl(self) -> str:  # noqa: N802
        """Return the place in the offline help."""
        file, anchor = help_place(self.name())
        return f"{QUrl.fromLocalFile(str(file)).toString()}#{anchor}"

    def tags(self) -> list[str]:
        """Return search words."""
        return _TAGS.split(",")

    def icon(self) -> QIcon:
        """Return the icon."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:  # noqa: N802
        """Return the icon's file."""
        return str(ICON)

    def createInstance(self) -> AlignAlgorithm:  # noqa: N802
        """Return a new one of the same kind."""
        return type(self)()

    def add(
        self, definition: QgsProcessingParameterDefinition, text: str, advanced: bool = False
    ) -> None:
        """Add a parameter with its help."""
        definition.setHelp(tr(text))
        if advanced:
            definition.setFlags(
                definition.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced
            )
        if not self.addParameter(definition):
            raise RuntimeError(f"{self.NAME}: the parameter {definition.name()} cannot be added")

    def add_raster(self, name: str, label: str, text: str, optional: bool = False) -> None:
        """Add a raster layer parameter."""
        self.add(QgsProcessingParameterRasterLayer(name, tr(label), optional=optional), text)

    def add_outputs(
        self, numbers: tuple[tuple[str, str], ...], strings: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Declare what comes out besides files, so that models can branch on it."""
        for name, label in strings:
            self.addOutput(QgsProcessingOutputString(name, tr(label)))
        for name, label in numbers:
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))

    def layer_ref(
        self,
        parameters: dict[str, Any],
        name: str,
        context: QgsProcessingContext,
        bands: tuple[int, ...] = (),
    ) -> RasterRef:
        """Return a raster parameter as the engine takes it; call it in `read`.

        Raises:
            InputError: no raster file.
        """
        layer = self.parameterAsRasterLayer(parameters, name, context)
        if layer is None and isinstance(
            parameters.get(name), str
        ):  # a file QGIS cannot open: say why
            return RasterRef(parameters[name], bands)
        return replace(
            raster_ref(layer if isinstance(layer, QgsRasterLayer) else None), bands=bands
        )

    def prepareAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> bool:
        """Run `read`; what is wrong is raised by `processAlgorithm`, whose errors reach scripts and
        models with their message.
        """
        try:
            self.read(parameters, context)
        except AlignError as error:
            self._problem = error
        return True

    def processAlgorithm(  # noqa: N802
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Run `work`, with errors as Processing's; a cancelled run has no outputs."""
        try:
            if self._problem is not None:
                raise self._problem
            return self.work(parameters, context, feedback)
        except AlignError as error:
            raise QgsProcessingException(explained(error)) from error
        except Cancelled:
            return {}

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers and settings; runs in the main thread.

        Raises:
            AlignError: with a hint.
        """
        raise NotImplementedError

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Do the work and return the outputs; runs in any thread.

        Raises:
            AlignError: with a hint.
            Cancelled: the user cancelled.
        """
        raise NotImplementedError
