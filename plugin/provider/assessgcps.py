"""assessgcps: how good control points are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
)

from ..core.atomic import write_atomically
from ..core.fit import quality
from ..core.fit.tie_point_fit import fit_tie_points
from ..core.jsonable import to_jsonable
from ..core.types import MODEL_LABELS
from ..core.wording import tr
from ..gis.rasters import native_grid
from .algorithm import AlignAlgorithm, number
from .assessment_page import assessment_page
from .points import points_of


class AssessGcps(AlignAlgorithm):
    """Judge control points."""

    NAME = "assessgcps"
    TITLE = "Assess control points"
    GROUP = ("controlpoints", "Control points")
    HELP = (
        "Fits every model to the enabled control points and tells its fit, leave-one-out "
        "and hold-out RMSE, CE90 and coverage, the residual of every "
        "point, and which model the advisor recommends: the simplest whose hold-out RMSE "
        "is within one standard error of the best. Lengths are in "
        "pixels of the reference: RMSE = sqrt(mean(dx² + dy²))."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        points = QgsProcessingParameterFeatureSource(
            "POINTS", tr("Control points"), [QgsProcessing.SourceType.TypeVectorPoint]
        )
        self.add(
            points,
            "A tie-point layer. Points that were moved count where they lie now; "
            "disabled ones are judged, but not fitted.",
        )
        self.add_raster("REFERENCE", "Reference raster", "Its pixels are the unit of every length.")
        text = "Coverage is then of the overlap of both rasters instead of the whole reference."
        self.add_raster("SENSED", "Sensed raster", text, optional=True)
        model = QgsProcessingParameterEnum(
            "MODEL",
            tr("Model"),
            options=list(MODEL_LABELS),
            defaultValue="auto",
            usesStaticStrings=True,
        )
        self.add(model, "Model of the numbers and residuals; automatic takes the recommended one.")
        self.add(
            QgsProcessingParameterFileDestination(
                "HTML", tr("Table"), "HTML (*.html)", optional=True
            ),
            "One page to read.",
        )
        file = QgsProcessingParameterFileDestination(
            "JSON", tr("Figures"), "JSON (*.json)", optional=True, createByDefault=False
        )
        self.add(file, "Every figure, for programs.")
        numbers = (
            ("KEPT", "Points in the fit"),
            ("FIT_RMSE", "Fit RMSE [reference px]"),
            ("LOO_RMSE", "Leave-one-out RMSE [reference px]"),
            ("LOO_RMSE_MAP", "Leave-one-out RMSE [map units]"),
            ("HOLDOUT_RMSE", "Hold-out RMSE [reference px]"),
            ("CE90", "CE90 [reference px]"),
            ("COVERAGE", "Coverage [0..1]"),
        )
        self.add_outputs(
            numbers,
            (
                ("BEST_MODEL", "Recommended model"),
                ("MODEL_USED", "Model of the numbers"),
                ("WHY", "Why it is recommended"),
            ),
        )

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers in the main thread."""
        self.grid = native_grid(self.layer_ref(parameters, "REFERENCE", context).path)
        self.sensed = (
            native_grid(self.layer_ref(parameters, "SENSED", context).path)
            if parameters.get("SENSED")
            else None
        )
        self.points = points_of(self.parameterAsSource(parameters, "POINTS", context), self.grid)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Judge and write."""
        model = self.parameterAsEnumString(parameters, "MODEL", context)
        fit, judged, advice = fit_tie_points(self.points, model, self.grid, self.sensed)
        kind = judged.model
        feedback.pushInfo(tr(advice.why))
        every = quality.residuals(
            fit.transform, [p.sensed_px for p in self.points], [p.reference_px for p in self.points]
        )
        left_out = iter(fit.leave_one_out())
        rows = [
            {
                "id": p.id,
                "enabled": p.enabled,
                "reason": p.reason,
                "residual_px": [float(dx), float(dy)],
                "loo_px": [float(v) for v in next(left_out)] if p.enabled else None,
                "score": p.score,
            }
            for p, (dx, dy) in zip(self.points, every, strict=True)
        ]
        outputs: dict[str, Any] = {
            "BEST_MODEL": advice.best,
            "MODEL_USED": kind,
            "WHY": tr(advice.why),
            "KEPT": judged.n_points,
            "FIT_RMSE": number(judged.fit_rmse_px),
            "LOO_RMSE": number(judged.loo_rmse_px),
            "LOO_RMSE_MAP": number(judged.loo_rmse_map),
            "HOLDOUT_RMSE": number(judged.holdout_rmse_px),
            "CE90": number(judged.ce90_px),
            "COVERAGE": number(judged.coverage),
        }
        figures = {
            "best": advice.best,
            "why": advice.why,
            "model": kind,
            "models": advice.qualities,
            "points": rows,
        }
        figures = to_jsonable(figures, special=False)
        if page := self.parameterAsFileOutput(parameters, "HTML", context):
            write_atomically(Path(page), assessment_page(figures))
            outputs["HTML"] = page
        if file := self.parameterAsFileOutput(parameters, "JSON", context):
            write_atomically(Path(file), json.dumps(figures, indent=1, allow_nan=False))
            outputs["JSON"] = file
        return outputs
