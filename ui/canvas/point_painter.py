"""How control points are painted: markers, vectors and ellipses on screen positions, one by one
where few, in batches where many.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qgis.PyQt.QtCore import QPointF, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from ..parts.palette import SELECTED_COLOUR, STATE_COLOURS, draw_marker

Array = NDArray[np.float64]
MANY = 600
MANY_ELLIPSES, MOST_ELLIPSES = 150, 2000
CHI_95 = 2.448  # sqrt of the 95 % quantile of chi-squared with two degrees of freedom
_SHORTEST_VECTOR_PX = 1.5
_CIRCLE = np.stack([f(np.linspace(0.0, 2 * np.pi, 33)) for f in (np.cos, np.sin)], axis=1)
_sprites: dict[tuple[str, float, float], QPixmap] = {}


def marker_radius(shown: Array) -> float:
    """Return a marker radius that leaves the image visible between crowded points; `shown` are
    their screen positions.
    """
    if len(shown) < 2:
        return 5.5
    area = np.prod(np.maximum(np.ptp(shown, axis=0), 1.0))
    return float(np.clip(0.17 * np.sqrt(area / len(shown)), 2.6, 5.5))


def paint_markers(painter: QPainter, key: str, at: Array, radius: float, crowd: bool) -> None:
    """Draw the marker of one state at (N, 2) screen positions; in a crowd from one picture, to
    whole pixels.
    """
    if not crowd:
        for x, y in at.tolist():
            draw_marker(painter, key, x, y, radius)
        return
    sprite = _sprite(key, round(radius, 1), painter.device().devicePixelRatioF())
    half = sprite.width() / sprite.devicePixelRatio() / 2
    draw = painter.drawPixmap
    for x, y in np.rint(at - half).astype(int).tolist():
        draw(x, y, sprite)


def _sprite(key: str, radius: float, ratio: float) -> QPixmap:
    if (key, radius, ratio) not in _sprites:
        side = 2 * int(np.ceil(1.4 * radius + 2.0))
        sprite = QPixmap(round(side * ratio), round(side * ratio))
        sprite.setDevicePixelRatio(ratio)
        sprite.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sprite)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_marker(painter, key, side / 2, side / 2, radius)
        painter.end()
        _sprites[key, radius, ratio] = sprite
    return _sprites[key, radius, ratio]


def paint_ring(painter: QPainter, x: float, y: float, radius: float) -> None:
    """Draw the ring of a selected point."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(0, 0, 0, 190), 5), QPen(QColor(SELECTED_COLOUR), 3)):
        painter.setPen(pen)
        painter.drawEllipse(QPointF(x, y), radius, radius)


def paint_vectors(painter: QPainter, key: str, tails: Array, heads: Array, crowd: bool) -> None:
    """Draw the vectors of one state, (N, 2) screen positions each: arrows, in a crowd plain
    lines.
    """
    along = heads - tails
    size = np.hypot(along[:, 0], along[:, 1])
    keep = np.isfinite(size) & (size >= _SHORTEST_VECTOR_PX)
    tails, heads, along, size = tails[keep], heads[keep], along[keep], size[keep]
    colour = QColor(STATE_COLOURS[key])
    if crowd:
        painter.strokePath(_lines(tails, heads), QPen(colour, 1.2))
        return
    unit = along / size[:, None]
    wing = np.minimum(6.0, 0.45 * size)[:, None]
    side = np.stack([-unit[:, 1], unit[:, 0]], axis=1) * wing * 0.5
    back = heads - unit * wing
    shafts = _lines(tails, back)
    tips = [
        QPolygonF([QPointF(*p) for p in tip])
        for tip in np.stack([heads, back + side, back - side], axis=1).tolist()
    ]
    for pen in (QPen(QColor(255, 255, 255, 210), 3.4), QPen(colour, 1.7)):
        painter.strokePath(shafts, pen)
        painter.setPen(pen)
        painter.setBrush(colour)
        for tip in tips:
            painter.drawPolygon(tip)


def paint_ellipses(
    painter: QPainter, key: str, at: Array, axes: Array, faint: bool = False
) -> None:
    """Draw the 95 % ellipses of one state.

    Args:
        painter: Painter.
        key: The state.
        at: (N, 2) centres on the screen.
        axes: (N, 2, 2) half axes of one standard deviation on the screen, one a row.
        faint: Whether they are to stay behind the image, where there are many.
    """
    path = QPainterPath()
    for ring in (at[:, None] + CHI_95 * np.einsum("mk,nkj->nmj", _CIRCLE, axes)).tolist():
        path.addPolygon(QPolygonF([QPointF(*p) for p in ring]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    colour = QColor(STATE_COLOURS[key])
    if faint:
        colour.setAlpha(140)
    else:
        painter.strokePath(path, QPen(QColor(255, 255, 255, 170), 2.6))
    painter.strokePath(path, QPen(colour, 1.0 if faint else 1.2))


def _lines(tails: Array, heads: Array) -> QPainterPath:
    path = QPainterPath()
    move, line = path.moveTo, path.lineTo
    for x, y, u, v in np.hstack([tails, heads]).tolist():
        move(x, y)
        line(u, v)
    return path
