"""95 % bounds of a share: how far it may be from what more pairs would give."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

_Z = 1.959964
_RESAMPLINGS = 2000


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the 95 % bounds (0..1) of a share of independent trials.

    Raises:
        ValueError: no trials.

    Reference:
        Wilson 1927, Probable inference, the law of succession, and statistical inference, JASA
        22(158), 209-212.
    """
    if count < 1:
        raise ValueError("a share needs trials")
    share = hits / count
    middle = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z * np.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / (1 + _Z**2 / count)
    low, high = float(middle - half), float(middle + half)
    return (0.0 if hits == 0 else low), (1.0 if hits == count else high)


def resampled(
    values: Sequence[float], groups: Sequence[Hashable], statistic: str = "mean"
) -> tuple[float, float]:
    """Return the 95 % bounds of a mean or median where the values of one group are not independent:
    whole groups are drawn anew.

    Args:
        values: (N,), at least one.
        groups: (N,) what each value belongs to: several draws of one pair are one group.
        statistic: "mean" or "median".

    Reference:
        Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 13 (percentile interval),
        groups as units.
    """
    rng = np.random.default_rng(0)
    members: dict[Hashable, list[float]] = {}
    for value, group in zip(values, groups, strict=True):
        members.setdefault(group, []).append(value)
    parts = [np.array(m) for m in members.values()]
    drawn = rng.integers(len(parts), size=(_RESAMPLINGS, len(parts)))
    if statistic == "mean":
        sums, counts = np.array([p.sum() for p in parts]), np.array([len(p) for p in parts])
        found = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    else:
        found = np.array([np.median(np.concatenate([parts[i] for i in row])) for row in drawn])
    low, high = np.percentile(
        found, (2.5, 97.5), method="nearest"
    )  # between a number and infinity lies nothing
    return float(low), float(high)


def share_bounds(hits: Sequence[bool], groups: Sequence[Hashable]) -> tuple[float, float]:
    """Return the 95 % bounds (0..1) of a share: by resampling groups, and where all groups are
    alike or have one value each, Wilson's.

    Groups that are all alike leave nothing to resample: the number of groups, not of values, then
    says how sure the share is.
    """
    count = len(set(groups))
    if len(groups) > count:
        low, high = resampled([float(h) for h in hits], groups)
        if high > low:
            return low, high
    return wilson(round(count * sum(hits) / len(hits)), count)
