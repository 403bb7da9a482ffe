"""The thin-plate spline: smoothing chosen by generalised cross-validation, knots thinned where
there are many points.

Up to `MAX_KNOTS` points every point is a knot, and without smoothing the spline passes through all
of them. Above that, an even selection of the points carries the spline and all points are fitted by
it: 1500 points take a quarter of a second.

Reference:
    Wahba 1990, Spline models for observational data, ch. 4 (GCV); Wood 2003, Thin plate regression
    splines, JRSS B 65(1).

Deviation:
    The knots are a selection of the points instead of Wood's truncated eigenbasis: cheaper, and
    local where points are dense.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .bases import thin_plate_basis

Array = NDArray[np.float64]
MAX_KNOTS = 250
_SMOOTHINGS = np.logspace(-8, 2, 16)
_RIDGE = 1e-13
_LEAST_FREEDOM = 0.01


def fit_spline(
    u: Array, v: Array, roots: Array, smoothing: float | None
) -> tuple[Array, Array, Array, Array, Array]:
    """Minimise sum(w |f(u) - v|^2) + N smoothing (bending energy of f) over the splines on the
    knots.

    Args:
        u: (N, 2) centred, scaled source positions.
        v: (N, 2) centred, scaled targets.
        roots: (N,) square roots of the weights w.
        smoothing: 0 or more; None = by generalised cross-validation.

    Returns:
        Coefficients (2, K + 3) of `thin_plate_basis`, whitened design X (N, P), gain G (P, N) with
        fitted values X G (roots v), mixing M (K + 3, P) with coefficients = M G (roots v), and the
        knots (K, 2).
    """
    n, knots = len(u), choose_knots(u)
    k = len(knots)
    # Coefficients orthogonal to 1, x, y at the knots have finite bending energy; `null` spans them.
    null = np.linalg.qr(np.concatenate([np.ones((k, 1)), knots], axis=1), mode="complete")[0][:, 3:]
    mixing = np.zeros((k + 3, k))
    mixing[:k, : k - 3], mixing[k:, k - 3 :] = null, np.eye(3)
    x = thin_plate_basis(u, knots) @ mixing * roots[:, None]
    y = v * roots[:, None]
    bending = null.T @ thin_plate_basis(knots, knots)[:, :k] @ null
    penalty = np.zeros((k, k))
    penalty[: k - 3, : k - 3] = (bending + bending.T) / 2
    gram = x.T @ x
    ridge = _RIDGE * np.trace(gram) / k * np.eye(k)

    moments = np.concatenate([gram, x.T @ y], axis=1)

    def score(amount: float) -> float:
        """Generalised cross-validation, from K right-hand sides instead of N."""
        solved = np.linalg.solve(gram + n * amount * penalty + ridge, moments)
        freedom = n - float(np.trace(solved[:, :k]))
        squares = float(((y - x @ solved[:, k:]) ** 2).sum())
        return n * squares / freedom**2 if freedom > _LEAST_FREEDOM * n else float("inf")

    amount = min((float(a) for a in _SMOOTHINGS), key=score) if smoothing is None else smoothing
    gain = np.linalg.solve(gram + n * amount * penalty + ridge, x.T)
    return (mixing @ gain @ y).T, x, gain, mixing, knots


def choose_knots(u: Array) -> Array:
    """Return at most `MAX_KNOTS` distinct points, spread evenly: the first point of each cell of a
    square lattice.
    """
    _, first = np.unique(np.round(u, 9), axis=0, return_index=True)
    distinct = u[np.sort(first)]
    if len(distinct) <= MAX_KNOTS:
        return distinct
    low, extent = distinct.min(axis=0), float(np.ptp(distinct, axis=0).max()) + 1e-12
    knots = distinct
    for cells in range(64, 1, -1):
        key = np.floor((distinct - low) / extent * cells).astype(int)
        _, first = np.unique(key[:, 0] * 1000 + key[:, 1], return_index=True)
        knots = distinct[np.sort(first)]
        if len(knots) <= MAX_KNOTS:
            break
    return knots
