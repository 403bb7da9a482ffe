"""Tie points as a GeoPackage layer, written with sqlite3 alone (OGC 12-128r18)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import rasterio

from ...core.errors import OutputError
from ...core.fit.result import AlignResult
from ...core.outputs import Outputs
from ...core.session.columns import COVARIANCE, PLACES, SENSED_MAP, numbers_of
from ...core.session.geopackage import (
    add_crs,
    create_tables,
    note_extent,
    point_blob,
    register_points,
)

_NUMBERS = (*PLACES, *SENSED_MAP, "score", *COVARIANCE)
_COLUMNS = {
    "geom": "POINT",
    "id": "INTEGER",
    **dict.fromkeys(_NUMBERS, "DOUBLE"),
    "enabled": "INTEGER",
    "reason": "TEXT",
    "worth": "DOUBLE",
}
_TABLE = (
    "CREATE TABLE tie_points (fid INTEGER PRIMARY KEY AUTOINCREMENT, "
    f"{', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})"
)
_INSERT = (
    f"INSERT INTO tie_points ({', '.join(_COLUMNS)}) "  # nosec B608
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)


def write_gpkg(path: Path, result: AlignResult) -> None:
    """Write the tie points of a result, at their places in the reference's CRS (pixels, y up,
    without georeferencing).

    Raises:
        OutputError: the folder cannot be written.
    """
    with Outputs([path]) as outputs:
        try:
            with closing(sqlite3.connect(outputs.part(path))) as connection:
                _fill(connection, result)
                connection.commit()
        except (sqlite3.Error, OSError) as error:
            raise OutputError(
                f"Cannot write {path}: {error}.",
                "Choose a folder you may write to, with enough room.",
            ) from error
        outputs.deliver()


def _fill(connection: sqlite3.Connection, result: AlignResult) -> None:
    create_tables(connection)
    connection.execute(_TABLE)
    wkt = result.reference_grid.crs_wkt
    authority = rasterio.CRS.from_wkt(wkt).to_authority() if wkt else None
    srs = add_crs(
        connection,
        wkt,
        (authority[0], int(authority[1]))
        if authority is not None and authority[1].isdigit()
        else None,
    )
    register_points(connection, "tie_points", srs)
    xs, ys = [], []
    for p in result.points:
        x, y = p.place
        xs.append(x)
        ys.append(y)
        numbers = numbers_of(p)
        measured = (numbers[name] for name in _NUMBERS)
        values = (point_blob(srs, x, y), p.id, *measured, int(p.enabled), p.reason, p.worth)
        connection.execute(_INSERT, values)
    note_extent(
        connection, "tie_points", (min(xs), min(ys), max(xs), max(ys)) if xs else (None,) * 4
    )
