"""The page that `assessgcps` writes: models and points, without a script or a picture."""

from __future__ import annotations

import html
import math
from typing import Any

from ..core.types import MODEL_LABELS
from ..core.wording import fill, number, tr

_MODEL_COLUMNS = (
    ("model", "Model"),
    ("n_points", "Points"),
    ("fit_rmse_px", "Fit RMSE [px]"),
    ("loo_rmse_px", "Leave-one-out RMSE [px]"),
    ("holdout_rmse_px", "Hold-out RMSE [px]"),
    ("ce90_px", "CE90 [px]"),
    ("loo_rmse_map", "Leave-one-out RMSE [map units]"),
    ("coverage", "Coverage"),
)
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2em;color:#1d2733;background:#fff}"
    "table{border-collapse:collapse;margin:1em 0}"
    "td,th{border-bottom:1px solid #ccd;padding:.25em .8em;text-align:right}"
    "th{text-align:right;font-weight:600}.best{font-weight:700}.off{color:#889}"
    "@media(prefers-color-scheme:dark){body{color:#dde3ea;background:#15191e}}"
)


def assessment_page(figures: dict[str, Any]) -> str:
    """Return the page.

    Args:
        figures: What `assessgcps` writes as JSON: best, why, model, models and points.
    """
    models = [
        _row(
            [_text(q.get(key)) for key, _ in _MODEL_COLUMNS],
            "best" if q["model"] == figures["best"] else "",
        )
        for q in figures["models"]
    ]
    ordered = sorted(
        figures["points"], key=lambda p: -_length(p["loo_px"] if p["enabled"] else p["residual_px"])
    )
    points = [
        _row(
            [
                str(p["id"]),
                *(_text(v) for v in p["residual_px"]),
                _text(_length(p["residual_px"])),
                _text(_length(p["loo_px"]) if p["loo_px"] else None),
                _text(p["score"]),
                tr(p["reason"]),
            ],
            "" if p["enabled"] else "off",
        )
        for p in ordered
    ]
    heads = (
        tr("Point"),
        "dx [px]",
        "dy [px]",
        tr("Residual [px]"),
        tr("Leave-one-out [px]"),
        tr("Score"),
        tr("Why disabled"),
    )
    title, under = (
        tr("Control points"),
        fill(tr("Points under {0}, worst first"), tr(MODEL_LABELS[figures["model"]])),
    )
    explanation = tr(
        "RMSE = sqrt(mean(dx² + dy²)). Fit: at the fitted points. Leave-one-out: each "
        "point predicted by a fit without it. Hold-out: each area "
        "predicted by a fit without it and its surroundings. CE90: 90 % of the "
        "leave-one-out errors are shorter. All relative to the reference."
    )
    return (
        "<!DOCTYPE html><html><meta "
        f"charset=utf-8><title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>"
        f"<p>{html.escape(tr(figures['why']))}</p>"
        f"<table><tr>{''.join(f'<th>{tr(label)}</th>' for _, label in _MODEL_COLUMNS)}</tr>"
        f"{''.join(models)}</table><p>{explanation}</p><h2>{under}</h2>"
        f"<p>{tr('Residual = transform(sensed) − reference, y down.')}</p>"
        f"<table><tr>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{''.join(points)}</table>"
        "</html>\n"
    )


def _row(cells: list[str], kind: str) -> str:
    return f"<tr class='{kind}'>" + "".join(f"<td>{html.escape(c)}</td>" for c in cells) + "</tr>"


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return number(value, ".3f") if isinstance(value, float) else str(value)


def _length(vector: list[float | None] | None) -> float:
    return math.hypot(*(v or 0.0 for v in vector)) if vector else 0.0
