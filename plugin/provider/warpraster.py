"""warpraster: a raster and control points to the warped raster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterDestination,
)

from ..core import fitting, quality
from ..core.errors import InputError
from ..core.gcp_io import is_referenced, parse_points
from ..core.types import MODEL_LABELS, Grid, TiePoint, WarpParams
from ..gdal_warp import warp_with_gdal
from ..layers import native_grid
from .algorithm import AlignAlgorithm, FeedbackProgress, number, tr
from .fields import add_params, read_params
from .points import POINT_FILES, on_own_grid, points_of, points_of_file


class WarpRaster(AlignAlgorithm):
    """Warp with control points."""

    NAME = "warpraster"
    TITLE = "Warp raster with control points"
    HELP = (
        "Fits a model to the enabled control points of a layer (made by 'Find tie points' or 'Import control points', perhaps edited) or of a "
        ".points, .csv or .geojson file, and warps every band of the sensed raster. Data type, bands and nodata are kept; the input is never "
        "changed. Needs no matching environment."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        self.add_raster("SENSED", "Sensed raster", "Is warped: the raster the points were found on, or a sibling on the same pixels (another polarisation).")
        points = QgsProcessingParameterFeatureSource("POINTS", tr("Control points"), [QgsProcessing.SourceType.TypeVectorPoint], optional=True)
        self.add(points, "A tie-point layer. Points that were moved count where they lie now; disabled ones do not count.")
        file = QgsProcessingParameterFile("POINTS_FILE", tr("or control-point file"), optional=True, fileFilter=POINT_FILES)
        self.add(file, "Used where no layer is given.")
        text = "Gives the output's CRS and, for 'Snap to reference grid', its pixels. May be left out where the points have a CRS."
        self.add_raster("REFERENCE", "Reference raster", text, optional=True)
        model = QgsProcessingParameterEnum("MODEL", tr("Model"), options=list(MODEL_LABELS), defaultValue="auto", usesStaticStrings=True)
        self.add(model, "Automatic takes the simplest model whose hold-out error is within one standard error of the best.")
        add_params(self, WarpParams, "REFERENCE")
        output = QgsProcessingParameterRasterDestination("OUTPUT", tr("Warped raster"))
        self.add(output, "GeoTIFF. It appears only when it is complete.")
        numbers = (("KEPT", "Control points in the fit"), ("FIT_RMSE", "Fit RMSE [reference px]"), ("LOO_RMSE", "Leave-one-out RMSE [reference px]"))
        self.add_outputs(numbers, (("MODEL_USED", "Model fitted"),))

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers and points in the main thread."""
        self.sensed = self.layer_ref(parameters, "SENSED", context)
        self.reference_path = self.layer_ref(parameters, "REFERENCE", context).path if parameters.get("REFERENCE") else ""
        self.grid, self.points = self._read_points(parameters, context)

    def _read_points(self, parameters: dict[str, Any], context: QgsProcessingContext) -> tuple[Grid, list[TiePoint]]:
        sensed_grid = native_grid(self.sensed.path)
        grid = native_grid(self.reference_path) if self.reference_path else None
        source = self.parameterAsSource(parameters, "POINTS", context) if parameters.get("POINTS") is not None else None
        file = self.parameterAsFile(parameters, "POINTS_FILE", context)
        if source is not None:
            points = points_of(source, grid)
            if grid is not None:
                return grid, points
            crs = source.sourceCrs()
            return on_own_grid(points, crs.toWkt() if crs.isValid() else "", sensed_grid)
        if not file:
            raise InputError("No control points are given.", "Choose a layer or a file.")
        if grid is not None:
            return grid, points_of_file(Path(file), grid, sensed_grid)
        wkt = ""
        if Path(file).suffix.lower() == ".points":
            wkt = parse_points(Path(file).read_text(encoding="utf-8", errors="replace")).crs_wkt if Path(file).is_file() else ""
            wkt = wkt or (sensed_grid.crs_wkt if is_referenced(sensed_grid) else "")
        if not wkt:
            raise InputError("This control-point file does not say where the reference's pixels lie.", "Give the reference raster too.")
        frame = Grid(wkt, (0.0, 1.0, 0.0, 1.0, 0.0, -1.0), 1, 1)
        return on_own_grid(points_of_file(Path(file), frame, sensed_grid), wkt, sensed_grid)

    def work(self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Fit and warp."""
        enabled = [p for p in self.points if p.enabled]
        if not enabled:
            raise InputError("No control point is enabled.", "Enable some first.")
        source, target = [p.sensed_px for p in enabled], [p.reference_px for p in enabled]
        covariances = [p.covariance_px for p in enabled]
        kind = self.parameterAsEnumString(parameters, "MODEL", context)
        if kind == "auto":
            advice = quality.advise(source, target, covariances)
            kind = advice.best
            feedback.pushInfo(advice.why)
        fit = fitting.fit_details(kind, source, target, covariances)
        judged = quality.assess(kind, source, target, covariances, fit=fit)
        params = read_params(self, WarpParams, parameters, context)
        output = self.parameterAsOutputLayer(parameters, "OUTPUT", context)
        progress = FeedbackProgress(feedback)
        warp_with_gdal(self.sensed.path, self.grid, fit.transform, Path(output), params, progress, self.sensed.nodata, self.reference_path)
        return {
            "OUTPUT": output, "MODEL_USED": kind, "KEPT": len(enabled), "FIT_RMSE": number(judged.fit_rmse_px), "LOO_RMSE": number(judged.loo_rmse_px),
        }
