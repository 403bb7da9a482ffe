"""How far to trust one match, and a whole registration.

Both are logistic models whose weights are learnt on the training split of real pairs by `calibrate`, related and
deliberately mismatched, motions drawn as in `evaluate`. A matcher without a calibration of its own uses CFOG's, learnt on
106 pairs: score within 0.06 in each of its deciles from 0.6 up on the validation split.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..core.types import CoarseResult, Reason

if TYPE_CHECKING:
    from .fine import TemplateMatch
    from .matching import Found

_MIN_KEPT_SHARE = 0.35
_MIN_KEPT = 4


@dataclass(frozen=True)
class Calibration:
    """Weights of the two logistic models, and how much too small or large the covariances of the peaks are.

    Attributes:
        score: Of `match_features`.
        judge: Of one, turned (rotation and scale were searched), log contrast if turned, log contrast if not, overlap.
        covariance: Factor on the covariances, so that normalised errors follow chi-squared with 2 degrees of freedom.
    """

    score: tuple[float, ...] = (0.199, 2.035, 0.284, 0.008, 5.546)
    judge: tuple[float, ...] = (-11.118, -2.191, 4.268, 2.857, 6.896)
    covariance: float = 1.0

    @classmethod
    def of(cls, matcher: Any) -> Calibration:
        """Return the calibration that came with a matcher, else CFOG's; matchers without a coarse stage of their own bring no `judge`."""
        given = getattr(matcher, "calibration", None)
        return cls(tuple(given["score"]), tuple(given.get("judge", cls.judge)), float(given["covariance"])) if given else cls()


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


def score_match(match: TemplateMatch, calibration: Calibration) -> float:
    """Return the probability (0..1) that a match is near the truth (1.5 px; 2 px for CFOG), given that the images belong together."""
    return float(probability(match_features(match)[None], calibration.score)[0])


def probability(features: NDArray[np.float64], weights: tuple[float, ...]) -> NDArray[np.float64]:
    """Return (N,) logistic of (N, F) features with (F,) weights."""
    return np.asarray(1.0 / (1.0 + np.exp(-features @ np.array(weights))))


def judge_features(turned: bool, contrast: float, overlap: float) -> NDArray[np.float64]:
    """Return (5,): see `Calibration.judge`."""
    strength = float(np.log(max(contrast, 1.0)))
    return np.array([1.0, float(turned), strength * turned, strength * (not turned), overlap])


def judge(
    coarse: CoarseResult, found: Found, reasons: list[Reason], area_px: float, turned: bool, calibration: Calibration
) -> Verdict:
    """Decide whether the images belong together.

    Args:
        coarse: Answer of the coarse stage.
        found: Candidates of the fine stage.
        reasons: What the filters said of each.
        area_px: Area that could be matched, working px squared.
        turned: Whether the coarse stage searched rotation and scale.
        calibration: Of the matcher whose features the coarse stage compared.

    Returns:
        The verdict. It weighs how far the best coarse hypothesis stands out and how much of the area both images share
        there; a registration whose tie points mostly contradict each other is refused as well.
    """
    n, kept = len(reasons), sum(r is Reason.NONE for r in reasons)
    sensed = found.candidates.sensed
    extent = float(np.prod(np.ptp(sensed, axis=0) + found.template_px)) if n else 0.0
    overlap = min(extent / max(area_px, 1.0), 1.0)
    probability = float(1.0 / (1.0 + np.exp(-judge_features(turned, coarse.contrast, overlap) @ np.array(calibration.judge))))
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
