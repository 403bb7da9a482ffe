"""How far to trust one match, and a whole registration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..core.types import CoarseResult, Reason

if TYPE_CHECKING:
    from .fine import TemplateMatch
    from .matching import Found


_SCORE_WEIGHTS = np.array([-2.51, 6.016, 2.642, -0.511, 7.755])


@dataclass(frozen=True)
class Verdict:
    """Whether the evidence suffices, in words and numbers."""

    reliable: bool
    message: str
    hint: str
    numbers: dict[str, float]


def score_match(match: TemplateMatch) -> float:
    """Return the probability (0..1) that a match is within 2 px of the truth."""
    return float(1 / (1 + np.exp(-match_features(match) @ _SCORE_WEIGHTS)))


def match_features(match: TemplateMatch) -> np.ndarray:
    p = match.peak
    gap = (p.value - p.second) / max(abs(p.value), 1e-3)
    fb = match.forward_backward_px if np.isfinite(match.forward_backward_px) else 8.0
    return np.array([1.0, gap, min(p.sharpness, 20.0) / 10.0, min(fb, 8.0) / 4.0, p.value])


def judge(coarse: CoarseResult, found: Found, reasons: list[Reason], area_px: float, turned: bool) -> Verdict:
    """Weigh the evidence."""
    n = len(reasons)
    kept = sum(r is Reason.NONE for r in reasons)
    c = found.candidates
    extent = float(np.prod(np.ptp(c.sensed, axis=0) + found.template_px)) if n else 0.0
    numbers = {"tie_points": float(n), "kept": float(kept), "kept_share": kept / max(n, 1), "coarse_score": coarse.score, "coarse_contrast": coarse.contrast,
      "overlap": min(extent / max(area_px, 1.0), 1.0), "mean_score": float(c.score.mean()) if n else 0.0}
    return Verdict(True, "", "", numbers)
