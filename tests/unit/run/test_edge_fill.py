"""Fill that nobody declared is found whatever its value; images without it have none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.run.edge_fill import edge_fill, fill_hint, fill_told


def texture(height, width, dtype="uint8", seed=0):
    return np.random.default_rng(seed).integers(1, 250, (height, width)).astype(dtype)


@given(
    value=st.sampled_from([0, 255, 254, 251]),
    dtype=st.sampled_from(["uint8", "int16", "float32", "float64"]),
    rows=st.integers(3, 20),
    turn=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_a_strip_of_one_value_is_fill_at_whichever_side(value, dtype, rows, turn, seed):
    picture = texture(70, 110, dtype, seed)
    picture[:rows] = value
    found, share = edge_fill(np.rot90(picture, turn))
    assert found == value
    assert share == pytest.approx(rows / 70)


@given(
    value=st.sampled_from([0.0, 255.0, -9999.0, 1e20]),
    cut=st.floats(0.15, 0.45),
    seed=st.integers(0, 99),
)
def test_the_corners_around_a_turned_scene_are_fill(value, cut, seed):
    picture = texture(90, 120, "float64", seed)
    y, x = np.mgrid[0:90, 0:120] / np.array([90, 120])[:, None, None]
    outside = (x + y < cut) | (x + y > 2 - cut) | (x - y > 1 - cut) | (y - x > 1 - cut)
    picture[outside] = value
    assert edge_fill(picture) == (value, pytest.approx(outside.mean()))


@given(
    height=st.integers(1, 90),
    width=st.integers(1, 90),
    nan=st.booleans(),
    seed=st.integers(0, 99),
)
def test_an_image_without_fill_has_none(height, width, nan, seed):
    picture = texture(height, width, "float32", seed)
    if nan:
        picture[: height // 3] = np.nan
    assert edge_fill(picture) is None


def test_saturated_things_and_rasters_without_image_are_no_fill():
    roof = texture(80, 80)
    roof[20:60, :20] = 255
    assert edge_fill(roof) is None
    inside = texture(80, 80)
    inside[5:75, 5:75] = 255
    assert edge_fill(inside) is None
    assert edge_fill(np.full((80, 80), 255)) is None


def test_what_is_said_can_be_acted_on():
    assert "12 % of the sensed raster hold the value 255 " in fill_told("sensed", (255.0, 0.12))
    assert "--sensed-nodata 255." in fill_hint("sensed", (255.0, 0.12))
    assert "--reference-nodata -9999." in fill_hint("reference", (-9999.0, 0.12))
