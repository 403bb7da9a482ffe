"""The rows of the table of control points; it sorts itself, so that 10,000 rows are put in order in
milliseconds.
"""

from __future__ import annotations

import math

import numpy as np
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from qgis.PyQt.QtWidgets import QWidget

from ...plugin.core.session.queue import Standing
from ...plugin.core.session.session import SessionPoint
from ..parts.palette import STATE_LABELS, state_icon, state_key
from ..parts.text import as_text, fill, length, number, tr

ID, STATE, SCORE, RESIDUAL, DX, DY, GROUND, REASON, QUEUE = range(9)
_COLUMNS = ("ID", "State", "Score", "Res.", "dX", "dY", "Res.", "Reason", "Queue")
_UNITS = ("", "", "", "px", "px", "px", "map", "", "")
_TIPS = (
    "Number of the point",
    "Where the point stands in the review; points that are out stay in the list, out of the fit",
    "Probability (0 to 1) that the match is within 2 px of the truth, learnt from real pairs",
    "Residual: length of transform(sensed) - reference, sqrt(dX^2 + dY^2), in reference pixels",
    "x of transform(sensed) - reference, in reference pixels",
    "y of transform(sensed) - reference, in reference pixels, downwards",
    "Residual: length of transform(sensed) - reference, in units of the reference's CRS",
    "Why the point is not in the fit",
    "Order of the review, by influence x doubt: the probability that the match is wrong, "
    "given its score and leave-one-out error,"
    " times its leverage, times the length of that error. N and P walk along it; judged "
    "points show a dot",
)
Residuals = dict[int, tuple[float, float]]
_LAST = 2**31


class PointsModel(QAbstractTableModel):
    """Points and residuals; `UserRole` of any cell is the point's id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[SessionPoint] = []
        self._residuals: Residuals = {}
        self._standings: dict[int, Standing] = {}
        self._size, self._unit = 1.0, "map"
        self._order = np.empty(0, dtype=np.intp)
        self._rows: dict[int, int] = {}
        self._sorted_by, self._descending = QUEUE, False

    # --- content

    def set_points(
        self,
        points: tuple[SessionPoint, ...],
        residuals: Residuals,
        size: float,
        unit: str,
        standings: dict[int, Standing],
    ) -> None:
        """Show other points; `size` is the side of a reference pixel in `unit`."""
        same = [p.id for p in points] == [p.id for p in self._points]
        if not same:
            self.beginResetModel()
        self._points, self._residuals, self._size, self._unit, self._standings = (
            list(points),
            residuals,
            size,
            unit,
            standings,
        )
        if not same:
            self._arrange()
            self.endResetModel()
        elif points:
            self._reorder()
            self.dataChanged.emit(self.index(0, 0), self.index(len(points) - 1, QUEUE))

    def row_of(self, identifier: int) -> int | None:
        """Return the row of a point."""
        return self._rows.get(identifier)

    def id_at(self, row: int) -> int:
        """Return the id of the point in a row."""
        return self._points[self._order[row]].id

    @property
    def sorted_by_queue(self) -> bool:
        """Whether the rows are in the order of the review."""
        return self._sorted_by == QUEUE

    # --- order

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column."""
        self._sorted_by, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._reorder()

    def _reorder(self) -> None:
        before = self._order
        after = self._arranged()
        if np.array_equal(before, after):
            return
        self.layoutAboutToBeChanged.emit()
        persistent = self.persistentIndexList()
        points = [before[index.row()] for index in persistent]
        self._take(after)
        place = np.empty(len(after), dtype=np.intp)
        place[after] = np.arange(len(after))
        moved = [
            self.index(int(place[p]), index.column())
            for p, index in zip(points, persistent, strict=True)
        ]
        self.changePersistentIndexList(persistent, moved)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        self._take(self._arranged())

    def _take(self, order: np.ndarray) -> None:
        self._order = order
        self._rows = {self._points[i].id: row for row, i in enumerate(order)}

    def _arranged(self) -> np.ndarray:
        column, points = self._sorted_by, self._points
        if column in (STATE, REASON):
            words = np.array([self._value(p, column) for p in points], dtype=object)
            ordered = sorted(range(len(points)), key=lambda i: words[i])
            return np.array(ordered[::-1] if self._descending else ordered, dtype=np.intp)
        if column == QUEUE:
            ranks = (self._standings.get(p.id) for p in points)
            keys = np.array(
                [r.rank if r is not None and r.rank else _LAST for r in ranks], dtype=float
            )
        elif column in (ID, SCORE):
            keys = np.array(
                [p.id if column == ID else p.tie_point.score for p in points], dtype=float
            )
        else:
            nothing = (math.nan, math.nan)
            miss = np.array(
                [self._residuals.get(p.id, nothing) for p in points], dtype=float
            ).reshape(-1, 2)
            keys = (
                miss[:, 0]
                if column == DX
                else miss[:, 1]
                if column == DY
                else np.hypot(miss[:, 0], miss[:, 1])
            )
            keys = np.where(np.isnan(keys), -1.0 if column in (RESIDUAL, GROUND) else -np.inf, keys)
        return np.argsort(-keys if self._descending else keys, kind="stable")

    # --- what Qt asks

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Return the number of points."""
        return 0 if parent.isValid() else len(self._points)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Return the number of columns."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title or tooltip."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            unit = self._unit if section == GROUND else _UNITS[section]
            return f"{tr(_COLUMNS[section])} [{unit}]" if unit else tr(_COLUMNS[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return tr(_TIPS[section])
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        point = self._points[self._order[index.row()]]
        column = index.column()
        if role == Qt.ItemDataRole.UserRole:
            return point.id
        if role == Qt.ItemDataRole.DisplayRole:
            value = self._value(point, column)
            if isinstance(value, float):
                return (
                    length(value, "")
                    if column == GROUND
                    else "–"
                    if math.isnan(value)
                    else number(value, ".2f")
                )
            return value
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            return state_icon(state_key(point))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignLeft
                if column in (STATE, REASON)
                else Qt.AlignmentFlag.AlignRight
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return (
                self._standing_text(point)
                if column == QUEUE
                else as_text(tr(point.reason)) or tr(_TIPS[column])
            )
        return None

    def _value(self, point: SessionPoint, column: int) -> object:
        if column == QUEUE:
            standing = self._standings.get(point.id)
            return "" if standing is None else standing.rank or "·"
        dx, dy = self._residuals.get(point.id, (math.nan, math.nan))
        size = math.hypot(dx, dy)
        state = tr(STATE_LABELS[state_key(point)])
        return (
            point.id,
            state,
            point.tie_point.score,
            size,
            dx,
            dy,
            size * self._size,
            tr(point.reason),
        )[column]

    def _standing_text(self, point: SessionPoint) -> str:
        s = self._standings.get(point.id)
        if s is None or math.isnan(s.loo_px):
            return tr(_TIPS[QUEUE])
        parts = fill(
            tr("doubt {0:.2f} x leverage {1:.3f} x error {2:.2f} px"), s.doubt, s.leverage, s.loo_px
        )
        return f"{parts} = {number(s.priority_px, '.4f')} px<br><br>{tr(_TIPS[QUEUE])}"
