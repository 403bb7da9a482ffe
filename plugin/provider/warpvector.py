"""warpvector: a vector layer of the sensed scene and control points to the layer at its right
place.
"""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsFeatureSink,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
)

from ..core.errors import InputError
from ..core.wording import tr
from ..gis.rasters import grid_of
from ..gis.vector_warp import VectorMapping, warped_features
from .algorithm import AlignAlgorithm, FeedbackProgress, number
from .control import add_control_points, fit_enabled, read_control_points


class WarpVector(AlignAlgorithm):
    """Warp a vector layer with control points."""

    NAME = "warpvector"
    TITLE = "Warp vector with control points"
    HELP = (
        "Moves a vector layer that was drawn on the sensed raster, or comes with it, to "
        "where the control points put that raster. "
        "Every vertex goes through the fitted model itself, without approximation; "
        "attributes, Z and M stay. Lines between vertices stay straight: "
        "where a curved model bends much over a long line, densify the layer first. "
        "Needs no matching environment."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        source = QgsProcessingParameterFeatureSource(
            "INPUT", tr("Vector layer"), [QgsProcessing.SourceType.TypeVectorAnyGeometry]
        )
        self.add(source, "Lies on the sensed raster as it is georeferenced now; any CRS.")
        self.add_raster(
            "SENSED",
            "Sensed raster",
            "The raster the points were found on; it is only looked at for its georeferencing.",
        )
        add_control_points(self)
        sink = QgsProcessingParameterFeatureSink("OUTPUT", tr("Warped layer"))
        self.add(sink, "In the CRS of the reference.")
        numbers = (
            ("KEPT", "Control points in the fit"),
            ("LOO_RMSE", "Leave-one-out RMSE [reference px]"),
            ("OUTSIDE", "Vertices outside the sensed raster, where the model extrapolates"),
        )
        self.add_outputs(numbers, (("MODEL_USED", "Model fitted"),))

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers and points in the main thread."""
        self.source = self.parameterAsSource(parameters, "INPUT", context)
        if self.source is None:
            raise InputError(
                "There is no vector layer.", "Choose one that lies on the sensed raster."
            )
        self.sensed = self.layer_ref(parameters, "SENSED", context)
        reference = (
            self.layer_ref(parameters, "REFERENCE", context).path
            if parameters.get("REFERENCE")
            else ""
        )
        self.sensed_grid = grid_of(self.sensed)
        self.grid, self.points = read_control_points(
            self, parameters, context, self.sensed_grid, reference
        )

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Fit and move."""
        kind, fit, judged = fit_enabled(
            self.points,
            self.parameterAsEnumString(parameters, "MODEL", context),
            self.grid,
            self.sensed_grid,
            feedback,
        )
        mapping = VectorMapping(
            self.source.sourceCrs(), self.sensed.path, self.sensed_grid, self.grid, fit.transform
        )
        sink, identifier = self.parameterAsSink(
            parameters, "OUTPUT", context, self.source.fields(), self.source.wkbType(), mapping.crs
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, "OUTPUT"))
        for feature in warped_features(
            self.source.getFeatures(),
            self.source.featureCount(),
            mapping,
            FeedbackProgress(feedback),
        ):
            sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert)
        if mapping.outside:
            feedback.pushWarning(
                tr(
                    "{0} vertices lie outside the sensed raster, where the model extrapolates."
                ).format(mapping.outside)
            )
        return {
            "OUTPUT": identifier,
            "KEPT": judged.n_points,
            "LOO_RMSE": number(judged.loo_rmse_px),
            "MODEL_USED": kind,
            "OUTSIDE": mapping.outside,
        }
