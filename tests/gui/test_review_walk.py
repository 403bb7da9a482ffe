"""Walking the review by keys, from the table and from the canvas: the queue, going on, nudges, bulk
actions.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from mouse import LEFT, PLAIN, drag
from qgis.core import QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from review_pairs import tie_points
from sar_optical_align.plugin.core.session.session import PointState
from sar_optical_align.ui.panels.review_panel import ReviewPanel
from sar_optical_align.ui.views.points_table import QUEUE, RESIDUAL

SHIFT = Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


@pytest.fixture(params=["table", "canvas"])
def press(request, review, canvas):
    """Press a key on the table, or on the canvas."""
    where = review.panel.table if request.param == "table" else canvas

    def key(code, modifiers=PLAIN):
        QTest.keyClick(where, code, modifiers)

    return key


def chosen(review):
    ids = review.panel.table.selected_ids()
    assert len(ids) == 1
    return ids[0]


def test_n_and_p_walk_the_queue_and_move_the_canvas(review, canvas, press):
    order = review.walk.queue.order
    for expected in order[:4]:
        press(KEY.Key_N)
        assert chosen(review) == expected
        centre = canvas.center()
        assert (centre.x(), centre.y()) == pytest.approx(
            review.desk.session.point(expected).tie_point.reference_map
        )
    for expected in order[2::-1]:
        press(KEY.Key_P)
        assert chosen(review) == expected


def test_a_judged_point_gives_way_to_the_next_and_the_progress_counts(review, press):
    order = review.walk.queue.order
    press(KEY.Key_N)
    press(KEY.Key_A)
    press(KEY.Key_R)
    review.desk.refresh()
    assert review.desk.session.point(order[0]).state is PointState.ACCEPTED
    assert review.desk.session.point(order[1]).state is PointState.REJECTED
    assert chosen(review) == order[2]
    assert review.panel.progress.text.text() == "2 of 30 reviewed"
    assert (review.panel.progress.bar.value(), review.panel.progress.bar.maximum()) == (2, 30)
    assert not {order[0], order[1]} & set(review.walk.queue.order)
    press(KEY.Key_P)
    press(KEY.Key_U)
    review.desk.refresh()
    assert review.desk.session.point(order[1]).state is PointState.PREDICTED


def test_without_going_on_the_point_stays_selected_and_the_choice_is_kept(review, press):
    review.panel.progress.go_on.click()
    press(KEY.Key_N)
    first = chosen(review)
    press(KEY.Key_A)
    assert chosen(review) == first
    assert not ReviewPanel().progress.go_on.isChecked()


def test_sorted_by_another_column_the_walk_follows_the_rows(review, press):
    table = review.panel.table
    table.sortByColumn(RESIDUAL, Qt.SortOrder.DescendingOrder)
    shown = [table.model().index(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(3)]
    press(KEY.Key_N)
    press(KEY.Key_R)
    assert chosen(review) == shown[1]
    press(KEY.Key_N)
    assert chosen(review) == shown[2]
    table.sortByColumn(QUEUE, Qt.SortOrder.AscendingOrder)
    assert table.sorted_by_queue


def test_arrows_nudge_as_one_step_of_undo(review, press):
    review.desk.select([9])
    before = review.desk.session.point(9).tie_point.reference_px
    for _ in range(3):
        press(KEY.Key_Right)
    press(KEY.Key_Up, SHIFT)
    after = review.desk.session.point(9).tie_point.reference_px
    assert np.array(after) - before == pytest.approx([0.3, -1.0], abs=1e-6)
    review.desk.undo()
    assert review.desk.session.point(9).tie_point.reference_px == before
    assert review.desk.session.point(9).state is PointState.PREDICTED


@pytest.mark.parametrize(("epsg", "rotation"), [(32633, 70.0), (4326, 0.0), (3857, -30.0)])
def test_on_the_canvas_an_arrow_moves_the_point_that_way_on_the_screen(
    review, canvas, epsg, rotation
):
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(f"EPSG:{epsg}"))
    canvas.setRotation(rotation)
    review.desk.select([9])
    review.map.zoom_to(9)
    start, before = (
        np.array(review.map.item.screen_position(9)),
        np.array(review.desk.session.point(9).tie_point.reference_px),
    )
    for _ in range(5):
        QTest.keyClick(canvas, KEY.Key_Right, SHIFT)
    review.desk.refresh()
    moved = np.array(review.map.item.screen_position(9)) - start
    assert np.hypot(
        *(np.array(review.desk.session.point(9).tie_point.reference_px) - before)
    ) == pytest.approx(5.0, abs=1e-6)
    assert moved[0] > 0
    assert abs(moved[1]) < 0.02 * moved[0]
    canvas.setRotation(0.0)


def test_arrows_without_a_selected_point_stay_with_the_canvas(review, canvas):
    centre = canvas.center().x()
    QTest.keyClick(canvas, KEY.Key_Right)
    assert canvas.center().x() > centre
    assert not review.desk.session.points[0].found


def test_a_lasso_selects_what_it_goes_around(review, canvas):
    view = canvas.viewport()
    QTest.keyClick(canvas, KEY.Key_L)
    assert review.panel.tools.lasso_button.isChecked()
    outline = [
        QPoint(100, 100),
        QPoint(420, 60),
        QPoint(500, 330),
        QPoint(260, 220),
        QPoint(90, 420),
        QPoint(102, 102),
    ]
    drag(view, outline)
    ids = set(review.panel.table.selected_ids())
    assert ids == set(
        review.map.item.ids_inside(np.array([(p.x(), p.y()) for p in outline], dtype=float))
    )
    assert 0 < len(ids) < 30
    assert ids < set(review.map.item.ids_in(89, 59, 501, 421))


def test_a_brushed_range_of_scores_is_rejected_with_its_reason(review, qtbot):
    panel, histogram = review.panel, review.panel.histogram
    panel.tools.histogram_button.click()
    histogram.measure.setCurrentIndex(2)
    histogram.high.setValue(0.605)
    below = {p.id for p in review.desk.session.points if p.tie_point.score <= 0.605}
    assert set(panel.table.selected_ids()) == below == set(range(1, 11))
    histogram.findChild(object, "histogramRejectButton").click()
    assert {p.id for p in review.desk.session.points if p.state is PointState.REJECTED} == below
    assert review.desk.session.point(4).reason == "score from 0.00 to 0.60, rejected by the analyst"
    assert set(panel.table.selected_ids()) == below  # many were judged: nothing goes on
    review.desk.undo()
    assert all(p.state is PointState.PREDICTED for p in review.desk.session.points)


def test_dragging_over_the_bars_takes_the_points_whose_residuals_lie_there(review):
    panel, histogram = review.panel, review.panel.histogram
    panel.tools.histogram_button.click()
    bars = histogram.bars
    bars.resize(308, 60)
    drag(bars, [QPoint(154, 20), QPoint(250, 20), QPoint(306, 20)])
    size = {i: np.hypot(*d) for i, d in review.desk.session.fit.residuals_px.items()}
    low = histogram.low.value()
    assert low == pytest.approx(bars.end * 150 / 300, abs=0.02)
    assert set(panel.table.selected_ids()) == {
        i for i, s in size.items() if s >= low
    }  # up to the right end means all beyond, too
    QTest.mouseClick(bars, LEFT, PLAIN, QPoint(40, 20))
    assert panel.table.selected_ids() == []


def test_with_many_points_the_advisor_answers_beside_and_its_answer_is_shown(review, qtbot):
    session = review.desk.session
    session.set_model("auto")
    session.replace_all(tie_points(700))
    review.desk.refresh()
    assert not session.advice_due  # the first fit asked it
    session.reject([5])
    review.desk.refresh()
    assert session.fit.model == "affine"
    assert session.advice_due
    qtbot.waitUntil(lambda: not session.advice_due, timeout=10000)
    assert session.fit.message == session.advice().why
    assert session.fit.message in re.sub("</?b>", "", review.panel.quality.model_line.text())


def test_at_the_end_of_the_queue_it_is_said(review):
    told = []
    review.desk.said.connect(told.append)
    review.desk.session.accept([p.id for p in review.desk.session.points])
    review.desk.refresh()
    QTest.keyClick(review.panel.table, KEY.Key_N)
    assert told[-1] == "Every point has been judged."
    assert review.panel.progress.text.text() == "30 of 30 reviewed"


def test_each_edit_is_said_so_that_no_earlier_word_stays(review):
    told = []
    review.desk.said.connect(told.append)
    review.panel.progress.go_on.setChecked(False)
    review.walk.judge("reject", [4])
    review.walk.judge("accept", [5, 6])
    review.walk.toggle_check([7])
    review.desk.undo()
    review.desk.redo()
    assert told == [
        "Point 4 rejected; it stays in the list",
        "2 points accepted",
        "Point 7 is a check point: measured, kept out of the fit",
        "Undone: change role",
        "Done again: change role",
    ]
