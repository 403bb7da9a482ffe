"""The story of a registration: read, find roughly, match, filter, judge, fit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata

import cv2

from ...core.blas import one_thread
from ...core.fit.result import AlignResult
from ...core.progress import Progress
from ...core.run.edge_fill import fill_hint, fill_told
from ...core.threads import threads_of
from ...core.types import AlignRequest, Status, TiePoint
from ...matchers import PairMatcher, TemplateMatcher, create, get_spec
from ..read.pair import WorkingPair, open_pair
from .attempts import Attempt, Position, best_of, coarse_positions, reliable_at
from .find import by_common_motion, find_matches
from .outliers import filter_candidates
from .results import Fitted, fit_points, independent_matches, tie_points
from .tuning import LOCAL_PX, ROBUST_SMALL_PX, ROBUST_WIDE_PX, SEARCH_RADIUS_PX, is_wide
from .verdict import judge

_PACKAGES = ("numpy", "opencv-python-headless", "rasterio", "scipy", "SimpleITK", "torch")


def align(request: AlignRequest, progress: Progress | None = None) -> AlignResult:
    """Register the sensed raster of a request to its reference.

    From each coarse position tie points are found, filtered and judged, until one is surely right.
    A coarse position at the place of a reliable attempt confirms it: nothing else is tried.

    Args:
        request: The two rasters and every parameter.
        progress: Told of progress, of tie points as tiles finish, and asked whether to stop.

    Returns:
        Status ok with tie points and a fitted transform, or no_reliable_alignment with the reason.
        A refusal keeps its tie points, so that the analyst can look at what was found.

    Raises:
        AlignError: bad input, each kind its own leaf with a hint.
        Cancelled: when `progress` says so.
    """
    progress, params, clock = progress or Progress(), request.params, _Clock()
    cv2.setNumThreads(threads_of(params))
    matcher = create(params.matcher, params.matcher_params, params.device)
    matcher.use_threads(threads_of(params))
    progress.update(0.0, "Reading")
    with one_thread(), open_pair(request) as pair:
        clock.note("read")
        attempts: list[Attempt] = []
        for position in coarse_positions(pair, matcher, params, progress.part(0.02, 0.95)):
            clock.note("coarse")
            confirmed = reliable_at(attempts, position)
            if confirmed is not None:
                attempts.append(confirmed)
                break
            attempts.append(_attempt(position, matcher, clock))
            if attempts[-1].is_sure:
                break
        clock.note("coarse")
        best = best_of(attempts)
        points = tie_points(best.pair, best.found, best.reasons)
        independent = independent_matches(pair, points, best.found.template_px)
        share = independent / max(sum(p.enabled for p in points), 1)
        points = tuple(replace(p, worth=share) for p in points)
        fitted = fit_points(pair, points, params.model, independent, SEARCH_RADIUS_PX)
        clock.note("fit")
    progress.update(1.0, "Done")
    numbers = {
        **best.verdict.numbers,
        "coarse_attempts": float(len(attempts)),
        "reliable": float(best.verdict.reliable),
        "turned": float(best.turned),
        "independent": independent,
    }
    return _result(request, pair, best, points, fitted, numbers, clock.seconds)


def _attempt(position: Position, matcher: TemplateMatcher | PairMatcher, clock: _Clock) -> Attempt:
    """Find tie points from a coarse position, filter and judge them."""
    coarse, params, progress = position.coarse, position.params, position.progress
    pair = by_common_motion(position.pair, position.guide, params, progress.part(0.0, 0.3))
    found = find_matches(pair, matcher, params, progress.part(0.3, 1.0))
    clock.note("match")
    robust_px = ROBUST_WIDE_PX if is_wide(pair.grid) else ROBUST_SMALL_PX
    reasons = filter_candidates(
        found.candidates, params.min_score, robust_px, LOCAL_PX, params.seed
    )
    clock.note("filter")
    verdict = judge(pair, matcher, coarse, found, reasons)
    clock.note("judge")
    return Attempt(coarse, position.turned, pair, found, reasons, verdict)


def _result(
    request: AlignRequest,
    pair: WorkingPair,
    best: Attempt,
    points: tuple[TiePoint, ...],
    fitted: Fitted,
    numbers: dict[str, float],
    seconds: dict[str, float],
) -> AlignResult:
    """Put together what was found; without a transform where it is refused."""
    verdict, has_fit = best.verdict, fitted.quality is not None
    ok = has_fit and (verdict.reliable or not request.params.refuse_weak)
    return AlignResult(
        request=request,
        status=Status.OK if ok else Status.NO_RELIABLE_ALIGNMENT,
        message=verdict.message if has_fit else fitted.message,
        hint="" if ok else verdict.hint,
        matcher=get_spec(request.params.matcher).key,
        model=fitted.model,
        points=points,
        transform=fitted.transform if ok else None,
        quality=fitted.quality if ok else None,
        advice=fitted.advice if ok else (),
        coarse=best.coarse,
        reference_grid=pair.reference.grid,
        sensed_grid=pair.sensed.grid,
        evidence=numbers,
        timings_s=seconds,
        versions=_versions(),
        notes=tuple(_notes(pair)),
    )


def _notes(pair: WorkingPair) -> Iterator[str]:
    for side, source in (("reference", pair.reference), ("sensed", pair.sensed)):
        if source.fill is not None:
            yield f"{fill_told(side, source.fill)} {fill_hint(side, source.fill)}"


class _Clock:
    """Seconds per stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def note(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + now - self._last, 3)
        self._last = now


def _versions() -> dict[str, str]:
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions
