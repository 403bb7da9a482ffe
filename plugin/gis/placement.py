"""Canvas, map and pixels of one pair of rasters: the conversions of the review.

Main thread only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY

from ..core.errors import AlignError
from ..core.geometry import coords
from ..core.geometry.grid import Grid
from ..core.session.point import SessionPoint
from ..core.types import Point, TiePoint
from .gcps import gcp_placement
from .opening import open_raster
from .rasters import reprojection


class Placement:
    """Where tie points lie on the canvas, and which pixels a place on the canvas means.

    Rasters without georeferencing are drawn by QGIS with x to the right and y up, negative: so are
    their points. A sensed raster that has GCPs only is placed by them as the engine places it.
    """

    def __init__(self, reference_grid: Grid, sensed_grid: Grid, sensed_path: str) -> None:
        self.reference_grid, self.sensed_grid = reference_grid, sensed_grid
        self._gcps = None
        if not sensed_grid.is_referenced:
            with contextlib.suppress(AlignError):  # pre-flight and run tell of a file that is gone,
                self._gcps = gcp_placement(open_raster(sensed_path))  # and of GCPs of no use
        # sensed px <-> where the sensed raster lies now
        own = sensed_grid if self._gcps is None else self._gcps
        self._wkt, self._is_placed = (
            own.crs_wkt,
            sensed_grid.is_referenced or own is not sensed_grid,
        )
        self._to_map, self._to_px = (
            (sensed_grid.map_from_px, sensed_grid.px_from_map)
            if self._gcps is None
            else (self._gcps.to_map, self._gcps.to_px)
        )

    @property
    def sensed_to_reference(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """(N, 2) as the sensed grid places it -> the reference's CRS; None where they are the
        same.
        """
        onwards = reprojection(self._wkt, self.reference_grid.crs_wkt, self.reference_grid)
        if self._gcps is None:
            return onwards
        return lambda px: self._to_map(px) if onwards is None else onwards(self._to_map(px))

    def reference_place(self, point: TiePoint) -> Point:
        """Return where a point is drawn, in the reference's CRS."""
        if point.reference_map is not None:
            return point.reference_map
        return self.reference_place_of_px(point.reference_px)

    def reference_place_of_px(self, px: Point) -> Point:
        """Return where a place in the reference is drawn, in its CRS."""
        return self.reference_grid.layer_place(px)

    def sensed_place(self, point: TiePoint) -> Point:
        """Return where the sensed raster shows a point, in the reference's CRS."""
        if point.sensed_map is not None:
            return point.sensed_map
        return self.sensed_place_of_px(point.sensed_px)

    def sensed_place_of_px(self, px: Point) -> Point:
        """Return where the sensed raster shows one of its pixels, in the reference's CRS."""
        if not self._is_placed:
            return self.sensed_grid.layer_place(px)
        place = self.sensed_grid.map_from_px([px])
        onwards = self.sensed_to_reference
        x, y = (place if onwards is None else onwards(place))[0]
        return float(x), float(y)

    def reference_px_of_sensed(self, px: np.ndarray) -> np.ndarray:
        """(N, 2) sensed px -> reference px, as both rasters are georeferenced; pixel for pixel
        where they are not.
        """
        if not self.reference_grid.is_referenced:
            return coords.as_points(px)
        place = self.sensed_grid.map_from_px(px)
        onwards = self.sensed_to_reference
        return self.reference_grid.px_from_map(place if onwards is None else onwards(place))

    def sensed_px_of_reference(self, px: np.ndarray) -> np.ndarray:
        """(N, 2) reference px -> sensed px, as both rasters are georeferenced; pixel for pixel
        where they are not.
        """
        if not self.reference_grid.is_referenced:
            return coords.as_points(px)
        place = self.reference_grid.map_from_px(px)
        backward = reprojection(
            self.reference_grid.crs_wkt,
            self._wkt,
            None if self._gcps is not None else self.sensed_grid,
        )
        return self._to_px(place if backward is None else backward(place))

    def to_canvas(self, place: Point, canvas_crs: QgsCoordinateReferenceSystem) -> QgsPointXY:
        """Reference's CRS -> canvas."""
        forward = reprojection(
            self.reference_grid.crs_wkt, canvas_crs.toWkt() if canvas_crs.isValid() else ""
        )
        x, y = place if forward is None else forward(np.array([place]))[0]
        return QgsPointXY(float(x), float(y))

    def reference_px(self, place: QgsPointXY, canvas_crs: QgsCoordinateReferenceSystem) -> Point:
        """Canvas -> pixels of the reference."""
        return self._px(self.reference_grid, place, canvas_crs)

    def sensed_px(self, place: QgsPointXY, canvas_crs: QgsCoordinateReferenceSystem) -> Point:
        """Canvas -> pixels of the sensed raster, as it is georeferenced now."""
        x, y = self.sensed_px_from(canvas_crs.toWkt() if canvas_crs.isValid() else "")(
            np.array([[place.x(), place.y()]])
        )[0]
        return float(x), float(y)

    def sensed_px_from(self, wkt: str) -> Callable[[np.ndarray], np.ndarray]:
        """Return (N, 2) in a CRS -> pixels of the sensed raster, as it is georeferenced now."""
        if not self._is_placed:
            return self.sensed_grid.px_from_layer
        backward = reprojection(wkt, self._wkt)
        return lambda places: self._to_px(places if backward is None else backward(places))

    @staticmethod
    def _px(grid: Grid, place: QgsPointXY, canvas_crs: QgsCoordinateReferenceSystem) -> Point:
        wkt = canvas_crs.toWkt() if canvas_crs.isValid() and grid.is_referenced else ""
        backward = reprojection(wkt, grid.crs_wkt)
        at = np.array([[place.x(), place.y()]])
        x, y = grid.px_from_layer(at if backward is None else backward(at))[0]
        return float(x), float(y)


def half_axes(points: Sequence[SessionPoint], to_map: np.ndarray) -> np.ndarray:
    """Return (N, 2, 2) half axes of one standard deviation of the points' places, map units, one a
    row.

    Args:
        points: Points.
        to_map: (2, 2) linear part, reference px -> map.
    """
    covariances = np.array([p.tie_point.covariance_px for p in points], dtype=float).reshape(
        -1, 2, 2
    )
    values, vectors = np.linalg.eigh(to_map @ np.nan_to_num(covariances, posinf=0.0) @ to_map.T)
    return (vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]).transpose(0, 2, 1)
