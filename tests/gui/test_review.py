"""The review from hand to session and back: what is done on table and canvas is what is fitted and
shown.
"""

from __future__ import annotations

import numpy as np
import pytest
from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from review_pairs import TRUE, tie_points
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.session.session import PointState, Role, Session
from sar_optical_align.plugin.core.types import RasterRef
from sar_optical_align.plugin.reviewing.controller import ReviewController
from sar_optical_align.plugin.store.session_store import find_earlier, session_path
from sar_optical_align.ui.panels.review_panel import ReviewPanel

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def figure(review, key):
    return review.panel.quality.findChild(object, f"figure_{key}").text().replace("&nbsp;", " ")


def at(review, identifier):
    x, y = review.map.item.screen_position(identifier)
    return QPoint(round(x), round(y))


def alone(review):
    """The id of a point with no other within 30 px, not near the edge."""
    where = {
        p.id: np.array(review.map.item.screen_position(p.id)) for p in review.desk.session.points
    }
    size = np.array([review.map.canvas.width(), review.map.canvas.height()])
    return next(
        i
        for i, xy in where.items()
        if (xy > 80).all()
        and (xy < size - 80).all()
        and all(np.hypot(*(xy - o)) > 30 for j, o in where.items() if j != i)
    )


def test_the_fit_of_the_points_is_shown(review):
    fit = review.desk.session.fit
    assert coords.apply_matrix(fit.transform.matrix, [[80.0, 60.0]]) == pytest.approx(
        coords.apply_matrix(TRUE, [[80.0, 60.0]]), abs=0.3
    )
    assert f"{fit.quality.fit_rmse_px:.2f} px" in figure(review, "fit_rmse")
    assert f"{fit.quality.loo_rmse_px:.2f} px" in figure(review, "loo_rmse")
    assert " m" in figure(review, "holdout_rmse")
    assert "%" in figure(review, "coverage")
    assert "30" in review.panel.quality.headline.text()
    for key in ("fit_rmse", "loo_rmse", "holdout_rmse", "ce90", "coverage", "check_rmse"):
        assert (
            "=" in review.panel.quality.findChild(object, f"figure_{key}").toolTip()
            or key == "ce90"
        )


def test_rejecting_on_the_table_moves_the_figures_at_once(review, qtbot):
    before = figure(review, "fit_rmse")
    review.panel.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    review.panel.table.selectRow(0)
    worst = review.panel.table.selected_ids()[0]
    QTest.keyClick(review.panel.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: figure(review, "fit_rmse") != before, timeout=1000)
    assert review.desk.session.point(worst).state is PointState.REJECTED
    assert review.desk.session.fit.quality.n_points == 29
    assert worst in review.desk.session.fit.residuals_px  # it stays visible with its residual
    review.desk.undo()
    qtbot.waitUntil(lambda: figure(review, "fit_rmse") == before, timeout=1000)
    assert review.panel.progress.redo_button.isEnabled()


def test_check_points_are_measured_but_not_fitted(review, qtbot):
    review.panel.table.select_ids([4, 9])
    QTest.keyClick(review.panel.table, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: "px" in figure(review, "check_rmse"), timeout=1000)
    assert review.desk.session.fit.quality.n_points == 28
    assert {p.id for p in review.desk.session.points if p.role is Role.CHECK} == {4, 9}
    QTest.keyClick(review.panel.table, Qt.Key.Key_C)
    assert all(p.role is Role.GCP for p in review.desk.session.points)


def test_a_click_selects_and_a_drag_moves_the_reference_end(review, canvas):
    chosen = alone(review)
    start = at(review, chosen)
    end = start + QPoint(26, -17)
    view = canvas.viewport()
    sensed = review.desk.session.point(chosen).tie_point.sensed_px
    QTest.mousePress(view, LEFT, PLAIN, start)
    assert review.panel.table.selected_ids() == [chosen]
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, start + (end - start) * share)
    QTest.mouseRelease(view, LEFT, CTRL, end)
    moved = review.desk.session.point(chosen)
    assert moved.state is PointState.EDITED
    assert moved.tie_point.sensed_px == sensed
    review.desk.refresh()
    assert review.map.item.screen_position(chosen) == pytest.approx((end.x(), end.y()), abs=1.0)
    review.desk.undo()
    assert review.desk.session.point(chosen).state is PointState.PREDICTED


def test_escape_drops_a_drag(review, canvas):
    chosen = alone(review)
    start = at(review, chosen)
    before = review.desk.session.points
    QTest.mousePress(canvas.viewport(), LEFT, PLAIN, start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(30, 30))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas.viewport(), LEFT, PLAIN, start + QPoint(30, 30))
    assert review.desk.session.points == before


def test_a_rectangle_selects_many_and_shift_adds(review, canvas):
    view = canvas.viewport()
    QTest.mousePress(view, LEFT, PLAIN, QPoint(2, 2))
    QTest.mouseMove(view, QPoint(400, 300))
    QTest.mouseRelease(view, LEFT, PLAIN, QPoint(400, 300))
    first = set(review.panel.table.selected_ids())
    assert first == set(review.map.item.ids_in(2, 2, 400, 300))
    other = next(p.id for p in review.desk.session.points if p.id not in first)
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ShiftModifier, at(review, other))
    assert set(review.panel.table.selected_ids()) >= first
    assert len(review.panel.table.selected_ids()) > len(first)


def test_adding_proposes_the_partner_of_the_fit(review, canvas):
    review.maker.set_adding(True)
    place = QPoint(canvas.width() // 2 + 11, canvas.height() // 2 - 7)
    QTest.mouseClick(canvas.viewport(), LEFT, SHIFT, place)
    assert len(review.desk.session.points) == 30  # half a point is no point
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    new = review.desk.session.points[-1]
    assert new.state is PointState.ADDED
    wanted = review.desk.placement.reference_px(
        review.map.tool.toMapCoordinates(place), review.map.crs()
    )
    assert new.tie_point.reference_px == pytest.approx(wanted)
    assert np.hypot(*review.desk.session.fit.residuals_px[new.id]) < 0.05
    assert review.panel.table.selected_ids() == [new.id]


def test_adding_by_two_clicks_takes_both_places(review, canvas):
    review.maker.set_adding(True)
    first, second = QPoint(200, 200), QPoint(460, 420)
    QTest.mouseClick(canvas.viewport(), LEFT, SHIFT, first)
    QTest.mouseClick(canvas.viewport(), LEFT, PLAIN, second)
    new = review.desk.session.points[-1].tie_point
    spots = [review.map.tool.toMapCoordinates(p) for p in (first, second)]
    assert new.reference_map == pytest.approx((spots[0].x(), spots[0].y()))
    assert new.sensed_map == pytest.approx((spots[1].x(), spots[1].y()))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not review.map.tool.adding
    assert not review.panel.tools.add_button.isChecked()


def test_keys_on_the_canvas_review_the_selected_point(review, canvas):
    chosen = alone(review)
    QTest.mouseClick(canvas.viewport(), LEFT, PLAIN, at(review, chosen))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert review.desk.session.point(chosen).state is PointState.REJECTED
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert review.desk.session.point(chosen).state is PointState.PREDICTED
    QTest.keyClick(
        canvas,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert review.desk.session.point(chosen).state is PointState.REJECTED


def test_tooltips_say_what_a_point_is(review):
    review.desk.session.reject([3])
    review.desk.refresh()
    text = review.describe(3)
    dx, dy = review.desk.session.fit.residuals_px[3]
    assert "rejected" in text
    assert f"{np.hypot(dx, dy):.2f} px" in text


def test_the_selected_point_shows_its_evidence_and_zooming_centres_it(review, canvas):
    review.desk.select([7])
    assert review.panel.heatmap._point.id == 7
    review.map.zoom_to(7)
    centre = canvas.center()
    assert (centre.x(), centre.y()) == pytest.approx(
        review.desk.session.point(7).tie_point.reference_map
    )


def test_streamed_candidates_are_shown_and_leave_no_trace_when_cancelled(review):
    before = review.desk.session.points
    review.sessions.begin_stream()
    review.sessions.stream(tie_points(5))
    review.desk.refresh()
    assert len(review.desk.session.points) == 5
    assert review.panel.table.model().rowCount() == 5
    assert review.map.item.screen_position(5) is not None
    review.walk.judge("reject", [1])  # editing waits for the end of the run
    assert review.desk.session.points[0].state is PointState.PREDICTED
    review.sessions.end_stream(None)
    assert review.desk.session.points == before
    assert review.panel.table.model().rowCount() == 30


def test_every_edit_is_saved_and_an_earlier_review_is_found_again(review):
    review.desk.session.reject([2, 3])
    review.desk.session.set_model("similarity")
    found = find_earlier(*review.refs)
    assert found is not None
    assert not found.warnings
    session = found.session
    assert [p.state for p in session.points] == [p.state for p in review.desk.session.points]
    assert session.model == "similarity"
    review.sessions.restore(session)
    assert review.desk.session is session
    assert session.fit.quality.n_points == 28
    assert session.fit.quality.loo_rmse_px == pytest.approx(
        review.desk.session.fit.quality.loo_rmse_px
    )


def test_a_new_review_keeps_the_earlier_file_aside(canvas, review):
    review.desk.session.reject([4])
    file = session_path(*review.refs)
    again = ReviewController(canvas, ReviewPanel())
    again.sessions.open(*review.refs, "auto")
    kept = Session.load(file.with_name(f"{file.stem}.previous.gpkg"))
    assert [p.state for p in kept.points] == [p.state for p in review.desk.session.points]
    assert not file.exists()
    again.close()


def test_closing_leaves_nothing_on_the_canvas(canvas, pair_files):
    items, receivers = len(canvas.scene().items()), canvas.receivers(canvas.mapToolSet)
    for _ in range(2):
        review = ReviewController(canvas, ReviewPanel())
        review.sessions.open(RasterRef(pair_files[0]), RasterRef(pair_files[1]), "auto")
        review.map.use_tool()
        assert len(canvas.scene().items()) > items
        review.close()
        assert len(canvas.scene().items()) == items
        assert canvas.receivers(canvas.mapToolSet) == receivers
        assert canvas.mapTool() is None or canvas.mapTool() is not review.map.tool


def test_dragging_is_right_in_another_crs_and_rotation(review, canvas):
    from qgis.core import QgsCoordinateReferenceSystem

    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    canvas.setRotation(33.0)
    review.map.zoom_to(12)
    place = review.map.item.screen_position(12)
    target = review.map.tool.toMapCoordinates(QPoint(round(place[0]) + 40, round(place[1]) + 10))
    review.snapper.drop_on_map(12, QgsPointXY(target), free=True)
    review.desk.refresh()
    assert review.map.item.screen_position(12) == pytest.approx(
        (round(place[0]) + 40, round(place[1]) + 10), abs=0.6
    )
    canvas.setRotation(0.0)
