"""The fit to points under review: transform, figures and the residuals of all points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import FitError
from ..fit import advisor, fitting, quality
from ..fit.advisor import Advice
from ..fit.fits import Fit
from ..fit.prior import known_prior
from ..fit.transforms import Transform
from ..geometry import coords
from ..geometry.grid import Grid
from ..types import Point, Quality
from .point import Role, SessionPoint


@dataclass(frozen=True, eq=False)
class FitState:
    """The fit to the points as they are.

    Attributes:
        model: Model fitted ("auto" is resolved).
        transform: None where there is no fit.
        quality: Figures, None where there is no fit.
        residuals_px: transform(sensed) - reference of all points, also those not in the fit, by id.
        check_rmse_px: RMSE at check points, None without any.
        message: Why there is no fit, or the advisor's reason.
        details: The fit itself, for the uncertainty of places; None where there is no fit.
    """

    model: str
    transform: Transform | None
    quality: Quality | None
    residuals_px: dict[int, Point]
    check_rmse_px: float | None
    message: str
    details: Fit | None = None


def advise_points(
    points: Sequence[SessionPoint],
    grids: tuple[Grid, Grid],
    independent_share: float,
    held: str = "",
) -> Advice:
    """Return how all models do at the points in the fit.

    Args:
        points: All points.
        grids: Native grids of the reference and of the sensed raster.
        independent_share: Independent matches per point, 0..1.
        held: Model advised so far, which is not left for little; "" = none.

    Raises:
        FitError: too few points for any model.
    """
    sensed, reference, covariances = control_of(points)
    prior = prior_of(points, grids)
    frame = _frame(sensed, reference, covariances, grids, prior)
    return advisor.advise(
        sensed,
        reference,
        covariances,
        *frame,
        independent=independent_share * len(sensed),
        held=held,
        prior=prior,
    )


def fit_points(
    points: Sequence[SessionPoint],
    model: str,
    grids: tuple[Grid, Grid],
    independent_share: float,
    held: str = "",
) -> FitState:
    """Fit a model ("auto" asks the advisor) to the points that are in the fit.

    Args:
        points: All points.
        model: Key of the model, or "auto".
        grids: Native grids of the reference and of the sensed raster.
        independent_share: Independent matches per point, 0..1.
        held: See `advise_points`.
    """
    sensed, reference, covariances = control_of(points)
    message = ""
    try:
        advice = advise_points(points, grids, independent_share, held) if model == "auto" else None
        if advice is not None and advice.fit is not None:
            model, message, fit = advice.best, advice.why, advice.fit
            figures = next(q for q in advice.qualities if q.model == model)
        else:
            prior = prior_of(points, grids)
            fit = fitting.fit_details(model, sensed, reference, covariances, prior=prior)
            frame = _frame(sensed, reference, covariances, grids, prior)
            figures = quality.assess(
                model,
                sensed,
                reference,
                covariances,
                *frame,
                fit,
                independent_share * len(sensed),
                prior,
            )
    except FitError as error:
        return FitState(model, None, None, {}, None, str(error))
    if reason := quality.implausible(
        model, figures.fit_rmse_px, covariances, quality.radius_of(reference)
    ):
        message = reason
    ends = coords.as_points([p.tie_point.sensed_px for p in points])
    miss = fit.transform.apply(ends) - coords.as_points([p.tie_point.reference_px for p in points])
    residuals = {p.id: (float(m[0]), float(m[1])) for p, m in zip(points, miss, strict=True)}
    check = [residuals[p.id] for p in points if p.role is Role.CHECK and p.tie_point.enabled]
    return FitState(
        model,
        fit.transform,
        figures,
        residuals,
        quality.rmse(check) if check else None,
        message,
        fit,
    )


def control_of(points: Sequence[SessionPoint]) -> tuple[Any, Any, Any]:
    """Return sensed (N, 2), reference (N, 2) and covariances (N, 2, 2) of the points in the fit."""
    used = [p.tie_point for p in points if p.in_fit]
    covariances = np.array([p.covariance_px for p in used]).reshape(-1, 2, 2)
    return (
        coords.as_points([p.sensed_px for p in used]),
        coords.as_points([p.reference_px for p in used]),
        covariances,
    )


def prior_of(points: Sequence[SessionPoint], grids: tuple[Grid, Grid]) -> Transform | None:
    """Return where the georeferencing puts sensed pixels, see `prior.known_prior`."""
    return known_prior(*grids, [p.tie_point for p in points])


def _frame(
    sensed: Any, reference: Any, covariances: Any, grids: tuple[Grid, Grid], prior: Transform | None
) -> tuple[float, Any]:
    """Return the area that the points may cover, reference px^2, and the reference's 2x2 matrix px
    -> map (None without a CRS).
    """
    area = quality.coverable_area(sensed, reference, covariances, *grids, prior)
    return area, grids[0].linear if grids[0].crs_wkt else None
