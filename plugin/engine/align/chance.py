"""How often answers would agree by chance: small means that they agree because they are right.

No weight is learnt here, and nothing depends on a sensor: only on how many answers there are, how
many agree, and how far each could have been from the others.

Reference:
    Moisan and Stival 2004, A probabilistic criterion to detect rigid point matches between two
    images and estimate the fundamental matrix, IJCV 57(3), sec. 3: of n answers k agree with a
    motion that s of them fix, each by chance with probability p; the number of false alarms is the
    number of motions tried times the probability that so many agree.

Deviation:
    the tail of the binomial distribution in place of its bound (n - s) C(n, k) C(k, s) p^(k - s):
    the tolerance is given, not chosen, so that no k is chosen either.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import binom

AGREE_PX = 2.0


def log_false_alarms(count: int, agreeing: int, chance: float, fixed_by: int = 1) -> float:
    """Return log10 of how many motions so well agreed with are expected by chance.

    Args:
        count: Independent answers.
        agreeing: How many agree, those that fix the motion among them.
        chance: Probability (0..1) that a random one agrees.
        fixed_by: Answers that fix the motion: 1 a shift, 3 an affine.
    """
    if count <= fixed_by:
        return 0.0
    others = count - fixed_by
    enough = np.arange(max(agreeing - fixed_by, 0), others + 1)
    tail = min(float(logsumexp(binom.logpmf(enough, others, chance))), 0.0)
    return math.log10(math.comb(count, fixed_by)) + tail / math.log(10.0)


def log_false_alarms_of_shifts(
    shifts: NDArray[np.float64], places: float, agree_px: float = AGREE_PX
) -> float:
    """Return `log_false_alarms` of the answer that most of N answers agree with.

    Args:
        shifts: (N, 2) px.
        places: At how many whole-pixel displacements each could have lain.
        agree_px: Answers no further from one agree with it.
    """
    if not len(shifts):
        return 0.0
    near = np.hypot(*np.moveaxis(shifts[:, None] - shifts[None], 2, 0)) <= agree_px
    return log_false_alarms(
        len(shifts), int(near.sum(axis=1).max()), share_within(agree_px, places)
    )


def share_within(agree_px: float, places: float) -> float:
    """Return the share (0..1) of `places` whole-pixel displacements within a distance of one."""
    line = np.arange(-math.ceil(agree_px), math.ceil(agree_px) + 1)
    inside = int((np.hypot(line[:, None], line) <= agree_px).sum())
    return min(inside / max(places, 1.0), 1.0)
