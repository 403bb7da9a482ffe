"""What of a raster is kept in the one that GDAL writes: types, colours, nodata, masks."""

from __future__ import annotations

import numpy as np
import pytest
from bends import HEIGHT, WIDTH, bend, grids
from gdal_rasters import PLACE, read_raster, wkt, write_raster
from osgeo import gdal
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.types import WarpParams
from sar_optical_align.plugin.gis.warping import warp_with_gdal

REFERENCE, ROTATED = grids(wkt(32633))


def test_kept_properties(tmp_path):
    data = np.random.default_rng(1).integers(-500, 3000, (7, HEIGHT, WIDTH)).astype(np.int16)
    path = write_raster(tmp_path / "s.tif", data, **PLACE, nodata=-9999)
    source = gdal.Open(path, gdal.GA_Update)
    source.SetMetadata({"ACQUIRED": "2023-06-10", "AREA_OR_POINT": "Area"})
    for number in range(1, 8):
        band = source.GetRasterBand(number)
        band.SetDescription(f"B{number}")
        band.SetScale(0.5 * number)
        band.SetOffset(-number)
        band.SetUnitType("dn")
        band.SetMetadata({"WAVELENGTH": str(400 + number), "STATISTICS_MEAN": "1"})
    del band, source
    output = warp_with_gdal(path, REFERENCE, bend("affine"), tmp_path / "o.tif")
    a, b = gdal.Open(path), gdal.Open(str(output))
    assert b.RasterCount == 7
    assert b.GetMetadataItem("ACQUIRED") == "2023-06-10"
    for number in range(1, 8):
        x, y = a.GetRasterBand(number), b.GetRasterBand(number)
        for what in ("GetDescription", "GetScale", "GetOffset", "GetUnitType", "GetNoDataValue"):
            assert getattr(x, what)() == getattr(y, what)()
        assert x.DataType == y.DataType
        assert y.GetMetadataItem("WAVELENGTH") == str(400 + number)
        assert y.GetMetadataItem("STATISTICS_MEAN") is None


def test_colour_table_is_kept_and_never_interpolated(tmp_path):
    data = np.random.default_rng(2).choice([0, 5, 9], (HEIGHT, WIDTH)).astype(np.uint8)
    path = write_raster(tmp_path / "classes.tif", data, **PLACE)
    table = gdal.ColorTable()
    for value, colour in ((0, (0, 0, 0, 255)), (5, (0, 200, 0, 255)), (9, (0, 0, 250, 255))):
        table.SetColorEntry(value, colour)
    source = gdal.Open(path, gdal.GA_Update)
    source.GetRasterBand(1).SetColorTable(table)
    del source
    output = warp_with_gdal(
        path, REFERENCE, bend("tps"), tmp_path / "o.tif", WarpParams(resampling="cubic")
    )
    dataset = gdal.Open(str(output))
    assert dataset.GetRasterBand(1).GetColorTable().GetColorEntry(5) == (0, 200, 0, 255)
    assert set(np.unique(read_raster(output))) == {0, 5, 9}


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic", "cubicspline", "lanczos"])
@pytest.mark.parametrize(
    ("nodata", "dtype", "declared"),
    [
        (1.7e38, "float32", True),
        (-1.7e308, "float64", True),
        (float("nan"), "float32", True),
        (float("nan"), "float32", False),
        (-9999, "int16", True),
    ],
)
def test_nodata_does_not_bleed(tmp_path, resampling, nodata, dtype, declared):
    """Where the output has data, it is a mix of data alone; each band has its own holes."""
    data = np.full((2, HEIGHT, WIDTH), 100, dtype)
    data[0, 50:90, 60:120] = nodata
    data[1, 150:190, 160:220] = nodata
    path = write_raster(tmp_path / "s.tif", data, **PLACE, nodata=nodata if declared else None)
    output = warp_with_gdal(
        path, REFERENCE, bend("affine"), tmp_path / "o.tif", WarpParams(resampling=resampling)
    )
    dataset, got = gdal.Open(str(output)), read_raster(output)
    for number in (1, 2):
        band = got[number - 1]
        valid = dataset.GetRasterBand(number).GetMaskBand().ReadAsArray() > 0
        valid &= np.isfinite(band)
        assert np.abs(band[valid] - 100).max() < 1e-3
        assert valid.sum() == pytest.approx(WIDTH * HEIGHT - 40 * 60, abs=700)


def test_nodata_given_by_the_user(tmp_path):
    data = np.full((HEIGHT, WIDTH), 100, np.uint8)
    data[:, :60] = 7
    path = write_raster(tmp_path / "s.tif", data, **PLACE)
    output = warp_with_gdal(
        path, REFERENCE, bend("shift"), tmp_path / "o.tif", WarpParams(resampling="cubic"), nodata=7
    )
    assert set(np.unique(read_raster(output))) == {7, 100}
    dataset = gdal.Open(str(output))
    assert dataset.GetRasterBand(1).GetNoDataValue() == 7


def test_valid_zero_stays_valid(tmp_path):
    """Without a nodata value, zeros of the image are not mixed up with the outside."""
    data = np.random.default_rng(3).integers(0, 3, (HEIGHT, WIDTH)).astype(np.uint8)
    path = write_raster(tmp_path / "s.tif", data, **PLACE)
    transform = fit("shift", np.array([[0.0, 0.0]]), np.array([[12.0, 7.0]]))
    output = warp_with_gdal(
        path,
        REFERENCE,
        transform,
        tmp_path / "o.tif",
        WarpParams(resampling="nearest", match_reference_grid=True),
    )
    dataset = gdal.Open(str(output))
    valid = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0
    assert valid.sum() == WIDTH * HEIGHT


def test_valid_samples_never_become_nodata(tmp_path):
    """Cubic undershoot of valid samples stops short of the nodata value."""
    data = np.where(np.indices((HEIGHT, WIDTH)).sum(axis=0) // 9 % 2, 1, 255).astype(np.uint8)
    for name, marks in (("own", {"nodata": 0}), ("none", {})):
        path = write_raster(tmp_path / f"{name}.tif", data, **PLACE, **marks)
        counts = []
        for resampling in ("bilinear", "cubic"):
            dataset = gdal.Open(
                str(
                    warp_with_gdal(
                        path,
                        REFERENCE,
                        bend("affine"),
                        tmp_path / "o.tif",
                        WarpParams(resampling=resampling),
                    )
                )
            )
            counts.append(int((dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0).sum()))
        assert counts[1] == pytest.approx(counts[0], abs=700)


@pytest.mark.parametrize("fmt", ["GTiff", "COG"])
def test_alpha_band_is_the_mask(tmp_path, fmt):
    rgba = np.full((4, HEIGHT, WIDTH), 120, np.uint8)
    rgba[3] = 255
    rgba[3, :, :80] = 0
    rgba[:3, :, :80] = 255
    path = write_raster(tmp_path / "s.tif", rgba, **PLACE, alpha=True)
    output = warp_with_gdal(
        path,
        REFERENCE,
        bend("affine"),
        tmp_path / "o.tif",
        WarpParams(resampling="cubic", format=fmt),
    )
    got, dataset = read_raster(output), gdal.Open(str(output))
    assert dataset.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    assert set(np.unique(got[0][got[3] > 0])) == {120}
    assert (WIDTH - 80) * HEIGHT * 0.95 < (got[3] > 0).sum() < (WIDTH - 80) * HEIGHT * 1.15


@pytest.mark.parametrize("fmt", ["GTiff", "COG"])
def test_mask_band_is_honoured_and_written(tmp_path, fmt):
    data = np.full((HEIGHT, WIDTH), 120, np.uint8)
    mask = np.ones((HEIGHT, WIDTH), bool)
    mask[:, :80] = False
    data[:, :80] = 255
    path = write_raster(tmp_path / "s.tif", data, **PLACE, mask=mask)
    output = warp_with_gdal(
        path,
        REFERENCE,
        bend("affine"),
        tmp_path / "o.tif",
        WarpParams(resampling="cubic", format=fmt),
    )
    dataset = gdal.Open(str(output))
    assert dataset.RasterCount == 1
    assert dataset.GetRasterBand(1).GetNoDataValue() is None
    valid = dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() > 0
    assert set(np.unique(read_raster(output)[0][valid])) == {120}
    assert (WIDTH - 80) * HEIGHT * 0.95 < valid.sum() < (WIDTH - 80) * HEIGHT * 1.15


@pytest.mark.parametrize("fmt", ["GTiff", "COG"])
@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("compression", ["none", "deflate", "lzw", "zstd"])
def test_every_type_format_and_compression(tmp_path, dtype, fmt, compression):
    data = np.random.default_rng(0).integers(1, 100, (2, HEIGHT, WIDTH)).astype(dtype)
    path = write_raster(tmp_path / "s.tif", data, **PLACE)
    params = WarpParams(format=fmt, resampling="nearest", compression=compression)
    output = warp_with_gdal(path, REFERENCE, bend("shift"), tmp_path / "o.tif", params)
    dataset, got = gdal.Open(str(output)), read_raster(output)
    structure = dataset.GetMetadata("IMAGE_STRUCTURE")
    assert got.dtype == dtype
    assert set(np.unique(got[np.isfinite(got) & (got != 0)])) <= set(range(1, 100))
    assert structure.get("COMPRESSION", "none").lower() == compression
    assert dataset.GetRasterBand(1).GetBlockSize() == ([512, 512] if fmt == "COG" else [256, 256])
    if compression != "none":
        assert structure["PREDICTOR"] == ("3" if dtype.startswith("float") else "2")


def test_coarser_output_is_averaged(tmp_path):
    """A checkerboard of single pixels becomes grey, not moiré."""
    board = (np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2 * 200).astype(np.float32)
    path = write_raster(tmp_path / "s.tif", board, **PLACE)
    got = read_raster(
        warp_with_gdal(
            path, REFERENCE, bend("shift"), tmp_path / "o.tif", WarpParams(output_gsd=40.0)
        )
    )[0]
    assert got[5:-5, 5:-5] == pytest.approx(100, abs=8)
