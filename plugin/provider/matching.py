"""What matchimages and registerimages share: parameters, checks, the run in the worker, numbers."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBand,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
    QgsRasterLayer,
)

from ..core.errors import AlignError
from ..core.fit.result import AlignResult
from ..core.outputs import Outputs, resolved
from ..core.points.files import save_points
from ..core.types import AlignParams, AlignRequest, Modality, RasterRef, Status
from ..core.wording import explained, tr
from ..gis.input_files import files_of
from ..gis.rasters import native_grid
from ..store.network_consent import request_for
from ..store.settings import worker_python
from ..work.worker_client import WorkerClient
from .algorithm import AlignAlgorithm, FeedbackProgress, number
from .fields import add_params, read_matcher_params, read_params
from .points import write_points_layer

PYTHON_VARIABLE = "SAR_OPTICAL_ALIGN_PYTHON"
_SIDES = (
    ("REFERENCE", "Reference raster", "Stays where it is; usually the optical one."),
    ("SENSED", "Sensed raster", "Is moved; usually the SAR one."),
)
_NUMBERS = (
    ("FOUND", "Tie points found"),
    ("KEPT", "Tie points kept"),
    ("FIT_RMSE", "Fit RMSE [reference px]"),
    ("LOO_RMSE", "Leave-one-out RMSE [reference px]"),
    ("LOO_RMSE_MAP", "Leave-one-out RMSE [map units]"),
    ("HOLDOUT_RMSE", "Hold-out RMSE [reference px]"),
    ("CE90", "CE90: 90 % of the leave-one-out errors are shorter [reference px]"),
    ("COVERAGE", "Coverage: area of the points' hull / overlap [0..1]"),
)


def interpreter() -> str:
    """Return the interpreter of the worker: that of the environment variable, else that of the
    settings.

    Raises:
        WorkerError: none is set up, with what to do.
    """
    return os.environ.get(PYTHON_VARIABLE) or worker_python()


class MatchingAlgorithm(AlignAlgorithm):
    """Base of the two algorithms that find tie points."""

    FILES: tuple[str, ...] = ("POINTS_FILE", "REPORT")
    """Outputs that are files whose folder must be there beforehand."""

    def __init__(self) -> None:
        super().__init__()
        self.request: AlignRequest
        self.python = ""
        self.files: dict[str, Path] = {}

    def add_inputs(self) -> None:
        """Declare rasters, bands, sensors and the parameters of matching."""
        for name, label, text in _SIDES:
            self.add_raster(name, label, text)
            band = QgsProcessingParameterBand(
                f"{name}_BAND",
                tr("{0}: band(s)").format(tr(label)),
                None,
                name,
                optional=True,
                allowMultiple=True,
            )
            self.add(
                band,
                "Bands to compare. Empty: grey made of red, green and blue, or the first SAR band.",
            )
        add_params(self, AlignParams, "REFERENCE")
        text = QgsProcessingParameterString(
            "MATCHER_PARAMS", tr("Parameters of the matcher"), optional=True
        )
        self.add(
            text,
            "As name=value, separated by semicolons. The command 'sar-optical-align "
            "matchers' lists them.",
            advanced=True,
        )
        for name, label, _text in _SIDES:
            kinds = [m.value for m in Modality]
            sensor = QgsProcessingParameterEnum(
                f"{name}_MODALITY",
                tr("{0}: sensor").format(tr(label)),
                kinds,
                defaultValue="auto",
                usesStaticStrings=True,
            )
            self.add(sensor, "Automatic: told from bands, data type and values.", advanced=True)

    def add_results(self, optional: bool) -> None:
        """Declare points, files and numbers."""
        sink = QgsProcessingParameterFeatureSink(
            "POINTS", tr("Tie points"), QgsProcessing.SourceType.TypeVectorPoint, optional=optional
        )
        self.add(
            sink,
            "All tie points at their places in the reference, also the disabled ones "
            "with their reason.",
        )
        file = QgsProcessingParameterFileDestination(
            "POINTS_FILE",
            tr("Control-point file"),
            f"{tr('QGIS points')} (*.points)",
            optional=True,
            createByDefault=False,
        )
        self.add(file, "Opens in the QGIS Georeferencer.")
        report = QgsProcessingParameterFileDestination(
            "REPORT", tr("Report"), "HTML (*.html)", optional=True, createByDefault=False
        )
        self.add(
            report,
            "One page with pictures before and after, residuals, chips of the best and "
            "worst points, every parameter and version.",
        )
        strings = (
            ("STATUS", "Status: ok or no_reliable_alignment"),
            ("MESSAGE", "What happened, in a sentence"),
            ("MODEL_USED", "Model fitted"),
        )
        self.add_outputs(_NUMBERS, strings)

    def canExecute(self) -> tuple[bool, str]:  # noqa: N802 - QGIS' name
        """Say whether an interpreter is set up."""
        try:
            interpreter()
        except AlignError as error:
            return False, explained(error)
        return True, ""

    def checkParameterValues(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Refuse the same raster twice, and rasters that lie apart."""
        reference, sensed = (
            self.parameterAsRasterLayer(parameters, name, context) for name, _, _ in _SIDES
        )
        if (
            isinstance(reference, QgsRasterLayer)
            and isinstance(sensed, QgsRasterLayer)
            and reference.isValid()
            and sensed.isValid()
        ):
            if reference.source() == sensed.source():
                return False, tr(
                    "Reference and sensed raster are the same file. Choose two rasters."
                )
            radius = (
                self.parameterAsDouble(parameters, "SEARCH_RADIUS", context)
                if parameters.get("SEARCH_RADIUS") is not None
                else None
            )
            if _far_apart(reference, sensed, radius, context):
                return False, tr(
                    "The two rasters do not overlap on the ground. Check their CRS, or "
                    "give a search radius as large as their distance."
                )
        return super().checkParameterValues(parameters, context)

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers and settings in the main thread."""
        self.python = interpreter()
        matcher = self.parameterAsEnumString(parameters, "MATCHER", context)
        options = read_matcher_params(
            self.parameterAsString(parameters, "MATCHER_PARAMS", context), matcher
        )
        params = read_params(self, AlignParams, parameters, context, matcher_params=options)
        reference, sensed = (
            self._side(parameters, name, context) for name in ("REFERENCE", "SENSED")
        )
        self.request = request_for(reference, sensed, params)
        destinations = {
            name: self.parameterAsFileOutput(parameters, name, context) for name in self.FILES
        }
        self.files = {name: resolved(file) for name, file in destinations.items() if file}
        self.outputs()

    def outputs(self, raster: Path | None = None) -> Outputs:
        """Return the files of the run.

        Raises:
            AlignError: one cannot be written, or is an input or another of them.
        """
        rasters = [self.request.reference.path, self.request.sensed.path]
        return Outputs([raster, *self.files.values()], rasters, files_of(rasters), raster=raster)

    def _side(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> RasterRef:
        bands = (
            tuple(self.parameterAsInts(parameters, f"{name}_BAND", context))
            if parameters.get(f"{name}_BAND") not in (None, "")
            else ()
        )
        ref = self.layer_ref(parameters, name, context, bands)
        return replace(
            ref,
            modality=Modality(self.parameterAsEnumString(parameters, f"{name}_MODALITY", context)),
        )

    def match(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        progress: FeedbackProgress | Any,
        files: Outputs,
    ) -> tuple[AlignResult, dict[str, Any]]:
        """Run the engine, write points and files, which the caller delivers, and return the result
        and the outputs.

        Raises:
            AlignError: as the engine raised it.
            Cancelled: the user cancelled; the worker is killed.
        """
        client = WorkerClient(self.python)
        try:
            result = client.run(
                self.request,
                progress,
                report_path=files.part(self.files["REPORT"]) if "REPORT" in self.files else None,
            )
        finally:
            client.close()
        (feedback.pushInfo if result.status is Status.OK else feedback.pushWarning)(
            f"{tr(result.message)} {tr(result.hint)}".strip()
        )
        outputs: dict[str, Any] = {
            "STATUS": result.status.value,
            "MESSAGE": tr(result.message),
            "MODEL_USED": result.model if result.quality else "",
            **numbers(result),
        }
        if layer := write_points_layer(
            self, parameters, "POINTS", context, result.points, result.reference_grid
        ):
            outputs["POINTS"] = layer
        if file := self.files.get("POINTS_FILE"):
            save_points(files.part(file), result.points, result.reference_grid, result.sensed_grid)
        return result, outputs | {name: str(path) for name, path in self.files.items()}


def numbers(result: AlignResult) -> dict[str, float | None]:
    """Return the figures of a result as outputs."""
    q = result.quality
    figures = {
        "FIT_RMSE": "fit_rmse_px",
        "LOO_RMSE": "loo_rmse_px",
        "LOO_RMSE_MAP": "loo_rmse_map",
        "HOLDOUT_RMSE": "holdout_rmse_px",
        "CE90": "ce90_px",
        "COVERAGE": "coverage",
    }
    return {
        "FOUND": len(result.points),
        "KEPT": len(result.enabled_points),
        **{key: None if q is None else number(getattr(q, name)) for key, name in figures.items()},
    }


def _far_apart(
    reference: QgsRasterLayer,
    sensed: QgsRasterLayer,
    radius: float | None,
    context: QgsProcessingContext,
) -> bool:
    """Whether two georeferenced rasters cannot overlap, even when misplaced by the search
    radius.
    """
    try:
        placed = all(
            native_grid(layer.source()).crs_wkt and layer.crs().isValid()
            for layer in (reference, sensed)
        )
    except AlignError:
        return False  # the engine says what is wrong with the file
    if not placed:
        return False
    there = QgsCoordinateTransform(sensed.crs(), reference.crs(), context.transformContext())
    there.setBallparkTransformsAreAppropriate(True)
    try:
        extent = there.transformBoundingBox(sensed.extent())
    except Exception:  # noqa: BLE001 - QgsCsException: outside the CRS's area; left to the engine
        return False
    margin = radius if radius is not None else 0.5 * max(extent.width(), extent.height())
    return not reference.extent().buffered(margin).intersects(extent)
