"""What the samples of a raster are: radar or optical, decibel or linear, guessed from names and
values.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from ..types import Modality

_SAR_NAME = re.compile(
    r"(?<![a-z0-9])(sar|s1[abcd]?|s1rtc|s1grd|sentinel-?1[abcd]?|[cx]-?sar|palsar2?|alos2?|vv|vh|hh|hv|sigma0|gamma0|grdh?|slc|rtc|tsx|tdx|terrasar-?x"
    r"|radarsat-?[12]?|rcm|cosmo|csk|gf3|iceye|capella|umbra|saocom|nisar)(?![a-z0-9])"
)
_OPTICAL_NAME = re.compile(
    r"(?<![a-z0-9])(opt|optical|rgb|s2[abc]?|s2l[12][ac]|l[12][ac]|sentinel-?2[abc]?|msi|landsat-?[5789]?|oli|etm|naip|pan|worldview-?[1-4]?|wv[0-9]+"
    r"|planet|planetscope|spot[1-7]?|pleiades|gf[1267]|ortho|orthophoto|aerial|nir|red|green|blue)(?![a-z0-9])"
)


def detect_modality(
    names: str, colourful: bool, sample: NDArray[np.float32], fallback: Modality
) -> Modality:
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
        "db" for negative values and for pictures whose histogram is already even (8-bit exports of
        decibels); "power" for positive floats with a heavy tail and a median under 1.5; else
        "amplitude".
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
