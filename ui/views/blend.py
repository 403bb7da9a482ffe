"""Two rendered images in one: red-cyan, and edges of one over the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qgis.PyQt.QtGui import QImage

Array = NDArray[np.float32]
_EDGE_RGB = (255, 221, 51)
_BLUR_PX = 2
_BLACK = np.array([0.114, 0.587, 0.299], dtype=np.float32)  # of blue, green and red: ITU-R BT.601


def red_cyan(red: QImage, cyan: QImage) -> QImage:
    """Return one image in red and the other in green and blue: grey where they agree, coloured
    fringes where they do not.

    Each is stretched to its darkest and brightest 2 % in view, so that neither colour rules. Where
    only one of them has data that one is shown in its colour.
    """
    a, b = _pixels(red), _pixels(cyan)
    out = np.empty(a.shape, dtype=np.uint8)
    out[..., 2] = _stretched(a)
    out[..., 0] = out[..., 1] = _stretched(b)
    out[..., 3] = np.maximum(a[..., 3], b[..., 3])
    return _image(out, red.devicePixelRatio())


def edges(image: QImage, share: float) -> QImage:
    """Return the edges of an image as thin lines on nothing.

    Canny's first steps: smoothing, gradient, suppression of what is no maximum along the gradient;
    the strongest are drawn.

    Args:
        image: Rendered image.
        share: Of the pixels that are edges, the strongest share to draw, 0..1.
    """
    pixels = _pixels(image)
    inside = pixels[..., 3] > 250
    strength = _thinned(*_gradient(_smoothed(_smoothed(_grey(pixels)))))
    strength[~_eroded(inside, 2 * _BLUR_PX + 2)] = 0.0
    found = strength[strength > 0]
    out = np.zeros(pixels.shape, dtype=np.uint8)
    if found.size:
        limit = float(np.quantile(found, 1.0 - min(max(share, 0.0), 1.0)))
        opacity = np.where(
            strength >= limit, np.clip(140 + 115 * strength / max(2 * limit, 1e-6), 0, 255), 0.0
        )
        opacity[:, 1:] = np.maximum(
            opacity[:, 1:], 0.55 * opacity[:, :-1]
        )  # two pixels wide, the second softer
        out[..., 3] = opacity
        out[..., 2], out[..., 1], out[..., 0] = _EDGE_RGB
    return _image(out, image.devicePixelRatio())


def _pixels(image: QImage) -> NDArray[np.uint8]:
    """Return (H, W, 4) blue, green, red, alpha."""
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)
    bits = plain.constBits()
    bits.setsize(plain.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(plain.height(), plain.width(), 4).copy()


def _image(pixels: NDArray[np.uint8], ratio: float) -> QImage:
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


def _grey(pixels: NDArray[np.uint8]) -> Array:
    return np.asarray(pixels[..., :3] @ _BLACK, dtype=np.float32)


def _stretched(pixels: NDArray[np.uint8]) -> Array:
    grey, inside = _grey(pixels), pixels[..., 3] > 0
    if not inside.any():
        return grey
    low, high = np.percentile(grey[inside][::7], (2, 98))
    return (
        np.where(inside, np.clip((grey - low) * (255.0 / (high - low)), 0, 255), 0)
        if high - low > 1
        else grey
    )


def _smoothed(a: Array) -> Array:
    """Mean over a square window, edges repeated."""
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (_BLUR_PX + 1, _BLUR_PX)
        sums = np.cumsum(np.pad(a, pad, mode="edge"), axis=axis, dtype=np.float64)
        size = 2 * _BLUR_PX + 1
        a = np.asarray(
            (
                np.take(sums, range(size, sums.shape[axis]), axis)
                - np.take(sums, range(sums.shape[axis] - size), axis)
            )
            / size,
            np.float32,
        )
    return a


def _gradient(a: Array) -> tuple[Array, Array]:
    gy, gx = np.gradient(a)
    return gx, gy


def _thinned(gx: Array, gy: Array) -> Array:
    """Return the length of the gradient where it is a maximum across the edge, else 0."""
    size = np.hypot(gx, gy)
    out = np.zeros_like(size)
    if min(size.shape) < 3:
        return out
    sector = np.round(np.arctan2(gy, gx) / (np.pi / 4)).astype(int)[1:-1, 1:-1] % 4
    middle = size[1:-1, 1:-1]
    height, width = size.shape
    for number, (dx, dy) in enumerate(((1, 0), (1, 1), (0, 1), (-1, 1))):
        ahead = size[1 + dy : height - 1 + dy, 1 + dx : width - 1 + dx]
        behind = size[1 - dy : height - 1 - dy, 1 - dx : width - 1 - dx]
        keep = (sector == number) & (middle > ahead) & (middle >= behind)
        out[1:-1, 1:-1][keep] = middle[keep]
    return out


def _eroded(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Return the mask without what is nearer than `by` pixels to its outside along a row or a
    column.
    """
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (by + 1, by)
        sums = np.cumsum(np.pad(~mask, pad, mode="constant"), axis=axis)
        size = 2 * by + 1
        mask = mask & (
            np.take(sums, range(size, sums.shape[axis]), axis)
            == np.take(sums, range(sums.shape[axis] - size), axis)
        )
    return mask
