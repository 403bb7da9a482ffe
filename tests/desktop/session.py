"""Runs inside the real QGIS desktop, twice: a whole working session up to a kill -9, and the
reopening after it.

Environment: see `desk`. Writes a picture of the window at each step.
"""

import json
import os
import signal
from pathlib import Path

from desk import (
    CTRL,
    LEFT,
    OUT,
    PLAIN,
    click,
    open_dock,
    open_pair,
    play,
    prepare_window,
    press,
    pull,
    say,
    settle,
    shot,
    wait,
)
from osgeo import gdal
from qgis.core import (
    QgsFillSymbol,
    QgsPalettedRasterRenderer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface, plugins
from scene_layers import write_scene_layers

PROJECT, BEFORE, WARPED = OUT / "session.qgz", OUT / "before_the_kill.json", OUT / "warped.tif"
MATCH, REVIEW, ACCURACY, WARP = range(4)
KEY = Qt.Key


def state(plugin):
    """Return all that must be there again after a kill."""
    session, project = plugin.controller.review.desk.session, QgsProject.instance()
    return {
        "points": [
            [
                p.id,
                *p.tie_point.reference_px,
                *p.tie_point.sensed_px,
                p.state.value,
                p.role.value,
                p.tie_point.enabled,
                p.reason,
                round(p.tie_point.score, 9),
            ]
            for p in sorted(session.points, key=lambda p: p.id)
        ],
        "model": session.model,
        "settings": {name: str(value) for name, value in plugin.dock.match.param_values().items()},
        "loo_rmse_px": round(session.fit.quality.loo_rmse_px, 6),
        "layers": sorted([layer.name(), layer.isValid()] for layer in project.mapLayers().values()),
        "pair": [layer.name() for layer in plugin.dock.pair()],
    }


def add_scene_layers():
    mask_path, outlines_path = write_scene_layers(Path(os.environ["SOA_SENSED"]), OUT)
    mask, outlines = (
        QgsRasterLayer(str(mask_path), "mask"),
        QgsVectorLayer(str(outlines_path), "outlines"),
    )
    assert mask.isValid()
    assert outlines.featureCount() > 0
    classes = [
        QgsPalettedRasterRenderer.Class(1, QColor(0, 0, 0, 0), "bright"),
        QgsPalettedRasterRenderer.Class(2, QColor("#0072B2"), "dark"),
    ]
    mask.setRenderer(QgsPalettedRasterRenderer(mask.dataProvider(), 1, classes))
    outlines.setRenderer(
        QgsSingleSymbolRenderer(
            QgsFillSymbol.createSimple(
                {"style": "no", "outline_color": "#F0E442", "outline_width": "0.5"}
            )
        )
    )
    project = QgsProject.instance()
    project.addMapLayers([mask, outlines], False)
    for layer in (mask, outlines):
        project.layerTreeRoot().addLayer(layer).setItemVisibilityChecked(False)


def run_to_the_answer(plugin):
    dock, controller = plugin.dock, plugin.controller
    dock.match.set_param("search_radius", 400.0)
    dock.match.model_combo.setCurrentIndex(dock.match.model_combo.findData("affine"))
    shot("02_match")
    click(dock.match.run_button)
    wait(
        lambda: (
            controller.runner.task is None
            or (
                controller.review.desk.session is not None
                and len(controller.review.desk.session.points) >= 60
            )
        ),
        300,
        "first tie points",
    )
    QTest.qWait(120)
    iface.mainWindow().grab().save(str(OUT / "03_running.png"))
    wait(lambda: controller.runner.task is None, 300, "run")
    session = controller.review.desk.session
    assert session.fit.transform is not None, dock.status.text()
    assert dock.tabs.currentIndex() == REVIEW
    shot("04_answer")
    say(dock.status.text())
    iface.messageBar().clearWidgets()
    QgsProject.instance().layerTreeRoot().findLayer(dock.pair()[1].id()).setItemVisibilityChecked(
        False
    )  # review on the reference


def judge_twenty(plugin):
    table, queue = plugin.dock.review.table, lambda: plugin.controller.review.walk.queue
    table.setFocus()
    press(table, KEY.Key_N)
    for number in range(20):
        press(table, KEY.Key_R if number % 5 == 4 else KEY.Key_A)
        QTest.qWait(60)
    wait(lambda: queue().reviewed == 20, 5, "twenty points judged")
    shot("05_twenty_judged")
    say(f"judged by keys: {plugin.dock.review.progress.text.text()}")


def drag_with_snap(plugin):
    """Drag a sure point 4.5 px away: it comes back to its peak, and the score with it."""
    review, canvas = plugin.controller.review, iface.mapCanvas()
    session = review.desk.session
    width, height = session.reference_grid.width, session.reference_grid.height
    sure = [
        p
        for p in session.points
        if p.in_fit and p.tie_point.score > 0.8 and p.state.value == "predicted"
    ]
    point = min(
        sure,
        key=lambda p: (
            abs(p.tie_point.reference_px[0] - 0.56 * width)
            + abs(p.tie_point.reference_px[1] - 0.72 * height)
        ),
    )
    review.desk.select([point.id])
    review.map.zoom_to(point.id)
    canvas.zoomScale(canvas.scale() / 7)
    settle()
    at_first = point.tie_point.reference_px
    x, y = review.map.item.screen_position(point.id)
    there = review.desk.placement.reference_place_of_px((at_first[0] + 3.6, at_first[1] - 2.7))
    aim = canvas.getCoordinateTransform().transform(
        review.desk.placement.to_canvas(there, review.map.crs())
    )
    pull(
        QPoint(round(x), round(y)),
        QPoint(round(aim.x()), round(aim.y())),
        between=lambda: shot("06_dragging"),
    )
    wait(
        lambda: (
            review.desk.session.point(point.id).state.value == "edited"
            and review.snapper.latest.task is None
        ),
        20,
        "snapped",
    )
    shot("07_snapped")
    now = session.point(point.id).tie_point.reference_px
    assert abs(now[0] - at_first[0]) + abs(now[1] - at_first[1]) < 1.0, (now, at_first)
    say(f"snapped {point.id}: {plugin.dock.status.text()}")


def undo_five(plugin):
    table, session = plugin.dock.review.table, plugin.controller.review.desk.session
    edited = [p.id for p in session.points if p.state.value == "edited"]
    table.setFocus()
    press(table, KEY.Key_Z, CTRL, times=5)
    wait(lambda: plugin.controller.review.walk.queue.reviewed == 16, 5, "five edits taken back")
    assert all(session.point(i).state.value == "predicted" for i in edited)
    shot("08_undone_five")
    say(f"undo x 5: {plugin.dock.review.progress.text.text()}")


def mark_checks(plugin):
    table, session = plugin.dock.review.table, plugin.controller.review.desk.session
    table.setFocus()
    inside = [p for p in session.points if p.in_fit and p.state.value == "predicted"]
    for p in (inside[len(inside) // 6], inside[len(inside) // 2], inside[5 * len(inside) // 6]):
        table.select_ids([p.id])
        press(table, KEY.Key_C)
        QTest.qWait(60)
    assert sum(p.role.value == "check" for p in session.points) == 3
    plugin.controller.review.desk.select([p.id for p in session.points if p.role.value == "check"])
    iface.mapCanvas().setExtent(plugin.dock.pair()[0].extent())
    shot("09_check_points")
    say("three check points")


def brush_histogram(plugin):
    panel = plugin.dock.review
    click(panel.tools.histogram_button)
    bars = panel.histogram.bars
    QTest.mousePress(bars, LEFT, PLAIN, QPoint(bars.width() * 2 // 3, 20))
    QTest.mouseRelease(bars, LEFT, PLAIN, QPoint(bars.width() - 3, 20))
    assert panel.table.selected_ids()
    shot("10_histogram")
    click(panel.tools.histogram_button)
    press(panel.table, KEY.Key_N)
    press(panel.table, KEY.Key_F)
    QTest.qWait(500)
    assert panel.chips.is_flickering
    press(panel.table, KEY.Key_F)
    assert not panel.chips.is_flickering
    look_at(0.5, 0.5)
    click(panel.vectors.ellipses)
    shot("11_ellipses")
    click(panel.vectors.ellipses)
    iface.mapCanvas().setExtent(plugin.dock.pair()[0].extent())


def take_advice(plugin):
    controller, dock, session = (
        plugin.controller.accuracy,
        plugin.dock,
        plugin.controller.review.desk.session,
    )
    dock.tabs.setCurrentIndex(ACCURACY)
    wait(
        lambda: (
            controller.judgement is not None
            and controller.judgement.model == "affine"
            and len(controller.judgement.checks_px) > 0
        ),
        60,
        "judgement",
    )
    shot("12_advice")
    best = controller.judgement.advice.best
    assert best != "affine", "the scene's advice should differ from the model chosen before the run"
    table = dock.accuracy.table
    row = next(r for r in range(table.rowCount()) if table.item(r, 0).text().endswith("★"))
    click(table.viewport(), table.visualItemRect(table.item(row, 2)).center())
    assert session.model == best
    wait(
        lambda: controller.judgement is not None and controller.judgement.model == best,
        60,
        "figures of the new model",
    )
    shot("13_model_by_advice")
    say(f"model by advice: {best}; {controller.judgement.advice.why}")


def look_at(x, y):
    """Show a part of the reference at a medium scale; x and y are shares of its width and
    height.
    """
    canvas, extent = iface.mapCanvas(), plugins["sar_optical_align"].dock.pair()[0].extent()
    canvas.setExtent(extent)
    canvas.zoomByFactor(0.22)
    canvas.setCenter(
        QgsPointXY(extent.xMinimum() + x * extent.width(), extent.yMaximum() - y * extent.height())
    )


def compare(plugin):
    canvas, strip, view, dock = (
        iface.mapCanvas(),
        plugin.dock.compare,
        plugin.controller.compare.view,
        plugin.dock,
    )
    live = plugin.controller.compare.preview
    dock.tabs.setCurrentIndex(REVIEW)
    click(strip.preview_button)
    wait(lambda: live.layer is not None, 30, "preview")
    canvas.setExtent(dock.pair()[0].extent())
    shot("14_preview")
    source = live.layer.source()
    press(dock.review.table, KEY.Key_N)
    press(dock.review.table, KEY.Key_R)
    wait(lambda: live.layer is not None and live.layer.source() != source, 10, "preview follows")
    look_at(0.56, 0.8)
    click(strip.mode_buttons["swipe"])
    settle()
    middle = canvas.viewport().height() // 2
    pull(QPoint(round(view.divider()), middle), QPoint(canvas.viewport().width() * 2 // 5, middle))
    assert abs(view.divider() - canvas.viewport().width() * 2 // 5) < 2
    shot("15_swipe")
    iface.mainWindow().activateWindow()
    QTest.qWait(100)
    canvas.setFocus()
    press(canvas, KEY.Key_Space)
    assert strip.mode == "flicker"
    shot("16_flicker")
    for mode in ("checkerboard", "edges", "redcyan"):
        click(strip.mode_buttons[mode])
        shot(f"17_{mode}")
    click(strip.mode_buttons["redcyan"])
    assert strip.mode == "off"
    click(strip.preview_button)
    say("compared with the live preview")


def warp_along(plugin):
    dock, controller, project = plugin.dock, plugin.controller, QgsProject.instance()
    iface.mapCanvas().setExtent(dock.pair()[0].extent())
    dock.tabs.setCurrentIndex(WARP)
    dock.warp.output.setFilePath(str(WARPED))
    siblings = dock.warp.siblings.list
    assert [siblings.item(i).text() for i in range(siblings.count())] == ["mask", "outlines"]
    for i in range(2):
        siblings.item(i).setCheckState(Qt.CheckState.Checked)
    shot("18_warp")
    click(dock.warp.button)
    wait(lambda: WARPED.exists() and controller.runner.task is None, 240, "warp")
    shot("19_warped")
    names = {layer.name(): layer for layer in project.mapLayers().values()}
    assert {"warped", "mask_aligned", "outlines_aligned"} <= set(names), sorted(names)
    assert all(layer.isValid() for layer in names.values())
    assert names["outlines_aligned"].featureCount() == names["outlines"].featureCount()
    source, written = gdal.Open(os.environ["SOA_SENSED"]), gdal.Open(str(WARPED))
    assert (written.RasterCount, written.GetRasterBand(1).DataType) == (
        source.RasterCount,
        source.GetRasterBand(1).DataType,
    )
    say("warped with a raster and a vector layer: " + dock.status.text().replace(str(OUT), ""))


def show_along(plugin):
    """Turn the written layers on, the sensed raster off."""
    project, root = QgsProject.instance(), QgsProject.instance().layerTreeRoot()
    for layer in project.mapLayers().values():
        if layer.name() in ("sar", "mask_aligned"):
            root.findLayer(layer.id()).setItemVisibilityChecked(False)
    look_at(0.56, 0.8)
    iface.messageBar().clearWidgets()
    shot("20_along")


def before_the_kill():
    plugin, _reference, _sensed = open_pair()
    add_scene_layers()
    shot("01_opened")
    run_to_the_answer(plugin)
    judge_twenty(plugin)
    drag_with_snap(plugin)
    undo_five(plugin)
    mark_checks(plugin)
    brush_histogram(plugin)
    take_advice(plugin)
    compare(plugin)
    warp_along(plugin)
    show_along(plugin)
    plugin.dock.tabs.setCurrentIndex(REVIEW)
    iface.mapCanvas().setExtent(plugin.dock.pair()[0].extent())
    assert QgsProject.instance().write(str(PROJECT))
    shot("21_saved")
    press(plugin.dock.review.table, KEY.Key_N)
    press(
        plugin.dock.review.table, KEY.Key_R
    )  # after the project was saved: the review itself is saved at every edit
    BEFORE.write_text(json.dumps(state(plugin)), encoding="utf-8")
    say("killing QGIS")
    os.kill(os.getpid(), signal.SIGKILL)


def after_the_kill():
    prepare_window()
    iface.addProject(str(PROJECT))
    open_dock()
    plugin = plugins["sar_optical_align"]
    wait(
        lambda: plugin.controller is not None and plugin.controller.review.desk.session is not None,
        20,
        "review comes back",
    )
    wait(lambda: plugin.controller.review.desk.session.fit.transform is not None, 20, "fit")
    QTest.qWait(500)
    shot("22_reopened")
    before, now = (
        json.loads(BEFORE.read_text(encoding="utf-8")),
        json.loads(json.dumps(state(plugin))),
    )
    for name in before:
        assert now[name] == before[name], (name, now[name], before[name])
    assert sum(p.role.value == "check" for p in plugin.controller.review.desk.session.points) == 3
    say(f"everything is there again: {plugin.dock.status.text()}")


if __name__ == "__main__":
    play(after_the_kill if BEFORE.exists() else before_the_kill)
