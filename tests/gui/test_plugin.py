"""The whole plugin in a window: it comes, works without an interpreter, and goes without a
trace.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import read_raster
from host_window import HostWindow
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMessageBox, QPushButton
from review_pairs import result_of, tie_points
from sar_optical_align import classFactory
from sar_optical_align.plugin.core.points.files import load_points
from sar_optical_align.plugin.core.types import AlignParams, Status
from sar_optical_align.plugin.store.settings import set_defaults


@pytest.fixture
def host(qgis_app):
    host = HostWindow()
    yield host
    host.close()


@pytest.fixture
def plugin(host):
    plugin = classFactory(host)
    plugin.initGui()
    yield plugin
    plugin.unload()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def opened(plugin, pair_files):
    """The plugin with its dock open on two layers."""
    layers = [
        QgsRasterLayer(path, name)
        for path, name in zip(pair_files, ("optical", "sar"), strict=True)
    ]
    QgsProject.instance().addMapLayers(layers)
    plugin.action.trigger()
    plugin.dock.match.reference_combo.setLayer(layers[0])
    plugin.dock.match.sensed_combo.setLayer(layers[1])
    QTest.qWait(50)
    return plugin


def give_points(plugin, count=30):
    controller = plugin.controller
    session = controller.open_session()
    controller.review.sessions.begin_stream()
    controller.review.sessions.end_stream(
        result_of(tie_points(count), (session.reference, session.sensed))
    )
    return session


def traces(host):
    project = QgsProject.instance()
    return (
        len(host.canvas.scene().items()),
        len(host.toolbar.actions()),
        len(host.raster_menu.actions()),
        len(host.factories),
        len(host.bar.items()),
        sorted(
            w.objectName()
            for w in host.window.findChildren(object)
            if "OpticalAlign" in w.objectName()
        ),
        host.canvas.receivers(host.canvas.mapToolSet),
        project.receivers(project.readProject),
        project.receivers(project.layersRemoved),
        QgsApplication.processingRegistry().providerById("sar_optical_align") is not None,
        host.canvas.mapTool(),
    )


def test_loading_and_unloading_twice_leaves_no_trace(host, pair_files):
    clean = traces(host)
    for _ in range(2):
        plugin = classFactory(host)
        plugin.initGui()
        assert traces(host)[1:4] == (clean[1] + 1, clean[2] + 1, clean[3] + 1)
        assert QgsApplication.processingRegistry().providerById("sar_optical_align") is not None
        layers = [QgsRasterLayer(path, "layer") for path in pair_files]
        QgsProject.instance().addMapLayers(layers)
        plugin.action.trigger()
        plugin.dock.match.reference_combo.setLayer(layers[0])
        plugin.dock.match.sensed_combo.setLayer(layers[1])
        QTest.qWait(50)
        give_points(plugin)
        plugin.controller.review.map.use_tool()
        plugin.dock.warp.output.setFilePath("")
        plugin.controller.warping.warp()  # without an output: an error in the message bar
        assert host.bar.items()
        plugin.unload()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QTest.qWait(400)
        assert traces(host) == clean
        QgsProject.instance().clear()


def test_the_action_shows_and_hides_the_dock_and_its_points(opened):
    assert opened.action.isCheckable()
    assert not opened.action.icon().isNull()
    give_points(opened)
    item = opened.controller.review.map.item
    assert opened.dock.isVisible()
    opened.controller.review.map.use_tool()
    opened.action.trigger()
    assert not opened.dock.isVisible()
    assert not item.isVisible()
    assert opened.iface.canvas.mapTool() is not opened.controller.review.map.tool
    opened.action.trigger()
    assert opened.dock.isVisible()
    assert item.isVisible()
    opened.dock.close()
    assert not opened.action.isChecked()


def test_without_an_interpreter_one_button_says_what_to_do(opened):
    match = opened.dock.match
    assert match.notice_frame.isVisible()
    assert "environment" in match.notice.text()
    assert not match.run_button.isEnabled()
    QTest.mouseClick(match.notice_button, Qt.MouseButton.LeftButton)
    assert opened.iface.options_asked == ["sarOpticalAlignOptions"]


def test_an_interpreter_frees_the_run_button(opened, worker_python):
    QgsSettings().setValue("sar_optical_align/interpreter_mode", "existing")
    QgsSettings().setValue("sar_optical_align/existing_python", worker_python)
    QTest.mouseClick(opened.dock.match.notice_button, Qt.MouseButton.LeftButton)
    assert not opened.dock.match.notice_frame.isVisible()
    assert opened.dock.match.run_button.isEnabled()
    opened.dock.match.sensed_combo.setLayer(opened.dock.match.reference_combo.currentLayer())
    assert not opened.dock.match.run_button.isEnabled()
    assert "same layer" in opened.dock.match.run_button.toolTip()


def test_swap_exchanges_layers_and_bands(opened):
    match = opened.dock.match
    match.reference_band.setBand(2)
    before = match.reference_combo.currentLayer(), match.sensed_combo.currentLayer()
    QTest.mouseClick(match.swap_button, Qt.MouseButton.LeftButton)
    assert (match.sensed_combo.currentLayer(), match.reference_combo.currentLayer()) == before
    assert match.sensed_band.currentBand() == 2


def test_the_search_radius_is_in_the_units_of_the_reference(opened):
    spin = opened.dock.match.basic_form.findChild(object, "param_search_radius")
    spin.setValue(120.0)
    assert spin.text() == "120 m"
    assert opened.dock.match.param_values()["search_radius"] == 120.0


def test_every_matcher_shows_its_own_form(opened):
    match = opened.dock.match
    for index in range(match.matcher_combo.count()):
        match.matcher_combo.setCurrentIndex(index)
        values = match.param_values()
        assert values["matcher"] == match.matcher_combo.currentData()
        if values["matcher"] == "auto":  # the worker chooses, and knows the parameters
            assert values["matcher_params"] == {}
            assert match.matcher_form is None
        else:
            assert set(values["matcher_params"]) == set(match.matcher_form.values())


def test_points_are_imported_reviewed_exported_and_warped_without_a_worker(opened, tmp_path, qtbot):
    session = give_points(opened)
    controller = opened.controller
    controller.keeping.export_points(tmp_path / "a.points")
    controller.keeping.import_points(tmp_path / "a.points")
    assert len(session.points) == 30
    session.reject([1])
    controller.keeping.export_points(tmp_path / "b.points")
    back = load_points(
        tmp_path / "b.points", session.reference_grid, session.sensed_grid, lambda wkt: None
    )
    assert [p.enabled for p in back] == [False] + [True] * 29
    for new, old in zip(back, session.points, strict=True):
        assert new.reference_px == pytest.approx(old.tie_point.reference_px, abs=1e-6)
    controller.review.desk.refresh()
    output = tmp_path / "out" / "warped.tif"
    output.parent.mkdir()
    opened.dock.warp.output.setFilePath(str(output))
    assert opened.dock.warp.button.isEnabled()
    opened.dock.warp.button.click()
    assert not opened.dock.warp.button.isEnabled()
    qtbot.waitUntil(lambda: controller.runner.task is None, timeout=20000)
    assert list(output.parent.glob("*")) == [output]
    data, source = read_raster(output), read_raster(session.sensed.path)
    assert data.dtype == source.dtype
    assert len(data) == len(source)
    group = QgsProject.instance().layerTreeRoot().findGroup("SAR-Optical Align")
    assert [layer.name() for layer in group.findLayers()] == ["warped"]
    assert np.isfinite(data).any()


def test_an_existing_output_is_replaced_only_when_told_so(opened, tmp_path, monkeypatch, qtbot):
    give_points(opened)
    opened.controller.review.desk.refresh()
    output = tmp_path / "there.tif"
    output.write_bytes(b"mine")
    opened.dock.warp.output.setFilePath(str(output))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    opened.controller.warping.warp()
    assert opened.controller.runner.task is None
    assert output.read_bytes() == b"mine"
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    opened.controller.warping.warp()
    qtbot.waitUntil(lambda: opened.controller.runner.task is None, timeout=20000)
    assert read_raster(output).size > 0


@pytest.mark.parametrize("which", [0, 1])
def test_the_inputs_are_never_the_output(opened, pair_files, which, monkeypatch, qtbot):
    give_points(opened)
    opened.controller.review.desk.refresh()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    before = Path(pair_files[which]).read_bytes()
    opened.dock.warp.output.setFilePath(pair_files[which])
    opened.controller.warping.warp()
    qtbot.waitUntil(lambda: opened.controller.runner.task is None, timeout=20000)
    assert Path(pair_files[which]).read_bytes() == before
    assert "never overwritten" in opened.dock.status.text()
    assert len(QgsProject.instance().mapLayers()) == 2


def test_a_refusal_is_told_beside_the_warp_button(opened):
    session = give_points(opened)
    controller = opened.controller
    result = result_of(
        tie_points(), (session.reference, session.sensed), Status.NO_RELIABLE_ALIGNMENT
    )
    controller.review.sessions.begin_stream()
    controller.review.sessions.end_stream(result)
    assert "no reliable alignment" in opened.dock.warp.model_line.text()


def test_the_refusal_belongs_to_its_review(opened):
    """Undoing the run takes the warning away, and redoing brings it back, as opening the review
    again does.
    """
    session = give_points(opened)
    controller, line = opened.controller, opened.dock.warp.model_line
    controller.review.sessions.begin_stream()
    controller.review.sessions.end_stream(
        result_of(tie_points(), (session.reference, session.sensed), Status.NO_RELIABLE_ALIGNMENT)
    )
    assert "no reliable alignment" in line.text()
    controller.review.desk.undo()
    controller.review.desk.refresh()
    assert "no reliable alignment" not in line.text()


def test_a_run_keeps_to_its_own_review(opened, pair_files, tmp_path):
    """Nothing opens another pair's review while points stream in, and what a project leaves behind
    is not locked.
    """
    session = give_points(opened)
    controller, points = opened.controller, tmp_path / "p.points"
    points.write_text("#CRS:\nmapX,mapY,sourceX,sourceY,enable\n1,2,3,4,1\n")
    controller.review.sessions.begin_stream()
    opened.dock.match.swap_button.click()
    controller.keeping.import_points(points)
    assert "Wait for the end of the run" in opened.dock.status.text()
    assert controller.review.desk.session is session
    controller.review.sessions.stream(tie_points(4))
    assert len(session.points) == 4
    controller.review.sessions.end_stream(
        result_of(tie_points(12), (session.reference, session.sensed))
    )
    assert len(session.points) == 12
    controller.review.sessions.begin_stream()
    controller.review.sessions.forget()
    assert not controller.review.desk.locked
    assert len(session.points) == 12


def test_the_review_goes_on_with_the_band_that_was_matched(opened):
    session = give_points(opened)
    sensed = replace(session.sensed, bands=(1,))
    opened.controller.review.sessions.begin_stream()
    opened.controller.review.sessions.end_stream(
        result_of(tie_points(), (session.reference, sensed))
    )
    assert session.sensed == sensed
    assert opened.controller.review.desk.session is session


def test_ok_in_the_options_leaves_the_open_review_alone(opened, plugin):
    session = give_points(opened)
    opened.controller.review.desk.set_model("polynomial2")
    opened.dock.match.set_param("search_radius", 345.0)
    opened.controller._follow_settings()  # nothing was changed there
    assert session.model == "polynomial2"
    assert opened.dock.match.param_values()["search_radius"] == 345.0
    set_defaults(AlignParams(search_radius=99.0))
    opened.controller._follow_settings()
    assert opened.dock.match.param_values()["search_radius"] == 99.0
    assert session.model == "polynomial2"


def test_without_an_interpreter_points_are_placed_by_hand_and_the_reason_is_told(opened):
    session = give_points(opened)
    opened.controller.review.desk.select([7])
    opened.controller.explainer.explain()
    assert "not installed yet" in opened.dock.status.text()
    before = opened.dock.status.text()
    opened.controller.review.snapper._measure(7, lambda *_: None)
    assert "could not be measured" in opened.dock.status.text() != before
    assert len(session.points) == 30


def test_a_truncated_raster_is_told_of_and_the_pair_followed(opened, pair_files):
    """The combos must not show one pair while the other tabs act on another."""
    give_points(opened)
    broken = Path(pair_files[1]).with_name("broken.tif")
    broken.write_bytes(Path(pair_files[1]).read_bytes()[:4000])
    layer = QgsRasterLayer(str(broken), "broken")
    if layer.isValid():
        QgsProject.instance().addMapLayer(layer)
        opened.dock.match.sensed_combo.setLayer(layer)
        QTest.qWait(50)
        assert opened.controller.review.desk.session is None


def test_the_confidence_layer_joins_the_group_once(opened):
    give_points(opened)
    for _ in range(2):
        opened.dock.review.findChild(object, "confidenceButton").click()
    names = [
        layer.name()
        for layer in QgsProject.instance()
        .layerTreeRoot()
        .findGroup("SAR-Optical Align")
        .findLayers()
    ]
    assert names == ["Confidence of tie points"]


def test_an_earlier_review_is_offered_and_restored(host, pair_files):
    layers = [QgsRasterLayer(path, "layer") for path in pair_files]
    QgsProject.instance().addMapLayers(layers)
    for start in range(2):
        plugin = classFactory(host)
        plugin.initGui()
        plugin.action.trigger()
        plugin.dock.match.reference_combo.setLayer(layers[0])
        plugin.dock.match.sensed_combo.setLayer(layers[1])
        QTest.qWait(50)
        if start == 0:
            give_points(plugin)
            plugin.controller.review.desk.session.reject([5])
            QgsProject.instance().removeEntry(
                "sar_optical_align", "reference_layer"
            )  # a project that asks for no review
        else:
            button = next(
                b for b in host.bar.currentItem().findChildren(QPushButton) if b.text() == "Restore"
            )
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            session = plugin.controller.review.desk.session
            assert len(session.points) == 30
            assert not session.point(5).tie_point.enabled
            assert session.fit.quality.n_points == 29
        plugin.unload()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_removing_a_layer_clears_the_canvas_but_not_the_review(opened):
    session = give_points(opened)
    QgsProject.instance().removeMapLayer(opened.dock.match.sensed_combo.currentLayer().id())
    QTest.qWait(50)
    assert opened.controller.review.desk.session is None
    assert opened.dock.review.table.model().rowCount() == 0
    assert len(session.points) == 30


def test_the_dock_fits_into_380_pixels(opened):
    give_points(opened)
    for tab in range(opened.dock.tabs.count()):
        opened.dock.tabs.setCurrentIndex(tab)
        QApplication.processEvents()
        assert opened.dock.widget().minimumSizeHint().width() <= 380, tab


def test_ctrl_z_in_the_dock_undoes(opened):
    session = give_points(opened)
    session.reject([4])
    opened.dock.tabs.setCurrentIndex(1)
    QTest.keyClick(opened.dock.review.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.point(4).tie_point.enabled
    QTest.keyClick(opened.dock.review.table, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert not session.point(4).tie_point.enabled
