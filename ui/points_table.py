"""The table of control points: states, scores and residuals, with the review keys."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ..plugin.core.session import PointState, Role, SessionPoint
from .palette import STATE_COLOURS, state_key
from .text import tr

_COLUMNS = ("ID", "State", "Score", "dX [px]", "dY [px]", "Residual [px]", "Residual [map]", "Reason")
_TIPS = (
    "Number of the point",
    "Where the point stands in the review; rejected points stay, out of the fit",
    "Probability (0 to 1) that the match is within 2 px of the truth, learnt from real pairs",
    "x of transform(sensed) - reference, in reference pixels",
    "y of transform(sensed) - reference, in reference pixels, downwards",
    "sqrt(dX^2 + dY^2) in reference pixels",
    "The same length in map units",
    "Why the point is not in the fit",
)


class PointsModel(QAbstractTableModel):
    """Points and residuals; `UserRole` of any cell is the point's id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[SessionPoint] = []
        self._residuals: dict[int, tuple[float, float]] = {}
        self._unit = 1.0

    def set_points(self, points: tuple[SessionPoint, ...], residuals: dict[int, tuple[float, float]], unit: float) -> None:
        """Show other points; `unit` is the length of a reference pixel in map units."""
        self.beginResetModel()
        self._points, self._residuals, self._unit = list(points), residuals, unit
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of points."""
        return 0 if parent.isValid() else len(self._points)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        """Return a column's title or tooltip."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(_COLUMNS[section])
            if role == Qt.ItemDataRole.ToolTipRole:
                return tr(_TIPS[section])
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        point = self._points[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return point.id
        value = self._value(point, index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            if isinstance(value, float):
                return "" if math.isnan(value) else f"{value:.2f}"
            return value
        if role == Qt.ItemDataRole.EditRole:
            return -1.0 if isinstance(value, float) and math.isnan(value) else value
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1:
            return QColor(STATE_COLOURS[state_key(point)])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in (0, 2, 3, 4, 5, 6):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._value(point, 7) or tr(_TIPS[index.column()])
        return None

    def _value(self, point: SessionPoint, column: int) -> object:
        dx, dy = self._residuals.get(point.id, (math.nan, math.nan))
        length = math.hypot(dx, dy)
        state = tr(point.state.value) if point.state is not PointState.PREDICTED or point.tie_point.enabled else tr("filtered")
        if point.role is Role.CHECK:
            state = tr("check point")
        return (point.id, state, point.tie_point.score, dx, dy, length, length * self._unit, tr(point.reason))[column]


class PointsTable(QTableView):
    """Sortable table. Keys: A accept, R or Del reject, U undecided, C check point, N and P next and previous."""

    accept_requested = pyqtSignal(list)
    reject_requested = pyqtSignal(list)
    undecide_requested = pyqtSignal(list)
    check_requested = pyqtSignal(list)
    point_selected = pyqtSignal(object)
    point_activated = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pointsTable")
        self._model = PointsModel(self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self._model)
        self._proxy.setSortRole(Qt.ItemDataRole.EditRole)
        self.setModel(self._proxy)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(22)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.doubleClicked.connect(lambda index: self.point_activated.emit(index.data(Qt.ItemDataRole.UserRole)))
        self._quiet = False

    def set_points(self, points: tuple[SessionPoint, ...], residuals: dict[int, tuple[float, float]], unit: float) -> None:
        """Show points; selection and scroll position stay."""
        selected, bar = self.selected_ids(), self.verticalScrollBar().value()
        self._quiet = True
        self._model.set_points(points, residuals, unit)
        self.select_ids(selected)
        self.verticalScrollBar().setValue(bar)
        self._quiet = False

    def selected_ids(self) -> list[int]:
        """Return the ids of the selected points."""
        return [index.data(Qt.ItemDataRole.UserRole) for index in self.selectionModel().selectedRows()]

    def select_ids(self, ids: list[int]) -> None:
        """Select points and scroll to the first."""
        wanted = set(ids)
        self.selectionModel().clearSelection()
        first = None
        mode = self.selectionModel().SelectionFlag.Select | self.selectionModel().SelectionFlag.Rows
        for row in range(self._proxy.rowCount()):
            index = self._proxy.index(row, 0)
            if index.data(Qt.ItemDataRole.UserRole) in wanted:
                self.selectionModel().select(index, mode)
                first = first or index
        if first is not None:
            self.scrollTo(first)

    def step(self, by: int) -> None:
        """Select the next or previous row."""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        row = (max(rows) if by > 0 else min(rows)) + by if rows else 0
        if 0 <= row < self._proxy.rowCount():
            self.selectRow(row)
            self.point_activated.emit(self._proxy.index(row, 0).data(Qt.ItemDataRole.UserRole))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Handle the review keys."""
        if event.modifiers() == Qt.KeyboardModifier.NoModifier:
            ids, key = self.selected_ids(), event.key()
            signals = {
                Qt.Key.Key_A: self.accept_requested, Qt.Key.Key_R: self.reject_requested, Qt.Key.Key_Delete: self.reject_requested,
                Qt.Key.Key_U: self.undecide_requested, Qt.Key.Key_C: self.check_requested,
            }
            if key in signals:
                if ids:
                    signals[key].emit(ids)
                return
            if key in (Qt.Key.Key_N, Qt.Key.Key_P):
                self.step(1 if key == Qt.Key.Key_N else -1)
                return
        super().keyPressEvent(event)

    def _tell_selection(self) -> None:
        if not self._quiet:
            self.point_selected.emit(self.selected_ids())
