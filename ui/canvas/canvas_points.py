"""One map-canvas item that paints all control points, their vectors, the selection and what is
being dragged or added.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsPointXY,
    QgsProject,
)
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QPainter, QPen

from ...plugin.core.session.session import SessionPoint
from ..parts.palette import SELECTED_COLOUR, STATE_COLOURS, draw_marker, state_key
from .point_painter import (
    MANY,
    MANY_ELLIPSES,
    MOST_ELLIPSES,
    marker_radius,
    paint_ellipses,
    paint_markers,
    paint_ring,
    paint_vectors,
)

Array = NDArray[np.float64]
HIT_RADIUS_PX = 10.0
RESIDUAL, DISPLACEMENT, NO_VECTORS = "residual", "displacement", "none"
_NOTHING = np.empty((0, 2))
_OUT = ("filtered", "rejected")


class CanvasPoints(QgsMapCanvasItem):
    """Paints points at their place in the reference.

    Vectors, `vector_scale` times longer than life: "residual" goes from the point to where the fit
    puts it, "displacement" comes from where the sensed raster shows the point to its place in the
    reference. With `ellipses` on, the 95 % ellipses of the places are drawn as much larger; where
    more than 2000 are in view, those of the selected points only.
    """

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setZValue(50)
        self.vector_scale = 20.0
        self.vector_mode = RESIDUAL
        self.ellipses = False
        self._points: tuple[SessionPoint, ...] = ()
        self._keys, self._ids, self._axes = (
            np.empty(0, dtype=str),
            np.empty(0, dtype=np.int64),
            np.empty((0, 2, 2)),
        )
        self._present: list[str] = []
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
        self._crs = (
            QgsCoordinateReferenceSystem.fromWkt(wkt) if wkt else QgsCoordinateReferenceSystem()
        )
        self._cache.clear()

    def set_points(
        self,
        points: tuple[SessionPoint, ...],
        places_map: Array,
        residuals_map: Array,
        sensed_map: Array,
        axes_map: Array | None = None,
    ) -> None:
        """Show points.

        Args:
            points: Points.
            places_map: (N, 2) in the reference's CRS.
            residuals_map: (N, 2) map units, NaN where there is no fit.
            sensed_map: (N, 2) where the sensed raster shows the points, in the reference's CRS; NaN
                where unknown.
            axes_map: (N, 2, 2) half axes of one standard deviation of the places, map units, one a
                row; None = no ellipses.
        """
        self._points, self._place, self._residual, self._sensed = (
            points,
            places_map,
            residuals_map,
            sensed_map,
        )
        self._axes = np.empty((0, 2, 2)) if axes_map is None else axes_map
        self._keys = np.array([state_key(p) for p in points], dtype=str)
        self._ids = np.array([p.id for p in points], dtype=np.int64)
        self._present = [key for key in STATE_COLOURS if key in set(self._keys.tolist())]
        self._cache.clear()
        self.update()

    def set_selected(self, ids: list[int]) -> None:
        """Highlight points."""
        self._selected = set(ids)
        self.update()

    def set_pending(self, place: QgsPointXY | None, partner: QgsPointXY | None = None) -> None:
        """Show the first half of a point being added and the proposed other half, in canvas
        coordinates.
        """
        self._pending, self._partner = place, partner
        self.update()

    def set_ghost(self, start: QgsPointXY | None, end: QgsPointXY | None = None) -> None:
        """Show a drag from `start` to `end`, in canvas coordinates; None hides it."""
        self._ghost = None if start is None or end is None else (start, end)
        self.update()

    def move_ghost(self, end: QgsPointXY) -> None:
        """Show the end of the drag elsewhere."""
        if self._ghost is not None:
            self.set_ghost(self._ghost[0], end)

    # --- where things are on the screen

    def hit(self, x: float, y: float) -> int | None:
        """Return the id of the point nearest to a screen position, within 10 px; points in the fit
        come first.
        """
        screen = self._screen()
        if not len(screen):
            return None
        distance = np.hypot(screen[:, 0] - x, screen[:, 1] - y)
        distance[~np.isfinite(distance)] = np.inf
        near = np.flatnonzero(distance <= HIT_RADIUS_PX)
        if not len(near):
            return None
        best = near[np.argmin(distance[near] + 5.0 * np.isin(self._keys[near], _OUT))]
        return self._points[int(best)].id

    def ids_in(self, left: float, top: float, right: float, bottom: float) -> list[int]:
        """Return the ids of the points inside a rectangle on the screen."""
        screen = self._screen()
        if not len(screen):
            return []
        return self._ids[
            ((screen >= [left, top]) & (screen <= [right, bottom])).all(axis=1)
        ].tolist()

    def ids_inside(self, outline: Array) -> list[int]:
        """Return the ids of the points inside a closed outline, (M, 2) screen positions, by the
        even-odd rule.
        """
        screen = self._screen()
        if not len(screen):
            return []
        x, y = screen[:, 0], screen[:, 1]
        inside = np.zeros(len(screen), dtype=bool)
        for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            if y0 != y1:
                inside ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
        return self._ids[inside].tolist()

    def screen_position(self, identifier: int) -> tuple[float, float] | None:
        """Return where a point is on the screen."""
        at = np.flatnonzero(self._ids == identifier)
        if not len(at):
            return None
        x, y = self._screen()[at[0]]
        return float(x), float(y)

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
        if (
            not self._crs.isValid()
            or not target.isValid()
            or self._crs == target
            or not len(places)
        ):
            return places
        transform = QgsCoordinateTransform(
            self._crs, target, QgsProject.instance().transformContext()
        )
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
        a, b, c = (
            m2p.transform(QgsPointXY(x0 + dx, y0 + dy))
            for dx, dy in ((0.0, 0.0), (step, 0.0), (0.0, step))
        )
        linear = np.array([[b.x() - a.x(), c.x() - a.x()], [b.y() - a.y(), c.y() - a.y()]]) / step
        return (places - [x0, y0]) @ linear.T + [a.x(), a.y()]

    # --- painting

    def paint(self, painter: QPainter, _option: object = None, _widget: object = None) -> None:
        """Paint vectors and ellipses, then markers (those out of the fit below), the selection and
        what is being placed.
        """
        screen = self._screen()
        if len(screen):
            width, height = self._canvas.width(), self._canvas.height()
            shown = (
                np.isfinite(screen).all(axis=1)
                & (screen > -60).all(axis=1)
                & (screen < [width + 60, height + 60]).all(axis=1)
            )
            crowd = int(shown.sum()) > MANY
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, not crowd)
            radius = marker_radius(screen[shown])
            chosen = np.isin(self._ids, list(self._selected))
            active = shown & (chosen | ~np.isin(self._keys, _OUT))
            self._paint_vectors(painter, screen, active, crowd)
            if self.ellipses:
                self._paint_ellipses(
                    painter,
                    screen,
                    active if int(active.sum()) <= MOST_ELLIPSES else active & chosen,
                )
            for group in (shown & ~chosen & ~active, shown & ~chosen & active):
                for key in self._present:
                    paint_markers(painter, key, screen[group & (self._keys == key)], radius, crowd)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            few = int((shown & chosen).sum()) <= MANY
            for key in self._present:
                picked = screen[shown & chosen & (self._keys == key)]
                if few:
                    for x, y in picked.tolist():
                        paint_ring(painter, x, y, radius + 5)
                paint_markers(painter, key, picked, radius + 1.5, not few)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ghosts(painter)

    def _paint_vectors(
        self, painter: QPainter, screen: Array, active: NDArray[np.bool_], crowd: bool
    ) -> None:
        if self.vector_mode == NO_VECTORS:
            return
        if self.vector_mode == RESIDUAL:
            far = self._cached("residual", lambda: self._place + self._residual)
        else:
            far = self._cached("displacement", lambda: self._sensed)
        ends = screen + self.vector_scale * (self._to_screen(far) - screen)
        for key in self._present:
            at = active & (self._keys == key)
            tails, heads = (
                (screen[at], ends[at]) if self.vector_mode == RESIDUAL else (ends[at], screen[at])
            )
            paint_vectors(painter, key, tails, heads, crowd)

    def _end_of_axis(self, k: int) -> Array:
        return self._cached(f"axis{k}", lambda: self._place + self._axes[:, k])

    def _paint_ellipses(self, painter: QPainter, screen: Array, active: NDArray[np.bool_]) -> None:
        if not len(self._axes):
            return
        axes = np.stack(
            [self._to_screen(self._end_of_axis(k)) - screen for k in (0, 1)],
            axis=1,
        )
        active = active & np.isfinite(axes).all(axis=(1, 2))
        faint = int(active.sum()) > MANY_ELLIPSES
        for key in self._present:
            at = active & (self._keys == key)
            paint_ellipses(painter, key, screen[at], self.vector_scale * axes[at], faint)

    def _paint_ghosts(self, painter: QPainter) -> None:
        m2p = self._canvas.getCoordinateTransform()

        def at(place: QgsPointXY) -> tuple[float, float]:
            p = m2p.transform(place)
            return p.x(), p.y()

        def dashed(start: tuple[float, float], end: tuple[float, float]) -> None:
            for pen in (
                QPen(QColor(0, 0, 0, 170), 3),
                QPen(QColor(SELECTED_COLOUR), 1.6, Qt.PenStyle.DashLine),
            ):
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
                paint_ring(painter, u, v, 7)
            paint_ring(painter, x, y, 10)
            draw_marker(painter, "added", x, y, 5.5)
