"""Laws of the working grid: what is bright at a native pixel is bright at the working pixel that
the mapping names.
"""

from __future__ import annotations

import numpy as np
import pytest
import rasterio.warp
from hypothesis import given, settings
from hypothesis import strategies as st
from raster_files import blob_positions, blobs, centroids, write_raster
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, Modality, RasterRef
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.engine.read.resampling import read_window
from sar_optical_align.plugin.engine.read.sources import open_raster

UTM = "EPSG:32633"
REFERENCE_GT = (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0)
TURNED = np.deg2rad(17.0)
ROTATED_GT = (
    500300.0,
    8.0 * np.cos(TURNED),
    11.0 * np.sin(TURNED),
    5399300.0,
    8.0 * np.sin(TURNED),
    -11.0 * np.cos(TURNED),
)


def optical(path: str) -> RasterRef:
    return RasterRef(path, modality=Modality.OPTICAL)


def pair_request(reference: str, sensed: str, **params) -> AlignRequest:
    return AlignRequest(optical(reference), optical(sensed), AlignParams(**params))


def background(width: int, height: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 1e-3, (height, width)).astype(np.float32)


def write_blobs(path, width, height, crs=None, gt=None, sigma=2.0, **profile):
    at = blob_positions(width, height)
    return write_raster(
        path, blobs(width, height, at, sigma) + background(width, height), crs, gt, **profile
    ), at


def worst_miss(pair, which: str, at_native: np.ndarray, reduction: int = 1) -> tuple[float, int]:
    """Return the largest distance, native px, between blobs and what the mapping says of their
    images, and how many.
    """
    native = getattr(pair, f"{which}_native_px")
    working = getattr(pair, f"working_from_{which}_native")(at_native)
    assert np.allclose(native(working), at_native, atol=1e-6)
    image = getattr(pair, f"read_{which}")((0, 0, pair.grid.width, pair.grid.height), reduction)
    found = centroids(image.data, working / reduction) * reduction
    ok = np.isfinite(found).all(axis=1)
    return float(np.abs(native(found[ok]) - at_native[ok]).max()), int(ok.sum())


def test_rotated_anisotropic_sensed(tmp_path):
    reference, at_reference = write_blobs(tmp_path / "r.tif", 211, 187, UTM, REFERENCE_GT)
    sensed, at_sensed = write_blobs(tmp_path / "s.tif", 173, 149, UTM, ROTATED_GT, sigma=3.0)
    with open_pair(pair_request(reference, sensed, search_radius=400.0)) as pair:
        assert worst_miss(pair, "reference", at_reference)[0] < 0.06
        miss, count = worst_miss(pair, "sensed", at_sensed)
        assert miss < 0.06
        assert count > 6


@pytest.mark.parametrize(
    ("angle", "scale", "shift"),
    [(0.0, 1.0, (12.25, -7.6)), (11.0, 1.12, (-9.0, 14.0)), (-8.0, 0.88, (30.0, 3.0))],
)
@pytest.mark.parametrize("reduction", [1, 2])
def test_correction_moves_the_sensed_image_and_the_mapping_alike(
    tmp_path, angle, scale, shift, reduction
):
    reference, _ = write_blobs(tmp_path / "r.tif", 311, 287, UTM, REFERENCE_GT)
    sensed, at_sensed = write_blobs(tmp_path / "s.tif", 283, 302, UTM, REFERENCE_GT, sigma=3.0)
    a, b = scale * np.cos(np.deg2rad(angle)), scale * np.sin(np.deg2rad(angle))
    matrix = np.array([[a, -b, shift[0] + 20], [b, a, shift[1] - 20], [0, 0, 1]])
    with open_pair(pair_request(reference, sensed)) as pair:
        before = pair.sensed_native_px(np.array([[100.0, 90.0]]))
        pair = pair.corrected(matrix)
        moved = coords.apply_matrix(matrix, [[100.0, 90.0]])
        assert np.allclose(pair.sensed_native_px(moved), before, atol=1e-8)
        miss, count = worst_miss(pair, "sensed", at_sensed, reduction)
        assert miss < 0.08
        assert count > 20


def test_different_crs_and_gsd(tmp_path):
    reference, at_reference = write_blobs(tmp_path / "r.tif", 240, 200, UTM, REFERENCE_GT)
    outline_x, outline_y = rasterio.warp.transform(
        UTM, "EPSG:4326", [500000, 502400], [5400000, 5398000]
    )
    width, height = 251, 207
    gt = (
        outline_x[0],
        (outline_x[1] - outline_x[0]) / width,
        0.0,
        outline_y[0],
        0.0,
        (outline_y[1] - outline_y[0]) / height,
    )
    sensed, at_sensed = write_blobs(tmp_path / "s.tif", width, height, "EPSG:4326", gt, sigma=3.0)
    with open_pair(pair_request(reference, sensed)) as pair:
        assert pair.grid.crs_wkt == pair.reference.grid.crs_wkt
        assert worst_miss(pair, "reference", at_reference)[0] < 0.06
        assert worst_miss(pair, "sensed", at_sensed)[0] < 0.06
        lon, lat = coords.map_from_px(gt, [[100.0, 50.0]])[0]
        x, y = rasterio.warp.transform("EPSG:4326", UTM, [lon], [lat])
        assert np.allclose(pair.sensed_map(np.array([[100.0, 50.0]])), [[x[0], y[0]]], atol=1e-3)


@pytest.mark.parametrize("ratio", [2, 3.3, 5])
def test_finer_sensed_is_averaged_onto_the_coarser_grid(tmp_path, ratio):
    reference, _ = write_blobs(tmp_path / "r.tif", 160, 131, UTM, REFERENCE_GT)
    width, height = int(160 * ratio), int(131 * ratio)
    gt = (500003.0, 10.0 / ratio, 0.0, 5400001.0, 0.0, -10.0 / ratio)
    at = blob_positions(width, height, 31.0 * ratio, 14.0 * ratio)
    sensed = write_raster(
        tmp_path / "s.tif",
        blobs(width, height, at, 2.0 * ratio) + background(width, height),
        UTM,
        gt,
    )
    with open_pair(pair_request(reference, sensed)) as pair:
        assert np.allclose(coords.gsd(pair.grid.geotransform), 10.0)
        miss, count = worst_miss(pair, "sensed", at)
        assert miss < 0.06 * ratio
        assert count > 10


def test_windows_agree_with_the_whole(tmp_path):
    """Results do not depend on how the scene is cut."""
    reference, _ = write_blobs(tmp_path / "r.tif", 230, 190, UTM, REFERENCE_GT)
    sensed, _ = write_blobs(tmp_path / "s.tif", 173, 149, UTM, ROTATED_GT)
    with open_pair(pair_request(reference, sensed)) as pair:
        pair = pair.corrected(np.array([[1.01, 0.03, 2.0], [-0.03, 1.01, -1.0], [0, 0, 1.0]]))
        whole = pair.read_sensed((0, 0, pair.grid.width, pair.grid.height))
        part = pair.read_sensed((37, 21, 64, 48))
        inside = whole.mask[21:69, 37:101]
        assert inside.any()
        assert np.array_equal(part.mask, inside)
        assert np.abs(part.data - whole.data[21:69, 37:101]).max() < 0.02


def test_window_reaching_outside_is_masked(tmp_path):
    reference, _ = write_blobs(tmp_path / "r.tif", 120, 100, UTM, REFERENCE_GT)
    with open_pair(pair_request(reference, reference)) as pair:
        image = pair.read_reference((-20, -10, 60, 50))
        assert image.data.shape == image.mask.shape == (50, 60)
        assert not image.mask[:10].any()
        assert not image.mask[:, :20].any()
        assert image.mask[10:, 20:].all()
        far = pair.read_reference((5000, 5000, 32, 32))
        assert not far.mask.any()
        assert not far.data.any()
        reduced = pair.read_reference((0, 0, 61, 47), 4)
        assert reduced.data.shape == (12, 16)


def test_identical_rasters_read_alike(tmp_path):
    reference, _ = write_blobs(tmp_path / "r.tif", 120, 100, UTM, REFERENCE_GT)
    with open_pair(pair_request(reference, reference)) as pair:
        assert (pair.grid.width, pair.grid.height) == (120, 100)
        a, b = pair.read_reference((0, 0, 120, 100)), pair.read_sensed((0, 0, 120, 100))
        assert np.allclose(a.data, b.data, atol=1e-5)
        raw = pair.reference.stretch.apply(
            rasterio.open(reference).read(1), np.ones((100, 120), bool)
        )
        assert np.allclose(a.data, raw, atol=1e-4)


@pytest.mark.parametrize(
    ("driver", "suffix"), [("PNG", "png"), ("GTiff", "tif"), ("JPEG", "jpg"), ("WEBP", "webp")]
)
def test_pictures_share_a_pixel_frame(tmp_path, driver, suffix):
    at = blob_positions(150, 120)
    picture = (
        (2 * blobs(150, 120, at, 2.5) + 5 + 5000 * background(150, 120))
        .clip(0, 255)
        .astype(np.uint8)
    )
    data = np.stack([picture] * 3)
    options = {"quality": 95} if suffix in ("jpg", "webp") else {}
    reference = write_raster(tmp_path / f"r.{suffix}", data, driver=driver, **options)
    sensed = write_raster(
        tmp_path / f"s.{suffix}", data[:, :110, :140].copy(), driver=driver, **options
    )
    with open_pair(pair_request(reference, sensed)) as pair:
        assert pair.grid.crs_wkt == ""
        assert np.allclose(pair.reference_native_px(np.array([[10.0, 20.0]])), [[10.0, 20.0]])
        assert np.allclose(pair.sensed_native_px(np.array([[10.0, 20.0]])), [[10.0, 20.0]])
        assert pair.reference_map(np.zeros((1, 2))) is None
        assert pair.sensed_map(np.zeros((1, 2))) is None
        assert worst_miss(pair, "reference", at)[0] < 0.15


def test_geotransform_without_crs_is_a_local_frame(tmp_path):
    reference, _ = write_blobs(
        tmp_path / "r.tif", 130, 110, None, (1000.0, 2.0, 0.0, 3000.0, 0.0, -2.0)
    )
    sensed, at_sensed = write_blobs(
        tmp_path / "s.tif", 125, 113, None, (1010.0, 2.0, 0.0, 2990.0, 0.0, -2.0)
    )
    with open_pair(pair_request(reference, sensed)) as pair:
        assert pair.grid.crs_wkt == ""
        assert np.allclose(pair.sensed_map(np.array([[0.0, 0.0]])), [[1010.0, 2990.0]])
        assert worst_miss(pair, "sensed", at_sensed)[0] < 0.06


def test_flipped_sensed_reads_as_the_upright_one(tmp_path):
    """A south-up file of the same ground gives the same image."""
    at = blob_positions(140, 120)
    data = blobs(140, 120, at, 2.5) + background(140, 120)
    reference = write_raster(tmp_path / "r.tif", data, UTM, REFERENCE_GT)
    flipped = write_raster(
        tmp_path / "f.tif", data[::-1].copy(), UTM, (500000.0, 10.0, 0.0, 5398800.0, 0.0, 10.0)
    )
    with open_pair(pair_request(reference, flipped)) as pair:
        a, b = pair.read_reference((0, 0, 140, 120)), pair.read_sensed((0, 0, 140, 120))
        assert np.allclose(a.data, b.data, atol=1e-4)
        assert np.allclose(pair.sensed_native_px(np.array([[3.0, 7.0]])), [[3.0, 113.0]])


@settings(max_examples=40, deadline=None)
@given(
    angle=st.floats(-180, 180),
    gsd_x=st.floats(3, 30),
    gsd_y=st.floats(3, 30),
    mirrored=st.booleans(),
    shift=st.floats(-30, 30),
    seed=st.integers(0, 100),
)
def test_native_and_working_px_are_inverse(files, angle, gsd_x, gsd_y, mirrored, shift, seed):
    """Whatever the georeferencing of the sensed raster and the correction."""
    reference, folder = files
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    side = -1.0 if mirrored else 1.0
    gt = (501000.0, gsd_x * c, side * gsd_y * s, 5399000.0, gsd_x * s, -side * gsd_y * c)
    sensed = write_raster(folder / "s.tif", background(60, 50, seed), UTM, gt)
    with open_pair(pair_request(reference, sensed, search_radius=900.0)) as pair:
        pair = pair.corrected(np.array([[1.05, -0.1, shift], [0.1, 1.05, -shift], [0, 0, 1.0]]))
        working = np.random.default_rng(seed).uniform(-50, 300, (50, 2))
        for which in ("reference", "sensed"):
            native = getattr(pair, f"{which}_native_px")(working)
            assert np.allclose(
                getattr(pair, f"working_from_{which}_native")(native), working, atol=1e-6
            )
        placed = coords.map_from_px(gt, pair.sensed_native_px(working))
        uncorrected = coords.apply_matrix(np.linalg.inv(pair.correction), working)
        assert np.allclose(
            placed, coords.map_from_px(pair.grid.geotransform, uncorrected), atol=1e-5
        )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("grids")
    return write_raster(folder / "r.tif", background(240, 200), UTM, REFERENCE_GT), folder


def test_positions_that_do_not_exist_are_masked(tmp_path):
    """Where a projection has no answer for a part of the window, the rest is still read."""
    path, _ = write_blobs(tmp_path / "r.tif", 120, 100, UTM, REFERENCE_GT)
    with open_raster(optical(path)) as source:
        whole = read_window(source, coords.as_points, (0, 0, 120, 100))
        half = read_window(
            source, lambda xy: np.where(xy[:, :1] > 64, np.nan, xy), (0, 0, 120, 100)
        )
        none = read_window(source, lambda xy: np.full(xy.shape, np.inf), (0, 0, 120, 100))
    assert half.mask[:, :48].all()
    assert np.allclose(half.data[:, :48], whole.data[:, :48], atol=1e-6)
    assert not half.mask[:, 80:].any()
    assert not none.mask.any()


def test_working_gsd_is_honoured(tmp_path):
    at = blob_positions(440, 400, 70.0, 35.0)
    reference = write_raster(
        tmp_path / "r.tif", blobs(440, 400, at, 5.0) + background(440, 400), UTM, REFERENCE_GT
    )
    with open_pair(pair_request(reference, reference, working_gsd=25.0)) as pair:
        assert np.allclose(coords.gsd(pair.grid.geotransform), 25.0)
        assert worst_miss(pair, "reference", at)[0] < 0.15
