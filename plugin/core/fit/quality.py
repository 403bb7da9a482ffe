"""Honest accuracy: fit, leave-one-out and hold-out errors of a model.

Figures are lengths of 2-D error vectors: RMSE = sqrt(mean(dx^2 + dy^2)).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..blas import one_thread
from ..errors import FitError
from ..geometry import coords
from ..geometry.grid import Grid
from ..types import Quality
from .coverage import hull_area, overlap_area
from .fits import Fit
from .fitting import fit_details
from .transforms import KINDS, Transform

Array = NDArray[np.float64]
_BUFFER = 1.0
_SIGMAS = 3.0
"""Standard errors of the points beyond which an RMSE, a mean over all of them, is no noise."""
_LEAST_RADIUS_PX, _RADIUS_SHARE = 8.0, 0.02


def residuals(transform: Transform, sensed_px: ArrayLike, reference_px: ArrayLike) -> Array:
    """Return (N, 2) transform(sensed) - reference, px."""
    return transform.apply(sensed_px) - coords.as_points(reference_px)


def rmse(errors: ArrayLike) -> float:
    """Root of the mean squared length of (N, 2) errors; NaN when empty or undetermined."""
    e = np.asarray(errors, dtype=np.float64).reshape(-1, 2)
    return float(np.sqrt((e**2).sum(axis=1).mean())) if len(e) else float("nan")


def ce90(errors: ArrayLike) -> float:
    """Circular error 90 %: the 90th percentile of the error lengths; NaN when empty or
    undetermined.
    """
    e = np.asarray(errors, dtype=np.float64).reshape(-1, 2)
    return float(np.percentile(np.hypot(e[:, 0], e[:, 1]), 90)) if len(e) else float("nan")


def spatial_blocks(points_px: ArrayLike) -> NDArray[np.intp]:
    """Return (N,) block numbers: a square lattice of 2x2 to 4x4 blocks with about eight points or
    more each.
    """
    p = coords.as_points(points_px)
    if not len(p):
        return np.empty(0, dtype=np.intp)
    side = int(np.clip(np.floor(np.sqrt(len(p) / 8)), 2, 4))
    low, extent = p.min(axis=0), np.maximum(np.ptp(p, axis=0), 1e-9)
    cell = np.minimum((p - low) / extent * side, side - 1e-9).astype(np.intp)
    return np.asarray(cell[:, 1] * side + cell[:, 0])


def hold_out_errors(fit: Fit, sensed_px: ArrayLike, independent: float | None = None) -> Array:
    """Return (N, 2) errors of points predicted by fits without their spatial block; NaN where a
    block cannot be spared.

    With a block, the points within one spacing of independent matches (a quarter of their extent at
    most) are left out too: nearer matches share their errors.

    Args:
        fit: The fit.
        sensed_px: (N, 2) its points.
        independent: How many independent matches the points are worth; None = all.
    """
    points = coords.as_points(sensed_px)
    blocks = spatial_blocks(points)
    count = max(min(len(points), np.inf if independent is None else independent), 1.0)
    extent = np.ptp(points, axis=0) if len(points) else np.zeros(2)
    margin = np.minimum(_BUFFER * np.sqrt(np.prod(extent) / count), extent / 4)
    errors = np.full((len(blocks), 2), np.nan)
    for block in np.unique(blocks):
        inside = blocks == block
        low, high = points[inside].min(axis=0) - margin, points[inside].max(axis=0) + margin
        out = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
        errors[inside] = fit.left_out(out)[inside[out]]
    return errors


@one_thread()
def assess(
    kind: str,
    sensed_px: ArrayLike,
    reference_px: ArrayLike,
    covariances: ArrayLike | None = None,
    overlap_area_px: float | None = None,
    to_map: ArrayLike | None = None,
    fit: Fit | None = None,
    independent: float | None = None,
    prior: Transform | None = None,
) -> Quality:
    """Fit a model and judge it.

    Args:
        kind: Model.
        sensed_px: (N, 2).
        reference_px: (N, 2).
        covariances: (N, 2, 2), or None.
        overlap_area_px: Area of the overlap in reference px squared, for the coverage; NaN coverage
            without it.
        to_map: 2x2 linear part px -> map of the reference, for the `_map` figures; None without
            georeferencing.
        fit: The fit, where it was made already.
        independent: See `advise`.
        prior: See `fitting.fit_details`.

    Raises:
        FitError: when the model cannot be fitted.
    """
    source, target = as_georeferenced(sensed_px, prior), coords.as_points(reference_px)
    fit = fit or fit_details(kind, source, target, covariances)
    return figures_of(
        kind,
        Errors.of(fit, source, KINDS[kind].min_points, independent),
        coverage_of(target, overlap_area_px),
        to_map,
    )


def as_georeferenced(sensed_px: ArrayLike, prior: Transform | None) -> Array:
    """Return (N, 2) where the models start from."""
    return coords.as_points(sensed_px) if prior is None else prior.apply(sensed_px)


def implausible(model: str, fit_rmse_px: float, covariances: ArrayLike, radius_px: float) -> str:
    """Return why the fit of a model cannot be right, "" where it can.

    Tie points were searched within a radius of one common motion, so that right ones cannot miss a
    model that can express that motion by more; nor by more than their own covariances let expect.

    Args:
        model: Its key.
        fit_rmse_px: Of the fit, reference px.
        covariances: (N, 2, 2) of the points, reference px squared.
        radius_px: How far from one another's motion the points were searched, reference px.
    """
    own = float(
        np.sqrt(
            np.mean(
                np.trace(
                    np.asarray(covariances, dtype=np.float64).reshape(-1, 2, 2), axis1=1, axis2=2
                )
            )
        )
    )
    limit = max(_SIGMAS * own, radius_px)
    if not fit_rmse_px > limit:
        return ""
    return (
        f"No reliable alignment: {KINDS[model].label} misses the tie points by "
        f"{fit_rmse_px:.1f} px (RMSE), more than they can be wrong by ({limit:.1f} px). "
        "It cannot express how the rasters lie."
    )


def radius_of(reference_px: ArrayLike) -> float:
    """Return how far points of unknown origin may miss a model, reference px: eight, or a fiftieth
    of their extent (a scanned sheet bends).
    """
    points = coords.as_points(reference_px)
    return (
        max(_LEAST_RADIUS_PX, _RADIUS_SHARE * float(np.hypot(*np.ptp(points, axis=0))))
        if len(points)
        else _LEAST_RADIUS_PX
    )


def coverable_area(
    sensed_px: ArrayLike,
    reference_px: ArrayLike,
    covariances: ArrayLike | None,
    reference_grid: Grid,
    sensed_grid: Grid,
    prior: Transform | None = None,
) -> float:
    """Return the area of the overlap, reference px squared, with the sensed raster where a simple
    fit to the points puts it.

    Raises:
        FitError: no points, or points that contradict each other.
    """
    for kind in ("affine", "similarity"):
        with contextlib.suppress(FitError):
            return overlap_area(
                fit_details(kind, sensed_px, reference_px, covariances, prior=prior).transform,
                reference_grid,
                sensed_grid,
            )
    return overlap_area(
        fit_details("shift", sensed_px, reference_px, covariances, prior=prior).transform,
        reference_grid,
        sensed_grid,
    )


def coverage_of(reference_px: Array, overlap_area_px: float | None) -> float:
    """Return the hull's share of the overlap, at most 1; NaN without an overlap."""
    return min(hull_area(reference_px) / overlap_area_px, 1.0) if overlap_area_px else float("nan")


@dataclass(frozen=True, eq=False)
class Errors:
    """What a fit gets wrong, px, each (N, 2); NaN where undetermined.

    Attributes:
        fitted: Residuals of the fit.
        leave_one_out: Of each point by a fit without it.
        hold_out: Of each point by a fit without its spatial block.
    """

    fitted: Array
    leave_one_out: Array
    hold_out: Array

    @classmethod
    def of(
        cls, fit: Fit, source: Array, min_points: int, independent: float | None = None
    ) -> Errors:
        """Judge a fit; without a point to spare, leave-one-out and hold-out errors are NaN."""
        distinct = len(np.unique(np.round(source, 6), axis=0))
        if distinct <= min_points:
            nothing = np.full_like(source, np.nan)
            return cls(fit.residuals_px, nothing, nothing)
        return cls(fit.residuals_px, fit.leave_one_out(), hold_out_errors(fit, source, independent))


def figures_of(kind: str, errors: Errors, coverage: float, to_map: ArrayLike | None) -> Quality:
    """Return the figures of a model from what it gets wrong; see `assess`."""
    # A far extrapolation says nothing of the map people will use: blocks that cannot be spared are
    # left out of the mean.
    held = errors.hold_out[np.isfinite(errors.hold_out).all(axis=1)]
    sets = (errors.fitted, errors.leave_one_out, held)
    in_px = [rmse(e) for e in sets]
    in_map: list[float | None] = [None, None, None]
    ce90_map = None
    if to_map is not None:
        linear = np.asarray(to_map, dtype=np.float64)
        in_map = [rmse(e @ linear.T) for e in sets]
        ce90_map = ce90(errors.leave_one_out @ linear.T)
    return Quality(
        kind,
        len(errors.fitted),
        in_px[0],
        in_px[1],
        in_px[2],
        ce90(errors.leave_one_out),
        coverage,
        in_map[0],
        in_map[1],
        in_map[2],
        ce90_map,
    )
