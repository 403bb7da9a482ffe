"""How states look: colours that common colour-vision deficiencies keep apart (Okabe and Ito 2008),
and a shape each.
"""

from __future__ import annotations

from functools import lru_cache

from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap
from qgis.PyQt.QtWidgets import QWidget

from ...plugin.core.session.session import PointState, Role, SessionPoint

STATE_COLOURS = {
    "predicted": "#0072B2",
    "accepted": "#009E73",
    "edited": "#CC79A7",
    "added": "#E69F00",
    "check": "#7B61C9",
    "filtered": "#8A8A8A",
    "rejected": "#D55E00",
}
STATE_LABELS = {
    "predicted": "predicted",
    "accepted": "accepted",
    "edited": "edited",
    "added": "added",
    "check": "check point",
    "filtered": "filtered out",
    "rejected": "rejected",
}
SELECTED_COLOUR = "#F0E442"
_HALO = QColor(255, 255, 255, 230)


def state_key(point: SessionPoint) -> str:
    """Return the key of a point's look."""
    if point.role is Role.CHECK:
        return "check"
    if point.state is PointState.REJECTED:
        return "rejected"
    return point.state.value if point.tie_point.enabled else "filtered"


def draw_marker(painter: QPainter, key: str, x: float, y: float, radius: float = 5.0) -> None:
    """Draw a state's marker: disc predicted, dotted disc accepted, square edited, diamond added,
    triangle check, cross out.
    """
    colour = QColor(STATE_COLOURS[key])
    r = radius
    if key in ("rejected", "filtered"):
        r *= 0.8 if key == "rejected" else 0.6
        for pen in (
            QPen(_HALO, 3.6 if key == "rejected" else 2.6),
            QPen(colour, 2.0 if key == "rejected" else 1.4),
        ):
            painter.setPen(pen)
            painter.drawLine(QPointF(x - r, y - r), QPointF(x + r, y + r))
            painter.drawLine(QPointF(x - r, y + r), QPointF(x + r, y - r))
        return
    painter.setPen(QPen(_HALO, 1.3))
    painter.setBrush(QBrush(colour))
    if key == "edited":
        painter.drawRect(QRectF(x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r))
    elif key == "added":
        painter.drawPolygon(
            QPointF(x, y - 1.3 * r),
            QPointF(x + 1.3 * r, y),
            QPointF(x, y + 1.3 * r),
            QPointF(x - 1.3 * r, y),
        )
    elif key == "check":
        painter.drawPolygon(
            QPointF(x, y - 1.3 * r),
            QPointF(x + 1.2 * r, y + 0.9 * r),
            QPointF(x - 1.2 * r, y + 0.9 * r),
        )
    else:
        painter.drawEllipse(QPointF(x, y), r, r)
        if key == "accepted":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(_HALO))
            painter.drawEllipse(QPointF(x, y), 0.4 * r, 0.4 * r)


def soften(widget: QWidget) -> None:
    """Give a caption a quieter ink that is still easy to read on the theme's background."""
    palette = widget.palette()
    ink, ground = (
        palette.color(palette.ColorRole.WindowText),
        palette.color(palette.ColorRole.Window),
    )
    mixed = [
        round(0.68 * a + 0.32 * b)
        for a, b in zip(ink.getRgb()[:3], ground.getRgb()[:3], strict=True)
    ]
    palette.setColor(palette.ColorRole.WindowText, QColor(*mixed))
    widget.setPalette(palette)


@lru_cache(maxsize=16)
def state_icon(key: str) -> QIcon:
    """Return a state's marker as an icon, for tables and legends."""
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(2, 2)
    draw_marker(painter, key, 8, 8, 5)
    painter.end()
    return QIcon(pixmap)
