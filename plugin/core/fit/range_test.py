"""Whether residuals line up with a direction: the mark that relief leaves in a SAR image.

Heights that the geocoding did not know displace a SAR image along range, towards the sensor or away
from it. The residuals of a smooth model then scatter more along range than across it. Their axes
(directions modulo 180 degrees) are tested against isotropy with doubled angles, each weighted by
the rank of its length: noise is short, relief is long, and no blunder rules.

Reference:
    Moore 1980, A modification of the Rayleigh test for vector data, Biometrika 67(1); Mardia and
    Jupp 2000, Directional Statistics, ch. 6 (V-test, axial data).

Deviation:
    The p-value is that of the limit for many points; with 8 to 15 points it errs towards saying
    nothing (0.05 comes up in 3.7 % of random draws with 8 points).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

FEWEST = 8
SURE, MAYBE = 0.01, 0.05


@dataclass(frozen=True)
class RangeTest:
    """The answer.

    Attributes:
        azimuth_deg: Axis tested, clockwise from north, 0..180: the one given, or the one that
            explains most.
        axis_known: Whether it was given; else it was estimated from the residuals themselves.
        best_deg: The axis that explains most, 0..180.
        spread_deg: Its standard error.
        p_value: Probability of so much alignment where directions are random.
        along: RMS of the residuals along the axis, units of the residuals.
        across: RMS across it.
        count: Residuals tested.
    """

    azimuth_deg: float
    axis_known: bool
    best_deg: float
    spread_deg: float
    p_value: float
    along: float
    across: float
    count: int

    @property
    def lines_up(self) -> bool:
        """Whether it is sure enough to say so: p below 0.01, and more along than across."""
        return self.p_value < SURE and self.along > self.across

    @property
    def off_deg(self) -> float:
        """Angle between the axis tested and the one that explains most, 0..90."""
        return abs((self.best_deg - self.azimuth_deg + 90.0) % 180.0 - 90.0)


def range_test(residuals: ArrayLike, azimuth_deg: float | None = None) -> RangeTest | None:
    """Test residuals for alignment.

    Args:
        residuals: (N, 2) east and north, in one unit of length.
        azimuth_deg: Direction in which the radar looks, clockwise from north (either way along it);
            None = estimate the axis.

    Returns:
        The answer, None where fewer than 8 residuals differ from zero.
    """
    r = np.asarray(residuals, dtype=np.float64).reshape(-1, 2)
    length = np.hypot(r[:, 0], r[:, 1])
    keep = np.isfinite(length) & (length > 0)
    r, length = r[keep], length[keep]
    n = len(r)
    if n < FEWEST:
        return None
    ranks = np.empty(n)
    ranks[np.argsort(length)] = np.arange(1, n + 1) / n
    doubled = 2.0 * np.arctan2(r[:, 0], r[:, 1])  # clockwise from north
    power = float((ranks**2).sum())
    c, s = float((ranks * np.cos(doubled)).sum()), float((ranks * np.sin(doubled)).sum())
    resultant = math.hypot(c, s)
    best = math.degrees(math.atan2(s, c)) / 2.0
    spread = math.degrees(min(math.sqrt(power / 2.0) / max(resultant, 1e-12), math.pi)) / 2.0
    if azimuth_deg is None:
        axis, p = best, math.exp(-(resultant**2) / power)
    else:
        axis = azimuth_deg
        part = resultant * math.cos(2.0 * math.radians(best - azimuth_deg))
        p = 0.5 * math.erfc(part / math.sqrt(power))
    east, north = math.sin(math.radians(axis)), math.cos(math.radians(axis))
    along, across = r @ [east, north], r @ [north, -east]
    return RangeTest(
        axis % 180.0,
        azimuth_deg is not None,
        best % 180.0,
        spread,
        p,
        float(np.sqrt((along**2).mean())),
        float(np.sqrt((across**2).mean())),
        n,
    )
