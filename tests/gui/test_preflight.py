"""The pre-flight list in the dock, on real rasters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import write_raster
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QPushButton
from review_pairs import EPSG, REFERENCE_GT
from sar_optical_align.plugin.core.run.preflight import Level
from sar_optical_align.plugin.core.types import AlignParams
from sar_optical_align.plugin.dock.preflight import PreflightController
from sar_optical_align.plugin.gis.network import forget_servers
from sar_optical_align.plugin.gis.rasters import raster_ref
from sar_optical_align.ui.panels.match_panel import MatchPanel


@pytest.fixture
def panel(qgis_app, pair_files):
    panel = MatchPanel(AlignParams())
    panel.resize(420, 700)
    panel.show()
    controller = PreflightController(
        panel,
        lambda: (
            raster_ref(panel.reference_combo.currentLayer()),
            raster_ref(panel.sensed_combo.currentLayer()),
        ),
    )
    panel.controller = controller
    yield panel
    controller.close()
    panel.close()


def choose(panel, reference, sensed):
    layers = [QgsRasterLayer(str(path), Path(path).stem) for path in (reference, sensed)]
    QgsProject.instance().addMapLayers(layers)
    panel.reference_combo.setLayer(layers[0])
    panel.sensed_combo.setLayer(layers[1])
    panel.controller.look()
    return layers


def urgent(panel):
    return [f for f in panel.checks.findings if f.level is not Level.GREEN]


def press(panel, name):
    panel.checks.findChild(QPushButton, f"fix_{name}").click()


def test_a_pair_that_is_fine_takes_one_line(panel, pair_files):
    choose(panel, *pair_files)
    assert not urgent(panel)
    assert "EPSG:32633" in panel.checks.fine.text()
    assert "overlap" in panel.checks.fine.text()
    assert panel.run_button.isEnabled()


def test_a_missing_crs_blocks_until_it_is_given(panel, pair_files, tmp_path):
    bare = write_raster(
        tmp_path / "bare.tif",
        np.random.default_rng(0).normal(0, 1, (120, 160)).astype(np.float32),
        None,
        REFERENCE_GT,
    )
    layers = choose(panel, pair_files[0], bare)
    layers[1].setCrs(QgsCoordinateReferenceSystem())
    panel.controller.look()
    assert not panel.run_button.isEnabled()
    assert "no CRS" in panel.run_button.toolTip()
    press(panel, "crs")
    assert layers[1].crs().authid() == f"EPSG:{EPSG}"
    assert panel.run_button.isEnabled()


def test_a_complex_raster_blocks_until_its_amplitude_is_taken(panel, pair_files, tmp_path):
    rng = np.random.default_rng(0)
    slc = write_raster(
        tmp_path / "slc.tif",
        (rng.normal(0, 9, (120, 160)) + 1j * rng.normal(0, 9, (120, 160))).astype(np.complex64),
        EPSG,
        REFERENCE_GT,
    )
    choose(panel, pair_files[0], slc)
    assert "complex" in panel.run_button.toolTip()
    press(panel, "amplitude")
    assert panel.sensed_combo.currentLayer().name() == "slc (amplitude)"
    assert panel.run_button.isEnabled()


def test_rasters_apart_block_until_the_search_is_wide_enough(panel, pair_files, tmp_path):
    gt = (REFERENCE_GT[0] + 9000, *REFERENCE_GT[1:])
    far = write_raster(
        tmp_path / "far.tif",
        np.random.default_rng(0).normal(-12, 3, (120, 160)).astype(np.float32),
        EPSG,
        gt,
    )
    choose(panel, pair_files[0], far)
    assert not panel.run_button.isEnabled()
    press(panel, "search_radius")
    assert panel.param_values()["search_radius"] > 7000
    assert panel.run_button.isEnabled()
    assert [f.level for f in urgent(panel)] == [Level.AMBER]


def test_eight_bit_sar_asks_once(panel, pair_files, tmp_path):
    sar = write_raster(
        tmp_path / "s1_vv.tif",
        np.random.default_rng(0).normal(120, 30, (120, 160)).clip(1, 255).astype(np.uint8),
        EPSG,
        REFERENCE_GT,
    )
    choose(panel, pair_files[0], sar)
    assert [f.fix.name for f in urgent(panel)] == ["sar_scale"]
    press(panel, "sar_scale")
    assert panel.param_values()["sar_scale"] == "db"
    assert not urgent(panel)


def test_an_undeclared_border_is_told(panel, pair_files, tmp_path):
    data = np.random.default_rng(0).normal(50, 9, (120, 160)).astype(np.float32)
    data[:, :40] = 0
    choose(panel, pair_files[0], write_raster(tmp_path / "s1_b.tif", data, EPSG, REFERENCE_GT))
    assert "25 % of the sensed raster are zeros" in panel.checks.fine.toolTip()


def test_undeclared_fill_is_declared_at_a_click(panel, pair_files, tmp_path):
    data = np.random.default_rng(0).normal(50, 9, (120, 160)).astype(np.float32)
    data[:, :40] = 9999
    choose(panel, pair_files[0], write_raster(tmp_path / "s1_f.tif", data, EPSG, REFERENCE_GT))
    (finding,) = urgent(panel)
    assert "25 % of the sensed raster hold the value 9999 up to its edge" in finding.text
    press(panel, "nodata")
    assert not urgent(panel)
    assert "nodata 9999" in panel.checks.fine.toolTip()
    assert raster_ref(panel.sensed_combo.currentLayer()).nodata == 9999


def test_a_file_that_names_a_server_blocks_until_it_is_allowed(panel, pair_files, tmp_path):
    path = tmp_path / "far.vrt"
    source = gdal.Translate(str(path), pair_files[1], format="VRT")
    del source
    text = path.read_text(encoding="utf-8")
    far = tmp_path / "b.vrt"
    inner = "https://example.invalid/s.tif"
    hidden = "<Metadata><MDI key='OVERVIEW_FILE'>/vsicurl/" + inner + "</MDI></Metadata>"
    far.write_text(text.replace("<VRTRasterBand", hidden + "<VRTRasterBand", 1), encoding="utf-8")
    choose(panel, pair_files[0], str(far))
    (finding,) = urgent(panel)
    assert finding.level is Level.RED
    assert "https://example.invalid" in finding.text
    assert not panel.run_button.isEnabled()
    press(panel, "network")
    assert not urgent(panel)
    assert panel.run_button.isEnabled()
    forget_servers()


def test_a_raster_with_gcps_only_is_told(panel, pair_files, tmp_path):
    path = write_raster(
        tmp_path / "grd.tif", np.random.default_rng(0).gamma(2, 0.1, (120, 160)).astype(np.float32)
    )
    dataset = gdal.Open(path, gdal.GA_Update)
    srs = QgsCoordinateReferenceSystem(f"EPSG:{EPSG}").toWkt()
    dataset.SetGCPs(
        [
            gdal.GCP(REFERENCE_GT[0] + 10 * c, REFERENCE_GT[3] - 12 * r, 0, c, r)
            for c in (0, 80, 160)
            for r in (0, 60, 120)
        ],
        srs,
    )
    del dataset
    choose(panel, pair_files[0], path)
    assert "placed by its 9 GCPs" in panel.checks.fine.toolTip()
    assert not [f for f in urgent(panel) if f.level is Level.RED]
