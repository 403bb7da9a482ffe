"""One map-canvas item that paints all control points, their vectors, the selection and what is being dragged or added."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPen, QPolygonF

from ..plugin.core.session import SessionPoint
from .palette import SELECTED_COLOUR, STATE_COLOURS, draw_marker, state_key

Array = NDArray[np.float64]
HIT_RADIUS_PX = 10.0
RESIDUAL, DISPLACEMENT, NO_VECTORS = "residual", "displacement", "none"
_NOTHING = np.empty((0, 2))
_OUT = ("filtered", "rejected")


class CanvasPoints(QgsMapCanvasItem):
    """Paints points at their place in the reference.

    Vectors, `vector_scale` times longer than life: "residual" goes from the point to where the fit puts it, "displacement"
    comes from where the sensed raster shows the point to its place in the reference.
    """

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setZValue(50)
        self.vector_scale = 20.0
        self.vector_mode = RESIDUAL
        self._points: tuple[SessionPoint, ...] = ()
        self._keys: list[str] = []
        self._place = self._residual = self._sensed = _NOTHING
        self._selected: set[int] = set()
        self._pending: QgsPointXY | None = None
        self._partner: QgsPointXY | None = None
        self._ghost: tuple[QgsPointXY, QgsPointXY] | None = None
        self._crs = QgsCoordinateReferenceSystem()
        self._cache: dict[str, Array] = {}
        self._cache_crs = QgsCoordinateReferenceSystem()

    # --- what to show

    def set_crs(self, wkt: str) -> None:
        """Set the CRS of the places; "" = the canvas' own."""
        self._crs = QgsCoordinateReferenceSystem.fromWkt(wkt) if wkt else QgsCoordinateReferenceSystem()
        self._cache.clear()

    def set_points(self, points: tuple[SessionPoint, ...], places_map: Array, residuals_map: Array, sensed_map: Array) -> None:
        """Show points.

        Args:
            points: Points.
            places_map: (N, 2) in the reference's CRS.
            residuals_map: (N, 2) map units, NaN where there is no fit.
            sensed_map: (N, 2) where the sensed raster shows the points, in the reference's CRS; NaN where unknown.
        """
        self._points, self._place, self._residual, self._sensed = points, places_map, residuals_map, sensed_map
        self._keys = [state_key(p) for p in points]
        self._cache.clear()
        self.update()

    def set_selected(self, ids: list[int]) -> None:
        """Highlight points."""
        self._selected = set(ids)
        self.update()

    def set_pending(self, place: QgsPointXY | None, partner: QgsPointXY | None = None) -> None:
        """Show the first half of a point being added and the proposed other half, in canvas coordinates."""
        self._pending, self._partner = place, partner
        self.update()

    def set_ghost(self, start: QgsPointXY | None, end: QgsPointXY | None = None) -> None:
        """Show a drag from `start` to `end`, in canvas coordinates; None hides it."""
        self._ghost = None if start is None or end is None else (start, end)
        self.update()

    # --- where things are on the screen

    def hit(self, x: float, y: float) -> int | None:
        """Return the id of the point nearest to a screen position, within 10 px; points in the fit come first."""
        screen = self._screen()
        if not len(screen):
            return None
        distance = np.hypot(screen[:, 0] - x, screen[:, 1] - y)
        distance[~np.isfinite(distance)] = np.inf
        near = np.flatnonzero(distance <= HIT_RADIUS_PX)
        if not len(near):
            return None
        best = min(near, key=lambda i: distance[i] + (5.0 if self._keys[i] in _OUT else 0.0))
        return self._points[int(best)].id

    def ids_in(self, left: float, top: float, right: float, bottom: float) -> list[int]:
        """Return the ids of the points inside a rectangle on the screen."""
        return [p.id for p, (x, y) in zip(self._points, self._screen(), strict=True) if left <= x <= right and top <= y <= bottom]

    def screen_position(self, identifier: int) -> tuple[float, float] | None:
        """Return where a point is on the screen."""
        for point, (x, y) in zip(self._points, self._screen(), strict=True):
            if point.id == identifier:
                return float(x), float(y)
        return None

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the whole canvas: points are everywhere."""
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def updatePosition(self) -> None:  # noqa: N802
        """Follow the canvas."""
        self.setPos(0, 0)

    def _screen(self) -> Array:
        return self._to_screen(self._cached("place", lambda: self._place))

    def _cached(self, name: str, places: Callable[[], Array]) -> Array:
        """Return places in the canvas' CRS, transformed once per change of data or CRS."""
        target = self._canvas.mapSettings().destinationCrs()
        if target != self._cache_crs:
            self._cache.clear()
            self._cache_crs = QgsCoordinateReferenceSystem(target)
        if name not in self._cache:
            self._cache[name] = self._transformed(places(), target)
        return self._cache[name]

    def _transformed(self, places: Array, target: QgsCoordinateReferenceSystem) -> Array:
        if not self._crs.isValid() or not target.isValid() or self._crs == target or not len(places):
            return places
        transform = QgsCoordinateTransform(self._crs, target, QgsProject.instance().transformContext())
        out = np.full(places.shape, np.nan)
        for i in np.flatnonzero(np.isfinite(places).all(axis=1)):
            try:
                p = transform.transform(QgsPointXY(*places[i]))
            except QgsCsException:  # the point has no place in this CRS and is not drawn
                continue
            out[i] = p.x(), p.y()
        return out

    def _to_screen(self, places: Array) -> Array:
        """Return (N, 2) canvas pixels of places in the canvas' CRS; honours rotation."""
        if not len(places):
            return _NOTHING
        m2p, centre = self._canvas.getCoordinateTransform(), self._canvas.center()
        step = self._canvas.mapUnitsPerPixel() * 1000.0 or 1.0
        x0, y0 = centre.x(), centre.y()
        a, b, c = (m2p.transform(QgsPointXY(x0 + dx, y0 + dy)) for dx, dy in ((0.0, 0.0), (step, 0.0), (0.0, step)))
        linear = np.array([[b.x() - a.x(), c.x() - a.x()], [b.y() - a.y(), c.y() - a.y()]]) / step
        return (places - [x0, y0]) @ linear.T + [a.x(), a.y()]

    # --- painting

    def paint(self, painter: QPainter, _option: object = None, _widget: object = None) -> None:
        """Paint vectors, then markers (those out of the fit below), the selection and what is being placed."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._points) < 3000)
        screen = self._screen()
        if len(screen):
            width, height = self._canvas.width(), self._canvas.height()
            inside = np.isfinite(screen).all(axis=1) & (screen > -60).all(axis=1) & (screen < [width + 60, height + 60]).all(axis=1)
            shown = np.flatnonzero(inside)
            radius = self._radius(screen[shown])
            self._paint_vectors(painter, screen, shown)
            for i in sorted(shown, key=lambda i: (self._keys[i] not in _OUT, self._points[i].id in self._selected)):
                x, y = screen[i]
                if self._points[i].id in self._selected:
                    self._ring(painter, x, y, radius + 5)
                draw_marker(painter, self._keys[i], x, y, radius + (1.5 if self._points[i].id in self._selected else 0.0))
        self._paint_ghosts(painter)

    def _radius(self, shown: Array) -> float:
        """Return a marker radius that leaves the image visible between crowded points."""
        if len(shown) < 2:
            return 5.5
        area = np.prod(np.maximum(np.ptp(shown, axis=0), 1.0))
        return float(np.clip(0.17 * np.sqrt(area / len(shown)), 2.6, 5.5))

    @staticmethod
    def _ring(painter: QPainter, x: float, y: float, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(0, 0, 0, 190), 5), QPen(QColor(SELECTED_COLOUR), 3)):
            painter.setPen(pen)
            painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_vectors(self, painter: QPainter, screen: Array, shown: Array) -> None:
        if self.vector_mode == NO_VECTORS:
            return
        if self.vector_mode == RESIDUAL:
            far = self._cached(f"r{self.vector_scale}", lambda: self._place + self._residual * self.vector_scale)
        else:
            far = self._cached(f"d{self.vector_scale}", lambda: self._place + (self._sensed - self._place) * self.vector_scale)
        ends = self._to_screen(far)
        for i in shown:
            if (self._keys[i] in _OUT and self._points[i].id not in self._selected) or not np.isfinite(ends[i]).all():
                continue
            tail, head = (screen[i], ends[i]) if self.vector_mode == RESIDUAL else (ends[i], screen[i])
            self._arrow(painter, tail, head, QColor(STATE_COLOURS[self._keys[i]]))

    @staticmethod
    def _arrow(painter: QPainter, tail: Array, head: Array, colour: QColor) -> None:
        along = head - tail
        size = float(np.hypot(*along))
        if size < 1.5:
            return
        along = along / size
        wing = min(6.0, 0.45 * size)
        side = np.array([-along[1], along[0]]) * wing * 0.5
        back = head - along * wing
        tip = QPolygonF([QPointF(*head), QPointF(*(back + side)), QPointF(*(back - side))])
        for pen in (QPen(QColor(255, 255, 255, 210), 3.4), QPen(colour, 1.7)):
            painter.setPen(pen)
            painter.setBrush(colour)
            painter.drawLine(QPointF(*tail), QPointF(*back))
            painter.drawPolygon(tip)

    def _paint_ghosts(self, painter: QPainter) -> None:
        m2p = self._canvas.getCoordinateTransform()

        def at(place: QgsPointXY) -> tuple[float, float]:
            p = m2p.transform(place)
            return p.x(), p.y()

        def dashed(start: tuple[float, float], end: tuple[float, float]) -> None:
            for pen in (QPen(QColor(0, 0, 0, 170), 3), QPen(QColor(SELECTED_COLOUR), 1.6, Qt.PenStyle.DashLine)):
                painter.setPen(pen)
                painter.drawLine(QPointF(*start), QPointF(*end))

        if self._ghost is not None:
            start, end = (at(p) for p in self._ghost)
            dashed(start, end)
            draw_marker(painter, "edited", *end, 6.0)
        if self._pending is not None:
            x, y = at(self._pending)
            if self._partner is not None:
                u, v = at(self._partner)
                dashed((x, y), (u, v))
                self._ring(painter, u, v, 7)
            self._ring(painter, x, y, 10)
            draw_marker(painter, "added", x, y, 5.5)
