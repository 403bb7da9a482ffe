"""Where the sensed image lies before any tie point: shift, rotation and scale from reduced images.

Convention:
    Matrices are 3x3, pixel frame of the working grid (corner origin), "as georeferenced" -> "as
    found".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...core.fit.result import CoarseResult
from ...core.geometry.quadratic_peak import quadratic_peak
from ...core.progress import Progress
from .coarse_search import Hypothesis, Search, similarity_matrix
from .tuning import (
    FEW_OTHERS,
    FIRST_SIDE_PX,
    HILL_SHARE,
    HILLS,
    LAST_SIDE_PX,
    PRIOR,
    ROTATION_LIMIT_DEG,
    ROTATION_STEP_DEG,
    SCALE_EACH_DEG,
    SCALE_LIMITS,
    SCALE_STEPS,
)

if TYPE_CHECKING:
    from ...matchers import TemplateMatcher
    from ..read.pair import WorkingPair

_SEARCHING, _TURNING, _REFINING = (
    "Coarse search",
    "Coarse search: rotation and scale",
    "Coarse search: refining",
)


def coarse_align(
    pair: WorkingPair,
    matcher: TemplateMatcher,
    rotation_scale: bool,
    threads: int,
    progress: Progress,
) -> CoarseResult:
    """Find the similarity that brings the sensed image roughly onto the reference.

    Args:
        pair: Both images on the working grid.
        matcher: Gives the features compared.
        rotation_scale: Also search rotation (within 12 degrees) and scale (0.85..1.15); else shift
            only.
        threads: Hypotheses tried beside each other; the result does not depend on it.
        progress: Told after each hypothesis.

    Returns:
        The best hypothesis; its `score` and `contrast` say how far to trust it.

    Raises:
        NothingToCompareError: where too little of the images meets, however the sensed one is
        moved.
    """
    search = Search(pair, matcher, FIRST_SIDE_PX, threads)
    finer = Search(pair, matcher, LAST_SIDE_PX, threads) if search.reduction > 1 else search
    if rotation_scale:
        best, contrast = _turned(search, finer, pair.reference.is_georeferenced, progress)
    else:
        [best] = search.try_all([Hypothesis(0.0, 1.0)], progress, _SEARCHING, tell_sharpness=True)
        if not best.is_comparable:
            raise search.nothing_to_compare()
        if finer is not search:
            best = _finer(search, finer, best, 2, progress, tell_sharpness=True)
        contrast = best.sharpness
    shift = (best.shift[0] * finer.reduction, best.shift[1] * finer.reduction)
    centre = (finer.centre[0] * finer.reduction, finer.centre[1] * finer.reduction)
    matrix = similarity_matrix(best.rotation_deg, best.scale, shift, centre)
    ground = pair.grid.linear @ np.array(shift)
    rows = tuple((float(row[0]), float(row[1]), float(row[2])) for row in matrix)
    return CoarseResult(
        rows,
        best.rotation_deg,
        best.scale,
        (float(ground[0]), float(ground[1])),
        best.score,
        contrast,
    )


def _turned(
    search: Search, finer: Search, is_georeferenced: bool, progress: Progress
) -> tuple[Hypothesis, float]:
    """Return the best rotation, scale and shift, and by how many robust standard deviations it
    stands out of the others tried first.
    """
    rotations = np.arange(-ROTATION_LIMIT_DEG, ROTATION_LIMIT_DEG + 0.1, ROTATION_STEP_DEG)
    scales = np.exp(np.linspace(np.log(SCALE_LIMITS[0]), np.log(SCALE_LIMITS[1]), SCALE_STEPS))
    tried = search.try_all(
        [Hypothesis(float(r), float(s)) for r in rotations for s in scales],
        progress.part(0.0, 0.6),
        _TURNING,
    )
    # Georeferenced rasters are seldom turned: what their coordinates say is kept unless something
    # is clearly better.
    prior = PRIOR if is_georeferenced else 1.0
    tried.sort(key=lambda h: -h.score * (1.0 if _is_unturned(h) else prior))
    first = tried[0]
    if not first.is_comparable:
        raise search.nothing_to_compare()
    others = np.array(
        [
            h.score
            for h in tried
            if h.is_comparable
            and (
                abs(h.rotation_deg - first.rotation_deg) > 4
                or abs(h.scale / first.scale - 1) > 0.07
            )
        ]
    )
    best = _refine(search, finer, _hills(tried), prior, progress.part(0.6, 1.0))
    if len(others) < FEW_OTHERS:
        return best, 0.0
    return best, float(
        (best.score - np.median(others))
        / (1.4826 * np.median(np.abs(others - np.median(others))) + 1e-3)
    )


def _is_unturned(hypothesis: Hypothesis) -> bool:
    return hypothesis.rotation_deg == 0.0 and abs(hypothesis.scale - 1.0) < 0.01


def _hills(tried: list[Hypothesis]) -> list[Hypothesis]:
    """Return the first of the hypotheses, and the next that are not its neighbours, or each
    other's, and nearly as high.
    """
    hills = tried[:1]
    for h in tried[1:]:
        if h.score < HILL_SHARE * tried[0].score or len(hills) == HILLS:
            break
        if all(
            abs(h.rotation_deg - o.rotation_deg) > 3.1 or abs(np.log(h.scale / o.scale)) > 0.055
            for o in hills
        ):
            hills.append(h)
    return hills


def _refine(
    search: Search, finer: Search, hills: list[Hypothesis], prior: float, progress: Progress
) -> Hypothesis:
    """Climb each hill, and the highest on with smaller and smaller steps, at last at the finer
    resolution; turned hills count `prior` times.
    """
    tops = [
        _climb(search, hill, 1.5, progress.part(0.5 * i / len(hills), 0.5 * (i + 1) / len(hills)))
        for i, hill in enumerate(hills)
    ]
    worth = [
        top.score * (1.0 if _is_unturned(hill) else prior)
        for hill, top in zip(hills, tops, strict=True)
    ]
    best = _climb(search, tops[int(np.argmax(worth))], 0.75, progress.part(0.5, 0.6))
    if finer is not search:
        best = _finer(search, finer, best, 3, progress.part(0.6, 0.7))
    return _climb(finer, best, 0.3, progress.part(0.7, 1.0))


def _finer(
    search: Search,
    finer: Search,
    best: Hypothesis,
    reach: int,
    progress: Progress,
    tell_sharpness: bool = False,
) -> Hypothesis:
    """Return a hypothesis as the finer resolution sees it, its shift near that of the coarser
    one.
    """
    ratio = search.reduction / finer.reduction
    near = (best.shift[0] * ratio, best.shift[1] * ratio)
    return finer.try_all(
        [best], progress, _SEARCHING, near, reach + int(np.ceil(2 * ratio)), tell_sharpness
    )[0]


def _climb(search: Search, best: Hypothesis, step_deg: float, progress: Progress) -> Hypothesis:
    """Return the best of a hypothesis, its eight neighbours in rotation and scale, and the top of
    the paraboloid through them.
    """

    def at(i: float, j: float) -> Hypothesis:
        return Hypothesis(
            best.rotation_deg + i * step_deg, best.scale * (1 + j * SCALE_EACH_DEG * step_deg)
        )

    around = search.try_all(
        [at(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j],
        progress.part(0.0, 0.9),
        _REFINING,
        best.shift,
    )
    around.insert(4, best)
    j, i, _ = quadratic_peak(np.array([h.score for h in around]).reshape(3, 3), 0.0)
    return max(
        [*around, *search.try_all([at(i, j)], progress.part(0.9, 1.0), _REFINING, best.shift)],
        key=lambda h: h.score,
    )
