"""The written raster: every pixel where the transform puts it, nothing lost on failure."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from bends import HEIGHT, PIXELS, WIDTH, bend, grids, noise
from raster_files import blob_positions, blobs, centroids, write_raster
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
from sar_optical_align.plugin.core.types import RasterRef, WarpParams
from sar_optical_align.plugin.engine.warping.write import warp

REFERENCE, ROTATED = grids(rasterio.CRS.from_epsg(32633).to_wkt())
PLACE = {"crs": "EPSG:32633", "gt": (500100.0, 10.0, 0.0, 5399900.0, 0.0, -10.0)}


def shift():
    return bend("shift")


@pytest.fixture
def picture(tmp_path):
    return write_raster(tmp_path / "sensed.tif", noise(), **PLACE)


@pytest.mark.parametrize("grid", [REFERENCE, ROTATED, PIXELS], ids=["utm", "rotated", "pixels"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_bright_pixels_arrive_where_the_transform_puts_them(tmp_path, kind, grid):
    at = blob_positions(WIDTH, HEIGHT)
    path = write_raster(tmp_path / "s.tif", blobs(WIDTH, HEIGHT, at, 2.5), **PLACE)
    transform = bend(kind)
    out = warp(RasterRef(path), grid, transform, tmp_path / "o.tif", WarpParams(resampling="cubic"))
    with rasterio.open(out) as d:
        t = d.transform
        placed = coords.map_from_px(grid.geotransform, transform.apply(at))
        back = coords.px_from_map((t.c, t.a, t.b, t.f, t.d, t.e), placed)
        found = centroids(np.nan_to_num(d.read(1)), back)
    ok = np.isfinite(found).all(axis=1)
    assert ok.sum() > 40
    assert np.abs(found[ok] - back[ok]).max() < 0.1


@pytest.mark.parametrize("kind", ["affine", "polynomial3", "tps"])
def test_large_scene_with_a_strong_bend(tmp_path, kind):
    """A smooth ramp of coordinates, warped, reads off the mapping at every pixel."""
    width, height = 1500, 1300
    grid = Grid.bare(1500, 1300)
    rows, cols = np.mgrid[:height, :width]
    path = write_raster(
        tmp_path / "ramp.tif", np.stack([cols + 0.5, rows + 0.5]).astype(np.float32), nodata=-1.0
    )
    xs, ys = np.meshgrid(np.linspace(0, width, 7), np.linspace(0, height, 7))
    s = np.stack([xs.ravel(), ys.ravel()], axis=1)
    u = s / [width, height] - 0.5
    t = s + 40 * np.stack(
        [u[:, 0] * u[:, 1] + u[:, 0] ** 3, u[:, 1] ** 2 - u[:, 0] * u[:, 1] ** 2], axis=1
    )
    transform = fit(kind, s, t, smoothing=0.0 if kind == "tps" else None)
    out = warp(
        RasterRef(path),
        grid,
        transform,
        tmp_path / "o.tif",
        WarpParams(resampling="bilinear", match_reference_grid=True),
    )
    with rasterio.open(out) as d:
        got = d.read()
    ys, xs = np.mgrid[20 : height - 20 : 7, 20 : width - 20 : 7]
    want = transform.inverse(np.stack([xs.ravel() + 0.5, ys.ravel() + 0.5], axis=1))
    have = got[:, ys.ravel(), xs.ravel()].T
    inside = (have != -1).all(axis=1)
    assert inside.mean() > 0.9
    assert np.abs(have[inside] - want[inside]).max() < 0.03


@pytest.mark.parametrize("gsd", [None, 37.0])
@pytest.mark.parametrize("kind", ["affine", "projective", "tps"])
def test_no_seams_between_blocks(tmp_path, monkeypatch, kind, gsd):
    """The result does not depend on how the output is cut, within 0.03 px."""
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    path = write_raster(
        tmp_path / "s.tif",
        (50 * np.sin(cols / 7) + 50 * np.cos(rows / 5)).astype(np.float32),
        **PLACE,
    )
    written = []
    for side in (512, 48):
        monkeypatch.setattr(sys.modules[warp.__module__], "_TILE_PX", side)
        out = warp(
            RasterRef(path),
            REFERENCE,
            bend(kind),
            tmp_path / "o.tif",
            WarpParams(resampling="cubic", output_gsd=gsd),
        )
        with rasterio.open(out) as d:
            written.append(d.read(1))
    both = np.isfinite(written[0]) & np.isfinite(written[1])
    either = np.isfinite(written[0]) | np.isfinite(written[1])
    assert (both != either).sum() <= 0.001 * either.sum()
    steepest = np.hypot(50 / 7, 50 / 5)
    assert np.abs(written[0] - written[1])[both].max() < 0.03 * steepest


def test_rotated_reference_grid_is_matched(tmp_path):
    at = blob_positions(WIDTH, HEIGHT)
    path = write_raster(tmp_path / "s.tif", blobs(WIDTH, HEIGHT, at, 2.5), **PLACE)
    transform = bend("tps")
    params = WarpParams(resampling="cubic", match_reference_grid=True)
    out = warp(RasterRef(path), ROTATED, transform, tmp_path / "o.tif", params)
    with rasterio.open(out) as d:
        assert np.allclose(d.transform.to_gdal(), ROTATED.geotransform)
        want = transform.apply(at)
        found = centroids(np.nan_to_num(d.read(1)), want)
    ok = np.isfinite(found).all(axis=1)
    assert ok.sum() > 40
    assert np.abs(found[ok] - want[ok]).max() < 0.1


def test_reference_with_gcps_lends_them_to_the_output(tmp_path, picture):
    gcps = [
        rasterio.control.GroundControlPoint(row=r, col=c, x=15 + c / 3000, y=48 - r / 3000)
        for r in (0, 150, 300)
        for c in (0, 170, 340)
    ]
    reference = write_raster(
        tmp_path / "r.tif", np.ones((300, 340), np.uint8), crs="EPSG:4326", gcps=gcps
    )
    grid = Grid.bare(340, 300, rasterio.CRS.from_epsg(4326).to_wkt())
    out = warp(
        RasterRef(picture), grid, shift(), tmp_path / "o.tif", reference=RasterRef(reference)
    )
    with rasterio.open(out) as d:
        assert (d.width, d.height) == (340, 300)
        assert [(g.row, g.col, g.x, g.y) for g in d.gcps[0]] == [
            (g.row, g.col, g.x, g.y) for g in gcps
        ]
        assert d.gcps[1].to_epsg() == 4326
    with pytest.raises(OutputError, match="input"):
        warp(RasterRef(picture), grid, shift(), Path(reference), reference=RasterRef(reference))


def test_sidecars_of_a_replaced_file_go(tmp_path, picture):
    output, sidecar = tmp_path / "o.tif", tmp_path / "o.tif.aux.xml"
    output.write_bytes(b"old")
    sidecar.write_text("<PAMDataset><Metadata><MDI key='old'>1</MDI></Metadata></PAMDataset>")
    warp(RasterRef(picture), REFERENCE, shift(), output)
    assert not sidecar.exists()


def test_complex_and_impossible_nodata_are_refused(tmp_path, picture):
    slc = write_raster(tmp_path / "slc.tif", np.ones((HEIGHT, WIDTH), np.complex64), **PLACE)
    with pytest.raises(ComplexDataError):
        warp(RasterRef(slc), REFERENCE, shift(), tmp_path / "o.tif")
    with pytest.raises(OutputError, match="nodata"):
        warp(RasterRef(picture), REFERENCE, shift(), tmp_path / "o.tif", WarpParams(nodata=-9999.0))
    assert not (tmp_path / "o.tif").exists()


def test_missing_input(tmp_path):
    with pytest.raises(UnreadableRasterError):
        warp(RasterRef(str(tmp_path / "no.tif")), REFERENCE, shift(), tmp_path / "o.tif")


def test_wide_reference_grid_shows_the_image_once(tmp_path):
    """Far outside its points a cubic folds back: nothing of the image appears there, and no time is
    spent on it.
    """
    path = write_raster(tmp_path / "s.tif", np.full((HEIGHT, WIDTH), 50, np.uint8), **PLACE)
    transform = bend("polynomial3")
    transform = replace(transform, target_centre=transform.target_centre + 1200.0)
    grid = Grid.bare(2500, 2500)
    with rasterio.open(warp(RasterRef(path), grid, transform, tmp_path / "o.tif")) as d:
        valid = int((d.read(1) > 0).sum())
    xs, ys = np.meshgrid(np.linspace(0.5, WIDTH - 0.5, 60), np.linspace(0.5, HEIGHT - 0.5, 60))
    jacobian = transform.jacobian(np.stack([xs.ravel(), ys.ravel()], axis=1))
    area = float(np.abs(np.linalg.det(jacobian)).mean()) * WIDTH * HEIGHT
    assert abs(valid / area - 1) < 0.005


def test_output_grids(tmp_path, picture):
    snapped = warp(
        RasterRef(picture),
        REFERENCE,
        shift(),
        tmp_path / "a.tif",
        WarpParams(match_reference_grid=True),
    )
    with rasterio.open(snapped) as d:
        assert (d.width, d.height) == (340, 300)
        assert d.transform.to_gdal() == REFERENCE.geotransform
    own = warp(RasterRef(picture), REFERENCE, shift(), tmp_path / "b.tif")
    with rasterio.open(own) as d:
        assert np.isclose(d.transform.a, 10.0)
        assert abs(d.width - WIDTH) <= 1
        assert abs(d.height - HEIGHT) <= 1
    coarse = warp(
        RasterRef(picture), REFERENCE, shift(), tmp_path / "c.tif", WarpParams(output_gsd=25.0)
    )
    with rasterio.open(coarse) as d:
        assert d.transform.a == 25.0
        assert abs(d.width - WIDTH / 2.5) <= 1
    plain = warp(RasterRef(picture), PIXELS, shift(), tmp_path / "d.tif")
    with rasterio.open(plain) as d:
        assert d.crs is None
        assert d.transform.is_identity
        assert (d.width, d.height) == (340, 300)


def test_same_lattice_copies_exactly(tmp_path, picture):
    """A whole-pixel shift onto the reference's grid is a copy, whatever the resampling."""
    transform = fit("shift", np.array([[0.0, 0.0]]), np.array([[12.0, 7.0]]))
    params = WarpParams(resampling="cubic", match_reference_grid=True)
    out = warp(RasterRef(picture), REFERENCE, transform, tmp_path / "o.tif", params)
    with rasterio.open(out) as d, rasterio.open(picture) as s:
        assert np.array_equal(d.read(1)[7 : 7 + HEIGHT, 12 : 12 + WIDTH], s.read(1))


def test_coarser_output_is_averaged(tmp_path):
    """A checkerboard of single pixels becomes grey, not moiré."""
    board = (np.indices((HEIGHT, WIDTH)).sum(axis=0) % 2 * 200).astype(np.float32)
    path = write_raster(tmp_path / "s.tif", board, **PLACE)
    out = warp(
        RasterRef(path),
        REFERENCE,
        shift(),
        tmp_path / "o.tif",
        WarpParams(resampling="bilinear", output_gsd=43.0),
    )
    with rasterio.open(out) as d:
        inner = d.read(1)[4:-4, 4:-4]
    assert np.abs(inner - 100).max() < 20


class Stops(Progress):
    def __init__(self, after):
        self.count, self.after, self.seen = 0, after, []

    def update(self, fraction, message=""):
        self.count += 1
        self.seen.append(fraction)
        if self.count > self.after:
            raise Cancelled


@pytest.mark.parametrize("fmt", ["GTiff", "COG"])
def test_cancel_leaves_nothing(tmp_path, picture, fmt):
    output = tmp_path / "o.tif"
    output.write_bytes(b"what was there before")
    with pytest.raises(Cancelled):
        warp(RasterRef(picture), REFERENCE, shift(), output, WarpParams(format=fmt), Stops(0))
    assert output.read_bytes() == b"what was there before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.tif", "sensed.tif"]


def test_progress_grows_to_one(tmp_path, picture):
    progress = Stops(10**6)
    warp(RasterRef(picture), REFERENCE, shift(), tmp_path / "o.tif", progress=progress)
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
        with pytest.raises(OutputError, match="input") as caught:
            warp(RasterRef(picture), REFERENCE, shift(), output)
        assert caught.value.hint
    assert Path(picture).read_bytes() == before


def test_unwritable_folder(tmp_path, picture):
    for folder in (tmp_path / "nowhere", Path("/proc")):
        with pytest.raises(OutputError) as caught:
            warp(RasterRef(picture), REFERENCE, shift(), folder / "o.tif")
        assert caught.value.hint
    with pytest.raises(OutputError):
        warp(RasterRef(picture), REFERENCE, shift(), tmp_path)


def test_damaged_input_leaves_the_old_output(tmp_path):
    path, output = tmp_path / "cut.tif", tmp_path / "o.tif"
    noise = np.random.default_rng(1).integers(0, 255, (900, 900)).astype(np.uint8)
    write_raster(path, noise, **PLACE, compress="deflate", blockysize=8)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    output.write_bytes(b"old")
    with pytest.raises(UnreadableRasterError):
        warp(RasterRef(str(path)), REFERENCE, shift(), output)
    assert output.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.tif", "o.tif"]


def test_folding_transform_is_refused(tmp_path, picture):
    s = np.stack(np.meshgrid(np.linspace(0, WIDTH, 6), np.linspace(0, HEIGHT, 6)), axis=2).reshape(
        -1, 2
    )
    t = s.copy()
    t[:, 0] = 150 + (s[:, 0] - 150) ** 2 / 100
    with pytest.raises(FitError):
        warp(RasterRef(picture), REFERENCE, fit("polynomial2", s, t), tmp_path / "o.tif")
    assert not (tmp_path / "o.tif").exists()


def test_file_with_its_own_gcps(tmp_path):
    """The file's own georeferencing plays no part: the transform goes from its native pixels."""
    at = blob_positions(WIDTH, HEIGHT)
    gcps = [
        rasterio.control.GroundControlPoint(
            row=r, col=c, x=15 + c / 3000, y=48 - r / 3000 + c * r * 1e-9
        )
        for r in np.linspace(0, HEIGHT, 5)
        for c in np.linspace(0, WIDTH, 5)
    ]
    path = write_raster(
        tmp_path / "s.tif", blobs(WIDTH, HEIGHT, at, 2.5), crs="EPSG:4326", gcps=gcps
    )
    transform = bend("affine")
    params = WarpParams(resampling="cubic", match_reference_grid=True)
    out = warp(RasterRef(path), REFERENCE, transform, tmp_path / "o.tif", params)
    with rasterio.open(out) as d:
        want = transform.apply(at)
        found = centroids(np.nan_to_num(d.read(1)), want)
        assert not d.gcps[0]
    ok = np.isfinite(found).all(axis=1)
    assert np.abs(found[ok] - want[ok]).max() < 0.1
