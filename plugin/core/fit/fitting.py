"""Least-squares fits of transforms to control points."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..blas import one_thread
from ..errors import FitError, UsageError
from ..geometry import coords
from . import bases
from .control import check_control_points
from .field_fit import fit_field
from .fits import Fit, LinearFit
from .thin_plate import fit_spline
from .transforms import KINDS, Transform

Array = NDArray[np.float64]
_GAUSS_NEWTON_STEPS = 40
_RANK = 1e-10


def fit(
    kind: str,
    sensed_px: ArrayLike,
    reference_px: ArrayLike,
    covariances: ArrayLike | None = None,
    smoothing: float | None = None,
    prior: Transform | None = None,
) -> Transform:
    """Fit a transform; see `fit_details`."""
    return fit_details(kind, sensed_px, reference_px, covariances, smoothing, prior).transform


@one_thread()
def fit_details(
    kind: str,
    sensed_px: ArrayLike,
    reference_px: ArrayLike,
    covariances: ArrayLike | None = None,
    smoothing: float | None = None,
    prior: Transform | None = None,
) -> Fit:
    """Fit a transform by weighted least squares.

    Args:
        kind: A key of `transforms.KINDS`.
        sensed_px: (N, 2).
        reference_px: (N, 2).
        covariances: (N, 2, 2) of `reference_px`, px squared; None = all alike. A thin-plate spline
            weighs both coordinates of a point by their mean weight.
        smoothing: Of a thin-plate spline: 0 passes through every point (up to 250 of them; above
            that, 250 knots spread over the points carry the spline); None = chosen by generalised
            cross-validation. Of a displacement field: the width of its average, px, above 0; None =
            chosen by cross-validation.
        prior: Where sensed px lie as georeferenced, reference px: the model is the correction from
            there; see `prior.known_prior`.

    Raises:
        FitError: too few distinct points, points in one place or on one line, or contradicting each
        other; the message
            names them by their position in the list, from 1.
        UsageError: unknown kind, or a negative smoothing.
    """
    if kind not in KINDS:
        raise UsageError(f"Unknown model {kind!r}.", f"Choose one of: {', '.join(KINDS)}.")
    if smoothing is not None and not 0.0 <= smoothing < np.inf:
        raise UsageError(f"The smoothing must be 0 or more, got {smoothing}.")
    if kind == "field" and smoothing == 0.0:
        raise UsageError("The width of a displacement field must be above 0.")
    if prior is not None:
        return fit_details(
            kind, prior.apply(sensed_px), reference_px, covariances, smoothing
        ).with_prior(prior)
    source, target = coords.as_points(sensed_px), coords.as_points(reference_px)
    weights = root_weights(covariances, len(source))
    check_control_points(kind, source, target, covariances, passes_through=smoothing == 0.0)
    source_centre, target_centre = source.mean(axis=0), target.mean(axis=0)
    scale = float(np.sqrt(((source - source_centre) ** 2).sum(axis=1).mean())) or 1.0
    u, v = (source - source_centre) / scale, (target - target_centre) / scale
    if kind == "field":
        return fit_field(source, target, u, v, scale, scalar_weights(weights), smoothing)
    knots, mixing = np.empty((0, 2)), None
    if kind == "projective":
        parameters, whitened, gain = _fit_projective(u, v, weights)
    elif kind == "tps":
        scalar = scalar_weights(weights)
        weights = scalar[:, None, None] * np.eye(2)
        coefficients, x, g, m, knots = fit_spline(u, v, scalar, smoothing)
        parameters = coefficients.ravel()
        whitened, gain, mixing = (np.kron(a, np.eye(2)) for a in (x, g, m))
        # x and y alternate in the rows as everywhere; the transform has the coefficients of x
        # before those of y.
        mixing = np.concatenate([mixing[0::2], mixing[1::2]])
    else:
        d, offset = bases.design(kind, u, knots)
        _require_rank(kind, d)
        whitened = (weights @ d).reshape(2 * len(u), -1)
        gain = np.linalg.pinv(whitened)
        parameters = gain @ np.einsum("nij,nj->ni", weights, v - offset).ravel()
    transform = Transform(kind, parameters, source_centre, target_centre, scale, knots)
    leverage = np.einsum("np,pn->n", whitened, gain).reshape(-1, 2).mean(axis=1)
    return LinearFit(
        transform, transform.apply(source) - target, leverage, weights, whitened, gain, mixing
    )


def root_weights(covariances: ArrayLike | None, n: int) -> Array:
    """Return (N, 2, 2) symmetric R with R^T R proportional to the inverse covariances, scaled to a
    mean weight of one.

    Raises:
        FitError: when a covariance is not positive definite.
    """
    if covariances is None:
        return np.tile(np.eye(2), (n, 1, 1))
    c = np.asarray(covariances, dtype=np.float64)
    if c.shape != (n, 2, 2) and not (n == 0 and c.size == 0):
        raise FitError(f"{n} control points but covariances of shape {c.shape}.")
    c = c.reshape(n, 2, 2)
    finite = np.isfinite(c).all(axis=(1, 2))
    values, vectors = np.linalg.eigh(
        np.where(finite[:, None, None], (c + c.transpose(0, 2, 1)) / 2, np.eye(2))
    )
    bad = np.flatnonzero(~finite | (values <= 0).any(axis=1))
    if len(bad):
        raise FitError(
            f"The covariance of point {bad[0] + 1} is not positive definite.",
            "Remove or edit the point.",
        )
    roots = (vectors / np.sqrt(values)[:, None, :]) @ vectors.transpose(0, 2, 1)
    return np.asarray(roots / np.sqrt((roots**2).sum(axis=(1, 2)).mean() / 2)) if n else roots


def scalar_weights(roots: Array) -> Array:
    """Return (N,) root weights that treat both coordinates alike, from (N, 2, 2) whitening
    matrices.
    """
    return np.asarray(np.sqrt((roots**2).sum(axis=(1, 2)) / 2))


def _require_rank(kind: str, d: Array) -> None:
    values = np.linalg.svd(d.reshape(-1, d.shape[2]), compute_uv=False)
    if len(values) < d.shape[2] or values[-1] < _RANK * values[0]:
        raise FitError(
            f"{KINDS[kind].label}: the {len(d)} points do not determine it (they lie on "
            "one line or one curve).",
            "Add points elsewhere or choose a simpler model.",
        )


def _fit_projective(u: Array, v: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Direct linear start, then Gauss-Newton with step halving on the weighted residuals."""
    n = len(u)
    one = np.concatenate([u, np.ones((n, 1))], axis=1)
    rows = np.zeros((n, 2, 8))
    rows[:, 0, 0:3] = rows[:, 1, 3:6] = one
    rows[:, :, 6:] = -v[:, :, None] * u[:, None, :]
    _require_rank("projective", rows)
    h = np.linalg.lstsq(
        (weights @ rows).reshape(2 * n, 8), np.einsum("nij,nj->ni", weights, v).ravel(), rcond=None
    )[0]

    def whitened_residuals(parameters: Array) -> Array:
        images, _, denominator = bases.projective_design(parameters, u)
        if (
            not (np.abs(denominator) > 1e-9).all()
            or (np.sign(denominator) != np.sign(denominator[0])).any()
        ):
            return np.full(2 * n, np.inf)
        return np.asarray(np.einsum("nij,nj->ni", weights, v - images).ravel())

    residual = whitened_residuals(h)
    if not np.isfinite(residual).all():
        message = "The projective model has its horizon between these points."
        raise FitError(message, "Choose Affine, or check the points for blunders.")
    for _ in range(_GAUSS_NEWTON_STEPS):
        slopes = (weights @ bases.projective_design(h, u)[1]).reshape(2 * n, 8)
        step = np.linalg.lstsq(slopes, residual, rcond=None)[0]
        for _ in range(20):
            trial = whitened_residuals(h + step)
            if (trial**2).sum() <= (residual**2).sum():
                break
            step = step / 2
        else:
            break
        h, residual = h + step, trial
        if np.abs(step).max() < 1e-13:
            break
    whitened = (weights @ bases.projective_design(h, u)[1]).reshape(2 * n, 8)
    return h, whitened, np.linalg.pinv(whitened)
