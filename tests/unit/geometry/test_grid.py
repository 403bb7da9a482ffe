"""Laws of a grid: what one frame says of a place the others say too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import InputError, UsageError
from sar_optical_align.plugin.core.geometry.grid import Grid

SIZES = st.tuples(st.integers(1, 3000), st.integers(1, 3000))
GRIDS = st.builds(
    lambda size, origin, sides, angle, sheared: Grid(
        "a crs",
        (
            origin[0],
            sides[0] * np.cos(angle),
            (sheared - np.sin(angle)) * sides[1],
            origin[1],
            sides[0] * np.sin(angle),
            -sides[1] * np.cos(angle),
        ),
        *size,
    ),
    SIZES,
    st.tuples(st.floats(-5e5, 5e5), st.floats(-5e6, 5e6)),
    st.tuples(st.floats(0.3, 90.0), st.floats(0.3, 90.0)),
    st.floats(-0.6, 0.6),
    st.floats(-0.1, 0.1),
)
BARE = st.builds(lambda size: Grid.bare(*size), SIZES)
PLACES = np.random.default_rng(0).uniform(-200, 3200, (40, 2))


@settings(deadline=None)
@given(GRIDS | BARE)
def test_frames_lead_there_and_back(grid):
    assert grid.px_from_map(grid.map_from_px(PLACES)) == pytest.approx(PLACES, abs=1e-5)
    assert grid.px_from_layer(grid.layer_from_px(PLACES)) == pytest.approx(PLACES, abs=1e-5)


@settings(deadline=None)
@given(GRIDS, GRIDS)
def test_the_way_to_another_grid_leads_over_the_map(one, other):
    x, y, w = one.matrix_to(other) @ np.c_[PLACES, np.ones(len(PLACES))].T
    expected = other.px_from_map(one.map_from_px(PLACES))
    assert np.c_[x, y] / w[:, None] == pytest.approx(expected, rel=1e-6, abs=1e-3)
    assert one.matrix_to(other) @ other.matrix_to(one) == pytest.approx(
        np.eye(3), abs=1e-3 * (1 + np.abs(one.matrix_to(other)).max())
    )


@settings(deadline=None)
@given(GRIDS | BARE)
def test_a_step_on_the_map_is_the_linear_part(grid):
    step = np.array([3.0, -2.0])
    moved = grid.map_from_px(PLACES + step) - grid.map_from_px(PLACES)
    assert moved == pytest.approx(np.tile(grid.linear @ step, (len(PLACES), 1)), abs=1e-5)
    drawn = grid.layer_from_px(PLACES + step) - grid.layer_from_px(PLACES)
    assert drawn == pytest.approx(np.tile(grid.drawn.linear @ step, (len(PLACES), 1)), abs=1e-5)


@settings(deadline=None)
@given(GRIDS | BARE, st.integers(1, 30))
def test_an_outline_goes_round_all_the_pixels(grid, steps):
    places = grid.outline_px(steps)
    assert len(places) == 4 * steps
    corners = np.array([[0, 0], [grid.width, 0], [grid.width, grid.height], [0, grid.height]])
    assert np.array_equal(places[::steps], corners)
    x, y = grid.map_from_px(places).T
    area = abs(np.dot(x - x[0], np.roll(y, -1) - y[0]) - np.dot(np.roll(x, -1) - x[0], y - y[0]))
    assert area / 2 == pytest.approx(grid.pixel_area_map * grid.width * grid.height, rel=1e-6)
    assert places.mean(axis=0) == pytest.approx(grid.centre_px[0])


@given(BARE)
def test_without_georeferencing_an_image_hangs_below_zero(grid):
    assert not grid.is_referenced
    assert grid.drawn.is_referenced
    assert grid.layer_place((3.0, 2.0)) == (3.0, -2.0)
    assert grid.map_from_px(PLACES) == pytest.approx(PLACES)
    assert grid.layer_from_px([]).shape == (0, 2)


@given(GRIDS)
def test_with_georeferencing_it_is_drawn_on_the_map(grid):
    assert grid.is_referenced
    assert grid.drawn is grid
    assert grid.layer_place((3.0, 2.0)) == tuple(grid.map_from_px([(3.0, 2.0)])[0])


def test_sides_of_pixels_in_a_turned_grid():
    grid = Grid("a crs", (5e5, 6.0, -2.0, 5e6, 8.0, -1.5), 7, 4)
    assert grid.gsd_map == (10.0, 2.5)
    assert grid.pixel_area_map == 7.0


def test_what_is_no_grid():
    with pytest.raises(UsageError):
        Grid.bare(0, 3)
    with pytest.raises(InputError):
        Grid("", (0.0, 2.0, 4.0, 0.0, 1.0, 2.0), 5, 5).px_from_map([[1.0, 1.0]])
