"""Files that each parser is made for, and what puts bytes to it; `fuzzing` changes them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import rasterio
from sar_optical_align.plugin.core.errors import AlignError
from sar_optical_align.plugin.core.fit.result import AlignResult
from sar_optical_align.plugin.core.fit.transforms import Transform
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.jsonable import from_jsonable, to_jsonable
from sar_optical_align.plugin.core.points.files import load_reviewed, save_points
from sar_optical_align.plugin.core.run import protocol
from sar_optical_align.plugin.core.run.adapting import AdaptResult, HeldBack
from sar_optical_align.plugin.core.session.file import load_record
from sar_optical_align.plugin.core.session.point import Seen
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Evidence,
    RasterRef,
    Status,
    TiePoint,
    WarpParams,
)
from sar_optical_align.plugin.engine.align.evidence import Calibration, probability
from sar_optical_align.plugin.engine.deliver import deliver
from sar_optical_align.plugin.engine.deliver.batch import read_results
from sar_optical_align.plugin.engine.deliver.manifest import read_manifest
from sar_optical_align.plugin.engine.learn.calibrate import read_card
from sar_optical_align.plugin.engine.measure.cases import read_index
from sar_optical_align.resources import FOLDER
from sessions import session

WKT = rasterio.CRS.from_epsg(32633).to_wkt()
GRID = Grid(WKT, (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0), 400, 300)
SENSED = Grid(WKT, (500010.0, 9.0, 1.0, 5399950.0, -0.8, -11.0), 380, 290)
REQUEST = AlignRequest(RasterRef("a.tif"), RasterRef("b.tif"), AlignParams())
AROSICS = """geometry,POINT_ID,X_IM,Y_IM,X_MAP,Y_MAP,X_SHIFT_PX,Y_SHIFT_PX,X_SHIFT_M,Y_SHIFT_M,ABS_SHIFT,RELIABILITY,\
LAST_ERR,OUTLIER
POINT (500100 5399900),4,1,2,500100,5399900,1,1,12.5,-7.25,14,80.5,-9999,False
POINT (500200 5399800),5,3,4,500200,5399800,-9999,-9999,-9999,-9999,-9999,-9999,some error,-9999
POINT (500300 5399700),6,5,6,500300,5399700,1,1,99.0,50.0,14,20,-9999,True
"""  # noqa: E501
KARIOS = "x0,y0,dx,dy,score\n10,20,0.5,-0.25,0.9\n30.5,40.25,1,2,0.5\n"
MANIFEST = "reference,sensed,output\na.tif,b.tif,out/1.tif\na.tif,c.tif,\n"
_CFOG = FOLDER / "calibrations" / "cfog.json"
INDEX = "source,id,split,optical,sar\nmade,p1,val,o1.png,s1.png\nmade,p2,train,o2.png,s2.png\n"
Made = Callable[[Path], list[bytes]]
Fed = Callable[[Path], Callable[[bytes], object]]


def _points() -> list[TiePoint]:
    rng = np.random.default_rng(1)
    surface = rng.random((9, 9)).astype(np.float32)
    return [
        TiePoint(
            i + 1,
            (10.5 * i + 3, 7.25 * i + 9),
            (10.0 * i, 7.0 * i + 1),
            None,
            None,
            0.5,
            evidence=Evidence(0.5, 0.25, surface=surface),
        )
        for i in range(5)
    ]


def _saved(suffix: str) -> Made:
    def make(room: Path) -> list[bytes]:
        found = []
        for grids in ((GRID, SENSED), (replace(GRID, crs_wkt=""), replace(SENSED, crs_wkt=""))):
            save_points(room / f"made{suffix}", _points(), *grids)
            found.append((room / f"made{suffix}").read_bytes())
        return found

    return make


def _texts(*texts: str) -> Made:
    return lambda _room: [t.encode() for t in texts]


def _jsons(*values: Callable[[], object]) -> Made:
    return lambda _room: [json.dumps(to_jsonable(v())).encode() for v in values]


def _file(name: str, read: Callable[[Path], object]) -> Fed:
    """Put bytes into a file and have it read."""

    def feed(room: Path) -> Callable[[bytes], object]:
        def work(data: bytes) -> object:
            (room / name).write_bytes(data)
            return read(room / name)

        return work

    return feed


def _points_file(name: str) -> Fed:
    return _file(name, lambda path: load_reviewed(path, GRID, SENSED, deliver._onto(GRID)))


def _line(read: Callable[[dict[str, object]], object]) -> Fed:
    """Put bytes to the protocol as a line, and what it holds to a reader of messages."""
    return lambda _room: lambda data: read(protocol.decode(data.decode("utf-8", "replace")))


def _value(read: Callable[[object], object]) -> Fed:
    """Put the value that a JSON text holds to a reader; texts that are none are not its
    business.
    """

    def work(data: bytes) -> object:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return read(value)

    return lambda _room: work


def _result() -> AlignResult:
    return AlignResult(
        REQUEST,
        Status.OK,
        "fine",
        "cfog",
        "shift",
        tuple(_points()),
        Transform.from_dict(_transforms()[0]),
        None,
        (),
        None,
        GRID,
        SENSED,
    )


def _adapted() -> dict[str, object]:
    figures = HeldBack(*(1.0 for _ in HeldBack.__dataclass_fields__))
    return {
        "type": "adapted",
        "id": 1,
        "result": AdaptResult("w.safetensors", "better", 20, 8, figures, figures, 100, 3.0),
    }


def _placed() -> dict[str, object]:
    return {
        "type": "placed",
        "id": 1,
        **protocol.placed_fields(
            (3.0, 4.0),
            Seen(
                0.5,
                ((0.1, 0.0), (0.0, 0.2)),
                Evidence(0.5, 0.25, surface=np.eye(5, dtype=np.float32)),
            ),
        ),
    }


def _transforms() -> list[dict[str, object]]:
    from sar_optical_align.plugin.core.fit import fitting

    rng = np.random.default_rng(0)
    source = rng.uniform(0, 300, (40, 2))
    return [
        fitting.fit(
            kind,
            source,
            source * 1.01 + 3 + rng.normal(0, 0.2, source.shape),
            np.tile(np.eye(2), (40, 1, 1)),
        ).to_dict()
        for kind in ("shift", "similarity", "affine", "projective", "polynomial2", "tps", "field")
    ]


def _applied(value: object) -> object:
    return Transform.from_dict(value).apply(np.array([[1.0, 2.0], [300.0, 200.0]]))  # type: ignore[arg-type]


def _session(room: Path) -> list[bytes]:
    path = room / "made.gpkg"
    if not path.exists():
        session(12, file=path)
    return [path.read_bytes()]


def _surfaces(_room: Path) -> list[bytes]:
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        **{
            f"s{p.id}": p.evidence.surface.astype(np.float16)
            for p in _points()
            if p.evidence is not None and p.evidence.surface is not None
        },
    )
    return [stream.getvalue()]


def _weights(room: Path) -> list[bytes]:
    from sar_optical_align.models.me_ssm.config import PRESETS
    from sar_optical_align.models.me_ssm.net import MeSsm
    from weight_files import untrained

    path = untrained(room, "me_ssm", MeSsm, PRESETS["tiny"])
    return [path.with_suffix(".json").read_bytes()]


def _network(path: Path) -> object:
    from sar_optical_align.plugin.matchers import create

    return create("me_ssm", {"weights": str(path.with_suffix(".safetensors"))})


def _scored(card: object) -> object:
    calibration = Calibration.from_card(card)
    return probability(np.ones((2, len(calibration.score))), calibration.score)


def _asked(message: dict[str, object]) -> object:
    from sar_optical_align.plugin.engine import worker

    return worker._asked(message)


def _index(path: Path) -> object:
    return read_index(path.parent, "val", 5)


def _line_of_error(message: dict[str, object]) -> object:
    error = protocol.error_from_fields(message)
    if not isinstance(error, AlignError):
        raise TypeError("no error came of it")
    return str(error)


PARSERS: dict[str, tuple[Made, Fed]] = {
    "points of QGIS": (_saved(".points"), _points_file("fed.points")),
    "points as CSV": (_saved(".csv"), _points_file("fed.csv")),
    "points as GeoJSON": (_saved(".geojson"), _points_file("fed.geojson")),
    "points of other tools": (_texts(AROSICS, KARIOS), _points_file("fed.csv")),
    "session": (_session, _file("fed.gpkg", load_record)),
    "manifest": (
        _texts(MANIFEST, MANIFEST.replace(",", ";"), MANIFEST.replace(",", "\t")),
        _file("fed.csv", read_manifest),
    ),
    "results of a batch": (
        _jsons(lambda: protocol.result_to_json(_result())),
        _file("fed.jsonl", read_results),
    ),
    "dataset": (_texts(INDEX), _file("index.csv", _index)),
    "card to calibrate": (
        _jsons(lambda: {"network": "me_ssm", "config": {"depths": [1, 1]}, "sha256": "0"}),
        _file("fed.json", read_card),
    ),
    "calibration": (
        _jsons(
            lambda: json.loads(_CFOG.read_text(encoding="utf-8")),
            lambda: {"score": [0.5, 1, -2.0], "covariance": 0.7},
        ),
        _value(_scored),
    ),
    "weights and card": (_weights, _file("w.json", _network)),
    "surfaces": (
        _surfaces,
        _file("fed.npz", lambda path: protocol.attach_surfaces(tuple(_points()), path)),
    ),
    "answer: done": (
        _jsons(lambda: {"type": "done", "id": 1, "result": _result()}),
        _line(protocol.result_from_message),
    ),
    "answer: placed": (_jsons(_placed), _line(protocol.placed_from_message)),
    "answer: adapted": (_jsons(_adapted), _line(protocol.adapted_from_message)),
    "answer: error": (
        _jsons(
            lambda: {"type": "error", "id": 1, "kind": "InputError", "message": "m", "hint": "h"}
        ),
        _line(_line_of_error),
    ),
    "request to match": (_jsons(lambda: REQUEST), _value(lambda v: from_jsonable(AlignRequest, v))),
    "request for a place": (
        _jsons(
            lambda: {
                "type": "place",
                "id": 1,
                "request": REQUEST,
                "transform": _transforms()[0],
                "reference_px": [1.0, 2.0],
                "sensed_px": [3.0, 4.0],
            }
        ),
        _line(_asked),
    ),
    "parameters of a warp": (
        _jsons(lambda: WarpParams()),
        _value(lambda v: from_jsonable(WarpParams, v)),
    ),
    "transform": (lambda _room: [json.dumps(t).encode() for t in _transforms()], _value(_applied)),
}
