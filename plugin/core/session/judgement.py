"""Everything that is said about a fit besides its residuals: advice, coverage, folds, alignment
with range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..blas import one_thread
from ..errors import FitError
from ..fit.advisor import Advice
from ..fit.coverage import Coverage, cover
from ..fit.fitting import fit
from ..fit.folding import FoldCheck, check_folds
from ..fit.quality import rmse
from ..fit.range_test import RangeTest, range_test
from ..geometry import coords
from ..geometry.grid import Grid
from .point import Role, SessionPoint
from .refit import FitState, advise_points, control_of


@dataclass(frozen=True)
class Judgement:
    """What the accuracy page shows.

    Only points in the fit count; check points have no part in any of it but `checks_px`.

    Attributes:
        model: Model fitted, "" without a fit.
        advice: How all models do, None where none can be fitted.
        coverage: Of the points in the fit.
        folds: Of the fit, None without one.
        alignment: Of the leave-one-out errors with the range direction, None with too few of them.
        problem: Why there is no advice, or "".
        checks_px: RMSE of each model at the check points, px; empty without any.
    """

    model: str
    advice: Advice | None
    coverage: Coverage
    folds: FoldCheck | None
    alignment: RangeTest | None
    problem: str = ""
    checks_px: tuple[tuple[str, float], ...] = ()


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
        held: Model advised so far, which is not left for little; "" = none.
    """

    points: Sequence[SessionPoint]
    fit: FitState
    reference_grid: Grid
    sensed_grid: Grid
    independent_share: float
    to_metric: tuple[tuple[float, float], tuple[float, float]]
    azimuth_deg: float | None = None
    held: str = ""


@one_thread()
def judge(case: Case) -> Judgement:
    """Judge a fit; what cannot be said is None."""
    used = [p.tie_point for p in case.points if p.in_fit]
    grid, transform = case.reference_grid, case.fit.transform
    coverage = cover(coords.as_points([p.reference_px for p in used]), grid.width, grid.height)
    folds = check_folds(transform, case.sensed_grid) if transform is not None else None
    advice, problem = None, ""
    try:
        advice = advise_points(
            case.points, (grid, case.sensed_grid), case.independent_share, case.held
        )
    except FitError as error:
        problem = str(error)
    model = case.fit.model if transform is not None else ""
    checks = (
        check_errors(case.points, tuple(q.model for q in advice.qualities))
        if advice is not None
        else ()
    )
    return Judgement(model, advice, coverage, folds, alignment_of(case), problem, checks)


def check_errors(
    points: Sequence[SessionPoint], kinds: tuple[str, ...]
) -> tuple[tuple[str, float], ...]:
    """Return the RMSE, px, of each model at the check points, fitted to the points in the fit;
    empty without check points.
    """
    checks = [p.tie_point for p in points if p.role is Role.CHECK and p.tie_point.enabled]
    if not checks:
        return ()
    sensed, reference, covariances = control_of(points)
    ends, targets = (
        coords.as_points([p.sensed_px for p in checks]),
        coords.as_points([p.reference_px for p in checks]),
    )
    return tuple(
        (kind, rmse(fit(kind, sensed, reference, covariances).apply(ends) - targets))
        for kind in kinds
    )


def alignment_of(case: Case) -> RangeTest | None:
    """Test what the fit cannot predict, its leave-one-out errors, for alignment with the range
    direction.

    The residuals themselves would not do: a spline bends to every point, relief included, and
    leaves none of it to see.
    """
    if case.fit.details is None:
        return None
    return range_test(
        case.fit.details.leave_one_out() @ np.array(case.to_metric).T, case.azimuth_deg
    )
