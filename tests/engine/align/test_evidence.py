"""What a registration as a whole is judged by."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.core.fit.result import CoarseResult
from sar_optical_align.plugin.core.types import Reason
from sar_optical_align.plugin.engine.align.evidence import (
    Calibration,
    judge,
    probability,
    support_of,
)
from sar_optical_align.plugin.engine.align.found import Candidates, Found
from sar_optical_align.plugin.matchers import create

ROOT = Path(__file__).resolve().parents[3]
CALIBRATION = Calibration(
    score=(0.0, 1.0, 1.0, -1.0, 1.0), judge=(-6.0, -2.0, 2.0, 2.0, 1.0, 10.0), covariance=1.0
)


def verdict(scores, kept, contrast=6.0, turned=False, calibration=CALIBRATION):
    n = len(scores)
    places = np.random.default_rng(0).uniform(0, 200, (n, 2))
    found = Found(
        Candidates(places, places, np.array(scores), np.zeros(n, bool), np.full(n, np.nan))
    )
    reasons = [Reason.NONE if k else Reason.ROBUST_FIT for k in kept]
    coarse = CoarseResult(
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), 0.0, 1.0, (0.0, 0.0), 0.2, contrast
    )
    return judge(coarse, found, reasons, 200.0**2, turned, calibration)


@pytest.mark.parametrize(
    "card",
    [
        {},
        [],
        "text",
        {"score": [1.0], "covariance": float("nan")},
        {"score": [1.0], "covariance": 0},
        {"score": [1.0], "covariance": "0.5"},
        {"score": [], "covariance": 0.5},
        {"score": [1.0, None], "covariance": 0.5},
        {"score": [True], "covariance": 0.5},
        {"score": [float("inf")], "covariance": 0.5},
        {"score": "12345", "covariance": 0.5},
        {"score": [1.0], "covariance": 0.5, "judge": 5},
        {"score": [1.0], "covariance": 0.5, "judge": [float("nan")] * 6},
        {"score": [10**400], "covariance": 0.5},
    ],
)
def test_a_card_with_a_broken_calibration_ends_in_a_sentence(card):
    with pytest.raises(InputError, match="calibration") as caught:
        Calibration.from_card(card)
    assert caught.value.hint
    matcher = create("cfog")
    matcher.calibration = card or {"score": None}
    with pytest.raises(InputError):
        Calibration.of(matcher)


def test_a_calibration_for_other_features_ends_in_a_sentence():
    with pytest.raises(InputError, match="2 weights for 5 features"):
        probability(np.ones((3, 5)), (1.0, 2.0))


def test_a_card_without_judgement_takes_that_of_cfog():
    own = Calibration.from_card({"score": [0.0, 1.0], "covariance": 2})
    assert own.judge == Calibration.of(create("cfog")).judge
    assert (own.score, own.covariance, own.kept_share) == ((0.0, 1.0), 2.0, 0.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_support_is_a_share_and_grows_with_each_point_kept(points):
    scores, kept = np.array([s for s, _ in points]), np.array([k for _, k in points], dtype=bool)
    support = support_of(scores, kept)
    assert 0.0 <= support <= 1.0 + 1e-12
    for i in np.flatnonzero(~kept):
        more = kept.copy()
        more[i] = True
        assert support_of(scores, more) >= support - 1e-12


def test_sure_points_that_agree_make_it_more_probable():
    kept = [True] * 30 + [False] * 10
    weak, strong = verdict([0.15] * 40, kept), verdict([0.9] * 40, kept)
    assert weak.numbers["probability"] < 0.5 < strong.numbers["probability"]
    assert not weak.reliable
    assert "11 % of the tie points" in weak.message
    assert strong.reliable
    assert strong.numbers["support"] == pytest.approx(0.675)


def test_few_of_many_doubtful_points_may_agree_where_scores_tell_which():
    """A network that answers everywhere is not refused for its many doubtful answers; of matchers
    without one a share must agree.
    """
    scores, kept = [0.95] * 30 + [0.02] * 70, [True] * 30 + [False] * 70
    assert verdict(scores, kept, contrast=12.0).reliable
    told = verdict(scores, kept, contrast=12.0, calibration=replace(CALIBRATION, kept_share=0.35))
    assert not told.reliable
    assert "70 of 100 tie points contradict" in told.message
    few = verdict(
        [0.4] * 9,
        [True] * 5 + [False] * 4,
        contrast=100.0,
        calibration=replace(CALIBRATION, kept_share=0.35),
    )
    assert few.reliable  # though two of the five only are right as their scores promise


def test_a_handful_of_points_is_too_little_to_be_sure_by():
    told = verdict([0.9] * 4, [True] * 4, contrast=1.0)
    assert told.numbers["support"] > 0.8
    assert not told.reliable
    assert "hardly any" in told.message


def test_three_points_are_too_few_whatever_they_promise():
    told = verdict([1.0] * 4, [True] * 3 + [False], contrast=1000.0)
    assert told.numbers["probability"] > 0.5
    assert not told.reliable


@pytest.mark.parametrize("key", ["cfog", "gradient_ncc", "sift"])
def test_a_matcher_without_a_network_is_judged_as_cfog_is(key):
    """No evidence speaks against a registration by being stronger."""
    told = Calibration.of(create(key))
    shipped = json.loads((ROOT / "resources" / "calibrations" / "cfog.json").read_text())
    assert list(told.score) == shipped["score"]
    assert len(told.score) == 5
    assert list(told.judge) == shipped["judge"]
    assert len(told.judge) == 6
    assert min(told.judge[2:]) >= 0
    assert told.covariance == shipped["covariance"] > 0
    assert told.kept_share == 0.35


@pytest.mark.parametrize("older", [{}, {"judge": [-10.0, 1.0, 2.0, 3.0, 4.0]}])
def test_an_older_card_keeps_its_score_and_is_judged_as_cfog_is(older):
    matcher = create("cfog")
    shipped = Calibration.of(matcher)
    matcher.calibration = {"score": [0.1, 0.2, 0.3, 0.4, 0.5], "covariance": 2.0, **older}
    told = Calibration.of(matcher)
    assert told.judge == shipped.judge
    assert (told.score, told.covariance) == ((0.1, 0.2, 0.3, 0.4, 0.5), 2.0)
