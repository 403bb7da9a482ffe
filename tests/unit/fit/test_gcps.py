"""Laws of rasters that lie where their GCPs say."""

from __future__ import annotations

import numpy as np
import pytest
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.core.fit.gcps import place_by_gcps, placed_by
from sar_optical_align.plugin.core.geometry.grid import Grid

WIDTH, HEIGHT = 900, 700
UTM, DEGREES = 'PROJCS["somewhere"]', 'GEOGCS["WGS 84"]'
PLACES = np.random.default_rng(1).uniform(0, 1, (60, 2)) * [WIDTH, HEIGHT]


def at(count: int) -> np.ndarray:
    """Positions all over the raster, no three of them on a line."""
    return np.random.default_rng(count).uniform(0, 1, (count, 2)) * [WIDTH, HEIGHT]


def ground(px: np.ndarray, order: int, step: float = 10.0, origin: tuple = (5e5, 5.4e6)):
    """A descending acquisition, turned, that bends by a polynomial of an order."""
    u = px / [WIDTH, HEIGHT] - 0.5
    out = px @ np.array([[-0.97, -0.21], [0.22, -0.98]])
    if order >= 2:
        out = out + 20 * np.stack([u[:, 0] ** 2, u[:, 0] * u[:, 1]], axis=1)
    if order >= 3:
        out = out + 20 * np.stack([u[:, 0] * u[:, 1] ** 2, u[:, 1] ** 3], axis=1)
    return out * step + origin


@pytest.mark.parametrize(
    ("count", "order"), [(3, 1), (4, 1), (6, 1), (7, 2), (9, 2), (251, 3), (400, 3)]
)
@pytest.mark.parametrize(("wkt", "step"), [(UTM, 10.0), (DEGREES, 1e-5)])
def test_a_polynomial_is_found_again(count, order, wkt, step):
    origin = (5e5, 5.4e6) if wkt == UTM else (15.2, 48.9)
    px = at(count)
    placed = place_by_gcps(px, ground(px, order, step, origin), wkt, "a raster")
    expected = ground(PLACES, order, step, origin)
    assert np.abs(placed.to_map(PLACES) - expected).max() < 1e-3 * step
    assert np.abs(placed.to_px(expected) - PLACES).max() < 1e-3
    assert placed.crs_wkt == wkt


@pytest.mark.parametrize("count", [3, 10, 40, 250])
def test_three_and_many_gcps_are_passed_through(count):
    px = at(count)
    on_map = ground(px, 3) + np.random.default_rng(0).normal(0, 5.0, (count, 2))
    placed = place_by_gcps(px, on_map, UTM, "a raster")
    assert np.abs(placed.to_map(px) - on_map).max() < 0.05  # m, a pixel has 10


@pytest.mark.parametrize("count", [3, 12, 300])
def test_the_antimeridian_is_no_edge(count):
    px = at(count)
    on_map = ground(px, 1, 1e-4, (180.01, -17.0))
    wrapped = np.c_[(on_map[:, 0] + 180) % 360 - 180, on_map[:, 1]]
    assert np.ptp(wrapped[:, 0]) > 300
    placed = place_by_gcps(px, wrapped, DEGREES, "a raster")
    assert np.abs(placed.to_px(wrapped) - px).max() < 1e-3
    assert np.abs(placed.to_map(px) - on_map).max() < 1e-7


@pytest.mark.parametrize("count", [1, 2, 3, 8, 12])
def test_gcps_that_place_nothing_are_told(count):
    line = np.arange(count)[:, None] * [10.0, 10.0]
    with pytest.raises(InputError, match=r"GCPs.*line\.tif|line\.tif.*GCPs") as caught:
        place_by_gcps(line, line + 5e5, UTM, "line.tif")
    assert caught.value.hint


@pytest.mark.parametrize("rpcs", [True, False])
def test_what_tells_the_place(rpcs):
    there = Grid("", (5e5, 10.0, 0.0, 5e6, 0.0, -10.0), 3, 4)
    assert placed_by(there, 210, rpcs) == "geotransform"
    assert placed_by(Grid.bare(3, 4), 3, rpcs) == "gcps"
    assert placed_by(Grid.bare(3, 4), 2, rpcs) == ("rpcs" if rpcs else "none")
