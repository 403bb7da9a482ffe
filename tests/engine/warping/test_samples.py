"""What of a raster is kept in the written one: types, colours, nodata, masks."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from bends import HEIGHT, WIDTH, bend, grids
from raster_files import write_raster
from sar_optical_align.plugin.core.types import RasterRef, WarpParams
from sar_optical_align.plugin.engine.warping.write import warp

REFERENCE, ROTATED = grids(rasterio.CRS.from_epsg(32633).to_wkt())
PLACE = {"crs": "EPSG:32633", "gt": (500100.0, 10.0, 0.0, 5399900.0, 0.0, -10.0)}


def shift():
    return bend("shift")


def test_kept_properties(tmp_path):
    data = np.random.default_rng(1).integers(-500, 3000, (3, HEIGHT, WIDTH)).astype(np.int16)
    path = tmp_path / "s.tif"
    write_raster(
        path,
        data,
        **PLACE,
        nodata=-9999,
        descriptions=("B4", "B3", "B2"),
        tags={"ACQUIRED": "2023-06-10"},
    )
    with rasterio.open(path, "r+") as d:
        d.scales, d.offsets, d.units = (1e-4, 1e-4, 1e-4), (0.0, -0.1, 0.0), ("1", "1", "1")
        d.update_tags(2, wavelength="560")
    before = path.read_bytes()
    out = warp(
        RasterRef(str(path)),
        REFERENCE,
        shift(),
        tmp_path / "o.tif",
        WarpParams(resampling="nearest"),
    )
    assert path.read_bytes() == before
    with rasterio.open(out) as d:
        assert d.dtypes == ("int16",) * 3
        assert d.nodata == -9999
        assert d.descriptions == ("B4", "B3", "B2")
        assert d.tags()["ACQUIRED"] == "2023-06-10"
        assert d.tags(2)["wavelength"] == "560"
        assert d.scales == (1e-4, 1e-4, 1e-4)
        assert d.offsets == (0.0, -0.1, 0.0)
        assert d.units == ("1", "1", "1")
        assert d.crs.to_epsg() == 32633
        assert d.profile["compress"] == "deflate"
        assert d.tags(ns="IMAGE_STRUCTURE").get("PREDICTOR", "2") == "2"
        assert d.profile["tiled"]
        values = d.read()
        assert set(np.unique(values)) <= set(np.unique(data)) | {-9999}


def test_colour_table_is_kept_and_never_interpolated(tmp_path):
    data = np.random.default_rng(2).choice([1, 5, 9], (HEIGHT, WIDTH)).astype(np.uint8)
    path = tmp_path / "classes.tif"
    write_raster(path, data, **PLACE, nodata=0)
    table = {1: (10, 20, 30, 255), 5: (50, 60, 70, 255), 9: (90, 1, 2, 255)}
    with rasterio.open(path, "r+") as d:
        d.write_colormap(1, table)
    out = warp(
        RasterRef(str(path)),
        REFERENCE,
        bend("affine"),
        tmp_path / "o.tif",
        WarpParams(resampling="cubic"),
    )
    with rasterio.open(out) as d:
        assert {k: d.colormap(1)[k] for k in table} == table
        assert set(np.unique(d.read(1))) <= {0, 1, 5, 9}


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic", "cubicspline", "lanczos"])
@pytest.mark.parametrize(
    ("nodata", "declared"),
    [(1.7e38, True), (-1.7e308, True), (np.nan, True), (np.nan, False), (0.0, True)],
)
def test_nodata_does_not_bleed(tmp_path, resampling, nodata, declared):
    dtype = "float64" if abs(nodata) > 1e300 else "float32"
    data = np.full((HEIGHT, WIDTH), 100.0, dtype)
    data[50:90, 60:120] = nodata
    data[:, :7] = nodata
    options = {"nodata": nodata} if declared else {}
    path = write_raster(tmp_path / "s.tif", data, **PLACE, **options)
    out = warp(
        RasterRef(path),
        REFERENCE,
        bend("similarity"),
        tmp_path / "o.tif",
        WarpParams(resampling=resampling),
    )
    with rasterio.open(out) as d:
        values, mask = d.read(1), d.read_masks(1) > 0
        mask &= np.isfinite(values)
        if declared and np.isfinite(nodata):
            assert d.nodata == rasterio.open(path).nodata
        else:
            assert np.isnan(d.nodata)
    assert np.allclose(values[mask], 100.0, rtol=1e-5)
    assert 0.98 < mask.sum() / (data == 100).sum() < 1.02


def test_nodata_given_by_the_user(tmp_path):
    data = np.full((HEIGHT, WIDTH), 100, np.uint8)
    data[:, :60] = 7
    path = write_raster(tmp_path / "s.tif", data, **PLACE)
    out = warp(
        RasterRef(path, nodata=7.0),
        REFERENCE,
        shift(),
        tmp_path / "o.tif",
        WarpParams(resampling="cubic", nodata=255.0),
    )
    with rasterio.open(out) as d:
        assert d.nodata == 255
        assert set(np.unique(d.read(1))) == {100, 255}


def test_valid_zero_stays_valid(tmp_path):
    """Without a nodata value, zeros of the image are not mixed up with the outside."""
    data = np.random.default_rng(3).integers(0, 3, (HEIGHT, WIDTH)).astype(np.uint8)
    path = write_raster(tmp_path / "s.tif", data, **PLACE)
    params = WarpParams(resampling="nearest", match_reference_grid=True)
    out = warp(RasterRef(path), REFERENCE, shift(), tmp_path / "o.tif", params)
    with rasterio.open(out) as d:
        inside = d.read_masks(1)[20:250, 20:300]
    assert (inside > 0).all()


def test_alpha_band_is_the_mask(tmp_path):
    rgb = np.full((3, HEIGHT, WIDTH), 120, np.uint8)
    alpha = np.full((1, HEIGHT, WIDTH), 255, np.uint8)
    alpha[:, :, :80] = 0
    rgb[:, :, :80] = 255
    path = write_raster(
        tmp_path / "s.tif", np.concatenate([rgb, alpha]), **PLACE, photometric="RGB", alpha="YES"
    )
    out = warp(
        RasterRef(path),
        REFERENCE,
        bend("affine"),
        tmp_path / "o.tif",
        WarpParams(resampling="cubic"),
    )
    with rasterio.open(out) as d:
        assert d.count == 4
        assert d.colorinterp[3] == rasterio.enums.ColorInterp.alpha
        values = d.read()
        assert set(np.unique(values[:3, values[3] > 127])) == {120}
        assert 0.3 < (values[3] > 127).mean() < 0.9


def test_mask_band_is_honoured(tmp_path):
    data = np.full((HEIGHT, WIDTH), 120, np.uint8)
    mask = np.ones((HEIGHT, WIDTH), bool)
    mask[:, :80] = False
    data[:, :80] = 255
    path = write_raster(tmp_path / "s.tif", data, **PLACE, mask=mask)
    out = warp(
        RasterRef(path),
        REFERENCE,
        bend("affine"),
        tmp_path / "o.tif",
        WarpParams(resampling="cubic"),
    )
    with rasterio.open(out) as d:
        valid = d.read_masks(1) > 0
        assert set(np.unique(d.read(1)[valid])) == {120}
        assert 0.3 < valid.mean() < 0.9


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("fmt", ["GTiff", "COG"])
def test_every_type_in_both_formats(tmp_path, dtype, fmt):
    data = np.random.default_rng(0).integers(1, 100, (2, HEIGHT, WIDTH)).astype(dtype)
    path = write_raster(tmp_path / "s.tif", data, **PLACE)
    params = WarpParams(format=fmt, resampling="nearest", compression="zstd")
    out = warp(RasterRef(path), REFERENCE, shift(), tmp_path / "o.tif", params)
    with rasterio.open(out) as d:
        assert d.dtypes == (dtype,) * 2
        assert d.profile["compress"] == "zstd"
        assert d.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == ("COG" if fmt == "COG" else None)
        values = d.read(2)
    assert set(np.unique(values[np.isfinite(values.astype(float))])) - {0} <= set(
        np.unique(data[1])
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.tif", "s.tif"]
