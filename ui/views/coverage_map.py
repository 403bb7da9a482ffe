"""A small picture of how the points cover the reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ...plugin.core.fit.coverage import Coverage, convex_hull
from ..parts.palette import STATE_COLOURS
from ..parts.text import tr

Array = NDArray[np.float64]
GAP_COLOUR = "#D55E00"
_LARGEST = QSize(140, 120)


class CoverageMap(QWidget):
    """Image outline, hull, points, quadrant counts and the largest gap; a click asks to see the gap
    on the map.
    """

    clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("coverageMap")
        self.setAccessibleName(tr("Coverage"))
        self.setToolTip(
            tr(
                "<b>Coverage</b> of the reference by the points in the fit: their hull, "
                "the largest circle without a point, and how many "
                "lie in each quarter.<br>Click to see the gap on the map: that is where "
                "one more point helps most."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(_LARGEST)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._points: Array = np.empty((0, 2))
        self._coverage: Coverage | None = None
        self._size = (1.0, 1.0)

    def show_coverage(
        self, points_px: Array, coverage: Coverage | None, width: float, height: float
    ) -> None:
        """Show points in an image of a size, in px."""
        self._points, self._coverage, self._size = points_px, coverage, (width, height)
        scale = min(_LARGEST.width() / width, _LARGEST.height() / height)
        self.setFixedSize(max(40, round(width * scale)) + 4, max(40, round(height * scale)) + 4)
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        """Ask for the gap."""
        self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Ask for the gap with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self._size
        scale = min((self.width() - 4) / width, (self.height() - 4) / height)
        frame = QRectF(2, 2, width * scale, height * scale)
        ink = (
            QColor("#F0F0F0")
            if self.palette().base().color().lightness() < 128
            else QColor("#202020")
        )
        faint = QColor(ink.red(), ink.green(), ink.blue(), 90)
        painter.setPen(
            QPen(
                self.palette().color(self.palette().ColorRole.Highlight)
                if self.hasFocus()
                else faint,
                1.2,
            )
        )
        painter.setBrush(self.palette().base())
        painter.drawRect(frame)
        painter.setClipRect(frame)
        coverage = self._coverage
        if coverage is None:
            return
        self._paint_points(painter, frame, faint, coverage.circle_px)
        self._paint_counts(painter, frame, ink, coverage.quadrants)

    def _paint_points(
        self, painter: QPainter, frame: QRectF, faint: QColor, gap: tuple[float, float, float]
    ) -> None:
        """Paint the hull of the points, the quadrants, the points and the largest gap."""
        scale = frame.width() / self._size[0]

        def at(p: Array) -> QPointF:
            return QPointF(frame.left() + p[0] * scale, frame.top() + p[1] * scale)

        blue = QColor(STATE_COLOURS["predicted"])
        hull = convex_hull(self._points)
        if len(hull) >= 3:
            painter.setPen(QPen(blue, 1.0))
            painter.setBrush(QColor(blue.red(), blue.green(), blue.blue(), 45))
            painter.drawPolygon(QPolygonF([at(p) for p in hull]))
        painter.setPen(QPen(faint, 1, Qt.PenStyle.DotLine))
        painter.drawLine(
            QPointF(frame.center().x(), frame.top()), QPointF(frame.center().x(), frame.bottom())
        )
        painter.drawLine(
            QPointF(frame.left(), frame.center().y()), QPointF(frame.right(), frame.center().y())
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(blue)
        radius = 1.7 if len(self._points) < 150 else 1.1
        for p in self._points[:: max(1, len(self._points) // 1500)]:
            painter.drawEllipse(at(p), radius, radius)
        if len(self._points):
            x, y, r = gap
            painter.setPen(QPen(QColor(GAP_COLOUR), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at(np.array([x, y])), r * scale, r * scale)

    def _paint_counts(
        self, painter: QPainter, frame: QRectF, ink: QColor, counts: Sequence[int]
    ) -> None:
        """Write how many points lie in each quadrant."""
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        for number, count in enumerate(counts):
            row, column = divmod(number, 2)
            side = (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft) | (
                Qt.AlignmentFlag.AlignBottom if row else Qt.AlignmentFlag.AlignTop
            )
            box = painter.boundingRect(frame.adjusted(2, 1, -2, -1), int(side), str(count))
            ground = self.palette().base().color()
            ground.setAlpha(200)
            painter.fillRect(box.adjusted(-1, 0, 1, 0), ground)
            painter.setPen(ink)
            painter.drawText(box, int(side), str(count))
