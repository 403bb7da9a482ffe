"""Lengths, longitudes, fills and points on the ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import OutputError, PointsFileError, UsageError
from sar_optical_align.plugin.core.fit import fitting
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.lengths import (
    METRES_PER_DEGREE,
    Length,
    is_geographic,
    unwrapped,
)
from sar_optical_align.plugin.core.output.fill import fits, refilled, replaced_fills
from sar_optical_align.plugin.core.output.plan import output_grid
from sar_optical_align.plugin.core.points.ground_check import refuse_misplaced
from sar_optical_align.plugin.core.points.qgis_points import parse_points

DEGREES, METRES = 'GEOGCS["WGS 84"]', 'PROJCS["UTM"]'
UTM = Grid(METRES, (500000.0, 10.0, 0.0, 3250000.0, 0.0, -10.0), 384, 384)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("500m", 500, "m"),
        ("0.5 km", 0.5, "km"),
        ("0.01deg", 0.01, "deg"),
        ("1e-4°", 1e-4, "deg"),
        ("-3", -3, ""),
    ],
)
def test_a_length_is_read_with_its_unit(text, value, unit):
    assert Length.parse(text) == Length(value, unit)


@pytest.mark.parametrize("text", ["", "m", "5 miles", "1e999", "..", "nan", "inf"])
def test_what_is_no_length_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Length.parse(text)


def test_a_length_is_brought_to_the_unit_of_the_reference_or_asks_for_one():
    assert Length(500, "m").in_unit_of(METRES, 1.0, "x") == 500
    assert Length(3.048, "m").in_unit_of(METRES, 0.3048, "x") == pytest.approx(10)
    assert Length(METRES_PER_DEGREE, "m").in_unit_of(DEGREES, 1.0, "x") == pytest.approx(1)
    assert Length(0.1, "deg").in_unit_of(DEGREES, 1.0, "x") == 0.1
    assert Length(7, "").in_unit_of(METRES, 1.0, "x") == Length(7, "").in_unit_of("", 1.0, "x") == 7
    for length, wkt in (
        (Length(10, ""), DEGREES),
        (Length(1, "deg"), METRES),
        (Length(1, "m"), ""),
    ):
        with pytest.raises(UsageError):
            length.in_unit_of(wkt, 1.0, "x")


def test_a_crs_in_degrees_is_known_by_its_wkt():
    for wkt in (DEGREES, 'GEOGCRS["WGS 84"', '  geogcs["x"', 'COMPD_CS["a",GEOGCS["b"'):
        assert is_geographic(wkt)
    for wkt in ("", METRES, 'PROJCRS["GEOGCS"', 'GEOCCS["geocentric"'):
        assert not is_geographic(wkt)


@given(st.floats(-180, 540), st.floats(-720, 720))
def test_longitudes_come_out_on_the_side_of_the_reference_and_are_the_same_place(middle, longitude):
    ((out, latitude),) = unwrapped([(longitude, 12.5)], middle)
    assert abs(out - middle) <= 180.0 + 1e-9
    assert latitude == 12.5
    assert np.isclose(np.cos(np.deg2rad(out - longitude)), 1.0)


@pytest.mark.parametrize("latitude", [0.0, 45.0, -78.0])
def test_pixels_are_square_on_the_ground_where_the_reference_is_in_degrees(latitude):
    metre = 1.0 / METRES_PER_DEGREE
    narrow = np.cos(np.deg2rad(latitude))
    reference = Grid(
        DEGREES, (20.0, 10 * metre / narrow, 0.0, latitude, 0.0, -10 * metre), 200, 200
    )
    identity = fitting.fit("shift", [(0.0, 0.0)], [(0.0, 0.0)])
    out = output_grid(identity, reference, Grid.bare(200, 200), None, False)
    assert out.geotransform[1] * narrow / -out.geotransform[5] == pytest.approx(1.0, abs=0.01)
    assert -out.geotransform[5] == pytest.approx(10 * metre, rel=0.01)
    assert abs(out.width - 200) <= 2
    given_size = output_grid(identity, reference, Grid.bare(200, 200), 20 * metre, False)
    assert given_size.geotransform[1] == -given_size.geotransform[5] == 20 * metre


@pytest.mark.parametrize("gsd", [1000.0, 1e5, 1e-9])
def test_an_absurd_pixel_size_is_told_of_before_anything_is_written(gsd):
    identity = fitting.fit("shift", [(0.0, 0.0)], [(0.0, 0.0)])
    with pytest.raises(OutputError, match="the output would have"):
        output_grid(
            identity,
            UTM,
            Grid.bare(384, 384),
            gsd if gsd != 1000.0 else 3000.0,
            False,
        )


def test_columns_of_a_points_file_are_read_by_their_names():
    usual = parse_points(
        "mapX,mapY,sourceX,sourceY,enable,dX,dY,residual\n1,2,3,-4,0,5,6,7\n"
    ).rows[0]
    turned = parse_points(
        "sourceY,enable,mapY,residual,pixelX,mapX,dX,dY\n-4,0,2,7,3,1,5,6\n"
    ).rows[0]
    assert turned == usual
    with pytest.raises(PointsFileError, match="lacks one of the columns"):
        parse_points("mapX,mapY,enable,dX\n1,2,3,4\n")
    with pytest.raises(PointsFileError, match="columns, found"):
        parse_points("enable,dX,dY,residual,mapX,mapY,sourceX,sourceY\n1,2,3,4,5\n")


@pytest.mark.parametrize(
    ("ground", "reference", "words"),
    [
        ((-99.0, 29.4), UTM, "look like degrees"),
        ((3248000.0, 501000.0), UTM, "exchanged"),
        (
            (501000.0, 3248000.0),
            Grid(DEGREES, (-99.0, 1e-4, 0.0, 29.4, 0.0, -1e-4), 300, 300),
            "look like metres",
        ),
    ],
)
def test_points_that_cannot_lie_there_are_told_what_they_look_like(ground, reference, words):
    places = np.array([ground]) + np.array([[0.0, 0.0], [0.001, 0.0], [0.0, 0.001]])
    with pytest.raises(PointsFileError, match=words):
        refuse_misplaced(places, reference)


def test_points_near_the_reference_are_taken_and_bare_pixels_never_judged():
    for off in (0.0, 3000.0, -30000.0, 4e6):
        refuse_misplaced(np.array([[501000.0 + off, 3248000.0]]), UTM)
    refuse_misplaced(np.array([[1e9, 1e9]]), Grid.bare(10, 10))
    refuse_misplaced(np.empty((0, 2)), UTM)


def test_one_nodata_value_takes_the_place_of_all_others():
    samples = np.array([[1, -32768, 0], [5, 7, -1]], dtype=np.int16)
    fill, replaced = replaced_fills([-32768.0, -1.0, None], 0.0, -9999.0)
    assert fill == -9999.0
    assert replaced == [[-32768.0, 0.0], [-1.0, 0.0], [0.0]]
    assert refilled(samples, replaced[0], fill).tolist() == [[1, -9999, -9999], [5, 7, -1]]
    assert replaced_fills([-1.0, 5.0], None, None) == (-1.0, [[], [5.0]])
    assert replaced_fills([None, None], None, None) == (None, [[], []])
    assert replaced_fills([float("nan")], None, float("nan"))[1] == [[]]
    with_nan = np.array([np.nan, 2.0], dtype=np.float32)
    assert refilled(with_nan, [float("nan")], -1.0).tolist() == [-1.0, 2.0]
    assert fits(-9999, "int16")
    assert not fits(1e9, "int16")
    assert not fits(-1, "uint8")
    assert fits(float("nan"), "float32")


def test_a_point_on_the_raster_is_believed_beside_one_far_away():
    """Their median coordinates lie where x and y would be exchanged, but neither of them does."""
    here = np.array([502000.0, 3248000.0])
    far = 2 * np.array([3248000.0, 502000.0]) - here
    refuse_misplaced(np.array([here, far]), UTM)
    with pytest.raises(PointsFileError, match="exchanged"):
        refuse_misplaced(np.array([here[::-1], here[::-1] + 100.0, far]), UTM)
