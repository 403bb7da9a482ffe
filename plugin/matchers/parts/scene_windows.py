"""Windows of one size at fixed places of a scene, blended where they overlap: what a network that
sees a whole window says of a place does not depend on the part of the scene that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ...core.image import Window

Array = NDArray[np.float32]


def window_starts(size_px: int, window_px: int, overlap_px: int) -> list[int]:
    """Return where the windows of a scene begin along one axis; the last ends with the scene."""
    last = size_px - window_px
    if last <= 0:
        return [0]
    return [*range(0, last, window_px - overlap_px), last]


def windows_of(
    scene: tuple[int, int], wanted: Window, window_px: int, overlap_px: int
) -> Iterator[Window]:
    """Yield the windows of a scene (width, height) that reach into a part of it, row by row; a
    scene smaller than a window is one window.
    """
    x0, y0, width, height = wanted
    w, h = min(scene[0], window_px), min(scene[1], window_px)
    for y in window_starts(scene[1], window_px, overlap_px):
        for x in window_starts(scene[0], window_px, overlap_px):
            if x < x0 + width and x + w > x0 and y < y0 + height and y + h > y0:
                yield x, y, w, h


def blended(
    scene: tuple[int, int],
    wanted: Window,
    window_px: int,
    overlap_px: int,
    channels: int,
    describe: Callable[[Window], NDArray[np.float16] | Array | None],
) -> Array:
    """Describe a part of a scene by windows at fixed places.

    Args:
        scene: Width and height.
        wanted: The part; it may reach outside, where nothing is described.
        window_px: Side of the windows.
        overlap_px: Of neighbouring windows, over which one fades into the other.
        channels: Of what `describe` returns.
        describe: Window -> (channels, h, w), or None where there is nothing to describe.

    Returns:
        (channels, H, W) of the part, 0 outside the scene. Each value depends on the scene alone.
    """
    x0, y0, width, height = wanted
    total, weight = (
        np.zeros((channels, height, width), np.float32),
        np.zeros((height, width), np.float32),
    )
    for window in windows_of(scene, wanted, window_px, overlap_px):
        found = describe(window)
        if found is None:
            continue
        x, y, w, h = window
        fade = np.outer(
            _fade(y, h, scene[1], overlap_px), _fade(x, w, scene[0], overlap_px)
        ).astype(np.float32)
        top, left = max(y, y0), max(x, x0)
        bottom, right = min(y + h, y0 + height), min(x + w, x0 + width)
        rows, columns = slice(top - y0, bottom - y0), slice(left - x0, right - x0)
        share = fade[top - y : bottom - y, left - x : right - x]
        total[:, rows, columns] += found[:, top - y : bottom - y, left - x : right - x] * share
        weight[rows, columns] += share
    return total / np.maximum(weight, 1e-6)


def _fade(start: int, length: int, size_px: int, overlap_px: int) -> NDArray[np.float64]:
    """Return the weight of each pixel of a window along one axis: less towards its ends, but for
    those of the scene.
    """
    at = np.arange(length) + 0.5
    left = at if start > 0 else np.full(length, np.inf)
    right = length - at if start + length < size_px else np.full(length, np.inf)
    return np.minimum(np.minimum(left, right) / overlap_px, 1.0)
