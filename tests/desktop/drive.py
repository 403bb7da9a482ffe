"""Runs inside the real QGIS desktop: open, run, cancel, kill the worker, run again, edit, restore,
unload. Prints one line a step.

Environment: see `desk`.
"""

import os
import signal
import time

from desk import (
    CTRL,
    NAME,
    OUT,
    click,
    open_pair,
    play,
    press,
    pull,
    say,
    settle,
    shot,
    unload,
    wait,
)
from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface, loadPlugin, plugins, startPlugin


def run_to(dock, percent):
    click(dock.match.run_button)
    controller = plugins[NAME].controller
    wait(lambda: controller.runner.task is not None, 5, "task")
    wait(lambda: dock.progress.value() >= percent, 120, "progress")


def cancel_once(plugin):
    dock, controller = plugin.dock, plugin.controller
    run_to(dock, 5)
    start = time.monotonic()
    click(dock.cancel_button)
    wait(lambda: controller.runner.task is None, 10, "cancel")
    took = time.monotonic() - start
    assert took < 1.0, f"cancel took {took:.2f} s"
    assert dock.match.run_button.isEnabled()
    assert not controller.review.desk.session.points
    say(f"cancelled in {took:.2f} s")


def kill_once(plugin):
    dock, controller = plugin.dock, plugin.controller
    run_to(dock, 5)
    os.kill(controller._client.pid, signal.SIGKILL)
    wait(lambda: controller.runner.task is None, 10, "death noticed")
    assert "SIGKILL" in dock.status.text(), dock.status.text()
    say("killed worker told: " + dock.status.text()[:60])
    iface.messageBar().clearWidgets()


def run_through(plugin):
    dock, controller = plugin.dock, plugin.controller
    click(dock.match.run_button)
    wait(lambda: controller.runner.task is not None, 5, "task")
    streamed = [0]

    def ended():
        streamed[0] = max(
            streamed[0],
            len(controller.review.desk.session.points) if controller.runner.task is not None else 0,
        )
        return controller.runner.task is None

    wait(ended, 300, "run")
    session = controller.review.desk.session
    assert session.points, dock.status.text()
    assert streamed[0] > 0, "no tie point appeared while the run went on"
    assert session.fit.transform is not None, session.fit.message
    assert "tie points kept" in dock.status.text(), dock.status.text()
    assert iface.mapCanvas().mapTool() is controller.review.map.tool
    say(
        f"{streamed[0]} streamed, {len(session.points)} points, {session.fit.model}, loo "
        f"{session.fit.quality.loo_rmse_px:.2f} px"
    )
    table = dock.review.table
    table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    table.selectRow(6)
    shot("2_review")


def edit(plugin):
    controller, session = plugin.controller, plugin.controller.review.desk.session
    table, item, canvas = plugin.dock.review.table, controller.review.map.item, iface.mapCanvas()
    at_first = session.points
    inside = [p for p in session.points if p.in_fit]
    chosen, fitted = inside[3].id, session.fit.quality.n_points
    table.select_ids([chosen])
    press(table, Qt.Key.Key_R)
    assert not session.point(chosen).tie_point.enabled
    wait(lambda: session.fit.quality.n_points == fitted - 1, 2, "fit follows")
    say(f"rejected {chosen}")

    grid = session.reference_grid
    middle = min(
        inside[4:],
        key=lambda p: (
            abs(p.tie_point.reference_px[0] - grid.width / 2)
            + abs(p.tie_point.reference_px[1] - grid.height / 2)
        ),
    )
    controller.review.map.zoom_to(middle.id)
    canvas.zoomScale(canvas.scale() / 3)
    settle()
    x, y = item.screen_position(middle.id)
    start, end = QPoint(round(x), round(y)), QPoint(round(x) + 60, round(y) + 38)
    pull(start, end, CTRL, lambda: shot("3_dragging"))  # Ctrl: placed freely
    assert table.selected_ids() == [middle.id]
    wait(lambda: session.point(middle.id).state.value == "edited", 2, "drag")
    QTest.qWait(200)
    x, y = item.screen_position(middle.id)
    assert abs(x - end.x()) < 1.5, (x, end)
    assert abs(y - end.y()) < 1.5, (y, end)
    shot("4_edited")
    say(f"dragged {middle.id}")

    plugin.dock.activateWindow()
    table.setFocus()
    press(table, Qt.Key.Key_Z, CTRL)
    assert session.point(middle.id).state.value == "predicted"
    press(table, Qt.Key.Key_Z, CTRL)
    assert session.points == at_first
    press(table, Qt.Key.Key_Y, CTRL)
    assert not session.point(chosen).tie_point.enabled
    say("undo and redo")


def add(plugin):
    dock, review, session = (
        plugin.dock,
        plugin.controller.review,
        plugin.controller.review.desk.session,
    )
    view = iface.mapCanvas().viewport()
    click(dock.review.tools.add_button)
    before, fitted = len(session.points), session.fit.transform
    click(view, QPoint(view.width() // 2 + 90, view.height() // 2 - 70))
    assert len(session.points) == before + 1  # at once, its partner where the fit expects it
    wait(lambda: review.snapper.latest.task is None, 20, "measuring the partner")
    shot("5_adding")
    new = session.points[-1]
    assert new.state.value == "added"
    assert new.tie_point.evidence is not None, dock.status.text()
    x, y = fitted.apply([new.tie_point.sensed_px])[0] - new.tie_point.reference_px
    assert abs(x) < 12, x
    assert abs(y) < 12, y
    say(f"added {new.id}: {dock.status.text()}")
    press(iface.mapCanvas(), Qt.Key.Key_Escape)


def deliver(plugin, reference):
    plugin.controller.keeping.export_points(OUT / "points.points")
    assert (OUT / "points.points").exists()
    iface.mapCanvas().setExtent(reference.extent())
    plugin.dock.review.findChild(object, "confidenceButton").click()
    shot("6_confidence")
    assert any(
        "confidence" in layer.source() for layer in QgsProject.instance().mapLayers().values()
    )
    say("exported, confidence layer added")


def restore(plugin):
    """A second start of the plugin in the same project goes on with the review of the first."""
    earlier = len(plugin.controller.review.desk.session.points)
    unload()
    assert loadPlugin(NAME)
    assert startPlugin(NAME)
    plugin = plugins[NAME]
    plugin.action.trigger()
    wait(
        lambda: plugin.controller is not None and plugin.controller.review.desk.session is not None,
        5,
        "review comes back",
    )
    shot("7_restored")
    assert len(plugin.controller.review.desk.session.points) == earlier
    say(f"restored {earlier} points")


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
    unload()
    clean = traces()
    assert not clean["named"], clean
    assert not clean["provider"], clean
    for _ in range(2):
        assert loadPlugin(NAME)
        assert startPlugin(NAME)
        plugins[NAME].action.trigger()
        QTest.qWait(400)
        assert traces()["named"]
        unload()
        assert traces() == clean, (traces(), clean)
    say("unloaded without a trace, twice")


def main():
    plugin, reference, _sensed = open_pair()
    plugin.dock.match.advanced_form.findChild(object, "param_tile_px").setValue(512)
    shot("1_match")
    cancel_once(plugin)
    kill_once(plugin)
    run_through(plugin)
    edit(plugin)
    add(plugin)
    deliver(plugin, reference)
    restore(plugin)
    unload_twice()


play(main)
