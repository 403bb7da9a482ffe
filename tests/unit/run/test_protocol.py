"""Messages and the public JSON: round trips and garbage."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import AlignError, UsageError, WorkerError
from sar_optical_align.plugin.core.fit import fitting
from sar_optical_align.plugin.core.fit.result import AlignResult, CoarseResult
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.jsonable import from_jsonable, to_jsonable
from sar_optical_align.plugin.core.run.protocol import (
    attach_surfaces,
    decode,
    encode,
    error_fields,
    error_from_fields,
    result_to_json,
    save_surfaces,
)
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Evidence,
    Quality,
    RasterRef,
    Status,
    TiePoint,
)

GRID = Grid("WKT", (0.0, 1.0, 0.0, 0.0, 0.0, -1.0), 10, 20)
SQUARE = np.array([[0.0, 0.0], [9.0, 1.0], [0.0, 8.0], [7.0, 9.0]])


def result(surface=None):
    evidence = Evidence(0.5, 0.25, float("nan"), surface, (1.0, 2.0), ((1.0, 0.0), (0.0, 1.0)))
    points = (
        TiePoint(1, (1.0, 2.0), (3.0, 4.0), (5.0, 6.0), None, 0.75, evidence=evidence),
        TiePoint(2, (1.5, 2.0), (3.0, 4.5), enabled=False, reason="x"),
    )
    quality = Quality("affine", 2, 0.5, math.nan, math.inf, 0.25, 0.5)
    coarse = CoarseResult(
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), 0.0, 1.0, (0.0, 0.0), 0.5, 9.0
    )
    request = AlignRequest(
        RasterRef("a.tif", (1, 2)),
        RasterRef("b.tif", modality="sar"),
        AlignParams(search_radius=25.0, matcher_params={"sigma": 1.5}),
    )
    return AlignResult(
        request,
        Status.OK,
        "fine",
        "cfog",
        "affine",
        points,
        fitting.fit("affine", SQUARE, SQUARE),
        quality,
        (quality,),
        coarse,
        GRID,
        GRID,
        "",
        {"probability": 0.9},
        {"read": 0.1},
        {"numpy": "1"},
    )


def test_a_transform_of_rubbish_is_refused_where_it_comes_in():
    data = {**to_jsonable(result()), "transform": {"kind": "shift"}}
    with pytest.raises(AlignError, match="a transform"):
        from_jsonable(AlignResult, data)


def same(a, b):
    return json.dumps(to_jsonable(a)) == json.dumps(to_jsonable(b))


def test_a_result_survives_the_wire():
    line = encode("done", 3, result=result())
    assert "\n" not in line
    back = from_jsonable(AlignResult, decode(line)["result"])
    assert same(back, result())
    assert isinstance(back.points[0], TiePoint)
    assert math.isnan(back.points[0].evidence.forward_backward_px)
    assert back.request.params.search_radius == 25.0
    np.testing.assert_array_equal(back.transform.apply(SQUARE), result().transform.apply(SQUARE))


def test_surfaces_travel_beside(tmp_path):
    surface = np.linspace(-1, 1, 25, dtype=np.float32).reshape(5, 5)
    original = result(surface)
    save_surfaces(original.points, tmp_path / "s.npz")
    bare = from_jsonable(AlignResult, to_jsonable(original))
    assert bare.points[0].evidence.surface is None
    back = attach_surfaces(bare.points, tmp_path / "s.npz")
    assert np.abs(back[0].evidence.surface - surface).max() < 1e-3
    (tmp_path / "bad.npz").write_bytes(b"PK garbage")
    with pytest.raises(WorkerError):
        attach_surfaces(bare.points, tmp_path / "bad.npz")


def test_public_json_is_strict_and_complete():
    data = result_to_json(result())
    text = json.dumps(data, allow_nan=False)
    assert json.loads(text)["quality"]["loo_rmse_px"] is None
    assert "sensed_map" not in data["points"][0]
    assert data["points"][0]["reference_map"] == [5.0, 6.0]
    assert data["transform"] == result().transform.to_dict()
    assert data["transform"]["matrix"][0] == pytest.approx([1, 0, 0])


def test_errors_come_back_as_what_they_were():
    error = error_from_fields(error_fields(UsageError("what", "do this")))
    assert isinstance(error, UsageError)
    assert error.hint == "do this"
    assert isinstance(error_from_fields({"kind": "SystemExit", "message": "x"}), WorkerError)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_garbage_raises_only_worker_error(text):
    try:
        message = decode(text)
        assert isinstance(message["type"], str)
    except WorkerError:
        pass


@pytest.mark.parametrize(
    "data",
    [
        None,
        3,
        [],
        {"reference": 1},
        {"reference": {"path": "a"}, "sensed": {"path": "b"}, "nonsense": 1},
        {"reference": {"path": "a", "bands": "x"}},
    ],
)
def test_malformed_requests_are_refused(data):
    with pytest.raises(UsageError):
        from_jsonable(AlignRequest, data)
