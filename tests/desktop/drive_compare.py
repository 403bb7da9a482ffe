"""Runs inside the real QGIS desktop: preview, comparison, accuracy page, displacement field.

Prints one line a step.

Environment: see `desk`.
"""

import numpy as np
from desk import OUT, click, open_pair, play, press, pull, say, shot, unload, wait
from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface


def give_points(plugin):
    from sar_optical_align.plugin.core.geometry import coords
    from sar_optical_align.plugin.core.types import TiePoint

    session = plugin.controller.open_session()
    to_reference, to_sensed = session.reference_grid.geotransform, session.sensed_grid.geotransform
    rng = np.random.default_rng(2)
    places = rng.uniform(0.05, 0.95, (150, 2)) * [
        session.sensed_grid.width,
        session.sensed_grid.height,
    ]
    on_map = coords.map_from_px(to_sensed, places)
    targets = (
        coords.px_from_map(to_reference, on_map) + rng.normal(0, 0.6, places.shape) + [3.0, -2.0]
    )
    pairs = list(zip(map(tuple, targets.tolist()), map(tuple, places.tolist()), strict=True))
    points = [
        TiePoint(
            i,
            r,
            s,
            tuple(coords.map_from_px(to_reference, [r])[0].tolist()),
            tuple(coords.map_from_px(to_sensed, [s])[0].tolist()),
            0.7,
        )
        for i, (r, s) in enumerate(pairs, 1)
    ]
    session.replace_all(points)
    plugin.controller.review.desk.refresh()
    plugin.controller.review.map.use_tool()


def preview(plugin):
    live, session = plugin.controller.compare.preview, plugin.controller.review.desk.session
    click(plugin.dock.compare.preview_button)
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
    click(strip.mode_buttons["swipe"])
    shot("c2_swipe")
    end = QPoint(viewport.width() // 3, 306)
    pull(QPoint(round(view.divider()), 300), end)
    assert abs(view.divider() - end.x()) <= 1.5, view.divider()
    assert canvas.mapTool() is plugin.controller.review.map.tool
    shot("c3_swiped")
    say("divider dragged, the review's tool stays")
    for mode in ("checkerboard", "edges", "redcyan", "opacity"):
        click(strip.mode_buttons[mode])
        shot(f"c4_{mode}")
    iface.mainWindow().activateWindow()
    QTest.qWait(100)
    canvas.setFocus()
    press(canvas, Qt.Key.Key_Space)
    assert strip.mode == "flicker"
    press(canvas, Qt.Key.Key_B)
    assert strip.layer_combo.currentLayer().name() == "sar"
    press(canvas, Qt.Key.Key_B)
    assert strip.layer_combo.currentLayer() is plugin.controller.compare.preview.layer
    press(canvas, Qt.Key.Key_Space)
    assert strip.mode == "off"
    say("flicker and before/after by keys")
    click(strip.mode_buttons["swipe"])
    canvas.setRotation(25)
    QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    shot("c5_rotated_degrees")
    canvas.setRotation(0)
    QgsProject.instance().setCrs(reference.crs())
    click(strip.mode_buttons["swipe"])
    assert strip.mode == "off"


def accuracy(plugin, reference):
    controller, session, canvas = (
        plugin.controller.accuracy,
        plugin.controller.review.desk.session,
        iface.mapCanvas(),
    )
    canvas.setExtent(reference.extent())
    plugin.dock.tabs.setCurrentIndex(2)
    wait(lambda: controller.judgement is not None, 20, "judgement")
    shot("c6_accuracy")
    click(plugin.dock.accuracy.map)
    shot("c7_gap")
    click(plugin.dock.accuracy.map)
    table = plugin.dock.accuracy.table
    click(table.viewport(), table.visualItemRect(table.item(2, 2)).center())
    assert session.model == "affine"
    wait(lambda: controller.judgement.model == "affine", 10, "affine")
    canvas.setExtent(reference.extent())
    click(plugin.dock.accuracy.field_button)
    layers = [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.name().startswith("Displacement")
    ]
    assert len(layers) == 1
    assert layers[0].featureCount() > 100
    shot("c8_field")
    say(f"{layers[0].name()}: {layers[0].featureCount()} arrows")


def leave():
    items = len(iface.mapCanvas().scene().items())
    unload()
    assert len(iface.mapCanvas().scene().items()) < items
    assert not [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.name().startswith("PREVIEW")
    ]
    say("unloaded; no preview left")


def main():
    plugin, reference, _sensed = open_pair()
    give_points(plugin)
    plugin.dock.tabs.setCurrentIndex(1)
    preview(plugin)
    compare(plugin, reference)
    accuracy(plugin, reference)
    leave()


play(main)
