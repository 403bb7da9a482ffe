"""A pixel grid, and the frames that its places are told in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import UsageError
from . import coords

Array = NDArray[np.float64]
_IDENTITY = (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
_Y_UP = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)


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
        return cls(crs_wkt, _IDENTITY, width, height)

    @property
    def is_referenced(self) -> bool:
        """Whether pixels have a place on the ground; those of a raster with GCPs or RPCs only have
        none of their own.
        """
        return tuple(self.geotransform) != _IDENTITY

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
    def pixel_area_map(self) -> float:
        """Area of a pixel, map units squared."""
        (a, b), (c, d) = self.linear
        return float(abs(a * d - b * c))

    @property
    def centre_px(self) -> Array:
        """(1, 2), px."""
        return np.array([self.size], np.float64) / 2

    def outline_px(self, steps: int = 1) -> Array:
        """(4 * steps, 2) places along the sides, px: from the top-left corner clockwise, all
        corners among them.
        """
        along = np.linspace(0.0, 1.0, steps + 1)[:-1]
        none, all_ = np.zeros(steps), np.ones(steps)
        x = np.concatenate([along, all_, 1.0 - along, none])
        y = np.concatenate([none, along, all_, 1.0 - along])
        return np.stack([x * self.width, y * self.height], axis=1)

    @property
    def bounds_map(self) -> tuple[float, float, float, float]:
        """Least and largest map coordinates: left, bottom, right, top."""
        outline = self.map_from_px(self.outline_px())
        (left, bottom), (right, top) = outline.min(axis=0).tolist(), outline.max(axis=0).tolist()
        return left, bottom, right, top

    @property
    def is_north_up(self) -> bool:
        """Whether columns run east and rows south."""
        (a, b), (c, d) = self.linear
        return bool(a > 0 and d < 0 and b == c == 0.0)

    def coarser(self, factor: float) -> Grid:
        """Return a grid over the same ground whose pixels are larger; the last ones may reach
        beyond it.
        """
        matrix = self.matrix
        matrix[:2, :2] *= factor
        width, height = (max(1, int(np.ceil(n / factor - 1e-6))) for n in self.size)
        return Grid(self.crs_wkt, coords.geotransform_from_matrix(matrix), width, height)

    @property
    def drawn(self) -> Grid:
        """The same pixels where QGIS draws them: on the map; without georeferencing with y up, so
        that the image lies below 0.
        """
        return self if self.is_referenced else replace(self, geotransform=_Y_UP)

    def map_from_px(self, xy_px: ArrayLike) -> Array:
        """(N, 2) px -> map."""
        return coords.map_from_px(self.geotransform, xy_px)

    def px_from_map(self, xy_map: ArrayLike) -> Array:
        """(N, 2) map -> px."""
        return coords.px_from_map(self.geotransform, xy_map)

    def layer_from_px(self, xy_px: ArrayLike) -> Array:
        """(N, 2) px -> where QGIS draws them, see `drawn`."""
        return self.drawn.map_from_px(xy_px)

    def layer_place(self, px: tuple[float, float]) -> tuple[float, float]:
        """Return where QGIS draws one place, px."""
        x, y = self.layer_from_px([px])[0]
        return float(x), float(y)

    def px_from_layer(self, xy: ArrayLike) -> Array:
        """(N, 2) where QGIS draws them -> px; the inverse of `layer_from_px`."""
        return self.drawn.px_from_map(xy)

    def matrix_to(self, other: Grid) -> Array:
        """(3, 3), px -> px of another grid on the same map."""
        return np.asarray(coords.inverse(other.matrix) @ self.matrix)
