"""The protocols of a bench (see `evaluate`) and what one matcher did on one pair."""

from __future__ import annotations

from dataclasses import dataclass

THRESHOLDS_PX = (1.0, 2.0, 3.0, 5.0)
DRAWN = ("shift", "affine", "unrelated", "unrelated_shift", "georeferenced", "unrelated_georeferenced")
PROTOCOLS = (*DRAWN, "template")


@dataclass(frozen=True)
class Outcome:
    """One matcher on one pair; `error_px` and `miss_px`, from the truth to the answer at the middle of the sensed image, are None where there is no answer."""

    protocol: str
    matcher: str
    source: str
    id: str
    status: str
    error_px: float | None
    seconds: float
    message: str
    miss_px: tuple[float, float] | None = None


def is_shift(protocol: str) -> bool:
    """Tell whether the cases of a protocol are plain shifts."""
    return protocol.endswith("shift")


def is_unrelated(protocol: str) -> bool:
    """Tell whether the images of a protocol do not belong together."""
    return protocol.startswith("unrelated")


def is_georeferenced(protocol: str) -> bool:
    """Tell whether the images of a protocol are rasters with a CRS, misplaced by a little."""
    return protocol.endswith("georeferenced")
