"""A pixel grid, and the frames that its places are told in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import UsageError
from . import coords

Array = NDArray[np.float64]
IDENTITY = (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
_Y_UP = np.array([1.0, -1.0])


@dataclass(frozen=True)
class Grid:
    """A pixel grid on the ground, or a bare pixel frame when `crs_wkt` is empty.

    Attributes:
        crs_wkt: CRS as WKT; empty for images without georeferencing.
        geotransform: GDAL order (x0, dx, rx, y0, ry, dy), pixel corner -> map.
        width: Columns.
        height: Rows.
    """

    crs_wkt: str
    geotransform: tuple[float, float, float, float, float, float]
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise UsageError(f"A grid needs at least one pixel, got {self.width} x {self.height}.")

    @classmethod
    def bare(cls, width: int, height: int, crs_wkt: str = "") -> Grid:
        """Return the frame of pixels alone; a CRS is that of GCPs beside them."""
        return cls(crs_wkt, IDENTITY, width, height)

    @property
    def is_referenced(self) -> bool:
        """Whether pixels have a place on the ground; those of a raster with GCPs or RPCs only have
        none of their own.
        """
        return tuple(self.geotransform) != IDENTITY

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self.width, self.height

    @property
    def matrix(self) -> Array:
        """(3, 3), px -> map."""
        return coords.matrix_from_geotransform(self.geotransform)

    @property
    def linear(self) -> Array:
        """(2, 2), a step in px -> a step on the map."""
        return self.matrix[:2, :2]

    @property
    def gsd_map(self) -> tuple[float, float]:
        """Length of a pixel's sides, map units."""
        return coords.gsd(self.geotransform)

    @property
    def outline_px(self) -> Array:
        """(4, 2) corners, px: from the top-left one clockwise."""
        return np.array([[0, 0], [self.width, 0], self.size, [0, self.height]], np.float64)

    @property
    def outline_map(self) -> Array:
        """(4, 2) corners on the map: from the top-left one clockwise."""
        return self.map_from_px(self.outline_px)

    def map_from_px(self, xy_px: ArrayLike) -> Array:
        """(N, 2) px -> map."""
        return coords.map_from_px(self.geotransform, xy_px)

    def px_from_map(self, xy_map: ArrayLike) -> Array:
        """(N, 2) map -> px."""
        return coords.px_from_map(self.geotransform, xy_map)

    def layer_from_px(self, xy_px: ArrayLike) -> Array:
        """(N, 2) px -> where QGIS shows them: on the map; without georeferencing in pixels with y
        up, so that the image lies below 0.
        """
        return self.map_from_px(xy_px) if self.is_referenced else coords.as_points(xy_px) * _Y_UP

    def px_from_layer(self, xy: ArrayLike) -> Array:
        """(N, 2) where QGIS shows them -> px; the inverse of `layer_from_px`."""
        return self.px_from_map(xy) if self.is_referenced else coords.as_points(xy) * _Y_UP
