"""From samples to comparable images: SAR in decibel, optical in grey, both about 0..1 with a mask.

The stretch is decided once per scene, so that a tile's values do not depend on how the scene is tiled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.errors import EmptyImageError
from ..core.types import Modality

_SAR_NAME = re.compile(
    r"(?<![a-z0-9])(sar|s1[abcd]?|s1rtc|s1grd|sentinel-?1[abcd]?|[cx]-?sar|palsar2?|alos2?|vv|vh|hh|hv|sigma0|gamma0|grdh?|slc|rtc|tsx|tdx|terrasar-?x"
    r"|radarsat-?[12]?|rcm|cosmo|csk|gf3|iceye|capella|umbra|saocom|nisar)(?![a-z0-9])"
)
_OPTICAL_NAME = re.compile(
    r"(?<![a-z0-9])(opt|optical|rgb|s2[abc]?|s2l[12][ac]|l[12][ac]|sentinel-?2[abc]?|msi|landsat-?[5789]?|oli|etm|naip|pan|worldview-?[1-4]?|wv[0-9]+"
    r"|planet|planetscope|spot[1-7]?|pleiades|gf[1267]|ortho|orthophoto|aerial|nir|red|green|blue)(?![a-z0-9])"
)
LUMINANCE = np.array([0.299, 0.587, 0.114])


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


@dataclass(frozen=True)
class Stretch:
    """How a scene's grey values become 0..1.

    Attributes:
        decibel: Take 10 log10 (power) or 20 log10 (amplitude) first: 0 = no logarithm, else the factor.
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
    """Return `factor * log10(grey)`, non-positive samples taken as the smallest positive ones; factor 0 changes nothing."""
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


def detect_modality(names: str, colourful: bool, sample: NDArray[np.float32], fallback: Modality) -> Modality:
    """Guess what made an image.

    Args:
        names: File name, band descriptions and tags in one string.
        colourful: Whether the file has three or more bands that differ.
        sample: Valid samples of the first band.
        fallback: Answer where nothing speaks for either.
    """
    sar, optical = _SAR_NAME.search(names.lower()), _OPTICAL_NAME.search(names.lower())
    if bool(sar) != bool(optical):
        return Modality.SAR if sar else Modality.OPTICAL
    if sample.size and -40.0 < float(np.median(sample)) < 0.0 and float(sample.min()) > -80.0:
        return Modality.SAR
    return Modality.OPTICAL if colourful else fallback


def detect_sar_scale(sample: NDArray[np.float32], dtype: str) -> str:
    """Tell whether SAR samples are "db", "amplitude" or "power".

    Args:
        sample: Valid samples.
        dtype: Data type of the file.

    Returns:
        "db" for negative values and for pictures whose histogram is already even (8-bit exports of decibels); "power" for
        positive floats with a heavy tail and a median under 1.5; else "amplitude".
    """
    if sample.size == 0 or float(np.percentile(sample, 5)) < 0:
        return "db"
    spread = float(sample.std())
    skewness = float((((sample - sample.mean()) / spread) ** 3).mean()) if spread > 0 else 0.0
    if dtype == "uint8":
        return "amplitude" if skewness > 2.0 else "db"
    if dtype.startswith("float"):
        return "power" if float(np.median(sample)) < 1.5 else "amplitude"
    return "amplitude" if skewness > 1.0 else "db"


def make_stretch(sample: NDArray[np.float32], modality: Modality, sar_scale: str, dtype: str) -> Stretch:
    """Decide the stretch from samples all over the scene (1st to 99th percentile).

    Raises:
        EmptyImageError: when there are no valid samples or all are equal.
    """
    if sample.size == 0:
        raise EmptyImageError("The image has no valid pixels.", "Check its nodata value and the chosen band.")
    factor = 0.0
    if modality is Modality.SAR:
        scale = detect_sar_scale(sample, dtype) if sar_scale == "auto" else sar_scale
        factor = {"db": 0.0, "amplitude": 20.0, "power": 10.0}[scale]
        if factor:
            sample = sample[sample > 0]
            if sample.size == 0:
                raise EmptyImageError("The SAR image has no positive samples.", "Choose 'Decibel' as its values.")
    low, high = (float(v) for v in np.percentile(logarithm(sample, factor), (1.0, 99.0)))
    if not high > low:
        low, high = (float(v) for v in (logarithm(sample, factor).min(), logarithm(sample, factor).max()))
    if not high > low:
        raise EmptyImageError("The image is constant: all valid pixels have the same value.", "Choose another band or file.")
    return Stretch(factor, low, high)
