"""Each kind of unusable raster is its own error, with a hint."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from raster_files import write_raster
from sar_optical_align.plugin.core.errors import (
    BandError,
    ComplexDataError,
    EmptyImageError,
    ImageTooSmallError,
    InputError,
    MissingCrsError,
    NoOverlapError,
    UnreadableRasterError,
)
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.engine.read.sources import open_raster

UTM = "EPSG:32633"
GT = (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0)


def texture(height=90, width=110, dtype="uint8"):
    return np.random.default_rng(0).integers(1, 250, (height, width)).astype(dtype)


@pytest.fixture
def good(tmp_path):
    return write_raster(tmp_path / "good.tif", texture(), UTM, GT)


def refused(error, reference, sensed, **params) -> str:
    with (
        pytest.raises(error) as caught,
        open_pair(AlignRequest(RasterRef(reference), RasterRef(sensed), AlignParams(**params))),
    ):
        pass
    assert type(caught.value) is error
    assert caught.value.hint
    assert caught.value.exit_code == 3
    return caught.value.message


def test_missing_file(tmp_path, good):
    assert "nowhere.tif" in refused(UnreadableRasterError, good, str(tmp_path / "nowhere.tif"))


def test_not_a_raster(tmp_path, good):
    (tmp_path / "text.tif").write_text("not a raster")
    refused(UnreadableRasterError, good, str(tmp_path / "text.tif"))


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (("scene.xml", "in/scene.tif"), "/vsizip/{0}/in/scene.tif"),
        (("read.txt",), "Unpack it."),
        ((), "Unpack it."),
    ],
)
def test_an_archive_says_what_is_inside(tmp_path, good, names, hint):
    path = tmp_path / "scene.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.write(good, name)
    with pytest.raises(UnreadableRasterError, match="is an archive") as caught:
        open_raster(RasterRef(str(path)))
    assert hint.format(path) in caught.value.hint
    if len(names) > 1:
        with open_raster(RasterRef(f"/vsizip/{path}/in/scene.tif")) as source:
            assert source.grid.width == 110


def test_a_damaged_archive_is_no_raster(tmp_path, good):
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 garbage")
    refused(UnreadableRasterError, good, str(tmp_path / "bad.zip"))


@pytest.mark.parametrize("kept", [0.35, 0.9, 0.985])
@pytest.mark.parametrize(
    "layout", [{"tiled": True, "blockxsize": 128, "blockysize": 128}, {"blockysize": 4}]
)
def test_truncated(tmp_path, good, kept, layout):
    path = tmp_path / "cut.tif"
    noise = np.random.default_rng(1).integers(0, 255, (700, 900)).astype(np.uint8)
    write_raster(path, noise, UTM, GT, compress="deflate", **layout)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    refused(UnreadableRasterError, str(path), good)


def test_wrong_band(good):
    with pytest.raises(BandError, match="band 4") as caught:
        open_raster(RasterRef(good, bands=(4,)))
    assert "1 band" in caught.value.hint


@pytest.mark.parametrize("dtype", ["complex64", "complex128", "complex_int16"])
def test_complex(tmp_path, good, dtype):
    path = write_raster(
        tmp_path / "slc.tif",
        texture().astype("complex64" if dtype == "complex_int16" else dtype),
        UTM,
        GT,
    )
    refused(ComplexDataError, good, path)


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (5, 5)])
def test_too_small(tmp_path, good, shape):
    refused(ImageTooSmallError, good, write_raster(tmp_path / "thin.tif", texture(*shape), UTM, GT))


@pytest.mark.parametrize(
    ("value", "options"),
    [
        (7, {}),
        (0, {}),
        (0, {"nodata": 0}),
        (-9999.0, {"nodata": -9999.0}),
        (np.nan, {}),
        (1.7e38, {"nodata": 1.7e38}),
    ],
)
def test_constant_or_empty(tmp_path, good, value, options):
    data = np.full((80, 90), value, "float32" if isinstance(value, float) else "uint8")
    message = refused(
        EmptyImageError, good, write_raster(tmp_path / "flat.tif", data, UTM, GT, **options)
    )
    assert "flat.tif" in message


def test_all_masked(tmp_path, good):
    path = write_raster(tmp_path / "masked.tif", texture(), UTM, GT, mask=np.zeros((90, 110), bool))
    refused(EmptyImageError, good, path)


def test_one_without_georeferencing(tmp_path, good):
    plain = write_raster(tmp_path / "plain.tif", texture())
    assert "plain.tif" in refused(MissingCrsError, good, plain)
    assert "plain.tif" in refused(MissingCrsError, plain, good)


def test_one_without_crs(tmp_path, good):
    local = write_raster(tmp_path / "local.tif", texture(), None, GT)
    assert "local.tif" in refused(MissingCrsError, good, local)
    with open_pair(AlignRequest(RasterRef(good), RasterRef(local, crs_wkt=UTM))) as pair:
        assert pair.sensed.grid.crs_wkt


def test_a_site_grid_beside_a_map_says_that_they_do_not_meet(tmp_path, good):
    site = (
        'LOCAL_CS["Site '
        'grid",LOCAL_DATUM["Site",0],UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
    )
    local = write_raster(tmp_path / "site.tif", texture(), site, GT)
    for pair in ((good, local), (local, good)):
        assert refused(InputError, *pair).startswith("Cannot reproject between the two CRSs")


def test_no_overlap_says_how_far(tmp_path, good):
    far = write_raster(
        tmp_path / "far.tif", texture(), UTM, (560000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0)
    )
    message = refused(NoOverlapError, good, far)
    gap = 60000 - 1100
    assert f"{gap}" in message
    with open_pair(
        AlignRequest(RasterRef(good), RasterRef(far), AlignParams(search_radius=60000.0))
    ) as pair:
        assert pair.grid.width > 8


def test_touching_rasters_say_so(tmp_path, good):
    near = write_raster(
        tmp_path / "near.tif", texture(), UTM, (501080.0, 10.0, 0.0, 5400000.0, 0.0, -10.0)
    )
    assert "too little" in refused(NoOverlapError, good, near, search_radius=10.0)


def test_other_side_of_the_world(tmp_path, good):
    path = write_raster(
        tmp_path / "polar.tif", texture(), "EPSG:3031", (-2e6, 100.0, 0.0, 1e6, 0.0, -100.0)
    )
    refused(NoOverlapError, good, path)


def test_a_failed_opening_closes_the_file(tmp_path, good):
    """The file can be replaced and the next opening works: nothing stays open or cached."""
    path = tmp_path / "again.tif"
    write_raster(path, np.full((80, 90), 3, np.uint8), UTM, GT)
    refused(EmptyImageError, good, str(path))
    path.unlink()
    write_raster(path, texture(), UTM, GT)
    with open_pair(AlignRequest(RasterRef(good), RasterRef(str(path)))) as pair:
        assert pair.grid.width == 110
