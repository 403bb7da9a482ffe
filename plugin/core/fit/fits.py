"""Fits, and the errors each of their points would have in a fit without it.

Every kind but the projective is a linear smoother v = H v_observed, so leave-one-out and
leave-a-block-out errors follow from H without refitting: e_B = (I - H_BB)^-1 r_B. The projective
model uses the same with its linearisation.

Reference:
    Allen 1974, The relationship between variable selection and data augmentation and a method for
    prediction, Technometrics 16(1) (PRESS); Woodbury's identity for blocks larger than the number
    of parameters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import bases
from .transforms import Transform

Array = NDArray[np.float64]
_UNDETERMINED = 1e-6


@dataclass(frozen=True, eq=False)
class Fit(ABC):
    """A fit and what is needed to judge it.

    Attributes:
        transform: The fitted transform.
        residuals_px: (N, 2) transform(sensed) - reference.
        leverage: (N,) mean diagonal of the hat matrix per point, 0..1: how much a point determines
            its own residual.
        root_weights: (N, 2, 2) whitening matrices R with R^T R = inverse covariance, scaled to a
            mean weight of one.
    """

    transform: Transform
    residuals_px: Array
    leverage: Array
    root_weights: Array

    def with_prior(self, prior: Transform | None) -> Fit:
        """Return the fit of the same correction on top of a prior; its points are then sensed_px
        before that.
        """
        return self if prior is None else replace(self, transform=self.transform.with_prior(prior))

    @property
    def freedom(self) -> float:
        """Degrees of freedom left: coordinates observed less (effective) parameters."""
        return float(2.0 * (len(self.leverage) - self.leverage.sum()))

    @property
    def variance(self) -> float:
        """Of a coordinate of weight one, px squared, from the scatter of the residuals; NaN without
        redundancy.
        """
        whitened = np.einsum("nij,nj->ni", self.root_weights, self.residuals_px)
        return (
            float((whitened**2).sum()) / self.freedom
            if self.freedom > _UNDETERMINED
            else float("nan")
        )

    @abstractmethod
    def left_out(self, members: NDArray[np.intp]) -> Array:
        """Return (M, 2) errors, in px, of the points `members` predicted by a fit without them; NaN
        where undetermined.
        """

    @abstractmethod
    def leave_one_out(self) -> Array:
        """Return (N, 2): each point's error, in px, predicted without it; NaN where the others do
        not determine it.
        """

    @abstractmethod
    def prediction_covariance(self, xy: ArrayLike) -> Array:
        """Return (N, 2, 2) covariance of `transform.apply(xy)`, px squared, from the scatter of the
        residuals.

        NaN where the fit has no redundancy. Counts the variance, not the bias, of what is smoothed.
        """


@dataclass(frozen=True, eq=False)
class LinearFit(Fit):
    """A fit with a design matrix.

    Attributes:
        whitened: (2N, P) whitened design.
        gain: (P, 2N): parameters = gain @ whitened observations.
        mixing: (Q, P) coefficients of the transform from the parameters of `whitened`; None where
            they are the same.
    """

    whitened: Array
    gain: Array
    mixing: Array | None = None

    def left_out(self, members: NDArray[np.intp]) -> Array:
        weights, residuals = self.root_weights[members], self.residuals_px[members]
        residual = np.einsum("nij,nj->ni", weights, residuals)
        if self.mixing is not None:  # a spline treats x and y alike and apart
            x, g = self.whitened[2 * members, 0::2], self.gain[0::2, 2 * members]
        else:
            rows = (2 * members[:, None] + np.arange(2)).ravel()
            x, g, residual = self.whitened[rows], self.gain[:, rows], residual.reshape(-1, 1)
        small = len(x) <= len(g)
        system = np.eye(len(x)) - x @ g if small else np.eye(len(g)) - g @ x
        try:
            inverse = np.linalg.inv(system)
        except np.linalg.LinAlgError:
            inverse = np.full_like(system, np.nan)
        # The eigenvalues of the inverse are 1 / (1 - those of H_BB): all at least 1, and large
        # where the block is needed.
        if not -_UNDETERMINED <= float(np.trace(inverse)) - len(system) < 1.0 / _UNDETERMINED:
            return np.full((len(members), 2), np.nan)
        errors = inverse @ residual if small else residual + x @ (inverse @ (g @ residual))
        return np.asarray(np.linalg.solve(weights, errors.reshape(-1, 2, 1))[..., 0])

    def leave_one_out(self) -> Array:
        n = len(self.residuals_px)
        hats = np.einsum(
            "nip,pnj->nij", self.whitened.reshape(n, 2, -1), self.gain.reshape(-1, n, 2)
        )
        system = np.eye(2) - hats
        bad = np.abs(np.linalg.det(system)) < _UNDETERMINED**2
        system[bad] = np.eye(2)
        residual = np.einsum("nij,nj->ni", self.root_weights, self.residuals_px)
        errors = np.linalg.solve(self.root_weights, np.linalg.solve(system, residual[..., None]))[
            ..., 0
        ]
        errors[bad] = np.nan
        return np.asarray(errors)

    def prediction_covariance(self, xy: ArrayLike) -> Array:
        t = self.transform
        u = t.centred(xy)
        d = (
            bases.projective_design(t.parameters, u)[1]
            if t.kind == "projective"
            else bases.design(t.kind, u, t.knots)[0]
        )
        if self.mixing is not None:
            d = d @ self.mixing
        spread = np.einsum("nip,pq->niq", d, self.gain)
        return np.asarray(np.einsum("niq,njq->nij", spread, spread) * self.variance)
