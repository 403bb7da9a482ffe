"""The map tool of the review: select, drag, add."""

from __future__ import annotations

from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent

from .canvas_points import CanvasPoints


class PointTool(QgsMapTool):
    """Click selects, dragging moves a point's reference end, and in add mode a click places a point.

    Signals carry positions in canvas coordinates.
    """

    selected = pyqtSignal(object)
    moved = pyqtSignal(int, QgsPointXY)
    placed = pyqtSignal(QgsPointXY)
    cancelled = pyqtSignal()
    key_pressed = pyqtSignal(int)

    def __init__(self, canvas: QgsMapCanvas, item: CanvasPoints) -> None:
        super().__init__(canvas)
        self._item = item
        self._dragged: int | None = None
        self._start = None
        self.adding = False

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Start a drag, or place a point."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self.adding:
            self.placed.emit(self.toMapCoordinates(event.pos()))
            return
        self._dragged = self._item.hit(event.pos().x(), event.pos().y())
        self._start = event.pos()
        self.selected.emit([] if self._dragged is None else [self._dragged])

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Show that a point is under the mouse, or where it is dragged to."""
        if self._dragged is not None:
            self._item.set_pending(self.toMapCoordinates(event.pos()))
            return
        over = self._item.hit(event.pos().x(), event.pos().y()) is not None
        self.canvas().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.CrossCursor)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802
        """Finish a drag of more than 3 px."""
        if self._dragged is None:
            return
        identifier, self._dragged = self._dragged, None
        self._item.set_pending(None)
        if (event.pos() - self._start).manhattanLength() > 3:
            self.moved.emit(identifier, self.toMapCoordinates(event.pos()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape ends adding; review keys are passed on."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_U, Qt.Key.Key_C, Qt.Key.Key_N, Qt.Key.Key_P, Qt.Key.Key_Delete):
            self.key_pressed.emit(int(event.key()))
            event.ignore()

    def deactivate(self) -> None:
        """Drop a half-made drag."""
        self._dragged = None
        self._item.set_pending(None)
        super().deactivate()
