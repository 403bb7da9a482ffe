"""exportpoints: a tie-point layer to a control-point file."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
)

from ..core.errors import AlignError
from ..core.fit import quality
from ..core.fit.tie_point_fit import fit_tie_points
from ..core.outputs import check, resolved
from ..core.points.files import save_points
from ..core.types import MODEL_LABELS
from ..core.wording import tr
from ..gis.input_files import files_of
from ..gis.rasters import native_grid
from .algorithm import AlignAlgorithm
from .points import point_files, points_of


class ExportPoints(AlignAlgorithm):
    """Layer to control-point file."""

    NAME = "exportpoints"
    TITLE = "Export control points"
    GROUP = ("controlpoints", "Control points")
    HELP = (
        "Writes a tie-point layer as .points (opens in the QGIS Georeferencer), .csv or "
        ".geojson, by the suffix of the file. "
        "A .points file also holds the residuals of a model fitted to the enabled "
        "points, in pixels of the reference."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        points = QgsProcessingParameterFeatureSource(
            "POINTS", tr("Control points"), [QgsProcessing.SourceType.TypeVectorPoint]
        )
        self.add(points, "A tie-point layer. Points that were moved count where they lie now.")
        self.add_raster(
            "REFERENCE",
            "Reference raster",
            "Its georeferencing gives the points their map coordinates.",
        )
        self.add_raster(
            "SENSED",
            "Sensed raster",
            "Its georeferencing gives the points their source coordinates.",
        )
        model = QgsProcessingParameterEnum(
            "MODEL",
            tr("Model of the residuals"),
            options=list(MODEL_LABELS),
            defaultValue="auto",
            usesStaticStrings=True,
        )
        self.add(model, "Only for the columns dX, dY and residual of .points files.", advanced=True)
        self.add(
            QgsProcessingParameterFileDestination(
                "OUTPUT", tr("Control-point file"), point_files()
            ),
            "Its suffix tells its kind: .points, .csv or .geojson.",
        )
        self.add_outputs((("COUNT", "Number of points"),))

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers in the main thread."""
        self.reference = native_grid(self.layer_ref(parameters, "REFERENCE", context).path)
        self.sensed = native_grid(self.layer_ref(parameters, "SENSED", context).path)
        self.path = resolved(self.parameterAsFileOutput(parameters, "OUTPUT", context))
        rasters = [
            self.layer_ref(parameters, name, context).path for name in ("REFERENCE", "SENSED")
        ]
        check(self.path, rasters, files_of(rasters))
        self.points = points_of(
            self.parameterAsSource(parameters, "POINTS", context), self.reference
        )

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Write."""
        residuals = self._residuals(
            self.parameterAsEnumString(parameters, "MODEL", context), feedback
        )
        save_points(self.path, self.points, self.reference, self.sensed, residuals)
        return {"OUTPUT": str(self.path), "COUNT": len(self.points)}

    def _residuals(
        self, kind: str, feedback: QgsProcessingFeedback
    ) -> dict[int, tuple[float, float]]:
        """Return the residuals of all points, px, under a fit to the enabled ones; none where no
        model can be fitted.
        """
        try:
            transform = fit_tie_points(self.points, kind, self.reference, self.sensed)[0].transform
        except AlignError as error:
            feedback.pushWarning(tr("The residuals are left at zero: {0}").format(error))
            return {}
        every = quality.residuals(
            transform, [p.sensed_px for p in self.points], [p.reference_px for p in self.points]
        )
        return {
            p.id: (float(dx), float(dy)) for p, (dx, dy) in zip(self.points, every, strict=True)
        }
