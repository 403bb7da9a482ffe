"""The table of points: what it shows, how it sorts, what its keys ask for."""

from __future__ import annotations

import dataclasses

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from review_pairs import tie_points
from sar_optical_align.plugin.core.session.session import PointState, Role, SessionPoint
from sar_optical_align.ui.views.points_table import (
    GROUND,
    ID,
    REASON,
    RESIDUAL,
    SCORE,
    STATE,
    PointsTable,
)


@pytest.fixture
def table(qgis_app):
    table = PointsTable()
    points = [SessionPoint(p) for p in tie_points(12)]
    points[2] = dataclasses.replace(
        points[2],
        state=PointState.REJECTED,
        tie_point=dataclasses.replace(points[2].tie_point, enabled=False, reason="why"),
    )
    points[4] = dataclasses.replace(points[4], role=Role.CHECK)
    residuals = {p.id: (0.3 * p.id, -0.4 * p.id) for p in points[:-1]}
    table.set_points(tuple(points), residuals, 10.0, "m")
    table.points = tuple(points)
    table.residuals = residuals
    table.resize(600, 400)
    table.show()
    yield table
    table.close()


def cell(table, row, column):
    return table.model().index(row, column).data(Qt.ItemDataRole.DisplayRole)


def column(table, number):
    return [cell(table, row, number) for row in range(table.model().rowCount())]


def test_cells_show_state_residual_in_both_units_and_reason(table):
    table.sortByColumn(ID, Qt.SortOrder.AscendingOrder)
    assert column(table, ID) == list(range(1, 13))
    assert cell(table, 2, STATE) == "rejected"
    assert cell(table, 2, REASON) == "why"
    assert cell(table, 4, STATE) == "check point"
    assert cell(table, 3, RESIDUAL) == "2.00"
    assert cell(table, 3, GROUND) == "20.0"
    assert cell(table, 11, RESIDUAL) == "–"
    assert table.model().headerData(GROUND, Qt.Orientation.Horizontal) == "Res. [m]"


def test_sorting_by_residual_is_by_number(table):
    table.sortByColumn(RESIDUAL, Qt.SortOrder.DescendingOrder)
    assert column(table, ID) == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 12]
    table.sortByColumn(SCORE, Qt.SortOrder.AscendingOrder)
    assert column(table, ID) == list(range(1, 13))


@pytest.mark.parametrize(
    ("key", "signal"),
    [
        (Qt.Key.Key_A, "accept_requested"),
        (Qt.Key.Key_R, "reject_requested"),
        (Qt.Key.Key_Delete, "reject_requested"),
        (Qt.Key.Key_U, "undecide_requested"),
        (Qt.Key.Key_C, "check_requested"),
    ],
)
def test_review_keys_ask_for_the_selected_points(table, key, signal):
    asked = []
    getattr(table, signal).connect(asked.append)
    table.select_ids([3, 7])
    QTest.keyClick(table, key)
    assert asked == [[3, 7]]
    QTest.keyClick(table, key, Qt.KeyboardModifier.ControlModifier)
    assert len(asked) == 1


def test_next_and_previous_go_in_the_order_shown(table):
    table.sortByColumn(RESIDUAL, Qt.SortOrder.DescendingOrder)
    zoomed = []
    table.point_activated.connect(zoomed.append)
    for key in (Qt.Key.Key_N, Qt.Key.Key_N, Qt.Key.Key_N, Qt.Key.Key_P):
        QTest.keyClick(table, key)
    assert zoomed == [11, 10, 9, 10]
    assert table.selected_ids() == [10]


def test_selection_survives_new_figures_and_other_points(table):
    told = []
    table.select_ids([5, 6])
    table.point_selected.connect(told.append)
    table.set_points(table.points, {}, 10.0, "m")
    assert table.selected_ids() == [5, 6]
    assert told == []
    table.set_points(table.points[:5], table.residuals, 10.0, "m")
    assert table.selected_ids() == [5]
    assert told == [[5]]


def test_a_click_tells_of_the_selection_but_select_ids_does_not(table):
    told = []
    table.point_selected.connect(told.append)
    table.select_ids([4])
    assert told == []
    table.selectRow(0)
    assert told == [[cell(table, 0, ID)]]
