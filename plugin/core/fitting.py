"""Least-squares fits of transforms, with the errors each point would have in a fit without it.

Every kind but the projective is a linear smoother v = H v_observed, so leave-one-out and leave-a-block-out errors follow
from H without refitting: e_B = (I - H_BB)^-1 r_B. The projective model uses the same with its linearisation.

Reference:
    Allen 1974 (PRESS), Technometrics 16(1); Wahba 1990, Spline models for observational data (smoothing by GCV).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import coords
from .errors import FitError, UsageError
from .transforms import KINDS, Transform, design, thin_plate_basis

Array = NDArray[np.float64]
MAX_KNOTS = 250
_SMOOTHINGS = np.concatenate([[0.0], np.logspace(-8, 2, 16)])


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit and what is needed to judge it.

    Attributes:
        transform: The fitted transform.
        residuals_px: (N, 2) transform(sensed) - reference.
        leverage: (N,) mean diagonal of the hat matrix per point, 0..1.
        root_weights: (N, 2, 2) whitening matrices.
        whitened: (2N, P) whitened design.
        gain: (P, 2N): parameters = gain @ whitened observations.
    """

    transform: Transform
    residuals_px: Array
    leverage: Array
    root_weights: Array
    whitened: Array
    gain: Array

    def left_out(self, members: NDArray[np.intp]) -> Array:
        """Return (M, 2) errors, in px, of the points `members` predicted by a fit without them; NaN where undetermined."""
        rows = (2 * members[:, None] + np.arange(2)).ravel()
        hat = self.whitened[rows] @ self.gain[:, rows]
        residual = np.einsum("nij,nj->ni", self.root_weights[members], self.residuals_px[members]).ravel()
        system = np.eye(len(rows)) - hat
        if len(rows) and float(np.linalg.svd(system, compute_uv=False)[-1]) < 1e-6:
            return np.full((len(members), 2), np.nan)
        errors = np.linalg.solve(system, residual).reshape(-1, 2)
        return np.asarray(np.linalg.solve(self.root_weights[members], errors[..., None])[..., 0])

    def leave_one_out(self) -> Array:
        """Return (N, 2): each point's error, in px, predicted without it."""
        n = len(self.residuals_px)
        blocks = self.whitened.reshape(n, 2, -1)
        hats = np.einsum("nip,pnj->nij", blocks, self.gain.reshape(-1, n, 2))
        system = np.eye(2) - hats
        bad = np.abs(np.linalg.det(system)) < 1e-9
        system[bad] = np.eye(2)
        residual = np.einsum("nij,nj->ni", self.root_weights, self.residuals_px)
        errors = np.linalg.solve(self.root_weights, np.linalg.solve(system, residual[..., None]))[..., 0]
        errors[bad] = np.nan
        return np.asarray(errors)


def fit(
    kind: str,
    sensed_px: ArrayLike,
    reference_px: ArrayLike,
    covariances: ArrayLike | None = None,
    smoothing: float | None = None,
) -> Transform:
    """Fit a transform; see `fit_details`."""
    return fit_details(kind, sensed_px, reference_px, covariances, smoothing).transform


def fit_details(
    kind: str,
    sensed_px: ArrayLike,
    reference_px: ArrayLike,
    covariances: ArrayLike | None = None,
    smoothing: float | None = None,
) -> Fit:
    """Fit a transform by weighted least squares.

    Args:
        kind: A key of `transforms.KINDS`.
        sensed_px: (N, 2).
        reference_px: (N, 2).
        covariances: (N, 2, 2) of `reference_px`, px squared; None = all alike.
        smoothing: Of a thin-plate spline: 0 passes through every point (up to 250 of them; above that, 250 knots
            spread over the points carry the spline); None = chosen by generalised cross-validation.

    Raises:
        FitError: too few points, points in one place or on one line, or contradicting duplicates.
        UsageError: unknown kind.
    """
    if kind not in KINDS:
        raise UsageError(f"Unknown model {kind!r}.", f"Choose one of: {', '.join(KINDS)}.")
    source, target = coords.as_points(sensed_px), coords.as_points(reference_px)
    _check(kind, source, target)
    source_centre, target_centre = source.mean(axis=0), target.mean(axis=0)
    scale = max(float(np.sqrt(((source - source_centre) ** 2).sum(axis=1).mean())), 1.0)
    u, v = (source - source_centre) / scale, (target - target_centre) / scale
    roots = _root_weights(covariances, len(u))
    if kind == "projective":
        parameters, whitened, gain = _fit_projective(u, v, roots)
        knots = np.empty((0, 2))
    elif kind == "tps":
        scalar = np.sqrt((roots**2).sum(axis=(1, 2)) / 2)
        roots = scalar[:, None, None] * np.eye(2)
        parameters, whitened, gain, knots = _fit_spline(u, v, scalar, smoothing)
    else:
        knots = np.empty((0, 2))
        d, offset = design(kind, u, knots)
        whitened = np.einsum("nij,njp->nip", roots, d).reshape(2 * len(u), -1)
        gain = np.linalg.pinv(whitened)
        parameters = gain @ np.einsum("nij,nj->ni", roots, v - offset).ravel()
    transform = Transform(kind, parameters, source_centre, target_centre, scale, knots)
    leverage = np.einsum("np,pn->n", whitened, gain).reshape(-1, 2).mean(axis=1)
    return Fit(transform, transform.apply(source) - target, leverage, roots, whitened, gain)


def _check(kind: str, source: Array, target: Array) -> None:
    if len(source) != len(target):
        raise FitError(f"{len(source)} sensed positions but {len(target)} reference positions.")
    if not (np.isfinite(source).all() and np.isfinite(target).all()):
        raise FitError("A control point has a position that is not a number.", "Remove or edit it.")
    info = KINDS[kind]
    if len(source) < info.min_points:
        raise FitError(f"{info.label} needs at least {info.min_points} point(s), there are {len(source)}.", "Add points or choose a simpler model.")
    if kind == "shift":
        return
    spread = np.linalg.svd(source - source.mean(axis=0), compute_uv=False)
    if spread[0] < 1e-9 or (kind != "similarity" and (len(spread) < 2 or spread[1] < 1e-6 * spread[0])):
        raise FitError(f"{info.label}: the points lie in one place or on one line.", "Add points away from that line or choose Shift or Similarity.")
    if kind == "tps":
        _, first, counts = np.unique(np.round(source, 6), axis=0, return_index=True, return_counts=True)
        if (counts > 1).any():
            at = source[first[counts > 1][0]]
            raise FitError(
                f"Two control points share the sensed position ({at[0]:.2f}, {at[1]:.2f}) px.", "Reject one of them: a spline cannot pass through both.",
            )


def _root_weights(covariances: ArrayLike | None, n: int) -> Array:
    """Return (N, 2, 2) R with R^T R = C^-1, scaled so that the mean weight is one."""
    if covariances is None:
        return np.tile(np.eye(2), (n, 1, 1))
    c = np.asarray(covariances, dtype=np.float64).reshape(n, 2, 2)
    values, vectors = np.linalg.eigh((c + c.transpose(0, 2, 1)) / 2)
    if not np.isfinite(values).all() or (values <= 0).any():
        raise FitError("A control point's covariance is not positive definite.", "Remove or edit the point.")
    roots = (vectors / np.sqrt(values)[:, None, :]) @ vectors.transpose(0, 2, 1)
    return np.asarray(roots / np.sqrt((roots**2).sum(axis=(1, 2)).mean() / 2))


def _fit_projective(u: Array, v: Array, roots: Array) -> tuple[Array, Array, Array]:
    """Direct linear start, then Gauss-Newton on the weighted residuals."""
    n = len(u)
    one, zero = np.ones(n), np.zeros(n)
    rows_x = np.stack([u[:, 0], u[:, 1], one, zero, zero, zero, -u[:, 0] * v[:, 0], -u[:, 1] * v[:, 0]], axis=1)
    rows_y = np.stack([zero, zero, zero, u[:, 0], u[:, 1], one, -u[:, 0] * v[:, 1], -u[:, 1] * v[:, 1]], axis=1)
    h = np.linalg.lstsq(np.concatenate([rows_x, rows_y]), np.concatenate([v[:, 0], v[:, 1]]), rcond=None)[0]
    whitened, gain = np.empty((2 * n, 8)), np.empty((8, 2 * n))
    for _ in range(12):
        denominator = h[6] * u[:, 0] + h[7] * u[:, 1] + 1.0
        if (np.abs(denominator) < 1e-6).any():
            raise FitError("The projective model degenerates at these points.", "Choose Affine, or check the points for blunders.")
        p = coords.apply_matrix(np.append(h, 1.0).reshape(3, 3), u)
        jacobian = np.zeros((n, 2, 8))
        homogeneous = np.stack([u[:, 0], u[:, 1], one], axis=1) / denominator[:, None]
        jacobian[:, 0, 0:3] = homogeneous
        jacobian[:, 1, 3:6] = homogeneous
        jacobian[:, :, 6:] = -p[:, :, None] * homogeneous[:, None, :2]
        whitened = np.einsum("nij,njp->nip", roots, jacobian).reshape(2 * n, 8)
        gain = np.linalg.pinv(whitened)
        step = gain @ np.einsum("nij,nj->ni", roots, v - p).ravel()
        h = h + step
        if np.abs(step).max() < 1e-12:
            break
    return h, whitened, gain


def _choose_knots(u: Array) -> Array:
    """Return at most MAX_KNOTS of the points, spread evenly: the first point of each cell of a square lattice."""
    if len(u) <= MAX_KNOTS:
        return u
    low, extent = u.min(axis=0), float(np.ptp(u, axis=0).max()) + 1e-12
    knots = u
    for cells in range(64, 1, -1):
        key = np.floor((u - low) / extent * cells).astype(int)
        _, first = np.unique(key[:, 0] * 1000 + key[:, 1], return_index=True)
        knots = u[np.sort(first)]
        if len(knots) <= MAX_KNOTS:
            break
    return knots


def _fit_spline(u: Array, v: Array, scalar: Array, smoothing: float | None) -> tuple[Array, Array, Array, Array]:
    """Penalised regression on thin-plate functions at the knots; `scalar` (N,) are the roots of the points' weights."""
    n, knots = len(u), _choose_knots(u)
    k = len(knots)
    basis = thin_plate_basis(u, knots)
    side = np.concatenate([np.ones((k, 1)), knots], axis=1)
    null = np.linalg.qr(side, mode="complete")[0][:, 3:]
    bending = null.T @ thin_plate_basis(knots, knots)[:, :k] @ null
    x = np.concatenate([basis[:, :k] @ null, basis[:, k:]], axis=1) * scalar[:, None]
    y = v * scalar[:, None]
    penalty = np.zeros((x.shape[1], x.shape[1]))
    penalty[: k - 3, : k - 3] = (bending + bending.T) / 2
    gram = x.T @ x
    ridge = 1e-11 * np.trace(gram) / len(gram) * np.eye(len(gram))

    def solve(amount: float) -> tuple[Array, float]:
        system = gram + n * amount * penalty + ridge
        gain_ = np.linalg.solve(system, x.T)
        freedom = n - float(np.einsum("np,pn->", x, gain_))
        miss = y - x @ (gain_ @ y)
        score = n * float((miss**2).sum()) / max(freedom, 1e-9) ** 2 if freedom > 0.01 * n else np.inf
        return gain_, score

    amounts = [smoothing] if smoothing is not None else list(_SMOOTHINGS[1:])
    solutions = [solve(float(a)) for a in amounts]
    gain = min(solutions, key=lambda s: s[1])[0] if smoothing is None else solutions[0][0]
    c = gain @ y
    weights = np.concatenate([null @ c[: k - 3], c[k - 3 :]], axis=0)
    p = x.shape[1]
    whitened, both = np.zeros((2 * n, 2 * p)), np.zeros((2 * p, 2 * n))
    whitened[0::2, :p], whitened[1::2, p:] = x, x
    both[:p, 0::2], both[p:, 1::2] = gain, gain
    return weights.T.ravel(), whitened, both, knots
