"""The similarity of the selected point over its search window, with what to read from it."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ...plugin.core.session.peaks import surface_index
from ...plugin.core.types import TiePoint
from ..parts.text import fill, longest_fitting, number, tr

_STOPS = np.array(
    [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]], dtype=float
)
_UNDEFINED = -0.999
_EXCLUSION_PX = 4
_CHI_95 = 2.448  # sqrt of the 95 % quantile of chi-squared with two degrees of freedom
_BAR = 10.0
_NO_SECOND = 100.0  # ratios above it mean as much as no second peak at all


def viridis(values: np.ndarray) -> np.ndarray:
    """Map 0..1 to RGB bytes; NaN becomes grey."""
    at = np.clip(np.nan_to_num(values), 0, 1) * (len(_STOPS) - 1)
    low = np.minimum(at.astype(int), len(_STOPS) - 2)
    part = (at - low)[..., None]
    rgb = (_STOPS[low] * (1 - part) + _STOPS[low + 1] * part).astype(np.uint8)
    rgb[np.isnan(values)] = 128
    return rgb


def second_peak(surface: np.ndarray) -> tuple[int, int] | None:
    """Return (column, row) of the highest value further than four pixels from the highest, or None
    where there is none.
    """
    values = np.where(np.isfinite(surface) & (surface > _UNDEFINED), surface, -np.inf)
    row, col = np.unravel_index(int(np.argmax(values)), values.shape)
    values[
        max(0, row - _EXCLUSION_PX) : row + _EXCLUSION_PX + 1,
        max(0, col - _EXCLUSION_PX) : col + _EXCLUSION_PX + 1,
    ] = -np.inf
    if not np.isfinite(values).any():
        return None
    row, col = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(col), int(row)


class HeatmapView(QWidget):
    """Draws `Evidence.surface` with its colour bar, the point, its covariance and the runner-up,
    and the numbers beside.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("heatmapView")
        self.setAccessibleName(tr("Similarity of the point"))
        self.setMinimumHeight(80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._point: TiePoint | None = None
        self._image: QImage | None = None
        self._range = (0.0, 1.0)
        self._second: tuple[int, int] | None = None
        self.setToolTip(
            tr(
                "<b>Similarity</b> of the point's template at every position of its "
                "search window (bright = similar).<br>"
                "One sharp peak: trust it. Several peaks, or a ridge along a road or "
                "shore: doubt it.<br><br>"
                "<b>White cross</b>: the point. <b>White ring</b>: 95 % of its "
                "covariance, from the shape of the peak.<br>"
                "<b>Orange circle</b>: the second-highest peak. <b>Ratio</b>: highest / "
                "second-highest; near 1 is ambiguous.<br>"
                "<b>There and back</b>: how far matching in the opposite direction comes "
                "back beside the start."
            )
        )

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the preferred size."""
        return QSize(300, 150)

    def set_point(self, point: TiePoint | None) -> None:
        """Show a point's evidence."""
        self._point, self._image, self._second = point, None, None
        surface = (
            point.evidence.surface if point is not None and point.evidence is not None else None
        )
        if surface is not None:
            values = np.where(
                np.isfinite(surface) & (surface > _UNDEFINED), surface, np.nan
            ).astype(float)
            low, high = (
                (float(np.nanmin(values)), float(np.nanmax(values)))
                if np.isfinite(values).any()
                else (0.0, 1.0)
            )
            rgb = np.ascontiguousarray(viridis((values - low) / max(high - low, 1e-6)))
            h, w = surface.shape
            self._image = QImage(rgb.tobytes(), w, h, 3 * w, QImage.Format.Format_RGB888).copy()
            self._range, self._second = (low, high), second_peak(surface)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw picture, colour bar and numbers."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self.palette().color(self.foregroundRole())
        painter.setPen(ink)
        wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        if self._point is None:
            faint = QColor(ink)
            faint.setAlpha(150)
            painter.setPen(faint)
            painter.drawText(
                QRectF(self.rect()),
                wrap,
                tr("Select a point, in the table or on the map, to see its evidence."),
            )
            return
        side = min(self.height() - 6.0, self.width() * 0.5)
        frame = QRectF(1, 3, side, side)
        bar = QRectF(frame.right() + 6, frame.top(), _BAR, side)
        if self._image is None:
            painter.setPen(QPen(ink, 0.6, Qt.PenStyle.DotLine))
            painter.drawRect(frame)
            painter.setPen(ink)
            painter.drawText(frame.adjusted(8, 0, -8, 0), wrap, self._why_empty())
        else:
            painter.setRenderHint(
                QPainter.RenderHint.SmoothPixmapTransform, side < self._image.width()
            )
            painter.drawImage(frame, self._image)
            self._draw_marks(painter, frame)
            self._draw_bar(painter, bar, ink)
        painter.setPen(ink)
        left = bar.right() + 50 if self._image is not None else frame.right() + 12
        self._draw_words(painter, QRectF(left, frame.top(), self.width() - left - 2, side))

    def _why_empty(self) -> str:
        if self._point is not None and self._point.evidence is None:
            return tr("Set by hand or read from a file: there is no similarity to show.")
        return tr("The similarity surface of this point was not kept.")

    def _draw_bar(self, painter: QPainter, bar: QRectF, ink: QColor) -> None:
        ramp = np.ascontiguousarray(viridis(np.linspace(1, 0, 64)[:, None]))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(bar, QImage(ramp.tobytes(), 1, 64, 3, QImage.Format.Format_RGB888).copy())
        painter.setPen(ink)
        font = painter.font()
        size = font.pointSizeF()
        font.setPointSizeF(size * 0.85)
        painter.setFont(font)
        low, high = self._range
        for share in (0.0, 0.5, 1.0):
            y = bar.bottom() - share * bar.height()
            box = QRectF(bar.right() + 3, min(max(y - 8, bar.top() - 2), bar.bottom() - 14), 44, 16)
            painter.drawText(
                box,
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                number(low + share * (high - low), ".2f"),
            )
        font.setPointSizeF(size)
        painter.setFont(font)

    def _draw_marks(self, painter: QPainter, frame: QRectF) -> None:
        point, image = self._point, self._image
        if point is None or point.evidence is None or image is None:
            return
        scale = np.array([frame.width() / image.width(), frame.height() / image.height()])
        corner = np.array([frame.left(), frame.top()])
        painter.save()
        painter.setClipRect(frame)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._second is not None and point.evidence.second_peak > 0:
            x, y = corner + (np.array(self._second) + 0.5) * scale
            for pen in (QPen(QColor(0, 0, 0, 160), 3.2), QPen(QColor("#E69F00"), 1.8)):
                painter.setPen(pen)
                painter.drawEllipse(QPointF(x, y), 5.5, 5.5)
        x, y = corner + (surface_index(point.evidence, point.reference_px) + 0.5) * scale
        inverse = np.linalg.inv(np.array(point.evidence.surface_step_px, dtype=float).T)
        values, vectors = np.linalg.eigh(inverse @ np.array(point.covariance_px) @ inverse.T)
        for colour, width in ((QColor(0, 0, 0, 170), 3.2), (QColor(255, 255, 255), 1.5)):
            pen = QPen(colour, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(QPointF(x + 3 * dx, y + 3 * dy), QPointF(x + 9 * dx, y + 9 * dy))
            if (values > 0).all():
                painter.save()
                painter.translate(x, y)
                painter.scale(*scale)
                painter.rotate(float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1]))))
                painter.drawEllipse(
                    QPointF(0, 0),
                    _CHI_95 * float(np.sqrt(values[1])),
                    _CHI_95 * float(np.sqrt(values[0])),
                )
                painter.restore()
        painter.restore()

    def _draw_words(self, painter: QPainter, box: QRectF) -> None:
        lines, metrics = self._words(), painter.fontMetrics()
        most = max(int(box.height() // metrics.height()), 1)
        if self._point is not None and self._point.reason and most > 3:
            wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            reason = tr(self._point.reason)
            wanted = metrics.boundingRect(box.toRect(), int(wrap), reason).height()
            height = min(wanted, 2 * metrics.height())
            if wanted > height:
                reason = metrics.elidedText(
                    reason, Qt.TextElideMode.ElideRight, int(1.7 * box.width())
                )
            painter.drawText(
                QRectF(box.left(), box.bottom() - height, box.width(), height), int(wrap), reason
            )
            box = box.adjusted(0, 0, 0, -height - 2)
            most = max(int(box.height() // metrics.height()), 1)
        font = painter.font()
        columns = 2 if len(lines) > most else 1  # where the view is low
        rows = min(most, -(-len(lines) // columns))
        step = min(metrics.height() + 2.0, box.height() / max(rows, 1))
        top = box.top() + max(0.0, (box.height() - step * rows) / 2)
        first = min(
            max((metrics.horizontalAdvance(texts[0]) for texts in lines[:rows]), default=0) + 12.0,
            box.width() / 2,
        )
        widths = (box.width(),) if columns == 1 else (first, box.width() - first)
        for i, text in enumerate(lines[: columns * rows]):
            font.setBold(i == 0)
            painter.setFont(font)
            line = QRectF(
                box.left() + (widths[0] if i >= rows else 0.0),
                top + i % rows * step,
                widths[i // rows] - 4,
                step,
            )
            painter.drawText(
                line,
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                longest_fitting(text, painter.fontMetrics(), line.width()),
            )

    def _words(self) -> list[tuple[str, ...]]:
        """Return the lines, each in a longer and a shorter wording."""
        p = self._point
        if p is None:
            return []
        lines = [
            (fill(tr("Point {0}"), p.id),),
            (fill(tr("Score {0:.2f}"), p.score), number(p.score, ".2f")),
        ]
        if p.evidence is not None:
            e = p.evidence
            lines.append((fill(tr("Peak {0:.2f}"), e.peak), fill(tr("Pk. {0:.2f}"), e.peak)))
            lines.append(
                (fill(tr("Second {0:.2f}"), e.second_peak), fill(tr("2nd {0:.2f}"), e.second_peak))
            )
            ratio = (fill(tr("Ratio {0:.2f}"), e.ratio), f"1 : 2 = {number(e.ratio, '.2f')}")
            lines.append(ratio if e.ratio < _NO_SECOND else (tr("Ratio: no second"), tr("no 2nd")))
            if np.isfinite(e.forward_backward_px):
                back = e.forward_backward_px
                lines.append(
                    (
                        fill(tr("There and back {0:.2f} px"), back),
                        fill(tr("Back {0:.2f} px"), back),
                        fill(tr("Back {0:.2f}"), back),
                    )
                )
        return lines
