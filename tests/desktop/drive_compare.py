"""Runs inside the real QGIS desktop: preview, comparison, accuracy page, displacement field. Prints one line a step.

Environment: SOA_REFERENCE, SOA_SENSED rasters; SOA_OUT folder for screenshots; SOA_POINTS optional CSV with opt_x, opt_y, sar_x, sar_y.
"""

import csv
import os
import sys
import time
import traceback
from pathlib import Path

import numpy as np
from qgis.core import QgsContrastEnhancement, QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRasterMinMaxOrigin
from qgis.PyQt.QtCore import QEvent, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from qgis.utils import iface, plugins, unloadPlugin

OUT = Path(os.environ["SOA_OUT"])
NAME = "sar_optical_align"
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def wait(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"timed out: {what}")
        QTest.qWait(20)


def shot(name):
    iface.mapCanvas().refresh()
    QTest.qWait(700)
    view = plugins[NAME].controller.compare.view if NAME in plugins else None
    wait(lambda: not iface.mapCanvas().isDrawing() and (view is None or not view.renderer.is_busy), 20, "drawing")
    QTest.qWait(60)
    iface.mainWindow().grab().save(str(OUT / f"{name}.png"))


def say(text):
    print(f"STEP {text}", flush=True)


def open_plugin():
    reference, sensed = (QgsRasterLayer(os.environ[f"SOA_{role}"], name) for role, name in (("REFERENCE", "optical"), ("SENSED", "sar")))
    sensed.setContrastEnhancement(QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum, QgsRasterMinMaxOrigin.Limits.CumulativeCut)
    QgsProject.instance().addMapLayers([sensed, reference])
    QgsProject.instance().setCrs(reference.crs())
    iface.mapCanvas().setExtent(reference.extent())
    plugin = plugins[NAME]
    plugin.action.trigger()
    wait(lambda: plugin.dock is not None and plugin.dock.isVisible(), 10, "dock")
    plugin.dock.match.reference_combo.setLayer(reference)
    plugin.dock.match.sensed_combo.setLayer(sensed)
    iface.mainWindow().resizeDocks([plugin.dock], [430], Qt.Orientation.Horizontal)
    QTest.qWait(500)
    give_points(plugin)
    iface.messageBar().clearWidgets()
    plugin.dock.tabs.setCurrentIndex(1)
    return plugin, reference


def give_points(plugin):
    from sar_optical_align.plugin.core import coords
    from sar_optical_align.plugin.core.types import TiePoint

    session = plugin.controller.open_session()
    to_reference, to_sensed = session.reference_grid.geotransform, session.sensed_grid.geotransform
    if os.environ.get("SOA_POINTS"):
        with Path(os.environ["SOA_POINTS"]).open() as file:
            rows = list(csv.DictReader(file))
        pairs = [((float(r["opt_x"]), float(r["opt_y"])), (float(r["sar_x"]), float(r["sar_y"]))) for r in rows]
    else:
        rng = np.random.default_rng(2)
        places = rng.uniform(0.05, 0.95, (150, 2)) * [session.sensed_grid.width, session.sensed_grid.height]
        on_map = coords.map_from_px(to_sensed, places)
        targets = coords.px_from_map(to_reference, on_map) + rng.normal(0, 0.6, places.shape) + [3.0, -2.0]
        pairs = list(zip(map(tuple, targets.tolist()), map(tuple, places.tolist()), strict=True))
    points = [
        TiePoint(i, r, s, tuple(coords.map_from_px(to_reference, [r])[0].tolist()), tuple(coords.map_from_px(to_sensed, [s])[0].tolist()), 0.7)
        for i, (r, s) in enumerate(pairs, 1)
    ]
    session.replace_all(points)
    plugin.controller.review.refresh()
    plugin.controller.review.use_tool()


def preview(plugin):
    live, session = plugin.controller.compare.preview, plugin.controller.review.session
    QTest.mouseClick(plugin.dock.compare.preview_button, LEFT)
    wait(lambda: live.layer is not None, 20, "preview")
    shot("c1_preview")
    source = live.layer.source()
    session.reject([session.points[0].id])
    wait(lambda: live.layer is not None and live.layer.source() != source, 5, "preview follows")
    say("preview follows an edit")
    path = OUT / "saved.qgs"
    assert QgsProject.instance().write(str(path))
    assert "PREVIEW" not in path.read_text()
    wait(lambda: live.layer is not None, 5, "preview is back")
    say("the saved project has no preview")


def compare(plugin, reference):
    canvas, view, strip = iface.mapCanvas(), plugin.controller.compare.view, plugin.dock.compare
    canvas.setExtent(reference.extent())
    canvas.zoomByFactor(0.35)
    viewport = canvas.viewport()
    QTest.mouseClick(strip.mode_buttons["swipe"], LEFT)
    shot("c2_swipe")
    start, end = QPoint(round(view.divider()), 300), QPoint(viewport.width() // 3, 306)
    QTest.mouseMove(viewport, start)
    QTest.mousePress(viewport, LEFT, PLAIN, start)
    for step in range(1, 9):
        QTest.mouseMove(viewport, start + (end - start) * step / 8)
        QTest.qWait(15)
    QTest.mouseRelease(viewport, LEFT, PLAIN, end)
    assert abs(view.divider() - end.x()) <= 1.5, view.divider()
    assert canvas.mapTool() is plugin.controller.review.tool
    shot("c3_swiped")
    say("divider dragged, the review's tool stays")
    for mode in ("checkerboard", "edges", "redcyan", "opacity"):
        QTest.mouseClick(strip.mode_buttons[mode], LEFT)
        shot(f"c4_{mode}")
    iface.mainWindow().activateWindow()
    QTest.qWait(100)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert strip.mode == "flicker"
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert strip.layer_combo.currentLayer().name() == "sar"
    QTest.keyClick(canvas, Qt.Key.Key_B)
    assert strip.layer_combo.currentLayer() is plugin.controller.compare.preview.layer
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert strip.mode == "off"
    say("flicker and before/after by keys")
    QTest.mouseClick(strip.mode_buttons["swipe"], LEFT)
    canvas.setRotation(25)
    QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    shot("c5_rotated_degrees")
    canvas.setRotation(0)
    QgsProject.instance().setCrs(reference.crs())
    QTest.mouseClick(strip.mode_buttons["swipe"], LEFT)
    assert strip.mode == "off"


def accuracy(plugin, reference):
    controller, session, canvas = plugin.controller.accuracy, plugin.controller.review.session, iface.mapCanvas()
    canvas.setExtent(reference.extent())
    plugin.dock.tabs.setCurrentIndex(2)
    wait(lambda: controller.judgement is not None, 20, "judgement")
    shot("c6_accuracy")
    QTest.mouseClick(plugin.dock.accuracy.map, LEFT)
    shot("c7_gap")
    QTest.mouseClick(plugin.dock.accuracy.map, LEFT)
    table = plugin.dock.accuracy.table
    QTest.mouseClick(table.viewport(), LEFT, PLAIN, table.visualItemRect(table.item(2, 2)).center())
    assert session.model == "affine"
    wait(lambda: controller.judgement.model == "affine", 10, "affine")
    canvas.setExtent(reference.extent())
    QTest.mouseClick(plugin.dock.accuracy.field_button, LEFT)
    layers = [layer for layer in QgsProject.instance().mapLayers().values() if layer.name().startswith("Displacement")]
    assert len(layers) == 1
    assert layers[0].featureCount() > 100
    shot("c8_field")
    say(f"{layers[0].name()}: {layers[0].featureCount()} arrows")


def unload(plugin):
    items = len(iface.mapCanvas().scene().items())
    assert unloadPlugin(NAME)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QTest.qWait(300)
    assert len(iface.mapCanvas().scene().items()) < items
    assert not [layer for layer in QgsProject.instance().mapLayers().values() if layer.name().startswith("PREVIEW")]
    say("unloaded; no preview left")


def main():
    window = iface.mainWindow()
    window.showNormal()
    window.setGeometry(0, 0, 1600, 1000)
    plugin, reference = open_plugin()
    preview(plugin)
    compare(plugin, reference)
    accuracy(plugin, reference)
    unload(plugin)
    print("PASSED", flush=True)


def run():
    code = 1
    try:
        main()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, QGIS must end with a code
        traceback.print_exc()
        iface.mainWindow().grab().save(str(OUT / "failed.png"))
    sys.stdout.flush()
    sys.stderr.flush()
    QgsProject.instance().clear()
    os._exit(code)


QTimer.singleShot(1500, run)
