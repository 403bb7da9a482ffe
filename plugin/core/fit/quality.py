"""Honest accuracy: fit, leave-one-out and hold-out errors of each model, and which model to take.

Figures are lengths of 2-D error vectors: RMSE = sqrt(mean(dx^2 + dy^2)).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

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
ADVISED = (
    "shift",
    "similarity",
    "affine",
    "projective",
    "polynomial2",
    "polynomial3",
    "tps",
    "field",
)
_BUFFER = 1.0
_BLOCKS_FROM = 16
_FEWEST = {
    "tps": 30,
    "field": 30,
}  # their smoothing is chosen with all points, which flatters them where these are few
_NEGLIGIBLE_PX = 1e-6
_SIGMAS = 3.0
"""Standard errors of the points beyond which an RMSE, a mean over all of them, is no noise."""
_LEAST_RADIUS_PX, _RADIUS_SHARE = 8.0, 0.02
_LEAVE, _COME = (
    2.0,
    0.5,
    # standard errors from the best at which the model recommended so far is left, and a simpler one
    # taken
)


@dataclass(frozen=True)
class Advice:
    """What the model advisor says.

    Attributes:
        best: Key of the recommended model.
        qualities: Figures of every model that could be fitted, simple to complex.
        why: The reason in plain words.
        problems: Models that could not be fitted, and why.
        parameters: Effective parameters of each model that could be fitted: twice the trace of its
            hat matrix.
        fit: The fit of the recommended model.
    """

    best: str
    qualities: tuple[Quality, ...]
    why: str
    problems: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()
    fit: Fit | None = field(default=None, compare=False, repr=False)


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
    source, target = _as_georeferenced(sensed_px, prior), coords.as_points(reference_px)
    fit = fit or fit_details(kind, source, target, covariances)
    return _figures(
        kind,
        Errors.of(fit, source, KINDS[kind].min_points, independent),
        coverage_of(target, overlap_area_px),
        to_map,
    )


def _as_georeferenced(sensed_px: ArrayLike, prior: Transform | None) -> Array:
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


def _figures(kind: str, errors: Errors, coverage: float, to_map: ArrayLike | None) -> Quality:
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


@one_thread()
def advise(
    sensed_px: ArrayLike,
    reference_px: ArrayLike,
    covariances: ArrayLike | None = None,
    overlap_area_px: float | None = None,
    to_map: ArrayLike | None = None,
    kinds: tuple[str, ...] = ADVISED,
    independent: float | None = None,
    held: str = "",
    prior: Transform | None = None,
) -> Advice:
    """Recommend the simplest model whose hold-out RMSE is within one standard error of the best.

    The standard error is that of the mean squared hold-out error over the spatial blocks of the
    best model. With fewer than 16 points blocks are too large to be spared, and leave-one-out
    errors take the place of the hold-out errors. The spline and the field are recommended from 30
    points on. A model without redundancy (no point to spare) is recommended only where there is no
    other.

    Args:
        sensed_px: (N, 2).
        reference_px: (N, 2).
        covariances: (N, 2, 2), or None.
        overlap_area_px: See `assess`.
        to_map: See `assess`.
        kinds: Models to try.
        independent: How many independent matches the points are worth (overlapping templates share
            their errors): the margin around a block held out is their spacing, and models with more
            than `independent` / 3 parameters are not recommended, shift and similarity excepted.
            None = as many as there are points, and no limit.
        held: Model recommended so far, "" = none. It stays while it is up to 2 standard errors from
            the best and no simpler model comes within 0.5 of them, so that near a tie single points
            do not turn the advice back and forth.
        prior: See `fitting.fit_details`: what the georeferencing of both rasters fixes is not
            estimated, so that a shift is a shift on the map.

    Raises:
        FitError: when no model at all can be fitted, or the points contradict each other.
    """
    source, target = _as_georeferenced(sensed_px, prior), coords.as_points(reference_px)
    most = float("inf") if independent is None else max(independent / 3, 4.0)
    by_blocks = len(source) >= _BLOCKS_FROM
    blocks = spatial_blocks(source) if by_blocks else np.arange(len(source))
    coverage = coverage_of(target, overlap_area_px)
    qualities: list[Quality] = []
    squares: dict[str, Array] = {}
    problems: list[tuple[str, FitError]] = []
    fits: dict[str, Fit] = {}
    for kind in kinds:
        try:
            fit = fit_details(kind, source, target, covariances)
        except FitError as error:
            problems.append((kind, error))
            continue
        fits[kind] = fit
        errors = Errors.of(fit, source, KINDS[kind].min_points, independent)
        qualities.append(_figures(kind, errors, coverage, to_map))
        judged = errors.hold_out if by_blocks else errors.leave_one_out
        if (
            np.isfinite(judged).all()
            and KINDS[kind].parameters <= most
            and len(source) >= _FEWEST.get(kind, 0)
        ):
            squares[kind] = np.array(
                [(judged[blocks == b] ** 2).sum(axis=1).mean() for b in np.unique(blocks)]
            )
    if not qualities:
        raise problems[0][1]
    best, why = _choose(qualities, squares, "hold-out" if by_blocks else "leave-one-out", held)
    parameters = tuple((kind, 2.0 * float(fit.leverage.sum())) for kind, fit in fits.items())
    return Advice(
        best,
        tuple(qualities),
        why,
        tuple((kind, str(error)) for kind, error in problems),
        parameters,
        fits[best].with_prior(prior),
    )


def _choose(
    qualities: list[Quality], squares: dict[str, Array], measure: str, held: str = ""
) -> tuple[str, str]:
    """Return the key of the model to take and why, from the mean squared errors per block of each
    model.
    """
    if not squares:
        best = qualities[0].model
        label = KINDS[best].label
        return (
            best,
            f"{label} is the simplest model; there are too few points to test any: no "
            "redundancy, RMSE undefined.",
        )
    means = {kind: float(np.mean(s)) for kind, s in squares.items()}
    winner = min(means, key=lambda k: (means[k], KINDS[k].complexity))
    spread = squares[winner]
    error = float(spread.std(ddof=1) / np.sqrt(len(spread))) if len(spread) > 1 else 0.0
    limit = means[winner] + error + _NEGLIGIBLE_PX**2
    best = min((k for k in squares if means[k] <= limit), key=lambda k: KINDS[k].complexity)
    if held in squares and held != best:
        simpler = KINDS[best].complexity < KINDS[held].complexity
        if means[held] <= means[winner] + (1.0 if simpler else _LEAVE) * error and not (
            simpler and means[best] <= means[winner] + _COME * error
        ):
            at, other = (
                next(q for q in qualities if q.model == held),
                next(q for q in qualities if q.model == best),
            )
            a, b = (
                q.holdout_rmse_px if measure == "hold-out" else q.loo_rmse_px for q in (at, other)
            )
            return (
                held,
                f"{KINDS[held].label} ({measure} RMSE {a:.2f} px) stays: "
                f"{KINDS[best].label} ({b:.2f} px) is too close to it to change for.",
            )
    shown = {
        q.model: q.holdout_rmse_px if measure == "hold-out" else q.loo_rmse_px for q in qualities
    }
    label, chosen = KINDS[best].label, shown[best]
    if best != winner:
        why = (
            f"{label} ({measure} RMSE {chosen:.2f} px) is the simplest model within one "
            "standard error of the best, "
            f"{KINDS[winner].label} ({shown[winner]:.2f} px)."
        )
    elif any(KINDS[k].complexity < KINDS[best].complexity for k in squares):
        why = (
            f"{label} has the smallest {measure} RMSE ({chosen:.2f} px); no simpler model is "
            "within one standard error of it."
        )
    else:
        why = f"{label}, the simplest model, has the smallest {measure} RMSE ({chosen:.2f} px)."
    idle = [KINDS[q.model].label for q in qualities if np.isnan(q.loo_rmse_px)]
    return best, f"{why} No redundancy, RMSE undefined: {', '.join(idle)}." if idle else why
