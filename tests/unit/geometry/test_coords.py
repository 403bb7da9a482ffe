"""Laws of the frames: half pixels, geotransforms, normalised coordinates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.core.geometry import coords

ROTATED = (500123.0, 9.5, 2.25, 4200456.0, 1.75, -12.5)
numbers = st.floats(-1e5, 1e5, allow_nan=False)
steps = st.floats(-500, 500, allow_nan=False)
points = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8).map(np.array)


def test_the_centre_of_the_first_pixel_is_half_a_pixel_from_its_corner():
    assert coords.px_from_idx([0.0, 0.0]).tolist() == [0.5, 0.5]
    assert coords.idx_from_px([0.0, 0.0]).tolist() == [-0.5, -0.5]
    # the last pixel of a 7 x 5 image ends at its size, half a pixel after its centre
    assert (coords.px_from_idx([6, 4]) + 0.5).tolist() == [7.0, 5.0]


@given(points)
def test_index_and_pixel_frames_are_inverse(xy):
    np.testing.assert_allclose(coords.idx_from_px(coords.px_from_idx(xy)), xy, rtol=0, atol=1e-9)


@pytest.mark.parametrize("k", [2, 3, 8])
def test_resizing_by_k_multiplies_pixels_but_not_indices(k):
    """Pixel `i` of a reduced image covers the original pixels k i .. k i + k - 1, whose mean index
    is k i + (k - 1) / 2.
    """
    index = np.array([[0.0, 0.0], [3.0, 5.0]])
    finer = coords.idx_from_px(coords.px_from_idx(index) * k)
    np.testing.assert_allclose(finer, k * index + (k - 1) / 2)


@given(points)
def test_index_matrix_commutes_with_the_frames(xy):
    matrix = np.array([[1.1, 0.2, 5.0], [-0.1, 0.9, -3.0], [1e-7, -2e-7, 1.0]])
    through_px = coords.idx_from_px(coords.apply_matrix(matrix, coords.px_from_idx(xy)))
    np.testing.assert_allclose(
        coords.apply_matrix(coords.index_matrix(matrix), xy), through_px, rtol=1e-9, atol=1e-6
    )


@given(st.tuples(numbers, steps, steps, numbers, steps, steps), points)
def test_map_and_pixel_frames_are_inverse_for_any_geotransform(gt, xy):
    area = abs(gt[1] * gt[5] - gt[2] * gt[4])
    longest = max(abs(v) for v in (gt[1], gt[2], gt[4], gt[5]))
    assume(longest > 1e-3 and area > 1e-3 * longest**2)
    np.testing.assert_allclose(
        coords.px_from_map(gt, coords.map_from_px(gt, xy)), xy, rtol=0, atol=1e-3
    )


def test_a_geotransform_maps_corners_as_gdal_means_it():
    gt = ROTATED
    mapped = coords.map_from_px(gt, [[0, 0], [1, 0], [0, 1], [1, 1]])
    first, right, down = (
        np.array([gt[0], gt[3]]),
        np.array([gt[1], gt[4]]),
        np.array([gt[2], gt[5]]),
    )
    expected = [first, first + right, first + down, first + right + down]
    np.testing.assert_allclose(mapped, expected)


def test_a_geotransform_survives_its_matrix():
    assert coords.geotransform_from_matrix(coords.matrix_from_geotransform(ROTATED)) == ROTATED


@given(st.floats(-180, 180), st.floats(0.1, 100), st.floats(0.1, 100))
def test_gsd_does_not_depend_on_rotation(angle, dx, dy):
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    gt = (0.0, c * dx, s * dy, 0.0, s * dx, -c * dy)
    np.testing.assert_allclose(coords.gsd(gt), (dx, dy))


def test_shifting_the_origin_by_a_pixel_shifts_the_pixel_frame_by_one():
    corner = coords.map_from_px(ROTATED, [[1.0, 0.0]])[0]
    moved = (corner[0], *ROTATED[1:3], corner[1], *ROTATED[4:])
    xy = np.array([[3.25, 7.5], [100.0, 2.0]])
    np.testing.assert_allclose(
        coords.px_from_map(moved, coords.map_from_px(ROTATED, xy)), xy - [1.0, 0.0], atol=1e-8
    )


@given(points, st.integers(1, 9000), st.integers(1, 9000))
def test_normalised_and_pixel_frames_are_inverse(xy, width, height):
    back = coords.px_from_normalised(coords.normalised_from_px(xy, width, height), width, height)
    np.testing.assert_allclose(back, xy, rtol=0, atol=1e-6)


def test_normalised_corners_are_one():
    np.testing.assert_allclose(
        coords.normalised_from_px([[0, 0], [7, 5], [3.5, 2.5]], 7, 5), [[-1, -1], [1, 1], [0, 0]]
    )


@pytest.mark.parametrize(
    "gt", [(0, 1, 2, 0, 2, 4), (0, 0, 0, 0, 0, 0), (0, float("nan"), 0, 0, 0, 1)]
)
def test_a_degenerate_geotransform_is_refused(gt):
    with pytest.raises(InputError, match="no area"):
        coords.px_from_map(gt, [[1.0, 2.0]])


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 2)])
def test_points_of_a_wrong_shape_are_refused(shape):
    with pytest.raises(InputError, match="shape"):
        coords.as_points(np.zeros(shape))


def test_no_points_stay_no_points():
    assert coords.as_points([]).shape == (0, 2)
    assert coords.map_from_px(ROTATED, []).shape == (0, 2)
