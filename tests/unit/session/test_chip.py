"""Chips: each picture element shows the ground under its middle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.session.chip import picture, positions, sample


def test_positions_are_the_middles_of_the_elements():
    at = positions((100.0, 60.0), 8.0, 4, lambda xy: xy)
    assert at[0, 0] == pytest.approx([97.0, 57.0])
    assert at[3, 3] == pytest.approx([103.0, 63.0])
    assert at[0, 3] == pytest.approx([103.0, 57.0])


@given(st.tuples(*[st.floats(-2, 2)] * 4), st.floats(4, 200), st.integers(8, 64))
@settings(max_examples=50, deadline=None)
def test_positions_follow_the_map_to_native_pixels(linear, side, n):
    matrix = np.array(linear).reshape(2, 2)
    direct = positions((40.0, 30.0), side, n, lambda xy: xy)
    mapped = positions((40.0, 30.0), side, n, lambda xy: xy @ matrix.T + [7.0, -3.0])
    assert mapped == pytest.approx(direct @ matrix.T + [7.0, -3.0], abs=1e-9 * side + 1e-9)


def test_a_bend_is_followed_within_a_fortieth_of_a_pixel():
    def bent(xy):
        return xy + 4 * np.sin(xy / 60.0)

    direct = positions((300.0, 200.0), 96.0, 48, lambda xy: xy)
    assert np.abs(positions((300.0, 200.0), 96.0, 48, bent) - bent(direct)).max() < 0.025


def test_samples_are_exact_on_a_ramp_whatever_corner_and_step():
    rows, cols = np.mgrid[:20, :30]
    window = (3.0 * (cols + 0.5) * 2 - 2.0 * (rows + 0.5) * 4).astype(
        np.float32
    )  # 3 x - 2 y in native px, steps (2, 4)
    at = np.stack(np.meshgrid(np.linspace(12.0, 68.0, 11), np.linspace(14.0, 86.0, 11)), axis=2)
    found = sample(window, (10.0, 10.0), (2.0, 4.0), at)
    assert found == pytest.approx(3 * (at[..., 0] - 10) - 2 * (at[..., 1] - 10), abs=1e-3)


def test_outside_and_beside_holes_there_is_nothing():
    window = np.ones((6, 6), np.float32)
    window[3, 3] = np.nan
    at = np.array(
        [
            [[-0.1, 1.0], [0.2, 0.2], [5.9, 5.9], [6.1, 1.0]],
            [[3.5, 3.5], [3.2, 3.5], [1.5, 1.5], [np.nan, 1.0]],
        ]
    )
    assert np.isfinite(sample(window, (0.0, 0.0), (1.0, 1.0), at)).tolist() == [
        [False, True, True, False],
        [False, False, True, False],
    ]


def test_pictures_are_stretched_together_and_holes_are_transparent():
    ramp = np.tile(np.linspace(0.0, 100.0, 64, dtype=np.float32), (64, 1))
    half = ramp / 2
    ramp[0, 0] = np.nan
    rgba = picture([ramp, half, half])
    assert rgba[0, 0].tolist() == [0, 0, 0, 0]
    assert (rgba[1:, :, 3] == 255).all()
    assert rgba[10, 60, 0] > 1.8 * rgba[10, 60, 1]
    assert (np.diff(rgba[10, :, 0].astype(int)) >= 0).all()
    assert not picture([np.full((4, 4), np.nan, np.float32)]).any()


def test_power_is_shown_in_decibel():
    power = np.tile(10.0 ** np.linspace(-2, 3, 64, dtype=np.float32), (64, 1))
    grey = picture([power])[10, :, 0].astype(int)
    steps = np.diff(grey[4:-4])
    assert steps.min() >= 3  # even steps: a ramp in decibel
    assert steps.max() <= 5
