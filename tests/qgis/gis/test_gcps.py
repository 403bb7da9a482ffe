"""Rasters that have GCPs only lie in QGIS where the engine sees them."""

from __future__ import annotations

import numpy as np
import pytest
from gdal_rasters import wkt, write_raster
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsRasterLayer
from sar_optical_align.plugin.core.fit.gcps import place_by_gcps
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import Modality, RasterRef
from sar_optical_align.plugin.gis.placement import Placement
from sar_optical_align.plugin.gis.preflight_facts import raster_facts
from sar_optical_align.plugin.gis.rasters import native_grid

WIDTH, HEIGHT = 300, 200
REFERENCE = Grid(wkt(32633), (499000.0, 10.0, 0.0, 5401000.0, 0.0, -10.0), 600, 500)


def raster(folder, px, on_map):
    plain = write_raster(folder / "plain.tif", np.ones((HEIGHT, WIDTH), np.uint8))
    gcps = [gdal.GCP(x, y, 0.0, c, r) for (c, r), (x, y) in zip(px, on_map, strict=True)]
    path = str(folder / "gcps.tif")
    gdal.Translate(path, plain, GCPs=gcps, outputSRS="EPSG:32633")
    return path


def facts(path):
    return raster_facts(RasterRef(path), QgsRasterLayer(path, "x"), Modality.SAR)


@pytest.mark.parametrize("count", [3, 5, 8, 30, 260])
def test_canvas_and_engine_agree(tmp_path, count):
    rng = np.random.default_rng(count)
    px = np.floor(rng.uniform(0, 1, (count, 2)) * [WIDTH, HEIGHT])
    on_map = px @ [[9.0, -1.0], [-1.5, -9.5]] + [5e5, 5.4e6] + rng.normal(0, 20.0, (count, 2))
    path = raster(tmp_path, px, on_map)
    engine = place_by_gcps(px, on_map, wkt(32633), path)
    placement = Placement(REFERENCE, native_grid(path), path)
    at = [(10.0, 20.0), (200.0, 150.0)]
    assert placement.reference_px_of_sensed(np.array(at)) == pytest.approx(
        REFERENCE.px_from_map(engine.to_map(at)), abs=1e-6
    )
    crs = QgsCoordinateReferenceSystem("EPSG:32633")
    for px_, (x, y) in zip(at, engine.to_map(at).tolist(), strict=True):
        assert placement.sensed_place_of_px(px_) == pytest.approx((x, y), abs=1e-4)
        assert placement.sensed_px(QgsPointXY(x, y), crs) == pytest.approx(px_, abs=1e-3)
        back = placement.sensed_px_of_reference(REFERENCE.px_from_map([(x, y)]))
        assert back[0] == pytest.approx(px_, abs=1e-3)
    assert (facts(path).georeferencing, facts(path).problem) == ("gcps", "")


@pytest.mark.parametrize("count", [2, 3])
def test_gcps_of_no_use_place_nothing(tmp_path, count):
    line = np.arange(count)[:, None] * [50.0, 40.0]
    path = raster(tmp_path, line, line * 10 + 5e5)
    placement = Placement(REFERENCE, native_grid(path), path)
    assert placement.sensed_place_of_px((30.0, 20.0)) == (30.0, -20.0)
    if count == 2:
        assert facts(path).georeferencing == "none"
    else:
        assert "GCPs" in facts(path).problem
