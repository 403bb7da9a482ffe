"""The live preview follows points, undo and model, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import read_raster
from host_window import HostWindow
from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from review_pairs import result_of, tie_points
from sar_optical_align import classFactory
from sar_optical_align.ui.views.compare_view import FLICKER, OFF, SWIPE


@pytest.fixture
def plugin(qgis_app, pair_files):
    host = HostWindow()
    plugin = classFactory(host)
    plugin.initGui()
    layers = [
        QgsRasterLayer(path, name)
        for path, name in zip(pair_files, ("optical", "sar"), strict=True)
    ]
    QgsProject.instance().addMapLayers(layers)
    plugin.action.trigger()
    plugin.dock.match.reference_combo.setLayer(layers[0])
    plugin.dock.match.sensed_combo.setLayer(layers[1])
    host.canvas.setLayers(layers)
    host.canvas.setExtent(layers[0].extent())
    QTest.qWait(50)
    review = plugin.controller.review
    session = plugin.controller.open_session()
    session.set_model("affine")
    review.sessions.begin_stream()
    review.sessions.end_stream(result_of(tie_points(), (session.reference, session.sensed)))
    plugin.host = host
    yield plugin
    plugin.unload()
    host.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def live(plugin, qtbot):
    """The preview, on."""
    plugin.dock.compare.preview_button.click()
    preview = plugin.controller.compare.preview
    qtbot.waitUntil(lambda: preview.layer is not None, timeout=5000)
    return preview


def previews():
    return [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.name().startswith("PREVIEW")
    ]


def shown(live):
    return read_raster(live.layer.source())


def follows(live, qtbot, act):
    """Do something and wait for the next revision; returns the image before and after."""
    source, before = live.layer.source(), shown(live)
    act()
    qtbot.waitUntil(lambda: live.layer is not None and live.layer.source() != source, timeout=5000)
    return before, shown(live)


def test_the_preview_is_a_marked_layer_drawn_like_the_sensed_one(plugin, live):
    layer = live.layer
    assert previews() == [layer]
    assert "sar" in layer.name()
    assert "nothing is written" in plugin.dock.status.text()
    assert layer.isTemporary()
    assert layer.renderer().type() == plugin.dock.pair()[1].renderer().type()
    assert (
        QgsProject.instance().layerTreeRoot().findLayer(layer.id()).parent().name()
        == "SAR-Optical Align"
    )


def test_what_only_shows_a_review_is_offered_neither_for_matching_nor_for_warping(
    plugin, live, qtbot
):
    plugin.controller.accuracy.add_field()
    plugin.controller.keeping.add_layer()
    plugin.dock.review.confidence_requested.emit()
    project = QgsProject.instance()
    group = project.layerTreeRoot().findGroup("SAR-Optical Align")
    assert len(group.findLayers()) == 4
    group.setName("sorted by the analyst")
    extra = QgsRasterLayer(plugin.dock.pair()[1].source(), "extra")
    project.addMapLayer(extra)
    combos = plugin.dock.match.reference_combo, plugin.dock.match.sensed_combo
    for combo in combos:
        offered = [
            combo.layer(i).name() for i in range(combo.count()) if combo.layer(i) is not None
        ]
        assert sorted(offered) == ["extra", "optical", "sar"]
    assert [layer.name() for layer in plugin.dock.pair()] == ["optical", "sar"]
    siblings = plugin.dock.warp.siblings.list
    assert [
        siblings.item(i).text() for i in range(siblings.count())
    ] == []  # extra is the file of the sensed raster
    compared = plugin.dock.compare.layer_combo
    assert live.layer in [compared.layer(i) for i in range(compared.count())]


def test_it_follows_edits_undo_and_model(plugin, live, qtbot):
    session, review = plugin.controller.review.desk.session, plugin.controller.review
    x, y = session.points[0].tie_point.reference_px
    first, moved = follows(live, qtbot, lambda: session.move(1, (x + 40, y - 25)))
    assert moved.shape != first.shape or (moved != first).any()
    _, back = follows(live, qtbot, review.desk.undo)
    assert back.shape == first.shape
    np.testing.assert_array_equal(back, first)
    _, shifted = follows(live, qtbot, lambda: session.set_model("shift"))
    assert shifted.shape != first.shape
    assert len(previews()) == 1


def test_a_displacement_field_is_drawn_from_a_file_and_gives_way_again(plugin, live, qtbot):
    session = plugin.controller.review.desk.session
    follows(live, qtbot, lambda: session.set_model("field"))
    assert live.layer.source().endswith(".tif")
    assert "Warping" not in plugin.dock.status.text()
    x, y = session.points[0].tie_point.reference_px
    before, after = follows(live, qtbot, lambda: session.move(1, (x + 6, y)))
    assert before.shape != after.shape or (before != after).any()
    follows(live, qtbot, lambda: session.set_model("affine"))
    assert live.layer.source().endswith(".vrt")


def test_many_edits_end_with_the_newest(plugin, live, qtbot):
    session = plugin.controller.review.desk.session
    x, y = session.points[0].tie_point.reference_px
    for step in range(12):
        session.move(1, (x + 4 * step, y))
        QTest.qWait(15)
    qtbot.waitUntil(
        lambda: (
            live.latest.task is None
            and live._shown is not None
            and live._shown[0] is session.fit.transform
        ),
        timeout=5000,
    )
    assert len(previews()) == 1


def test_without_a_fit_there_is_no_preview_and_it_comes_back_with_one(plugin, live, qtbot):
    session = plugin.controller.review.desk.session
    session.reject([p.id for p in session.points])
    qtbot.waitUntil(lambda: not previews(), timeout=3000)
    session.undo()
    qtbot.waitUntil(lambda: len(previews()) == 1, timeout=3000)


def test_a_fold_is_told_and_not_drawn(plugin, live, qtbot):
    session = plugin.controller.review.desk.session
    a, b = session.points[0].tie_point.reference_px, session.points[7].tie_point.reference_px
    session.set_model("tps")
    session.move(1, b)
    session.move(8, a)
    qtbot.waitUntil(lambda: not previews(), timeout=5000)
    assert "folds" in plugin.dock.status.text()
    session.undo()
    session.undo()
    qtbot.waitUntil(lambda: len(previews()) == 1, timeout=5000)


def test_the_preview_follows_how_the_raster_would_be_written(plugin, live, qtbot):
    gsd = plugin.dock.warp.form.findChild(object, "param_output_gsd")
    before, after = follows(live, qtbot, lambda: gsd.setValue(40.0))
    assert after.shape[1] < before.shape[1] / 2


def test_a_style_the_analyst_gave_it_stays(plugin, live, qtbot):
    live.layer.setOpacity(0.4)
    live.layer.renderer().setGrayBand(1)
    live.layer.brightnessFilter().setBrightness(33)
    follows(live, qtbot, lambda: plugin.controller.review.desk.session.reject([2]))
    assert live.layer.opacity() == pytest.approx(0.4)
    assert live.layer.brightnessFilter().brightness() == 33


def test_turning_off_and_on_again_at_once_ends_on(plugin, live, qtbot):
    button = plugin.dock.compare.preview_button
    plugin.controller.review.desk.session.reject([2])
    plugin.controller.review.desk.refresh()
    button.click()
    button.click()
    qtbot.waitUntil(lambda: live.latest.task is None and len(previews()) == 1, timeout=5000)
    assert button.isChecked()


def test_cancelling_in_the_list_of_tasks_turns_it_off(plugin, live, qtbot):
    plugin.controller.review.desk.session.reject([2])
    plugin.controller.review.desk.refresh()
    live.latest.task.cancel()
    qtbot.waitUntil(lambda: live.latest.task is None, timeout=5000)
    if live.is_on:  # the task was quicker
        assert len(previews()) == 1
    else:
        assert not previews()
        assert not plugin.dock.compare.preview_button.isChecked()


def test_removing_the_layer_by_hand_turns_it_off_and_the_button_turns_it_off(plugin, live, qtbot):
    button = plugin.dock.compare.preview_button
    QgsProject.instance().removeMapLayer(live.layer.id())
    assert not button.isChecked()
    assert not live.is_on
    button.click()
    qtbot.waitUntil(lambda: len(previews()) == 1, timeout=3000)
    button.click()
    assert not previews()


@pytest.mark.parametrize("suffix", [".qgs", ".qgz"])
def test_a_saved_project_knows_nothing_of_it(live, qtbot, tmp_path, suffix):
    path = tmp_path / f"project{suffix}"
    assert QgsProject.instance().write(str(path))
    if suffix == ".qgz":
        with zipfile.ZipFile(path) as archive:
            text = archive.read("project.qgs").decode()
    else:
        text = path.read_text()
    ET.fromstring(text)
    assert "PREVIEW" not in text
    assert "sar.tif" in text
    qtbot.waitUntil(lambda: len(previews()) == 1, timeout=3000)


def test_the_original_is_only_read_and_unloading_leaves_no_layer_and_no_file(
    plugin, live, pair_files, qtbot
):
    digest = hashlib.sha256(Path(pair_files[1]).read_bytes()).hexdigest()
    folder = Path(live.layer.source()).parent
    plugin.controller.close()
    assert not previews()
    assert not folder.exists()
    assert hashlib.sha256(Path(pair_files[1]).read_bytes()).hexdigest() == digest
    assert {p.name for p in Path(pair_files[1]).parent.glob("sar*")} == {"sar.tif"}
    plugin.controller = None


def test_b_shows_before_and_after(plugin, live):
    canvas, strip, sensed = plugin.host.canvas, plugin.dock.compare, plugin.dock.pair()[1]
    plugin.host.window.activateWindow()
    canvas.setFocus()
    node = QgsProject.instance().layerTreeRoot().findLayer(live.layer_id)
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert not node.itemVisibilityChecked()
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert node.itemVisibilityChecked()
    strip.mode_buttons[SWIPE].click()
    assert strip.layer_combo.currentLayer() is live.layer
    view = plugin.controller.compare.view
    assert view.names == ("optical", live.layer.name())
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert strip.layer_combo.currentLayer() is sensed
    assert view.names == ("optical", "sar")
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert strip.layer_combo.currentLayer() is live.layer


def test_space_flickers_on_the_map_and_in_the_table(plugin, live):
    strip = plugin.dock.compare
    plugin.host.window.activateWindow()
    plugin.controller.review.map.use_tool()
    for widget in (plugin.host.canvas, plugin.dock.review.table):
        plugin.dock.tabs.setCurrentIndex(1)
        widget.setFocus()
        strip.mode_buttons[SWIPE].click()
        QTest.keyClick(widget, Qt.Key.Key_Space)
        assert strip.mode == FLICKER
        QTest.keyClick(widget, Qt.Key.Key_Space)
        assert strip.mode == OFF
        for flickers in (True, False):  # nothing is compared: the chips take turns
            QTest.keyClick(widget, Qt.Key.Key_Space)
            assert strip.mode == OFF
            assert plugin.dock.review.chips.is_flickering is flickers


def test_space_on_the_map_is_qgis_own_where_the_review_is_not_at_work(plugin, live):
    """QGIS moves the map while Space is held."""
    canvas, chips = plugin.host.canvas, plugin.dock.review.chips
    plugin.host.window.activateWindow()
    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert not chips.is_flickering
    plugin.controller.review.map.use_tool()
    plugin.action.trigger()  # hides the dock
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert not chips.is_flickering


def test_a_number_half_typed_in_the_form_of_the_warp_is_no_error(plugin, live):
    plugin.dock.warp.form.editor("nodata").setText("minus")
    plugin.dock.warp.form.changed.emit()
    plugin.controller.review.desk.session.reject([9])
    QTest.qWait(80)
    plugin.dock.warp.form.editor("nodata").setText("")
    plugin.dock.warp.form.changed.emit()


def test_hiding_the_dock_takes_the_comparison_off_the_map(plugin, live):
    plugin.dock.compare.mode_buttons[SWIPE].click()
    assert plugin.controller.compare.view.isVisible()
    plugin.action.trigger()
    QTest.qWait(30)
    assert not plugin.controller.compare.view.isVisible()
