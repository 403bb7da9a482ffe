"""The raster written by GDAL: every pixel where the transform puts it, nothing lost on failure."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from bends import HEIGHT, PIXELS, WIDTH, bend, grids, noise
from gdal_rasters import PLACE, read_raster, wkt, write_raster
from osgeo import gdal, ogr, osr
from sar_optical_align.plugin.core.errors import (
    ComplexDataError,
    FitError,
    OutputError,
    UnreadableRasterError,
)
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.fit.transforms import KINDS
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.progress import Cancelled, Progress
from sar_optical_align.plugin.core.types import WarpParams
from sar_optical_align.plugin.gis.warping import warp_with_gdal

REFERENCE, ROTATED = grids(wkt(32633))


@pytest.fixture
def picture(tmp_path):
    return write_raster(tmp_path / "sensed.tif", noise(), **PLACE)


class Stops(Progress):
    """Cancels after a number of updates."""

    def __init__(self, after: int) -> None:
        self.left, self.seen = after, []

    def update(self, fraction: float, message: str = "") -> None:
        self.seen.append(fraction)
        self.left -= 1
        if self.left < 0:
            raise Cancelled


@pytest.mark.parametrize("grid", [REFERENCE, ROTATED, PIXELS], ids=["utm", "rotated", "pixels"])
@pytest.mark.parametrize("kind", [k for k in KINDS if k != "auto"])
def test_every_pixel_comes_from_where_the_transform_says(tmp_path, kind, grid):
    """A raster that holds its own coordinates, warped, reads off the inverse of the transform."""
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    source = write_raster(
        tmp_path / "s.tif", np.stack([cols + 0.5, rows + 0.5]).astype(np.float64), **PLACE
    )
    transform = bend(kind)
    output = warp_with_gdal(source, grid, transform, tmp_path / "o.tif")
    dataset = gdal.Open(str(output))
    gt = dataset.GetGeoTransform() if grid is not PIXELS else PIXELS.geotransform
    got = read_raster(output)
    r, c = np.nonzero(np.isfinite(got[0]))
    to_reference = coords.inverse(
        coords.matrix_from_geotransform(grid.geotransform)
    ) @ coords.matrix_from_geotransform(gt)
    expected = transform.inverse(
        coords.apply_matrix(to_reference, np.stack([c + 0.5, r + 0.5], axis=1))
    )
    inside = (expected > 2).all(axis=1) & (expected < [WIDTH - 2, HEIGHT - 2]).all(axis=1)
    assert inside.sum() > 0.5 * WIDTH * HEIGHT
    error = got[:, r, c].T[inside] - expected[inside]
    assert np.abs(error).max() < 0.1
    assert np.abs(error.mean(axis=0)).max() < 0.01


def test_shift_of_whole_pixels_copies_exactly(tmp_path, picture):
    transform = fit("shift", np.array([[0.0, 0.0]]), np.array([[12.0, 7.0]]))
    output = warp_with_gdal(
        picture,
        REFERENCE,
        transform,
        tmp_path / "o.tif",
        WarpParams(resampling="cubic", match_reference_grid=True),
    )
    assert np.array_equal(
        read_raster(output)[0, 7 : 7 + HEIGHT, 12 : 12 + WIDTH], read_raster(picture)[0]
    )


@pytest.mark.parametrize("kind", ["affine", "projective", "field"])
def test_nothing_of_the_way_there_stays_in_the_file(tmp_path, picture, kind):
    output = warp_with_gdal(picture, REFERENCE, bend(kind), tmp_path / "o.tif")
    dataset = gdal.Open(str(output))
    assert "GEOLOCATION" not in (dataset.GetMetadataDomainList() or [])
    assert dataset.GetGCPCount() == 0
    assert {p.name for p in tmp_path.iterdir()} == {"sensed.tif", "o.tif"}
    assert not gdal.ReadDir("/vsimem/")


@pytest.mark.parametrize("kind", ["polynomial3", "tps", "field"])
def test_a_small_raster_on_a_large_reference_loses_nothing(tmp_path, kind):
    """Distorted by noise, so that beside the raster the model has no inverse."""
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    source = write_raster(
        tmp_path / "s.tif", np.stack([cols + 0.5, rows + 0.5]).astype(np.float64), **PLACE
    )
    sensed = np.random.default_rng(4).uniform(0, 1, (60, 2)) * [WIDTH, HEIGHT]
    transform = fit(
        kind,
        sensed,
        sensed + [3000.3, 2500.7] + np.random.default_rng(5).normal(0, 4.0, sensed.shape),
    )
    large = Grid(REFERENCE.crs_wkt, REFERENCE.geotransform, 7000, 6000)
    got = read_raster(
        warp_with_gdal(
            source, large, transform, tmp_path / "o.tif", WarpParams(match_reference_grid=True)
        )
    )
    r, c = np.mgrid[2400:2900, 2900:3400].reshape(2, -1)
    expected = transform.inverse(np.stack([c + 0.5, r + 0.5], axis=1))
    inside = ((expected > 2) & (expected < [WIDTH - 2, HEIGHT - 2])).all(axis=1)
    assert inside.sum() > 0.8 * WIDTH * HEIGHT
    assert np.abs(got[:, r, c].T[inside] - expected[inside]).max() < 0.1
    assert np.isfinite(got[0]).sum() < 1.2 * WIDTH * HEIGHT


def test_a_reference_that_holds_nothing_of_the_raster_gives_an_empty_one(tmp_path, picture):
    away = fit(
        "polynomial2",
        *(lambda s: (s, s + 9000.0 + 1e-4 * s**2))(
            np.random.default_rng(3).uniform(0, 270, (30, 2))
        ),
    )
    output = warp_with_gdal(
        picture, REFERENCE, away, tmp_path / "o.tif", WarpParams(match_reference_grid=True)
    )
    assert not gdal.Open(str(output)).GetRasterBand(1).GetMaskBand().ReadAsArray().any()


def test_file_with_its_own_georeferencing(tmp_path):
    """GCPs, RPC and geotransform of the file play no part: the transform goes from its native
    pixels.
    """
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    plain = write_raster(tmp_path / "a.tif", (cols * 3.0 + rows).astype(np.float32))
    with_gcps = str(tmp_path / "b.tif")
    gcps = [
        gdal.GCP(15 + c / 3000, 48 - r / 3000, 0, c, r)
        for r in (0, 135, 270)
        for c in (0, 155, 310)
    ]
    gdal.Translate(with_gcps, plain, GCPs=gcps, outputSRS="EPSG:4326")
    turned = write_raster(
        tmp_path / "c.tif", (cols * 3.0 + rows).astype(np.float32), 32633, ROTATED.geotransform
    )
    for kind in ("affine", "polynomial2", "tps"):
        outputs = [
            read_raster(warp_with_gdal(p, REFERENCE, bend(kind), tmp_path / "o.tif"))
            for p in (plain, with_gcps, turned)
        ]
        assert np.array_equal(outputs[0], outputs[1], equal_nan=True)
        assert np.array_equal(outputs[0], outputs[2], equal_nan=True)


def test_reference_with_gcps_lends_them_to_the_output(tmp_path, picture):
    gcps = [
        gdal.GCP(15 + c / 3000, 48 - r / 3000, 0, c, r)
        for r in (0, 150, 300)
        for c in (0, 170, 340)
    ]
    plain = write_raster(tmp_path / "plain.tif", np.ones((300, 340), np.uint8))
    reference = str(tmp_path / "gcps.tif")
    gdal.Translate(reference, plain, GCPs=gcps, outputSRS="EPSG:4326")
    output = gdal.Open(
        str(
            warp_with_gdal(
                picture, PIXELS, bend("shift"), tmp_path / "o.tif", reference_path=reference
            )
        )
    )
    assert (output.RasterXSize, output.RasterYSize, output.GetGCPCount()) == (340, 300, 9)
    assert output.GetGeoTransform(can_return_null=True) is None


@pytest.mark.parametrize("fmt", ["GTiff", "COG"])
@pytest.mark.parametrize("after", [0, 3])
def test_cancel_leaves_nothing(tmp_path, picture, fmt, after):
    output = tmp_path / "o.tif"
    output.write_bytes(b"what was there before")
    with pytest.raises(Cancelled):
        warp_with_gdal(
            picture, REFERENCE, bend("tps"), output, WarpParams(format=fmt), Stops(after)
        )
    assert output.read_bytes() == b"what was there before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.tif", "sensed.tif"]


def test_progress_grows_to_one(tmp_path, picture):
    progress = Stops(10**6)
    warp_with_gdal(
        picture, REFERENCE, bend("affine"), tmp_path / "o.tif", WarpParams(format="COG"), progress
    )
    assert progress.seen == sorted(progress.seen)
    assert progress.seen[-1] == 1.0


def test_input_is_never_the_output(tmp_path, picture):
    before = Path(picture).read_bytes()
    (tmp_path / "link.tif").symlink_to(picture)
    for output in (
        Path(picture),
        tmp_path / "link.tif",
        tmp_path / ".." / tmp_path.name / "sensed.tif",
    ):
        with pytest.raises(OutputError):
            warp_with_gdal(picture, REFERENCE, bend("shift"), output)
    assert Path(picture).read_bytes() == before


def test_unwritable_folder(tmp_path, picture):
    for output in (tmp_path / "nowhere" / "o.tif", Path("/proc/o.tif")):
        with pytest.raises(OutputError) as caught:
            warp_with_gdal(picture, REFERENCE, bend("shift"), output)
        assert caught.value.hint


@contextmanager
def gdal_exceptions(wanted):
    """GDAL's modules take exceptions on as a stack, and leave it in the order they came."""
    before = {module: bool(module.GetUseExceptions()) for module in (gdal, ogr, osr)}
    order = (osr, ogr, gdal) if before[osr] else (gdal, ogr, osr)
    for module in order:
        if not wanted and before[module]:
            module.DontUseExceptions()
        elif wanted and not before[module]:
            module.UseExceptions()
    try:
        yield
    finally:
        for module in reversed(order):
            if not wanted and before[module]:
                module.UseExceptions()
            elif wanted and not before[module]:
                module.DontUseExceptions()


@pytest.mark.parametrize("exceptions", [False, True])
def test_damaged_input_leaves_the_old_output(tmp_path, exceptions):
    output = tmp_path / "o.tif"
    noise = np.random.default_rng(1).integers(0, 255, (900, 900)).astype(np.uint8)
    whole = write_raster(tmp_path / "whole.tif", noise, **PLACE, options=("COMPRESS=DEFLATE",))
    cut = shutil.copy(whole, tmp_path / "cut.tif")
    with Path(cut).open("r+b") as file:
        file.truncate(Path(cut).stat().st_size // 2)
    output.write_bytes(b"old")
    with gdal_exceptions(exceptions):
        with pytest.raises(UnreadableRasterError):
            warp_with_gdal(str(cut), REFERENCE, bend("affine"), output)
        with pytest.raises(UnreadableRasterError):
            warp_with_gdal(str(tmp_path / "none.tif"), REFERENCE, bend("affine"), output)
        assert warp_with_gdal(whole, REFERENCE, bend("affine"), tmp_path / "good.tif").exists()
    assert output.read_bytes() == b"old"


def test_refusals(tmp_path, picture):
    slc = write_raster(tmp_path / "slc.tif", np.ones((HEIGHT, WIDTH), np.complex64), **PLACE)
    with pytest.raises(ComplexDataError):
        warp_with_gdal(slc, REFERENCE, bend("shift"), tmp_path / "o.tif")
    with pytest.raises(OutputError, match="does not fit"):
        warp_with_gdal(picture, REFERENCE, bend("shift"), tmp_path / "o.tif", WarpParams(nodata=-1))
    s = np.stack(np.meshgrid(np.linspace(0, WIDTH, 6), np.linspace(0, HEIGHT, 6)), axis=2).reshape(
        -1, 2
    )
    t = s.copy()
    t[:, 0] = 150 + (s[:, 0] - 150) ** 2 / 100
    with pytest.raises(FitError, match="folds"):
        warp_with_gdal(picture, REFERENCE, fit("polynomial2", s, t), tmp_path / "o.tif")
    assert not (tmp_path / "o.tif").exists()


@pytest.mark.parametrize("style", ["GTiff", "COG"])
def test_georeference_only_keeps_every_sample(tmp_path, style):
    data = (np.random.default_rng(2).normal(0, 9, (2, HEIGHT, WIDTH)) * (1 + 2j)).astype(
        np.complex64
    )
    source = write_raster(tmp_path / "sensed.tif", data, **PLACE)
    transform = bend("affine")
    warp_with_gdal(
        source, ROTATED, transform, tmp_path / "out.tif", WarpParams(keep_pixels=True, format=style)
    )
    assert np.array_equal(read_raster(tmp_path / "out.tif"), data)
    written = gdal.Open(str(tmp_path / "out.tif"))
    corners = np.array([[0.0, 0.0], [WIDTH, HEIGHT], [WIDTH, 0.0]])
    expected = coords.map_from_px(ROTATED.geotransform, transform.apply(corners))
    assert coords.map_from_px(written.GetGeoTransform(), corners) == pytest.approx(
        expected, abs=1e-6
    )
    with pytest.raises(FitError, match="geotransform"):
        warp_with_gdal(
            source, ROTATED, bend("tps"), tmp_path / "no.tif", WarpParams(keep_pixels=True)
        )
    assert not (tmp_path / "no.tif").exists()
