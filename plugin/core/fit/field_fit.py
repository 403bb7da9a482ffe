"""The displacement field: an affine motion, and what is left of it averaged over the neighbourhood
with a Gaussian.

For many points over the whole scene, as dense matchers give them: where a polynomial or a spline of
250 knots has too few parameters for what terrain and orbit do, the average of about 28 neighbours
(at a width of 1.5 point spacings) follows it. Far from all points the field is the affine motion.
One width serves the whole scene: a distortion in a small part of it, less than the noise elsewhere,
may be averaged away.

Reference:
    Nadaraya 1964, On estimating regression, Theory Probab. Appl. 9(1); Chu and Marron 1991,
    Comparison of two bandwidth selectors with dependent errors, Ann. Statist. 19(4): points near
    the place judged are left out of the cross-validation that chooses the width, as neighbouring
    matches share their errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .fits import Fit
from .lattice import Averager, blind_errors
from .transforms import Transform

Array = NDArray[np.float64]
_WIDTHS = (1.0, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0)  # tried, in point spacings
_GAP = 2.0  # point spacings around a place within which points do not vouch for a width
_JUDGED = 600  # points at which widths are compared
_NEARLY = 1.01  # of the least error: the widest average that reaches it is taken
_SINGULAR = 1e10
_UNDETERMINED = 1e-9


@dataclass(frozen=True, eq=False)
class FieldFit(Fit):
    """A fitted displacement field.

    Attributes:
        averager: The averages behind the field.
        affine: (N, 3) columns 1, x, y of the points in centred, scaled coordinates.
        target: (N, 2) centred, scaled reference positions.
        sums: (rows, cols, 5) sums of the averager over targets and 1, x, y.
    """

    averager: Averager
    affine: Array
    target: Array
    sums: Array

    @property
    def width_px(self) -> float:
        """Standard deviation of the average, sensed px."""
        return self.averager.width * self.transform.scale

    def left_out(self, members: NDArray[np.intp]) -> Array:
        a, b, v = self.averager, self.affine, self.target
        w = np.full(len(b), True)
        w[members] = False
        w = w * a.weights
        gram = (b * w[:, None]).T @ b
        if not np.linalg.cond(gram) < _SINGULAR:
            return np.full((len(members), 2), np.nan)
        motion = np.linalg.solve(gram, (b * w[:, None]).T @ v)
        out = a.sums(np.concatenate([v, b, np.ones((len(b), 1))], axis=1), members)
        sums = self.sums - out[:, :, :5]
        lattice = a.lattice(sums[:, :, :2] - sums[:, :, 2:] @ motion, a.density - out[:, :, 5])
        predicted = b[members] @ motion + lattice.apply(a.u[members])
        return np.asarray((predicted - v[members]) * self.transform.scale)

    def leave_one_out(self) -> Array:
        a, b, v = self.averager, self.affine, self.target
        inverse = np.linalg.inv((b * a.weights[:, None]).T @ b)
        motion = inverse @ (b * a.weights[:, None]).T @ v
        hat = np.einsum("ni,ij,nj->n", b, inverse, b) * a.weights
        spared = hat < 1.0 - _UNDETERMINED
        step = np.where(spared, a.weights / np.where(spared, 1.0 - hat, 1.0), 0.0)
        # The motion without each point, (N, 3, 2), and the averages without it of targets and of 1,
        # x, y.
        motions = motion - np.einsum("ni,nk->nik", b @ inverse, (v - b @ motion) * step[:, None])
        nodes, spline, own = a.own_shares()
        sums = (
            self.sums.reshape(-1, 5)[nodes]
            - own[:, :, None] * np.concatenate([v, b], axis=1)[:, None]
        )
        mean = np.einsum(
            "nm,nmc->nc", spline / (np.maximum(a.density.ravel()[nodes] - own, 0.0) + a.prior), sums
        )
        predicted = np.einsum("ni,nik->nk", b - mean[:, 2:], motions) + mean[:, :2]
        errors = (predicted - v) * self.transform.scale
        errors[~spared] = np.nan
        return np.asarray(errors)

    def prediction_covariance(self, xy: ArrayLike) -> Array:
        t, a = self.transform, self.averager
        u = t.centred(xy)
        inverse = np.linalg.inv((self.affine * a.weights[:, None]).T @ self.affine)
        mean = a.lattice(self.sums[:, :, 2:], a.density).apply(u)
        left = np.concatenate([np.ones((len(u), 1)), u], axis=1) - mean
        spread = a.squares(u) + np.einsum("ni,ij,nj->n", left, inverse, 2.0 * mean + left)
        return np.asarray((spread * self.variance)[:, None, None] * np.eye(2))


def fit_field(
    source: Array,
    target: Array,
    u: Array,
    v: Array,
    scale: float,
    roots: Array,
    width_px: float | None,
) -> FieldFit:
    """Fit a displacement field.

    Args:
        source: (N, 2) sensed px.
        target: (N, 2) reference px.
        u: (N, 2) `source`, centred and scaled.
        v: (N, 2) `target`, centred and scaled alike.
        scale: px.
        roots: (N,) root weights with a mean square of one.
        width_px: Width of the average; None = by cross-validation.
    """
    weights, b = roots**2, np.concatenate([np.ones((len(u), 1)), u], axis=1)
    gain = np.linalg.pinv(b * roots[:, None]) * roots
    motion = gain @ v
    averager = Averager(
        u,
        weights,
        _best_width(u, v - b @ motion, weights) if width_px is None else width_px / scale,
    )
    sums = averager.sums(np.concatenate([v, b], axis=1))
    lattice = averager.lattice(sums[:, :, :2] - sums[:, :, 2:] @ motion, averager.density)
    transform = Transform(
        "field",
        motion.T.ravel(),
        source.mean(axis=0),
        target.mean(axis=0),
        scale,
        np.empty((0, 2)),
        lattice,
    )
    nodes, spline, own = averager.own_shares()
    leverage = (spline * own / (averager.density.ravel()[nodes] + averager.prior)).sum(axis=1)
    leverage += np.einsum(
        "ni,in->n", b - averager.lattice(sums[:, :, 2:], averager.density).apply(u), gain
    )
    return FieldFit(
        transform,
        transform.apply(source) - target,
        leverage,
        roots[:, None, None] * np.eye(2),
        averager,
        b,
        v,
        sums,
    )


def _best_width(u: Array, rest: Array, weights: Array) -> float:
    """Return the widest average that does nearly as well as the best at places whose neighbours are
    not seen.
    """
    spacing = float(np.sqrt(np.prod(np.ptp(u, axis=0)) / len(u)))
    judged = np.random.default_rng(0).permutation(len(u))[:_JUDGED]
    widths = np.array(_WIDTHS) * spacing
    errors = blind_errors(u, rest, weights, widths, _GAP * spacing, judged)
    return float(widths[errors <= errors.min() * _NEARLY].max())
