"""What one match is judged by."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.engine.align.evidence import (
    Calibration,
    probability,
    support_of,
)
from sar_optical_align.plugin.matchers import create

ROOT = Path(__file__).resolve().parents[3]


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


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_support_is_a_share_and_grows_with_each_point_kept(points):
    scores, kept = np.array([s for s, _ in points]), np.array([k for _, k in points], dtype=bool)
    support = support_of(scores, kept)
    assert 0.0 <= support <= 1.0 + 1e-12
    for i in np.flatnonzero(~kept):
        more = kept.copy()
        more[i] = True
        assert support_of(scores, more) >= support - 1e-12


@pytest.mark.parametrize("key", ["cfog", "gradient_ncc", "sift"])
def test_a_matcher_without_a_network_has_the_scores_of_cfog(key):
    told = Calibration.of(create(key))
    shipped = json.loads((ROOT / "resources" / "calibrations" / "cfog.json").read_text())
    assert list(told.score) == shipped["score"]
    assert len(told.score) == 5
    assert told.covariance == shipped["covariance"] > 0
    assert told.kept_share == 0.35


def test_a_card_keeps_its_score_and_what_it_says_of_a_judgement_is_not_asked():
    """Cards were written with one of their own before 2026-12."""
    matcher = create("cfog")
    matcher.calibration = {"score": [0.1, 0.2], "covariance": 2.0, "judge": [-10.0, 1.0]}
    told = Calibration.of(matcher)
    assert (told.score, told.covariance, told.kept_share) == ((0.1, 0.2), 2.0, 0.0)
