"""The pre-flight list: what stands in the way of a run, what deserves a look, and in one quiet line
what is fine.
"""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QPointF, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPainter, QPen, QPixmap
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ...plugin.core.run.preflight import Finding, Level
from ..parts.palette import soften
from ..parts.text import as_text, tr

_COLOURS = {Level.GREEN: "#009E73", Level.AMBER: "#B8860B", Level.RED: "#D55E00"}
_NAMES = {Level.GREEN: "fine", Level.AMBER: "look at this", Level.RED: "in the way"}
_SIDE = 16


class ChecksList(QWidget):
    """Shows findings; a button carries out what one click can do."""

    fix_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checksList")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        self._rows = QWidget()
        column.addWidget(self._rows)
        self.fine = QLabel()
        self.fine.setObjectName("checksFine")
        self.fine.setTextFormat(Qt.TextFormat.PlainText)
        self.fine.setWordWrap(True)
        soften(self.fine)
        column.addWidget(self.fine)
        self.set_findings(())

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show findings, the worst first."""
        self.findings = tuple(findings)
        old, self._rows = self._rows, QWidget()
        self.layout().replaceWidget(old, self._rows)
        old.hide()
        old.deleteLater()
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        urgent = sorted(
            (f for f in findings if f.level is not Level.GREEN),
            key=lambda f: f.level is not Level.RED,
        )
        for row, finding in enumerate(urgent):
            mark = QLabel()
            mark.setPixmap(level_mark(finding.level, self.devicePixelRatioF()))
            mark.setToolTip(tr(_NAMES[finding.level]))
            mark.setAccessibleName(tr(_NAMES[finding.level]))
            text = QLabel(tr(finding.text))
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
            if finding.fix is not None:
                button = QPushButton(tr(finding.fix.label))
                button.setObjectName(f"fix_{finding.fix.name}")
                button.setToolTip(
                    tr("Do this now; it can be changed again above or under Advanced")
                )
                button.clicked.connect(
                    lambda _checked=False, fix=finding.fix: self.fix_requested.emit(fix)
                )
                grid.addWidget(button, row, 2, Qt.AlignmentFlag.AlignTop)
        self._rows.setVisible(bool(urgent))
        good = [f for f in findings if f.level is Level.GREEN]
        self.fine.setText("✓ " + " · ".join(tr(f.short) for f in good))
        self.fine.setToolTip("<br>".join(as_text(tr(f.text)) for f in good))
        self.fine.setVisible(bool(good))
        self.setVisible(bool(findings))

    @property
    def blocking(self) -> str:
        """Why a run cannot succeed, or ""."""
        return next((tr(f.text) for f in self.findings if f.level is Level.RED), "")


def level_mark(level: Level, ratio: float = 1.0) -> QPixmap:
    """Return a mark that is told apart by its shape too: disc with tick, triangle, square with
    cross.
    """
    pixmap = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_COLOURS[level]))
    pen = QPen(QColor("white"), 1.8)
    if level is Level.AMBER:
        painter.drawPolygon(QPointF(8, 1), QPointF(15.5, 15), QPointF(0.5, 15))
        painter.setPen(pen)
        painter.drawLine(QPointF(8, 6), QPointF(8, 10))
        painter.drawPoint(QPointF(8, 12.6))
    elif level is Level.RED:
        painter.drawRoundedRect(QRectF(1, 1, 14, 14), 3, 3)
        painter.setPen(pen)
        painter.drawLine(QPointF(5, 5), QPointF(11, 11))
        painter.drawLine(QPointF(11, 5), QPointF(5, 11))
    else:
        painter.drawEllipse(QRectF(1, 1, 14, 14))
        painter.setPen(pen)
        painter.drawPolyline(QPointF(4.5, 8), QPointF(7, 10.5), QPointF(11.5, 5.5))
    painter.end()
    return pixmap
