"""Speckle filters for stretched SAR images; invalid pixels never enter them.

Reference:
    Lee 1980, Digital image enhancement and noise filtering by use of local statistics, PAMI 2(2),
    eq. 8; Frost et al. 1982, A model for radar images and its application to adaptive digital
    filtering, PAMI 4(2).

Deviation:
    Both are applied to the stretched (logarithmic) image, where speckle is additive: Lee in its
    additive form, Frost with the local variance over the scene's speckle variance as its damping.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import UsageError

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
REACH_PX = {"none": 0, "lee": 3, "frost": 3, "median": 2}


def despeckle(data: Array, mask: Mask, kind: str, noise: float | None = None) -> Array:
    """Filter speckle.

    Args:
        data: (H, W), 0..1.
        mask: (H, W), True = valid.
        kind: "none", "lee" (7x7), "frost" (7x7) or "median" (5x5).
        noise: Variance of the speckle in `data`; None = estimated from `data` itself.

    Returns:
        (H, W) float32, 0 where invalid.

    Raises:
        UsageError: unknown kind.
    """
    if kind == "none":
        return data
    if kind not in REACH_PX:
        raise UsageError(
            f"Unknown speckle filter {kind!r}.", f"Choose one of: {', '.join(REACH_PX)}."
        )
    mean, variance = _local_statistics(data, mask, 2 * REACH_PX[kind] + 1)
    if kind == "median":
        return np.where(
            mask, cv2.medianBlur(np.where(mask, data, mean).astype(np.float32), 5), 0.0
        ).astype(np.float32)
    speckle = max(noise_variance(data, mask) if noise is None else noise, 1e-9)
    if kind == "lee":
        gain = np.clip(1.0 - speckle / np.maximum(variance, 1e-12), 0.0, 1.0)
        return np.where(mask, mean + gain * (data - mean), 0.0).astype(np.float32)
    return _frost(data, mask, variance / speckle)


def noise_variance(data: Array, mask: Mask) -> float:
    """Estimate the speckle variance: the lower quartile of 7x7 variances, that is the homogeneous
    quarter of the image.
    """
    variance = _local_statistics(data, mask, 7)[1]
    return float(np.percentile(variance[mask], 25)) if mask.any() else 0.0


def _local_statistics(data: Array, mask: Mask, size: int) -> tuple[Array, Array]:
    weight = mask.astype(np.float32)
    window = (size, size)
    count = np.maximum(cv2.blur(weight, window, borderType=cv2.BORDER_CONSTANT), 1e-6)
    mean = cv2.blur(data * weight, window, borderType=cv2.BORDER_CONSTANT) / count
    square = cv2.blur(data * data * weight, window, borderType=cv2.BORDER_CONSTANT) / count
    return mean, np.maximum(square - mean**2, 0.0)


def _frost(data: Array, mask: Mask, heterogeneity: Array) -> Array:
    rows, cols = data.shape
    reach = REACH_PX["frost"]
    damping = 0.25 * heterogeneity
    weight = mask.astype(np.float32)
    padded, padded_weight = np.pad(data * weight, reach), np.pad(weight, reach)
    total, norm = np.zeros_like(data), np.zeros_like(data)
    for dy in range(2 * reach + 1):
        for dx in range(2 * reach + 1):
            decay = np.exp(-damping * float(np.hypot(dx - reach, dy - reach)))
            total += decay * padded[dy : dy + rows, dx : dx + cols]
            norm += decay * padded_weight[dy : dy + rows, dx : dx + cols]
    return np.where(mask, total / np.maximum(norm, 1e-9), 0.0).astype(np.float32)
