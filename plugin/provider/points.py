"""importpoints and exportpoints."""

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
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterLayer,
    QgsWkbTypes,
)

from ..core.gcp_io import load_points, save_points
from ..layers import native_grid, point_feature, point_fields, reprojection
from .algorithm import AlignAlgorithm, points_of, tr, translated_errors

_FILES = "QGIS points (*.points);;CSV (*.csv);;GeoJSON (*.geojson)"


class _Points(AlignAlgorithm):
    def prepareAlgorithm(self, parameters: dict[str, Any], context: QgsProcessingContext, _feedback: QgsProcessingFeedback) -> bool:  # noqa: N802
        """Read layers in the main thread."""
        with translated_errors():
            self.reference = native_grid(self.layer_ref(parameters, "REFERENCE", "", context).path)
            self.sensed = native_grid(self.layer_ref(parameters, "SENSED", "", context).path)
        return True

    def _add_rasters(self) -> None:
        self.addParameter(QgsProcessingParameterRasterLayer("REFERENCE", tr("Reference raster")))
        self.addParameter(QgsProcessingParameterRasterLayer("SENSED", tr("Sensed raster")))


class ImportPoints(_Points):
    """Control-point file to layer."""

    NAME = "importpoints"
    TITLE = "Import control points"
    HELP = "Reads a .points file of the QGIS Georeferencer, or a .csv or .geojson file of this tool, into a point layer in the CRS of the reference."

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterFile("INPUT", tr("Control-point file"), fileFilter=_FILES))
        self._add_rasters()
        self.addParameter(QgsProcessingParameterFeatureSink("OUTPUT", tr("Control points"), QgsProcessing.SourceType.TypeVectorPoint))
        self.addOutput(QgsProcessingOutputNumber("COUNT", tr("Number of points")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, _feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read and write."""
        with translated_errors():
            path = Path(self.parameterAsFile(parameters, "INPUT", context))
            points = load_points(path, self.reference, self.sensed, lambda wkt: reprojection(wkt, self.reference.crs_wkt))
        crs = QgsCoordinateReferenceSystem.fromWkt(self.reference.crs_wkt) if self.reference.crs_wkt else QgsCoordinateReferenceSystem()
        sink, identifier = self.parameterAsSink(parameters, "OUTPUT", context, point_fields(), QgsWkbTypes.Type.Point, crs)
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        for point in points:
            sink.addFeature(point_feature(point), QgsFeatureSink.Flag.FastInsert)
        return {"OUTPUT": identifier, "COUNT": len(points)}


class ExportPoints(_Points):
    """Layer to control-point file."""

    NAME = "exportpoints"
    TITLE = "Export control points"
    HELP = "Writes a tie-point layer as .points (opens in the QGIS Georeferencer), .csv or .geojson, by the suffix of the file."

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterFeatureSource("POINTS", tr("Control points"), [QgsProcessing.SourceType.TypeVectorPoint]))
        self._add_rasters()
        self.addParameter(QgsProcessingParameterFileDestination("OUTPUT", tr("Control-point file"), _FILES))
        self.addOutput(QgsProcessingOutputNumber("COUNT", tr("Number of points")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, _feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Read and write."""
        with translated_errors():
            points = points_of(self.parameterAsSource(parameters, "POINTS", context))
            path = self.parameterAsFileOutput(parameters, "OUTPUT", context)
            save_points(Path(path), points, self.reference, self.sensed)
        return {"OUTPUT": path, "COUNT": len(points)}
