"""The table of control points: states, scores and residuals, with the review keys."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontMetrics, QKeyEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ..plugin.core.session import SessionPoint
from .keys import history_key
from .palette import STATE_LABELS, state_icon, state_key
from .text import length, tr

ID, STATE, SCORE, RESIDUAL, DX, DY, GROUND, REASON = range(8)
_COLUMNS = ("ID", "State", "Score", "Res.", "dX", "dY", "Res.", "Reason")
_UNITS = ("", "", "", "px", "px", "px", "map", "")
_TIPS = (
    "Number of the point",
    "Where the point stands in the review; points that are out stay in the list, out of the fit",
    "Probability (0 to 1) that the match is within 2 px of the truth, learnt from real pairs",
    "Residual: length of transform(sensed) - reference, sqrt(dX^2 + dY^2), in reference pixels",
    "x of transform(sensed) - reference, in reference pixels",
    "y of transform(sensed) - reference, in reference pixels, downwards",
    "Residual: length of transform(sensed) - reference, in units of the reference's CRS",
    "Why the point is not in the fit",
)
Residuals = dict[int, tuple[float, float]]


class PointsModel(QAbstractTableModel):
    """Points and residuals; `UserRole` of any cell is the point's id, `EditRole` what it sorts by."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[SessionPoint] = []
        self._residuals: Residuals = {}
        self._size, self._unit = 1.0, "map"

    def set_points(self, points: tuple[SessionPoint, ...], residuals: Residuals, size: float, unit: str) -> None:
        """Show other points; `size` is the side of a reference pixel in `unit`."""
        same = [p.id for p in points] == [p.id for p in self._points]
        if not same:
            self.beginResetModel()
        self._points, self._residuals, self._size, self._unit = list(points), residuals, size, unit
        if not same:
            self.endResetModel()
        elif points:
            self.dataChanged.emit(self.index(0, 0), self.index(len(points) - 1, REASON))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of points."""
        return 0 if parent.isValid() else len(self._points)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        """Return a column's title or tooltip."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            unit = self._unit if section == GROUND else _UNITS[section]
            return f"{tr(_COLUMNS[section])} [{unit}]" if unit else tr(_COLUMNS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return tr(_TIPS[section])
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        point = self._points[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.UserRole:
            return point.id
        if role == Qt.ItemDataRole.DisplayRole:
            value = self._value(point, column)
            if isinstance(value, float):
                return length(value, "") if column == GROUND else "–" if math.isnan(value) else f"{value:.2f}"
            return value
        if role == Qt.ItemDataRole.EditRole:
            value = self._value(point, column)
            return -1.0 if isinstance(value, float) and math.isnan(value) else value
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            return state_icon(state_key(point))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column in (STATE, REASON) else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(point.reason) or tr(_TIPS[column])
        return None

    def _value(self, point: SessionPoint, column: int) -> object:
        dx, dy = self._residuals.get(point.id, (math.nan, math.nan))
        size = math.hypot(dx, dy)
        state = tr(STATE_LABELS[state_key(point)])
        return (point.id, state, point.tie_point.score, size, dx, dy, size * self._size, tr(point.reason))[column]


class PointsTable(QTableView):
    """Sortable table. Keys: A accept, R or Del reject, U undecided, C check point, N and P next and previous, Enter zoom."""

    accept_requested = pyqtSignal(list)
    reject_requested = pyqtSignal(list)
    undecide_requested = pyqtSignal(list)
    check_requested = pyqtSignal(list)
    point_selected = pyqtSignal(object)
    point_activated = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pointsTable")
        self._quiet = False
        self._model = PointsModel(self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self._model)
        self._proxy.setSortRole(Qt.ItemDataRole.EditRole)
        self.setModel(self._proxy)
        self.setSortingEnabled(True)
        self.sortByColumn(ID, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(24)
        bold = header.font()
        bold.setBold(True)
        sample = QFontMetrics(bold).horizontalAdvance
        for column, text in enumerate(("0000", "filtered out", "Score", "Res. [px]", "-00.00", "-00.00", "Res. [m]")):
            self.setColumnWidth(column, sample(text) + (22 if column == STATE else 12))
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.doubleClicked.connect(lambda index: self.point_activated.emit(index.data(Qt.ItemDataRole.UserRole)))

    def set_points(self, points: tuple[SessionPoint, ...], residuals: Residuals, size: float = 1.0, unit: str = "map") -> None:
        """Show points; selection and scroll position stay."""
        selected, bar = self.selected_ids(), self.verticalScrollBar().value()
        self._quiet = True
        try:
            self._model.set_points(points, residuals, size, unit)
            if selected != self.selected_ids():
                self._select(selected)
            self.verticalScrollBar().setValue(bar)
        finally:
            self._quiet = False
        if selected != self.selected_ids():
            self._tell_selection()

    def selected_ids(self) -> list[int]:
        """Return the ids of the selected points, in the order shown."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._proxy.index(row, ID).data(Qt.ItemDataRole.UserRole) for row in rows]

    def select_ids(self, ids: list[int]) -> None:
        """Select points without telling of it, and scroll to the first."""
        self._quiet = True
        try:
            first = self._select(ids)
        finally:
            self._quiet = False
        if first is not None:
            self.scrollTo(first)

    def step(self, by: int) -> None:
        """Select the next or previous row and zoom to it."""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        row = (max(rows) if by > 0 else min(rows)) + by if rows else 0
        if 0 <= row < self._proxy.rowCount():
            self.selectRow(row)
            self.point_activated.emit(self._proxy.index(row, ID).data(Qt.ItemDataRole.UserRole))

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
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Handle the review keys."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if history_key(event):
            event.ignore()  # the dock undoes
        elif not (plain and self.review(int(event.key()))):
            super().keyPressEvent(event)

    def _select(self, ids: list[int]) -> QModelIndex | None:
        wanted, first, chosen = set(ids), None, QItemSelection()
        for row in range(self._proxy.rowCount()):
            index = self._proxy.index(row, ID)
            if index.data(Qt.ItemDataRole.UserRole) in wanted:
                chosen.select(index, self._proxy.index(row, REASON))
                first = first or index
        flags = self.selectionModel().SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        return first

    def _tell_selection(self) -> None:
        if not self._quiet:
            self.point_selected.emit(self.selected_ids())
