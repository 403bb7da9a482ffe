"""How well descriptors tell matching patches from others: accuracy of the decision, and false positives at 95 % of the true ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TRUE_RATE = 0.95


def false_positive_rate(matching: NDArray[np.float64], other: NDArray[np.float64], true_rate: float = _TRUE_RATE) -> float:
    """Return FPR95: the share of `other` pairs at least as alike as the threshold that `true_rate` of the `matching` ones reach.

    Args:
        matching: (N,) similarity of pairs that belong together.
        other: (M,) of pairs that do not.
        true_rate: Share of the matching pairs to be accepted.
    """
    kept = max(1, int(np.ceil(true_rate * len(matching) - 1e-9)))
    threshold = np.sort(matching)[::-1][kept - 1]
    return float((other >= threshold).mean())


def decision_accuracy(matching: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the share of right decisions, matching and other pairs counting alike.

    The threshold is the best one of the even pairs for the odd ones, and the other way round: it has not seen the pairs it decides on.
    """
    rates = []
    for seen, asked in ((0, 1), (1, 0)):
        threshold = _best_threshold(matching[seen::2], other[seen::2])
        rates += [float((matching[asked::2] >= threshold).mean()), float((other[asked::2] < threshold).mean())]
    return float(np.mean(rates))


def _best_threshold(matching: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    values = np.unique(np.concatenate((matching, other)))
    accepted = 1.0 - np.searchsorted(np.sort(matching), values) / len(matching)
    refused = np.searchsorted(np.sort(other), values) / len(other)
    best = int(np.argmax(accepted + refused))
    return float(values[max(0, best - 1)] + values[best]) / 2.0  # half-way down to the next lower pair
