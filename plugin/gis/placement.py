"""Canvas, map and pixels of one pair of rasters: the conversions of the review.

Main thread only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import numpy as np
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY

from ..core.errors import UnreadableRasterError
from ..core.geometry import coords
from ..core.geometry.grid import Grid
from ..core.session.point import SessionPoint
from ..core.types import Point, TiePoint
from .opening import open_raster
from .rasters import reprojection

_GCP_METHOD = {"METHOD": "GCP_TPS"}


class Placement:
    """Where tie points lie on the canvas, and which pixels a place on the canvas means.

    Rasters without georeferencing are drawn by QGIS with x to the right and y up, negative: so are
    their points. A sensed raster that has GCPs only is placed with a thin-plate spline through
    them.
    """

    def __init__(self, reference_grid: Grid, sensed_grid: Grid, sensed_path: str) -> None:
        self.reference_grid, self.sensed_grid = reference_grid, sensed_grid
        self._gcp_wkt, self._gcps = "", None
        if not sensed_grid.is_referenced:
            with contextlib.suppress(
                UnreadableRasterError
            ):  # a file that is gone has no control points
                self._take_gcps(open_raster(sensed_path))

    def _take_gcps(self, dataset: gdal.Dataset) -> None:
        if dataset.GetGCPCount() >= 3:
            self._gcp_wkt = dataset.GetGCPProjection()
            self._dataset = dataset  # the transformer does not keep it alive
            self._gcps = gdal.Transformer(
                dataset, None, [f"{k}={v}" for k, v in _GCP_METHOD.items()]
            )

    @property
    def sensed_to_reference(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """(N, 2) as the sensed grid places it -> the reference's CRS; None where they are the
        same.
        """
        if self._gcps is None:
            return reprojection(
                self.sensed_grid.crs_wkt, self.reference_grid.crs_wkt, self.reference_grid
            )
        onwards = reprojection(self._gcp_wkt, self.reference_grid.crs_wkt, self.reference_grid)

        def apply(px: np.ndarray) -> np.ndarray:
            places = np.array(
                [
                    self._gcps.TransformPoint(0, float(x), float(y))[1][:2]
                    for x, y in coords.as_points(px)
                ]
            ).reshape(-1, 2)
            return places if onwards is None else onwards(places)

        return apply

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
        if not self.sensed_grid.is_referenced and self._gcps is None:
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
            self._gcp_wkt or self.sensed_grid.crs_wkt,
            None if self._gcp_wkt else self.sensed_grid,
        )
        place = place if backward is None else backward(place)
        if self._gcps is None:
            return self.sensed_grid.px_from_map(place)
        return np.array(
            [self._gcps.TransformPoint(1, float(x), float(y))[1][:2] for x, y in place]
        ).reshape(-1, 2)

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
        gcps, grid = self._gcps, self.sensed_grid
        if gcps is None and not grid.is_referenced:
            return grid.px_from_layer
        backward = reprojection(wkt, grid.crs_wkt if gcps is None else self._gcp_wkt)

        def apply(places: np.ndarray) -> np.ndarray:
            at = coords.as_points(places if backward is None else backward(places))
            if gcps is None:
                return grid.px_from_map(at)
            return np.array(
                [gcps.TransformPoint(1, float(x), float(y))[1][:2] for x, y in at]
            ).reshape(-1, 2)

        return apply

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
