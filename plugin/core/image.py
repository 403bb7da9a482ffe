"""A prepared image, as every matcher gets it, and windows of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .types import Modality

Window = tuple[int, int, int, int]
"""x, y of the first pixel, width, height."""


@dataclass(frozen=True, eq=False)
class Image:
    """A prepared image.

    Attributes:
        data: (H, W) float32, about 0..1, 0 where invalid.
        mask: (H, W) bool, True = valid.
        modality: Optical or SAR.
    """

    data: NDArray[np.float32]
    mask: NDArray[np.bool_]
    modality: Modality
