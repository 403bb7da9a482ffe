"""Orientated phase congruency (HOPC-like): structure that does not depend on contrast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..core.fields import check_params, param
from ..core.types import Modality
from .registry import TemplateMatcher, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image


@dataclass(frozen=True)
class PhaseCongruencyParams:
    """Parameters of `phase_congruency`."""

    scales: int = param(
        4, "Scales", "Log-Gabor scales, wavelengths 3 px and its doublings.", min=2, max=6
    )
    orientations: int = param(6, "Orientations", "Log-Gabor orientations.", min=4, max=12)
    sigma: float = param(
        1.0,
        "Channel smoothing",
        "Gaussian blur of each orientation channel.",
        unit="px",
        min=0.0,
        max=5.0,
    )

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="phase_congruency",
    label="Phase congruency",
    kind="template",
    summary="Correlates phase congruency by orientation; insensitive to illumination and "
    "contrast, slower than CFOG.",
    params=PhaseCongruencyParams,
    reference="Ye et al. 2017, Robust registration of multimodal remote sensing images based on "
    "structural similarity, TGRS 55(5)",
    rank=20,
)
class PhaseCongruencyMatcher(TemplateMatcher):
    """Phase congruency of each orientation, smoothed.

    Deviation:
        dense channels in place of block histograms, so that one correlation serves all offsets.
    """

    params: PhaseCongruencyParams
    margin_px: ClassVar[int] = 48
    bytes_per_px: ClassVar[int] = 750

    def features(self, image: Image, modality: Modality) -> NDArray[np.float32]:  # noqa: ARG002 - same for both
        """Return the orientation channels (orientations, H, W)."""
        from .parts.features import blur, fill_invalid, phase_congruency, unit_channels

        pc = phase_congruency(
            fill_invalid(image.data, image.mask), self.params.scales, self.params.orientations
        )
        channels = np.stack([blur(c, self.params.sigma) for c in pc])
        return unit_channels(channels, 0.05) * image.mask.astype(np.float32)
