"""Logistic regression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def logistic(
    features: NDArray[np.float64],
    labels: NDArray[np.bool_],
    ridge: float,
    counts: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Fit the weights of a logistic regression by Newton's method.

    Args:
        features: (N, F), the first column ones.
        labels: (N,).
        ridge: Weight of the squared weights, of features of unit spread.
        counts: (N,), how many times each row counts; None = once.
    """
    counts = np.ones(len(labels)) if counts is None else counts
    spread = features.std(axis=0) + 1e-9
    spread[0] = 1.0
    z, y, w = features / spread, labels.astype(float), np.zeros(features.shape[1])
    for _ in range(60):
        p = 1.0 / (1.0 + np.exp(-np.clip(z @ w, -30, 30)))
        hessian = (z * (counts * p * (1 - p))[:, None]).T @ z + (ridge + 1e-6) * np.eye(len(w))
        w = w + np.linalg.solve(hessian, z.T @ (counts * (y - p)) - ridge * w)
    return np.asarray(w / spread, dtype=np.float64)
