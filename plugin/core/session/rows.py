"""Points under review as rows of a GeoPackage, and back."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..jsonable import from_jsonable, to_jsonable
from ..types import Evidence, Point, TiePoint
from .columns import COVARIANCE, NUMBERS, numbers_of
from .geopackage import point_blob
from .point import PointState, Role, SessionPoint

POINTS, EVIDENCE = "points", "evidence"
_NOW, _FOUND = "now", "found"
_COLUMNS = {
    "geom": "POINT",
    "position": "INTEGER NOT NULL",
    "state": "TEXT NOT NULL",
    "role": "TEXT NOT NULL",
    "in_fit": "BOOLEAN NOT NULL",
    "reason": "TEXT NOT NULL",
    **dict.fromkeys(NUMBERS, "DOUBLE"),
    "enabled": "BOOLEAN NOT NULL",
    "found": "TEXT",
}
_RESIDUALS = ("residual_x_px", "residual_y_px", "residual_px")
_NUMBERS = (
    "peak",
    "second_peak",
    "forward_backward_px",
    "origin_x_px",
    "origin_y_px",
    "step_col_x_px",
    "step_col_y_px",
    "step_row_x_px",
    "step_row_y_px",
)
CREATE = (
    f"CREATE TABLE {POINTS} (id INTEGER PRIMARY KEY NOT NULL, "
    f"{', '.join(f'{n} {k}' for n, k in _COLUMNS.items())}, "
    f"{', '.join(f'{n} DOUBLE' for n in _RESIDUALS)})",
    f"CREATE TABLE {EVIDENCE} (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, point "
    "INTEGER NOT NULL, of TEXT NOT NULL, "
    f"{', '.join(f'{n} DOUBLE' for n in _NUMBERS)}, height INTEGER, width INTEGER, "
    "surface BLOB, UNIQUE (point, of))",
    "CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, key TEXT NOT "
    "NULL UNIQUE, value TEXT NOT NULL)",
)
# nosec B608
INSERT_POINT = (
    f"INSERT OR REPLACE INTO {POINTS} (id, {', '.join(_COLUMNS)}) VALUES (?, "
    f"{', '.join('?' * len(_COLUMNS))})"
)
INSERT_EVIDENCE = (
    f"INSERT INTO {EVIDENCE} (point, of, {', '.join(_NUMBERS)}, height, width, surface) "  # nosec B608
    f"VALUES (?, ?, {', '.join('?' * len(_NUMBERS))}, ?, ?, ?)"
)


def point_row(p: SessionPoint, position: int, srs: int) -> tuple[Any, ...]:
    """Return the values of `INSERT_POINT`; undefined numbers become NULL.

    Args:
        p: The point.
        position: Its place in the list, from 0.
        srs: srs_id of the layer; without georeferencing the geometry is in reference px with y up.
    """
    t = p.tie_point
    found = None
    if p.found is not None:
        own = (
            "none"
            if p.found.evidence is None
            else ("same" if p.found.evidence is t.evidence else "own")
        )
        found = json.dumps(
            {**to_jsonable(replace(p.found, evidence=None)), "evidence": own}, allow_nan=False
        )
    return (
        t.id,
        point_blob(srs, *t.place),
        position,
        p.state.value,
        p.role.value,
        p.in_fit,
        t.reason,
        *numbers_of(t).values(),
        t.enabled,
        found,
    )


def evidence_rows(p: SessionPoint, previous: SessionPoint | None) -> list[tuple[Any, ...]] | None:
    """Return the values of `INSERT_EVIDENCE` of a point, None where those of its previous version
    still hold.
    """
    now, found = _evidence_of(p)
    if previous is not None:
        earlier = _evidence_of(previous)
        if earlier[0] is now and earlier[1] is found:
            return None
    return [
        _evidence_row(p.id, name, e) for name, e in ((_NOW, now), (_FOUND, found)) if e is not None
    ]


def _evidence_of(p: SessionPoint) -> tuple[Evidence | None, Evidence | None]:
    """Return the evidence of a point, and that of what was found where it is another one."""
    found = p.found.evidence if p.found is not None else None
    return p.tie_point.evidence, None if found is p.tie_point.evidence else found


def _evidence_row(point: int, name: str, e: Evidence) -> tuple[Any, ...]:
    (cx, cy), (rx, ry) = e.surface_step_px
    height = width = surface = None
    if e.surface is not None:
        height, width = e.surface.shape
        surface = np.ascontiguousarray(e.surface, dtype="<f2").tobytes()
    return (
        point,
        name,
        e.peak,
        e.second_peak,
        e.forward_backward_px,
        *e.surface_origin_px,
        cx,
        cy,
        rx,
        ry,
        height,
        width,
        surface,
    )


def extent(
    points: Sequence[SessionPoint],
) -> tuple[float | None, float | None, float | None, float | None]:
    """Return min x, min y, max x, max y of the layer, None without points."""
    if not points:
        return None, None, None, None
    places = np.array([p.tie_point.place for p in points])
    (x0, y0), (x1, y1) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    return x0, y0, x1, y1


def points_from(connection: sqlite3.Connection) -> tuple[SessionPoint, ...]:
    """Read all points, in their order; the connection yields `sqlite3.Row`.

    Raises:
        ValueError, TypeError, IndexError, sqlite3.Error, AlignError: where the tables are not ours.
    """
    evidence: dict[tuple[int, str], Evidence] = {}
    for row in connection.execute(f"SELECT * FROM {EVIDENCE}"):  # nosec B608
        evidence[row["point"], row["of"]] = _evidence_from(row)
    return tuple(
        _point_from(row, evidence)
        for row in connection.execute(f"SELECT * FROM {POINTS} ORDER BY position")  # nosec B608
    )


def residuals_from(connection: sqlite3.Connection) -> dict[int, Point]:
    """Read the residuals of the points that have any, by id.

    Raises:
        sqlite3.Error: where the table is not ours.
    """
    rows = connection.execute(f"SELECT id, residual_x_px, residual_y_px FROM {POINTS}")  # nosec B608
    return {i: (float(x), float(y)) for i, x, y in rows if x is not None and y is not None}


def _evidence_from(row: sqlite3.Row) -> Evidence:
    peak, second, back, x0, y0, cx, cy, rx, ry = (_number(row[n]) for n in _NUMBERS)
    surface = None
    if row["surface"] is not None:
        surface = (
            np.frombuffer(row["surface"], dtype="<f2")
            .astype(np.float32)
            .reshape(row["height"], row["width"])
        )
    return Evidence(peak, second, back, surface, (x0, y0), ((cx, cy), (rx, ry)))


def _point_from(row: sqlite3.Row, evidence: dict[tuple[int, str], Evidence]) -> SessionPoint:
    own = evidence.get((row["id"], _NOW))
    a, b, d = (_number(row[name]) for name in COVARIANCE)
    point = TiePoint(
        row["id"],
        _required(row, "reference_{}_px"),
        _required(row, "sensed_{}_px"),
        _place(row, "reference_{}_map"),
        _place(row, "sensed_{}_map"),
        _number(row["score"]),
        ((a, b), (b, d)),
        bool(row["enabled"]),
        str(row["reason"] or ""),
        own,
    )
    found = None
    if row["found"] is not None:
        data = json.loads(row["found"])
        which = data.pop("evidence")
        kept = {"same": own, "own": evidence.get((row["id"], _FOUND)), "none": None}[which]
        found = replace(from_jsonable(TiePoint, data), evidence=kept)
    return SessionPoint(point, PointState(row["state"]), Role(row["role"]), found)


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _required(row: sqlite3.Row, name: str) -> Point:
    return float(row[name.format("x")]), float(row[name.format("y")])


def _place(row: sqlite3.Row, name: str) -> Point | None:
    x, y = row[name.format("x")], row[name.format("y")]
    return None if x is None or y is None else (float(x), float(y))
