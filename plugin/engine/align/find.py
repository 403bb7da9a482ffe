"""From two roughly aligned images to tie-point candidates: two template passes, or a pair matcher
tile by tile.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...core.geometry import coords
from ...core.progress import Progress
from ...core.threads import threads_of
from ...core.types import AlignParams
from ...matchers import PairMatcher, PairMatches, TemplateMatcher, create_template
from ...matchers.network import NetworkMatcher
from ...matchers.parts.similarity import Peak, find_peak
from .consensus import consensus_affine, flattened, shares
from .evidence import Calibration, probability, score_match
from .fine import lattice, match_templates, template_size
from .found import Candidates, Found, TemplateMatch
from .results import preview_points
from .tuning import (
    CLUSTER_TILE_PX,
    CLUSTERS,
    FIRST_TEMPLATES,
    OWN_REACH_PX,
    REACH_SMALL,
    REACH_WIDE,
    SEARCH_RADIUS_PX,
    SUPPORT,
    is_wide,
)

if TYPE_CHECKING:
    from ..read.pair import WorkingPair


def coarse_guide(matcher: TemplateMatcher | PairMatcher) -> TemplateMatcher:
    """Return what compares templates in a matcher's stead: the matcher itself, or CFOG where it
    matches pairs or correlates in its own way.
    """
    if isinstance(matcher, TemplateMatcher) and matcher.is_correlation():
        return matcher
    return create_template("cfog")


def coarse_guides(matcher: TemplateMatcher | PairMatcher) -> Iterator[TemplateMatcher]:
    """Give whose features the coarse stage compares, each made when it is asked for, in the order
    in which they are tried until one is sure.

    Of networks CFOG, which is quick, is asked first, and ME-SSM where that is not enough.
    """
    if not isinstance(matcher, NetworkMatcher):
        yield coarse_guide(matcher)
        return
    yield create_template("cfog")
    yield (
        matcher
        if isinstance(matcher, TemplateMatcher)
        else create_template("me_ssm", matcher.device)
    )


def by_common_motion(
    pair: WorkingPair, guide: TemplateMatcher, params: AlignParams, progress: Progress
) -> WorkingPair:
    """Correct the sensed image further by the one motion that a first pass over few templates has
    in common (`consensus`), so that what is compared then differs by little more than its local
    distortion.

    Args:
        pair: Corrected by the coarse stage.
        guide: Whose features are compared.
        params: Template size, tiles, model, threads.
        progress: Told of templates.

    Returns:
        The pair further corrected; as it is where fewer than three templates can be matched.
    """
    grid = pair.grid
    wide = is_wide(grid)
    side = template_size(grid.width, grid.height, params.template_px, guide.template_limits_px)
    centres, tile = lattice(pair, side, FIRST_TEMPLATES), params.tile_px
    if wide and guide.anchor_rotation_deg is not None:
        centres, tile = _clustered(pair, side), CLUSTER_TILE_PX
    first = match_templates(
        pair, guide, centres, side, SEARCH_RADIUS_PX, tile, progress, False, threads_of(params)
    )
    if len(first) < 3:
        return pair
    degrees = "shift" if params.model == "shift" else ("affine" if wide else "similarity")
    motion, _ = consensus_affine(first, degrees, side)
    return pair.corrected(motion @ pair.correction)


def find_matches(
    pair: WorkingPair,
    matcher: TemplateMatcher | PairMatcher,
    params: AlignParams,
    progress: Progress,
) -> Found:
    """Match a pair that is off by little more than its local distortion; see
    `fine.match_templates`.
    """
    grid = pair.grid
    wide = is_wide(grid)
    if isinstance(matcher, PairMatcher):
        found = _thinned(
            _by_tiles(pair, matcher, params.tile_px, progress), pair, params.max_points
        )
        return Found(_pair_candidates(found), template_px=matcher.independent_px, pairs=found)
    counter, calibration = [0], Calibration.of(matcher)

    def stream(found: list[TemplateMatch]) -> None:
        progress.points(preview_points(pair, found, counter[0], calibration))
        counter[0] += len(found)

    side = template_size(grid.width, grid.height, params.template_px, matcher.template_limits_px)
    centres = lattice(pair, side, params.max_points)
    matches = match_templates(
        pair,
        matcher,
        centres,
        side,
        SEARCH_RADIUS_PX,
        params.tile_px,
        progress,
        True,
        threads_of(params),
        stream,
    )
    supported = support_by_neighbours(matches, side, REACH_WIDE if wide else REACH_SMALL, wide)
    if calibration.covariance != 1.0:
        supported = [_with_covariance(m, calibration.covariance) for m in supported]
    return Found(_candidates(supported, calibration), supported, side)


def _clustered(pair: WorkingPair, side: int) -> NDArray[np.float64]:
    """Place the first templates in clusters of nine, so that costly features are needed for a small
    part of a scene only.
    """
    steps = np.array([(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)]) * (side // 2)
    return (lattice(pair, side, CLUSTERS)[:, None] + steps).reshape(-1, 2)


def support_by_neighbours(
    matches: list[TemplateMatch], template_px: int, reach: float, own_place: bool
) -> list[TemplateMatch]:
    """Let each surface be helped by those of its neighbours, so that a weak peak in the right place
    beats a stray one.

    To each surface (from its median) the mean of its neighbours' is added, `SUPPORT` times,
    weighted by distance and `consensus.shares`.

    Args:
        matches: Matches of one pass.
        template_px: Side of the templates.
        reach: Width of the neighbourhood in template spacings.
        own_place: The peak of the sum only tells which of the template's own peaks to take, so that
            the errors of neighbouring points stay independent; else the point is placed at the peak
            of the sum, which is more accurate where the image has room for one motion only.

    Returns:
        The matches with their shifts read anew.
    """
    if len(matches) < 3:
        return matches
    place = np.array([m.centre for m in matches])
    spacing = max(float(np.sqrt(np.prod(np.ptp(place, axis=0) + 1.0) / len(matches))), 1.0)
    stack = np.stack([flattened(m.surface) for m in matches])
    width, share = reach * spacing, shares(matches, template_px)
    out = []
    for i, match in enumerate(matches):
        weight = share * np.exp(-((place - place[i]) ** 2).sum(axis=1) / (2 * width**2))
        weight[i] = 0.0
        near = np.flatnonzero(weight > 0.01)
        total = stack[i]
        if len(near):
            total = total + SUPPORT * np.tensordot(
                weight[near] / weight[near].sum(), stack[near], axes=1
            )
        peak = find_peak(total.astype(np.float32))
        if peak is None:
            out.append(match)
            continue
        if own_place:
            out.append(_own_peak_near(match, peak))
        else:
            shift = (peak.x - match.radius, peak.y - match.radius)
            out.append(replace(match, shift=shift, peak=replace(match.peak, at_edge=peak.at_edge)))
    return out


def _own_peak_near(match: TemplateMatch, supported: Peak) -> TemplateMatch:
    """Read the shift at the template's own highest peak within `OWN_REACH_PX` of the supported
    one.

    The neighbours choose the peak, the template alone places it: the errors of neighbouring points
    stay independent.
    """
    r, c = round(supported.y), round(supported.x)
    top, left = max(0, r - OWN_REACH_PX), max(0, c - OWN_REACH_PX)
    own = find_peak(match.surface[top : r + OWN_REACH_PX + 1, left : c + OWN_REACH_PX + 1])
    if own is None:
        return match
    x, y = left + own.x, top + own.y
    peak = replace(
        match.peak, x=x, y=y, value=own.value, covariance=own.covariance, at_edge=supported.at_edge
    )
    return replace(match, shift=(x - match.radius, y - match.radius), peak=peak)


def _with_covariance(match: TemplateMatch, factor: float) -> TemplateMatch:
    (a, b), (c, d) = match.peak.covariance
    return replace(
        match,
        peak=replace(match.peak, covariance=((a * factor, b * factor), (c * factor, d * factor))),
    )


def _candidates(matches: list[TemplateMatch], calibration: Calibration) -> Candidates:
    centres = np.array([m.centre for m in matches]).reshape(-1, 2)
    shifts = np.array([m.shift for m in matches]).reshape(-1, 2)
    return Candidates(
        centres,
        centres + shifts,
        np.array([score_match(m, calibration) for m in matches]),
        np.array([m.peak.at_edge for m in matches], dtype=bool),
        np.array([m.forward_backward_px for m in matches]),
    )


def _pair_candidates(found: PairMatches) -> Candidates:
    n = len(found.sensed)
    back = np.full(n, np.nan) if found.forward_backward is None else found.forward_backward
    return Candidates(
        coords.as_points(found.sensed),
        coords.as_points(found.reference),
        found.score,
        np.zeros(n, bool),
        back,
    )


def _by_tiles(
    pair: WorkingPair, matcher: PairMatcher, tile_px: int, progress: Progress
) -> PairMatches:
    """Match tile by tile; of each tile the matches count whose sensed position lies in it, not in
    its margin.
    """
    windows = list(
        _windows(pair.grid.width, pair.grid.height, tile_px, matcher.margin_px, matcher.grid_px)
    )
    parts = []
    for index, (core, window) in enumerate(windows):
        progress.update(index / len(windows), f"Matching: tile {index + 1} of {len(windows)}")
        reference, sensed = pair.read_reference(window), pair.read_sensed(window)
        if not (reference.mask.any() and sensed.mask.any()):
            continue
        x0, y0, w, h = core
        found = matcher.match(
            reference, sensed, 4.0 * SEARCH_RADIUS_PX, (x0 - window[0], y0 - window[1], w, h)
        )
        origin = np.array(window[:2], dtype=np.float64)
        at = found.sensed + origin
        inside = (at[:, 0] >= x0) & (at[:, 0] < x0 + w) & (at[:, 1] >= y0) & (at[:, 1] < y0 + h)
        parts.append(_kept(found, inside, origin))
    progress.update(1.0)
    joined = _joined(parts)
    if joined.features is None or matcher.calibration is None:
        return joined
    calibration = Calibration.of(matcher)
    covariance = None if joined.covariance is None else joined.covariance * calibration.covariance
    return replace(
        joined, score=probability(joined.features, calibration.score), covariance=covariance
    )


def _thinned(found: PairMatches, pair: WorkingPair, max_points: int) -> PairMatches:
    """Return the surest match of each square of a lattice, where there are more than
    `max_points`.
    """
    if len(found.sensed) <= max_points:
        return found
    side = math.sqrt(pair.grid.width * pair.grid.height / max_points)
    cells = np.floor(found.sensed / side).astype(np.int64)
    by_score = np.argsort(-found.score, kind="stable")
    _, first = np.unique(cells[by_score], axis=0, return_index=True)
    return _kept(found, np.sort(by_score[first]), np.zeros(2))


_ARRAYS = ("features", "covariance", "surfaces", "peak", "second", "forward_backward")


def _kept(
    found: PairMatches, keep: NDArray[np.bool_] | NDArray[np.intp], origin: NDArray[np.float64]
) -> PairMatches:
    """Return some of the matches of a window, in the frame that the window's `origin` is given
    in.
    """
    others: dict[str, Any] = {
        name: None if getattr(found, name) is None else getattr(found, name)[keep]
        for name in _ARRAYS
    }
    surface_origin = None if found.surface_origin is None else found.surface_origin[keep] + origin
    return replace(
        found,
        reference=found.reference[keep] + origin,
        sensed=found.sensed[keep] + origin,
        score=found.score[keep],
        surface_origin=surface_origin,
        **others,
    )


def _joined(parts: list[PairMatches]) -> PairMatches:
    parts = [p for p in parts if len(p.sensed)]
    if not parts:
        return PairMatches.none()

    def join(name: str) -> Any:
        return (
            None
            if getattr(parts[0], name) is None
            else np.concatenate([getattr(p, name) for p in parts])
        )

    names = ("reference", "sensed", "score", "surface_origin", *_ARRAYS)
    return replace(parts[0], **{name: join(name) for name in names})


def _windows(
    width: int, height: int, tile: int, margin: int, grid: int
) -> Iterator[tuple[tuple[int, int, int, int], tuple[int, int, int, int]]]:
    """Yield (core, core with margin) windows that cover the image; those with margin begin at
    multiples of `grid`.
    """
    for y in range(0, height, tile):
        for x in range(0, width, tile):
            w, h = min(tile, width - x), min(tile, height - y)
            left, top = (x - margin) // grid * grid, (y - margin) // grid * grid
            yield (x, y, w, h), (left, top, x + w + margin - left, y + h + margin - top)
