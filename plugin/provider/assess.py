"""assessgcps."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterRasterLayer,
)

from ..core import quality
from ..core.atomic import write_atomically
from ..core.jsonable import to_jsonable
from ..layers import native_grid
from .algorithm import AlignAlgorithm, points_of, tr, translated_errors

_COLUMNS = ("model", "n_points", "fit_rmse_px", "loo_rmse_px", "holdout_rmse_px", "ce90_px", "coverage")


class AssessGcps(AlignAlgorithm):
    """Judge control points."""

    NAME = "assessgcps"
    TITLE = "Assess control points"
    HELP = (
        "Fits every model to the enabled control points and tells its fit, leave-one-out and hold-out RMSE, CE90 and coverage, and which model the "
        "advisor recommends: the simplest whose hold-out RMSE is within one standard error of the best. Lengths are in pixels of the reference."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        """Declare parameters and outputs."""
        self.addParameter(QgsProcessingParameterFeatureSource("POINTS", tr("Control points"), [QgsProcessing.SourceType.TypeVectorPoint]))
        self.addParameter(QgsProcessingParameterRasterLayer("REFERENCE", tr("Reference raster")))
        self.addParameter(QgsProcessingParameterFileDestination("HTML", tr("Table"), "HTML (*.html)", optional=True))
        self.addParameter(QgsProcessingParameterFileDestination("JSON", tr("Figures as JSON"), "JSON (*.json)", optional=True, createByDefault=False))
        self.addOutput(QgsProcessingOutputString("BEST_MODEL", tr("Recommended model")))
        for name, label in (
            ("KEPT", "Points in the fit"), ("LOO_RMSE", "Leave-one-out RMSE [reference px]"), ("HOLDOUT_RMSE", "Hold-out RMSE [reference px]"),
            ("CE90", "CE90 [reference px]"), ("COVERAGE", "Coverage [0..1]"),
        ):
            self.addOutput(QgsProcessingOutputNumber(name, tr(label)))

    def prepareAlgorithm(self, parameters: dict[str, Any], context: QgsProcessingContext, _feedback: QgsProcessingFeedback) -> bool:  # noqa: N802
        """Read layers in the main thread."""
        with translated_errors():
            self.points = points_of(self.parameterAsSource(parameters, "POINTS", context))
            self.grid = native_grid(self.layer_ref(parameters, "REFERENCE", "", context).path)
        return True

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Judge and write."""
        enabled = [p for p in self.points if p.enabled]
        gt = self.grid.geotransform
        to_map = np.array([[gt[1], gt[2]], [gt[4], gt[5]]]) if self.grid.crs_wkt else None
        with translated_errors():
            advice = quality.advise(
                [p.sensed_px for p in enabled], [p.reference_px for p in enabled], np.array([p.covariance_px for p in enabled]).reshape(-1, 2, 2),
                float(self.grid.width * self.grid.height), to_map,
            )
            best = next(q for q in advice.qualities if q.model == advice.best)
            feedback.pushInfo(advice.why)
            outputs: dict[str, Any] = {
                "BEST_MODEL": advice.best, "KEPT": len(enabled), "LOO_RMSE": best.loo_rmse_px, "HOLDOUT_RMSE": best.holdout_rmse_px,
                "CE90": best.ce90_px, "COVERAGE": best.coverage,
            }
            table, figures = (self.parameterAsFileOutput(parameters, name, context) for name in ("HTML", "JSON"))
            if table:
                write_atomically(Path(table), _page(advice))
                outputs["HTML"] = table
            if figures:
                write_atomically(Path(figures), json.dumps(to_jsonable(advice, special=False), indent=1))
                outputs["JSON"] = figures
        return outputs


def _page(advice: quality.Advice) -> str:
    head = "".join(f"<th>{c.replace('_', ' ')}</th>" for c in _COLUMNS)
    rows = []
    for q in advice.qualities:
        cells = [f"{v:.3f}" if isinstance(v := getattr(q, c), float) else html.escape(str(v)) for c in _COLUMNS]
        rows.append(f"<tr{' style=font-weight:bold' if q.model == advice.best else ''}>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    return (
        "<!DOCTYPE html><meta charset=utf-8><title>Control points</title><style>body{font:15px sans-serif;margin:2em}td,th{padding:.3em .8em;"
        f"border-bottom:1px solid #ccc;text-align:right}}</style><h1>Control points</h1><p>{html.escape(advice.why)}</p><table><tr>{head}</tr>{''.join(rows)}</table>"
    )
