"""Everything that is said about a fit besides its residuals: advice, coverage, folds, alignment with range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import coords
from .coverage import Coverage, cover
from .errors import FitError
from .folding import FoldCheck, check_folds
from .quality import Advice
from .range_test import RangeTest, range_test
from .review_fit import FitState, advise_points
from .session_point import SessionPoint
from .types import Grid


@dataclass(frozen=True)
class Judgement:
    """What the accuracy page shows. Only points in the fit count; check points have no part in any of it.

    Attributes:
        model: Model fitted, "" without a fit.
        advice: How all models do, None where none can be fitted.
        coverage: Of the points in the fit.
        folds: Of the fit, None without one.
        alignment: Of the leave-one-out errors with the range direction, None with too few of them.
        problem: Why there is no advice, or "".
    """

    model: str
    advice: Advice | None
    coverage: Coverage
    folds: FoldCheck | None
    alignment: RangeTest | None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """What is judged.

    Attributes:
        points: All points.
        fit: Their fit as it is shown.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        independent_share: Independent matches per point, 0..1.
        to_metric: 2x2, reference px -> east, north in one unit of length.
        azimuth_deg: Look direction given by the analyst, None = unknown.
    """

    points: Sequence[SessionPoint]
    fit: FitState
    reference_grid: Grid
    sensed_grid: Grid
    independent_share: float
    to_metric: tuple[tuple[float, float], tuple[float, float]]
    azimuth_deg: float | None = None


def judge(case: Case) -> Judgement:
    """Judge a fit; what cannot be said is None."""
    used = [p.tie_point for p in case.points if p.in_fit]
    grid, transform = case.reference_grid, case.fit.transform
    coverage = cover(coords.as_points([p.reference_px for p in used]), grid.width, grid.height)
    folds = check_folds(transform, case.sensed_grid) if transform is not None else None
    advice, problem = None, ""
    try:
        advice = advise_points(case.points, grid, case.independent_share)
    except FitError as error:
        problem = str(error)
    model = case.fit.model if transform is not None else ""
    return Judgement(model, advice, coverage, folds, alignment_of(case), problem)


def alignment_of(case: Case) -> RangeTest | None:
    """Test what the fit cannot predict, its leave-one-out errors, for alignment with the range direction.

    The residuals themselves would not do: a spline bends to every point, relief included, and leaves none of it to see.
    """
    if case.fit.details is None:
        return None
    return range_test(case.fit.details.leave_one_out() @ np.array(case.to_metric).T, case.azimuth_deg)
