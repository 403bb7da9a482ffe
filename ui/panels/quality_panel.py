"""The honest numbers of the fit, each with its formula."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ...plugin.core.session.session import FitState
from ..parts.palette import soften
from ..parts.text import as_text, length, number, tr

_FIGURES = (
    (
        "fit_rmse",
        "Fit RMSE",
        "<b>Fit RMSE</b> = &radic;(mean(dx&sup2; + dy&sup2;)) at the points of the fit "
        "itself.<br>A small value proves little: a spline passes through every point.",
    ),
    (
        "loo_rmse",
        "Leave-one-out",
        "<b>Leave-one-out RMSE</b> = &radic;(mean(dx&sup2; + dy&sup2;)), each point "
        "predicted by a fit without that point.<br>Undefined where no point can be spared.",
    ),
    (
        "holdout_rmse",
        "Hold-out",
        "<b>Hold-out RMSE</b> = &radic;(mean(dx&sup2; + dy&sup2;)), each point predicted "
        "by a fit without its whole area "
        "(spatial blocks).<br>The most honest figure: neighbouring points share their errors.",
    ),
    (
        "ce90",
        "CE90",
        "<b>CE90</b>: 90 % of the leave-one-out errors &radic;(dx&sup2; + dy&sup2;) are "
        "shorter than this.",
    ),
    (
        "check_rmse",
        "Check points",
        "<b>Check RMSE</b> = &radic;(mean(dx&sup2; + dy&sup2;)) at the check points, "
        "which never take part in the fit (key C).",
    ),
    (
        "coverage",
        "Coverage",
        "<b>Coverage</b> = area of the convex hull of the points in the fit / area of the overlap.",
    ),
)


class QualityPanel(QWidget):
    """Six figures in pixels and on the ground, and why this model."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.headline = QLabel(tr("No points yet."))
        self.headline.setObjectName("headline")
        self.headline.setWordWrap(True)
        layout.addWidget(self.headline)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        self._values: dict[str, QLabel] = {}
        for place, (key, label, tip) in enumerate(_FIGURES):
            title, value = QLabel(tr(label)), QLabel("–")
            font = title.font()
            font.setPointSizeF(font.pointSizeF() * 0.85)
            title.setFont(font)
            soften(title)
            value.setObjectName(f"figure_{key}")
            value.setTextFormat(Qt.TextFormat.RichText)
            value.setWordWrap(True)
            for widget in (title, value):
                widget.setToolTip(tr(tip))
            row, column = divmod(place, 3)
            grid.addWidget(title, 3 * row, column)
            grid.addWidget(value, 3 * row + 1, column)
            grid.setColumnStretch(column, 1)
            self._values[key] = value
        grid.setRowMinimumHeight(2, 4)
        layout.addLayout(grid)
        self.model_line = QLabel()
        self.model_line.setObjectName("modelLine")
        self.model_line.setWordWrap(True)
        layout.addWidget(self.model_line)

    def show_count(self, text: str) -> None:
        """Show what is there, in one line."""
        self.headline.setText(text)

    def show_fit(self, fit: FitState | None, unit: str, model_label: str) -> None:
        """Show the figures of a fit; None = it is being computed, and the figures shown are those
        from before.
        """
        for value in self._values.values():
            value.setEnabled(fit is not None)
        if fit is None:
            return
        q = fit.quality
        for key, _, _ in _FIGURES[:4]:
            px, ground = (
                (getattr(q, f"{key}_px"), getattr(q, f"{key}_map"))
                if q is not None
                else (math.nan, None)
            )
            self._values[key].setText(_figure(px, ground, unit))
        self._values["check_rmse"].setText(
            _figure(math.nan if fit.check_rmse_px is None else fit.check_rmse_px, None, unit)
        )
        coverage = q.coverage if q is not None else math.nan
        self._values["coverage"].setText(
            "–" if math.isnan(coverage) else f"<b>{100 * coverage:.0f} %</b>"
        )
        text = as_text(tr(fit.message))
        if fit.transform is not None:  # said once, where the message begins with it
            text = (
                f"<b>{model_label}</b>{text.removeprefix(model_label)}"
                if text.startswith(model_label)
                else f"<b>{model_label}</b>. {text}".strip()
            )
        self.model_line.setText(text)
        self.model_line.setVisible(bool(text))


def _figure(px: float, ground: float | None, unit: str) -> str:
    if math.isnan(px):
        return "–"
    figure = f"<b>{number(px, '.2f')}&nbsp;px</b>"
    if ground is None or unit == "px":
        return figure
    return f"{figure} &middot; {length(ground, unit).replace(' ', '&nbsp;')}"
