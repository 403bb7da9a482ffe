"""The grid that control points themselves tell of."""

from __future__ import annotations

import numpy as np
import pytest
from sar_optical_align.plugin.core.errors import PointsFileError
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.points.own_grid import own_grid

SENSED = Grid("", (3e5, 6.0, -2.0, 5e6, 2.0, -6.0), 500, 400)
PX = np.random.default_rng(0).uniform(0, 400, (30, 2))


@pytest.mark.parametrize("scale", [1e-4, 7.5])
@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_pixels_are_as_large_as_the_sensed_ones_and_hold_all_points(scale, angle):
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])
    ground = PX @ turn.T + [5e5, 5e6]
    grid = own_grid(ground, PX, "a crs", SENSED)
    assert grid.gsd_map == pytest.approx((scale, scale))
    assert grid.is_north_up
    at = grid.px_from_map(ground)
    assert (at > -1e-3).all()
    assert (at < np.array(grid.size) + 1e-3).all()


def test_points_at_one_place_have_pixels_of_the_sensed_raster():
    grid = own_grid([[5.0, 6.0]] * 3, [[1.0, 2.0]] * 3, "a crs", SENSED)
    assert (grid.gsd_map[0], grid.size) == (SENSED.gsd_map[0], (1, 1))


def test_one_point_is_not_enough():
    with pytest.raises(PointsFileError) as caught:
        own_grid([[5.0, 6.0]], [[1.0, 2.0]], "a crs", SENSED)
    assert caught.value.hint
