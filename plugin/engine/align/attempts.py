"""The coarse positions that a pair is matched from, one after the other until one is sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...core.errors import NothingToCompareError, UsageError
from ...core.fit.result import CoarseResult
from ...core.geometry import coords
from ...core.geometry.grid import Grid
from ...core.progress import Progress
from ...core.threads import threads_of
from ...core.types import AlignParams, Reason
from ...matchers import PairMatcher, TemplateMatcher, get_spec
from ..read.pair import WorkingPair
from . import tuning
from .budget import within_budget
from .coarse import coarse_align
from .find import coarse_guides
from .found import Found
from .verdict import Verdict

_FIRST_SHARE = 0.8


@dataclass(frozen=True, eq=False)
class Position:
    """Where the coarse stage puts the sensed raster.

    Attributes:
        coarse: Its answer.
        guide: Whose features were compared.
        turned: Whether rotation and scale were searched.
        pair: The rasters, the sensed one there.
        params: Within the memory budget.
        progress: Of what is done from there.
    """

    coarse: CoarseResult
    guide: TemplateMatcher
    turned: bool
    pair: WorkingPair
    params: AlignParams
    progress: Progress


@dataclass(frozen=True, eq=False)
class Attempt:
    """A registration from one coarse position.

    Attributes:
        coarse: Answer of the coarse stage.
        turned: Whether it searched rotation and scale.
        pair: The rasters as they were matched.
        found: What was found there.
        reasons: What the filters said of each candidate.
        verdict: How far to trust it all.
    """

    coarse: CoarseResult
    turned: bool
    pair: WorkingPair
    found: Found
    reasons: list[Reason]
    verdict: Verdict

    @property
    def is_sure(self) -> bool:
        """Whether no other position need be tried."""
        return self.verdict.reliable and self.verdict.numbers["probability"] >= tuning.SURE


def searches_of(pair: WorkingPair, params: AlignParams) -> tuple[bool, ...]:
    """Return whether the coarse stage searches rotation and scale, for each search in the order in
    which they are tried until one is sure.

    Georeferenced rasters are seldom turned: where a shift alone registers them surely, there is
    nothing to search.
    """
    if not params.rotation_scale_search or params.model == "shift":
        return (False,)
    return (False, True) if pair.reference.is_georeferenced else (True,)


def coarse_positions(
    pair: WorkingPair,
    matcher: TemplateMatcher | PairMatcher,
    params: AlignParams,
    progress: Progress,
    coarse_share: float = 0.3,
) -> Iterator[Position]:
    """Search one coarse position after the other, each when it is asked for: those that stand out,
    and those of the last search of each guide.

    Args:
        pair: As georeferenced.
        matcher: Says whose features are compared, see `coarse_guides`.
        params: Of the run.
        progress: Filled by each position and what is done from there.
        coarse_share: How much of that the search takes.

    Raises:
        NothingToCompareError: at the end, where no search could compare anything.
        UsageError: the memory budget has no room for the first guide.
    """
    tried, nothing = 0, None
    last = searches_of(pair, params)[-1]
    for guide, turned, limited in _searches(pair, matcher, params):
        start, end = (1.0 - (1.0 - _FIRST_SHARE) ** n for n in (tried, tried + 1))
        part = progress.part(start, end)
        part = part.without_points() if tried else part
        share = (0.05, coarse_share) if turned == last else (0.0, 0.05)
        try:
            coarse = coarse_align(pair, guide, turned, threads_of(params), part.part(*share))
        except NothingToCompareError as error:
            nothing = error
            continue
        if turned == last or coarse.contrast >= tuning.CLEAR:
            tried += 1
            moved = pair.corrected(coarse.matrix)
            yield Position(coarse, guide, turned, moved, limited, part.part(coarse_share, 1.0))
    if not tried and nothing is not None:
        raise nothing


def _searches(
    pair: WorkingPair, matcher: TemplateMatcher | PairMatcher, params: AlignParams
) -> Iterator[tuple[TemplateMatcher, bool, AlignParams]]:
    """Give guides, whether rotation and scale are searched, and parameters within the memory
    budget, in the order in which they are tried.

    Only the first guide, which is quick, tries a shift alone. A second guide is left out where the
    budget has no room for it.
    """
    searches = searches_of(pair, params)
    for number, guide in enumerate(coarse_guides(matcher)):
        try:
            limited = within_budget(params, get_spec(params.matcher).label, matcher, guide)
        except UsageError:
            if number == 0:
                raise
            return
        for turned in searches if number == 0 else searches[-1:]:
            yield guide, turned, limited


def reliable_at(attempts: Sequence[Attempt], position: Position) -> Attempt | None:
    """Return the first reliable attempt that was matched where a coarse position is, which thereby
    confirms it.
    """
    correction = position.coarse.matrix
    for attempt in attempts:
        if attempt.verdict.reliable and is_same_place(
            position.pair.grid, attempt.pair.correction, correction
        ):
            return attempt
    return None


def is_same_place(grid: Grid, one: ArrayLike, other: ArrayLike) -> bool:
    """Return whether matching under either of two corrections sees the same ground: no corner of
    the working grid lies further apart.
    """
    corners = grid.outline_px()
    here, there = (coords.apply_matrix(np.asarray(m), corners) for m in (one, other))
    distance = np.hypot(*(here - there).T)
    return bool(
        distance.max() <= min(tuning.SEARCH_RADIUS_PX, tuning.SAME_SHARE * np.hypot(*grid.size))
    )


def best_of(attempts: Sequence[Attempt]) -> Attempt:
    """Return the attempt most likely right; of unreliable ones the one that most tie points
    support, for the analyst to look at.
    """
    return max(
        attempts,
        key=lambda a: (
            a.verdict.reliable,
            a.verdict.numbers["probability" if a.verdict.reliable else "support"],
        ),
    )


def clearest(positions: Iterator[Position]) -> Position:
    """Return the first position that stands out, else the one that does most."""
    seen: list[Position] = []
    for position in positions:
        if position.coarse.contrast >= tuning.CLEAR:
            return position
        seen.append(position)
    return max(seen, key=lambda p: p.coarse.contrast)
