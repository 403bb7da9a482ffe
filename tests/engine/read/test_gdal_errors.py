"""Whatever of a raster GDAL cannot tell or write, in whichever of its errors: one sentence."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from raster_files import write_raster
from rasterio._err import CPLE_AppDefinedError
from sar_optical_align.plugin.core.errors import AlignError, OutputError, UnreadableRasterError
from sar_optical_align.plugin.core.fit import fitting
from sar_optical_align.plugin.core.types import RasterRef, WarpParams
from sar_optical_align.plugin.engine.deliver import deliver
from sar_optical_align.plugin.engine.read import opening, sources
from sar_optical_align.plugin.engine.warping import keep_pixels, write

UTM = "EPSG:32633"
GT = (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0)
CORNERS = [(0.0, 0.0), (70.0, 0.0), (0.0, 60.0), (70.0, 60.0)]
ODD = CPLE_AppDefinedError(1, 1, "something odd")


class Broken:
    """An open raster of which GDAL cannot tell one thing."""

    def __init__(self, dataset, what):
        self._dataset, self._what = dataset, what

    def __getattr__(self, name):
        if name == self._what:
            raise ODD
        return getattr(self._dataset, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._dataset.close()


@pytest.fixture
def raster(tmp_path):
    data = np.random.default_rng(0).integers(1, 250, (60, 70)).astype(np.uint8)
    return write_raster(tmp_path / "a.tif", data, UTM, GT)


def break_readers(monkeypatch, what):
    for module in (sources, write, keep_pixels, deliver):
        monkeypatch.setattr(
            module, "open_dataset", lambda path, **o: Broken(opening.open_dataset(path, **o), what)
        )


@pytest.mark.parametrize(
    "what",
    [
        "width",
        "count",
        "dtypes",
        "transform",
        "gcps",
        "crs",
        "colorinterp",
        "block_shapes",
        "mask_flag_enums",
        "tags",
        "descriptions",
        "nodata",
        "read",
    ],
)
def test_reading_ends_in_a_sentence_that_names_the_raster(monkeypatch, raster, what):
    break_readers(monkeypatch, what)
    with pytest.raises(UnreadableRasterError, match="something odd") as caught:
        sources.open_raster(RasterRef(raster))
    assert raster in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("what", ["crs", "transform"])
def test_so_does_asking_for_its_grid_and_unit(monkeypatch, raster, what):
    break_readers(monkeypatch, what)
    with pytest.raises(AlignError, match="something odd"):
        deliver.native_grid(raster)
    monkeypatch.setattr(deliver, "open_dataset", lambda path: Broken(rasterio.open(path), "crs"))
    with pytest.raises(AlignError, match="something odd"):
        deliver.unit_of(raster)


def warped(raster, output, **params):
    grid = deliver.native_grid(raster)
    write.warp(
        RasterRef(raster),
        grid,
        fitting.fit("shift", CORNERS, CORNERS),
        output,
        WarpParams(**params),
    )


@pytest.mark.parametrize("what", ["dtypes", "read", "read_masks"])
def test_warping_tells_what_cannot_be_read(monkeypatch, raster, tmp_path, what):
    break_readers(monkeypatch, what)
    monkeypatch.setattr(deliver, "open_dataset", opening.open_dataset)
    with pytest.raises(AlignError, match="something odd"):
        warped(raster, tmp_path / "out.tif")
    assert not (tmp_path / "out.tif").exists()


@pytest.mark.parametrize(
    "params", [{}, {"format": "COG"}, {"keep_pixels": True}, {"keep_pixels": True, "format": "COG"}]
)
def test_warping_tells_what_cannot_be_written(monkeypatch, raster, tmp_path, params):
    def fail(*_, **__):
        raise ODD

    kept = rasterio.open
    monkeypatch.setattr(rasterio.shutil, "copy", fail)
    if not params:
        monkeypatch.setattr(
            rasterio, "open", lambda p, m="r", **o: fail() if m == "w" else kept(p, m, **o)
        )
    with pytest.raises(OutputError, match="something odd") as caught:
        warped(raster, tmp_path / "out.tif", **params)
    assert caught.value.hint
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]
