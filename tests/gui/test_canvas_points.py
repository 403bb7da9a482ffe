"""Points on the canvas: where they are painted is where the canvas puts their place, in any CRS and
rotation.
"""

from __future__ import annotations

import numpy as np
import pytest
from gdal_rasters import wkt
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtGui import QColor, QImage, QPainter
from review_pairs import SIZE, tie_points
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.session.session import SessionPoint
from sar_optical_align.ui.canvas.canvas_points import (
    DISPLACEMENT,
    HIT_RADIUS_PX,
    NO_VECTORS,
    RESIDUAL,
    CanvasPoints,
)
from sar_optical_align.ui.canvas.point_painter import CHI_95, MANY
from sar_optical_align.ui.parts.palette import STATE_COLOURS


@pytest.fixture
def item(canvas):
    item = CanvasPoints(canvas)
    points = tuple(SessionPoint(p) for p in tie_points(20))
    places = coords.as_points([p.tie_point.reference_map for p in points])
    sensed = coords.as_points([p.tie_point.sensed_map for p in points])
    item.set_crs(wkt(32633))
    item.set_points(points, places, np.full(places.shape, 3.0), sensed)
    item.points, item.places = points, places
    yield item
    canvas.scene().removeItem(item)


@pytest.mark.parametrize("epsg", [32633, 4326, 3857, 32634])
@pytest.mark.parametrize("rotation", [0.0, 37.0, -120.0])
def test_points_are_where_the_canvas_puts_them(canvas, item, epsg, rotation):
    crs = QgsCoordinateReferenceSystem(f"EPSG:{epsg}")
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32633"), crs, QgsProject.instance()
    )
    extent = canvas.extent()
    canvas.setDestinationCrs(crs)
    canvas.setExtent(transform.transformBoundingBox(extent))
    canvas.setRotation(rotation)
    for point, place in zip(item.points, item.places, strict=True):
        expected = canvas.getCoordinateTransform().transform(
            transform.transform(QgsPointXY(*place))
        )
        x, y = item.screen_position(point.id)
        assert (x, y) == pytest.approx((expected.x(), expected.y()), abs=0.05)
        alone = all(
            np.hypot(*(np.array(item.screen_position(q.id)) - [x, y])) > 25
            for q in item.points
            if q.id != point.id
        )
        if alone:
            assert item.hit(x + 6, y - 6) == point.id
            assert item.hit(x + HIT_RADIUS_PX + 1, y) is None
    canvas.setRotation(0.0)


def test_rectangle_finds_the_points_inside(item):
    x, y = item.screen_position(item.points[4].id)
    inside = item.ids_in(x - 60, y - 60, x + 60, y + 60)
    expected = [
        p.id
        for p in item.points
        if np.abs(np.array(item.screen_position(p.id)) - [x, y]).max() <= 60
    ]
    assert inside == expected
    assert item.points[4].id in inside


def painted(canvas, item) -> QImage:
    image = QImage(canvas.width(), canvas.height(), QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    item.paint(painter)
    painter.end()
    return image


@pytest.mark.parametrize("mode", [RESIDUAL, DISPLACEMENT, NO_VECTORS])
def test_a_marker_is_painted_at_every_point(canvas, item, mode):
    item.vector_mode = mode
    item.vector_scale = 1.0
    image = painted(canvas, item)
    wanted = QColor(STATE_COLOURS["predicted"])
    for point in item.points:
        x, y = item.screen_position(point.id)
        seen = image.pixelColor(round(x), round(y))
        assert (
            abs(seen.red() - wanted.red())
            + abs(seen.green() - wanted.green())
            + abs(seen.blue() - wanted.blue())
            < 60
        )


def test_the_vector_scale_lengthens_vectors(canvas, item):
    def ink(scale):
        item.vector_scale = scale
        image = painted(canvas, item)
        return sum(
            image.pixelColor(x, y).lightness() > 40
            for x in range(0, image.width(), 2)
            for y in range(0, image.height(), 2)
        )

    item.vector_mode = NO_VECTORS
    bare = ink(1.0)
    item.vector_mode = RESIDUAL
    short, long = ink(5.0), ink(20.0)
    assert bare < short < long


def test_selection_ghost_and_half_points_are_painted(canvas, item):
    before = painted(canvas, item)
    item.set_selected([item.points[0].id])
    item.set_ghost(QgsPointXY(*item.places[1]), QgsPointXY(*item.places[2]))
    item.set_pending(QgsPointXY(*item.places[3]), QgsPointXY(*item.places[5]))
    after = painted(canvas, item)
    assert after != before
    item.set_selected([])
    item.set_ghost(None)
    item.set_pending(None)
    assert painted(canvas, item) == before


def test_points_without_georeferencing_are_drawn_with_y_down(canvas, item):
    item.set_crs("")
    places = np.array([[10.0, -20.0]])
    item.set_points(item.points[:1], places, np.full((1, 2), np.nan), np.full((1, 2), np.nan))
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    canvas.setExtent(QgsRectangle(0, -SIZE[1], SIZE[0], 0))
    expected = canvas.getCoordinateTransform().transform(QgsPointXY(10.0, -20.0))
    assert item.screen_position(item.points[0].id) == pytest.approx((expected.x(), expected.y()))
    assert not painted(canvas, item).isNull()


@pytest.mark.parametrize(
    ("epsg", "rotation"), [(32633, 0.0), (32633, 41.0), (4326, 0.0), (3857, -75.0)]
)
def test_ellipses_reach_as_far_as_the_covariance_says_times_the_scale(canvas, item, epsg, rotation):
    place = item.places[3]
    turned = np.array([[np.cos(0.5), np.sin(0.5)], [-np.sin(0.5), np.cos(0.5)]])
    axes = (np.array([9.0, 3.0])[:, None] * turned)[
        None
    ]  # 9 m along 0.5 rad, 3 m across, one standard deviation
    item.set_points(
        item.points[3:4], place[None], np.full((1, 2), np.nan), np.full((1, 2), np.nan), axes
    )
    item.vector_mode, item.vector_scale, item.ellipses = NO_VECTORS, 8.0, True
    crs = QgsCoordinateReferenceSystem(f"EPSG:{epsg}")
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32633"), crs, QgsProject.instance()
    )
    canvas.setDestinationCrs(crs)
    canvas.setExtent(
        transform.transformBoundingBox(
            QgsRectangle(place[0] - 300, place[1] - 300, place[0] + 300, place[1] + 300)
        )
    )
    canvas.setRotation(rotation)
    image = painted(canvas, item)

    def inked(offset, reach):
        at = canvas.getCoordinateTransform().transform(
            transform.transform(QgsPointXY(*(place + offset)))
        )
        near = [
            (round(at.x()) + i, round(at.y()) + j)
            for i in range(-reach, reach + 1)
            for j in range(-reach, reach + 1)
        ]
        return any(image.pixelColor(x, y).lightness() > 40 for x, y in near)

    for axis in axes[0]:
        for sign in (-1, 1):
            assert inked(sign * 8.0 * CHI_95 * axis, 2)
            assert not inked(sign * 8.0 * CHI_95 * axis * 1.35, 2)
    item.ellipses = False
    assert painted(canvas, item) != image
    canvas.setRotation(0.0)


def test_in_a_crowd_every_point_is_still_painted_where_it_is(canvas, item):
    points = tuple(SessionPoint(p) for p in tie_points(3 * MANY))
    places = coords.as_points([p.tie_point.reference_map for p in points])
    item.set_points(points, places, np.full(places.shape, 4.0), places)
    image = painted(canvas, item)
    for point in points:
        x, y = item.screen_position(point.id)
        assert image.pixelColor(round(x), round(y)).lightness() > 40
    item.set_selected([points[7].id])
    x, y = item.screen_position(points[7].id)
    assert item.hit(x, y) == points[7].id
    assert painted(canvas, item) != image


def test_a_lasso_is_even_odd_and_a_square_lasso_is_the_rectangle(item):
    x, y = item.screen_position(item.points[4].id)
    square = np.array([[x - 60, y - 60], [x + 60, y - 60], [x + 60, y + 60], [x - 60, y + 60]])
    assert item.ids_inside(square) == item.ids_in(x - 60, y - 60, x + 60, y + 60)
    hole = np.array(
        [[x - 20, y - 20], [x + 20, y - 20], [x + 20, y + 20], [x - 20, y + 20], [x - 20, y - 20]]
    )
    around = np.concatenate([square, square[:1], hole, square[:1]])
    assert item.points[4].id not in item.ids_inside(around)
    assert set(item.ids_inside(around)) == set(item.ids_inside(square)) - set(item.ids_inside(hole))
