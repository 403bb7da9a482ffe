"""The model advisor: seven models, four honest figures each; a click takes a model."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QBrush, QColor, QKeyEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ...plugin.core.fit.advisor import ADVISED, Advice
from ...plugin.core.fit.transforms import KINDS
from ...plugin.core.types import Quality
from ..parts.text import length, number, tr

MODEL, PARAMETERS, FIT, LOO, HOLDOUT, CE90, CHECK = range(7)
_FONT = 0.88  # seven columns fit into a narrow dock
_FIGURES = {FIT: "fit_rmse", LOO: "loo_rmse", HOLDOUT: "holdout_rmse", CE90: "ce90"}
_HEADS = ("Model", "P", "Fit", "LOO", "Hold-out", "CE90", "Check")
_TIPS = (
    "Click a row to use that model. &#9733; is the recommended one.",
    "<b>P</b>: effective parameters = trace of the hat matrix H, where fitted = H "
    "&middot; observed. Each point gives two equations; what "
    "is left over is redundancy. A spline takes as many as its smoothing lets it, a "
    "displacement field about one for every four points at most.",
    "<b>Fit RMSE</b> [px] = &radic;(mean(dx&sup2; + dy&sup2;)) at the points of the fit itself.<br>"
    "It falls with every parameter added, whether or not the map gets better: do not choose by it.",
    "<b>Leave-one-out RMSE</b> [px] = &radic;(mean(dx&sup2; + dy&sup2;)), each point "
    "predicted by a fit without that point.",
    "<b>Hold-out RMSE</b> [px] = &radic;(mean(dx&sup2; + dy&sup2;)), each point "
    "predicted by a fit without its whole block of the image "
    "(2&times;2 to 4&times;4) and a margin of one point spacing.<br>The figure to choose by.",
    "<b>CE90</b> [px]: 90 % of the leave-one-out errors &radic;(dx&sup2; + dy&sup2;) are shorter.",
    "<b>Check RMSE</b> [px] = &radic;(mean(dx&sup2; + dy&sup2;)) at the check points, "
    "which take no part in any fit (key C in the review).",
)


class AdvisorTable(QTableWidget):
    """Emits the key of the model that was clicked."""

    model_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(len(ADVISED), len(_HEADS), parent)
        self.setObjectName("advisorTable")
        self.setAccessibleName(tr("Model advisor"))
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * _FONT)
        self.setFont(font)
        self.horizontalHeader().setFont(font)
        self.setToolTip(tr(_TIPS[MODEL]))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 7)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        for column, (head, tip) in enumerate(zip(_HEADS, _TIPS, strict=True)):
            item = QTableWidgetItem(tr(head))
            item.setToolTip(tr(tip))
            self.setHorizontalHeaderItem(column, item)
        for row, kind in enumerate(ADVISED):
            for column in range(len(_HEADS)):
                item = QTableWidgetItem(tr(KINDS[kind].label) if column == MODEL else "–")
                side = (
                    Qt.AlignmentFlag.AlignLeft if column == MODEL else Qt.AlignmentFlag.AlignRight
                )
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(tr(_TIPS[column]))
                self.setItem(row, column, item)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.cellClicked.connect(lambda row, _column: self.model_chosen.emit(ADVISED[row]))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take the current row with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.model_chosen.emit(ADVISED[self.currentRow()])
        else:
            super().keyPressEvent(event)

    def show_advice(
        self,
        advice: Advice | None,
        model: str,
        unit: str,
        checks_px: tuple[tuple[str, float], ...] = (),
    ) -> None:
        """Show figures, mark the recommended model, select the one in use; the check column only
        where there are check points.
        """
        checks = dict(checks_px)
        self.setColumnHidden(CHECK, not checks)
        known = {q.model: q for q in advice.qualities} if advice is not None else {}
        parameters = dict(advice.parameters) if advice is not None else {}
        reasons = dict(advice.problems) if advice is not None else {}
        for row, kind in enumerate(ADVISED):
            best = advice is not None and kind == advice.best
            quality = known.get(kind)
            label = tr(KINDS[kind].label)
            self.item(row, MODEL).setText(f"{label} ★" if best else label)
            self.item(row, PARAMETERS).setText(
                f"{parameters[kind]:.0f}" if kind in parameters else "–"
            )
            for column in range(len(_HEADS)):
                item = self.item(row, column)
                font = item.font()
                font.setBold(best)
                item.setFont(font)
                item.setForeground(QBrush() if quality is not None else QBrush(QColor("#8A8A8A")))
                if column in _FIGURES:
                    px = (
                        getattr(quality, f"{_FIGURES[column]}_px")
                        if quality is not None
                        else math.nan
                    )
                    item.setText("–" if math.isnan(px) else number(px, ".2f"))
                elif column == CHECK:
                    item.setText(number(checks[kind], ".2f") if kind in checks else "–")
                item.setToolTip(
                    _explain(
                        column,
                        quality,
                        unit,
                        reasons.get(kind, ""),
                        advice.why if best and advice is not None else "",
                    )
                )
        blocked = self.blockSignals(True)
        self.clearSelection()
        if model in ADVISED:
            self.selectRow(ADVISED.index(model))
        self.blockSignals(blocked)


def _explain(column: int, quality: Quality | None, unit: str, problem: str, why: str) -> str:
    if quality is None:
        return tr(problem) or tr(_TIPS[column])
    lines = [tr(_TIPS[column])]
    if column in _FIGURES:
        px, ground = (getattr(quality, f"{_FIGURES[column]}_{u}") for u in ("px", "map"))
        if math.isnan(px):
            lines.append(tr("Undefined here: there is no point, or no block of points, to spare."))
        elif ground is not None:
            lines.append(f"<b>{number(px, '.2f')} px &middot; {length(ground, unit)}</b>")
    if column == MODEL and why:
        lines.append(f"&#9733; {tr(why)}")
    return "<br>".join(lines)
