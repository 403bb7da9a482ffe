"""How residuals, leave-one-out errors or scores are distributed; a brushed range selects its
points.
"""

from __future__ import annotations

import math

import numpy as np
from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...plugin.core.session.queue import Standing
from ...plugin.core.session.session import SessionPoint
from ..parts.icons import icon
from ..parts.palette import SELECTED_COLOUR, STATE_COLOURS
from ..parts.text import fill, number, tr

RESIDUAL, LEAVE_ONE_OUT, SCORE = "residual", "leave-one-out error", "score"
_BINS = 48
_MOST = 99.5  # percentile that the axis ends at; the last bin counts all beyond
_MEASURES = (
    (RESIDUAL, "Residual", "Length of transform(sensed) - reference, reference px"),
    (
        LEAVE_ONE_OUT,
        "Leave-one-out",
        "Length of the error of a point in a fit without it, reference px; of the "
        "residual for points out of the fit",
    ),
    (SCORE, "Score", "Probability (0 to 1) that the match is right"),
)


class PointHistogram(QWidget):
    """Drag over the bars, or give the ends of the range, to select points; two buttons judge those
    selected.
    """

    brushed = pyqtSignal(list)
    reject_requested = pyqtSignal(list, str)
    accept_requested = pyqtSignal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pointHistogram")
        self._ids = np.empty(0, dtype=np.int64)
        self._inside = np.empty(0, dtype=bool)
        self._values: dict[str, np.ndarray] = {}
        self._content: (
            tuple[tuple[SessionPoint, ...], dict[int, tuple[float, float]], dict[int, Standing]]
            | None
        ) = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.bars = _Bars(self)
        self.bars.dragged.connect(self._set_range)
        layout.addWidget(self.bars, 1)
        layout.addLayout(self._make_row())

    def _make_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3)
        self.measure = QComboBox()
        self.measure.setObjectName("histogramMeasure")
        self.measure.setAccessibleName(tr("What is counted"))
        for key, label, tip in _MEASURES:
            self.measure.addItem(tr(label), key)
            self.measure.setItemData(self.measure.count() - 1, tr(tip), Qt.ItemDataRole.ToolTipRole)
        self.measure.setToolTip(tr("What the histogram counts"))
        self.measure.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.measure.setMinimumContentsLength(7)
        self.measure.currentIndexChanged.connect(self._change_measure)
        row.addWidget(self.measure)
        self.low, self.high = (
            self._spin("histogramLow", tr("Lower end of the range")),
            self._spin("histogramHigh", tr("Upper end of the range")),
        )
        row.addWidget(self.low)
        row.addWidget(QLabel("–"))
        row.addWidget(self.high)
        self.count = QLabel()
        self.count.setObjectName("histogramCount")
        self.count.setMinimumWidth(20)
        row.addWidget(self.count, 1)
        for name, text, slot in (
            ("accept", tr("Accept those in the range"), self._accept),
            ("reject", tr("Reject those in the range"), self._reject),
        ):
            button = QToolButton()
            button.setObjectName(f"histogram{name.title()}Button")
            button.setIcon(icon(name))
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setAutoRaise(True)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def _spin(self, name: str, tip: str) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setObjectName(name)
        spin.setDecimals(2)
        spin.setRange(0.0, 99999.0)
        spin.setSingleStep(0.1)
        spin.setToolTip(tip)
        spin.setAccessibleName(tip)
        spin.setKeyboardTracking(False)
        spin.setFixedWidth(66)
        spin.valueChanged.connect(self._brush)
        return spin

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the preferred size."""
        return QSize(300, 110)

    # --- content

    def set_points(
        self,
        points: tuple[SessionPoint, ...],
        residuals: dict[int, tuple[float, float]],
        standings: dict[int, Standing],
    ) -> None:
        """Show points; counted when the histogram is seen."""
        self._content = (points, residuals, standings)
        if self.isVisible():
            self._take()

    def showEvent(self, event: object) -> None:  # noqa: N802
        """Count now."""
        super().showEvent(event)
        self._take()

    def _take(self) -> None:
        if self._content is None:
            return
        points, residuals, standings = self._content
        nothing = (math.nan, math.nan)
        miss = np.array([residuals.get(p.id, nothing) for p in points], dtype=float).reshape(-1, 2)
        self._ids = np.array([p.id for p in points], dtype=np.int64)
        self._inside = np.array([p.in_fit for p in points], dtype=bool)
        self._values = {
            RESIDUAL: np.hypot(miss[:, 0], miss[:, 1]),
            LEAVE_ONE_OUT: np.array(
                [standings[p.id].loo_px if p.id in standings else math.nan for p in points],
                dtype=float,
            ),
            SCORE: np.array([p.tie_point.score for p in points], dtype=float),
        }
        self._draw()

    def _draw(self) -> None:
        values = self._values.get(self.measure.currentData(), np.empty(0))
        known = values[np.isfinite(values)]
        end = (
            1.0
            if self.measure.currentData() == SCORE or not len(known)
            else max(float(np.percentile(known, _MOST)), 1e-6)
        )
        inside = (
            self._inside if len(self._inside) == len(values) else np.zeros(len(values), dtype=bool)
        )
        edges = np.linspace(0.0, end, _BINS + 1)
        counts = [
            np.histogram(np.minimum(values[m & np.isfinite(values)], end), edges)[0]
            for m in (inside, ~inside)
        ]
        self.bars.set_counts(
            counts[0],
            counts[1],
            end,
        )
        self._tell(self._chosen())

    def _change_measure(self) -> None:
        self._set_range(0.0, 0.0)
        self._draw()

    # --- the range

    def _set_range(self, low: float, high: float) -> None:
        for spin, value in ((self.low, low), (self.high, high)):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        self._brush()

    def _brush(self) -> None:
        self._draw()
        self.brushed.emit(self._chosen())

    def _chosen(self) -> list[int]:
        values, (low, high) = self._values.get(self.measure.currentData()), self._range()
        if values is None or high <= low:
            return []
        beyond = (
            high >= self.bars.end - 0.0051
        )  # up to the right end of the axis means all that the last bar counts
        with np.errstate(invalid="ignore"):
            return self._ids[(values >= low) & ((values <= high) | beyond)].tolist()

    def _range(self) -> tuple[float, float]:
        return self.low.value(), self.high.value()

    def _tell(self, ids: list[int]) -> None:
        self.bars.set_brush(*self._range())
        self.count.setText(str(len(ids)) if ids else "")
        self.count.setToolTip(fill(tr("Points in the range: {0}"), len(ids)))

    def _reject(self) -> None:
        ids = self._chosen()
        if ids:
            (low, high), what = self._range(), self.measure.currentData()
            reason = f"{what} from {low:.2f} to {high:.2f} px, rejected by the analyst"
            if what == SCORE:
                reason = f"{what} from {low:.2f} to {high:.2f}, rejected by the analyst"
            self.reject_requested.emit(ids, reason)

    def _accept(self) -> None:
        if self._chosen():
            self.accept_requested.emit(self._chosen())


class _Bars(QWidget):
    """The bars; a horizontal drag chooses a range."""

    dragged = pyqtSignal(float, float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumHeight(48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAccessibleName(tr("Histogram"))
        self.setToolTip(
            tr(
                "Drag over the bars to select their points; a click selects "
                "none.<br>Blue: in the fit; grey: out of it. The last bar counts all beyond."
            )
        )
        self.end = 1.0
        self._counts = (np.zeros(_BINS, int), np.zeros(_BINS, int))
        self._brush = (0.0, 0.0)
        self._start: float | None = None

    def set_counts(self, inside: np.ndarray, outside: np.ndarray, end: float) -> None:
        """Show counts of 48 bins from 0 to `end`."""
        self._counts, self.end = (inside, outside), end
        self.update()

    def set_brush(self, low: float, high: float) -> None:
        """Show the range."""
        self._brush = (low, high)
        self.update()

    def _value(self, x: float) -> float:
        return float(np.clip((x - 4) / max(self.width() - 8, 1), 0.0, 1.0)) * self.end

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a range."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._start = self._value(event.pos().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Follow."""
        if self._start is not None:
            self.set_brush(*sorted((self._start, self._value(event.pos().x()))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a range; less than 4 screen px is none."""
        if self._start is None:
            return
        low, high = sorted((self._start, self._value(event.pos().x())))
        self._start = None
        self.dragged.emit(
            *((low, high) if high - low > 4 * self.end / max(self.width(), 1) else (0.0, 0.0))
        )

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the bars, the range and the axis."""
        painter = QPainter(self)
        ink = self.palette().color(self.foregroundRole())
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() * 0.8)
        painter.setFont(font)
        foot = painter.fontMetrics().height()
        left, width, height = 4.0, self.width() - 8.0, max(self.height() - foot - 2.0, 8.0)
        most = max(int((self._counts[0] + self._counts[1]).max()), 1)
        step = width / _BINS
        for i, (inside, outside) in enumerate(zip(*self._counts, strict=True)):
            full, part = height * inside / most, height * outside / most
            painter.fillRect(
                QRectF(left + i * step, height - full, step - 1, full),
                QColor(STATE_COLOURS["predicted"]),
            )
            painter.fillRect(
                QRectF(left + i * step, height - full - part, step - 1, part),
                QColor(STATE_COLOURS["filtered"]),
            )
        low, high = self._brush
        if high > low:
            box = QRectF(
                left + width * low / self.end,
                0,
                width * (min(high, self.end) - low) / self.end,
                height,
            )
            colour = QColor(SELECTED_COLOUR)
            colour.setAlpha(90)
            painter.fillRect(box, colour)
            painter.setPen(QPen(QColor(SELECTED_COLOUR).darker(140), 1.4))
            painter.drawLine(box.topLeft(), box.bottomLeft())
            painter.drawLine(box.topRight(), box.bottomRight())
        painter.setPen(ink)
        painter.drawLine(QPointF(left, height), QPointF(left + width, height))
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            x = left + share * width
            box = QRectF(x - 30, height + 1, 60, foot).translated(
                30 if share == 0 else -30 if share == 1 else 0, 0
            )
            side = (
                Qt.AlignmentFlag.AlignLeft
                if share == 0
                else Qt.AlignmentFlag.AlignRight
                if share == 1
                else Qt.AlignmentFlag.AlignHCenter
            )
            painter.drawText(
                box,
                side | Qt.AlignmentFlag.AlignTop,
                number(share * self.end, ".2g") + ("+" if share == 1 and self.end != 1.0 else ""),
            )
