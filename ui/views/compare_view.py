"""The comparison on the map: one canvas item that paints two rendered layers as one picture."""

from __future__ import annotations

from qgis.core import QgsMapLayer
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QRegion,
    QTransform,
)

from .blend import edges, red_cyan
from .pair_renderer import PairRenderer, Picture

OFF, SWIPE, FLICKER, CHECKER, EDGES, RED_CYAN, OPACITY = (
    "off",
    "swipe",
    "flicker",
    "checkerboard",
    "edges",
    "redcyan",
    "opacity",
)
MODES = (SWIPE, FLICKER, CHECKER, EDGES, RED_CYAN, OPACITY)
GRIP_PX = 9
_LINE, _SHADE = QColor("#FFFFFF"), QColor(0, 0, 0, 150)


class CompareView(QgsMapCanvasItem):
    """Paints the moved layer against the reference, below the control points.

    The pictures are rendered by QGIS in the canvas' CRS, extent and rotation; until new ones are
    ready the old ones are painted where they belong. In swipe mode the divider is dragged with the
    mouse whatever map tool is active: grip it where the cursor turns; drag it along itself to turn
    it.
    """

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setZValue(20)
        self.setVisible(False)
        self.renderer = PairRenderer(canvas)
        self.renderer.ready.connect(self._take)
        self.mode = OFF
        self.names = ("", "")
        self.amounts = {
            SWIPE: 50.0,
            FLICKER: 1.0,
            CHECKER: 90.0,
            EDGES: 22.0,
            OPACITY: 50.0,
            RED_CYAN: 0.0,
        }
        self.swapped = False
        self.upright = True  # the divider of the swipe
        self._alternate = True
        self._mixed: QImage | None = None
        self._flicker = QTimer()
        self._flicker.timeout.connect(self._turn)
        self.grip = _Grip(self, canvas)

    def dispose(self) -> None:
        """Take everything off the canvas."""
        self._flicker.stop()
        self.grip.set_active(False)
        self.renderer.close()
        self._canvas.scene().removeItem(self)

    # --- what to show

    def set_layers(self, reference: QgsMapLayer | None, moved: QgsMapLayer | None) -> None:
        """Compare two layers."""
        self.names = (
            "" if reference is None else reference.name(),
            "" if moved is None else moved.name(),
        )
        self.renderer.set_layers(reference, moved)
        self._take()

    def set_mode(self, mode: str) -> None:
        """Choose how, or OFF."""
        self.mode = mode
        self.setVisible(mode != OFF)
        self.renderer.set_active(mode != OFF)
        self.grip.set_active(mode == SWIPE)
        self._alternate = True
        self._start_flicker()
        self._take()

    def set_amount(self, mode: str, value: float) -> None:
        """Set a mode's amount: divider and opacity in %, flicker in changes a second, squares in
        px, share of edges in %.
        """
        self.amounts[mode] = value
        if mode == EDGES:
            self._mixed = None
        self._start_flicker()
        self.update()

    def set_swapped(self, swapped: bool) -> None:
        """Exchange what is above and below."""
        self.swapped, self._mixed = swapped, None
        self.update()

    def _start_flicker(self) -> None:
        if self.mode != FLICKER:
            self._flicker.stop()
        elif self._flicker.interval() != self._period() or not self._flicker.isActive():
            self._flicker.start(self._period())

    def _period(self) -> int:
        return round(1000 / max(self.amounts[FLICKER], 0.1))

    def _turn(self) -> None:
        self._alternate = not self._alternate
        self.update()

    def _take(self) -> None:
        self._mixed = None
        self.update()

    # --- painting

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the whole canvas."""
        return QRectF(0, 0, self._canvas.viewport().width(), self._canvas.viewport().height())

    def updatePosition(self) -> None:  # noqa: N802
        """Follow the canvas."""
        self.setPos(0, 0)
        self.update()

    def divider(self) -> float:
        """Return where the divider is, in px from the left or the top."""
        return (
            self.amounts[SWIPE]
            / 100.0
            * (
                self._canvas.viewport().width()
                if self.upright
                else self._canvas.viewport().height()
            )
        )

    def paint(self, painter: QPainter, _option: object = None, _widget: object = None) -> None:
        """Paint."""
        below, above = self.renderer.pictures if not self.swapped else self.renderer.pictures[::-1]
        if self.mode == OFF or (below is None and above is None):
            return
        area = self.boundingRect()
        painter.save()
        painter.setClipRect(area)
        painter.fillRect(area, self._canvas.canvasColor())
        if self.mode in (RED_CYAN, EDGES):
            self._paint_mixed(painter, below, above)
        elif self.mode == FLICKER:
            self._draw(painter, above if self._alternate else below)
        else:
            self._draw(painter, below)
            painter.save()
            if self.mode == OPACITY:
                painter.setOpacity(self.amounts[OPACITY] / 100.0)
            elif self.mode == CHECKER:
                painter.setClipRegion(self._squares())
            else:
                at = self.divider()
                painter.setClipRect(
                    QRectF(0, 0, at, area.height())
                    if self.upright
                    else QRectF(0, 0, area.width(), at)
                )
            if self.mode != OPACITY:
                painter.fillRect(area, self._canvas.canvasColor())
            self._draw(painter, above)
            painter.restore()
        self._paint_labels(painter, area)
        painter.restore()

    def _paint_mixed(self, painter: QPainter, below: Picture | None, above: Picture | None) -> None:
        if below is None or above is None or not _alike(below, above):
            self._draw(painter, below or above)
            return
        if self._mixed is None:
            share = self.amounts[EDGES] / 100.0
            self._mixed = (
                edges(above.image, share)
                if self.mode == EDGES
                else red_cyan(below.image, above.image)
            )
        if self.mode == EDGES:
            self._draw(painter, below)
        self._draw(painter, Picture(self._mixed, above.settings))

    def _draw(self, painter: QPainter, picture: Picture | None) -> None:
        """Draw a picture where it belongs in the view as it is now."""
        if picture is None:
            return
        painter.save()
        frame = self._placement(picture)
        if not frame.isIdentity():
            painter.setTransform(frame, True)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QPointF(0, 0), picture.image)
        painter.restore()

    def _placement(self, picture: Picture) -> QTransform:
        to_map = picture.settings.mapToPixel()
        size = picture.settings.outputSize()
        corners = ((0, 0), (size.width(), 0), (0, size.height()))
        a, b, c = (self.toCanvasCoordinates(to_map.toMapCoordinates(x, y)) for x, y in corners)
        if all(
            abs(p.x() - x) < 0.01 and abs(p.y() - y) < 0.01
            for p, (x, y) in zip((a, b, c), corners, strict=True)
        ):
            return QTransform()
        w, h = corners[1][0], corners[2][1]
        return QTransform(
            (b.x() - a.x()) / w,
            (b.y() - a.y()) / w,
            (c.x() - a.x()) / h,
            (c.y() - a.y()) / h,
            a.x(),
            a.y(),
        )

    def _squares(self) -> QRegion:
        side = max(8, round(self.amounts[CHECKER]))
        region = QRegion()
        for row in range(self._canvas.viewport().height() // side + 1):
            for column in range(row % 2, self._canvas.viewport().width() // side + 1, 2):
                region += QRect(column * side, row * side, side, side)
        return region

    def _paint_labels(self, painter: QPainter, area: QRectF) -> None:
        """Say which is which."""
        below, above = self.names if not self.swapped else self.names[::-1]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.mode == SWIPE:
            at = self.divider()
            for pen in (QPen(_SHADE, 3.5), QPen(_LINE, 1.5)):
                painter.setPen(pen)
                painter.drawLine(
                    *(
                        (QPointF(at, 0), QPointF(at, area.height()))
                        if self.upright
                        else (QPointF(0, at), QPointF(area.width(), at))
                    )
                )
            self._paint_grip(
                painter,
                QPointF(at, area.height() / 2) if self.upright else QPointF(area.width() / 2, at),
            )
            if self.upright:
                _label(painter, above, at - 8, 8, right=True)
                _label(painter, below, at + 8, 8)
            else:
                _label(painter, above, 8, at - 30)
                _label(painter, below, 8, at + 8)
        elif self.mode == FLICKER:
            _label(painter, above if self._alternate else below, 8, 8)
        elif self.mode == RED_CYAN:
            _label(painter, below, 8, 8, colour="#FF6B6B")
            _label(painter, above, 8, 34, colour="#5CE1E6")
        elif self.mode == EDGES:
            _label(painter, above, 8, 8, colour="#FFDD33")
            _label(painter, below, 8, 34)
        else:
            _label(painter, above, 8, 8)
            _label(painter, below, 8, 34, faint=True)

    def _paint_grip(self, painter: QPainter, at: QPointF) -> None:
        painter.save()
        painter.translate(at)
        if not self.upright:
            painter.rotate(90)
        painter.setPen(QPen(_SHADE, 1.2))
        painter.setBrush(_LINE)
        painter.drawEllipse(QPointF(0, 0), 12, 12)
        painter.setBrush(QColor("#37424a"))
        painter.setPen(Qt.PenStyle.NoPen)
        for side in (-1, 1):
            arrow = QPainterPath(QPointF(side * 8, 0))
            arrow.lineTo(side * 3.2, -4.5)
            arrow.lineTo(side * 3.2, 4.5)
            arrow.closeSubpath()
            painter.drawPath(arrow)
        painter.restore()


class _Grip(QObject):
    """Takes the mouse from the map tool where the divider is."""

    moved = pyqtSignal(float)

    def __init__(self, view: CompareView, canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._view, self._viewport = view, canvas.viewport()
        self._start: QPoint | None = None
        self._hovering = False
        self._active = False

    def set_active(self, active: bool) -> None:
        if active and not self._active:
            self._viewport.installEventFilter(self)
        elif self._active and not active:
            self._viewport.removeEventFilter(self)
            self._drop()
        self._active = active

    def _drop(self) -> None:
        self._start = None
        if self._hovering:
            self._viewport.unsetCursor()
        self._hovering = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Drag the divider."""
        kind = event.type()
        if (
            kind == QEvent.Type.MouseButtonPress
            and event.button() == Qt.MouseButton.LeftButton
            and self._near(event.pos())
        ):
            self._start = event.pos()
            return True
        if kind == QEvent.Type.MouseMove:
            if self._start is not None:
                self._move(event.pos())
                return True
            self._hover(event.pos())
        if kind == QEvent.Type.MouseButtonRelease and self._start is not None:
            self._move(event.pos())
            self._start = None
            return True
        return kind == QEvent.Type.MouseButtonDblClick and self._near(event.pos())

    def _near(self, pos: QPoint) -> bool:
        return abs((pos.x() if self._view.upright else pos.y()) - self._view.divider()) <= GRIP_PX

    def _hover(self, pos: QPoint) -> None:
        near = self._near(pos)
        if near:
            self._viewport.setCursor(
                Qt.CursorShape.SplitHCursor if self._view.upright else Qt.CursorShape.SplitVCursor
            )
        elif self._hovering:
            self._viewport.unsetCursor()
        self._hovering = near

    def _move(self, pos: QPoint) -> None:
        view, start = self._view, self._start
        moved = pos - start
        along, across = (moved.y(), moved.x()) if view.upright else (moved.x(), moved.y())
        if abs(along) > 40 and abs(along) > 4 * abs(across):
            view.upright = not view.upright
            self._start = pos
        length = self._viewport.width() if view.upright else self._viewport.height()
        share = min(
            max(100.0 * (pos.x() if view.upright else pos.y()) / max(length, 1), 0.0), 100.0
        )
        view.set_amount(SWIPE, share)
        self.moved.emit(share)


def _alike(a: Picture, b: Picture) -> bool:
    return (
        a.image.size() == b.image.size()
        and a.settings.visibleExtent() == b.settings.visibleExtent()
        and a.settings.rotation() == b.settings.rotation()
    )


def _label(
    painter: QPainter,
    text: str,
    x: float,
    y: float,
    right: bool = False,
    colour: str = "#FFFFFF",
    faint: bool = False,
) -> None:
    if not text:
        return
    metrics = QFontMetricsF(painter.font())
    text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, 260)
    width = metrics.horizontalAdvance(text) + 12
    box = QRectF(x - width if right else x, y, width, metrics.height() + 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 120 if faint else 175))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
