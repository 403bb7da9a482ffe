"""One map-canvas item that paints all control points, their residual vectors and their ellipses."""

from __future__ import annotations

import math

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QPainter, QPen

from ..plugin.core.session import SessionPoint
from .palette import STATE_COLOURS, state_key

_RADIUS = 5.0
HIT_RADIUS_PX = 10.0


class CanvasPoints(QgsMapCanvasItem):
    """Paints points at their place in the reference; a line goes to where the fit puts them, `vector_scale` times longer."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setZValue(50)
        self._points: tuple[SessionPoint, ...] = ()
        self._place = np.empty((0, 2))
        self._residual = np.empty((0, 2))
        self._selected: set[int] = set()
        self._pending: QgsPointXY | None = None
        self._crs = QgsCoordinateReferenceSystem()
        self.vector_scale = 20.0
        self._screen = np.empty((0, 2))

    def set_crs(self, wkt: str) -> None:
        """Set the CRS of the places; "" = the canvas' own."""
        self._crs = QgsCoordinateReferenceSystem.fromWkt(wkt) if wkt else QgsCoordinateReferenceSystem()

    def set_points(self, points: tuple[SessionPoint, ...], places_map: np.ndarray, residuals_map: np.ndarray) -> None:
        """Show points.

        Args:
            points: Points.
            places_map: (N, 2) in the reference's CRS.
            residuals_map: (N, 2) map units, NaN where there is no fit.
        """
        self._points, self._place, self._residual = points, places_map, residuals_map
        self.update()

    def set_selected(self, ids: list[int]) -> None:
        """Highlight points."""
        self._selected = set(ids)
        self.update()

    def set_pending(self, place: QgsPointXY | None) -> None:
        """Show the first half of a point being added, in canvas coordinates."""
        self._pending = place
        self.update()

    def hit(self, x: float, y: float) -> int | None:
        """Return the id of the point nearest to a screen position, within 10 px."""
        self._project()
        if not len(self._screen):
            return None
        distance = np.hypot(self._screen[:, 0] - x, self._screen[:, 1] - y)
        if not np.isfinite(distance).any():
            return None
        best = int(np.nanargmin(distance))
        return self._points[best].id if distance[best] <= HIT_RADIUS_PX else None

    def screen_position(self, identifier: int) -> tuple[float, float] | None:
        """Return where a point is on the screen."""
        self._project()
        for point, (x, y) in zip(self._points, self._screen):
            if point.id == identifier:
                return float(x), float(y)
        return None

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the whole canvas: points are everywhere."""
        return QRectF(0, 0, self._canvas.width(), self._canvas.height())

    def updatePosition(self) -> None:  # noqa: N802
        """Follow the canvas."""
        self.setPos(0, 0)

    def _transformed(self, places: np.ndarray) -> np.ndarray:
        target = self._canvas.mapSettings().destinationCrs()
        if not self._crs.isValid() or self._crs == target or not len(places):
            return places
        transform = QgsCoordinateTransform(self._crs, target, QgsProject.instance().transformContext())
        out = np.full(places.shape, np.nan)
        for i, (x, y) in enumerate(places):
            try:
                p = transform.transform(QgsPointXY(float(x), float(y)))
                out[i] = p.x(), p.y()
            except Exception:  # noqa: BLE001, S112 - QgsCsException: the point has no place in this CRS and is not drawn
                continue
        return out

    def _to_screen(self, places: np.ndarray) -> np.ndarray:
        """Return canvas coordinates of (N, 2) places in the canvas' CRS; honours rotation."""
        m2p = self._canvas.getCoordinateTransform()
        centre = self._canvas.center()
        a, b, c = (m2p.transform(p) for p in (centre, QgsPointXY(centre.x() + 1e3, centre.y()), QgsPointXY(centre.x(), centre.y() + 1e3)))
        linear = np.array([[(b.x() - a.x()) / 1e3, (c.x() - a.x()) / 1e3], [(b.y() - a.y()) / 1e3, (c.y() - a.y()) / 1e3]])
        return (places - [centre.x(), centre.y()]) @ linear.T + [a.x(), a.y()]

    def _project(self) -> None:
        self._screen = self._to_screen(self._transformed(self._place)) if len(self._place) else np.empty((0, 2))

    def paint(self, painter: QPainter, _option: object = None, _widget: object = None) -> None:
        """Paint vectors first, markers above."""
        self._project()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._points) < 2000)
        if len(self._points):
            ends = self._to_screen(self._transformed(self._place + np.nan_to_num(self._residual) * self.vector_scale))
            width, height = self._canvas.width(), self._canvas.height()
            for point, (x, y), end, residual in zip(self._points, self._screen, ends, self._residual):
                if not (math.isfinite(x) and -50 < x < width + 50 and -50 < y < height + 50):
                    continue
                self._paint_point(painter, point, x, y, end if np.isfinite(residual).all() else None)
        if self._pending is not None:
            p = self._canvas.getCoordinateTransform().transform(self._pending)
            painter.setPen(QPen(QColor(STATE_COLOURS["added"]), 2, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(p.x(), p.y()), 9, 9)

    def _paint_point(self, painter: QPainter, point: SessionPoint, x: float, y: float, end: np.ndarray | None) -> None:
        key = state_key(point)
        colour = QColor(STATE_COLOURS[key])
        active = point.tie_point.enabled
        if end is not None and active:
            painter.setPen(QPen(QColor(255, 255, 255, 170), 3))
            painter.drawLine(QPointF(x, y), QPointF(*end))
            painter.setPen(QPen(colour, 1.6))
            painter.drawLine(QPointF(x, y), QPointF(*end))
        if point.id in self._selected:
            painter.setPen(QPen(QColor("#F0E442"), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), _RADIUS + 5, _RADIUS + 5)
        painter.setPen(QPen(QColor(255, 255, 255), 1.2))
        painter.setBrush(QBrush(colour))
        if key in ("rejected", "filtered"):
            painter.setPen(QPen(QColor(255, 255, 255), 4))
            for dx, dy in ((1, 1), (1, -1)):
                painter.drawLine(QPointF(x - 4 * dx, y - 4 * dy), QPointF(x + 4 * dx, y + 4 * dy))
            painter.setPen(QPen(colour, 2))
            for dx, dy in ((1, 1), (1, -1)):
                painter.drawLine(QPointF(x - 4 * dx, y - 4 * dy), QPointF(x + 4 * dx, y + 4 * dy))
        elif key in ("edited", "added"):
            painter.drawRect(QRectF(x - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS))
        elif key == "check":
            painter.drawPolygon(QPointF(x, y - 7), QPointF(x + 6.5, y + 5), QPointF(x - 6.5, y + 5))
        else:
            painter.drawEllipse(QPointF(x, y), _RADIUS, _RADIUS)
