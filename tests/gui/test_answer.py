"""The first answer in words and numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from gdal_rasters import wkt
from review_pairs import result_of, tie_points
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import RasterRef, Status
from sar_optical_align.ui.parts.answer import first_answer
from sar_optical_align.ui.parts.text import length

REFS = (RasterRef("a.tif"), RasterRef("b.tif"))


def shifted(east, north, count=9):
    points = tie_points(count)
    return [
        dataclasses.replace(p, sensed_map=(p.reference_map[0] - east, p.reference_map[1] - north))
        for p in points
    ]


def test_the_answer_names_points_shift_error_and_coverage(qgis_app):
    points = shifted(23.4, -8.1)
    points[0] = dataclasses.replace(points[0], enabled=False, reason="low similarity")
    assert first_answer(result_of(points, REFS)) == (
        "8 of 9 tie points kept · shift 23.4 m E, 8.10 m S · leave-one-out RMSE 5.00 m "
        "(0.50 px) · coverage 71 %"
    )


def test_degrees_are_told_in_metres(qgis_app):
    points = [
        dataclasses.replace(p, reference_map=(10.0, 60.0), sensed_map=(10.0 + 1e-3, 60.0 - 1e-3))
        for p in tie_points(5)
    ]
    result = dataclasses.replace(
        result_of(points, REFS),
        reference_grid=Grid(wkt(4326), (10.0, 1e-4, 0, 60.0, 0, -1e-4), 100, 100),
    )
    assert "shift 55.6 m W, 111 m N" in first_answer(result)


def test_pixels_are_told_where_there_is_no_map(qgis_app):
    points = [
        dataclasses.replace(
            p,
            reference_map=None,
            sensed_map=None,
            sensed_px=tuple(np.add(p.reference_px, (4.0, -2.5))),
        )
        for p in tie_points(5)
    ]
    result = dataclasses.replace(result_of(points, REFS), reference_grid=Grid.bare(100, 100))
    assert "shift 4.0 px left, 2.5 px down" in first_answer(result)


def test_a_refusal_gives_reason_and_hint(qgis_app):
    text = first_answer(result_of(tie_points(3), REFS, Status.NO_RELIABLE_ALIGNMENT))
    assert text == "The evidence is too weak. Check that both show the same ground."


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234.56, "m", "1235 m"),
        (23.44, "m", "23.4 m"),
        (0.5, "m", "0.50 m"),
        (0.00012345, "deg", "0.000123 deg"),
        (0.0, "m", "0.00 m"),
        (float("nan"), "m", "–"),
    ],
)
def test_lengths_have_three_digits_or_so(value, unit, text):
    assert length(value, unit) == text
