"""Laws of reading: reduced data are means of full resolution whatever the overviews are; small
holes cost no tie point; nothing to compare is said.
"""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from sar_optical_align.plugin.core.errors import NothingToCompareError
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, Modality, RasterRef
from sar_optical_align.plugin.engine.align.coarse import coarse_align
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.engine.read.preparing import HEALING_REACH_PX, block_means, healed
from sar_optical_align.plugin.engine.read.sources import Source
from sar_optical_align.plugin.matchers import create

PLACE = Affine(10, 0, 500000, 0, -10, 3250000)


def _write(path, data, place=PLACE, **how):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=data.shape[1],
        height=data.shape[0],
        count=1,
        dtype=data.dtype,
        transform=place,
        crs="EPSG:32614",
        **how,
    ) as d:
        d.write(data, 1)
    return str(path)


def _grey(path, box, factor, nodata=None):
    with Source(
        RasterRef(path, nodata=nodata, modality=Modality.OPTICAL), Modality.OPTICAL
    ) as source:
        return source.read_grey(box, factor)


@pytest.mark.parametrize("kind", ["nearest", "mode", "gauss", "average", "stale"])
def test_reduced_data_are_block_means_whatever_the_overviews_are(tmp_path, kind):
    data = np.random.default_rng(0).integers(1, 255, (480, 640)).astype(np.uint8)
    path = _write(tmp_path / "a.tif", data, tiled=True, blockxsize=128, blockysize=128)
    with rasterio.open(path, "r+") as d:
        d.build_overviews([2, 4, 8], Resampling["nearest" if kind == "stale" else kind])
    if kind == "stale":
        with rasterio.open(path, "r+") as d:
            data = np.roll(data, (37, 53), (0, 1))
            d.write(data, 1)
    grey, mask = _grey(path, (8, 16, 600, 440), 8)
    want = data[16:456, 8:608].reshape(55, 8, 75, 8).mean(axis=(1, 3))
    assert mask.all()
    assert np.allclose(grey, want, atol=1e-3)


def test_strips_do_not_change_the_means(tmp_path, monkeypatch):
    data = np.random.default_rng(1).random((300, 200), np.float32)
    path = _write(tmp_path / "a.tif", data, tiled=True, blockxsize=64, blockysize=64)
    whole, _ = _grey(path, (0, 0, 200, 300), 5)
    for strip in (1, 3000, 50_000):
        monkeypatch.setattr("sar_optical_align.plugin.engine.read.sources._STRIP_PX", strip)
        assert np.array_equal(_grey(path, (0, 0, 200, 300), 5)[0], whole)


@pytest.mark.parametrize("declared", [True, False])
def test_nodata_does_not_enter_means(tmp_path, declared):
    data = np.full((64, 64), 50, np.float32)
    data[:32] = np.linspace(40, 60, 64)
    holes = np.random.default_rng(2).random(data.shape) < 0.1
    data[holes] = -9999
    path = _write(tmp_path / "a.tif", data, **({"nodata": -9999} if declared else {}))
    grey, mask = _grey(path, (0, 0, 64, 64), 4, None if declared else -9999.0)
    want = np.nanmean(np.where(holes, np.nan, data).reshape(16, 4, 16, 4), axis=(1, 3))
    assert mask.all()
    assert np.allclose(grey, want, atol=1e-2)


def test_a_block_counts_where_half_of_it_is_valid():
    mask = np.ones((6, 6), bool)
    mask[:3, :3], mask[3:, 3:] = (
        False,
        [[True, True, True], [True, True, False], [False, False, False]],
    )
    grey = np.where(mask, 7.0, 0.0).astype(np.float32)
    (means,), valid = block_means(grey[None], mask, 3)
    assert valid.tolist() == [[False, True], [True, True]]
    assert np.allclose(means, [[0, 7], [7, 7]])


@pytest.mark.parametrize("share", [0.003, 0.01, 0.02, 0.05])
def test_scattered_holes_are_filled_and_the_rest_is_untouched(share):
    y, x = np.mgrid[:90, :120]
    data = (0.5 + 0.3 * np.sin(x / 9) * np.cos(y / 7)).astype(np.float32)
    mask = np.random.default_rng(3).random(data.shape) >= share
    filled, whole = healed(np.where(mask, data, 0).astype(np.float32), mask)
    assert whole.mean() > 0.999
    assert np.array_equal(filled[mask], data[mask])
    assert np.abs(filled - data)[whole].max() < 0.06


def test_large_holes_frames_and_mostly_invalid_parts_stay_holes():
    mask = np.ones((80, 100), bool)
    mask[20:24, 30:34] = mask[:, :6] = False
    mask[40:, 50:] = np.random.default_rng(4).random((40, 50)) > 0.6
    data = mask.astype(np.float32)
    _, whole = healed(data, mask)
    assert not whole[20:24, 30:34].any()
    assert not whole[:, :6].any()
    assert whole[44:76, 54:96].mean() < 0.5


def test_healing_does_not_depend_on_the_window():
    rng = np.random.default_rng(5)
    data, mask = rng.random((70, 80), np.float32), rng.random((70, 80)) > 0.08
    mask[10:30, 40:60] = False
    data = np.where(mask, data, 0).astype(np.float32)
    filled, whole = healed(data, mask)
    part, valid = healed(data[15:60, 20:70], mask[15:60, 20:70])
    m = HEALING_REACH_PX
    assert np.array_equal(valid[m:-m, m:-m], whole[15 + m : 60 - m, 20 + m : 70 - m])
    assert np.allclose(part[m:-m, m:-m], filled[15 + m : 60 - m, 20 + m : 70 - m], atol=1e-6)


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("kind", ["beside", "empty where they meet"])
def test_nothing_to_compare_is_said(tmp_path, kind, turn):
    data = np.random.default_rng(6).integers(1, 255, (200, 220)).astype(np.uint8)
    sensed, place = data.copy(), PLACE
    if kind == "beside":
        place = PLACE @ Affine.translation(220, 0)
    else:
        sensed[:, 60:], place = 0, PLACE @ Affine.translation(-130, 0)
    reference = RasterRef(_write(tmp_path / "r.tif", data), modality=Modality.OPTICAL)
    other = RasterRef(
        _write(tmp_path / "s.tif", sensed, place, nodata=0), modality=Modality.OPTICAL
    )
    request = AlignRequest(reference, other, AlignParams(matcher="cfog", search_radius=100.0))
    with (
        open_pair(request) as pair,
        pytest.raises(NothingToCompareError, match="do not overlap enough"),
    ):
        coarse_align(pair, create("cfog"), turn, 1, Progress())
