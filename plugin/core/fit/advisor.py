"""The model advisor: which model to take, from the honest errors of each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..blas import one_thread
from ..errors import FitError
from ..geometry import coords
from ..types import Quality
from .fits import Fit
from .fitting import fit_details
from .quality import Errors, as_georeferenced, coverage_of, figures_of, spatial_blocks
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
_BLOCKS_FROM = 16
_FEWEST = {"tps": 30, "field": 30}
"""Their smoothing is chosen with all points, which flatters them where these are few."""
_NEGLIGIBLE_PX = 1e-6
_LEAVE, _COME = 2.0, 0.5
"""Standard errors from the best at which the model recommended so far is left, and a simpler one
taken."""


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
        overlap_area_px: See `quality.assess`.
        to_map: See `quality.assess`.
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
    source, target = as_georeferenced(sensed_px, prior), coords.as_points(reference_px)
    most = float("inf") if independent is None else max(independent / 3, 4.0)
    by_blocks = len(source) >= _BLOCKS_FROM
    blocks = spatial_blocks(source) if by_blocks else np.arange(len(source))
    coverage = coverage_of(target, overlap_area_px)
    qualities: list[Quality] = []
    squares: dict[str, Array] = {}
    fits, problems = _fits(kinds, source, target, covariances)
    for kind, fit in fits.items():
        errors = Errors.of(fit, source, KINDS[kind].min_points, independent)
        qualities.append(figures_of(kind, errors, coverage, to_map))
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
    return Advice(
        best,
        tuple(qualities),
        why,
        tuple((kind, str(error)) for kind, error in problems),
        tuple((kind, 2.0 * float(fit.leverage.sum())) for kind, fit in fits.items()),
        fits[best].with_prior(prior),
    )


def _fits(
    kinds: tuple[str, ...], source: Array, target: Array, covariances: ArrayLike | None
) -> tuple[dict[str, Fit], list[tuple[str, FitError]]]:
    """Return the fits of all models that can be fitted, and why the others cannot."""
    fits: dict[str, Fit] = {}
    problems: list[tuple[str, FitError]] = []
    for kind in kinds:
        try:
            fits[kind] = fit_details(kind, source, target, covariances)
        except FitError as error:
            problems.append((kind, error))
    return fits, problems


def _choose(
    qualities: list[Quality], squares: dict[str, Array], measure: str, held: str = ""
) -> tuple[str, str]:
    """Return the key of the model to take and why, from the mean squared errors per block of each
    model.
    """
    if not squares:
        best = qualities[0].model
        return (
            best,
            f"{KINDS[best].label} is the simplest model; there are too few points to test any: no "
            "redundancy, RMSE undefined.",
        )
    means = {kind: float(np.mean(s)) for kind, s in squares.items()}
    winner = min(means, key=lambda k: (means[k], KINDS[k].complexity))
    spread = squares[winner]
    error = float(spread.std(ddof=1) / np.sqrt(len(spread))) if len(spread) > 1 else 0.0
    limit = means[winner] + error + _NEGLIGIBLE_PX**2
    best = min((k for k in squares if means[k] <= limit), key=lambda k: KINDS[k].complexity)
    shown = {
        q.model: q.holdout_rmse_px if measure == "hold-out" else q.loo_rmse_px for q in qualities
    }
    if held in squares and held != best and _stays(held, best, means, means[winner], error):
        return (
            held,
            f"{KINDS[held].label} ({measure} RMSE {shown[held]:.2f} px) stays: "
            f"{KINDS[best].label} ({shown[best]:.2f} px) is too close to it to change for.",
        )
    why = _reason(best, winner, list(squares), measure, shown)
    idle = [KINDS[q.model].label for q in qualities if np.isnan(q.loo_rmse_px)]
    return best, f"{why} No redundancy, RMSE undefined: {', '.join(idle)}." if idle else why


def _stays(held: str, best: str, means: dict[str, float], least: float, error: float) -> bool:
    """Return whether the model recommended so far is near enough to the best one to stay."""
    simpler = KINDS[best].complexity < KINDS[held].complexity
    near = means[held] <= least + (1.0 if simpler else _LEAVE) * error
    return near and not (simpler and means[best] <= least + _COME * error)


def _reason(
    best: str, winner: str, tested: list[str], measure: str, shown: dict[str, float]
) -> str:
    """Return why a model is taken, in a sentence."""
    label, chosen = KINDS[best].label, shown[best]
    if best != winner:
        return (
            f"{label} ({measure} RMSE {chosen:.2f} px) is the simplest model within one "
            "standard error of the best, "
            f"{KINDS[winner].label} ({shown[winner]:.2f} px)."
        )
    if any(KINDS[k].complexity < KINDS[best].complexity for k in tested):
        return (
            f"{label} has the smallest {measure} RMSE ({chosen:.2f} px); no simpler model is "
            "within one standard error of it."
        )
    return f"{label}, the simplest model, has the smallest {measure} RMSE ({chosen:.2f} px)."
