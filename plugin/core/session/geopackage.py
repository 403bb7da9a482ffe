"""What a GeoPackage needs besides its tables (OGC 12-128r18), written with sqlite3 alone; and how
one of unknown origin is read.
"""

from __future__ import annotations

import re
import sqlite3
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ..errors import InputError

TABLES = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
_WAIT_S = 3.0
_MAX_ROWS = 1_000_000
_STEPS = 10_000  # of SQLite's virtual machine between two looks at the clock: a few ms
UNDEFINED_CARTESIAN = -1
_OWN_CRS = 100000
_AUTHORITY = re.compile(r'(?:AUTHORITY\["(\w+)",\s*"(\d+)"\]|ID\["(\w+)",\s*(\d+)\])\s*\]\s*$')
_SCHEMA = (
    "PRAGMA application_id = 1196444487",
    "PRAGMA user_version = 10300",
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY "
    "KEY, organization TEXT NOT NULL, "
    "organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)",
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT "
    "NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', "
    "last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x "
    "DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER)",
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT "
    "NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, "
    "z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name))",
    "INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian', -1, 'NONE', -1, "
    "'undefined', NULL), ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL)",
    "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
    "f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), "
    "f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, "
    "useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), "
    "update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))",
)


@contextmanager
def opened(path: Path, tables: Iterable[str], seconds: float) -> Iterator[sqlite3.Connection]:
    """Open a database of unknown origin to read tables: what it holds cannot keep us busy, and
    nothing in it is changed.

    SQLite's own mode for reading alone is not used: it cannot take back what a killed process left
    in the journal.

    Args:
        path: The file.
        tables: What is to be read.
        seconds: How long all of it may take.

    Raises:
        InputError: one of the tables is not there or computes what it holds (a view, say), or time
        is up.
        sqlite3.Error: it is no database, or locked.
    """
    end = time.monotonic() + seconds
    with closing(sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)) as connection:
        connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)
        try:
            for statement in ("PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF", "BEGIN"):
                connection.execute(statement)
            for table in tables:
                _require_plain(connection, path, table)
            yield connection
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            raise InputError(
                f"Reading {path} takes longer than {seconds:g} s.",
                "Copy the file to a disk of this computer, or choose another one.",
            ) from error


def _require_plain(connection: sqlite3.Connection, path: Path, table: str) -> None:
    """Raise an InputError unless the file itself holds the rows of a table."""
    found = connection.execute(
        "SELECT type, rootpage FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type "
        "IN ('table', 'view')",
        (table,),
    ).fetchall()
    if not found:
        raise InputError(f"{path} has no table '{table}'.", "Choose a file saved by this plugin.")
    # nosec B608
    computed = any(column[6] for column in connection.execute(f"PRAGMA table_xinfo({table})"))
    if computed or any(kind != "table" or not page for kind, page in found):
        raise InputError(
            f"{path} computes its table '{table}'; such a file is not read.",
            "Choose a file saved by this plugin.",
        )


def require_short(connection: sqlite3.Connection, path: Path, tables: Iterable[str]) -> None:
    """Raise an InputError where a table has more rows than a review can have: a damaged file may
    repeat its pages without end.
    """
    for table in tables:
        if (
            connection.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT ?)",  # nosec B608
                (_MAX_ROWS + 1,),
            ).fetchone()[0]
            > _MAX_ROWS
        ):  # nosec B608
            raise InputError(
                f"{path} has more than {_MAX_ROWS} rows in '{table}'.",
                "Choose a file saved by this plugin.",
            )


def authority_of(wkt: str) -> tuple[str, int] | None:
    """Return authority and code that a WKT (version 1 or 2) names for the whole CRS, or None."""
    found = _AUTHORITY.search(wkt)
    if found is None:
        return None
    name, code = (found[1], found[2]) if found[1] else (found[3], found[4])
    return name, int(code)


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty database a GeoPackage, with a table of QGIS styles."""
    for statement in _SCHEMA:
        connection.execute(statement)


def add_crs(
    connection: sqlite3.Connection, wkt: str, authority: tuple[str, int] | None = None
) -> int:
    """Add a CRS and return its srs_id; -1 for an empty WKT.

    Args:
        connection: Of a GeoPackage.
        wkt: The CRS.
        authority: Its authority and code, where they are known better than from the WKT.
    """
    if not wkt:
        return UNDEFINED_CARTESIAN
    organization, code = authority or authority_of(wkt) or ("NONE", _OWN_CRS)
    row = (f"{organization}:{code}", code, organization, code, wkt, None)
    connection.execute("INSERT OR REPLACE INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", row)
    return code


def register_points(
    connection: sqlite3.Connection, table: str, srs: int, description: str = ""
) -> None:
    """Declare a table with a column `geom` a layer of points."""
    values = (table, table, description, srs)
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, "
        "srs_id) VALUES (?, 'features', ?, ?, ?)",
        values,
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', ?, 0, 0)", (table, srs)
    )


def register_attributes(connection: sqlite3.Connection, table: str, description: str = "") -> None:
    """Declare a table without geometry; tables that are not declared stay out of sight."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) "
        "VALUES (?, 'attributes', ?, ?)",
        (table, table, description),
    )


def note_extent(
    connection: sqlite3.Connection,
    table: str,
    box: tuple[float | None, float | None, float | None, float | None],
) -> None:
    """Set a layer's extent (min x, min y, max x, max y; None without points) and the time of its
    last change.
    """
    connection.execute(
        "UPDATE gpkg_contents SET min_x=?, min_y=?, max_x=?, max_y=?, "
        "last_change=strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name=?",
        (*box, table),
    )


def add_style(connection: sqlite3.Connection, table: str, name: str, qml: str) -> None:
    """Store the style with which QGIS opens a layer; QGIS finds the table of styles where it is
    declared.
    """
    register_attributes(connection, "layer_styles")
    connection.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, "
        "description, owner) VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '')",
        (table, name, qml, name),
    )


def point_blob(srs: int, x: float, y: float) -> bytes:
    """Return a point as a GeoPackage geometry."""
    return b"GP\x00\x01" + struct.pack("<i", srs) + struct.pack("<BIdd", 1, 1, x, y)
