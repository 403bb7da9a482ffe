"""Snapping and chips in the review: what is stored is used at once, the worker measures the rest,
both images lie over each other.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from gdal_rasters import wkt, write_raster
from mouse import LEFT, PLAIN, drag, move
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY
from qgis.PyQt.QtCore import QPoint, QPointF, Qt
from qgis.PyQt.QtTest import QTest
from review_pairs import EPSG, REFERENCE_GT, SENSED_GT, SIZE, TRUE, tie_points
from sar_optical_align.plugin.core.errors import WorkerError
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.session.session import PointState, Seen
from sar_optical_align.plugin.core.types import AlignParams, Evidence, RasterRef
from sar_optical_align.plugin.gis.chip_reader import ChipReader
from sar_optical_align.plugin.gis.placement import Placement
from sar_optical_align.plugin.gis.rasters import native_grid
from sar_optical_align.plugin.reviewing.controller import ReviewController
from sar_optical_align.plugin.store.settings import machine, save_params
from sar_optical_align.ui.panels.review_panel import ReviewPanel

CTRL = Qt.KeyboardModifier.ControlModifier


class Worker:
    """A worker's client that has measured already."""

    def __init__(self, place, seen):
        self.answer, self.asked, self.params = (place, seen), [], []

    def measure_place(self, request, transform, reference_px, sensed_px, progress):
        self.asked.append((reference_px, sensed_px))
        self.params.append(request.params)
        if self.answer[0] is None:
            raise WorkerError("There is no valid ground.")
        return self.answer


def canvas_place(review, reference_px):
    return review.desk.placement.to_canvas(
        review.desk.placement.reference_place_of_px(reference_px), review.map.crs()
    )


# The surfaces of these points have their peak in the middle and a lower one 6 columns to the left
# and 5 rows down.


def test_a_drag_snaps_to_the_nearest_peak_and_shows_it_on_the_way(review, canvas):
    found = review.desk.session.point(14).tie_point
    review.desk.select([14])
    review.map.zoom_to(14)
    canvas.zoomByFactor(0.1, QgsPointXY(*found.reference_map))
    start = QPointF(*review.map.item.screen_position(14))
    aim = np.array(found.reference_px) + [-5.2, 4.4]
    end = canvas.getCoordinateTransform().transform(canvas_place(review, tuple(aim)))
    start, end = start.toPoint(), QPoint(round(end.x()), round(end.y()))
    QTest.mousePress(canvas.viewport(), LEFT, PLAIN, start)
    move(canvas.viewport(), end)
    ghost = review.map.item._ghost[1]
    assert (ghost.x(), ghost.y()) == pytest.approx(
        tuple(canvas_place(review, tuple(np.array(found.reference_px) + [-6, 5]))), abs=0.5
    )
    assert "would snap" in review.told[-1]
    assert "score 0.36" in review.told[-1]  # what the match's own 0.64 leaves
    QTest.mouseRelease(canvas.viewport(), LEFT, PLAIN, end)
    now = review.desk.session.point(14)
    assert np.array(now.tie_point.reference_px) - found.reference_px == pytest.approx(
        [-6.0, 5.0], abs=0.05
    )
    assert now.tie_point.score == pytest.approx(0.36)
    assert now.tie_point.evidence.peak == pytest.approx(0.3, abs=0.02)
    assert now.state is PointState.EDITED
    review.desk.undo()
    assert review.desk.session.point(14).tie_point == found


def test_ctrl_places_a_point_freely(review, canvas):
    found = review.desk.session.point(14).tie_point
    review.map.zoom_to(14)
    start = QPointF(*review.map.item.screen_position(14)).toPoint()
    drag(canvas.viewport(), [start, start + QPoint(20, 10), start + QPoint(31, 17)], CTRL)
    now = review.desk.session.point(14).tie_point
    review.desk.refresh()
    assert review.map.item.screen_position(14) == pytest.approx(
        (start.x() + 31, start.y() + 17), abs=1.0
    )
    assert now.score == found.score
    assert now.covariance_px == ((0.25, 0.0), (0.0, 0.25))


def test_beside_the_stored_surface_the_worker_measures(review, qtbot):
    point = review.desk.session.point(14)
    at = tuple(np.array(point.tie_point.reference_px) + [20.0, 0.0])
    peak = (at[0] + 1.5, at[1] - 0.75)
    yy, xx = np.mgrid[:17, :17]
    surface = np.exp(-((xx - 9.5) ** 2 + (yy - 7.25) ** 2) / 6.0).astype(np.float32)
    worker = Worker(
        peak,
        Seen(
            0.77, ((0.2, 0.0), (0.0, 0.3)), Evidence(1.0, 0.2, 0.1, surface, (at[0] - 8, at[1] - 8))
        ),
    )
    review.snapper.worker = lambda: worker
    review.snapper.drop(14, at, free=False)
    assert (
        review.desk.session.point(14).tie_point.reference_px == at
    )  # at once, and measured meanwhile
    qtbot.waitUntil(
        lambda: review.desk.session.point(14).tie_point.reference_px != at, timeout=5000
    )
    assert worker.asked == [(at, point.tie_point.sensed_px)]
    now = review.desk.session.point(14).tie_point
    assert now.reference_px == pytest.approx(peak, abs=0.1)
    assert now.score == 0.77
    review.desk.undo()  # one step took both
    assert review.desk.session.point(14).tie_point == point.tie_point


def test_it_measures_as_the_run_of_the_review_did_whatever_ran_last(review, qtbot):
    save_params(AlignParams(matcher="ecc", model="shift", max_points=77))
    worker = Worker((50.0, 50.0), Seen(0.9, ((0.2, 0.0), (0.0, 0.3)), Evidence(0.6, 0.3)))
    review.snapper.worker = lambda: worker
    review.snapper.drop(14, (50.0, 50.0), free=False)
    qtbot.waitUntil(lambda: len(worker.params) == 1, timeout=5000)
    run = review.desk.session.run
    assert worker.params == [dataclasses.replace(run.params, matcher=run.matcher, **machine())]


def test_one_click_adds_a_point_and_its_partner_is_measured(review, canvas, qtbot):
    click = QPoint(canvas.width() // 2 + 11, canvas.height() // 2 - 7)
    at = review.desk.placement.reference_px(
        review.map.tool.toMapCoordinates(click), review.map.crs()
    )
    worker = Worker(
        (at[0] + 2.0, at[1] - 1.0),
        Seen(
            0.9,
            ((0.2, 0.0), (0.0, 0.3)),
            Evidence(0.6, 0.3, 0.1, np.ones((3, 3), np.float32), (at[0], at[1])),
        ),
    )
    review.snapper.worker = lambda: worker
    review.maker.set_adding(True)
    fitted = review.desk.session.fit.transform
    QTest.mouseClick(canvas.viewport(), LEFT, PLAIN, click)
    new = review.desk.session.points[-1]
    assert new.state is PointState.ADDED
    assert new.tie_point.sensed_px == pytest.approx(tuple(fitted.inverse([at])[0]))
    qtbot.waitUntil(lambda: review.desk.session.points[-1].tie_point.score == 0.9, timeout=5000)
    now = review.desk.session.points[-1].tie_point
    # the sensed place that was measured matches 2 px right of and 1 px above the click, so the
    # click's partner lies the other way
    back = fitted.apply([now.sensed_px])[0]
    assert now.reference_px == pytest.approx(at)
    assert np.array(at) - back == pytest.approx([2.0, -1.0], abs=1e-3)
    assert now.evidence.surface_origin_px == pytest.approx((at[0] - 2.0, at[1] + 1.0))
    review.desk.undo()
    assert len(review.desk.session.points) == 30


def test_points_added_in_quick_succession_are_all_measured(review, qtbot):
    asked = []

    class Echo(Worker):
        def measure_place(self, request, transform, reference_px, sensed_px, progress):
            asked.append(reference_px)
            return reference_px, Seen(0.9, ((0.2, 0.0), (0.0, 0.3)), Evidence(0.6, 0.3))

    review.snapper.worker = lambda: Echo(None, None)
    review.maker.set_adding(True)
    places = [(60.0, 50.0), (90.0, 70.0), (100.0, 40.0)]
    for place in places:
        review.maker.place(canvas_place(review, place))
    qtbot.waitUntil(
        lambda: [p.tie_point.score for p in review.desk.session.points[-3:]] == [0.9] * 3,
        timeout=5000,
    )
    assert np.array(asked) == pytest.approx(np.array(places))
    steps = 0
    while len(review.desk.session.points) > 30:
        review.desk.undo()
        steps += 1
    assert 3 <= steps <= 6  # an answer that came after the next click is a step of its own
    assert review.desk.session.undo_text == "Find tie points"


def test_a_doubtful_match_leaves_the_partner_where_the_fit_has_it(review, canvas, qtbot):
    at = (80.0, 60.0)
    worker = Worker((84.0, 60.0), Seen(0.2, ((0.2, 0.0), (0.0, 0.3)), Evidence(0.1, 0.1)))
    review.snapper.worker = lambda: worker
    review.maker.set_adding(True)
    review.maker.place(canvas_place(review, at))
    before = review.desk.session.points[-1].tie_point.sensed_px
    qtbot.waitUntil(lambda: review.desk.session.points[-1].tie_point.score == 0.2, timeout=5000)
    assert review.desk.session.points[-1].tie_point.sensed_px == before
    assert "no clear match" in review.told[-1]


@pytest.mark.parametrize("worker", [None, Worker(None, None)])
def test_what_cannot_be_measured_stays_where_it_was_put_and_is_told(review, worker, qtbot):
    if worker is not None:
        review.snapper.worker = lambda: worker
    at = tuple(np.array(review.desk.session.point(5).tie_point.reference_px) + [25.0, 3.0])
    review.snapper.drop(5, at, free=False)
    qtbot.waitUntil(lambda: any("is where you put it" in t for t in review.told), timeout=5000)
    assert review.desk.session.point(5).tie_point.reference_px == at


def test_an_answer_that_comes_after_another_edit_changes_nothing(review, qtbot):
    at = tuple(np.array(review.desk.session.point(5).tie_point.reference_px) + [25.0, 3.0])
    worker = Worker(
        (at[0] + 1, at[1]),
        Seen(
            0.9, ((0.2, 0.0), (0.0, 0.3)), Evidence(0.6, 0.3, 0.1, np.ones((3, 3), np.float32), at)
        ),
    )
    review.snapper.worker = lambda: worker
    review.snapper.drop(5, at, free=False)
    review.desk.session.nudge(5, 0.1, 0.0)
    after = review.desk.session.points
    qtbot.waitUntil(lambda: review.snapper.latest.task is None, timeout=5000)
    assert review.desk.session.points is after


# --- chips


def smooth(x, y):
    """A pattern on the ground, map coordinates of the reference."""
    return 100 + 60 * np.sin(x / 70.0) * np.cos(y / 90.0)


@pytest.fixture
def over_one_another(tmp_path, canvas):
    """Both rasters show one pattern on the same ground; the sensed one is georeferenced wrongly by
    what `TRUE` mends.
    """
    rows, cols = np.mgrid[: SIZE[1], : SIZE[0]]
    px = np.stack([cols.ravel() + 0.5, rows.ravel() + 0.5], axis=1)
    reference = (
        smooth(*coords.map_from_px(REFERENCE_GT, px).T).reshape(SIZE[::-1]).astype(np.float32)
    )
    sensed = (
        smooth(*coords.map_from_px(REFERENCE_GT, coords.apply_matrix(TRUE, px)).T)
        .reshape(SIZE[::-1])
        .astype(np.float32)
    )
    return (
        RasterRef(write_raster(tmp_path / "r.tif", reference, EPSG, REFERENCE_GT)),
        RasterRef(write_raster(tmp_path / "s.tif", sensed, EPSG, SENSED_GT)),
    )


def test_as_fitted_both_chips_show_the_same_ground(canvas, over_one_another):
    review = ReviewController(canvas, ReviewPanel())
    session = review.sessions.open(*over_one_another, "affine")
    session.replace_all(tie_points(noise_px=0.0))
    point = min(
        session.points,
        key=lambda p: np.hypot(p.tie_point.reference_px[0] - 80, p.tie_point.reference_px[1] - 60),
    ).tie_point
    reader = ChipReader(review.desk.placement, *over_one_another)
    fitted = reader.read(point, 24.0, 96, session.fit.transform)
    inside = (fitted.reference[..., 3] > 0) & (fitted.sensed[..., 3] > 0)
    assert inside.mean() > 0.95
    difference = fitted.reference[..., 0].astype(int) - fitted.sensed[..., 0]
    assert np.abs(difference[inside]).mean() < 2.5
    assert fitted.sensed_at_px == pytest.approx(point.reference_px, abs=1e-6)
    as_is = reader.read(point, 24.0, 96, None)
    assert (
        np.abs(as_is.reference[..., 0].astype(int) - as_is.sensed[..., 0])[
            as_is.sensed[..., 3] > 0
        ].mean()
        > 10
    )
    # as georeferenced, the sensed place is drawn where its own georeferencing puts it
    assert as_is.sensed_at_px == pytest.approx(
        tuple(coords.px_from_map(REFERENCE_GT, [point.sensed_map])[0])
    )
    review.close()


def test_chips_beyond_the_edge_are_empty_there(review):
    reader = ChipReader(
        review.desk.placement, *(review.desk.session.reference, review.desk.session.sensed)
    )
    point = dataclasses.replace(review.desk.session.point(1).tie_point, reference_px=(0.0, 0.0))
    pair = reader.read(point, 40.0, 40, review.desk.session.fit.transform)
    assert pair.reference[:19, :19, 3].max() == 0
    assert pair.reference[22:, 22:, 3].min() == 255


def test_the_selected_point_is_shown_and_keys_change_the_view(review, qtbot):
    view = review.panel.chips
    review.desk.select([7])
    qtbot.waitUntil(lambda: view._pair is not None and view._pair.point_id == 7, timeout=2000)
    assert view._pair.fitted
    QTest.keyClick(review.panel.table, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: not view._pair.fitted, timeout=2000)
    assert not review.panel.tools.fitted_button.isChecked()
    side = view.side_px
    view.zoom(-1)
    qtbot.waitUntil(lambda: view._pair.side_px < side, timeout=2000)
    QTest.keyClick(review.map.canvas, Qt.Key.Key_Space)
    assert view.is_flickering
    assert review.panel.tools.flicker_button.isChecked()
    first = view.grab().toImage()
    qtbot.waitUntil(lambda: view._second, timeout=2000)
    assert view.grab().toImage() != first
    QTest.keyClick(review.map.canvas, Qt.Key.Key_F)
    assert not view.is_flickering
    QTest.keyClick(review.panel.table, Qt.Key.Key_Space)
    QTest.keyClick(review.panel.table, Qt.Key.Key_F)
    assert not view.is_flickering
    review.desk.select([])
    qtbot.waitUntil(lambda: view._pair is None, timeout=2000)


@pytest.mark.parametrize("fitted", [True, False])
def test_a_double_click_in_a_chip_puts_that_end_there(review, qtbot, fitted):
    view, session = review.panel.chips, review.desk.session
    if not fitted:
        view.toggle_fitted()
    review.desk.select([7])
    qtbot.waitUntil(lambda: view._pair is not None and view._pair.fitted == fitted, timeout=2000)
    before, transform = session.point(7).tie_point, session.fit.transform
    left, right = view._frames()
    aim = QPoint(
        round(right.left() + 0.6 * right.width()), round(right.top() + 0.45 * right.height())
    )
    at = (
        np.array(before.reference_px)
        + (np.array([aim.x(), aim.y()]) - [right.center().x(), right.center().y()])
        * view.side_px
        / right.width()
    )
    QTest.mouseDClick(view, LEFT, PLAIN, aim)
    now = session.point(7).tie_point
    there = (
        transform.inverse([at])
        if fitted
        else coords.px_from_map(SENSED_GT, coords.map_from_px(REFERENCE_GT, [at]))
    )
    assert now.sensed_px == pytest.approx(tuple(there[0]), abs=1e-6)
    assert now.reference_px == before.reference_px
    assert now.evidence is None  # what was seen belongs to the earlier place
    review.desk.undo()
    aim = QPoint(round(left.center().x()) - 9, round(left.center().y()) + 6)
    QTest.mouseDClick(view, LEFT, CTRL, aim)
    at = (
        np.array(before.reference_px)
        + (np.array([aim.x(), aim.y()]) - [left.center().x(), left.center().y()])
        * view.side_px
        / left.width()
    )
    assert session.point(7).tie_point.reference_px == pytest.approx(tuple(at))
    assert session.point(7).tie_point.sensed_px == before.sensed_px


SENSED_FRAMES = {
    "same": (EPSG, SENSED_GT),
    "neighbouring zone": (32634, (59800.0, 9.0, 1.0, 5412000.0, -0.8, -11.0)),
    "degrees": (4326, (15.0003, 1.2e-4, 0.0, 48.7505, 0.0, -9e-5)),
    "none": (None, (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)),
}


@pytest.mark.parametrize("name", SENSED_FRAMES)
def test_pixels_of_both_rasters_are_each_others_inverse(qgis_app, name):
    epsg, gt = SENSED_FRAMES[name]
    reference = Grid("", gt, *SIZE) if epsg is None else Grid(wkt(EPSG), REFERENCE_GT, *SIZE)
    placement = Placement(reference, Grid(wkt(epsg) if epsg else "", gt, *SIZE), "no such file")
    px = np.array([[0.0, 0.0], [80.5, 60.25], [159.0, 3.0]])
    assert placement.reference_px_of_sensed(placement.sensed_px_of_reference(px)) == pytest.approx(
        px, abs=1e-3
    )
    if epsg is not None:
        place = placement.to_canvas(
            placement.reference_place_of_px((80.5, 60.25)),
            QgsCoordinateReferenceSystem(f"EPSG:{EPSG}"),
        )
        expected = placement.sensed_px(place, QgsCoordinateReferenceSystem(f"EPSG:{EPSG}"))
        assert placement.sensed_px_of_reference(px[1:2])[0] == pytest.approx(expected, abs=1e-3)


def test_a_raster_that_has_only_ground_control_points_is_placed_by_them(qgis_app, tmp_path):
    path = write_raster(tmp_path / "gcps.tif", np.ones(SIZE[::-1], np.float32))
    corners = [(0, 0), (SIZE[0], 0), (0, SIZE[1]), (SIZE[0], SIZE[1]), (70, 50)]
    places = coords.map_from_px(SENSED_GT, np.array(corners, dtype=float))
    dataset = gdal.Open(path, gdal.GA_Update)
    dataset.SetGCPs(
        [
            gdal.GCP(float(x), float(y), 0.0, float(c), float(r))
            for (c, r), (x, y) in zip(corners, places, strict=True)
        ],
        wkt(EPSG),
    )
    dataset.FlushCache()
    del dataset
    placement = Placement(Grid(wkt(EPSG), REFERENCE_GT, *SIZE), native_grid(path), path)
    px = np.array([[20.0, 30.0], [90.0, 71.5]])
    expected = coords.px_from_map(REFERENCE_GT, coords.map_from_px(SENSED_GT, px))
    assert placement.reference_px_of_sensed(px) == pytest.approx(expected, abs=1e-3)
    assert placement.sensed_px_of_reference(expected) == pytest.approx(px, abs=1e-3)
