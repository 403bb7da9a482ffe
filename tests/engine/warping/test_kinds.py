"""Warped rasters of unusual make: classes, bands of several types, references without a
geotransform.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from raster_files import write_raster
from sar_optical_align.plugin.core.errors import FitError
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import RasterRef, WarpParams
from sar_optical_align.plugin.engine.read.sources import open_raster
from sar_optical_align.plugin.engine.warping.write import warp

UTM = rasterio.CRS.from_epsg(32633).to_wkt()
WIDTH, HEIGHT = 310, 270
REFERENCE = Grid(UTM, (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0), 340, 300)
PIXELS = Grid.bare(340, 300)
PLACE = {"crs": "EPSG:32633", "gt": (500100.0, 10.0, 0.0, 5399900.0, 0.0, -10.0)}


def shift():
    return fit("shift", [(0.0, 0.0)], [(12.0, 8.0)])


@pytest.mark.parametrize("fmt", ["GTiff", "COG"])
def test_classes_stay_what_they_are(tmp_path, fmt):
    """Nearest keeps every value, 0 too: what is outside the image is told by a mask band."""
    data = (np.indices((HEIGHT, WIDTH)).sum(axis=0) // 20 % 2).astype(np.uint8)
    path = write_raster(tmp_path / "mask.tif", data, **PLACE)
    out = warp(
        RasterRef(path),
        REFERENCE,
        shift(),
        tmp_path / "out.tif",
        WarpParams(resampling="nearest", format=fmt),
    )
    with rasterio.open(out) as written:
        values, seen = written.read(1), written.read_masks(1) > 0
        assert written.nodata is None
    assert set(np.unique(values[seen])) == {0, 1}
    assert abs(values[seen].mean() - data.mean()) < 0.02
    assert seen.sum() > 0.9 * data.size


def test_bands_of_several_types_get_one_that_holds_all(tmp_path):
    data = np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
    paths = [
        write_raster(tmp_path / f"{a.dtype}.tif", a, **PLACE)
        for a in (data, data.astype(np.float32) / 3)
    ]
    vrt = tmp_path / "both.vrt"
    bands = "".join(
        f'<VRTRasterBand dataType="{kind}" '
        f'band="{i}"><SimpleSource><SourceFilename>{p}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>'
        for i, (p, kind) in enumerate(zip(paths, ("Byte", "Float32"), strict=True), 1)
    )
    gt = ", ".join(map(str, PLACE["gt"]))
    vrt.write_text(
        f'<VRTDataset rasterXSize="{WIDTH}" '
        f'rasterYSize="{HEIGHT}"><SRS>EPSG:32633</SRS><GeoTransform>{gt}</GeoTransform>{bands}</VRTDataset>'
    )
    with open_raster(RasterRef(str(vrt), (1, 2))) as source:
        assert source.bands == (1, 2)
    out = warp(
        RasterRef(str(vrt)),
        REFERENCE,
        shift(),
        tmp_path / "out.tif",
        WarpParams(resampling="nearest"),
    )
    with rasterio.open(out) as written:
        assert written.dtypes == ("float32", "float32")
        a, b = written.read()
    seen = np.isfinite(a) & (a > 0)
    assert seen.sum() > 0.9 * data.size
    assert np.allclose(a[seen] / 3, b[seen])


def test_pixels_are_not_kept_on_a_reference_without_geotransform(tmp_path):
    picture = write_raster(tmp_path / "sensed.tif", np.full((HEIGHT, WIDTH), 7, np.uint8), **PLACE)
    on_gcps = replace(PIXELS, crs_wkt=UTM)
    with pytest.raises(FitError, match="no geotransform"):
        warp(
            RasterRef(picture), on_gcps, shift(), tmp_path / "out.tif", WarpParams(keep_pixels=True)
        )
    assert not (tmp_path / "out.tif").exists()
