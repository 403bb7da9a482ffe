"""Reference and sensed image around the selected point, side by side over the same ground, with one
cross-hair.
"""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ...plugin.core.session.chip import ChipPair
from ..parts.palette import SELECTED_COLOUR, STATE_COLOURS
from ..parts.text import fill, longest_fitting, number, tr

SIDES_PX = (16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0, 256.0, 384.0, 512.0)
_FLICKER_MS = 400
_TITLE = 17.0
_GAP = 6.0


class ChipsView(QWidget):
    """Draws a `ChipPair`.

    The wheel zooms; the mouse moves the cross-hair; a double click asks to put that end of the
    point there.

    `wanted` is emitted when other pictures are needed (zoom, size, fitted or not).
    """

    wanted = pyqtSignal()
    flickering = pyqtSignal(bool)
    placed = pyqtSignal(
        bool, float, float, bool
    )  # sensed chip?, reference px as shown, Ctrl: freely

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chipsView")
        self.setAccessibleName(tr("Reference and sensed image around the point"))
        self.setMinimumHeight(110)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.side_px = 96.0
        self.fitted = True
        self._pair: ChipPair | None = None
        self._why = ""
        self._images: tuple[QImage, QImage] | None = None
        self._cross: QPointF | None = None  # 0..1 within a chip
        self._second = False
        self._timer = QTimer(self)
        self._timer.setInterval(_FLICKER_MS)
        self._timer.timeout.connect(self._swap)
        self.setToolTip(
            tr(
                "<b>Reference and sensed image</b> over the same ground, each stretched "
                "from its own 2nd to its 98th percentile.<br>"
                "<b>Ring</b>: the point; <b>diamond</b>: where the sensed image, as "
                "shown, has it. Their distance is the residual.<br>"
                "<b>Wheel</b>, or + and - in the table: zoom. <b>Space</b> or <b>F</b>: "
                "flicker between both in one. <b>G</b>: sensed image as fitted / as "
                "georeferenced.<br>"
                "<b>Double click</b>: put that end of the point there; in the reference "
                "it snaps to the nearest peak, with Ctrl it does not.<br>"
                "<b>Arrows</b>: nudge the point's place in the reference by 0.1 px, with "
                "Shift by 1 px."
            )
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the preferred size."""
        return QSize(400, 215)

    @property
    def elements(self) -> int:
        """Picture elements along a side that fill the chip on the screen."""
        return int(np.clip(self._frames()[0].width() * self.devicePixelRatioF(), 32, 512))

    @property
    def is_flickering(self) -> bool:
        """Whether both images take turns in one chip."""
        return self._timer.isActive()

    def set_pair(self, pair: ChipPair | None, why: str = "") -> None:
        """Show chips; None shows `why` in their place."""
        self._pair, self._why = pair, why
        self._images = None if pair is None else (_image(pair.reference), _image(pair.sensed))
        self.update()

    def zoom(self, by: int) -> None:
        """Show less (by < 0) or more ground."""
        here = int(np.argmin(np.abs(np.array(SIDES_PX) - self.side_px)))
        there = SIDES_PX[int(np.clip(here + by, 0, len(SIDES_PX) - 1))]
        if there != self.side_px:
            self.side_px = there
            self.wanted.emit()

    def toggle_fitted(self) -> None:
        """Show the sensed image as fitted, or as it is georeferenced."""
        self.fitted = not self.fitted
        self.wanted.emit()

    def toggle_flicker(self) -> None:
        """Let both images take turns in one chip, or put them side by side again."""
        was = self._timer.isActive()
        self._second = False
        (self._timer.stop if was else self._timer.start)()
        self.flickering.emit(not was)
        self.wanted.emit()

    def _swap(self) -> None:
        self._second = not self._second
        self.update()

    # --- events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Ask for pictures of the new size."""
        super().resizeEvent(event)
        self.wanted.emit()

    def hideEvent(self, event: object) -> None:  # noqa: N802
        """Stop flickering unseen."""
        if self._timer.isActive():
            self.toggle_flicker()
        super().hideEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom."""
        turn = event.angleDelta().y()
        if turn:
            self.zoom(-1 if turn > 0 else 1)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move the cross-hair of both chips."""
        self._cross = None
        for frame in self._frames():
            if frame.contains(QPointF(event.pos())):
                self._cross = QPointF(
                    (event.pos().x() - frame.left()) / frame.width(),
                    (event.pos().y() - frame.top()) / frame.height(),
                )
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Ask to put an end of the point there."""
        pair = self._pair
        if pair is None or event.button() != Qt.MouseButton.LeftButton:
            return
        for side, frame in enumerate(self._frames()):
            if frame.contains(QPointF(event.pos())):
                sensed = self._second if self.is_flickering else side == 1
                x, y = (
                    (QPointF(event.pos()) - frame.center()).x(),
                    (QPointF(event.pos()) - frame.center()).y(),
                )
                scale = pair.side_px / frame.width()
                free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
                self.placed.emit(
                    sensed, pair.centre_px[0] + x * scale, pair.centre_px[1] + y * scale, free
                )

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        """Take the cross-hair away."""
        self._cross = None
        self.update()
        super().leaveEvent(event)

    # --- painting

    def _frames(self) -> list[QRectF]:
        if self.is_flickering:
            side = max(min(self.height() - _TITLE - 2, self.width() - 2.0), 16.0)
            return [QRectF((self.width() - side) / 2, _TITLE, side, side)]
        side = max(min(self.height() - _TITLE - 2, (self.width() - _GAP - 2) / 2), 16.0)
        left = (self.width() - 2 * side - _GAP) / 2
        return [QRectF(left, _TITLE, side, side), QRectF(left + side + _GAP, _TITLE, side, side)]

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw both chips, or the one whose turn it is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self.palette().color(self.foregroundRole())
        if self._pair is None or self._images is None:
            ink.setAlpha(150)
            painter.setPen(ink)
            text = self._why or tr(
                "Select a point, in the table or on the map, to see both images around it."
            )
            painter.drawText(
                QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text
            )
            return
        how = tr("as fitted") if self._pair.fitted else tr("as georeferenced")
        titles = ((tr("Reference"),), (fill(tr("Sensed, {0}"), how), tr("Sensed")))
        frames = self._frames()
        shown = (
            [(frames[0], int(self._second))]
            if self.is_flickering
            else [(frames[0], 0), (frames[1], 1)]
        )
        for frame, which in shown:
            painter.setPen(ink)
            title = QRectF(frame.left(), 0, frame.width(), _TITLE)
            painter.drawText(
                title,
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                longest_fitting(titles[which], painter.fontMetrics(), title.width()),
            )
            painter.fillRect(frame, QColor(128, 128, 128))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, self._images[which])
            self._draw_marks(painter, frame, which)
            if which == 0 or self.is_flickering:
                self._draw_side(painter, frame)

    def _draw_side(self, painter: QPainter, frame: QRectF) -> None:
        """Write how much ground the chip shows, in its corner."""
        words = (fill(tr("{0:g} px wide"), self.side_px), f"{number(self.side_px, 'g')} px")
        text = longest_fitting(words, painter.fontMetrics(), frame.width() - 8)
        box = painter.fontMetrics().boundingRect(text)
        place = QRectF(
            frame.left(), frame.bottom() - box.height() - 2, box.width() + 8, box.height() + 2
        )
        painter.fillRect(place, QColor(0, 0, 0, 140))
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_marks(self, painter: QPainter, frame: QRectF, which: int) -> None:
        pair = self._pair
        if pair is None:
            return
        painter.save()
        painter.setClipRect(frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        scale = frame.width() / pair.side_px
        middle = frame.center()
        end = (
            middle
            + QPointF(
                pair.sensed_at_px[0] - pair.centre_px[0], pair.sensed_at_px[1] - pair.centre_px[1]
            )
            * scale
        )
        for colour, width in ((QColor(0, 0, 0, 190), 3.4), (QColor(SELECTED_COLOUR), 1.6)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(middle, 7.0, 7.0)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(
                    middle + QPointF(7 * dx, 7 * dy), middle + QPointF(12 * dx, 12 * dy)
                )
        if which == 1:
            for colour, width in (
                (QColor(0, 0, 0, 190), 3.4),
                (QColor(STATE_COLOURS["added"]), 1.7),
            ):
                painter.setPen(QPen(colour, width))
                painter.drawPolygon(
                    end + QPointF(0, -5),
                    end + QPointF(5, 0),
                    end + QPointF(0, 5),
                    end + QPointF(-5, 0),
                )
        if self._cross is not None:
            at = QPointF(
                frame.left() + self._cross.x() * frame.width(),
                frame.top() + self._cross.y() * frame.height(),
            )
            for colour in (QColor(0, 0, 0, 150), QColor(255, 255, 255, 220)):
                painter.setPen(QPen(colour, 2.6 if colour.red() == 0 else 1.0))
                painter.drawLine(QPointF(frame.left(), at.y()), QPointF(frame.right(), at.y()))
                painter.drawLine(QPointF(at.x(), frame.top()), QPointF(at.x(), frame.bottom()))
        painter.restore()


def _image(rgba: np.ndarray) -> QImage:
    height, width = rgba.shape[:2]
    data = np.ascontiguousarray(rgba)
    return QImage(data.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
