"""The protocols of a bench (see `cases` and `bench`) and what one matcher did on one draw of one
pair.
"""

from __future__ import annotations

from dataclasses import dataclass

THRESHOLDS_PX = (1.0, 2.0, 3.0, 5.0)
DRAWN = (
    "shift",
    "affine",
    "unrelated",
    "unrelated_shift",
    "georeferenced",
    "unrelated_georeferenced",
    "bent",
)
ALONE = ("template", "direct_shift", "direct_affine", "direct_bent")
"""Protocols in which nothing but the matcher works."""
CLOSURE = "closure"
PROTOCOLS = (*DRAWN, *ALONE, CLOSURE)


@dataclass(frozen=True)
class Outcome:
    """One matcher on one draw of one pair.

    Attributes:
        error_px: Distance from the truth (in *closure* the missing part of the sum, see `closure`),
            also of what was refused; None where there is no answer.
        status: "ok", "no_reliable_alignment" or "error".
        miss_px: From the truth to the answer at the middle of the sensed image; None where there is
            no answer.
        draw: Its number.
    """

    protocol: str
    matcher: str
    source: str
    id: str
    status: str
    error_px: float | None
    seconds: float
    message: str
    miss_px: tuple[float, float] | None = None
    draw: int = 0

    def within(self, threshold_px: float, refused_too: bool = False) -> bool:
        """Tell whether the answer counts as right: near enough, and not refused unless that is not
        asked.
        """
        return (
            self.error_px is not None
            and self.error_px <= threshold_px
            and (refused_too or self.status == "ok")
        )


def drawn_as(protocol: str) -> str:
    """Return the protocol whose cases a protocol takes."""
    return "shift" if protocol == "template" else protocol.removeprefix("direct_")


def is_shift(protocol: str) -> bool:
    """Tell whether the cases of a protocol are plain shifts."""
    return protocol.endswith("shift") or protocol == "template"


def is_unrelated(protocol: str) -> bool:
    """Tell whether the images of a protocol do not belong together."""
    return protocol.startswith("unrelated")


def is_georeferenced(protocol: str) -> bool:
    """Tell whether the images of a protocol are rasters with a CRS, misplaced by a little."""
    return protocol.endswith("georeferenced")


def is_bent(protocol: str) -> bool:
    """Tell whether the sensed image of a protocol is bent."""
    return protocol.endswith("bent")
