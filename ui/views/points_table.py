"""The table of control points: states, scores and residuals, with the review keys."""

from __future__ import annotations

from itertools import groupby

from qgis.PyQt.QtCore import QItemSelection, QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontMetrics, QKeyEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ...plugin.core.session.queue import Standing
from ...plugin.core.session.session import SessionPoint
from ..parts.keys import history_key, nudge_of
from ..parts.palette import STATE_LABELS
from ..parts.text import tr
from .points_model import (
    DX,
    DY,
    GROUND,
    ID,
    QUEUE,
    REASON,
    RESIDUAL,
    SCORE,
    STATE,
    PointsModel,
    Residuals,
)

__all__ = [
    "DX",
    "DY",
    "GROUND",
    "ID",
    "QUEUE",
    "REASON",
    "RESIDUAL",
    "SCORE",
    "STATE",
    "PointsTable",
]


class PointsTable(QTableView):
    """Sortable table.

    Keys: A accept, R or Del reject, U undecided, C check point, N and P next and previous, Enter
    zoom.

    Arrows ask to nudge the point, Space or F to flicker the chips, G to show them as fitted or not,
    + and - to zoom them; Ctrl+Up and Ctrl+Down go from row to row.
    """

    accept_requested = pyqtSignal(list)
    reject_requested = pyqtSignal(list)
    undecide_requested = pyqtSignal(list)
    check_requested = pyqtSignal(list)
    point_selected = pyqtSignal(object)
    point_activated = pyqtSignal(int)
    step_requested = pyqtSignal(int)
    nudge_requested = pyqtSignal(float, float)
    flicker_requested = pyqtSignal()
    fitted_requested = pyqtSignal()
    explain_requested = pyqtSignal()
    zoom_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pointsTable")
        self._quiet = False
        self._model = PointsModel(self)
        self.setModel(self._model)
        self.setSortingEnabled(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Control points"))
        self.setToolTip(
            tr(
                "Control points, in the order of the queue or of the column clicked.<br>"
                "<b>A</b> accept, <b>R</b> reject, <b>U</b> undecided, <b>C</b> check "
                "point, <b>N</b>/<b>P</b> next/previous, <b>Enter</b> zoom, "
                "<b>E</b> explain, arrows nudge, <b>Ctrl</b>+up/down change the row"
            )
        )
        self.sortByColumn(ID, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.verticalHeader().setVisible(False)
        row = self.fontMetrics().height() + 6
        self.verticalHeader().setDefaultSectionSize(row)
        self.setMinimumHeight(5 * row)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(24)
        bold = header.font()
        bold.setBold(True)
        sample = QFontMetrics(bold).horizontalAdvance
        for column, text in enumerate(
            (
                "0000",
                max(map(tr, STATE_LABELS.values()), key=sample),
                tr("Score"),
                f"{tr('Res.')} [px]",
                "-00.00",
                "-00.00",
                f"{tr('Res.')} [m]",
            )
        ):
            self.setColumnWidth(column, sample(text) + (22 if column == STATE else 12))
        self.setColumnWidth(QUEUE, sample(tr("Queue")) + 22)
        header.moveSection(header.visualIndex(QUEUE), 0)
        self.sortByColumn(QUEUE, Qt.SortOrder.AscendingOrder)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.doubleClicked.connect(
            lambda index: self.point_activated.emit(index.data(Qt.ItemDataRole.UserRole))
        )

    def set_points(
        self,
        points: tuple[SessionPoint, ...],
        residuals: Residuals,
        size: float = 1.0,
        unit: str = "map",
        standings: dict[int, Standing] | None = None,
    ) -> None:
        """Show points; selection and scroll position stay."""
        selected, bar = self.selected_ids(), self.verticalScrollBar().value()
        self._quiet = True
        try:
            self._model.set_points(points, residuals, size, unit, standings or {})
            if set(selected) != set(self.selected_ids()):
                self._select(selected)
            self.verticalScrollBar().setValue(bar)
        finally:
            self._quiet = False
        if set(selected) != set(self.selected_ids()):
            self._tell_selection()

    @property
    def sorted_by_queue(self) -> bool:
        """Whether the rows are in the order of the review."""
        return self._model.sorted_by_queue

    def selected_ids(self) -> list[int]:
        """Return the ids of the selected points, in the order shown."""
        rows = sorted(
            {
                row
                for r in self.selectionModel().selection()
                for row in range(r.top(), r.bottom() + 1)
            }
        )
        return [self._model.id_at(row) for row in rows]

    def select_ids(self, ids: list[int]) -> None:
        """Select points without telling of it, and scroll to the first."""
        self._quiet = True
        try:
            first = self._select(ids)
        finally:
            self._quiet = False
        if first is not None:
            self.selectionModel().setCurrentIndex(
                first, self.selectionModel().SelectionFlag.NoUpdate
            )
            self.scrollTo(first)

    def neighbour(self, by: int) -> int | None:
        """Return the id in the next or previous row of the selection, the first without one, None
        at the ends.
        """
        rows = [
            r for area in self.selectionModel().selection() for r in (area.top(), area.bottom())
        ]
        row = (max(rows) if by > 0 else min(rows)) + by if rows else 0
        return self._model.id_at(row) if 0 <= row < self._model.rowCount() else None

    def step(self, by: int) -> None:
        """Select the next or previous row and zoom to it; sorted by the queue, ask for its next or
        previous point.
        """
        if self.sorted_by_queue:
            self.step_requested.emit(by)
            return
        to = self.neighbour(by)
        row = None if to is None else self._model.row_of(to)
        if to is not None and row is not None:
            self.selectRow(row)
            self.point_activated.emit(to)

    def review(self, key: int) -> bool:
        """Do what a review key asks for on the selected points; False where the key is none."""
        signals = {
            int(Qt.Key.Key_A): self.accept_requested,
            int(Qt.Key.Key_R): self.reject_requested,
            int(Qt.Key.Key_Delete): self.reject_requested,
            int(Qt.Key.Key_U): self.undecide_requested,
            int(Qt.Key.Key_C): self.check_requested,
        }
        ids = self.selected_ids()
        if key in signals:
            if ids:
                signals[key].emit(ids)
        elif key in (int(Qt.Key.Key_N), int(Qt.Key.Key_P)):
            self.step(1 if key == int(Qt.Key.Key_N) else -1)
        elif key in (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)):
            if ids:
                self.point_activated.emit(ids[0])
        elif key in (int(Qt.Key.Key_Space), int(Qt.Key.Key_F)):
            self.flicker_requested.emit()
        elif key == int(Qt.Key.Key_G):
            self.fitted_requested.emit()
        elif key == int(Qt.Key.Key_E):
            self.explain_requested.emit()
        elif key in (int(Qt.Key.Key_Plus), int(Qt.Key.Key_Minus)):
            self.zoom_requested.emit(-1 if key == int(Qt.Key.Key_Plus) else 1)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Handle the review keys."""
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        nudge = nudge_of(event)
        if history_key(event):
            event.ignore()  # the dock undoes
        elif nudge is not None:
            self.nudge_requested.emit(*nudge)
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        ):
            to = self.neighbour(1 if event.key() == Qt.Key.Key_Down else -1)
            if to is not None:
                self.selectRow(self._model.row_of(to) or 0)
        elif not (plain and self.review(int(event.key()))):
            super().keyPressEvent(event)

    def _select(self, ids: list[int]) -> QModelIndex | None:
        rows = sorted(row for row in map(self._model.row_of, ids) if row is not None)
        chosen = QItemSelection()
        for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
            together = [row for _, row in run]
            chosen.select(
                self._model.index(together[0], ID), self._model.index(together[-1], QUEUE)
            )
        flags = self.selectionModel().SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        return self._model.index(rows[0], ID) if rows else None

    def _tell_selection(self) -> None:
        if not self._quiet:
            self.point_selected.emit(self.selected_ids())
