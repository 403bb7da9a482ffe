"""The similarity of the selected point over its search window."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..plugin.core.types import TiePoint
from .params_form import tr

_STOPS = np.array([[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]], dtype=float)


def viridis(values: np.ndarray) -> np.ndarray:
    """Map 0..1 to RGB bytes."""
    at = np.clip(values, 0, 1) * (len(_STOPS) - 1)
    low = np.minimum(at.astype(int), len(_STOPS) - 2)
    part = (at - low)[..., None]
    return (_STOPS[low] * (1 - part) + _STOPS[low + 1] * part).astype(np.uint8)


class HeatmapView(QWidget):
    """Draws `Evidence.surface`: bright = similar; a cross at the point, an ellipse of its covariance (95 %)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("heatmapView")
        self.setMinimumHeight(130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._point: TiePoint | None = None
        self._image: QImage | None = None
        self.setToolTip(
            tr(
                "Similarity of the point's template at every position of its search window.\n"
                "One sharp peak: trust it. Several peaks or a ridge: doubt it.\n"
                "Cross: the point. Ring: 95 % of its covariance. Ratio: highest to second-highest peak."
            )
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the preferred size."""
        return QSize(300, 140)

    def set_point(self, point: TiePoint | None) -> None:
        """Show a point's evidence."""
        self._point, self._image = point, None
        surface = point.evidence.surface if point is not None and point.evidence is not None else None
        if surface is not None:
            finite = surface[surface > -0.999]
            low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
            rgb = np.ascontiguousarray(viridis((surface - low) / max(high - low, 1e-6)))
            h, w = surface.shape
            self._image = QImage(rgb.tobytes(), w, h, 3 * w, QImage.Format.Format_RGB888).copy()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw picture and numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.height() - 8, self.width() // 2)
        frame = QRectF(4, 4, side, side)
        text = QRectF(side + 14, 4, self.width() - side - 18, side)
        painter.setPen(self.palette().color(self.foregroundRole()))
        if self._point is None:
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr("Select a point to see its evidence."))
            return
        if self._image is None:
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr("No similarity surface for this point."))
        else:
            painter.drawImage(frame, self._image)
            self._draw_cross(painter, frame)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._words())

    def _draw_cross(self, painter: QPainter, frame: QRectF) -> None:
        point = self._point
        if point is None or point.evidence is None or self._image is None:
            return
        e = point.evidence
        steps = np.array(e.surface_step_px).T
        at = np.linalg.solve(steps, np.array(point.reference_px) - np.array(e.surface_origin_px))
        scale_x, scale_y = frame.width() / self._image.width(), frame.height() / self._image.height()
        x, y = frame.left() + (at[0] + 0.5) * scale_x, frame.top() + (at[1] + 0.5) * scale_y
        painter.setClipRect(frame)
        for colour, width in ((QColor(0, 0, 0), 3.0), (QColor(255, 255, 255), 1.4)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(x - 7, y), QPointF(x + 7, y))
            painter.drawLine(QPointF(x, y - 7), QPointF(x, y + 7))
        inverse = np.linalg.inv(steps)
        covariance = inverse @ np.array(point.covariance_px) @ inverse.T
        values, vectors = np.linalg.eigh(covariance)
        if (values > 0).all():
            painter.save()
            painter.translate(x, y)
            painter.scale(scale_x, scale_y)
            painter.rotate(float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))))
            pen = QPen(QColor(255, 255, 255), 1.4)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawEllipse(QPointF(0, 0), 2.45 * float(np.sqrt(values[1])), 2.45 * float(np.sqrt(values[0])))
            painter.restore()
        painter.setClipping(False)

    def _words(self) -> str:
        p = self._point
        if p is None:
            return ""
        lines = [tr("Point {0}").format(p.id), tr("score {0:.2f}").format(p.score)]
        if p.evidence is not None:
            e = p.evidence
            lines += [tr("peak {0:.2f}").format(e.peak), tr("second {0:.2f} (ratio {1:.2f})").format(e.second_peak, min(e.ratio, 99.0))]
            if np.isfinite(e.forward_backward_px):
                lines.append(tr("there and back {0:.2f} px").format(e.forward_backward_px))
        if p.reason:
            lines.append(tr(p.reason))
        return "\n".join(lines)
