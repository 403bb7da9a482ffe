"""Blocks of an output that hold nothing of the raster."""

from __future__ import annotations

import sys

import numpy as np
import rasterio
from raster_files import blob_positions, write_raster
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import RasterRef
from sar_optical_align.plugin.engine.warping.write import warp

WIDTH, HEIGHT = 310, 270
REFERENCE = Grid(
    rasterio.CRS.from_epsg(32633).to_wkt(), (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0), 340, 300
)
PLACE = {"crs": "EPSG:32633", "gt": (500100.0, 10.0, 0.0, 5399900.0, 0.0, -10.0)}


def test_blocks_beside_a_turned_raster_are_left_empty(tmp_path, monkeypatch):
    """Turned by 30 degrees, a fifth of the output's blocks hold nothing of it."""
    monkeypatch.setattr(sys.modules[warp.__module__], "_TILE_PX", 40)
    path = write_raster(tmp_path / "s.tif", np.full((HEIGHT, WIDTH), 7.0, np.float32), **PLACE)
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    places = blob_positions(WIDTH, HEIGHT)
    u = places / [WIDTH, HEIGHT] - 0.5
    transform = fit(
        "polynomial2",
        places,
        places @ np.array([[c, s], [-s, c]]) + [120.0, 20.0] + 8 * u[:, :1] * u,
    )
    with rasterio.open(warp(RasterRef(path), REFERENCE, transform, tmp_path / "o.tif")) as d:
        got, t = d.read(1), d.transform
    rows, cols = np.mgrid[: got.shape[0], : got.shape[1]] + 0.5
    on_map = coords.map_from_px(
        (t.c, t.a, t.b, t.f, t.d, t.e), np.stack([cols.ravel(), rows.ravel()], axis=1)
    )
    back = transform.inverse(coords.px_from_map(REFERENCE.geotransform, on_map))
    inside = ((back > 1) & (back < [WIDTH - 1, HEIGHT - 1])).all(axis=1)
    outside = ((back < -1) | (back > [WIDTH + 1, HEIGHT + 1])).any(axis=1)
    assert outside.mean() > 0.3
    np.testing.assert_allclose(got.ravel()[inside], 7.0, rtol=1e-6)
    assert np.isnan(got.ravel()[outside]).all()
