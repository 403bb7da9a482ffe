"""How well descriptors tell matching patches from others: accuracy of the decision, and false
positives at 95 % of the true ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def false_positive_rate(matching: Array, other: Array, true_rate: float = 0.95) -> float:
    """Return FPR95: the share of `other` pairs at least as alike as the threshold that `true_rate`
    of the `matching` ones reach; 0 is perfect.

    Args:
        matching: (N,) similarity of pairs that belong together.
        other: (M,) of pairs that do not.
        true_rate: Share of the matching pairs to be accepted.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504, section 4: false-positive rate at 95 %
        true-positive rate.
    """
    kept = max(1, int(np.ceil(true_rate * len(matching) - 1e-9)))
    return float((other >= np.sort(matching)[::-1][kept - 1]).mean())


def decision_accuracy(matching: Array, other: Array) -> float:
    """Return the share of right decisions on pairs of patches, matching and other pairs counting
    alike.

    Reference:
        MSA-Net, section 4: accuracy of the decision match or no match.
    Deviation:
        the paper does not tell its threshold: ours is the best one of the even pairs for the odd
        ones, and the other way round.
    """
    rates = []
    for seen, asked in ((0, 1), (1, 0)):
        values = np.unique(np.concatenate((matching[seen::2], other[seen::2])))
        values = np.append(values[0] - 1.0, (values[1:] + values[:-1]) / 2.0)  # between the pairs
        accepted = 1.0 - np.searchsorted(np.sort(matching[seen::2]), values) / max(
            len(matching[seen::2]), 1
        )
        refused = np.searchsorted(np.sort(other[seen::2]), values) / max(len(other[seen::2]), 1)
        threshold = values[np.argmax(accepted + refused)]
        rates += [
            float((matching[asked::2] >= threshold).mean()),
            float((other[asked::2] < threshold).mean()),
        ]
    return float(np.mean(rates))
