"""importpoints: a control-point file to a layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
)

from ..core.wording import tr
from ..gis.rasters import native_grid
from .algorithm import AlignAlgorithm
from .points import point_files, points_of_file, write_points_layer


class ImportPoints(AlignAlgorithm):
    """Control-point file to layer."""

    NAME = "importpoints"
    TITLE = "Import control points"
    GROUP = ("controlpoints", "Control points")
    HELP = (
        "Reads a .points file of the QGIS Georeferencer, a .csv or .geojson file of this "
        "tool, a tie point table of AROSICS or the key points of "
        "KARIOS (both .csv), into a point layer in the CRS of the reference. "
        "The layer can be edited and handed to 'Warp raster with control points'."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        self.add(
            QgsProcessingParameterFile("INPUT", tr("Control-point file"), fileFilter=point_files()),
            "Its suffix tells its kind: .points, .csv or .geojson.",
        )
        self.add_raster(
            "REFERENCE", "Reference raster", "The points' map coordinates become its pixels."
        )
        self.add_raster(
            "SENSED", "Sensed raster", "The points' source coordinates become its pixels."
        )
        sink = QgsProcessingParameterFeatureSink(
            "OUTPUT", tr("Control points"), QgsProcessing.SourceType.TypeVectorPoint
        )
        self.add(sink, "Points at their places in the reference.")
        self.add_outputs((("COUNT", "Number of points"), ("ENABLED", "Number of enabled points")))

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers in the main thread."""
        self.reference = native_grid(self.layer_ref(parameters, "REFERENCE", context).path)
        self.sensed = native_grid(self.layer_ref(parameters, "SENSED", context).path)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Read and write."""
        points = points_of_file(
            Path(self.parameterAsFile(parameters, "INPUT", context)), self.reference, self.sensed
        )
        margin = (self.sensed.width, self.sensed.height)
        outside = sum(
            not (
                -margin[0] <= p.sensed_px[0] <= 2 * margin[0]
                and -margin[1] <= p.sensed_px[1] <= 2 * margin[1]
            )
            for p in points
        )
        if outside:
            size = self.sensed.gsd_map[0]
            feedback.pushWarning(
                tr(
                    "{0} of {1} points lie far outside the sensed raster (pixel size "
                    "{2}). Is it the raster the points were made for?"
                ).format(outside, len(points), f"{size:g}")
            )
        layer = write_points_layer(self, parameters, "OUTPUT", context, points, self.reference)
        return {"OUTPUT": layer, "COUNT": len(points), "ENABLED": sum(p.enabled for p in points)}
