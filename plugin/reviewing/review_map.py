"""The points of the review on the canvas, and the map tool that edits them there."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsMapCanvas

from ...ui.canvas.canvas_points import CanvasPoints
from ...ui.canvas.point_tool import PointTool
from ...ui.parts.text import map_unit
from ..core.geometry import coords
from ..gis.placement import half_axes
from .desk import ReviewDesk


class ReviewMap:
    """Draws the session that lies on the desk."""

    def __init__(
        self, desk: ReviewDesk, canvas: QgsMapCanvas, describe: Callable[[int], str]
    ) -> None:
        self._desk, self.canvas = desk, canvas
        self.item = CanvasPoints(canvas)
        self.tool = PointTool(canvas, self.item, describe)

    def close(self) -> None:
        """Take everything off the canvas."""
        self.put_tool_down()
        self.tool.dispose()
        self.canvas.scene().removeItem(self.item)
        self.tool.deleteLater()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the points with the dock."""
        self.item.setVisible(visible)
        if not visible:
            self.put_tool_down()

    def crs(self) -> QgsCoordinateReferenceSystem:
        """Return the canvas' CRS."""
        return self.canvas.mapSettings().destinationCrs()

    # --- showing

    def start(self) -> None:
        """Begin with the session that lies on the desk now."""
        if self._desk.session is not None:
            self.item.set_crs(self._desk.session.reference_grid.crs_wkt)

    def show(self) -> None:
        """Show the points as they are."""
        session, placement = self._desk.session, self._desk.placement
        if session is None or placement is None:
            self.item.set_points((), *(np.empty((0, 2)) for _ in range(3)))
            return
        points, residuals = session.points, self._desk.residuals
        to_map = session.reference_grid.drawn.linear
        nothing = (math.nan, math.nan)
        self.item.set_points(
            points,
            coords.as_points([placement.reference_place(p.tie_point) for p in points]),
            coords.as_points([residuals.get(p.id, nothing) for p in points]) @ to_map.T,
            coords.as_points([placement.sensed_place(p.tie_point) for p in points]),
            half_axes(points, to_map),
        )

    def zoom_to(self, identifier: int) -> None:
        """Centre the canvas on a point, close enough to see it."""
        session, placement = self._desk.session, self._desk.placement
        if session is None or placement is None:
            return
        place = placement.reference_place(session.point(identifier).tie_point)
        centre = placement.to_canvas(place, self.crs())
        size, unit = self._desk.pixel_size()
        if unit in ("px", map_unit(self.crs())) and self.canvas.mapUnitsPerPixel() > 2 * size:
            self.canvas.zoomByFactor(size / self.canvas.mapUnitsPerPixel(), centre)
        self.canvas.setCenter(centre)
        self.canvas.refresh()

    def set_ellipses(self, on: bool) -> None:
        """Draw the ellipses of the places, or not."""
        self.item.ellipses = on
        self.item.update()

    def set_vectors(self, mode: str, scale: float) -> None:
        """Choose the vectors drawn, and how much longer than life."""
        self.item.vector_mode, self.item.vector_scale = mode, scale
        self.item.update()

    # --- the tool

    @property
    def has_tool(self) -> bool:
        """Whether the review's map tool is the canvas' tool."""
        return self.canvas.mapTool() is self.tool

    def use_tool(self) -> None:
        """Take the review's map tool."""
        if not self.has_tool:
            self.canvas.setMapTool(self.tool)

    def put_tool_down(self) -> None:
        """Give the review's map tool back, where it is taken."""
        if self.has_tool:
            self.canvas.unsetMapTool(self.tool)

    def set_lasso(self, on: bool) -> None:
        """Select by a lasso in place of a rectangle, or not."""
        self.tool.lasso = on
        if on:
            self.use_tool()
