"""The map tool of the review: select, drag, add."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from qgis.core import QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent
from qgis.PyQt.QtWidgets import QToolTip

from ..parts.keys import REVIEW_KEYS, history_key, nudge_of
from ..parts.palette import SELECTED_COLOUR
from .canvas_points import CanvasPoints

_KEYS = frozenset(int(code) for key in REVIEW_KEYS if key.on_map for code in key.codes)
_DRAG_PX = 3
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _has(event: QgsMapMouseEvent, modifier: Qt.KeyboardModifier) -> bool:
    return bool(event.modifiers() & modifier)


class PointTool(QgsMapTool):
    """Click selects (Shift adds), a rectangle or lasso selects many, a drag moves a point's
    reference end; in add mode clicks place points.

    Signals carry positions in canvas coordinates. `describe` gives the tooltip of a point.
    """

    selected = pyqtSignal(object)
    dragging = pyqtSignal(int, QgsPointXY, bool)  # the last: Ctrl, place it freely
    moved = pyqtSignal(int, QgsPointXY, bool)
    placed = pyqtSignal(QgsPointXY, bool, bool)  # Ctrl: leave the partner as fitted; Shift: by hand
    nudged = pyqtSignal(float, float)
    cancelled = pyqtSignal()
    key_pressed = pyqtSignal(int)
    history_requested = pyqtSignal(str)

    def __init__(
        self, canvas: QgsMapCanvas, item: CanvasPoints, describe: Callable[[int], str]
    ) -> None:
        super().__init__(canvas)
        self._item, self._describe = item, describe
        self._dragged: int | None = None
        self._start: QPoint | None = None
        self._chosen: list[int] = []
        self._hovered: int | None = None
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setStrokeColor(QColor(SELECTED_COLOUR))
        self._band.setFillColor(QColor(240, 228, 66, 40))
        self._band.setWidth(2)
        self.adding = False
        self.lasso = False
        self._outline: list[QPoint] = []
        self.setCursor(Qt.CursorShape.CrossCursor)

    def dispose(self) -> None:
        """Take the tool's own items off the canvas."""
        self.canvas().scene().removeItem(self._band)

    def note_selection(self, ids: list[int]) -> None:
        """Be told what is selected, so that Shift adds to it."""
        self._chosen = list(ids)

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Start a drag or a rectangle, or place a point."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self.adding:
            self.placed.emit(
                self.toMapCoordinates(event.pos()), _has(event, _CTRL), _has(event, _SHIFT)
            )
            return
        self._start = event.pos()
        self.canvas().installEventFilter(self)
        self._dragged = self._item.hit(event.pos().x(), event.pos().y())
        if self._dragged is not None:
            more = _has(event, _SHIFT)
            self._select([*self._chosen, self._dragged] if more else [self._dragged])

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Show what is under the mouse, or where it is dragged to."""
        pos = event.pos()
        if self._start is not None and (pos - self._start).manhattanLength() > _DRAG_PX:
            here = self.toMapCoordinates(pos)
            if self._dragged is not None:
                self._item.set_ghost(self.toMapCoordinates(self._start), here)
                self.dragging.emit(self._dragged, here, _has(event, _CTRL))
            else:
                self._draw_band(pos)
            return
        hit = None if self.adding else self._item.hit(pos.x(), pos.y())
        if hit != self._hovered:
            self._hovered = hit
            self.canvas().setCursor(
                Qt.CursorShape.CrossCursor if hit is None else Qt.CursorShape.PointingHandCursor
            )
            if hit is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(
                    self.canvas().viewport().mapToGlobal(pos) + QPoint(12, 8),
                    self._describe(hit),
                    self.canvas(),
                )

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Finish a drag of more than 3 px, or a rectangle; a click beside all points selects
        none.
        """
        if self._start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        start, identifier, outline = self._start, self._dragged, self._outline
        far = (event.pos() - start).manhattanLength() > _DRAG_PX
        self._drop()
        if identifier is not None:
            if far:
                self.moved.emit(identifier, self.toMapCoordinates(event.pos()), _has(event, _CTRL))
            return
        more = _has(event, _SHIFT)
        found: list[int] = []
        if len(outline) > 2:
            found = self._item.ids_inside(np.array([(p.x(), p.y()) for p in outline], dtype=float))
        elif far:
            xs, ys = sorted((start.x(), event.pos().x())), sorted((start.y(), event.pos().y()))
            found = self._item.ids_in(xs[0], ys[0], xs[1], ys[1])
        self._select([*self._chosen, *found] if more else found)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape ends adding; review keys, arrows (while a point is selected) and undo are passed
        on.
        """
        nudge = nudge_of(event)
        if nudge is not None and self._chosen:
            self.nudged.emit(*nudge)
            event.ignore()
        elif history_key(event):
            self.history_requested.emit(history_key(event))
            event.ignore()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            event.ignore()  # an ignored event is one the canvas does not handle itself
        elif int(event.key()) in _KEYS and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.key_pressed.emit(int(event.key()))
            event.ignore()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let Escape drop a drag: the canvas itself takes no keys while a button is down."""
        if (
            event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
            and self._start is not None
        ):
            self._drop()
            return True
        return False

    def deactivate(self) -> None:
        """Drop a half-made drag."""
        self._drop()
        super().deactivate()

    def _select(self, ids: list[int]) -> None:
        self._chosen = list(dict.fromkeys(ids))
        self.selected.emit(self._chosen)

    def _drop(self) -> None:
        self._dragged = self._start = None
        self._outline = []
        self.canvas().removeEventFilter(self)
        self._item.set_ghost(None)
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    def _draw_band(self, pos: QPoint) -> None:
        if self._start is None:
            return
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        corners: list[QPoint] = [
            self._start,
            QPoint(pos.x(), self._start.y()),
            pos,
            QPoint(self._start.x(), pos.y()),
        ]
        if self.lasso:
            self._outline = [*(self._outline or [self._start]), pos]
            corners = self._outline
        for corner in corners:
            self._band.addPoint(self.toMapCoordinates(corner))
