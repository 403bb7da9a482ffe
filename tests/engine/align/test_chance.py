"""How often answers agree by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.engine.align.chance import (
    log_false_alarms,
    log_false_alarms_of_shifts,
    share_within,
)


@settings(max_examples=30)
@given(st.integers(2, 200), st.floats(0.001, 0.5), st.sampled_from([1, 3]))
def test_the_more_agree_the_rarer_by_chance(count, chance, fixed_by):
    told = [log_false_alarms(count, k, chance, fixed_by) for k in range(fixed_by, count + 1)]
    assert (np.diff(told) <= 1e-6).all()


@settings(max_examples=30)
@given(st.integers(2, 60), st.integers(1, 60))
def test_the_wider_they_were_sought_the_rarer_by_chance(count, agreeing):
    agreeing = min(agreeing, count)
    narrow, wide = (
        log_false_alarms(count, agreeing, share_within(2.0, places**2)) for places in (17, 65)
    )
    assert wide <= narrow + 1e-9


@pytest.mark.parametrize("count", [2, 4, 16, 60])
def test_random_answers_are_no_rarer_than_they_are_told_to_be(count):
    """Answers that agree less than once in ten tests by chance are found less than once in ten."""
    rng = np.random.default_rng(count)
    told = np.array(
        [
            log_false_alarms_of_shifts(rng.integers(-32, 33, (count, 2)).astype(float), 65**2)
            for _ in range(400)
        ]
    )
    assert (told < 0.0).mean() < 0.6
    for alarms in (0.1, 0.01):
        assert (told < np.log10(alarms)).mean() <= alarms + 0.015


def test_answers_that_agree_are_rare_wherever_they_lie():
    rng = np.random.default_rng(1)
    shifts = rng.uniform(-32, 32, (16, 2))
    shifts[:8] = (5.0, -7.0) + rng.normal(0.0, 0.5, (8, 2))
    told = log_false_alarms_of_shifts(shifts, 65**2)
    assert told < -8.0
    assert log_false_alarms_of_shifts(shifts + 100.0, 65**2) == pytest.approx(told)


def test_of_one_answer_or_none_nothing_can_be_told():
    assert log_false_alarms_of_shifts(np.empty((0, 2)), 100.0) == 0.0
    assert log_false_alarms_of_shifts(np.zeros((1, 2)), 100.0) == 0.0
