"""Whether a registration is right: one judgement for all matchers.

Two matchers that look at different things, the *witnesses*, are asked how much more alike the whole
of both images is where the registration puts them than where chance would (`pooled`). Nothing of
that depends on a sensor, on the size of the images or on how a matcher scores its points. What
their sum is worth is learnt by `judgement` and lies in `resources/calibrations/judgement.json`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ....resources import FOLDER
from ...core.borders import reading
from ...core.errors import FitError
from ...core.fit import fitting
from ...core.fit.result import CoarseResult
from ...core.types import Reason
from ...matchers import PairMatcher, TemplateMatcher, create_template
from ...matchers.network import NetworkMatcher
from .evidence import LEAST_KEPT, Calibration, enough, percent, probability, support_of
from .pooled import beyond_chance, compare_blocks, read_reduced

if TYPE_CHECKING:
    from ..read.pair import WorkingPair
    from .found import Found

JUDGEMENT = FOLDER / "calibrations" / "judgement.json"
_CFOG, _EDGES, _NETWORK = "cfog", "gradient_ncc", "me_ssm"
_AFFINE_FROM, _SIMILARITY_FROM = 12, 6
_HINT = (
    "Check that both rasters show the same ground; declare the search radius, or try another "
    "matcher, band or working GSD."
)


@dataclass(frozen=True)
class Verdict:
    """Whether the evidence suffices, in words and numbers."""

    reliable: bool
    message: str
    hint: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class Weights:
    """What the evidence is worth: logistic(constant + alike * sum of both witnesses)."""

    constant: float
    alike: float

    def belief(self, own: float, other: float) -> float:
        """Return the probability (0..1) that a registration is right.

        Args:
            own: What the matcher's own features say, see `Pooled.beyond_chance`.
            other: What the other witness says.
        """
        evidence = np.array([[1.0, own + other]])
        return float(probability(evidence, (self.constant, self.alike))[0])


@lru_cache
def weights() -> Weights:
    """Return the weights that ship.

    Raises:
        InputError: they cannot be read.
    """
    with reading("the judgement", JUDGEMENT, "Install the plugin anew."):
        stored = json.loads(JUDGEMENT.read_text(encoding="utf-8"))["weights"]
        values = [float(stored[name]) for name in ("constant", "alike")]
        if not all(map(math.isfinite, values)) or values[1] <= 0:
            raise ValueError("its weights are not finite, or more alike counts against it")
    return Weights(*values)


def witnesses_of(
    matcher: TemplateMatcher | PairMatcher,
) -> tuple[TemplateMatcher, TemplateMatcher]:
    """Return whose features are asked.

    First the matcher's own where it compares them densely, ME-SSM's for the other networks, CFOG's
    for all others; then gradient correlation's, or CFOG's beside itself.
    """
    if isinstance(matcher, TemplateMatcher) and matcher.is_correlation():
        own = matcher
    elif isinstance(matcher, NetworkMatcher):
        own = _kept(_NETWORK, matcher.torch_device.type)
    else:
        own = _kept(_CFOG)
    edges = _kept(_EDGES)
    return own, _kept(_CFOG) if type(own) is type(edges) else edges


_kept = lru_cache(create_template)
"""A witness is asked once for each attempt."""


def judge(
    pair: WorkingPair,
    matcher: TemplateMatcher | PairMatcher,
    coarse: CoarseResult,
    found: Found,
    reasons: list[Reason],
) -> Verdict:
    """Decide whether a registration is right.

    Args:
        pair: As it was matched.
        matcher: What matched it.
        coarse: Answer of the coarse stage; told, not weighed.
        found: Candidates of the fine stage.
        reasons: What the filters said of each.
    """
    # 1. Do enough tie points agree for any registration?
    agree = np.array([r is Reason.NONE for r in reasons], dtype=bool)
    n, kept = len(agree), int(agree.sum())
    calibration = Calibration.of(matcher)
    support = support_of(found.candidates.score, agree)
    numbers = {
        "probability": 0.0,
        "tie_points": float(n),
        "kept": float(kept),
        "kept_share": kept / max(n, 1),
        "support": support,
        "coarse_score": coarse.score,
        "coarse_contrast": coarse.contrast,
    }
    if refusal := _too_few(calibration.kept_share, numbers):
        return refusal

    # 2. How alike are the images where these put them?
    there = read_reduced(_as_agreed(pair, found, agree))
    own, other = (
        beyond_chance(compare_blocks(there, witness)) for witness in witnesses_of(matcher)
    )
    belief = weights().belief(own, other)
    numbers |= {"probability": belief, "alike_own": own, "alike_other": other}
    if belief < 0.5:
        return Verdict(
            False,
            f"No reliable alignment: {kept} of {n} tie points agree, but where they put the "
            f"images these are hardly more alike than elsewhere (by {own:.1f} and {other:.1f} "
            f"standard deviations; probability that the alignment is right "
            f"{percent(belief):.0f} %).",
            _HINT,
            numbers,
        )
    return Verdict(
        True,
        f"{kept} of {n} tie points agree; probability that the alignment is right "
        f"{percent(belief):.0f} %.",
        "",
        numbers,
    )


def _too_few(kept_share: float, numbers: dict[str, float]) -> Verdict | None:
    """Return the refusal where tie points do not suffice for any registration, None where they do.

    Args:
        kept_share: See `Calibration`.
        numbers: Of the verdict.
    """
    n, kept = int(numbers["tie_points"]), int(numbers["kept"])
    if enough(kept, n, numbers["support"] * n, kept_share):
        return None
    if kept < LEAST_KEPT:
        return Verdict(
            False,
            f"No reliable alignment: only {kept} of {n} tie points agree with each other.",
            _HINT,
            numbers,
        )
    if kept_share:
        return Verdict(
            False,
            f"No reliable alignment: {n - kept} of {n} tie points contradict the others.",
            _HINT,
            numbers,
        )
    return Verdict(
        False,
        f"No reliable alignment: {kept} of {n} tie points agree, but hardly any of "
        "them is likely right.",
        _HINT,
        numbers,
    )


def _as_agreed(pair: WorkingPair, found: Found, agree: NDArray[np.bool_]) -> WorkingPair:
    """Return the pair with the sensed image where the tie points that agree put it, by the simplest
    motion they bear.
    """
    sensed, reference = found.candidates.sensed[agree], found.candidates.reference[agree]
    count = len(sensed)
    kind = (
        "affine"
        if count >= _AFFINE_FROM
        else "similarity"
        if count >= _SIMILARITY_FROM
        else "shift"
    )
    try:
        matrix = fitting.fit(kind, sensed, reference).matrix
    except FitError:  # on one line, for instance
        matrix = fitting.fit("shift", sensed, reference).matrix
    return pair.corrected(np.array(matrix) @ pair.correction)
