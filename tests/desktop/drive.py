"""Runs inside the real QGIS desktop: open, run, cancel, run again, review, warp, unload. Prints one line a step.

Environment: SOA_REFERENCE, SOA_SENSED rasters; SOA_OUT folder for the output and screenshots; SOA_PYTHON worker interpreter.
"""

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from osgeo import gdal
from qgis.core import QgsApplication, QgsContrastEnhancement, QgsProject, QgsRasterLayer, QgsRasterMinMaxOrigin, QgsSettings
from qgis.PyQt.QtCore import QEvent, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QPushButton
from qgis.utils import iface, loadPlugin, plugins, startPlugin, unloadPlugin

OUT = Path(os.environ["SOA_OUT"])
NAME = "sar_optical_align"
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def wait(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"timed out: {what}")
        QTest.qWait(40)


def shot(name):
    iface.mapCanvas().refresh()
    QTest.qWait(900)
    iface.mainWindow().grab().save(str(OUT / f"{name}.png"))


def say(text):
    print(f"STEP {text}", flush=True)


def stretch(layer):
    layer.setContrastEnhancement(QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum, QgsRasterMinMaxOrigin.Limits.CumulativeCut)


def open_layers():
    reference = QgsRasterLayer(os.environ["SOA_REFERENCE"], "optical")
    sensed = QgsRasterLayer(os.environ["SOA_SENSED"], "sar")
    assert reference.isValid()
    assert sensed.isValid()
    stretch(sensed)
    QgsProject.instance().addMapLayers([sensed, reference])
    QgsProject.instance().setCrs(reference.crs())
    iface.mapCanvas().setExtent(reference.extent())
    return reference, sensed


def open_dock(reference, sensed):
    plugin = plugins[NAME]
    plugin.action.trigger()
    wait(lambda: plugin.dock is not None and plugin.dock.isVisible(), 10, "dock")
    dock = plugin.dock
    dock.match.reference_combo.setLayer(reference)
    dock.match.sensed_combo.setLayer(sensed)
    dock.match.advanced_form.findChild(object, "param_tile_px").setValue(512)
    iface.mainWindow().resizeDocks([dock], [430], Qt.Orientation.Horizontal)
    QTest.qWait(800)
    iface.messageBar().clearWidgets()
    shot("1_match")
    return plugin


def run_to(dock, percent):
    QTest.mouseClick(dock.match.run_button, LEFT)
    controller = plugins[NAME].controller
    wait(lambda: controller.task is not None, 5, "task")
    wait(lambda: dock.progress.value() >= percent, 120, "progress")


def cancel_once(plugin):
    dock, controller = plugin.dock, plugin.controller
    run_to(dock, 5)
    start = time.monotonic()
    QTest.mouseClick(dock.cancel_button, LEFT)
    wait(lambda: controller.task is None, 10, "cancel")
    took = time.monotonic() - start
    assert took < 1.0, f"cancel took {took:.2f} s"
    assert dock.match.run_button.isEnabled()
    assert not controller.review.session.points
    say(f"cancelled in {took:.2f} s")


def kill_once(plugin):
    dock, controller = plugin.dock, plugin.controller
    run_to(dock, 5)
    os.kill(controller._client.pid, signal.SIGKILL)
    wait(lambda: controller.task is None, 10, "death noticed")
    assert "SIGKILL" in dock.status.text(), dock.status.text()
    say("killed worker told: " + dock.status.text()[:60])
    iface.messageBar().clearWidgets()


def run_through(plugin):
    dock, controller = plugin.dock, plugin.controller
    QTest.mouseClick(dock.match.run_button, LEFT)
    wait(lambda: controller.task is not None, 5, "task")
    streamed = [0]

    def ended():
        streamed[0] = max(streamed[0], len(controller.review.session.points) if controller.task is not None else 0)
        return controller.task is None

    wait(ended, 300, "run")
    session = controller.review.session
    assert session.points, dock.status.text()
    assert streamed[0] > 0, "no tie point appeared while the run went on"
    assert session.fit.transform is not None, session.fit.message
    assert "tie points kept" in dock.status.text(), dock.status.text()
    assert iface.mapCanvas().mapTool() is controller.review.tool
    say(f"{streamed[0]} streamed, {len(session.points)} points, {session.fit.model}, loo {session.fit.quality.loo_rmse_px:.2f} px")
    table = dock.review.table
    table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    table.selectRow(6)
    shot("2_review")


def review(plugin):
    controller, session = plugin.controller, plugin.controller.review.session
    table, item, canvas = plugin.dock.review.table, controller.review.item, iface.mapCanvas()
    at_first = session.points
    inside = [p for p in session.points if p.in_fit]
    table.select_ids([inside[3].id])
    chosen = table.selected_ids()[0]
    fitted = session.fit.quality.n_points
    QTest.keyClick(table, Qt.Key.Key_R)
    assert not session.point(chosen).tie_point.enabled
    wait(lambda: session.fit.quality.n_points == fitted - 1, 2, "fit follows")
    say(f"rejected {chosen}")

    grid = session.reference_grid
    middle = min(inside[4:], key=lambda p: abs(p.tie_point.reference_px[0] - grid.width / 2) + abs(p.tie_point.reference_px[1] - grid.height / 2))
    controller.review.zoom_to(middle.id)
    canvas.zoomScale(canvas.scale() / 3)
    QTest.qWait(1200)
    x, y = item.screen_position(middle.id)
    start, end = QPoint(round(x), round(y)), QPoint(round(x) + 60, round(y) + 38)
    view = canvas.viewport()
    QTest.mouseMove(view, start)
    QTest.mousePress(view, LEFT, PLAIN, start)
    assert table.selected_ids() == [middle.id]
    for step in range(1, 6):
        QTest.mouseMove(view, start + (end - start) * step / 5)
        QTest.qWait(30)
    shot("3_dragging")
    QTest.mouseRelease(view, LEFT, PLAIN, end)
    wait(lambda: session.point(middle.id).state.value == "edited", 2, "drag")
    QTest.qWait(200)
    x, y = item.screen_position(middle.id)
    assert abs(x - end.x()) < 1.5, (x, end)
    assert abs(y - end.y()) < 1.5, (y, end)
    shot("4_edited")
    say(f"dragged {middle.id}")

    plugin.dock.activateWindow()
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.point(middle.id).state.value == "predicted"
    QTest.keyClick(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.points == at_first
    QTest.keyClick(table, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert not session.point(chosen).tie_point.enabled
    say("undo and redo")

    QTest.mouseClick(plugin.dock.review.add_button, LEFT)
    before = len(session.points)
    place = QPoint(view.width() // 2 + 90, view.height() // 2 - 70)
    QTest.mouseClick(view, LEFT, PLAIN, place)
    QTest.qWait(200)
    shot("5_adding")
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert len(session.points) == before + 1
    new = session.points[-1]
    assert new.state.value == "added"
    assert abs(session.fit.residuals_px[new.id][0]) < 0.5  # the proposal is where the fit expects it
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    say(f"added {new.id}")


def warp(plugin, reference):
    dock, controller = plugin.dock, plugin.controller
    output = OUT / "warped.tif"
    dock.tabs.setCurrentIndex(3)
    dock.warp.output.setFilePath(str(output))
    QTest.mouseClick(dock.warp.button, LEFT)
    wait(lambda: output.exists() and controller.task is None, 120, "warp")
    layers = [layer for layer in QgsProject.instance().mapLayers().values() if layer.source() == str(output)]
    assert len(layers) == 1
    source, written = gdal.Open(os.environ["SOA_SENSED"]), gdal.Open(str(output))
    assert written.RasterCount == source.RasterCount
    assert written.GetRasterBand(1).DataType == source.GetRasterBand(1).DataType
    iface.mapCanvas().setExtent(reference.extent())
    shot("6_warped")
    controller.export_points(OUT / "points.points")
    assert (OUT / "points.points").exists()
    dock.review.findChild(object, "confidenceButton").click()
    dock.tabs.setCurrentIndex(1)
    shot("7_confidence")
    assert any("confidence" in layer.source() for layer in QgsProject.instance().mapLayers().values())
    say("warped, exported, confidence layer added")


def restore(plugin):
    """A second start of the plugin offers the review of the first."""
    earlier = len(plugin.controller.review.session.points)
    reload_plugin()
    plugin = plugins[NAME]
    plugin.action.trigger()
    wait(lambda: plugin.controller is not None and plugin.controller._offer is not None, 5, "offer to restore")
    shot("8_restore")
    button = next(b for b in plugin.controller._offer.findChildren(QPushButton) if b.text() == "Restore")
    QTest.mouseClick(button, LEFT)
    assert len(plugin.controller.review.session.points) == earlier
    say(f"restored {earlier} points")


def reload_plugin():
    assert unloadPlugin(NAME)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QTest.qWait(200)
    assert loadPlugin(NAME)
    assert startPlugin(NAME)


def traces():
    """Return what a plugin can leave behind, counted."""
    window = iface.mainWindow()
    names = [w.objectName() for w in window.findChildren(object) if hasattr(w, "objectName")]
    return {
        "canvas items": len(iface.mapCanvas().scene().items()),
        "named": sorted(n for n in names if n.startswith(("SarOptical", "sarOptical"))),
        "raster menu": len(iface.rasterMenu().actions()),
        "toolbar": len(iface.rasterToolBar().actions()),
        "provider": QgsApplication.processingRegistry().providerById(NAME) is not None,
        "messages": len(iface.messageBar().items()),
        "receivers": iface.mapCanvas().receivers(iface.mapCanvas().mapToolSet),
        "tasks": QgsApplication.taskManager().countActiveTasks(),
    }


def unload_twice():
    assert unloadPlugin(NAME)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QTest.qWait(300)
    clean = traces()
    assert not clean["named"], clean
    assert not clean["provider"], clean
    for _ in range(2):
        assert loadPlugin(NAME)
        assert startPlugin(NAME)
        plugins[NAME].action.trigger()
        QTest.qWait(400)
        assert traces()["named"]
        assert unloadPlugin(NAME)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QTest.qWait(300)
        assert traces() == clean, (traces(), clean)
    say("unloaded without a trace, twice")


def main():
    settings = QgsSettings()
    settings.setValue(f"{NAME}/interpreter_mode", "existing")
    settings.setValue(f"{NAME}/existing_python", os.environ["SOA_PYTHON"])
    window = iface.mainWindow()
    window.showNormal()
    window.setGeometry(0, 0, 1600, 1000)
    reference, sensed = open_layers()
    plugin = open_dock(reference, sensed)
    say("dock open")
    cancel_once(plugin)
    kill_once(plugin)
    run_through(plugin)
    review(plugin)
    warp(plugin, reference)
    restore(plugin)
    unload_twice()
    print("PASSED", flush=True)


def run():
    code = 1
    try:
        main()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, QGIS must end with a code
        traceback.print_exc()
        shot("failed")
    sys.stdout.flush()
    sys.stderr.flush()
    QgsProject.instance().clear()
    os._exit(code)


QTimer.singleShot(1500, run)
