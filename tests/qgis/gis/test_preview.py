"""The preview is what the warp will write, and touches nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import read_raster, wkt, write_raster
from osgeo import gdal
from sar_optical_align.plugin.core.errors import AlignError, FitError
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import WarpParams
from sar_optical_align.plugin.gis.warping import warp_with_gdal
from sar_optical_align.plugin.work.preview import PreviewWarp

REFERENCE = Grid(wkt(32633), (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0), 400, 300)
WIDTH, HEIGHT = 260, 210
KINDS = (
    "shift",
    "similarity",
    "affine",
    "projective",
    "polynomial2",
    "polynomial3",
    "tps",
    "field",
)


def bent(kind: str, width: int = WIDTH, height: int = HEIGHT):
    """Return a transform of a kind, fitted to a gently bent scene."""
    sensed = np.stack(
        np.meshgrid(np.linspace(0, width, 7), np.linspace(0, height, 6)), axis=2
    ).reshape(-1, 2)
    a, b = (sensed / [width, height] - 0.5).T
    return fit(
        kind,
        sensed,
        sensed * 1.31 + [20.3, 11.7] + 4 * np.stack([a * b + a * a, b * b - a * b * b], axis=1),
    )


def rough_spline(scatter: float = 0.15):
    """Return a spline through 60 points that scatter, turned by ten degrees: the output's corners
    lie far outside the image.
    """
    rng = np.random.default_rng(4)
    sensed = rng.uniform(0, 1, (60, 2)) * [WIDTH, HEIGHT]
    turn = np.array([[np.cos(0.17), -np.sin(0.17)], [np.sin(0.17), np.cos(0.17)]])
    return fit(
        "tps",
        sensed,
        sensed @ turn.T + [60.0, 30.0] + rng.normal(0, scatter, sensed.shape),
        smoothing=0.0,
    )


def scene(folder: Path, dtype: str = "float32", **more) -> str:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    data = 90 + 60 * np.sin(x / 17) * np.cos(y / 13)
    data[40:60, 50:80] = 0
    return write_raster(
        folder / "sar.tif",
        data.astype(dtype),
        32633,
        (500010.0, 9.0, 0.0, 5399950.0, 0.0, -11.0),
        **more,
    )


def values(path, count: int) -> np.ndarray:
    """Return the first `count` bands with NaN outside the image."""
    dataset = gdal.Open(str(path))
    out = read_raster(path)[:count].astype(float)
    for i in range(count):
        out[i][dataset.GetRasterBand(i + 1).GetMaskBand().ReadAsArray() == 0] = np.nan
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_is_what_the_warp_writes(tmp_path, kind):
    path, transform = scene(tmp_path), bent(kind)
    written = warp_with_gdal(path, REFERENCE, transform, tmp_path / "out.tif")
    shown = PreviewWarp(path, tmp_path / "p").write(REFERENCE, transform, WarpParams())
    a, b = gdal.Open(str(written)), gdal.Open(str(shown))
    assert (a.RasterXSize, a.RasterYSize) == (b.RasterXSize, b.RasterYSize)
    assert b.GetGeoTransform() == pytest.approx(a.GetGeoTransform())
    first, second = values(written, 1), values(shown, 1)
    assert (np.isnan(first) != np.isnan(second)).mean() < 0.01
    both = np.isfinite(first) & np.isfinite(second)
    assert both.mean() > 0.5
    assert (
        np.abs(first - second)[both].max() < 4.0
    )  # of slopes up to 5 a pixel, at the edges of the hole up to 100
    assert np.abs(first - second)[both].mean() < 0.02


@pytest.mark.parametrize("kind", [*KINDS, "rough tps", "very rough tps"])
@pytest.mark.parametrize("params", [WarpParams(), WarpParams(match_reference_grid=True)])
def test_every_pixel_comes_from_where_the_transform_says(tmp_path, kind, params):
    """The samples are their own columns and rows, which bilinear resampling keeps: the places are
    read off the preview.
    """
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    path = write_raster(
        tmp_path / "sar.tif",
        np.stack([x, y]).astype(np.float32),
        32633,
        (500010.0, 9.0, 0.0, 5399950.0, 0.0, -11.0),
    )
    transform = (
        bent(kind) if kind in KINDS else rough_spline(0.5 if kind.startswith("very") else 0.15)
    )
    shown = PreviewWarp(path, tmp_path / "p").write(
        REFERENCE, transform, replace(params, resampling="bilinear")
    )
    places, gt = values(shown, 2), gdal.Open(str(shown)).GetGeoTransform()
    row, column = np.nonzero(np.isfinite(places[0]))
    on_reference = coords.px_from_map(
        REFERENCE.geotransform, coords.map_from_px(gt, np.stack([column + 0.5, row + 0.5], axis=1))
    )
    there = places[:, row, column].T
    inner = ((there > 1) & (there < [WIDTH - 1, HEIGHT - 1])).all(
        axis=1
    )  # not where resampling stops at the edge
    assert inner.sum() > 0.4 * row.size > 10_000
    assert np.abs(there[inner] - transform.inverse(on_reference[inner])).max() < (
        0.5 if "rough" in kind else 0.15
    )


@pytest.mark.parametrize("kind", ["affine", "projective", "polynomial3", "tps", "field"])
def test_the_whole_scene_drawn_from_overviews_lies_where_the_transform_says(tmp_path, kind):
    width, height = 3000, 2500
    y, x = np.mgrid[:height, :width] + 0.5
    path = write_raster(
        tmp_path / "sar.tif",
        np.stack([x, y]).astype(np.float32),
        32633,
        (5e5, 10, 0, 5.4e6, 0, -10),
    )
    transform = bent(kind, width, height)
    dataset = gdal.Open(
        str(PreviewWarp(path, tmp_path / "p").write(REFERENCE, transform, WarpParams()))
    )
    assert dataset.GetRasterBand(1).GetOverviewCount() > 0 or kind == "field"
    there = dataset.ReadAsArray(buf_xsize=300, buf_ysize=250)[:2].reshape(2, -1).T
    column, row = np.meshgrid(
        (np.arange(300) + 0.5) * dataset.RasterXSize / 300,
        (np.arange(250) + 0.5) * dataset.RasterYSize / 250,
    )
    at = coords.map_from_px(
        dataset.GetGeoTransform(), np.stack([column.ravel(), row.ravel()], axis=1)
    )
    inner = ((there > 60) & (there < [width - 60, height - 60])).all(axis=1)
    assert inner.mean() > 0.7
    assert (
        np.abs(there - transform.inverse(coords.px_from_map(REFERENCE.geotransform, at)))[
            inner
        ].max()
        < 10
    )  # an overview pixel is 8 px


@pytest.mark.parametrize(
    ("dtype", "more"),
    [
        ("uint8", {}),
        ("uint8", {"nodata": 0}),
        ("float32", {"nodata": -9.0}),
        ("uint16", {"mask": np.ones((HEIGHT, WIDTH), bool)}),
    ],
)
def test_what_is_outside_is_outside_in_both(tmp_path, dtype, more):
    path, transform = scene(tmp_path, dtype, **more), bent("affine")
    written = warp_with_gdal(path, REFERENCE, transform, tmp_path / "out.tif")
    shown = PreviewWarp(path, tmp_path / "p").write(REFERENCE, transform, WarpParams())
    first, second = values(written, 1), values(shown, 1)
    assert np.isnan(first).any()
    np.testing.assert_array_equal(np.isnan(first), np.isnan(second))
    assert np.nanmax(np.abs(first - second)) <= 1.0  # a valid 0 may move off nodata


@pytest.mark.parametrize(
    "params",
    [
        WarpParams(match_reference_grid=True),
        WarpParams(output_gsd=25.0),
        WarpParams(resampling="nearest"),
    ],
)
def test_grid_and_resampling_are_those_of_the_warp(tmp_path, params):
    path, transform = scene(tmp_path), bent("affine")
    written = warp_with_gdal(path, REFERENCE, transform, tmp_path / "out.tif", params)
    shown = PreviewWarp(path, tmp_path / "p").write(REFERENCE, transform, params)
    assert gdal.Open(str(shown)).GetGeoTransform() == pytest.approx(
        gdal.Open(str(written)).GetGeoTransform()
    )
    np.testing.assert_allclose(values(shown, 1), values(written, 1), atol=1e-4)


def test_a_reference_without_georeferencing_is_drawn_where_qgis_draws_it(tmp_path):
    """One bright pixel, through a shift, lies at x right and y up, negative."""
    data = np.zeros((HEIGHT, WIDTH), np.float32)
    data[31, 47] = 9.0
    path = write_raster(tmp_path / "sar.tif", data)
    transform = fit("shift", [[0.0, 0.0], [9.0, 9.0]], [[12.0, 5.0], [21.0, 14.0]])
    shown = PreviewWarp(path, tmp_path / "p").write(
        Grid.bare(400, 300),
        transform,
        WarpParams(resampling="nearest"),
    )
    dataset = gdal.Open(str(shown))
    row, column = np.argwhere(read_raster(shown)[0] == 9.0)[0]
    place = coords.map_from_px(dataset.GetGeoTransform(), [[column + 0.5, row + 0.5]])[0]
    assert place == pytest.approx((47.5 + 12.0, -(31.5 + 5.0)))


def test_large_rasters_are_drawn_from_overviews_and_the_original_is_not_touched(tmp_path):
    width, height = 3000, 2500
    y, x = np.mgrid[:height, :width]
    path = write_raster(
        tmp_path / "sar.tif",
        (100 + 50 * np.sin(x / 200) * np.cos(y / 170)).astype(np.float32),
        32633,
        (5e5, 10, 0, 5.4e6, 0, -10),
    )
    digest, files = hashlib.sha256(Path(path).read_bytes()).hexdigest(), set(tmp_path.iterdir())
    preview = PreviewWarp(path, tmp_path / "p")
    shown = preview.write(REFERENCE, bent("affine", width, height), WarpParams())
    dataset = gdal.Open(str(shown))
    assert dataset.GetRasterBand(1).GetOverviewCount() > 0
    small = dataset.ReadAsArray(buf_xsize=300, buf_ysize=250)
    whole = dataset.ReadAsArray()[5::13, 5::13]
    assert np.nanmean(small) == pytest.approx(np.nanmean(whole), abs=2.0)
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    assert set(tmp_path.iterdir()) - files == {tmp_path / "p"}


def test_old_revisions_go(tmp_path):
    preview = PreviewWarp(scene(tmp_path), tmp_path / "p")
    names = [preview.write(REFERENCE, bent(kind), WarpParams()).name for kind in KINDS]
    assert len(set(names)) == len(KINDS)
    assert {p.name for p in (tmp_path / "p").glob("preview_*")} == set(names[-3:])


def test_what_cannot_be_previewed_says_why(tmp_path):
    sensed = np.array(
        [[0, 0], [260, 0], [0, 210], [260, 210], [130, 105], [60, 50], [200, 160]], float
    )
    folded = sensed.copy()
    folded[4], folded[5] = [10, 5], [200, 190]
    with pytest.raises(FitError, match="folds"):
        PreviewWarp(scene(tmp_path), tmp_path / "p").write(
            REFERENCE, fit("tps", sensed, folded, smoothing=0.0), WarpParams()
        )
    with pytest.raises(AlignError, match="Cannot open"):
        PreviewWarp(str(tmp_path / "gone.tif"), tmp_path / "q").write(
            REFERENCE, bent("affine"), WarpParams()
        )
