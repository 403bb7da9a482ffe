"""Tie points as a GeoPackage layer, written with sqlite3 alone (OGC 12-128r18)."""

from __future__ import annotations

import os
import sqlite3
import struct
import uuid
from pathlib import Path

import rasterio

from ..core.errors import OutputError
from ..core.types import AlignResult

_SCHEMA = """
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
CREATE TABLE tie_points (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom POINT, id INTEGER, reference_x_px DOUBLE, reference_y_px DOUBLE, sensed_x_px DOUBLE,
  sensed_y_px DOUBLE, sensed_x_map DOUBLE, sensed_y_map DOUBLE, score DOUBLE, covariance_xx_px2 DOUBLE, covariance_xy_px2 DOUBLE,
  covariance_yy_px2 DOUBLE, enabled INTEGER, reason TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL), ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL);
"""


def write_gpkg(path: Path, result: AlignResult) -> None:
    """Write the tie points of a result, at their places in the reference's CRS (pixels, y up, without georeferencing).

    Raises:
        OutputError: the folder cannot be written.
    """
    path = Path(path)
    partial = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.part.gpkg")
    try:
        connection = sqlite3.connect(partial)
        try:
            _fill(connection, result)
            connection.commit()
        finally:
            connection.close()
        os.replace(partial, path)
    except (sqlite3.Error, OSError) as error:
        raise OutputError(f"Cannot write {path}: {error}.", "Choose a folder you may write to, with enough room.") from error
    finally:
        partial.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, result: AlignResult) -> None:
    connection.executescript(_SCHEMA)
    srs = -1
    wkt = result.reference_grid.crs_wkt
    if wkt:
        crs = rasterio.CRS.from_wkt(wkt)
        authority = crs.to_authority() or ("NONE", "100000")
        srs = int(authority[1]) if authority[1].isdigit() else 100000
        row = (str(authority[1]), srs, authority[0], srs, wkt, None)
        connection.execute("INSERT OR REPLACE INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", row)
    xs, ys = [], []
    for p in result.points:
        x, y = p.reference_map if p.reference_map is not None else (p.reference_px[0], -p.reference_px[1])
        xs.append(x)
        ys.append(y)
        blob = b"GP\x00\x01" + struct.pack("<i", srs) + struct.pack("<BIdd", 1, 1, x, y)
        c, own = p.covariance_px, p.sensed_map or (None, None)
        values = (blob, p.id, *p.reference_px, *p.sensed_px, *own, p.score, c[0][0], c[0][1], c[1][1], int(p.enabled), p.reason)
        connection.execute(
            "INSERT INTO tie_points (geom,id,reference_x_px,reference_y_px,sensed_x_px,sensed_y_px,sensed_x_map,sensed_y_map,score,"
            "covariance_xx_px2,covariance_xy_px2,covariance_yy_px2,enabled,reason) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            values,
        )
    box = (min(xs), min(ys), max(xs), max(ys)) if xs else (None,) * 4
    connection.execute(
        "INSERT INTO gpkg_contents (table_name,data_type,identifier,min_x,min_y,max_x,max_y,srs_id) VALUES ('tie_points','features','tie_points',?,?,?,?,?)",
        (*box, srs),
    )
    connection.execute("INSERT INTO gpkg_geometry_columns VALUES ('tie_points','geom','POINT',?,0,0)", (srs,))
