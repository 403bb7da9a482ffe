"""Tie points as a GeoPackage layer, written with sqlite3 alone (OGC 12-128r18)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import rasterio

from ...core.errors import OutputError
from ...core.fit.result import AlignResult
from ...core.outputs import Outputs
from ...core.session.geopackage import (
    add_crs,
    create_tables,
    note_extent,
    point_blob,
    register_points,
)

_TABLE = """
CREATE TABLE tie_points (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom POINT, id INTEGER,
  reference_x_px DOUBLE, reference_y_px DOUBLE, sensed_x_px DOUBLE, sensed_y_px DOUBLE,
  sensed_x_map DOUBLE, sensed_y_map DOUBLE, score DOUBLE,
  covariance_xx_px2 DOUBLE, covariance_xy_px2 DOUBLE, covariance_yy_px2 DOUBLE,
  enabled INTEGER, reason TEXT, worth DOUBLE)
"""


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
        c, own = p.covariance_px, p.sensed_map or (None, None)
        values = (
            point_blob(srs, x, y),
            p.id,
            *p.reference_px,
            *p.sensed_px,
            *own,
            p.score,
            c[0][0],
            c[0][1],
            c[1][1],
            int(p.enabled),
            p.reason,
            p.worth,
        )
        connection.execute(
            "INSERT INTO tie_points "
            "(geom,id,reference_x_px,reference_y_px,sensed_x_px,sensed_y_px,sensed_x_map,sensed_y_map,score,"
            "covariance_xx_px2,covariance_xy_px2,covariance_yy_px2,enabled,reason,worth) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            values,
        )
    note_extent(
        connection, "tie_points", (min(xs), min(ys), max(xs), max(ys)) if xs else (None,) * 4
    )
