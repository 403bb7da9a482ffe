"""What a file names on the network is asked about once and can be withdrawn; a layer loaded from
there is not asked about.
"""

from __future__ import annotations

import pytest
from gdal_rasters import write_raster
from osgeo import gdal
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from sar_optical_align.plugin.core.errors import RemoteRasterError
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import RasterRef, WarpParams
from sar_optical_align.plugin.dock.interpreter import InterpreterService
from sar_optical_align.plugin.gis import input_files, opening
from sar_optical_align.plugin.gis.network import (
    allow_servers,
    allowed_servers,
    forget_servers,
    refuse_unallowed,
)
from sar_optical_align.plugin.gis.rasters import grid_of
from sar_optical_align.plugin.gis.warping import warp_with_gdal
from sar_optical_align.plugin.store.network_consent import may_fetch
from sar_optical_align.ui.settings_page import AlignOptionsFactory

SERVER = "https://example.invalid"
VRT = """<VRTDataset rasterXSize="160" rasterYSize="120"><SRS>EPSG:32633</SRS>
<GeoTransform>400000, 10, 0, 5000000, 0, -10</GeoTransform>
<VRTRasterBand dataType="Byte" band="1"><SimpleSource>
<SourceFilename>/vsicurl/https://example.invalid/a.tif</SourceFilename></SimpleSource>
</VRTRasterBand></VRTDataset>"""


@pytest.fixture(autouse=True)
def _no_answers(qgis_app):
    forget_servers()
    yield
    forget_servers()


@pytest.fixture
def far(tmp_path):
    path = tmp_path / "far.vrt"
    path.write_text(VRT, encoding="utf-8")
    return str(path)


def test_a_file_that_names_a_server_is_read_only_where_it_is_allowed(far, tmp_path):
    near, web = RasterRef(str(tmp_path / "b.tif")), RasterRef("/vsicurl/https://other.org/b.tif")
    assert not may_fetch(RasterRef(far), near)
    assert not may_fetch(RasterRef(far), web)
    assert not may_fetch(near, near)
    assert may_fetch(web, near)
    allow_servers([SERVER])
    assert may_fetch(RasterRef(far), near)
    assert may_fetch(RasterRef(far), web)
    assert not may_fetch(near, near)
    forget_servers()
    assert not may_fetch(RasterRef(far), near)


def test_nothing_in_qgis_opens_it_before_that(far, tmp_path, monkeypatch):
    opened = []
    for name in ("Open", "OpenEx"):
        real = getattr(gdal, name)
        monkeypatch.setattr(
            gdal, name, lambda path, *a, _r=real, **k: opened.append(path) or _r(path, *a, **k)
        )
    inner = tmp_path / "near.vrt"
    inner.write_text(VRT.replace("/vsicurl/https://example.invalid/a.tif", far), encoding="utf-8")
    for path in (far, str(inner)):
        with pytest.raises(RemoteRasterError, match=r"example\.invalid") as caught:
            grid_of(RasterRef(path))
        assert caught.value.servers == (SERVER,)
        assert caught.value.hint
        grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), 160, 120)
        with pytest.raises(RemoteRasterError):
            warp_with_gdal(path, grid, None, tmp_path / "out.tif", WarpParams())
        assert input_files.files_of([path]) == []
    assert opened == []
    allow_servers([SERVER])
    assert opening.open_raster(far).RasterXSize == 160
    assert opened == [far]


def test_local_rasters_and_own_addresses_are_not_asked_about(tmp_path):
    import numpy as np

    path = write_raster(tmp_path / "a.tif", np.ones((30, 40), np.uint8))
    assert opening.open_raster(path).RasterXSize == 40
    refuse_unallowed("/vsicurl/https://other.org/b.tif")


def test_the_settings_name_the_servers_and_forget_them(far):
    allow_servers([SERVER, "https://<b>.invalid"])
    page = AlignOptionsFactory(InterpreterService()).createWidget(None)
    assert SERVER in page.servers.text()
    assert "&lt;b&gt;" in page.servers.text()
    QTest.mouseClick(page.forget_button, Qt.MouseButton.LeftButton)
    assert allowed_servers() == []
    assert "none" in page.servers.text()
    assert not page.forget_button.isEnabled()
    assert not may_fetch(RasterRef(far))
