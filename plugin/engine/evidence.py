"""How far to trust one match, and a whole registration.

Both are logistic models whose weights were learnt on the training split of real pairs (Sentinel-1/2 at 10 m, 1-m optical
with spotlight SAR; 106 pairs, CFOG, motions drawn as in `evaluate`), related and deliberately mismatched. On the validation
split the score is calibrated to within 0.06 in each of its deciles from 0.6 up, and of 40 related pairs one is refused and
of 80 mismatched runs none accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..core.types import CoarseResult, Reason

if TYPE_CHECKING:
    from .fine import TemplateMatch
    from .matching import Found

_SCORE_WEIGHTS = np.array([0.199, 2.035, 0.284, 0.008, 5.546])
_BIAS, _TURNED, _CONTRAST_TURNED, _CONTRAST_SHIFT, _OVERLAP = -11.118, -2.191, 4.268, 2.857, 6.896
_MIN_KEPT_SHARE = 0.35
_MIN_KEPT = 4


@dataclass(frozen=True)
class Verdict:
    """Whether the evidence suffices, in words and numbers."""

    reliable: bool
    message: str
    hint: str
    numbers: dict[str, float]


def match_features(match: TemplateMatch) -> NDArray[np.float64]:
    """Return (5,): one, relative gap to the second peak, sharpness / 10, forward-backward error / 4, height of the peak."""
    p = match.peak
    gap = (p.value - p.second) / max(abs(p.value), 1e-3)
    fb = match.forward_backward_px if np.isfinite(match.forward_backward_px) else 8.0
    return np.array([1.0, gap, min(p.sharpness, 20.0) / 10.0, min(fb, 8.0) / 4.0, p.value])


def score_match(match: TemplateMatch) -> float:
    """Return the probability (0..1) that a match is within 2 px of the truth, given that the images belong together."""
    return float(1.0 / (1.0 + np.exp(-match_features(match) @ _SCORE_WEIGHTS)))


def judge(coarse: CoarseResult, found: Found, reasons: list[Reason], area_px: float, turned: bool) -> Verdict:
    """Decide whether the images belong together.

    Args:
        coarse: Answer of the coarse stage.
        found: Candidates of the fine stage.
        reasons: What the filters said of each.
        area_px: Area that could be matched, working px squared.
        turned: Whether the coarse stage searched rotation and scale.

    Returns:
        The verdict. It weighs how far the best coarse hypothesis stands out and how much of the area both images share
        there; a registration whose tie points mostly contradict each other is refused as well.
    """
    n, kept = len(reasons), sum(r is Reason.NONE for r in reasons)
    sensed = found.candidates.sensed
    extent = float(np.prod(np.ptp(sensed, axis=0) + found.template_px)) if n else 0.0
    overlap = min(extent / max(area_px, 1.0), 1.0)
    strength = np.log(max(coarse.contrast, 1.0)) * (_CONTRAST_TURNED if turned else _CONTRAST_SHIFT)
    probability = float(1.0 / (1.0 + np.exp(-(_BIAS + _TURNED * turned + strength + _OVERLAP * overlap))))
    share = kept / max(n, 1)
    numbers = {
        "probability": probability, "tie_points": float(n), "kept": float(kept), "kept_share": share, "overlap": overlap,
        "coarse_score": coarse.score, "coarse_contrast": coarse.contrast,
    }
    hint = "Check that both rasters show the same ground; declare the search radius, or try another matcher, band or working GSD."
    if kept < _MIN_KEPT:
        return Verdict(False, f"No reliable alignment: only {kept} of {n} tie points agree with each other.", hint, numbers)
    if share < _MIN_KEPT_SHARE:
        return Verdict(False, f"No reliable alignment: {n - kept} of {n} tie points contradict the others.", hint, numbers)
    if probability < 0.5:
        reason = (
            f"the best position stands out by only {coarse.contrast:.1f} standard deviations with {100 * overlap:.0f} % of the area shared"
            f" (probability that the images belong together {100 * probability:.0f} %)"
        )
        return Verdict(False, f"No reliable alignment: {reason}.", hint, numbers)
    return Verdict(True, f"{kept} of {n} tie points agree; probability that the alignment is right {100 * probability:.0f} %.", "", numbers)
