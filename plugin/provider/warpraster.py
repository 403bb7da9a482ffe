"""warpraster: a raster and control points to the warped raster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterRasterDestination,
)

from ..core.outputs import resolved
from ..core.types import WarpParams
from ..core.wording import tr
from ..gis.rasters import native_grid
from ..gis.warping import warp_with_gdal
from .algorithm import AlignAlgorithm, FeedbackProgress, number
from .control import add_control_points, fit_enabled, read_control_points
from .fields import add_params, read_params


class WarpRaster(AlignAlgorithm):
    """Warp with control points."""

    NAME = "warpraster"
    TITLE = "Warp raster with control points"
    HELP = (
        "Fits a model to the enabled control points of a layer (made by 'Find tie "
        "points' or 'Import control points', perhaps edited) or of a "
        ".points, .csv or .geojson file, and warps every band of the sensed raster. Data "
        "type, bands and nodata are kept; the input is never "
        "changed. Needs no matching environment."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        self.add_raster(
            "SENSED",
            "Sensed raster",
            "Is warped: the raster the points were found on, or a sibling on the same "
            "pixels (another polarisation).",
        )
        add_control_points(self)
        add_params(self, WarpParams, "REFERENCE")
        output = QgsProcessingParameterRasterDestination("OUTPUT", tr("Warped raster"))
        self.add(output, "GeoTIFF. It appears only when it is complete.")
        numbers = (
            ("KEPT", "Control points in the fit"),
            ("FIT_RMSE", "Fit RMSE [reference px]"),
            ("LOO_RMSE", "Leave-one-out RMSE [reference px]"),
        )
        self.add_outputs(numbers, (("MODEL_USED", "Model fitted"),))

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers and points in the main thread."""
        self.sensed = self.layer_ref(parameters, "SENSED", context)
        self.reference_path = (
            self.layer_ref(parameters, "REFERENCE", context).path
            if parameters.get("REFERENCE")
            else ""
        )
        self.sensed_grid = native_grid(self.sensed.path)
        self.grid, self.points = read_control_points(
            self, parameters, context, self.sensed_grid, self.reference_path
        )

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Fit and warp."""
        kind, fit, judged = fit_enabled(
            self.points,
            self.parameterAsEnumString(parameters, "MODEL", context),
            self.grid,
            self.sensed_grid,
            feedback,
        )
        params = read_params(self, WarpParams, parameters, context)
        output = str(resolved(self.parameterAsOutputLayer(parameters, "OUTPUT", context)))
        progress = FeedbackProgress(feedback)
        warp_with_gdal(
            self.sensed.path,
            self.grid,
            fit.transform,
            Path(output),
            params,
            progress,
            self.sensed.nodata,
            self.reference_path,
        )
        return {
            "OUTPUT": output,
            "MODEL_USED": kind,
            "KEPT": judged.n_points,
            "FIT_RMSE": number(judged.fit_rmse_px),
            "LOO_RMSE": number(judged.loo_rmse_px),
        }
