"""Rasters that carry only GCPs or RPCs are placed by a curved model, never by one affine."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rasterio.rpc
import rasterio.warp
from raster_files import blob_positions, blobs, centroids, write_raster
from rasterio.control import GroundControlPoint
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.core.points.files import load_points, parse_points, save_points
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Modality,
    RasterRef,
    TiePoint,
    WarpParams,
)
from sar_optical_align.plugin.engine.deliver.deliver import native_grid, warp_with_points
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.engine.read.sources import open_raster

WIDTH, HEIGHT = 420, 360


def ground(xy, step):
    """A curved acquisition geometry: rows and columns bend by up to six pixels; descending, seen
    from the east.
    """
    u = np.asarray(xy) / [WIDTH, HEIGHT] - 0.5
    x = -0.97 * xy[:, 0] + 0.22 * xy[:, 1] + 24 * u[:, 0] ** 2 - 10 * u[:, 0] * u[:, 1] ** 2
    y = -0.21 * xy[:, 0] - 0.98 * xy[:, 1] - 16 * u[:, 0] * u[:, 1] + 12 * u[:, 1] ** 3
    return np.stack([x, y], axis=1) * step


def gcps(side, step, origin):
    xs, ys = np.meshgrid(np.linspace(0, WIDTH, side), np.linspace(0, HEIGHT, side))
    pixel = np.stack([xs.ravel(), ys.ravel()], axis=1)
    at = ground(pixel, step) + origin
    both = np.concatenate([pixel, at], axis=1).tolist()
    return [GroundControlPoint(row=row, col=col, x=x, y=y, z=120.0) for col, row, x, y in both]


CASES = [
    pytest.param(14, "EPSG:32633", 10.0, (510000.0, 5410000.0), id="utm-spline"),
    pytest.param(18, "EPSG:32633", 10.0, (510000.0, 5410000.0), id="utm-polynomial3"),
    pytest.param(14, "EPSG:4326", 1e-4, (15.2, 48.9), id="degrees-10m"),
    pytest.param(14, "EPSG:4326", 5e-6, (15.2, 48.9), id="degrees-half-metre"),
    pytest.param(3, "EPSG:32633", 10.0, (510000.0, 5410000.0), id="nine-gcps"),
]


@pytest.mark.parametrize(("side", "crs", "step", "origin"), CASES)
def test_placement_follows_the_curve(tmp_path, side, crs, step, origin):
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    path = write_raster(tmp_path / "grd.tif", data, crs, gcps=gcps(side, step, origin))
    at = np.random.default_rng(1).uniform(0, 1, (400, 2)) * [WIDTH, HEIGHT]
    with open_raster(RasterRef(path)) as source:
        assert source.georeferencing == "gcps"
        assert source.is_georeferenced
        assert rasterio.CRS.from_wkt(source.grid.crs_wkt) == rasterio.CRS.from_user_input(crs)
        placed = source.map_from_px(at)
        back = source.px_from_map(placed)
    assert np.abs(back - at).max() < 1e-3
    error = np.abs(placed - ground(at, step) - origin).max() / step
    assert error < (2.5 if side == 3 else 0.1)


def test_affine_would_be_far_off():
    """The fixture is curved enough for the tests here to mean something."""
    at = np.stack(np.meshgrid(np.linspace(0, WIDTH, 9), np.linspace(0, HEIGHT, 9)), axis=2).reshape(
        -1, 2
    )
    design = np.column_stack([np.ones(len(at)), at])
    line = design @ np.linalg.lstsq(design, ground(at, 1.0), rcond=None)[0]
    assert np.abs(line - ground(at, 1.0)).max() > 4


@pytest.mark.parametrize("side", [14, 18])
def test_read_through_the_curve_and_map_back(tmp_path, side):
    """Bright pixels of a GCP-only file read on a UTM grid map back to their native pixels."""
    at = blob_positions(WIDTH, HEIGHT)
    image = blobs(WIDTH, HEIGHT, at, 2.5) + np.random.default_rng(0).uniform(
        0, 1e-3, (HEIGHT, WIDTH)
    ).astype(np.float32)
    sensed = write_raster(
        tmp_path / "grd.tif", image, "EPSG:4326", gcps=gcps(side, 1e-4, (15.2, 48.9))
    )
    outline = ground(np.array([[0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]]), 1e-4) + np.array(
        [15.2, 48.9]
    )
    x, y = rasterio.warp.transform("EPSG:4326", "EPSG:32633", outline[:, 0], outline[:, 1])
    gt = (min(x) - 500, 9.0, 0.0, max(y) + 500, 0.0, -9.0)
    size = (int((max(x) - min(x)) / 9) + 110, int((max(y) - min(y)) / 9) + 110)
    texture = np.random.default_rng(2).integers(0, 255, size[::-1]).astype(np.uint8)
    reference = write_raster(tmp_path / "r.tif", texture, "EPSG:32633", gt)
    request = AlignRequest(
        RasterRef(reference, modality=Modality.OPTICAL),
        RasterRef(sensed, modality=Modality.OPTICAL),
    )
    with open_pair(request) as pair:
        pair = pair.corrected(np.array([[1.0, 0.02, 5.0], [-0.02, 1.0, 9.0], [0, 0, 1.0]]))
        working = pair.working_from_sensed_native(at)
        found = centroids(pair.read_sensed((0, 0, pair.grid.width, pair.grid.height)).data, working)
        ok = np.isfinite(found).all(axis=1)
        assert ok.sum() > 80
        assert np.abs(pair.sensed_native_px(found[ok]) - at[ok]).max() < 0.1


def test_gcp_only_reference_gets_a_north_up_grid(tmp_path):
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    reference = write_raster(
        tmp_path / "grd.tif", data, "EPSG:32633", gcps=gcps(14, 10.0, (510000.0, 5410000.0))
    )
    with open_pair(
        AlignRequest(RasterRef(reference), RasterRef(reference), AlignParams(search_radius=100.0))
    ) as pair:
        gt = pair.grid.geotransform
        assert gt[1] > 0
        assert gt[5] < 0
        assert gt[2] == gt[4] == 0
        assert abs(gt[1] - 10.0) < 1.0
        at = np.array([[100.0, 80.0], [220.0, 170.0]])
        assert np.allclose(pair.reference_native_px(at), pair.sensed_native_px(at), atol=1e-6)
        assert np.allclose(
            pair.working_from_reference_native(pair.reference_native_px(at)), at, atol=1e-6
        )
        image = pair.read_reference((0, 0, pair.grid.width, pair.grid.height))
        assert 0.5 < image.mask.mean() < 1.0


def test_across_the_antimeridian(tmp_path):
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    points = gcps(14, 1e-4, (180.01, -17.0))
    for p in points:
        p.x = (p.x + 180) % 360 - 180
    path = write_raster(tmp_path / "fiji.tif", data, "EPSG:4326", gcps=points)
    at = np.random.default_rng(1).uniform(0, 1, (50, 2)) * [WIDTH, HEIGHT]
    with open_raster(RasterRef(path)) as source:
        placed = source.map_from_px(at)
        assert np.abs(placed - ground(at, 1e-4) - [180.01, -17.0]).max() < 1e-5
        placed[:, 0] = (placed[:, 0] + 180) % 360 - 180
        assert np.abs(source.px_from_map(placed) - at).max() < 1e-3


def test_useless_gcps_are_named(tmp_path):
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    line = [
        GroundControlPoint(row=i * 10.0, col=i * 10.0, x=5e5 + i, y=5.4e6 + i) for i in range(12)
    ]
    path = write_raster(tmp_path / "line.tif", data, "EPSG:32633", gcps=line)
    with pytest.raises(InputError, match="GCPs") as caught:
        open_raster(RasterRef(path))
    assert caught.value.hint


def test_three_gcps_are_enough(tmp_path):
    """As for GDAL: an affine passes through them."""
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    corners = [(0.0, 0.0), (float(WIDTH), 0.0), (0.0, float(HEIGHT))]
    three = [GroundControlPoint(row=y, col=x, x=5e5 + 9 * x, y=5.4e6 - 8 * y) for x, y in corners]
    path = write_raster(tmp_path / "three.tif", data, "EPSG:32633", gcps=three)
    with open_raster(RasterRef(path)) as source:
        assert source.georeferencing == "gcps"
        assert np.allclose(source.map_from_px(np.array([[50.0, 70.0]])), [[500450.0, 5399440.0]])


def rpcs():
    """A camera looking straight down at (15 E, 48 N) from far away, with a mild bend: 0.0001
    degrees a pixel.
    """
    span = 0.5e-4
    line, sample = [0.0] * 20, [0.0] * 20
    line[2], sample[1] = -1.0, 1.0
    line[4], sample[7] = 0.01, 0.008
    one = [1.0] + [0.0] * 19
    return rasterio.rpc.RPC(
        err_bias=0.0,
        err_rand=0.0,
        height_off=100.0,
        height_scale=500.0,
        lat_off=48.0,
        lat_scale=span * HEIGHT,
        long_off=15.0,
        long_scale=span * WIDTH,
        line_off=HEIGHT / 2,
        line_scale=HEIGHT / 2,
        samp_off=WIDTH / 2,
        samp_scale=WIDTH / 2,
        line_num_coeff=line,
        line_den_coeff=one,
        samp_num_coeff=sample,
        samp_den_coeff=one,
    )


def test_rpc_only_raster(tmp_path):
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    path = write_raster(tmp_path / "rpc.tif", data)
    with rasterio.open(path, "r+") as d:
        d.rpcs = rpcs()
    at = np.random.default_rng(1).uniform(0.05, 0.95, (100, 2)) * [WIDTH, HEIGHT]
    with open_raster(RasterRef(path)) as source:
        assert source.georeferencing == "rpcs"
        placed = source.map_from_px(at)
        assert np.abs(placed - [15.0, 48.0]).max() < 0.03
        assert np.abs(source.px_from_map(placed) - at).max() < 0.001
        # The camera's line 0 is the centre of the first row: half a pixel from its corner.
        assert (
            np.abs(
                source.px_from_map(np.array([[15.0, 48.0]])) - [[WIDTH / 2 + 0.5, HEIGHT / 2 + 0.5]]
            ).max()
            < 0.001
        )


@pytest.mark.parametrize("which", ["reference", "sensed"])
def test_points_files_say_the_pixels_of_a_raster_with_gcps_as_qgis_does(tmp_path, which):
    """Its pixels have no place of their own: negative y, as QGIS writes it, and the same pixels
    again when read.
    """
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    curved = write_raster(
        tmp_path / "grd.tif", data, "EPSG:32633", gcps=gcps(14, 10.0, (510000.0, 5410000.0))
    )
    plain = write_raster(
        tmp_path / "map.tif", data, "EPSG:32633", (506000.0, 10.0, 0.0, 5410000.0, 0.0, -10.0)
    )
    paths = (curved, plain) if which == "reference" else (plain, curved)
    with open_pair(
        AlignRequest(RasterRef(paths[0]), RasterRef(paths[1]), AlignParams(search_radius=100.0))
    ) as pair:
        grids = pair.reference.grid, pair.sensed.grid
    at = np.random.default_rng(1).uniform(20, 300, (12, 2))
    points = [TiePoint(i + 1, tuple(p + [3.0, -5.0]), tuple(p)) for i, p in enumerate(at)]
    file = tmp_path / "p.points"
    save_points(file, points, *grids)
    row = parse_points(file.read_text()).rows[0]
    assert (row.map_y if which == "reference" else row.source_y) < 0
    read = load_points(file, native_grid(paths[0]), native_grid(paths[1]))
    for before, after in zip(points, read, strict=True):
        assert np.allclose(before.reference_px, after.reference_px, atol=1e-6)
        assert np.allclose(before.sensed_px, after.sensed_px, atol=1e-6)
    model = "affine" if which == "reference" else "tps"
    transform, count = warp_with_points(
        paths[1], file, tmp_path / "out.tif", paths[0], model, WarpParams(), Progress()
    )
    assert count == 12
    if which == "reference":
        assert np.allclose(transform.matrix, [[1, 0, 3], [0, 1, -5], [0, 0, 1]], atol=1e-6)
    else:  # what the GCPs say is known; the model is the correction of that
        assert transform.prior is not None
        assert np.abs(transform.apply(at) - at - [3.0, -5.0]).max() < 2.0
