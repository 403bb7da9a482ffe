"""registerimages and matchimages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureSink,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBand,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsWkbTypes,
)

from ..core.errors import AlignError
from ..core.gcp_io import save_points
from ..core.progress import Cancelled
from ..core.transforms import transform_from_dict
from ..core.types import AlignParams, AlignRequest, AlignResult, Status, WarpParams
from ..gdal_warp import warp_with_gdal
from ..layers import point_feature, point_fields
from ..settings import worker_python
from .algorithm import AlignAlgorithm, FeedbackProgress, run_worker, tr, translated_errors


class _Matching(AlignAlgorithm):
    """What both share."""

    def __init__(self) -> None:
        super().__init__()
        self.request: AlignRequest | None = None

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        for name, label in (("REFERENCE", "Reference raster (stays; usually optical)"), ("SENSED", "Sensed raster (is moved; usually SAR)")):
            self.addParameter(QgsProcessingParameterRasterLayer(name, tr(label)))
            band = QgsProcessingParameterBand(f"{name}_BAND", tr(f"Band of the {name.lower()} raster"), parentLayerParameterName=name, optional=True)
            band.setHelp(tr("Empty: grey from red, green and blue, or the first SAR band."))
            self.addParameter(band)
        self.add_params(AlignParams)
        optional = QgsProcessingParameterFileDestination("POINTS_FILE", tr("Control-point file"), "QGIS points (*.points)", optional=True, createByDefault=False)
        self.addParameter(optional)
        strict = QgsProcessingParameterBoolean("FAIL_ON_REFUSAL", tr("Fail when there is no reliable alignment"), defaultValue=True)
        strict.setHelp(tr("Off: the algorithm ends with STATUS = no_reliable_alignment, so that a model can branch."))
        strict.setFlags(strict.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
        self.addParameter(strict)
        self.addParameter(QgsProcessingParameterFeatureSink("POINTS", tr("Tie points"), QgsProcessing.SourceType.TypeVectorPoint))
        self.addOutput(QgsProcessingOutputString("STATUS", tr("Status: ok or no_reliable_alignment")))
        self.addOutput(QgsProcessingOutputString("MODEL_USED", tr("Model fitted")))
        for name, label in (
            ("KEPT", "Tie points kept"), ("FOUND", "Tie points found"), ("LOO_RMSE", "Leave-one-out RMSE [reference px]"),
            ("LOO_RMSE_MAP", "Leave-one-out RMSE [map units]"), ("HOLDOUT_RMSE", "Hold-out RMSE [reference px]"), ("CE90", "CE90 [reference px]"),
            ("COVERAGE", "Coverage [0..1]"),
        ):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))

    def canExecute(self) -> tuple[bool, str]:  # noqa: N802
        """Say whether an interpreter is set up."""
        try:
            worker_python()
        except AlignError as error:
            return False, str(error)
        return True, ""

    def checkParameterValues(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[bool, str]:  # noqa: N802
        """Refuse the same raster twice."""
        reference, sensed = (self.parameterAsRasterLayer(parameters, n, context) for n in ("REFERENCE", "SENSED"))
        if reference is not None and sensed is not None and reference.source() == sensed.source():
            return False, tr("Reference and sensed raster are the same file.")
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(self, parameters: dict[str, Any], context: QgsProcessingContext, _feedback: QgsProcessingFeedback) -> bool:  # noqa: N802
        """Read layers in the main thread."""
        with translated_errors():
            self.request = AlignRequest(
                self.layer_ref(parameters, "REFERENCE", "REFERENCE_BAND", context),
                self.layer_ref(parameters, "SENSED", "SENSED_BAND", context),
                self.read_params(AlignParams, parameters, context),
            )
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Match, write what was asked for, return numbers."""
        if self.request is None:
            raise QgsProcessingException("prepareAlgorithm was not called.")
        with translated_errors():
            try:
                result = run_worker(self.request, feedback)
                outputs = self._outputs(result)
                outputs["POINTS"] = self._sink(parameters, context, result)
                file = self.parameterAsFileOutput(parameters, "POINTS_FILE", context)
                if file:
                    save_points(Path(file), result.points, result.reference_grid, result.sensed_grid)
                    outputs["POINTS_FILE"] = file
                feedback.pushInfo(result.message)
                if result.status is not Status.OK and self.parameterAsBoolean(parameters, "FAIL_ON_REFUSAL", context):
                    raise QgsProcessingException(f"{result.message} {result.hint}")
                if result.status is Status.OK:
                    outputs.update(self._finish(parameters, context, feedback, result))
            except Cancelled:
                return {}
        return outputs

    def _finish(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback, result: AlignResult  # noqa: ARG002
    ) -> dict[str, Any]:
        return {}

    def _sink(self, parameters: dict[str, Any], context: QgsProcessingContext, result: AlignResult) -> str:
        crs = QgsCoordinateReferenceSystem.fromWkt(result.reference_grid.crs_wkt) if result.reference_grid.crs_wkt else QgsCoordinateReferenceSystem()
        sink, identifier = self.parameterAsSink(parameters, "POINTS", context, point_fields(), QgsWkbTypes.Type.Point, crs)
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "POINTS"))
        for point in result.points:
            sink.addFeature(point_feature(point), QgsFeatureSink.Flag.FastInsert)
        return identifier

    @staticmethod
    def _outputs(result: AlignResult) -> dict[str, Any]:
        q = result.quality
        return {
            "STATUS": result.status.value, "MODEL_USED": result.model, "KEPT": len(result.enabled_points), "FOUND": len(result.points),
            "LOO_RMSE": None if q is None else q.loo_rmse_px, "LOO_RMSE_MAP": None if q is None else q.loo_rmse_map,
            "HOLDOUT_RMSE": None if q is None else q.holdout_rmse_px, "CE90": None if q is None else q.ce90_px,
            "COVERAGE": None if q is None else q.coverage,
        }


class MatchImages(_Matching):
    """Find tie points."""

    NAME = "matchimages"
    TITLE = "Find tie points"
    HELP = (
        "Finds tie points between a reference and a sensed raster (SAR with optical, or optical with optical), filters them and judges the fit. "
        "Writes all points, the disabled ones with their reason. Lengths are in pixels of the reference."
    )


class RegisterImages(_Matching):
    """Find tie points and warp."""

    NAME = "registerimages"
    TITLE = "Register images"
    HELP = (
        "Finds tie points between a reference and a sensed raster, fits a model and writes the warped sensed raster. When the evidence is too weak "
        "nothing is written. Numbers come as outputs, so that a model can branch on them."
    )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        super().initAlgorithm(configuration)
        self.add_params(WarpParams)
        self.addParameter(QgsProcessingParameterRasterDestination("OUTPUT", tr("Warped raster")))

    def _finish(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback, result: AlignResult
    ) -> dict[str, Any]:
        output = self.parameterAsOutputLayer(parameters, "OUTPUT", context)
        params = self.read_params(WarpParams, parameters, context)
        transform = transform_from_dict(result.transform or {})
        warp_with_gdal(result.request.sensed.path, result.reference_grid, transform, Path(output), params, FeedbackProgress(feedback))
        return {"OUTPUT": output}
