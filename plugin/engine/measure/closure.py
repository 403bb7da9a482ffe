"""Precision without any truth, from places of which both sensors were there at two dates.

With T the shift that a matcher finds between optical and SAR of one date, and R the shifts between
the dates of each sensor (plain correlation, good to about 0.1 px), T(after) - T(before) =
R(optical) - R(SAR) whatever the truth is. What is missing, over the root of two, is the error of
one registration. The SAR image of each date is moved by some whole pixels first, differently: else
whoever always answers the same would be the most precise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...matchers import PairMatcher, TemplateMatcher
from .cases import Case, Row, load_pair, place_of
from .direct import direct_motion, plain_shift

_WINDOW_PX, _REACH_PX = 192, 16
_DATES_REACH_PX = 8
_MOVED_PX = 8


def places_of_two_dates(rows: list[Row]) -> list[tuple[Row, Row]]:
    """Return the pairs of rows that show one place before and after."""
    by_place: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        for date in ("before", "after"):
            if f"_{date}_" in row["id"]:
                by_place.setdefault(place_of(row), {})[date] = row
    return [(dates["before"], dates["after"]) for dates in by_place.values() if len(dates) == 2]


@dataclass(frozen=True, eq=False)
class Window:
    """One window of a place.

    Attributes:
        row: Of the earlier date.
        draw: Which window.
        before: Optical and SAR, (192, 192).
        after: The same of the later date.
        expected: (2,) R(optical) - R(SAR), px.
    """

    row: Row
    draw: int
    before: tuple[NDArray[np.uint8], NDArray[np.uint8]]
    after: tuple[NDArray[np.uint8], NDArray[np.uint8]]
    expected: NDArray[np.float64]


def closure_windows(dataset: Path, rows: list[Row], draws: int) -> Iterator[Window]:
    """Give windows of 192 px at the corners of the places of two dates, `draws` a place, at most
    four; not where the dates cannot be compared with each other.
    """
    for dates in places_of_two_dates(rows):
        pairs = [load_pair(dataset, row) for row in dates]
        side = min(*(min(image.shape) for pair in pairs for image in pair))
        for draw in range(min(draws, 4)):
            x, y = (side - _WINDOW_PX) * (draw % 2), (side - _WINDOW_PX) * (draw // 2)
            there = slice(y, y + _WINDOW_PX), slice(x, x + _WINDOW_PX)
            before, after = ((optical[there], sar[there]) for optical, sar in pairs)
            optical, sar = (
                plain_shift(one, other, _DATES_REACH_PX)
                for one, other in zip(before, after, strict=True)
            )
            if optical is not None and sar is not None:
                yield Window(dates[0], draw, before, after, optical - sar)


def closure_error(matcher: TemplateMatcher | PairMatcher, window: Window) -> float | None:
    """Return the error of one registration by a matcher alone (see `direct`), px; None where it
    finds nothing.
    """
    rng = np.random.default_rng([window.draw, *(ord(c) for c in window.row["id"])])
    before, after = (
        _shift(matcher, *images, rng.integers(-_MOVED_PX, _MOVED_PX + 1, 2))
        for images in (window.before, window.after)
    )
    if before is None or after is None:
        return None
    return float(np.hypot(*(after - before - window.expected)) / np.sqrt(2))


def _shift(
    matcher: TemplateMatcher | PairMatcher,
    optical: NDArray[np.uint8],
    sar: NDArray[np.uint8],
    moved: NDArray[np.int64],
) -> NDArray[np.float64] | None:
    """Return (2,) from where the SAR image lies to where it is found in the optical one, px, when
    it is looked for in a place `moved` from there.
    """
    size = _WINDOW_PX - 2 * _REACH_PX
    x, y = (_REACH_PX + int(v) for v in moved)
    truth = np.eye(3)
    truth[:2, 2] = (x, y)
    case = Case(optical, sar[y : y + size, x : x + size], truth)
    motion = direct_motion(matcher, case, "shift")
    if motion is None:
        return None
    middle = case.probes(True)
    return np.asarray((motion.apply(middle) - case.to_reference(middle))[0])
