"""Laws of coverage: hulls, empty circles, quadrants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.fit.coverage import (
    convex_hull,
    hull_area,
    largest_empty_circle,
    overlap_area,
    quadrant_counts,
)
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid

coordinates = st.integers(-1000, 1000)
pairs = st.lists(st.tuples(coordinates, coordinates), min_size=0, max_size=40)
clouds = pairs.map(lambda p: np.array(p, dtype=float).reshape(-1, 2))


def test_area_of_known_figures():
    assert hull_area([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1]]) == pytest.approx(12)
    assert hull_area([[0, 0], [4, 0], [0, 3]]) == pytest.approx(6)
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    assert hull_area(np.stack([np.cos(angle), np.sin(angle)], axis=1)) == pytest.approx(
        np.pi, rel=1e-4
    )


@pytest.mark.parametrize(
    "points", [[], [[1, 2]], [[1, 2], [3, 4]], [[0, 0], [1, 1], [2, 2], [5, 5]], [[3, 3]] * 6]
)
def test_degenerate_sets_have_no_area(points):
    assert hull_area(points) == 0.0


@given(clouds)
def test_every_point_is_inside_the_hull_and_the_hull_is_made_of_points(points):
    hull = convex_hull(points)
    assert {tuple(p) for p in hull} <= {tuple(p) for p in points}
    if len(hull) < 3:
        return
    for a, b in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        assert (
            (b[0] - a[0]) * (points[:, 1] - a[1]) - (b[1] - a[1]) * (points[:, 0] - a[0]) >= 0
        ).all()


@given(clouds, st.floats(0.1, 10), coordinates, coordinates)
def test_area_moves_and_scales_with_the_points(points, k, x, y):
    assert hull_area(k * points + [x, y]) == pytest.approx(
        k * k * hull_area(points), rel=1e-6, abs=1e-3
    )


@given(clouds, clouds)
def test_more_points_never_cover_less(points, more):
    assert hull_area(np.vstack([points, more])) >= hull_area(points) - 1e-9


@given(clouds)
def test_quadrants_count_every_point_once(points):
    assert sum(quadrant_counts(points + 1000, 2001, 2001)) == len(points)


def test_quadrants_are_in_reading_order():
    assert quadrant_counts(
        [[1, 1], [2, 1], [9, 1], [1, 8], [1, 9], [2, 9], [9, 9], [5, 5]], 10, 10
    ) == (2, 1, 3, 2)


def test_the_empty_circle_fills_the_hole():
    lattice = np.array([[x, y] for x in range(0, 401, 20) for y in range(0, 301, 20)], dtype=float)
    ring = lattice[np.hypot(*(lattice - [250, 120]).T) > 90]
    x, y, radius = largest_empty_circle(ring, 400, 300)
    assert np.hypot(x - 250, y - 120) < 15
    assert radius == pytest.approx(95, abs=10)


@given(
    st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300)), min_size=1, max_size=30).map(np.array)
)
def test_the_empty_circle_is_empty_and_inside(points):
    x, y, radius = largest_empty_circle(points, 400, 300)
    assert np.hypot(*(points - [x, y]).T).min() == pytest.approx(radius)
    assert 0 <= x <= 400
    assert 0 <= y <= 300


def test_without_points_the_circle_goes_round_the_image():
    assert largest_empty_circle([], 40, 30) == (20, 15, 25)


SCENE = Grid.bare(100, 80)


def moved(matrix):
    place = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 80.0], [0.0, 80.0], [40.0, 30.0]])
    return fit("affine", place, coords.apply_matrix(np.array(matrix, dtype=float), place))


@pytest.mark.parametrize(
    ("matrix", "area"),
    [
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], 8000.0),
        ([[1, 0, 25], [0, 1, -20], [0, 0, 1]], 75.0 * 60.0),
        ([[1, 0, 100], [0, 1, 0], [0, 0, 1]], 0.0),
        ([[0.5, 0, 10], [0, 0.5, 10], [0, 0, 1]], 2000.0),
        ([[3, 0, -50], [0, 3, -50], [0, 0, 1]], 8000.0),
        ([[0, -1, 90], [1, 0, 0], [0, 0, 1]], 80.0 * 80.0),  # a quarter turn: 80 wide, 100 high
        ([[-1, 0, 100], [0, 1, 0], [0, 0, 1]], 8000.0),  # mirrored
    ],
)
def test_overlap_is_the_common_area(matrix, area):
    assert overlap_area(moved(matrix), SCENE, SCENE) == pytest.approx(area, abs=1e-6)


@given(st.floats(-3.2, 3.2), st.floats(0.3, 3), st.floats(-60, 60), st.floats(-60, 60))
def test_overlap_is_what_a_lattice_counts(angle, scale, x, y):
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    matrix = np.array([[a, -b, x], [b, a, y], [0, 0, 1]])
    inside = coords.apply_matrix(
        np.linalg.inv(matrix),
        np.stack(np.meshgrid(np.arange(100) + 0.5, np.arange(80) + 0.5), axis=2).reshape(-1, 2),
    )
    counted = ((inside >= 0) & (inside <= [100, 80])).all(axis=1).sum()
    assert overlap_area(moved(matrix), SCENE, SCENE) == pytest.approx(counted, abs=120)
