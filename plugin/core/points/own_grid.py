"""The grid of a reference that is not at hand, made from control points."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..errors import PointsFileError
from ..geometry import coords
from ..geometry.grid import Grid


def own_grid(ground: ArrayLike, sensed_px: ArrayLike, crs_wkt: str, sensed_grid: Grid) -> Grid:
    """Make a reference grid around the places of points, with pixels about as large as the sensed
    ones.

    Args:
        ground: (N, 2) in the CRS.
        sensed_px: (N, 2) the same points in the sensed raster.
        crs_wkt: CRS of the ground.
        sensed_grid: Native grid of the sensed raster.

    Raises:
        PointsFileError: fewer than two points.
    """
    on_map, px = coords.as_points(ground), coords.as_points(sensed_px)
    if len(on_map) < 2:
        raise PointsFileError(
            "One control point does not tell how large the pixels are.",
            "Give the reference raster too, or add points.",
        )
    spread, span = (float(np.linalg.norm(a - a.mean(axis=0))) for a in (px, on_map))
    size = span / spread if spread > 0 and span > 0 else sensed_grid.gsd_map[0]
    low, high = on_map.min(axis=0), on_map.max(axis=0)
    width, height = (max(1, math.ceil((high[i] - low[i]) / size)) for i in (0, 1))
    return Grid(crs_wkt, (float(low[0]), size, 0.0, float(high[1]), 0.0, -size), width, height)
