"""The report of a review as HTML of the plain kind that browsers and Qt's text documents both lay
out.
"""

from __future__ import annotations

import html
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..fields import param_infos
from ..fit.advisor import Advice
from ..types import MODEL_LABELS, AlignParams
from ..wording import fill, number, tr
from .point import PointState, Role, SessionPoint
from .record import SessionRecord
from .refit import FitState

_STYLE = (
    "body{font-family:'Noto Sans','DejaVu "
    "Sans',Arial,sans-serif;font-size:10pt;color:#1d2733;background:#ffffff}h1{font-size:18pt}h2{font-size:13pt}"
    "td,th{padding:2px 9px 2px "
    "0;text-align:left;vertical-align:top}.n{text-align:right}.soft{color:#5b6673}.best{font-weight:bold}"
)
_SCREEN = (
    "@media screen{body{max-width:1000px;margin:24px auto;padding:0 "
    "16px}img{max-width:100%;height:auto}}"
)
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
        pictures: Picture name -> (width, height, caption): "overview", "before", "after",
            "vectors", "histogram".
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
    parts = [
        _head(data),
        _pictures(data, source, ("overview",)),
        _pictures(data, source, ("before", "after")),
        _accuracy(data),
    ]
    parts.append(
        f"<h2 style='page-break-before:always'>{tr('Residuals')}</h2>"
        + _pictures(data, source, ("vectors", "histogram"))
    )
    for title, chips, style in (
        (tr("Largest residuals"), data.worst, ""),
        (tr("Smallest residuals"), data.best, " style='page-break-before:always'"),
    ):
        if chips:
            note = tr("Reference, sensed after the fit, similarity. The cross is the point.")
            parts.append(
                f"<h2{style}>{title}</h2><p class='soft'>{note}</p>{_chips(chips, source)}"
            )
    parts.append(_provenance(data))
    if with_points:
        parts.append(_points(data))
    title = tr("Alignment report")
    return (
        "<!DOCTYPE html><html><head><meta "
        f"charset='utf-8'><title>{title}</title><style>{_STYLE}{_SCREEN}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _text(value: object) -> str:
    return html.escape(str(value))


def _px(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else number(value, ".2f")


def _table(
    rows: Sequence[Sequence[str]], head: Sequence[str] = (), numbers_from: int = 99, best: int = -1
) -> str:
    """Return a table of texts: what is markup in them is shown, not obeyed."""

    def cells(row: Sequence[str], tag: str) -> str:
        kinds = (
            " class=n align=right"
            if i >= numbers_from
            else (" width=20%" if head and i == 0 else "")
            for i in range(len(row))
        )
        return "".join(
            f"<{tag}{kind}>{_text(c)}</{tag}>" for kind, c in zip(kinds, row, strict=True)
        )

    top = f"<tr>{cells(head, 'th')}</tr>" if head else ""
    body = "".join(
        f"<tr{' class=best' if i == best else ''}>{cells(r, 'td')}</tr>" for i, r in enumerate(rows)
    )
    return f"<table cellspacing=0{' width=100%' if head else ''}>{top}{body}</table>"


def _head(data: ReportData) -> str:
    record, fit = data.record, data.fit
    states = Counter(p.state for p in record.points)
    reviewed = len(record.points) - states[PointState.PREDICTED]
    used, checks = (
        sum(p.in_fit for p in record.points),
        sum(p.role is Role.CHECK for p in record.points),
    )
    model = tr(MODEL_LABELS.get(fit.model, fit.model))
    if fit.quality is None:
        verdict = fill(tr("There is no fit: {0}"), _text(tr(fit.message)))
    else:
        q = fit.quality
        figures = [
            fill(
                tr("<b>{0}</b> fitted to <b>{1}</b> of {2} points; {3} reviewed."),
                _text(model),
                used,
                len(record.points),
                reviewed,
            ),
            fill(
                tr("Hold-out RMSE <b>{0} px</b>, leave-one-out {1} px, CE90 {2} px."),
                _px(q.holdout_rmse_px),
                _px(q.loo_rmse_px),
                _px(q.ce90_px),
            ),
        ]
        if fit.check_rmse_px is not None:
            figures.append(
                fill(tr("RMSE at the check points ({0}): {1} px."), checks, _px(fit.check_rmse_px))
            )
        figures.append(
            tr(
                "Lengths are in pixels of the reference; accuracies are relative to the "
                "reference, which has errors of its own."
            )
        )
        verdict = " ".join(figures)
    rows = [
        (tr("Reference"), record.reference.path),
        (tr("Sensed"), record.sensed.path),
        (tr("Written"), data.written),
    ]
    if record.run is not None:
        rows.insert(
            2, (tr("Run"), f"{record.run.matcher}, {record.run.finished}: {tr(record.run.message)}")
        )
    warnings = "".join(f"<p><b>{tr('Note:')}</b> {_text(tr(w))}</p>" for w in data.warnings)
    return f"<h1>{tr('Alignment report')}</h1>{_table(rows)}<p>{verdict}</p>{warnings}"


def _pictures(data: ReportData, source: Callable[[str], str], names: Sequence[str]) -> str:
    there = [n for n in names if n in data.pictures]
    if not there:
        return ""
    shown = ((n, *data.pictures[n]) for n in there)
    cells = (
        f"<td><img src='{source(n)}' width={w} height={h}><br><span "
        f"class='soft'>{_text(caption)}</span></td>"
        for n, w, h, caption in shown
    )
    return f"<table cellspacing=0 cellpadding=4><tr>{''.join(cells)}</tr></table>"


def _accuracy(data: ReportData) -> str:
    if data.fit.quality is None:
        return ""
    qualities = data.advice.qualities if data.advice is not None else (data.fit.quality,)
    rows = [
        (
            tr(MODEL_LABELS.get(q.model, q.model)),
            str(q.n_points),
            *map(_px, (q.fit_rmse_px, q.loo_rmse_px, q.holdout_rmse_px, q.ce90_px)),
            f"{100 * q.coverage:.0f} %",
        )
        for q in qualities
    ]
    best = next((i for i, q in enumerate(qualities) if q.model == data.fit.model), -1)
    why = f"<p>{_text(tr(data.advice.why))}</p>" if data.advice is not None else ""
    heads = (
        tr("Model"),
        tr("Points"),
        tr("Fit RMSE"),
        tr("Leave-one-out").replace("-", "\u2011"),
        tr("Hold-out").replace("-", "\u2011"),
        "CE90",
        tr("Coverage"),
    )
    note = tr(
        "In pixels of the reference. RMSE = √(mean(dx² + dy²)). Fit: at the fitted "
        "points; a small value proves little. "
        "Leave-one-out: each point predicted by a fit without it. Hold-out: each area "
        "predicted by a fit without it and its surroundings. "
        "CE90: 90 % of the leave-one-out errors are shorter. "
        "Coverage: hull of the points / area of the reference. The model in bold is the "
        "one of this report."
    )
    return f"<h2>{tr('Accuracy')}</h2>{_table(rows, heads, 1, best)}{why}<p class='soft'>{note}</p>"


def _chips(chips: Sequence[Chip], source: Callable[[str], str]) -> str:
    rows = []
    for at in range(0, len(chips), _CHIPS_A_ROW):
        cells = (
            "<td>"
            + "&nbsp;".join(
                f"<img src='{source(p)}' width={_CHIP} height={_CHIP}>" for p in c.pictures
            )
            + f"<br><span class='soft'>{_text(c.caption)}</span></td>"
            for c in chips[at : at + _CHIPS_A_ROW]
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table cellspacing=0 cellpadding=3 width='100%'>{''.join(rows)}</table>"


def _provenance(data: ReportData) -> str:
    record, run = data.record, data.record.run
    rows = []
    for name, print_ in zip((tr("Reference file"), tr("Sensed file")), record.inputs, strict=False):
        if print_.known:
            what = "SHA-256" if print_.whole else tr("SHA-256 of size and three parts")
            rows.append((name, f"{print_.size_bytes} {tr('bytes')}, {what} {print_.sha256}"))
    reasons = Counter(p.as_reviewed().reason for p in record.points if not p.in_fit)
    left_out = ", ".join(
        f"{count} {tr(reason or 'disabled')}" for reason, count in reasons.most_common()
    )
    rows.append((tr("Points left out"), left_out or tr("none")))
    if run is not None:
        values = (
            (tr(i.label), getattr(run.params, i.name), tr(i.unit)) for i in param_infos(AlignParams)
        )
        rows += [
            (label, f"{tr('automatic') if v is None else v} {unit if v is not None else ''}")
            for label, v, unit in values
        ]
        rows.append((tr("Matcher parameters"), str(run.params.matcher_params or tr("defaults"))))
        if run.coarse is not None:
            c = run.coarse
            text = fill(
                tr("shift {0:.2f}, {1:.2f}, rotation {2:.2f}°, scale {3:.4f}"),
                *c.shift_map,
                c.rotation_deg,
                c.scale,
            )
            rows.append((tr("Coarse stage"), text))
        if run.weights is not None:
            rows.append((tr("Weights"), f"{run.weights.path}, SHA-256 {run.weights.sha256}"))
        rows.append(
            (tr("Time"), ", ".join(f"{k} {number(v, '.2f')} s" for k, v in run.timings_s.items()))
        )
        rows.append((tr("Versions"), ", ".join(f"{k} {v}" for k, v in run.versions.items())))
    return f"<h2>{tr('Where all of this comes from')}</h2>{_table(rows)}"


def _points(data: ReportData) -> str:
    def row(p: SessionPoint) -> tuple[str, ...]:
        t, (dx, dy) = p.tie_point, data.fit.residuals_px.get(p.id, (math.nan, math.nan))
        places = (
            f"{number(t.reference_px[0], '.2f')}, {number(t.reference_px[1], '.2f')}",
            f"{number(t.sensed_px[0], '.2f')}, {number(t.sensed_px[1], '.2f')}",
        )
        role = (
            tr("check point")
            if p.role is Role.CHECK
            else (tr("in the fit") if p.in_fit else tr(p.reason or "left out"))
        )
        return (
            str(p.id),
            tr(p.state.value),
            role,
            *places,
            number(t.score, ".2f"),
            _px(dx),
            _px(dy),
            _px(math.hypot(dx, dy)),
        )

    head = (
        tr("Point"),
        tr("State"),
        tr("Use"),
        tr("Reference x, y [px]"),
        tr("Sensed x, y [px]"),
        tr("Score"),
        "dx [px]",
        "dy [px]",
        tr("Residual [px]"),
    )
    return (
        f"<h2>{tr('Points')}</h2>"
        f"<p class='soft'>{tr('Residual = transform(sensed) − reference, y down.')}</p>"
        f"{_table([row(p) for p in data.record.points], head, 3)}"
    )
