"""Pictures of fields as an optical and a radar image."""

from __future__ import annotations

import numpy as np
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.types import Modality
from scipy import ndimage


def radar_pair(shape, shift=(0, 0), seed=0):
    """Return an optical image of fields and a radar-like one (other tones, bright edges, speckle)
    that lies `shift` (x, y) px further.
    """
    rng = np.random.default_rng(seed)
    size = (shape[0] + 64, shape[1] + 64)
    seeds = np.zeros(size, np.int64)
    count = size[0] * size[1] // 900
    seeds[rng.integers(0, size[0], count), rng.integers(0, size[1], count)] = np.arange(
        1, count + 1
    )
    nearest = ndimage.distance_transform_edt(
        seeds == 0, return_distances=False, return_indices=True
    )
    field = seeds[tuple(nearest)]
    tones = rng.random(count + 1)
    optical = ndimage.gaussian_filter(tones[field], 1.0) + 0.01 * rng.standard_normal(size)
    smooth = ndimage.gaussian_filter(tones[field], 1.0)
    edges = np.hypot(ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1))
    radar = (
        0.25
        + 0.4 * np.sin(4 * smooth) ** 2
        + 0.3 * edges
        + 0.08 * np.log(rng.gamma(4.0, 0.25, size))
    )
    x, y = 32 - shift[0], 32 - shift[1]
    parts = (
        optical[32 : 32 + shape[0], 32 : 32 + shape[1]],
        radar[y : y + shape[0], x : x + shape[1]],
    )
    kinds = Modality.OPTICAL, Modality.SAR
    return [
        Image(np.clip(p, 0, 1).astype(np.float32), np.ones(shape, bool), kind)
        for p, kind in zip(parts, kinds, strict=True)
    ]


def cut_rows(image, y, height):
    """Return the rows of an image from `y` on."""
    return Image(image.data[y : y + height], image.mask[y : y + height], image.modality)
