"""The story of a registration: read, find roughly, match, filter, judge, fit."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import metadata

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.blas import one_thread
from ...core.errors import NothingToCompareError, UsageError
from ...core.geometry import coords
from ...core.progress import Progress
from ...core.run.edge_fill import fill_hint, fill_told
from ...core.threads import threads_of
from ...core.types import AlignParams, AlignRequest, AlignResult, CoarseResult, Reason, Status
from ...matchers import PairMatcher, TemplateMatcher, create, get_spec
from ..read.pair import WorkingPair, open_pair
from .budget import within_budget
from .coarse import CLEAR, coarse_align
from .evidence import Calibration, Verdict, judge
from .find import RADIUS_PX, coarse_guides, find_matches
from .found import Found
from .outliers import filter_candidates
from .results import fit_points, independent_matches, tie_points

_PACKAGES = ("numpy", "opencv-python-headless", "rasterio", "scipy", "SimpleITK", "torch")
_WIDE_PX = 700
_SURE = 0.8
_FIRST_SHARE = 0.8
_SAME_SHARE = 0.02  # of the diagonal: small images bear less rotation


def align(request: AlignRequest, progress: Progress | None = None) -> AlignResult:
    """Register the sensed raster of a request to its reference.

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
    progress = progress or Progress()
    params, clock = request.params, _Clock()
    threads = threads_of(params)
    cv2.setNumThreads(threads)
    spec = get_spec(params.matcher)
    matcher = create(spec.key, params.matcher_params, params.device)
    matcher.use_threads(threads)
    progress.update(0.0, "Reading")
    with one_thread(), open_pair(request) as pair:
        clock.note("read")
        best = _best_attempt(pair, matcher, params, progress.part(0.02, 0.95), clock)
        coarse, found, reasons, verdict = best.coarse, best.found, best.reasons, best.verdict
        points = tie_points(pair, found, reasons)
        independent = independent_matches(pair, points, found.template_px)
        share = independent / max(sum(p.enabled for p in points), 1)
        points = tuple(replace(p, worth=share) for p in points)
        fitted = fit_points(pair, points, params.model, independent, RADIUS_PX)
        clock.note("fit")
        ok = fitted.quality is not None and (verdict.reliable or not params.refuse_weak)
        progress.update(1.0, "Done")
        return AlignResult(
            request=request,
            status=Status.OK if ok else Status.NO_RELIABLE_ALIGNMENT,
            message=verdict.message if fitted.quality is not None else fitted.message,
            hint="" if ok else verdict.hint,
            matcher=spec.key,
            model=fitted.model,
            points=points,
            transform=fitted.transform if ok else None,
            quality=fitted.quality if ok else None,
            advice=fitted.advice if ok else (),
            coarse=coarse,
            reference_grid=pair.reference.grid,
            sensed_grid=pair.sensed.grid,
            evidence={
                **verdict.numbers,
                "reliable": float(verdict.reliable),
                "turned": float(best.turned),
                "independent": independent,
            },
            timings_s=clock.seconds,
            versions=_versions(),
            notes=tuple(_notes(pair)),
        )


@dataclass(frozen=True, eq=False)
class _Attempt:
    """A registration from one coarse position, and the correction of the sensed image that its
    matches were found under.
    """

    coarse: CoarseResult
    found: Found
    reasons: list[Reason]
    verdict: Verdict
    turned: bool
    correction: NDArray[np.float64]


def searches_of(pair: WorkingPair, params: AlignParams) -> tuple[bool, ...]:
    """Return whether the coarse stage searches rotation and scale, for each search in the order in
    which they are tried until one is sure.

    Georeferenced rasters are seldom turned: where a shift alone registers them surely, there is
    nothing to search.
    """
    if not params.rotation_scale_search or params.model == "shift":
        return (False,)
    return (False, True) if pair.reference.is_georeferenced else (True,)


def _best_attempt(
    pair: WorkingPair,
    matcher: TemplateMatcher | PairMatcher,
    params: AlignParams,
    progress: Progress,
    clock: _Clock,
) -> _Attempt:
    """Register from each coarse position of `_coarse_ways` until one is surely right or confirmed;
    else the attempt most likely right.

    Of unreliable ones the one that most tie points support is returned, for the analyst to look at.
    From a shift alone nothing is matched unless it stands out. A coarse position at the place of a
    reliable attempt confirms it: its matches are judged anew, not found again, and nothing else is
    tried. `pair` is left under the correction of the attempt returned.
    """
    attempts: list[_Attempt] = []
    nothing: NothingToCompareError | None = None
    last = searches_of(pair, params)[-1]
    for guide, turn, limited in _coarse_ways(pair, matcher, params):
        start, end = (1.0 - (1.0 - _FIRST_SHARE) ** n for n in (len(attempts), len(attempts) + 1))
        part = progress.part(start, end).without_points() if attempts else progress.part(start, end)
        pair.set_sensed_correction(np.eye(3))
        try:
            coarse = coarse_align(
                pair,
                guide,
                turn,
                threads_of(params),
                part.part(0.05, 0.3) if turn == last else part.part(0.0, 0.05),
            )
        except NothingToCompareError as error:
            nothing = error
            continue
        finally:
            clock.note("coarse")
        if turn != last and coarse.contrast < CLEAR:
            continue
        before = next(
            (
                a
                for a in attempts
                if a.verdict.reliable
                and _is_same_place(pair, a.correction, np.array(coarse.matrix))
            ),
            None,
        )
        if before is None:
            attempts.append(
                _attempt(pair, matcher, guide, coarse, turn, limited, part.part(0.3, 1.0), clock)
            )
        else:
            attempts.append(_judged_anew(pair, matcher, before, coarse, turn))
            break
        verdict = attempts[-1].verdict
        if verdict.reliable and verdict.numbers["probability"] >= _SURE:
            break
    if not attempts and nothing is not None:
        raise nothing
    best = max(
        attempts,
        key=lambda a: (
            a.verdict.reliable,
            a.verdict.numbers["probability" if a.verdict.reliable else "support"],
        ),
    )
    best.verdict.numbers["coarse_attempts"] = float(len(attempts))
    pair.set_sensed_correction(best.correction)
    return best


def coarse_searches(
    pair: WorkingPair, guides: Iterable[TemplateMatcher], params: AlignParams
) -> Iterator[tuple[TemplateMatcher, bool]]:
    """Give guides, and whether rotation and scale are searched, in the order in which they are
    tried. Only the first guide, which is quick, tries a shift alone.
    """
    searches = searches_of(pair, params)
    for number, guide in enumerate(guides):
        for turn in searches if number == 0 else searches[-1:]:
            yield guide, turn


def _coarse_ways(
    pair: WorkingPair, matcher: TemplateMatcher | PairMatcher, params: AlignParams
) -> Iterator[tuple[TemplateMatcher, bool, AlignParams]]:
    """Give what `coarse_searches` does, with parameters within the memory budget.

    A second guide is left out where the budget has no room for it.
    """
    first = None
    for guide, turn in coarse_searches(pair, coarse_guides(matcher), params):
        first = first or guide
        try:
            limited = within_budget(params, get_spec(params.matcher).label, matcher, guide)
        except UsageError:
            if guide is first:
                raise
            return
        yield guide, turn, limited


def _attempt(
    pair: WorkingPair,
    matcher: TemplateMatcher | PairMatcher,
    guide: TemplateMatcher,
    coarse: CoarseResult,
    turn: bool,
    params: AlignParams,
    progress: Progress,
    clock: _Clock,
) -> _Attempt:
    pair.set_sensed_correction(np.array(coarse.matrix))
    found = find_matches(pair, matcher, guide, params, progress)
    clock.note("match")
    wide = max(pair.grid.width, pair.grid.height) > _WIDE_PX
    reasons = filter_candidates(
        found.candidates, params.min_score, 6.0 if wide else 3.0, 2.0, params.seed
    )
    verdict = judge(coarse, found, reasons, _comparable_area(pair), turn, Calibration.of(matcher))
    clock.note("filter")
    return _Attempt(coarse, found, reasons, verdict, turn, pair.correction)


def _judged_anew(
    pair: WorkingPair,
    matcher: TemplateMatcher | PairMatcher,
    before: _Attempt,
    coarse: CoarseResult,
    turn: bool,
) -> _Attempt:
    pair.set_sensed_correction(before.correction)
    verdict = judge(
        coarse, before.found, before.reasons, _comparable_area(pair), turn, Calibration.of(matcher)
    )
    return replace(before, coarse=coarse, verdict=verdict, turned=turn)


def _is_same_place(pair: WorkingPair, one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Return whether matching under either of two corrections sees the same ground: no corner of
    the working grid lies further apart.
    """
    corners = pair.grid.outline_px()
    apart = np.hypot(*(coords.apply_matrix(one, corners) - coords.apply_matrix(other, corners)).T)
    return bool(apart.max() <= min(RADIUS_PX, _SAME_SHARE * np.hypot(*pair.grid.size)))


def _comparable_area(pair: WorkingPair) -> float:
    """Return the smaller of the working grid's and the sensed raster's area, working px squared."""
    middle = pair.grid.centre_px
    steps = pair.sensed_native_px(
        np.concatenate([middle, middle + [[1.0, 0.0]], middle + [[0.0, 1.0]]])
    )
    native_per_working = abs(float(np.linalg.det(steps[1:] - steps[0])))
    sensed = (
        pair.sensed.grid.width * pair.sensed.grid.height / native_per_working
        if native_per_working > 0
        else np.inf
    )
    return float(min(pair.grid.width * pair.grid.height, sensed))


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
