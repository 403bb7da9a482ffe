"""Laws of the test whether residuals line up with a direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.fit.range_test import range_test


def relief(
    seed: int, azimuth: float, n: int = 80, height: float = 3.0, noise: float = 1.0
) -> np.ndarray:
    """Noise in every direction and heights along one."""
    rng = np.random.default_rng(seed)
    along = np.radians(azimuth)
    return rng.normal(0, noise, (n, 2)) + rng.normal(0, height, (n, 1)) * [
        np.sin(along),
        np.cos(along),
    ]


def turned(r: np.ndarray, clockwise_deg: float) -> np.ndarray:
    a = np.radians(clockwise_deg)
    return r @ np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


@pytest.mark.parametrize("azimuth", [0.0, 35.0, 78.0, 90.0, 135.0, 179.0])
def test_relief_is_found_and_its_direction(azimuth):
    found = range_test(relief(1, azimuth))
    assert found.lines_up
    assert found.p_value < 1e-4
    assert abs((found.azimuth_deg - azimuth + 90) % 180 - 90) < 3 * found.spread_deg + 1
    assert found.spread_deg < 10
    given_axis = range_test(relief(1, azimuth), azimuth)
    assert given_axis.lines_up
    assert given_axis.axis_known
    assert given_axis.p_value <= found.p_value
    assert given_axis.best_deg == pytest.approx(found.azimuth_deg)
    assert given_axis.off_deg < 3 * found.spread_deg + 1
    assert range_test(relief(1, azimuth), azimuth + 50).off_deg == pytest.approx(
        50, abs=3 * found.spread_deg + 1
    )
    assert range_test(relief(1, azimuth), azimuth + 90).p_value > 0.99


@given(st.integers(0, 10**6), st.floats(0, 360), st.floats(0.01, 1000))
def test_turning_turns_the_axis_and_scaling_changes_no_probability(seed, angle, k):
    r = relief(seed, 20.0, 30, 2.0)
    a, b = range_test(r), range_test(k * turned(r, angle))
    assert b.p_value == pytest.approx(a.p_value, rel=1e-6)
    assert abs((b.azimuth_deg - a.azimuth_deg - angle + 90) % 180 - 90) < 1e-6
    assert (b.along, b.across) == (pytest.approx(k * a.along), pytest.approx(k * a.across))


@given(st.integers(0, 10**6), st.floats(0, 360))
def test_the_way_along_the_axis_does_not_matter(seed, azimuth):
    r = relief(seed, 20.0, 20, 1.0)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (20, 1))
    assert range_test(r * signs, azimuth).p_value == pytest.approx(
        range_test(r, azimuth + 180).p_value
    )


@pytest.mark.parametrize("n", [8, 15, 60])
@pytest.mark.parametrize("azimuth", [None, 77.0])
def test_random_directions_are_called_aligned_as_often_as_p_says(n, azimuth):
    """Also where the lengths are wild: a tenth of the residuals is ten times longer."""
    rng = np.random.default_rng(n)
    p = []
    for _ in range(3000):
        r = rng.normal(0, 1, (n, 2)) * np.where(rng.random((n, 1)) < 0.1, 10.0, 1.0)
        p.append(range_test(r, azimuth).p_value)
    for limit in (0.05, 0.2, 0.5):
        share = np.mean(np.array(p) < limit)
        assert (0.6 if n < 10 else 0.8) * limit < share < 1.2 * limit, limit
    assert np.mean(np.array(p) < 0.01) < 0.016


def test_one_blunder_is_no_relief():
    r = np.random.default_rng(3).normal(0, 1, (60, 2))
    assert not range_test(r).lines_up
    r[7] = [400.0, 100.0]
    assert not range_test(r).lines_up


def test_too_few_residuals_say_nothing():
    assert range_test(relief(1, 10.0, 7)) is None
    assert range_test(np.zeros((50, 2))) is None
    assert range_test(np.empty((0, 2))) is None


def test_along_and_across_are_the_parts_of_the_residuals():
    r = relief(5, 40.0, 50)
    found = range_test(r, 40.0)
    assert found.along**2 + found.across**2 == pytest.approx((r**2).sum(axis=1).mean())
    assert found.along > 2 * found.across
