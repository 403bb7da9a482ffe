"""Control-point files: round trips, what QGIS writes, and garbage."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import PointsFileError
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.points import files as gcp_io
from sar_optical_align.plugin.core.types import TiePoint

BARE = Grid.bare(500, 400)
PLACED = Grid('LOCAL_CS["x"]', (400000.0, 9.5, 0.7, 5000000.0, 0.4, -11.0), 500, 400)
NUMBER = st.floats(-1e6, 1e6, allow_nan=False)
POINTS = st.lists(
    st.builds(
        TiePoint,
        st.integers(1, 10**6),
        st.tuples(NUMBER, NUMBER),
        st.tuples(NUMBER, NUMBER),
        st.none(),
        st.none(),
        st.floats(0, 1),
        st.just(((1.0, 0.25), (0.25, 2.0))),
        st.booleans(),
        st.sampled_from(["", "low similarity", 'a "quoted", reason']),
    ),
    max_size=12,
    unique_by=lambda p: p.id,
)


@given(POINTS)
@settings(max_examples=60, deadline=None)
def test_csv_and_geojson_round_trips_are_exact(points):
    assert [vars(p) for p in gcp_io.parse_csv(gcp_io.format_csv(points))] == [
        vars(p) for p in points
    ]
    assert [vars(p) for p in gcp_io.parse_geojson(gcp_io.format_geojson(points))] == [
        vars(p) for p in points
    ]


@pytest.mark.parametrize("reference", [BARE, PLACED])
@pytest.mark.parametrize("sensed", [BARE, PLACED])
@given(points=POINTS)
@settings(max_examples=30, deadline=None)
def test_points_round_trip_keeps_positions(reference, sensed, points):
    text = gcp_io.format_points(gcp_io.points_from_tie_points(points, reference, sensed))
    back = gcp_io.tie_points_from_points(gcp_io.parse_points(text), reference, sensed)
    assert len(back) == len(points)
    for a, b in zip(points, back, strict=True):
        assert b.reference_px == pytest.approx(a.reference_px, abs=1e-6)
        assert b.sensed_px == pytest.approx(a.sensed_px, abs=1e-6)
        assert b.enabled == a.enabled


def test_what_qgis_writes_is_read():
    text = (
        '#CRS: GEOGCRS["WGS 84"]\nmapX,mapY,sourceX,sourceY,enable,dX,dY,residual\n'
        "12.5,48.25,100.5,-200.25,1,0.1,-0.2,0.22\n12.75,48.5,300,-50,0,0,0,0\n"
    )
    file = gcp_io.parse_points(text)
    assert file.crs_wkt == 'GEOGCRS["WGS 84"]'
    points = gcp_io.tie_points_from_points(file, BARE, BARE)
    assert points[0].sensed_px == (100.5, 200.25)
    assert [p.enabled for p in points] == [True, False]


def test_old_headers_tabs_and_missing_columns_are_read():
    file = gcp_io.parse_points("mapX\tmapY\tpixelX\tpixelY\tenable\n1\t2\t3\t-4\t0\n5\t6\t7\t-8\n")
    assert [(r.source_y, r.enabled) for r in file.rows] == [(-4.0, False), (-8.0, True)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1,2,3", "at least 4"),
        ("1,2,x,4,1", "not a number"),
        ("nan,2,3,4,1", "finite"),
        ("1,inf,3,4,1", "finite"),
    ],
)
def test_garbage_names_the_line(line, words):
    with pytest.raises(PointsFileError, match="Line 3") as error:
        gcp_io.parse_points("mapX,mapY,sourceX,sourceY,enable\n1,2,3,4,1\n" + line + "\n")
    assert words in str(error.value)
    assert error.value.hint


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_parsers_raise_nothing_but_their_error(text):
    for parse in (
        gcp_io.parse_points,
        gcp_io.parse_csv,
        gcp_io.parse_geojson,
        lambda t: gcp_io.parse_points("mapX,mapY,sourceX,sourceY\n" + t),
    ):
        try:
            parse(text)
        except PointsFileError as error:
            assert error.message


@given(st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_files_of_any_bytes_raise_nothing_but_their_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("x") / "p.points"
    path.write_bytes(data)
    try:
        gcp_io.load_points(path, BARE, BARE)
    except PointsFileError as error:
        assert error.hint


def test_saving_and_loading_by_suffix(tmp_path):
    points = [
        TiePoint(1, (10.0, 20.0), (11.0, 22.0)),
        TiePoint(2, (30.5, 5.25), (31.0, 6.0), enabled=False, reason="x"),
    ]
    for suffix in (".points", ".csv", ".geojson"):
        path = tmp_path / f"p{suffix}"
        gcp_io.save_points(path, points, BARE, BARE, {1: (0.5, -0.5)})
        back = gcp_io.load_points(path, BARE, BARE)
        assert [p.reference_px for p in back] == [p.reference_px for p in points]
    with pytest.raises(PointsFileError, match="Unknown kind"):
        gcp_io.save_points(tmp_path / "p.doc", points, BARE, BARE)
    assert math.isclose(
        gcp_io.parse_points((tmp_path / "p.points").read_text()).rows[0].residual,
        math.hypot(0.5, 0.5),
    )
