"""Similarity of a template at every position of a search window, and what its peak says.

Convention:
    Surfaces live on the index frame of the window: `values[r, c]` is the similarity with the
    template's top-left pixel on pixel (row r, column c) of the window. Offsets are therefore free
    of half pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ...core.geometry.quadratic_peak import quadratic_peak

_MIN_OVERLAP = 0.5
_EPS = 1e-12


@dataclass(frozen=True, eq=False)
class Surface:
    """Similarity at every integer offset.

    Attributes:
        values: float32 (rows, cols) in -1..1; -inf where too little of the template meets valid
            window pixels.
        energy: What `values` were divided by, a template pixel (median over the positions): how
            much structure there is to compare. The sum of values times energy over templates is the
            correlation of all of them together.
    """

    values: NDArray[np.float32]
    energy: float = 1.0


@dataclass(frozen=True)
class Peak:
    """The best position on a surface.

    Attributes:
        x: Column of the peak, sub-pixel.
        y: Row of the peak, sub-pixel.
        value: Similarity at the integer peak.
        second: Highest similarity outside the neighbourhood of the peak; 0 where there is none.
        covariance: 2x2 in px squared, from the curvature of the peak and its height over the
            surface's noise.
        at_edge: The peak lies on the border of the surface, where it cannot be trusted.
        sharpness: Height over the surface's median in robust standard deviations.
    """

    x: float
    y: float
    value: float
    second: float
    covariance: tuple[tuple[float, float], tuple[float, float]]
    at_edge: bool
    sharpness: float


def correlate(
    template: NDArray[np.float32],
    template_mask: NDArray[np.bool_],
    window: NDArray[np.float32],
    window_mask: NDArray[np.bool_],
    min_overlap: float = _MIN_OVERLAP,
) -> Surface:
    """Zero-mean normalised cross-correlation over all channels, by FFT, counting valid pixels only.

    Args:
        template: (C, h, w), 0 where its mask is False.
        template_mask: (h, w).
        window: (C, H, W), H >= h, W >= w, 0 where its mask is False.
        window_mask: (H, W).
        min_overlap: Smallest share of the template's valid pixels that must meet valid window
            pixels.

    Returns:
        Surface of shape (H - h + 1, W - w + 1).

    Reference:
        Padfield 2012, Masked object registration in the Fourier domain, IEEE TIP 21(5), eq. 9-12,
        summed over channels.
    """
    rows, cols = window.shape[1] - template.shape[1] + 1, window.shape[2] - template.shape[2] + 1
    size = (
        fft.next_fast_len(window.shape[1], real=True),
        fft.next_fast_len(window.shape[2], real=True),
    )
    if template_mask.all() and window_mask.all():
        num, tt, ww = _moments_full(template, window, size, rows, cols)
        valid = np.ones((rows, cols), bool)
    else:
        num, tt, ww, count = _moments_masked(
            template, template_mask, window, window_mask, size, rows, cols
        )
        valid = count >= max(min_overlap * float(template_mask.sum()), 16.0)
    floor = _EPS + 1e-7 * float(np.max(tt)) * float(np.max(ww))
    valid &= (tt * ww) > floor
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(valid, num / np.sqrt(np.maximum(tt * ww, floor)), -np.inf)
    scale = np.sqrt(np.maximum(tt * ww, 0.0))[valid]
    energy = float(np.median(scale)) / max(float(template_mask.sum()), 1.0) if scale.size else 0.0
    return Surface(np.clip(values, -np.inf, 1.0).astype(np.float32), energy)


def _moments_full(
    template: NDArray[np.float32],
    window: NDArray[np.float32],
    size: tuple[int, int],
    rows: int,
    cols: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    h, w = template.shape[1:]
    centred, beside = (
        template - template.mean(axis=(1, 2), keepdims=True),
        window - window.mean(axis=(1, 2), keepdims=True),
    )
    spectrum = (fft.rfft2(beside, size) * np.conj(fft.rfft2(centred, size))).sum(axis=0)
    num = fft.irfft2(spectrum, size)[:rows, :cols].astype(np.float64)
    down, across = _sums(rows, h), _sums(cols, w).T
    squares = down @ (beside**2).sum(axis=0) @ across
    energy = squares - ((down @ beside @ across) ** 2).sum(axis=0) / (h * w)
    return (
        num,
        np.full((1, 1), float((centred.astype(np.float64) ** 2).sum())),
        np.maximum(energy.astype(np.float64), 0.0),
    )


@lru_cache(maxsize=16)
def _sums(count: int, length: int) -> NDArray[np.float32]:
    """Return the matrix (count, count + length - 1) whose row i sums `length` values from the i-th
    on.
    """
    first = np.arange(count)[:, None]
    at = np.arange(count + length - 1)[None]
    return ((at >= first) & (at < first + length)).astype(np.float32)


def _moments_masked(
    template: NDArray[np.float32],
    template_mask: NDArray[np.bool_],
    window: NDArray[np.float32],
    window_mask: NDArray[np.bool_],
    size: tuple[int, int],
    rows: int,
    cols: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    t = np.where(template_mask, template, 0.0).astype(np.float64)
    v = np.where(window_mask, window, 0.0).astype(np.float64)

    def spectrum(a: NDArray[np.float64]) -> NDArray[np.complex128]:
        return fft.rfft2(a, size)

    def back(a: NDArray[np.complex128]) -> NDArray[np.float64]:
        return fft.irfft2(a, size)[..., :rows, :cols]

    tm, vm = (
        np.conj(spectrum(template_mask.astype(np.float64))),
        spectrum(window_mask.astype(np.float64)),
    )
    ft, fv = np.conj(spectrum(t)), spectrum(v)
    count = np.maximum(np.round(back(tm * vm)), 0.0)
    safe = np.maximum(count, 1.0)
    sum_t, sum_v = back(ft * vm), back(fv * tm)
    num = back((ft * fv).sum(axis=0)) - (sum_t * sum_v).sum(axis=0) / safe
    tt = back(np.conj(spectrum((t**2).sum(axis=0))) * vm) - (sum_t**2).sum(axis=0) / safe
    vv = back(spectrum((v**2).sum(axis=0)) * tm) - (sum_v**2).sum(axis=0) / safe
    return num, np.maximum(tt, 0.0), np.maximum(vv, 0.0), count


def find_peak(values: NDArray[np.float32], exclusion_px: int = 4) -> Peak | None:
    """Analyse the highest peak of a surface.

    Args:
        values: (rows, cols) similarities, -inf where undefined.
        exclusion_px: The second peak lies further than this (Chebyshev) from the first.

    Returns:
        The peak, or None where no position is defined.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return None
    filled = np.where(finite, values, -np.inf)
    r, c = (int(i) for i in np.unravel_index(int(np.argmax(filled)), values.shape))
    value = float(filled[r, c])
    at_edge = r in (0, values.shape[0] - 1) or c in (0, values.shape[1] - 1)
    others = filled.copy()
    others[
        max(0, r - exclusion_px) : r + exclusion_px + 1,
        max(0, c - exclusion_px) : c + exclusion_px + 1,
    ] = -np.inf
    second = float(others.max())
    background = values[finite]
    median = float(np.median(background))
    spread = 1.4826 * float(np.median(np.abs(background - median))) + 1e-6
    dx = dy = 0.0
    covariance = ((4.0, 0.0), (0.0, 4.0))
    patch = filled[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2]
    if not at_edge and np.isfinite(patch).all():
        dx, dy, covariance = quadratic_peak(patch.astype(np.float64), spread)
    return Peak(
        c + float(dx),
        r + float(dy),
        value,
        max(second, 0.0),
        covariance,
        at_edge,
        (value - median) / spread,
    )
