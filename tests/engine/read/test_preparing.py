"""Masks, bands, scales and filters: what enters the matchers."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from raster_files import write_raster
from sar_optical_align.plugin.core.errors import EmptyImageError, UsageError
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, Modality, RasterRef
from sar_optical_align.plugin.engine.read.despeckling import REACH_PX, despeckle
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.engine.read.preparing import (
    Stretch,
    detect_modality,
    detect_sar_scale,
    make_stretch,
    to_grey,
)
from sar_optical_align.plugin.engine.read.sources import open_raster

UTM = "EPSG:32633"
GT = (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0)
ROWS, COLS = 130, 170


def texture(dtype="uint8", bands=1, low=20, high=240, seed=0):
    data = np.random.default_rng(seed).integers(low, high, (bands, ROWS, COLS)).astype(dtype)
    return data if bands > 1 else data[0]


def image(
    path,
    modality=Modality.OPTICAL,
    bands=(),
    nodata=None,
    window=(0, 0, COLS, ROWS),
    reduction=1,
    **params,
):
    ref = RasterRef(path, bands, modality, nodata=nodata)
    with open_pair(AlignRequest(ref, ref, AlignParams(**params))) as pair:
        return pair.read_reference(window, reduction)


def hole():
    bad = np.zeros((ROWS, COLS), bool)
    bad[30:60, 40:90] = True
    bad[:, -9:] = True
    return bad


def masked_file(path, how, modality_dtype="float32"):
    data = texture(modality_dtype).astype(modality_dtype)
    bad = hole()
    if how == "mask":
        return write_raster(path, data, UTM, GT, mask=~bad)
    if how == "alpha":
        alpha = np.where(bad, 0, 255).astype("uint8")
        return write_raster(
            path,
            np.stack([data.astype("uint8")] * 3 + [alpha]),
            UTM,
            GT,
            photometric="RGB",
            alpha="YES",
        )
    value = {"nan": np.nan, "nodata": -9999.0, "huge": 1.7e38, "user": 7.0}[how]
    data[bad] = value
    options = {"nodata": value} if how in ("nodata", "huge") else {}
    return write_raster(path, data, UTM, GT, **options)


@pytest.mark.parametrize("reduction", [1, 3])
@pytest.mark.parametrize("how", ["nan", "nodata", "huge", "user", "mask", "alpha"])
def test_invalid_pixels_are_masked_and_do_not_bleed(tmp_path, how, reduction):
    path = masked_file(tmp_path / "m.tif", how)
    got = image(path, nodata=7.0 if how == "user" else None, reduction=reduction)
    bad = hole()
    whole = np.zeros((-(-ROWS // reduction) * reduction, -(-COLS // reduction) * reduction), bool)
    whole[:ROWS, :COLS] = bad
    blocks = whole.reshape(
        whole.shape[0] // reduction, reduction, whole.shape[1] // reduction, reduction
    )
    assert not got.mask[blocks.all(axis=(1, 3))].any()
    assert not got.data[~got.mask].any()
    assert got.mask.mean() > 0.6
    values = got.data[got.mask]
    assert values.min() >= 0
    assert values.max() <= 1
    if reduction == 1:
        raw = texture("float32")
        low, high = np.percentile(raw[~bad], (1, 99))
        want = np.clip((raw - low) / (high - low), 0, 1)
        assert np.abs(got.data - want)[got.mask].max() < 0.03


@pytest.mark.parametrize("modality", [Modality.OPTICAL, Modality.SAR])
def test_zero_frame_is_masked_but_zeros_inside_are_image(tmp_path, modality):
    data = texture("uint16", low=300, high=3000)
    rows, cols = np.mgrid[:ROWS, :COLS]
    frame = (cols + 0.4 * rows < 40) | (cols - 0.3 * rows > COLS - 30)
    data[frame] = 0
    data[60:70, 80:95] = 0
    got = image(write_raster(tmp_path / "z.tif", data, UTM, GT), modality)
    assert not got.mask[frame].any()
    assert got.mask[62:68, 83:92].all()
    inside = ~frame
    inside[60:70, 80:95] = False
    assert got.mask[inside].mean() > 0.93


@pytest.mark.parametrize("reduction", [3, 4, 5])
def test_averages_next_to_an_undeclared_frame_are_not_used(tmp_path, reduction):
    data = texture("uint16", low=1000, high=1100)
    data[np.add.outer(np.arange(ROWS), np.arange(COLS)) < 77] = 0
    got = image(write_raster(tmp_path / "z.tif", data, UTM, GT), reduction=reduction)
    assert 0.5 < got.mask.mean() < 0.9
    assert got.data[got.mask].min() > 0.1


def test_a_few_zeros_at_the_edge_are_image(tmp_path):
    data = texture("uint8")
    data[0, :5] = data[50, 0] = 0
    assert image(write_raster(tmp_path / "z.tif", data, UTM, GT)).mask.all()


def test_zeros_declared_valid_by_another_nodata_are_framed_too(tmp_path):
    data = texture("int16", low=300, high=3000)
    data[:, :30] = 0
    got = image(write_raster(tmp_path / "z.tif", data, UTM, GT, nodata=-1))
    assert not got.mask[:, :30].any()


def test_stretch_is_the_scene_s_not_the_window_s(tmp_path):
    ramp = np.add.outer(np.arange(ROWS), np.arange(COLS)).astype("float32")
    path = write_raster(tmp_path / "ramp.tif", ramp, UTM, GT)
    whole = image(path)
    part = image(path, window=(40, 30, 50, 40))
    assert np.allclose(part.data, whole.data[30:70, 40:90], atol=1e-5)


@pytest.mark.parametrize("kind", ["lee", "frost", "median"])
def test_filters_do_not_depend_on_the_window(tmp_path, kind):
    rng = np.random.default_rng(4)
    speckle = (
        np.where(np.mgrid[:ROWS, :COLS][1] > 80, 40.0, 8.0) * rng.gamma(1.0, 1.0, (ROWS, COLS))
    ).astype("float32")
    speckle[40:60, 20:50] = np.nan
    path = write_raster(tmp_path / "sar.tif", speckle, UTM, GT)
    params = {"modality": Modality.SAR, "despeckle": kind, "sar_scale": "power"}
    whole, part = image(path, **params), image(path, window=(30, 25, 64, 48), **params)
    assert np.array_equal(part.mask, whole.mask[25:73, 30:94])
    assert np.abs(part.data - whole.data[25:73, 30:94]).max() < 1e-4


@pytest.mark.parametrize("kind", ["lee", "frost", "median"])
def test_filters_lower_speckle_and_keep_the_edge(kind):
    rng = np.random.default_rng(2)
    truth = np.where(np.mgrid[:ROWS, :COLS][1] >= 85, 0.75, 0.3)
    noisy = (truth + rng.normal(0, 0.1, truth.shape)).astype(np.float32)
    clean = despeckle(noisy, np.ones(truth.shape, bool), kind)
    assert clean.dtype == np.float32
    flat = np.s_[10:-10, 10:70]
    assert clean[flat].std() < 0.5 * noisy[flat].std()
    assert abs(float(clean[flat].mean()) - 0.3) < 0.01
    assert clean[20:-20, 90].mean() - clean[20:-20, 80].mean() > 0.36


@pytest.mark.parametrize("kind", ["lee", "frost", "median"])
@given(seed=st.integers(0, 1000), value=st.floats(0.0, 1.0))
def test_filters_never_use_invalid_pixels(kind, seed, value):
    rng = np.random.default_rng(seed)
    data, mask = rng.uniform(0, 1, (23, 31)).astype(np.float32), rng.uniform(0, 1, (23, 31)) > 0.2
    other = np.where(mask, data, np.float32(value)).astype(np.float32)
    a, b = (
        despeckle(d, mask, kind, noise=0.01)
        for d in (np.where(mask, data, 0).astype(np.float32), other)
    )
    assert np.allclose(a, b, atol=1e-5)
    assert not a[~mask].any()


def test_unknown_filter():
    assert set(REACH_PX) == {"none", "lee", "frost", "median"}
    with pytest.raises(UsageError):
        despeckle(np.zeros((9, 9), np.float32), np.ones((9, 9), bool), "boxcar")


def gamma(looks, size=20000, mean=1.0, seed=1):
    return (mean * np.random.default_rng(seed).gamma(looks, 1.0 / looks, size)).astype(np.float32)


@pytest.mark.parametrize(
    ("sample", "dtype", "scale"),
    [
        (10 * np.log10(gamma(4, mean=0.1)), "float32", "db"),
        (gamma(4, mean=0.1), "float32", "power"),
        (gamma(1, mean=0.05), "float64", "power"),
        (np.sqrt(gamma(4, mean=250.0**2)), "float32", "amplitude"),
        (
            np.sqrt(gamma(1, mean=300.0**2)) * (1 + 5 * (np.arange(20000) % 50 == 0)),
            "uint16",
            "amplitude",
        ),
        (np.clip(128 + 40 * np.random.default_rng(0).normal(size=20000), 0, 255), "uint8", "db"),
        (np.clip(gamma(0.5, mean=25.0), 0, 255), "uint8", "amplitude"),
    ],
)
def test_sar_scale(sample, dtype, scale):
    assert detect_sar_scale(np.asarray(sample, np.float32), dtype) == scale


def test_the_same_scene_in_decibel_amplitude_and_power_reads_alike(tmp_path):
    rng = np.random.default_rng(5)
    power = (
        0.1 * np.exp(np.sin(np.mgrid[:ROWS, :COLS][0] / 9.0)) * rng.gamma(4, 0.25, (ROWS, COLS))
    ).astype("float32")
    files = {"power": power, "amplitude": np.sqrt(power), "db": 10 * np.log10(power)}
    images = {}
    for scale, values in files.items():
        path = write_raster(tmp_path / f"{scale}.tif", values.astype("float32"), UTM, GT)
        images[scale] = image(path, Modality.SAR, sar_scale=scale)
    assert np.abs(images["power"].data - images["db"].data).max() < 1e-3
    assert np.abs(images["amplitude"].data - images["db"].data).max() < 1e-3
    assert images["db"].modality is Modality.SAR


@pytest.mark.parametrize(
    ("names", "colourful", "expected"),
    [
        ("losangeles 3072x4096 sar.tif", False, Modality.SAR),
        ("losangeles opt.tif", False, Modality.OPTICAL),
        ("S1A IW GRDH 1SDV 20230610.tif VV VH", False, Modality.SAR),
        ("282D 485L 3 3 S1RTC.tif", False, Modality.SAR),
        ("282D 485L 3 3 S2L2A.tif", True, Modality.OPTICAL),
        ("T33UVP 20230610 S2 B04.jp2", False, Modality.OPTICAL),
        ("image.tif", True, Modality.OPTICAL),
        ("image.png", False, Modality.SAR),
        ("sarajevo.tif", True, Modality.OPTICAL),
    ],
)
def test_modality_by_name(names, colourful, expected):
    sample = np.random.default_rng(0).uniform(1, 255, 1000).astype(np.float32)
    assert detect_modality(names, colourful, sample, Modality.SAR) is expected


def test_modality_by_decibels():
    sample = np.random.default_rng(0).normal(-12, 4, 1000).astype(np.float32)
    assert detect_modality("a.tif", False, sample, Modality.OPTICAL) is Modality.SAR
    assert (
        detect_modality("dem.tif", False, np.float32([-3000, -4000, -200]), Modality.OPTICAL)
        is Modality.OPTICAL
    )


def test_modality_by_description_and_tag(tmp_path):
    plain = write_raster(tmp_path / "a.tif", texture(), UTM, GT, descriptions=("Sigma0_VV",))
    tagged = write_raster(tmp_path / "b.tif", texture(), UTM, GT, tags={"PLATFORM": "Sentinel-1A"})
    grey_as_rgb = write_raster(tmp_path / "c.tif", np.stack([texture()] * 3), UTM, GT)
    for path in (plain, tagged):
        with open_raster(RasterRef(path), Modality.OPTICAL) as source:
            assert source.modality is Modality.SAR
    for fallback in (Modality.OPTICAL, Modality.SAR):
        with open_raster(RasterRef(grey_as_rgb), fallback) as source:
            assert source.modality is fallback


def test_bands(tmp_path):
    rgb = write_raster(tmp_path / "rgb.tif", texture(bands=3), UTM, GT)
    rgba = write_raster(
        tmp_path / "rgba.tif", texture(bands=4), UTM, GT, alpha="YES", photometric="RGB"
    )
    sentinel = write_raster(tmp_path / "scene.tif", texture("int16", 12, high=3000), UTM, GT)
    radar = write_raster(tmp_path / "S1RTC.tif", texture("float32", 2), UTM, GT)
    for path, bands in ((rgb, (1, 2, 3)), (rgba, (1, 2, 3)), (sentinel, (4, 3, 2)), (radar, (1,))):
        with open_raster(RasterRef(path)) as source:
            assert source.bands == bands
    with open_raster(RasterRef(sentinel, bands=(8,))) as source:
        assert source.bands == (8,)


def test_chosen_band_is_read(tmp_path):
    data = texture("float32", 3)
    got = image(write_raster(tmp_path / "a.tif", data, UTM, GT), bands=(2,))
    low, high = np.percentile(data[1], (1, 99))
    assert np.allclose(got.data, np.clip((data[1] - low) / (high - low), 0, 1), atol=1e-4)


def test_colour_table_is_looked_up(tmp_path):
    indices = texture(low=0, high=4)
    path = tmp_path / "p.tif"
    write_raster(path, indices, UTM, GT, photometric="palette")
    with rasterio.open(path, "r+") as d:
        d.write_colormap(
            1,
            {
                0: (200, 200, 200, 255),
                1: (0, 0, 0, 255),
                2: (255, 255, 255, 255),
                3: (90, 90, 90, 255),
            },
        )
    got = image(str(path))
    brightness = {0: 200, 1: 0, 2: 255, 3: 90}
    for index, level in brightness.items():
        assert np.allclose(got.data[(indices == index) & got.mask], level / 255, atol=0.02)


def test_grey_is_a_weighted_mean():
    bands = np.random.default_rng(0).uniform(0, 1, (4, 5, 6)).astype(np.float32)
    assert np.array_equal(to_grey(bands[:1]), bands[0])
    assert np.allclose(
        to_grey(bands[:3]), 0.299 * bands[0] + 0.587 * bands[1] + 0.114 * bands[2], atol=1e-6
    )
    assert np.allclose(to_grey(bands), bands.mean(axis=0))


@given(low=st.floats(-1e4, 1e4), span=st.floats(1e-2, 1e4), seed=st.integers(0, 99))
def test_stretch_is_blind_to_gain_and_offset(low, span, seed):
    values = np.random.default_rng(seed).uniform(0, 1, 2000).astype(np.float32)
    moved = (low + span * values.astype(np.float64)).astype(np.float32)
    mask = np.ones(values.shape, bool)
    a = make_stretch(values, Modality.OPTICAL, "auto", "float32").apply(values, mask)
    b = make_stretch(moved, Modality.OPTICAL, "auto", "float32").apply(moved, mask)
    assert np.abs(a - b).max() < 2e-3 + 4 * abs(low) * 1e-7 / span


def test_stretch_of_nothing():
    with pytest.raises(EmptyImageError):
        make_stretch(np.empty(0, np.float32), Modality.OPTICAL, "auto", "uint8")
    with pytest.raises(EmptyImageError):
        make_stretch(np.zeros(50, np.float32), Modality.SAR, "power", "float32")
    assert Stretch(0.0, 0.0, 2.0).apply(
        np.float32([[1.0, 9.0]]), np.array([[True, False]])
    ).tolist() == [[0.5, 0.0]]


@pytest.mark.parametrize("reduction", [3, 4, 5])
def test_averages_with_the_user_s_nodata_are_not_used(tmp_path, reduction):
    data = texture("uint16", low=1000, high=1100)
    data[40:75, 60:101] = 7
    got = image(write_raster(tmp_path / "z.tif", data, UTM, GT), nodata=7.0, reduction=reduction)
    assert 0.6 < got.mask.mean() < 0.95
    assert got.data[got.mask].min() > 0.1
