"""SIFT keypoints: a yardstick for optical pairs; it rarely works across sensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..core.fields import check_params, param
from ..core.geometry.coords import px_from_idx
from .registry import PairMatcher, PairMatches, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image, Window


@dataclass(frozen=True)
class SiftParams:
    """Parameters of `sift`."""

    keypoints: int = param(
        4000, "Keypoints", "Strongest keypoints kept per tile.", min=100, max=20000
    )
    ratio: float = param(
        0.85,
        "Ratio test",
        "Largest ratio of best to second-best descriptor distance.",
        min=0.5,
        max=1.0,
    )

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="sift",
    label="SIFT",
    kind="pair",
    summary="Matches keypoints of similar images (optical with optical); not meant for SAR.",
    params=SiftParams,
    reference="Lowe 2004, Distinctive image features from scale-invariant keypoints, IJCV 60(2)",
    rank=5,
)
class SiftMatcher(PairMatcher):
    """OpenCV's SIFT, nearest descriptors within the search radius, ratio test and mutual check."""

    params: SiftParams
    base_mb = 750

    def match(
        self,
        reference: Image,
        sensed: Image,
        search_radius_px: float,
        wanted: Window | None = None,  # noqa: ARG002
    ) -> PairMatches:
        """Return the matches."""
        import cv2

        # enable_precise_upscale removes OpenCV's bias of a quarter pixel.
        detector = cv2.SIFT_create(  # type: ignore[attr-defined,unused-ignore]
            nfeatures=self.params.keypoints, contrastThreshold=0.02, enable_precise_upscale=True
        )
        keys_r, desc_r = detector.detectAndCompute(
            _to_8_bit(reference), reference.mask.astype(np.uint8)
        )
        keys_s, desc_s = detector.detectAndCompute(_to_8_bit(sensed), sensed.mask.astype(np.uint8))
        if desc_r is None or desc_s is None or len(keys_r) < 2 or len(keys_s) < 2:
            return PairMatches.none()
        pos_r, pos_s = (px_from_idx(np.array([k.pt for k in keys])) for keys in (keys_r, keys_s))
        distance = np.sqrt(
            np.maximum(
                (desc_s**2).sum(1)[:, None] + (desc_r**2).sum(1)[None] - 2 * desc_s @ desc_r.T, 0.0
            )
        )
        for row, at in zip(distance, pos_s, strict=True):
            row[((pos_r - at) ** 2).sum(axis=1) > search_radius_px**2] = np.inf
        best = distance.argmin(axis=1)
        value = distance[np.arange(len(best)), best]
        others = distance.copy()
        others[np.arange(len(best)), best] = np.inf
        with np.errstate(invalid="ignore"):
            ratio = value / np.maximum(others.min(axis=1), 1e-9)
        mutual = distance.argmin(axis=0)[best] == np.arange(len(best))
        keep = np.flatnonzero(np.isfinite(value) & mutual & (ratio <= self.params.ratio))
        score = 1.0 - np.clip(ratio[keep], 0.0, 1.0)
        return PairMatches(pos_r[best[keep]], pos_s[keep], score.astype(np.float64))


def _to_8_bit(image: Image) -> NDArray[np.uint8]:
    return np.clip(np.round(image.data * 255), 0, 255).astype(np.uint8)
