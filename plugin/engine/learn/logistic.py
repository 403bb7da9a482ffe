"""Logistic regression, and what it learns of a judgement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sightings import Sightings

_CONSTANTS = 2  # the first of the features of the judgement are no evidence


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


def learn_judgement(learnt: Sightings, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of `evidence.judge_features`; no evidence speaks against a registration by
    being stronger, so none is below 0.
    """
    evidence = np.array([r.evidence(score) for r in learnt.judged])
    right = np.array([r.right for r in learnt.judged])
    counts, used = _evenly(evidence, right), list(range(evidence.shape[1]))
    while True:
        weights = np.zeros(evidence.shape[1])
        weights[used] = logistic(evidence[:, used], right, 0.1, counts)
        negative = [i for i in used[_CONSTANTS:] if weights[i] < 0]
        if not negative:
            return weights
        used.remove(min(negative, key=lambda i: weights[i]))


def _evenly(features: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (N,) counts by which right and other registrations weigh the same, with and without a
    search of rotation.
    """
    kinds = 2 * features[:, 1].astype(int) + right
    number = np.bincount(kinds, minlength=4)
    return np.asarray(len(kinds) / (np.count_nonzero(number) * number[kinds]), dtype=np.float64)
