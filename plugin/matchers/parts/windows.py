"""Square windows of images."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...core.image import Image, Window


def cut(image: Image, x: int, y: int, side: int) -> Image:
    """Cut a square out of an image; invalid where it reaches outside."""
    height, width = image.data.shape
    data, mask = np.zeros((side, side), np.float32), np.zeros((side, side), bool)
    low, high = (max(x, 0), max(y, 0)), (min(x + side, width), min(y + side, height))
    if low[0] < high[0] and low[1] < high[1]:
        there = (slice(low[1] - y, high[1] - y), slice(low[0] - x, high[0] - x))
        data[there], mask[there] = (
            image.data[low[1] : high[1], low[0] : high[0]],
            image.mask[low[1] : high[1], low[0] : high[0]],
        )
    return Image(data, mask, image.modality)


def middle_windows(
    reference: Image, sensed: Image, core_px: int, around_px: int, wanted: Window | None = None
) -> Iterator[tuple[NDArray[np.float64], tuple[Image, Image]]]:
    """Cover two images of one size, or what is wanted of them, with squares of `core_px` and give
    each with the `around_px` about it.

    Yields:
        The corner (x, y) of the wider square, and both images in it; not where the square shows
        none of the sensed image, or the wider one none of the reference.
    """
    height, width = sensed.data.shape
    left, top, across, down = wanted or (0, 0, width, height)
    side, inner = core_px + 2 * around_px, slice(around_px, around_px + core_px)
    for y in range(-around_px, height - around_px, core_px):
        for x in range(-around_px, width - around_px, core_px):
            if (
                x + around_px >= left + across
                or y + around_px >= top + down
                or x + around_px + core_px <= left
                or y + around_px + core_px <= top
            ):
                continue
            pair = (cut(reference, x, y, side), cut(sensed, x, y, side))
            if pair[1].mask[inner, inner].any() and pair[0].mask.any():
                yield np.array([x, y], dtype=np.float64), pair


def valid_part(
    valid: NDArray[np.bool_], grid_px: int, around_px: int = 0, whole: bool = False
) -> tuple[slice, slice] | None:
    """Return rows and columns of the valid ground and what lies `around_px` about it, beginning on
    a grid, and where `whole` ending on it too; None where nothing is valid.
    """
    if not valid.any():
        return None
    out = []
    for axis in (1, 0):
        line = np.flatnonzero(valid.any(axis=axis))
        low = (int(line[0]) - around_px) // grid_px * grid_px
        high = int(line[-1]) + 1 + around_px
        if whole:
            high = -(-high // grid_px) * grid_px
        out.append(slice(max(0, low), min(valid.shape[1 - axis], high)))
    return out[0], out[1]
