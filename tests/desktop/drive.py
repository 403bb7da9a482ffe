"""Runs inside the real QGIS desktop: open, run, cancel, run again, review, warp, unload. Prints one line a step.

Environment: SOA_REFERENCE, SOA_SENSED rasters; SOA_OUT folder for the output and screenshots; SOA_PYTHON worker interpreter.
"""

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QEvent, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from qgis.utils import iface, plugins, unloadPlugin

OUT = Path(os.environ["SOA_OUT"])


def wait(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"timed out: {what}")
        QTest.qWait(50)


def shot(name):
    QTest.qWait(300)
    iface.mainWindow().grab().save(str(OUT / f"{name}.png"))


def say(text):
    print(f"STEP {text}", flush=True)


def main():
    QgsSettings().setValue("sar_optical_align/interpreter_mode", "existing")
    QgsSettings().setValue("sar_optical_align/existing_python", os.environ["SOA_PYTHON"])
    window = iface.mainWindow()
    window.showMaximized()
    reference = QgsRasterLayer(os.environ["SOA_REFERENCE"], "optical")
    sensed = QgsRasterLayer(os.environ["SOA_SENSED"], "sar")
    assert reference.isValid() and sensed.isValid()
    QgsProject.instance().addMapLayers([sensed, reference])
    QgsProject.instance().setCrs(reference.crs())
    iface.mapCanvas().setExtent(reference.extent())
    plugin = plugins["sar_optical_align"]
    plugin.action.trigger()
    wait(lambda: plugin.dock is not None and plugin.dock.isVisible(), 10, "dock")
    dock, controller = plugin.dock, plugin.controller
    dock.reference_combo.setLayer(reference)
    dock.sensed_combo.setLayer(sensed)
    window.resizeDocks([dock], [480], Qt.Orientation.Horizontal)
    shot("1_match")
    say("dock open")

    QTest.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
    wait(lambda: controller.task is not None, 5, "task")
    wait(lambda: dock.progress.value() > 5, 60, "progress")
    start = time.monotonic()
    QTest.mouseClick(dock.cancel_button, Qt.MouseButton.LeftButton)
    wait(lambda: controller.task is None, 10, "cancel")
    took = time.monotonic() - start
    assert took < 1.5, f"cancel took {took:.2f} s"
    assert dock.run_button.isEnabled()
    say(f"cancelled in {took:.2f} s")

    QTest.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
    wait(lambda: controller._client is not None and controller._client.pid is not None, 20, "worker")
    wait(lambda: dock.progress.value() > 5, 60, "progress")
    os.kill(controller._client.pid, signal.SIGKILL)
    wait(lambda: controller.task is None, 10, "death noticed")
    assert "SIGKILL" in dock.status.text(), dock.status.text()
    say("killed worker told: " + dock.status.text()[:60])
    iface.messageBar().clearWidgets()

    QTest.mouseClick(dock.run_button, Qt.MouseButton.LeftButton)
    wait(lambda: controller.task is not None, 5, "task")
    wait(lambda: controller.task is None, 240, "run")
    session = controller.session
    assert session is not None and session.points, dock.status.text()
    assert session.fit.transform is not None, session.fit.message
    QTest.qWait(300)
    shot("2_review")
    say(f"{len(session.points)} points, {session.fit.model}, loo {session.fit.quality.loo_rmse_px:.2f} px")

    table = dock.review.table
    table.selectRow(3)
    chosen = table.selected_ids()[0]
    QTest.keyClick(table, Qt.Key.Key_R)
    assert not session.point(chosen).tie_point.enabled
    say(f"rejected {chosen}")
    before = session.points
    inside = [p for p in session.points if p.in_fit]
    middle = min(inside, key=lambda p: abs(p.tie_point.reference_px[0] - session.reference_grid.width / 2) + abs(p.tie_point.reference_px[1] - session.reference_grid.height / 2))
    canvas = iface.mapCanvas()
    controller._zoom_to(middle.id)
    canvas.zoomScale(canvas.scale() / 6)
    controller._use_tool()
    QTest.qWait(1500)
    x, y = controller.item.screen_position(middle.id)
    start_at, end_at = QPoint(round(x), round(y)), QPoint(round(x) + 40, round(y) + 25)
    viewport = canvas.viewport()
    QTest.mouseMove(viewport, start_at)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start_at)
    for step in range(1, 6):
        QTest.mouseMove(viewport, start_at + (end_at - start_at) * step / 5)
        QTest.qWait(30)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end_at)
    QTest.qWait(300)
    moved = session.point(middle.id)
    assert moved.state.value == "edited", moved.state
    shot("3_edited")
    say(f"dragged {middle.id}")
    controller.undo()
    assert session.points == before
    controller.undo()
    assert session.point(chosen).tie_point.enabled
    controller.redo()
    say("undo and redo")
    controller._confidence()

    output = OUT / "warped.tif"
    dock.tabs.setCurrentIndex(2)
    dock.warp.output.setFilePath(str(output))
    QTest.mouseClick(dock.warp.button, Qt.MouseButton.LeftButton)
    wait(lambda: output.exists() and controller.task is None, 120, "warp")
    canvas.setExtent(reference.extent())
    shot("4_warped")
    assert any(layer.source() == str(output) for layer in QgsProject.instance().mapLayers().values())
    controller.export_points(OUT / "points.points")
    assert (OUT / "points.points").exists()
    say("warped")

    items = len(canvas.scene().items())
    for _ in range(2):
        assert unloadPlugin("sar_optical_align")
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QTest.qWait(200)
        assert QgsApplication.processingRegistry().providerById("sar_optical_align") is None
        assert len(canvas.scene().items()) < items or _ > 0
        names = [w.objectName() for w in window.findChildren(object) if hasattr(w, "objectName")]
        assert "SarOpticalAlignDock" not in names
        assert "sarOpticalAlignAction" not in names
        from qgis.utils import loadPlugin, startPlugin

        assert loadPlugin("sar_optical_align")
        assert startPlugin("sar_optical_align")
        plugins["sar_optical_align"].action.trigger()
        QTest.qWait(200)
    assert unloadPlugin("sar_optical_align")
    say("unloaded twice")
    print("PASSED", flush=True)


def give_up(kind, value, trace):
    traceback.print_exception(kind, value, trace)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(3)


def run():
    sys.excepthook = give_up  # QGIS' own would open a dialog that nobody answers
    code = 1
    try:
        main()
        code = 0
    except BaseException:
        traceback.print_exc()
        shot("failed")
    sys.stdout.flush()
    sys.stderr.flush()
    QgsProject.instance().clear()
    os._exit(code)


QTimer.singleShot(1500, run)
