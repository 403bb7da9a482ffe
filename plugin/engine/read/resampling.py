"""A window of the working grid out of a file: one interpolation along the whole chain of
coordinates.

Convention:
    The chain output px -> native px is evaluated on a mesh every 16 output px and interpolated
    bilinearly between; both ends are in the pixel frame (corner origin).
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.geometry import coords
from ...core.image import Image, Window
from .sources import Source

Points = NDArray[np.float64]
Array = NDArray[np.float32]
_MESH_PX = 16
_FAR_PX = -1.0e4


def read_window(
    source: Source, native_px: Callable[[Points], Points], window: Window, reduction: int = 1
) -> Image:
    """Read a window of working px from a source, prepared.

    A file finer than the output is averaged from full resolution to between one and two samples an
    output pixel, then interpolated: bicubic at full size, bilinear from averages. Invalid samples
    never enter valid pixels.

    Args:
        source: The file.
        native_px: (N, 2) working px -> native px of the file; may give non-finite positions where
            there are none.
        window: (x0, y0, width, height), working px; may reach outside the file.
        reduction: Working px per output pixel.

    Returns:
        Image of ceil(height / reduction) x ceil(width / reduction); the mask is False outside the
        file.
    """
    x0, y0, width, height = window
    cols, rows = -(-width // reduction), -(-height // reduction)
    xs, ys = _mesh(cols), _mesh(rows)
    grid_x, grid_y = np.meshgrid(x0 + xs * reduction, y0 + ys * reduction)
    native = native_px(np.stack([grid_x.ravel(), grid_y.ravel()], axis=1)).reshape(
        len(ys), len(xs), 2
    )
    empty = Image(np.zeros((rows, cols), np.float32), np.zeros((rows, cols), bool), source.modality)
    placed = np.isfinite(native).all(axis=2)
    if not placed.any():
        return empty
    factor = max(1, int(np.floor(_step(native, xs, ys) + 0.25)))
    size = np.array([source.grid.width, source.grid.height])
    margin = source.margin_px * factor + 2
    low = np.floor(np.clip(native[placed].min(axis=0), 0, size) - margin).astype(int)
    high = np.ceil(np.clip(native[placed].max(axis=0), 0, size) + margin).astype(int)
    low = np.maximum(low, 0) // factor * factor
    high = np.minimum(high, size)
    outside = (native[placed].max(axis=0) < 0).any() or (native[placed].min(axis=0) > size).any()
    if outside or (high <= low).any():
        return empty
    blocks = (high - low) // factor
    if (blocks < 1).any():
        return empty
    box = (int(low[0]), int(low[1]), int(blocks[0]) * factor, int(blocks[1]) * factor)
    grey, mask = source.read_grey(box, factor)
    prepared = source.prepare(grey, mask, factor)
    at = np.where(placed[..., None], coords.idx_from_px((native - low) / factor), _FAR_PX)
    at_x, at_y = (_dense(at[..., i], xs, ys, cols, rows) for i in (0, 1))
    return _interpolate(prepared, mask, at_x, at_y, factor == 1, source)


def _interpolate(
    prepared: Array, mask: NDArray[np.bool_], at_x: Array, at_y: Array, cubic: bool, source: Source
) -> Image:
    rows, cols = prepared.shape
    inside = (at_x > -0.51) & (at_y > -0.51) & (at_x < cols - 0.49) & (at_y < rows - 0.49)
    if mask.all():
        valid = inside
    else:
        # The bicubic kernel reaches a pixel further than the bilinear mask, and averages next to an
        # undeclared border mix it in.
        safe = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
        weight = cv2.remap(
            safe.astype(np.float32), at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        valid = inside & (weight > 0.99)
    data = cv2.remap(
        prepared,
        at_x,
        at_y,
        cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Image(
        np.where(valid, np.clip(data, 0.0, 1.0), 0.0).astype(np.float32), valid, source.modality
    )


def _step(native: Points, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> float:
    """Return the largest step in native px per output pixel."""
    steps = [
        np.abs(np.diff(native, axis=1)) / np.diff(xs).max(),
        np.abs(np.diff(native, axis=0)) / np.diff(ys).max(),
    ]
    sizes = np.concatenate([np.hypot(s[..., 0], s[..., 1]).ravel() for s in steps])
    sizes = sizes[np.isfinite(sizes)]
    return float(np.median(sizes)) if len(sizes) else 1.0


def _mesh(size: int) -> NDArray[np.float64]:
    """Positions 0, 16, 32 ... covering 0..size."""
    return np.arange(0, max(size, 1) + _MESH_PX, _MESH_PX, dtype=np.float64)


def _dense(
    values: Points, xs: NDArray[np.float64], ys: NDArray[np.float64], cols: int, rows: int
) -> Array:
    """Interpolate mesh values bilinearly at the centres of all pixels."""
    px, py = (
        coords.px_from_idx(np.arange(cols)) / _MESH_PX,
        coords.px_from_idx(np.arange(rows)) / _MESH_PX,
    )
    ix, iy = np.minimum(px.astype(int), len(xs) - 2), np.minimum(py.astype(int), len(ys) - 2)
    fx, fy = px - ix, py - iy
    along = values[:, ix] * (1 - fx) + values[:, ix + 1] * fx
    out = along[iy] * (1 - fy)[:, None] + along[iy + 1] * fy[:, None]
    return np.asarray(out, dtype=np.float32)
