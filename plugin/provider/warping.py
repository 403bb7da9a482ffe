"""warpraster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
)

from ..core import fitting, quality
from ..core.errors import InputError
from ..core.gcp_io import load_points
from ..core.progress import Cancelled
from ..core.types import MODEL_LABELS, TiePoint, WarpParams
from ..gdal_warp import warp_with_gdal
from ..layers import native_grid, reprojection
from .algorithm import AlignAlgorithm, FeedbackProgress, points_of, tr, translated_errors


class WarpRaster(AlignAlgorithm):
    """Warp with control points."""

    NAME = "warpraster"
    TITLE = "Warp raster with control points"
    HELP = (
        "Fits a model to the enabled control points of a layer (made by 'Find tie points' or 'Import control points') or of a .points file, and warps "
        "every band of the sensed raster. Data type, bands and nodata are kept; the input is never changed."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterRasterLayer("SENSED", tr("Sensed raster")))
        self.addParameter(QgsProcessingParameterRasterLayer("REFERENCE", tr("Reference raster (its pixels are those of the points)")))
        self.addParameter(QgsProcessingParameterFeatureSource("POINTS", tr("Control points"), [QgsProcessing.SourceType.TypeVectorPoint], optional=True))
        self.addParameter(QgsProcessingParameterFile("POINTS_FILE", tr("or a control-point file"), optional=True, fileFilter="Control points (*.points *.csv *.geojson)"))
        self.addParameter(QgsProcessingParameterEnum("MODEL", tr("Model"), options=list(MODEL_LABELS), defaultValue="auto", usesStaticStrings=True))
        self.add_params(WarpParams)
        self.addParameter(QgsProcessingParameterRasterDestination("OUTPUT", tr("Warped raster")))
        self.addOutput(QgsProcessingOutputString("MODEL_USED", tr("Model fitted")))
        self.addOutput(QgsProcessingOutputNumber("FIT_RMSE", tr("Fit RMSE [reference px]")))

    def prepareAlgorithm(self, parameters: dict[str, Any], context: QgsProcessingContext, _feedback: QgsProcessingFeedback) -> bool:  # noqa: N802
        """Read layers in the main thread."""
        with translated_errors():
            self.sensed = self.layer_ref(parameters, "SENSED", "", context)
            self.reference = self.layer_ref(parameters, "REFERENCE", "", context)
            self.points = self._points(parameters, context)
        return True

    def _points(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[TiePoint]:
        source = self.parameterAsSource(parameters, "POINTS", context)
        file = self.parameterAsFile(parameters, "POINTS_FILE", context)
        if source is not None:
            return points_of(source)
        if file:
            grid = native_grid(self.reference.path)
            return load_points(Path(file), grid, native_grid(self.sensed.path), lambda wkt: reprojection(wkt, grid.crs_wkt))
        raise InputError("No control points are given.", "Choose a layer or a file.")

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Fit and warp."""
        with translated_errors():
            enabled = [p for p in self.points if p.enabled]
            if not enabled:
                raise InputError("No control point is enabled.", "Enable some first.")
            source, target = [p.sensed_px for p in enabled], [p.reference_px for p in enabled]
            covariances = [p.covariance_px for p in enabled]
            kind = self.parameterAsEnumString(parameters, "MODEL", context)
            if kind == "auto":
                kind = quality.advise(source, target, covariances).best
            fit = fitting.fit_details(kind, source, target, covariances)
            output = self.parameterAsOutputLayer(parameters, "OUTPUT", context)
            params = self.read_params(WarpParams, parameters, context)
            try:
                warp_with_gdal(self.sensed.path, native_grid(self.reference.path), fit.transform, Path(output), params, FeedbackProgress(feedback))
            except Cancelled:
                return {}
        if not output:
            raise QgsProcessingException(self.invalidRasterError(parameters, "OUTPUT"))
        return {"OUTPUT": output, "MODEL_USED": kind, "FIT_RMSE": quality.rmse(fit.residuals_px)}
