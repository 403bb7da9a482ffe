"""Normalised cross-correlation of gradient magnitude: simple, fast, and hard to beat on 10 m
imagery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..core.fields import check_params, param
from ..core.types import Modality
from .registry import TemplateMatcher, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image


@dataclass(frozen=True)
class GradientNccParams:
    """Parameters of `gradient_ncc`."""

    sigma: float = param(
        1.0, "Smoothing", "Gaussian blur before the gradient.", unit="px", min=0.3, max=5.0
    )

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="gradient_ncc",
    label="Gradient NCC",
    kind="template",
    summary="Correlates the strength of edges, whatever their sign; fast, for scenes with clear "
    "outlines.",
    params=GradientNccParams,
    reference="Lewis 1995, Fast normalized cross-correlation; gradient magnitude as the common "
    "representation",
    rank=30,
)
class GradientNccMatcher(TemplateMatcher):
    """Gradient magnitude, one channel."""

    params: GradientNccParams
    bytes_per_px = 90

    def features(self, image: Image, modality: Modality) -> NDArray[np.float32]:  # noqa: ARG002 - same for both
        """Return the gradient magnitude (1, H, W)."""
        from .parts.features import fill_invalid, gradient

        gx, gy = gradient(fill_invalid(image.data, image.mask), self.params.sigma)
        return np.where(image.mask, np.hypot(gx, gy), 0.0)[None].astype(np.float32)
