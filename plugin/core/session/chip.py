"""Chips: small pictures of both images around a point, at the same ground and orientation, that of
the reference's pixels.

Convention:
    A chip of n x n picture elements covers a square of `side_px` reference px around `centre_px`.
    Bands are (n, n) float32 with NaN where there is no data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..geometry import coords
from ..types import Point

Array = NDArray[np.float64]
Band = NDArray[np.float32]
_NODES = 9
_CUT = (2.0, 98.0)
_HEAVY_TAIL = 5.0


@dataclass(frozen=True, eq=False)
class ChipPair:
    """Both chips of a point.

    Attributes:
        point_id: The point.
        reference: (n, n, 4) uint8 RGBA, alpha 0 where there is no data.
        sensed: The same ground in the sensed image.
        centre_px: Centre of both, reference px: the point's place in the reference.
        side_px: Side of the ground shown, reference px.
        sensed_at_px: Where the sensed image, as it is shown, has the point, reference px.
        fitted: Whether the sensed image is shown as fitted, else as it is georeferenced.
    """

    point_id: int
    reference: NDArray[np.uint8]
    sensed: NDArray[np.uint8]
    centre_px: Point
    side_px: float
    sensed_at_px: Point
    fitted: bool


def positions(
    centre_px: Point, side_px: float, n: int, to_native: Callable[[Array], Array]
) -> Array:
    """Return (n, n, 2): native px of a raster under the middle of each element of a chip.

    The map is evaluated at 9 x 9 nodes and interpolated between: a chip is too small for a
    transform to bend between nodes.

    Args:
        centre_px: Centre, reference px.
        side_px: Side, reference px.
        n: Elements along a side.
        to_native: (N, 2) reference px -> native px of the raster.
    """
    line = (np.arange(_NODES) / (_NODES - 1) - 0.5) * side_px
    nodes = np.stack(np.meshgrid(line + centre_px[0], line + centre_px[1]), axis=2).reshape(-1, 2)
    native = to_native(nodes).reshape(_NODES, _NODES, 2)
    at = coords.px_from_idx(np.arange(n)) / n * (_NODES - 1)
    low = np.minimum(at.astype(int), _NODES - 2)
    part = at - low
    weight = np.zeros((n, _NODES))
    weight[np.arange(n), low], weight[np.arange(n), low + 1] = 1.0 - part, part
    return np.stack([weight @ native[:, :, k] @ weight.T for k in (0, 1)], axis=2)


def sample(window: Band, corner_px: Point, step_px: Point, at_px: Array) -> Band:
    """Return (..., n, n) bilinear samples of a window; NaN outside it and where any neighbour is
    NaN.

    Args:
        window: (..., h, w), NaN where there is no data.
        corner_px: Native px of its top-left corner.
        step_px: Native px per column and per row.
        at_px: (n, n, 2) native px.
    """
    h, w = window.shape[-2:]
    idx = coords.idx_from_px((at_px - np.asarray(corner_px)) / np.asarray(step_px))
    x, y = idx[..., 0], idx[..., 1]
    inside = (
        np.isfinite(x)
        & np.isfinite(y)
        & (x >= -0.5)
        & (y >= -0.5)
        & (x <= w - 0.5)
        & (y <= h - 0.5)
    )
    x, y = np.clip(np.where(inside, x, 0.0), 0, w - 1), np.clip(np.where(inside, y, 0.0), 0, h - 1)
    c, r = np.minimum(x.astype(int), max(w - 2, 0)), np.minimum(y.astype(int), max(h - 2, 0))
    c1, r1 = np.minimum(c + 1, w - 1), np.minimum(r + 1, h - 1)
    u, v = (x - c).astype(np.float32), (y - r).astype(np.float32)
    top = window[..., r, c] * (1 - u) + window[..., r, c1] * u
    low = window[..., r1, c] * (1 - u) + window[..., r1, c1] * u
    return np.where(inside, top * (1 - v) + low * v, np.float32(np.nan)).astype(np.float32)


def picture(bands: Sequence[Band]) -> NDArray[np.uint8]:
    """Return (n, n, 4) RGBA of one or three bands, stretched from the 2nd to the 98th percentile
    within the chip.

    Three bands start each at its own low end and share the widest range, so that a dull band does
    not become noise. A single band of positive numbers whose 98th percentile is more than five
    times its median (radar power, amplitude) is shown in decibel.
    """
    stack = np.stack(list(bands)).astype(np.float64)
    out = np.zeros((*stack.shape[1:], 4), np.uint8)
    valid = np.isfinite(stack).all(axis=0)
    if not valid.any():
        return out
    values = stack[:, valid]
    if (
        len(stack) == 1
        and values.min() >= 0
        and np.percentile(values, _CUT[1]) > _HEAVY_TAIL * max(float(np.median(values)), 1e-30)
    ):
        positive = values[values > 0]
        values = 10.0 * np.log10(np.maximum(values, positive.min() if positive.size else 1.0))
    low, high = np.percentile(values, _CUT, axis=1, keepdims=True)
    level = np.rint(
        255 * np.clip((values - low) / max(float((high - low).max()), 1e-12), 0.0, 1.0)
    ).astype(np.uint8)
    out[valid, :3] = np.broadcast_to(level, (3, level.shape[1])).T
    out[valid, 3] = 255
    return out
