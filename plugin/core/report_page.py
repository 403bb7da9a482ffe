"""The report of a review as HTML of the plain kind that browsers and Qt's text documents both lay out."""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .fields import param_infos
from .quality import Advice
from .review_fit import FitState
from .session_point import PointState, Role, SessionPoint
from .session_record import SessionRecord
from .types import MODEL_LABELS, AlignParams

_STYLE = (
    "body{font-family:'Noto Sans','DejaVu Sans',Arial,sans-serif;font-size:10pt;color:#1d2733;background:#ffffff}h1{font-size:18pt}h2{font-size:13pt}"
    "td,th{padding:2px 9px 2px 0;text-align:left;vertical-align:top}.n{text-align:right}.soft{color:#5b6673}.best{font-weight:bold}"
)
_SCREEN = "@media screen{body{max-width:1000px;margin:24px auto;padding:0 16px}img{max-width:100%;height:auto}}"
_CHIPS_A_ROW = 3
_CHIP = 58


@dataclass(frozen=True)
class Chip:
    """Pictures of one point; names of pictures."""

    point: int
    caption: str
    pictures: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ReportData:
    """All that the page shows.

    Attributes:
        record: The review.
        fit: Its fit.
        advice: How all models do, None where no model can be fitted.
        written: When, for the reader.
        warnings: What is amiss with the inputs.
        pictures: Picture name -> (width, height, caption): "overview", "before", "after", "vectors", "histogram".
        worst: Chips of the largest residuals in the fit.
        best: Chips of the smallest.
    """

    record: SessionRecord
    fit: FitState
    advice: Advice | None
    written: str
    warnings: Sequence[str] = ()
    pictures: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    worst: Sequence[Chip] = ()
    best: Sequence[Chip] = ()


def report_page(data: ReportData, source: Callable[[str], str], with_points: bool) -> str:
    """Return the page.

    Args:
        data: What to show.
        source: Picture name -> what stands in `src`.
        with_points: Add the table of all points.
    """
    parts = [_head(data), _pictures(data, source, ("overview",)), _pictures(data, source, ("before", "after")), _accuracy(data)]
    parts.append("<h2 style='page-break-before:always'>Residuals</h2>" + _pictures(data, source, ("vectors", "histogram")))
    for title, chips, style in (("Largest residuals", data.worst, ""), ("Smallest residuals", data.best, " style='page-break-before:always'")):
        if chips:
            parts.append(f"<h2{style}>{title}</h2><p class='soft'>Reference, sensed after the fit, similarity. The cross is the point.</p>{_chips(chips, source)}")
    parts.append(_provenance(data))
    if with_points:
        parts.append(_points(data))
    title = "Alignment report"
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title><style>{_STYLE}{_SCREEN}</style></head><body>{''.join(parts)}</body></html>\n"


def _text(value: object) -> str:
    return html.escape(str(value))


def _px(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.2f}"


def _table(rows: Sequence[Sequence[str]], head: Sequence[str] = (), numbers_from: int = 99, best: int = -1) -> str:
    def cells(row: Sequence[str], tag: str) -> str:
        kinds = (" class=n align=right" if i >= numbers_from else (" width=20%" if head and i == 0 else "") for i in range(len(row)))
        return "".join(f"<{tag}{kind}>{c}</{tag}>" for kind, c in zip(kinds, row, strict=True))

    top = f"<tr>{cells(head, 'th')}</tr>" if head else ""
    body = "".join(f"<tr{' class=best' if i == best else ''}>{cells(r, 'td')}</tr>" for i, r in enumerate(rows))
    return f"<table cellspacing=0{' width=100%' if head else ''}>{top}{body}</table>"


def _head(data: ReportData) -> str:
    record, fit = data.record, data.fit
    states = Counter(p.state for p in record.points)
    reviewed = len(record.points) - states[PointState.PREDICTED]
    used, checks = sum(p.in_fit for p in record.points), sum(p.role is Role.CHECK for p in record.points)
    model = MODEL_LABELS.get(fit.model, fit.model)
    if fit.quality is None:
        verdict = f"There is no fit: {_text(fit.message)}"
    else:
        q = fit.quality
        verdict = (
            f"<b>{_text(model)}</b> fitted to <b>{used}</b> of {len(record.points)} points; {reviewed} reviewed. "
            f"Hold-out RMSE <b>{_px(q.holdout_rmse_px)} px</b>, leave-one-out {_px(q.loo_rmse_px)} px, CE90 {_px(q.ce90_px)} px"
            + (f", RMSE at {checks} check points {_px(fit.check_rmse_px)} px" if fit.check_rmse_px is not None else "")
            + ". Lengths are in pixels of the reference; accuracies are relative to the reference, which has errors of its own."
        )
    rows = [("Reference", _text(record.reference.path)), ("Sensed", _text(record.sensed.path)), ("Written", _text(data.written))]
    if record.run is not None:
        rows.insert(2, ("Run", f"{_text(record.run.matcher)}, {_text(record.run.finished)}: {_text(record.run.message)}"))
    warnings = "".join(f"<p><b>Note:</b> {_text(w)}</p>" for w in data.warnings)
    return f"<h1>Alignment report</h1>{_table(rows)}<p>{verdict}</p>{warnings}"


def _pictures(data: ReportData, source: Callable[[str], str], names: Sequence[str]) -> str:
    there = [n for n in names if n in data.pictures]
    if not there:
        return ""
    shown = ((n, *data.pictures[n]) for n in there)
    cells = (f"<td><img src='{source(n)}' width={w} height={h}><br><span class='soft'>{_text(caption)}</span></td>" for n, w, h, caption in shown)
    return f"<table cellspacing=0 cellpadding=4><tr>{''.join(cells)}</tr></table>"


def _accuracy(data: ReportData) -> str:
    if data.fit.quality is None:
        return ""
    qualities = data.advice.qualities if data.advice is not None else (data.fit.quality,)
    rows = [
        (MODEL_LABELS.get(q.model, q.model), str(q.n_points), *map(_px, (q.fit_rmse_px, q.loo_rmse_px, q.holdout_rmse_px, q.ce90_px)), f"{100 * q.coverage:.0f} %")
        for q in qualities
    ]
    best = next((i for i, q in enumerate(qualities) if q.model == data.fit.model), -1)
    why = f"<p>{_text(data.advice.why)}</p>" if data.advice is not None else ""
    return (
        "<h2>Accuracy</h2>"
        + _table(rows, ("Model", "Points", "Fit RMSE", "Leave\u2011one\u2011out", "Hold\u2011out", "CE90", "Coverage"), 1, best)
        + why
        + "<p class='soft'>In pixels of the reference. RMSE = √(mean(dx² + dy²)). Fit: at the fitted points; a small value proves little. "
        "Leave-one-out: each point predicted by a fit without it. Hold-out: each area predicted by a fit without it and its surroundings. "
        "CE90: 90 % of the leave-one-out errors are shorter. "
        "Coverage: hull of the points / area of the reference. The model in bold is the one of this report.</p>"
    )


def _chips(chips: Sequence[Chip], source: Callable[[str], str]) -> str:
    rows = []
    for at in range(0, len(chips), _CHIPS_A_ROW):
        cells = (
            "<td>" + "&nbsp;".join(f"<img src='{source(p)}' width={_CHIP} height={_CHIP}>" for p in c.pictures) + f"<br><span class='soft'>{_text(c.caption)}</span></td>"
            for c in chips[at : at + _CHIPS_A_ROW]
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table cellspacing=0 cellpadding=3 width='100%'>{''.join(rows)}</table>"


def _provenance(data: ReportData) -> str:
    record, run = data.record, data.record.run
    rows = []
    for name, print_ in zip(("Reference file", "Sensed file"), record.inputs, strict=False):
        if print_.known:
            what = "SHA-256" if print_.whole else "SHA-256 of size and three parts"
            rows.append((name, f"{print_.size_bytes} bytes, {what} {print_.sha256}"))
    reasons = Counter(p.as_reviewed().reason for p in record.points if not p.in_fit)
    rows.append(("Points left out", _text(", ".join(f"{count} {reason or 'disabled'}" for reason, count in reasons.most_common())) or "none"))
    if run is not None:
        values = ((i.label, getattr(run.params, i.name), i.unit) for i in param_infos(AlignParams))
        rows += [(_text(label), _text(f"{'automatic' if v is None else v} {unit if v is not None else ''}")) for label, v, unit in values]
        rows.append(("Matcher parameters", _text(run.params.matcher_params or "defaults")))
        if run.coarse is not None:
            c = run.coarse
            rows.append(("Coarse stage", f"shift {c.shift_map[0]:.2f}, {c.shift_map[1]:.2f}, rotation {c.rotation_deg:.2f}°, scale {c.scale:.4f}"))
        if run.weights is not None:
            rows.append(("Weights", f"{_text(run.weights.path)}, SHA-256 {run.weights.sha256}"))
        rows.append(("Time", _text(", ".join(f"{k} {v:.2f} s" for k, v in run.timings_s.items()))))
        rows.append(("Versions", _text(", ".join(f"{k} {v}" for k, v in run.versions.items()))))
    return f"<h2>Where all of this comes from</h2>{_table(rows)}"


def _points(data: ReportData) -> str:
    def row(p: SessionPoint) -> tuple[str, ...]:
        t, (dx, dy) = p.tie_point, data.fit.residuals_px.get(p.id, (math.nan, math.nan))
        places = (f"{t.reference_px[0]:.2f}, {t.reference_px[1]:.2f}", f"{t.sensed_px[0]:.2f}, {t.sensed_px[1]:.2f}")
        role = "check point" if p.role is Role.CHECK else ("in the fit" if p.in_fit else _text(p.reason or "left out"))
        return (str(p.id), p.state.value, role, *places, f"{t.score:.2f}", _px(dx), _px(dy), _px(math.hypot(dx, dy)))

    head = ("Point", "State", "Use", "Reference x, y [px]", "Sensed x, y [px]", "Score", "dx [px]", "dy [px]", "Residual [px]")
    return f"<h2>Points</h2><p class='soft'>Residual = transform(sensed) − reference, y down.</p>{_table([row(p) for p in data.record.points], head, 3)}"
