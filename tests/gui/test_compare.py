"""Preview and comparison on the map, with real layers: what is painted where, in any CRS, rotation
and pixel ratio.
"""

from __future__ import annotations

import numpy as np
import pytest
from gdal_rasters import write_raster
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import QgsMapTool, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QColor, QImage, QMouseEvent, QPainter
from qgis.PyQt.QtTest import QTest
from review_pairs import REFERENCE_GT, SIZE
from sar_optical_align.ui.views import blend
from sar_optical_align.ui.views.compare_view import (
    CHECKER,
    FLICKER,
    MODES,
    OFF,
    OPACITY,
    RED_CYAN,
    SWIPE,
    CompareView,
)

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def layers(tmp_path, qgis_app):
    """A grey 60 and a grey 200 raster over the whole canvas."""
    made = []
    for name, value in (("dark", 60), ("light", 200)):
        data = np.full((3, SIZE[1] * 4, SIZE[0] * 4), value, np.uint8)
        gt = (REFERENCE_GT[0] - 1600, 10.0, 0.0, REFERENCE_GT[3] + 1800, 0.0, -12.0)
        made.append(QgsRasterLayer(write_raster(tmp_path / f"{name}.tif", data, 32633, gt), name))
    QgsProject.instance().addMapLayers(made, False)
    return made


@pytest.fixture
def view(canvas, layers, qtbot):
    view = CompareView(canvas)
    view.set_layers(*layers)
    yield view
    view.dispose()
    QTest.qWait(20)


def painted(view, mode, ratio=1.0):
    """Return (H, W, 3) what the item paints on the canvas in a mode."""
    view.set_mode(mode)
    for _ in range(300):
        QTest.qWait(10)
        if not view.renderer.is_busy and all(view.renderer.pictures):
            break
    return painted_now(view, ratio)


def painted_now(view, ratio=1.0):
    box = view.boundingRect()
    image = QImage(int(box.width() * ratio), int(box.height() * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(255, 0, 255))
    painter = QPainter(image)
    view.paint(painter)
    painter.end()
    return blend._pixels(image)[..., 2::-1]


def grey(image, x, y):
    assert image[y, x, 0] == image[y, x, 1] == image[y, x, 2]
    return int(image[y, x, 0])


def test_swipe_shows_the_moved_layer_before_the_divider_and_the_reference_behind(view, canvas):
    width, height = canvas.viewport().width(), canvas.viewport().height()
    view.set_amount(SWIPE, 25.0)
    image = painted(view, SWIPE)
    assert grey(image, width // 4 - 30, 300) == 200
    assert grey(image, width // 4 + 30, 300) == 60
    view.set_swapped(True)
    image = painted(view, SWIPE)
    assert grey(image, width // 4 - 30, 300) == 60
    view.set_swapped(False)
    view.upright = False
    image = painted(view, SWIPE)
    assert grey(image, 500, height // 4 - 30) == 200
    assert grey(image, 500, height // 4 + 30) == 60


def test_opacity_mixes_and_checkerboard_alternates(view):
    view.set_amount(OPACITY, 25.0)
    assert grey(painted(view, OPACITY), 400, 400) == pytest.approx(0.25 * 200 + 0.75 * 60, abs=2)
    view.set_amount(CHECKER, 50.0)
    image = painted(view, CHECKER)
    for row in range(3, 8):
        for column in range(6, 12):
            assert grey(image, column * 50 + 25, row * 50 + 25) == (
                200 if (row + column) % 2 == 0 else 60
            )


def test_red_cyan_is_the_reference_in_red_and_the_moved_in_cyan(view):
    assert tuple(painted(view, RED_CYAN)[400, 400]) == (60, 200, 200)


def test_flicker_shows_the_layers_in_turns_at_its_rate(view):
    view.set_amount(FLICKER, 4.0)
    seen = []
    painted(view, FLICKER)
    assert view._flicker.interval() == 250
    view._flicker.stop()
    for _ in range(4):
        view._flicker.timeout.emit()
        seen.append(grey(painted_now(view), 400, 300))
    assert seen in ([60, 200, 60, 200], [200, 60, 200, 60])
    view.set_mode(FLICKER)
    assert view._flicker.isActive()
    view.set_mode(OFF)
    assert not view._flicker.isActive()


def test_edges_are_where_the_image_changes_and_nowhere_else():
    data = np.zeros((90, 120, 4), np.uint8)
    data[..., 3] = 255
    data[:, 60:, :3] = 180
    found = blend._pixels(blend.edges(blend._image(data, 1.0), 0.2))[..., 3]
    columns = np.flatnonzero(found[20:70].max(axis=0))
    assert len(columns)
    assert columns.min() >= 57
    assert columns.max() <= 63
    assert (found[20:70, columns].max(axis=1) > 0).all()
    flat = np.full((40, 40, 4), 255, np.uint8)
    assert blend._pixels(blend.edges(blend._image(flat, 1.0), 0.5))[..., 3].max() == 0


def test_the_end_of_the_data_is_no_edge():
    data = np.zeros((90, 120, 4), np.uint8)
    data[:, 60:] = 255
    assert blend._pixels(blend.edges(blend._image(data, 1.0), 0.5))[..., 3].max() == 0


def test_pictures_follow_extent_crs_and_rotation(view, canvas, layers, tmp_path, qtbot):
    """A bright square is painted where the canvas says its place is."""
    data = np.zeros((3, 480, 640), np.uint8)
    data[:, 236:244, 316:324] = 255
    gt = (REFERENCE_GT[0] - 1600, 10.0, 0.0, REFERENCE_GT[3] + 1800, 0.0, -12.0)
    spot = QgsRasterLayer(write_raster(tmp_path / "spot.tif", data, 32633, gt), "spot")
    QgsProject.instance().addMapLayer(spot, False)
    view.set_layers(layers[0], spot)
    view.set_amount(OPACITY, 100.0)
    place = QgsPointXY(gt[0] + 3200.0, gt[3] - 240 * 12.0)
    for epsg, rotation in ((32633, 0.0), (32633, 37.0), (4326, 0.0), (3857, -60.0), (32632, 12.0)):
        canvas.setDestinationCrs(QgsCoordinateReferenceSystem(f"EPSG:{epsg}"))
        canvas.setRotation(rotation)
        to = QgsCoordinateTransform(
            QgsCoordinateReferenceSystem("EPSG:32633"),
            canvas.mapSettings().destinationCrs(),
            QgsProject.instance(),
        )
        canvas.setCenter(to.transform(place))
        QTest.qWait(60)
        image = painted(view, OPACITY)
        wanted = canvas.getCoordinateTransform().transform(to.transform(place))
        ys, xs = np.nonzero(image[..., 0] > 200)
        keep = (
            np.hypot(xs - wanted.x(), ys - wanted.y()) < 60
        )  # the canvas is white beyond the rasters
        assert keep.any(), (epsg, rotation)
        assert xs[keep].mean() + 0.5 == pytest.approx(wanted.x(), abs=1.5), (epsg, rotation)
        assert ys[keep].mean() + 0.5 == pytest.approx(wanted.y(), abs=1.5), (epsg, rotation)
    canvas.setRotation(0.0)


def test_until_new_pictures_are_ready_the_old_ones_are_painted_where_they_belong(
    view, canvas, layers
):
    painted(view, OPACITY)
    picture = view.renderer.pictures[0]
    canvas.zoomByFactor(0.5)
    frame = view._placement(picture)
    assert frame.m11() == pytest.approx(2.0, abs=0.01)
    assert frame.m22() == pytest.approx(2.0, abs=0.01)
    assert frame.map(399.0, 299.0) == pytest.approx(
        (canvas.viewport().width() / 2, canvas.viewport().height() / 2), abs=2.0
    )


def test_the_divider_is_dragged_whatever_tool_is_active(view, canvas):
    class Nosy(QgsMapTool):
        presses = 0

        def canvasPressEvent(self, _event):
            Nosy.presses += 1

    tool = Nosy(canvas)
    canvas.setMapTool(tool)
    painted(view, SWIPE)
    viewport, at = canvas.viewport(), round(view.divider())
    QTest.mouseMove(viewport, QPoint(at + 2, 200))
    QTest.mousePress(viewport, LEFT, PLAIN, QPoint(at + 2, 200))
    QTest.mouseMove(viewport, QPoint(120, 205))
    QTest.mouseRelease(viewport, LEFT, PLAIN, QPoint(120, 205))
    assert view.divider() == pytest.approx(120, abs=1)
    assert Nosy.presses == 0
    QTest.mouseClick(viewport, LEFT, PLAIN, QPoint(500, 300))
    assert Nosy.presses == 1
    QTest.mousePress(viewport, LEFT, PLAIN, QPoint(120, 200))
    QTest.mouseMove(viewport, QPoint(122, 330))
    QTest.mouseRelease(viewport, LEFT, PLAIN, QPoint(122, 330))
    assert not view.upright
    assert view.divider() == pytest.approx(330, abs=2)
    canvas.unsetMapTool(tool)


def test_a_layer_that_goes_is_not_painted_any_more(view, canvas, layers):
    painted(view, SWIPE)
    QgsProject.instance().removeMapLayer(layers[1])
    assert view.renderer.pictures[1] is None
    painted_again = view.renderer.pictures[0]
    assert painted_again is not None
    view.set_mode(OFF)
    QgsApplication.processEvents()


@pytest.mark.parametrize("mode", MODES)
def test_high_dpi_pictures_fill_the_canvas(view, canvas, mode):
    image = painted(view, mode, 2.0)
    assert not (image == [255, 0, 255]).all(axis=2).any()


def test_pictures_go_with_the_map_while_it_is_panned(view, canvas):
    painted(view, OPACITY)
    tool, viewport, start = QgsMapToolPan(canvas), canvas.viewport(), QPoint(300, 250)
    canvas.setMapTool(tool)
    QTest.mousePress(viewport, LEFT, PLAIN, start)
    for step in (20, 40, 60):
        move = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(start + QPoint(step, -step // 2)), LEFT, LEFT, PLAIN
        )
        QgsApplication.sendEvent(viewport, move)
    frame = view._placement(view.renderer.pictures[0])
    corner = canvas.mapFromScene(view.mapToScene(frame.map(QPointF(0, 0))))
    assert (corner.x(), corner.y()) == pytest.approx((60, -30), abs=2.0)
    QTest.mouseRelease(viewport, LEFT, PLAIN, start + QPoint(60, -30))
    QTest.qWait(30)
    assert painted(view, OPACITY)[300, 400, 0] > 60
    canvas.unsetMapTool(tool)
