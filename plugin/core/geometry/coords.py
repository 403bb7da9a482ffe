"""The only half pixel of the repository: pixel, index, map and normalised frames, and how to go
between them.

Convention:
    px: corner origin, x right, y down. idx: centre of the top-left pixel is (0, 0). map: a
    geotransform in GDAL order (x0, dx, rx, y0, ry, dy) maps px corners to map coordinates.
    normalised: -1..1 corner to corner (align_corners=False). All functions take and return (N, 2)
    float64 arrays in (x, y) order unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError

Array = NDArray[np.float64]
GeoTransform = Sequence[float]


def as_points(xy: ArrayLike) -> Array:
    """Return `xy` as a (N, 2) float64 array (N may be 0).

    Raises:
        InputError: when the shape is anything else.
    """
    points = np.asarray(xy, dtype=np.float64)
    if points.size == 0:
        return np.empty((0, 2))
    if points.ndim == 1 and points.shape[0] == 2:
        points = points[None]
    if points.ndim != 2 or points.shape[1] != 2:
        raise InputError(f"Points must have shape (N, 2), got {points.shape}.")
    return points


def px_from_idx(idx: ArrayLike) -> Array:
    """Index frame (pixel centres) to pixel frame (corners)."""
    return np.asarray(idx, dtype=np.float64) + 0.5


def idx_from_px(px: ArrayLike) -> Array:
    """Pixel frame (corners) to index frame (pixel centres)."""
    return np.asarray(px, dtype=np.float64) - 0.5


def index_matrix(matrix: ArrayLike) -> Array:
    """Turn a 3x3 matrix between pixel frames into the same matrix between index frames (what
    OpenCV's warps take).
    """
    half = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    return np.asarray(
        np.linalg.inv(half) @ np.asarray(matrix, dtype=np.float64) @ half, dtype=np.float64
    )


def matrix_from_geotransform(gt: GeoTransform) -> Array:
    """Return the 3x3 matrix of a geotransform, px -> map."""
    return np.array(
        [[gt[1], gt[2], gt[0]], [gt[4], gt[5], gt[3]], [0.0, 0.0, 1.0]], dtype=np.float64
    )


def geotransform_from_matrix(matrix: ArrayLike) -> tuple[float, float, float, float, float, float]:
    """Return the geotransform of a 3x3 affine matrix."""
    m = np.asarray(matrix, dtype=np.float64)
    return (
        float(m[0, 2]),
        float(m[0, 0]),
        float(m[0, 1]),
        float(m[1, 2]),
        float(m[1, 0]),
        float(m[1, 1]),
    )


def apply_matrix(matrix: ArrayLike, xy: ArrayLike) -> Array:
    """Apply a 3x3 affine or projective matrix."""
    m, points = np.asarray(matrix, dtype=np.float64), as_points(xy)
    homogeneous = points @ m[:, :2].T + m[:, 2]
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], dtype=np.float64)


def map_from_px(gt: GeoTransform, xy_px: ArrayLike) -> Array:
    """Pixel frame to map coordinates."""
    return apply_matrix(matrix_from_geotransform(gt), xy_px)


def px_from_map(gt: GeoTransform, xy_map: ArrayLike) -> Array:
    """Map coordinates to pixel frame.

    Raises:
        InputError: for a geotransform that cannot be inverted.
    """
    return apply_matrix(inverse(matrix_from_geotransform(gt)), xy_map)


def inverse(matrix: ArrayLike) -> Array:
    """Invert a 3x3 matrix.

    Raises:
        InputError: for a singular one.
    """
    m = np.asarray(matrix, dtype=np.float64)
    if not np.isfinite(m).all() or abs(np.linalg.det(m[:2, :2])) < 1e-300:
        raise InputError(
            "The georeferencing is degenerate: its pixels have no area.",
            "Check the raster's geotransform.",
        )
    return np.asarray(np.linalg.inv(m), dtype=np.float64)


def gsd(gt: GeoTransform) -> tuple[float, float]:
    """Return the pixel size along columns and rows in map units (rotated geotransforms too)."""
    return float(np.hypot(gt[1], gt[4])), float(np.hypot(gt[2], gt[5]))


def corners(width: float, height: float) -> Array:
    """Return (4, 2): the outer corners of a raster, px (corner origin), row by row."""
    return np.array([[0.0, 0.0], [width, 0.0], [0.0, height], [width, height]])


def y_up(px: tuple[float, float]) -> tuple[float, float]:
    """Turn a place or a step of a raster without georeferencing into QGIS' frame: y up, so that the
    image lies below 0.
    """
    return px[0], -px[1]


def normalised_from_px(xy_px: ArrayLike, width: int, height: int) -> Array:
    """Pixel frame to -1..1, corner to corner."""
    return 2.0 * as_points(xy_px) / np.array([width, height], dtype=np.float64) - 1.0


def px_from_normalised(xy: ArrayLike, width: int, height: int) -> Array:
    """-1..1, corner to corner, to pixel frame."""
    return (as_points(xy) + 1.0) / 2.0 * np.array([width, height], dtype=np.float64)
