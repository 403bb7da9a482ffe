"""Georeferencing only: the samples stay, the place is right."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.control import GroundControlPoint
from sar_optical_align.plugin.core.errors import FitError
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import RasterRef, WarpParams
from sar_optical_align.plugin.engine.warping.write import warp

REFERENCE = Grid(
    rasterio.CRS.from_epsg(32633).to_wkt(), (500000.0, 10.0, 1.0, 5400000.0, 0.5, -12.0), 90, 80
)
SOURCE = np.array([[0, 0], [60, 0], [0, 40], [60, 40]], dtype=float)
TARGET = SOURCE @ np.array([[1.1, 0.1], [-0.05, 0.95]]) + [3.25, 7.5]


@pytest.mark.parametrize("style", ["GTiff", "COG"])
@pytest.mark.parametrize("dtype", ["complex64", "int16"])
def test_samples_stay_and_corners_move(tmp_path, dtype, style):
    data = (
        np.random.default_rng(0).normal(0, 100, (2, 40, 60))
        * (1 + 1j if dtype == "complex64" else 1)
    ).astype(dtype)
    gcps = [
        GroundControlPoint(r, c, 10.0 + c, 50.0 - r, 0.0)
        for r, c in ((0, 0), (0, 60), (40, 0), (40, 60))
    ]
    with rasterio.open(
        tmp_path / "s.tif",
        "w",
        driver="GTiff",
        width=60,
        height=40,
        count=2,
        dtype=dtype,
        gcps=gcps,
        crs="EPSG:4326",
        nodata=-7,
    ) as sink:
        sink.write(data)
        sink.set_band_description(2, "VH")
    transform = fit("affine", SOURCE, TARGET)
    warp(
        RasterRef(str(tmp_path / "s.tif")),
        REFERENCE,
        transform,
        tmp_path / "o.tif",
        WarpParams(keep_pixels=True, format=style),
    )
    with rasterio.open(tmp_path / "o.tif") as out:
        assert np.array_equal(out.read(), data)
        assert out.crs.to_epsg() == 32633
        assert not out.gcps[0]
        assert out.nodata == -7
        assert out.descriptions[1] == "VH"
        corners = [out.transform * tuple(xy) for xy in SOURCE]
    assert np.array(corners) == pytest.approx(
        coords.map_from_px(REFERENCE.geotransform, TARGET), abs=1e-6
    )
    assert sorted(f.name for f in tmp_path.iterdir()) == ["o.tif", "s.tif"]


def test_a_bent_model_is_refused(tmp_path):
    with rasterio.open(
        tmp_path / "s.tif", "w", driver="GTiff", width=60, height=40, count=1, dtype="uint8"
    ) as sink:
        sink.write(np.zeros((1, 40, 60), np.uint8))
    source = np.random.default_rng(1).uniform(0, 40, (12, 2))
    with pytest.raises(FitError, match="geotransform"):
        warp(
            RasterRef(str(tmp_path / "s.tif")),
            REFERENCE,
            fit("polynomial2", source, source + source**2 * 0.01),
            tmp_path / "o.tif",
            WarpParams(keep_pixels=True),
        )
    assert [f.name for f in tmp_path.iterdir()] == ["s.tif"]
