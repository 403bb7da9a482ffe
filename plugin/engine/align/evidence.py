"""How far to trust one match; a whole registration: `verdict`.

A logistic model whose weights are learnt on the training split of real pairs by `calibrate`,
motions drawn as in `cases`. Those of networks lie in the cards of their weights; handcrafted
matchers use CFOG's, in `resources/calibrations`. Each comes with what it showed on the validation
split.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ....resources import FOLDER
from ...core.borders import reading
from ...core.errors import InputError

if TYPE_CHECKING:
    from ...matchers import PairMatcher, TemplateMatcher
    from .found import TemplateMatch

LEAST_KEPT = 4
_KEPT_SHARE = 0.35
_CALIBRATIONS = FOLDER / "calibrations"
_HINT = "Run `calibrate` again for the weights, or install the plugin anew."


@dataclass(frozen=True)
class Calibration:
    """Weights of the score, and how much too small or large the covariances of the peaks are.

    Attributes:
        score: (F,) of `match_features`, or of the features that a pair matcher tells.
        covariance: Factor on the covariances, so that normalised errors follow chi-squared with 2
            degrees of freedom.
        kept_share: Share (0..1) of the tie points that must agree; 0 = a few that are right as
            their scores promise suffice. Matchers that use CFOG's answer everywhere, right or
            wrong, with scores that say little: a scene's few hundred points agree by chance.
    """

    score: tuple[float, ...]
    covariance: float
    kept_share: float = 0.0

    @classmethod
    def of(cls, matcher: TemplateMatcher | PairMatcher) -> Calibration:
        """Return the calibration of a matcher, CFOG's where it has none.

        Raises:
            InputError: its card holds another one than `calibrate` makes.
        """
        if matcher.calibration:
            return cls.from_card(matcher.calibration)
        return replace(_cfogs(), kept_share=_KEPT_SHARE)

    @classmethod
    def from_card(cls, card: Any) -> Calibration:
        """Return what a card holds under `calibration`.

        Raises:
            InputError: it is none.
        """
        with reading("the calibration", hint=_HINT):
            score = _numbers(card, "score")
            (covariance,) = _numbers({"covariance": [card["covariance"]]}, "covariance")
            if not score or covariance <= 0:
                raise ValueError("it has no score, or a covariance that is not positive")
        return cls(score, covariance)


def _numbers(card: Any, name: str) -> tuple[float, ...]:
    values = card.get(name, [])
    if not all(type(v) in (int, float) and math.isfinite(v) for v in values):
        raise ValueError(f"its {name} holds something else than finite numbers")
    return tuple(float(v) for v in values)


@lru_cache
def _cfogs() -> Calibration:
    path = _CALIBRATIONS / "cfog.json"
    with reading("the calibration", path, _HINT):
        return Calibration.from_card(json.loads(path.read_text(encoding="utf-8")))


def match_features(match: TemplateMatch) -> NDArray[np.float64]:
    """Return (5,): one, relative gap to the second peak, sharpness / 10, forward-backward error /
    4, height of the peak.
    """
    p = match.peak
    gap = (p.value - p.second) / max(abs(p.value), 1e-3)
    fb = match.forward_backward_px if np.isfinite(match.forward_backward_px) else 8.0
    return np.array([1.0, gap, min(p.sharpness, 20.0) / 10.0, min(fb, 8.0) / 4.0, p.value])


def score_match(match: TemplateMatch, calibration: Calibration) -> float:
    """Return the probability (0..1) that a match is near the truth (1.5 px), given that the images
    belong together.
    """
    return float(probability(match_features(match)[None], calibration.score)[0])


def probability(features: NDArray[np.float64], weights: tuple[float, ...]) -> NDArray[np.float64]:
    """Return (N,) logistic of (N, F) features with (F,) weights.

    Raises:
        InputError: weights of other features.
    """
    if features.shape[1] != len(weights):
        raise InputError(
            f"The calibration has {len(weights)} weights for {features.shape[1]} features.", _HINT
        )
    return np.asarray(1.0 / (1.0 + np.exp(-features @ np.array(weights))))


def support_of(scores: NDArray[np.float64], kept: NDArray[np.bool_]) -> float:
    """Return the share (0..1) of all tie points that are right and kept, as their scores promise; 0
    without any.
    """
    return float(scores[kept].sum() / max(len(scores), 1))


def enough(kept: int, count: int, promised: float, kept_share: float) -> bool:
    """Return whether tie points suffice for any registration.

    Args:
        kept: How many agree.
        count: Of how many.
        promised: How many of them are right as their scores promise.
        kept_share: See `Calibration`; where it is 0, the scores are asked.
    """
    return kept >= LEAST_KEPT and (
        kept >= kept_share * count if kept_share else promised >= LEAST_KEPT
    )


def percent(belief: float) -> float:
    """Return a probability in percent as it is told: 1 to 99, since no evidence is certain."""
    return min(max(100 * belief, 1.0), 99.0)
