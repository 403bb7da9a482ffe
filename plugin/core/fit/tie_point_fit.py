"""The fit of tie points that carry no review: files of control points, tables, tie-point layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, NoReliableAlignmentError
from ..geometry import coords
from ..geometry.grid import Grid
from ..types import Quality, TiePoint
from . import advisor, fitting, quality
from .advisor import Advice
from .fits import Fit
from .prior import known_prior

Array = NDArray[np.float64]


def fit_tie_points(
    points: Sequence[TiePoint],
    model: str,
    reference: Grid,
    sensed: Grid | None,
    place: Callable[[Array], Array] | None = None,
) -> tuple[Fit, Quality, Advice]:
    """Fit a model ("auto": the advised one) to the enabled points, on the map where both rasters
    have a place there.

    Args:
        points: All points; their `reference_px` are on the reference grid.
        model: Key, or "auto".
        reference: Native grid of the reference.
        sensed: Native grid of the sensed raster; None where it is not known.
        place: See `prior.known_prior`.

    Returns:
        The fit, its figures, and how all models do.

    Raises:
        InputError: no point is enabled.
        FitError: too few points for the model, or points that contradict each other.
        NoReliableAlignmentError: the fit misses the points by more than they can be wrong by.
    """
    enabled = [p for p in points if p.enabled]
    if not enabled:
        raise InputError("No control point is enabled.", "Enable some first.")
    source, target = (
        coords.as_points([p.sensed_px for p in enabled]),
        coords.as_points([p.reference_px for p in enabled]),
    )
    covariances = np.array([p.covariance_px for p in enabled]).reshape(-1, 2, 2)
    prior = None if sensed is None else known_prior(reference, sensed, enabled, place)
    to_map = reference.linear if reference.crs_wkt else None
    area = (
        float(reference.width * reference.height)
        if sensed is None
        else quality.coverable_area(source, target, covariances, reference, sensed, prior)
    )
    independent = (
        float(sum(p.worth for p in enabled)) if any(p.worth < 1.0 for p in enabled) else None
    )
    advice = advisor.advise(
        source, target, covariances, area, to_map, independent=independent, prior=prior
    )
    kind = advice.best if model == "auto" else model
    fit = fitting.fit_details(kind, source, target, covariances, prior=prior)
    figures = quality.assess(
        kind, source, target, covariances, area, to_map, fit, independent, prior
    )
    if reason := quality.implausible(
        kind, figures.fit_rmse_px, covariances, quality.radius_of(target)
    ):
        raise NoReliableAlignmentError(
            reason,
            "Check the points and the CRS that they are in, or choose a model that bends "
            "(polynomial 2, thin-plate spline).",
        )
    return fit, figures, advice
