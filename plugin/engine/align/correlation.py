"""The correlation of many versions of one image with another, over a box of shifts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from .tuning import MIN_OVERLAP

NOTHING = -1.0
"""The score where too little of the images meets to be compared."""

Array = NDArray[np.float32]


class Correlator:
    """Correlates many versions of one image with a reference whose spectra are computed once.

    Args:
        features: (C, H, W) of the reference.
        mask: (H, W), where it counts.
        shape: Rows and columns of the images to come.
        low: Smallest shift (x, y), px.
        high: Largest shift (x, y), px.
    """

    def __init__(
        self,
        features: Array,
        mask: NDArray[np.bool_],
        shape: tuple[int, int],
        low: tuple[int, int],
        high: tuple[int, int],
    ) -> None:
        # 1. The box of shifts, and the sides of the transforms that hold it.
        self.low, self.high = low, high
        self.shape = (high[1] - low[1] + 1, high[0] - low[0] + 1)
        whole = [side + lags - 1 for side, lags in zip(shape, self.shape, strict=True)]
        # 2. Less is enough where zeros lie before or beside the reference: what leaves at the far
        #    end may come back on them.
        before = [max(0, -low[1]), max(0, -low[0])]
        beside = [
            min(b + side - max(0, lowest), w)
            for b, side, lowest, w in zip(before, mask.shape, low[::-1], whole, strict=True)
        ]
        rows, cols = (
            fft.next_fast_len(max(w - b, s), real=True)
            for w, b, s in zip(whole, before, beside, strict=True)
        )
        self.size = (rows, cols)
        # 3. Features minus their mean, their energy and the mask, as spectra. What a shift of `low`
        #    meets comes first, so that the smallest shift is the first lag; what no shift meets is
        #    cut off.
        centred = (features - self._mean(features, mask)) * mask
        energy = np.einsum("chw,chw->hw", centred, centred)
        *self.f, self.energy, self.mask = (
            self._spectrum(_moved(a, low, self.size))
            for a in (*centred, energy, mask.astype(np.float32))
        )

    @staticmethod
    def _mean(features: Array, mask: NDArray[np.bool_]) -> Array:
        count = max(int(mask.sum()), 1)
        return ((features * mask).sum(axis=(1, 2), keepdims=True) / count).astype(np.float32)

    def _spectrum(self, image: Array) -> NDArray[np.complex64]:
        """Return the spectrum of an image with zeros beside and below it; rows of zeros need no
        transform.
        """
        return fft.fft(
            fft.rfft(image, self.size[1], axis=1), self.size[0], axis=0, overwrite_x=True
        )

    def _lags(self, spectrum: NDArray[np.complex64]) -> Array:
        """Return the correlation over the lags in demand."""
        rows = fft.ifft(spectrum, axis=0, overwrite_x=True)[: self.shape[0]]
        return fft.irfft(rows, self.size[1], axis=1, overwrite_x=True)[:, : self.shape[1]]

    def __call__(self, features: Array, mask: NDArray[np.bool_]) -> Array:
        """Return similarity (rows, columns) over the shifts, smallest first; weighted by the root
        of the overlap, -1 where it is too small.
        """
        # 1. The products of both images at each shift, channel by channel: the spectra of all at
        #    once are hundreds of MB.
        centred = (features - self._mean(features, mask)) * mask
        tm, product = np.conj(self._spectrum(mask.astype(np.float32))), np.zeros_like(self.mask)
        for channel, spectrum in zip(centred, self.f, strict=True):
            product += np.conj(self._spectrum(channel)) * spectrum
        num = self._lags(product)
        # 2. The energy of each image where it meets the other's mask, and how much of them meets.
        tt = self._lags(
            np.conj(self._spectrum(np.einsum("chw,chw->hw", centred, centred))) * self.mask
        )
        vv = self._lags(tm * self.energy)
        overlap = self._lags(tm * self.mask) / max(float(mask.sum()), 1.0)
        # 3. The cosine of the angle between them, weighted by the root of the overlap.
        energy = np.maximum(tt, 0) * np.maximum(vv, 0)
        floor = 1e-6 * float(energy.max()) + 1e-20
        score = num / np.sqrt(np.maximum(energy, floor)) * np.sqrt(np.clip(overlap, 0.0, 1.0))
        return np.where(overlap >= MIN_OVERLAP, score, NOTHING).astype(np.float32)


def _moved(image: Array, low: tuple[int, int], shape: tuple[int, int]) -> Array:
    """Return what lies from pixel `low` (x, y) on, (rows, columns); zeros outside the image."""
    out = np.zeros(shape, np.float32)
    x, y = low
    top, left = max(0, -y), max(0, -x)
    part = image[max(0, y) : max(0, y + shape[0]), max(0, x) : max(0, x + shape[1])]
    out[top : top + part.shape[0], left : left + part.shape[1]] = part
    return out


def parabola(surface: Array, r: int, c: int) -> tuple[float, float]:
    """Return how far right and down of a pixel the parabolas through its neighbours peak, px; 0 at
    the edge.
    """
    if not (0 < r < surface.shape[0] - 1 and 0 < c < surface.shape[1] - 1):
        return 0.0, 0.0

    def top(left: float, mid: float, right: float) -> float:
        bend = left - 2 * mid + right
        return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0

    row, col = surface[r], surface[:, c]
    return top(row[c - 1], row[c], row[c + 1]), top(col[r - 1], col[r], col[r + 1])
