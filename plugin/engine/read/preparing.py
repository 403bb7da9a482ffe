"""From samples to comparable images: SAR in decibel, optical in grey, both about 0..1 with a mask.

The stretch is decided once per scene, so that a tile's values do not depend on how the scene is
tiled.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import EmptyImageError
from ...core.run.sample_kinds import detect_modality, detect_sar_scale
from ...core.types import Modality

"""x, y, width, height in px."""

__all__ = [
    "HEALING_REACH_PX",
    "LUMINANCE",
    "Stretch",
    "block_means",
    "detect_modality",
    "detect_sar_scale",
    "healed",
    "logarithm",
    "make_stretch",
    "to_grey",
]

HEALING_REACH_PX = 4
"""How far around a pixel `healed` looks."""
_MOST_HEALED = 0.25
_HALF = 0.5 - 1e-6  # half of a block, whatever the rounding of its mean

LUMINANCE = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Stretch:
    """How a scene's grey values become 0..1.

    Attributes:
        decibel: Take 10 log10 (power) or 20 log10 (amplitude) first: 0 = no logarithm, else the
            factor.
        low: Value that becomes 0.
        high: Value that becomes 1.
    """

    decibel: float
    low: float
    high: float

    def apply(self, grey: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return (H, W) float32 in 0..1, 0 where the mask is False."""
        values = logarithm(grey, self.decibel)
        scaled = np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.where(mask, scaled, 0.0).astype(np.float32)


def logarithm(grey: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """Return `factor * log10(grey)`, non-positive samples taken as the smallest positive ones;
    factor 0 changes nothing.
    """
    if factor == 0.0:
        return grey
    return np.asarray(factor * np.log10(np.maximum(grey, 1e-10)), dtype=np.float32)


def to_grey(bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reduce (B, H, W) to (H, W): one band as it is, three as luminance, others as their mean."""
    if bands.shape[0] == 1:
        return np.asarray(bands[0], dtype=np.float32)
    if bands.shape[0] == 3:
        return np.asarray(np.tensordot(LUMINANCE, bands, axes=1), dtype=np.float32)
    return np.asarray(bands.mean(axis=0), dtype=np.float32)


def block_means(
    bands: NDArray[np.float32], mask: NDArray[np.bool_], factor: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Average blocks of factor x factor pixels over their valid ones.

    Args:
        bands: (B, H * factor, W * factor), 0 where the mask is False.
        mask: (H * factor, W * factor).
        factor: Side of a block.

    Returns:
        (B, H, W) float32, and where at least half of a block is valid, (H, W); 0 elsewhere.
    """
    rows, cols = mask.shape[0] // factor, mask.shape[1] // factor
    means = np.stack(
        [cv2.resize(band, (cols, rows), interpolation=cv2.INTER_AREA) for band in bands]
    )
    if mask.all():
        return means, np.ones((rows, cols), bool)
    share = cv2.resize(mask.astype(np.float32), (cols, rows), interpolation=cv2.INTER_AREA)
    valid = share >= _HALF
    return np.where(valid, means / np.maximum(share, _HALF), 0.0).astype(np.float32), valid


def healed(
    data: NDArray[np.float32], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Fill small holes, such as single zeros of a radar shadow, from the pixels about them; larger
    ones stay holes.

    A hole is small where no 3 x 3 square of it is wholly invalid. Where more than a quarter of the
    7 x 7 pixels about a place is invalid nothing is filled: there would be more guessed than seen.
    What is done with a pixel depends on the pixels within `HEALING_REACH_PX` of it only, not on how
    the scene is tiled.

    Args:
        data: (H, W) float32, 0 where the mask is False.
        mask: (H, W).

    Returns:
        Both with small holes filled; the same arrays where there are none.
    """
    if mask.all():
        return data, mask
    invalid = (~mask).astype(np.uint8)
    large = cv2.morphologyEx(
        invalid, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE
    )
    share = cv2.blur(invalid.astype(np.float32), (7, 7), borderType=cv2.BORDER_REFLECT_101)
    small = (invalid > 0) & (large == 0) & (share <= _MOST_HEALED)
    if not small.any():
        return data, mask
    size, sigma = (7, 7), 1.0
    total = cv2.GaussianBlur(np.where(mask, data, 0.0).astype(np.float32), size, sigma)
    weight = cv2.GaussianBlur(mask.astype(np.float32), size, sigma)
    return np.where(small, total / np.maximum(weight, 1e-6), data).astype(np.float32), mask | small


def make_stretch(
    sample: NDArray[np.float32], modality: Modality, sar_scale: str, dtype: str
) -> Stretch:
    """Decide the stretch from samples all over the scene (1st to 99th percentile).

    Raises:
        EmptyImageError: when there are no valid samples or all are equal.
    """
    if sample.size == 0:
        raise EmptyImageError(
            "The image has no valid pixels.", "Check its nodata value and the chosen band."
        )
    factor = 0.0
    if modality is Modality.SAR:
        scale = detect_sar_scale(sample, dtype) if sar_scale == "auto" else sar_scale
        factor = {"db": 0.0, "amplitude": 20.0, "power": 10.0}[scale]
        if factor:
            sample = sample[sample > 0]
            if sample.size == 0:
                raise EmptyImageError(
                    "The SAR image has no positive samples.", "Choose 'Decibel' as its values."
                )
    low, high = (float(v) for v in np.percentile(logarithm(sample, factor), (1.0, 99.0)))
    if not high > low:
        low, high = (
            float(v) for v in (logarithm(sample, factor).min(), logarithm(sample, factor).max())
        )
    if not high > low:
        raise EmptyImageError(
            "The image is constant: all valid pixels have the same value.",
            "Choose another band or file.",
        )
    return Stretch(factor, low, high)


def eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (H, W): the valid pixels two px or more from invalid ones, where features mix nothing
    in.
    """
    if mask.all():
        return mask
    inner: NDArray[np.bool_] = cv2.erode(
        mask.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=1
    ).astype(bool)
    return inner
