"""A review in one GeoPackage: written piece by piece after each edit, whole at any moment.

Table `points` is an ordinary layer (with a style); `session` holds everything else by name, as
JSON; `evidence` the similarity surfaces (float16, as they come from the worker). Each save is one
transaction: a process that is killed leaves the review as it was before or after the edit, and
SQLite mends the file when it is opened next.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ..borders import reading
from ..errors import AlignError, InputError, OutputError
from ..outputs import Outputs
from ..types import Point
from . import geopackage
from .record import SessionRecord, record_from, record_from_json
from .rows import (
    CREATE,
    EVIDENCE,
    INSERT_EVIDENCE,
    INSERT_POINT,
    POINTS,
    evidence_rows,
    extent,
    point_row,
    points_from,
    residuals_from,
)

_MAGIC = b"SQLite format 3\x00"
_JOURNALS = ("-journal", "-wal", "-shm")
_WAIT_S = 3.0
_SAME_PX = 1e-6
_PUT = (
    "INSERT INTO session (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = "
    "excluded.value"
)
_OURS = "Choose a file saved by this plugin."
_READ = ("session", POINTS, EVIDENCE)
_BRIEF_S, _LONG_S = 5.0, 60.0  # to read what a review is about; to read all of it


class SessionFile:
    """Keeps one review in one file; remembers what it wrote last, so that an edit costs what it
    changed.
    """

    def __init__(
        self, path: Path, style_qml: str = "", written_by: Mapping[str, str] | None = None
    ) -> None:
        """Name the file; nothing is touched before the first `save`.

        Args:
            path: GeoPackage.
            style_qml: QGIS style of the points.
            written_by: Versions of what writes, name -> version.
        """
        self.path = Path(path)
        self._style, self._written_by = style_qml, dict(written_by or {})
        self._writer = secrets.token_hex(8)
        self._count = 0
        self._saved: SessionRecord | None = None
        self._residuals: dict[int, Point] = {}

    @classmethod
    def going_on(
        cls,
        path: Path,
        record: SessionRecord,
        style_qml: str = "",
        written_by: Mapping[str, str] | None = None,
    ) -> SessionFile:
        """Go on with a file that was just read: later saves write what differs from `record`."""
        file = cls(path, style_qml, written_by)
        with (
            contextlib.suppress(AlignError, sqlite3.Error, TypeError, ValueError),
            geopackage.opened(path, ["session", POINTS], _BRIEF_S) as connection,
        ):
            file._writer, file._count = _revision(connection)
            file._residuals = residuals_from(connection)
            file._saved = record
        return file

    def save(self, record: SessionRecord) -> None:
        """Write what changed since the last save, nothing where that is nothing; all of it at
        first, or where another program wrote the file meanwhile.

        A file of another writer, or one that is damaged, is copied or renamed aside before.

        Raises:
            OutputError: the folder cannot be written.
        """
        try:
            if not self._is_ours():
                self._create(record)
            elif self._differs(record):
                with _transaction(self.path) as connection:
                    self._update(connection, record)
        except (sqlite3.Error, OSError) as error:
            self._saved = None
            hint = (
                "Choose a project folder you may write to, with enough room; the points are "
                "still here, and the next edit tries again."
            )
            raise OutputError(
                f"The review cannot be saved in {self.path}: {error}.", hint
            ) from error
        self._saved = record

    def note_fit(self, residuals_px: Mapping[int, Point], advised: str = "") -> None:
        """Write the residuals of the points saved and the model advised, where they changed;
        failing is no loss, they can be computed.

        Args:
            residuals_px: transform(sensed) - reference by id; points that are not there have none.
            advised: See `SessionRecord`.
        """
        saved = self._saved
        if saved is None:
            return
        known = {p.id for p in saved.points}
        new = {
            i: r
            for i, r in residuals_px.items()
            if i in known and not _same(self._residuals.get(i), r)
        }
        gone = [i for i in self._residuals if i not in residuals_px]
        turned = saved.advised != advised
        if not new and not gone and not turned:
            return
        with contextlib.suppress(sqlite3.Error, OSError):
            if not self._is_ours():
                return
            with _transaction(self.path) as connection:
                rows = [(*r, (r[0] ** 2 + r[1] ** 2) ** 0.5, i) for i, r in new.items()] + [
                    (None, None, None, i) for i in gone
                ]
                connection.executemany(
                    f"UPDATE {POINTS} SET residual_x_px=?, residual_y_px=?, "  # nosec B608
                    "residual_px=? WHERE id=?",
                    rows,
                )  # nosec B608
                if turned:
                    connection.execute(_PUT, ("advised", json.dumps(advised)))
            self._saved = replace(saved, advised=advised)
            self._residuals = {**{i: r for i, r in self._residuals.items() if i not in gone}, **new}

    # --- inside

    def _is_ours(self) -> bool:
        """Whether the file is there as we left it."""
        if self._saved is None or not self.path.is_file():
            return False
        try:
            with geopackage.opened(self.path, ["session"], _BRIEF_S) as connection:
                if _revision(connection) != [self._writer, self._count]:
                    return False
            return _can_be_continued(self.path)
        except InputError:
            return False
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise
            return False

    def _differs(self, record: SessionRecord) -> bool:
        """Whether a review is another than the one saved."""
        saved = self._saved
        return (
            saved is None
            or len(saved.points) != len(record.points)
            or any(a is not b for a, b in zip(saved.points, record.points, strict=True))
            or saved.described() != record.described()
        )

    def _create(self, record: SessionRecord) -> None:
        """Write everything: into a new file that is renamed, or in one transaction into the one
        that is there.
        """
        if self.path.is_file() and not self._set_aside():
            with _transaction(self.path) as connection:
                for table in (POINTS, EVIDENCE, "session"):
                    connection.execute(f"DELETE FROM {table}")  # nosec B608
                self._saved = None
                self._update(connection, record)
            return
        part = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}.part")
        try:
            with _transaction(part) as connection:
                geopackage.create_tables(connection)
                for statement in CREATE:
                    connection.execute(statement)
                srs = geopackage.add_crs(connection, record.reference_grid.crs_wkt)
                geopackage.register_points(connection, POINTS, srs, "Control points under review")
                geopackage.register_attributes(connection, "session", "What the points belong to")
                if self._style:
                    geopackage.add_style(connection, POINTS, "review", self._style)
                self._saved = None
                self._update(connection, record)
            for suffix in (
                _JOURNALS
            ):  # those of a file that was removed would be played back into the new one
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            os.replace(part, self.path)
        finally:
            for suffix in ("", *_JOURNALS):
                Path(f"{part}{suffix}").unlink(missing_ok=True)

    def _set_aside(self) -> bool:
        """Keep a file that another program wrote: a copy of a review that can be written on, else
        the file itself; then it is gone.
        """
        review = is_review(self.path)
        why = "other" if review else "damaged"
        kept = self.path.with_name(f"{self.path.stem}.{datetime.now():%Y%m%d-%H%M%S}.{why}.gpkg")
        if review and _can_be_continued(self.path):
            copy_review(self.path, kept)
            return False
        for suffix in ("", *_JOURNALS):
            if Path(f"{self.path}{suffix}").exists():
                os.replace(f"{self.path}{suffix}", f"{kept}{suffix}")
        return True

    def _update(self, connection: sqlite3.Connection, record: SessionRecord) -> None:
        before = self._saved
        old = {p.id: (at, p) for at, p in enumerate(before.points)} if before is not None else {}
        new = {p.id for p in record.points}
        changed = [
            (at, p)
            for at, p in enumerate(record.points)
            if p.id not in old or old[p.id][1] is not p or old[p.id][0] != at
        ]
        gone = [(i,) for i in old if i not in new]
        srs = (
            geopackage.add_crs(connection, record.reference_grid.crs_wkt)
            if before is None
            else _srs(connection)
        )
        if gone:
            connection.executemany(f"DELETE FROM {POINTS} WHERE id=?", gone)  # nosec B608
            connection.executemany(f"DELETE FROM {EVIDENCE} WHERE point=?", gone)  # nosec B608
        connection.executemany(INSERT_POINT, [point_row(p, at, srs) for at, p in changed])
        for _at, p in changed:
            previous = old[p.id][1] if p.id in old else None
            rows = evidence_rows(p, previous)
            if rows is not None:
                if previous is not None:
                    connection.execute(f"DELETE FROM {EVIDENCE} WHERE point=?", (p.id,))  # nosec B608
                connection.executemany(INSERT_EVIDENCE, rows)
            old.pop(p.id, None)
            self._residuals.pop(p.id, None)
        if changed or gone or before is None:
            geopackage.note_extent(connection, POINTS, extent(record.points))
        known = before.described() if before is not None else {}
        values = {
            key: value
            for key, value in record.described().items()
            if key not in known or known[key] != value
        }
        if before is None:
            self._residuals = {}
            values["written_by"] = self._written_by
        self._count += 1
        values["revision"] = [self._writer, self._count]
        rows_of = [(key, json.dumps(value, allow_nan=False)) for key, value in values.items()]
        connection.executemany(_PUT, rows_of)


def _same(residual: Point | None, other: Point) -> bool:
    """Whether two residuals differ by nothing but another computer's last digits."""
    return residual is not None and math.dist(residual, other) < _SAME_PX


def is_review(path: Path) -> bool:
    """Whether a file is a GeoPackage of a review."""
    try:
        with Path(path).open("rb") as stream:
            if stream.read(16) != _MAGIC:
                return False
        with geopackage.opened(path, ["session"], _BRIEF_S) as connection:
            return bool(
                connection.execute("SELECT count(*) FROM session WHERE key = 'format'").fetchone()[
                    0
                ]
                == 1
            )
    except (InputError, OSError, sqlite3.Error):
        return False


def copy_review(path: Path, target: Path) -> None:
    """Copy a review with what is still in its journal; the copy appears when it is complete.

    Raises:
        OutputError: it cannot be written.
    """
    with Outputs([target], [path]) as outputs:
        try:
            with (
                closing(sqlite3.connect(path, timeout=_WAIT_S)) as source,
                closing(sqlite3.connect(outputs.part(target))) as sink,
            ):
                source.backup(sink)
        except (OSError, sqlite3.Error) as error:
            raise OutputError(
                f"Cannot copy {path} to {target}: {error}.",
                "Choose a folder you may write to, with enough room.",
            ) from error
        outputs.deliver()


def load_record(path: Path, points: bool = True) -> SessionRecord:
    """Read a review: a GeoPackage, or the JSON of earlier versions.

    Args:
        path: File.
        points: Read the points too; without them it is quick.

    Raises:
        InputError: it cannot be read or is no review.
    """
    path = Path(path)
    with reading("the session", path, _OURS):
        with path.open("rb") as stream:
            binary = stream.read(16) == _MAGIC
        if not binary:
            data = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(data, dict):
                raise InputError(f"{path} is not a session.", _OURS)
            return record_from_json(data)
        tables = _READ if points else _READ[:1]
        with geopackage.opened(path, tables, _LONG_S if points else _BRIEF_S) as connection:
            geopackage.require_short(connection, path, tables)
            connection.row_factory = sqlite3.Row
            described = {
                row["key"]: json.loads(row["value"])
                for row in connection.execute("SELECT key, value FROM session")
            }
            return record_from(described, points_from(connection) if points else ())


def _can_be_continued(path: Path) -> bool:
    """Whether a review can be written on: its tables are as we make them, and nothing else happens
    when they are changed.
    """
    try:
        with geopackage.opened(path, (*_READ, *geopackage.TABLES), _BRIEF_S) as connection:
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({POINTS})")}
            triggers = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
            ).fetchone()[0]
            return "residual_px" in columns and not triggers
    except InputError:
        return False


def _revision(connection: sqlite3.Connection) -> Any:
    row = connection.execute("SELECT value FROM session WHERE key = 'revision'").fetchone()
    return json.loads(row[0]) if row is not None else None


def _srs(connection: sqlite3.Connection) -> int:
    return int(
        connection.execute(
            "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (POINTS,)
        ).fetchone()[0]
    )


@contextlib.contextmanager
def _transaction(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database and keep all that is done, or nothing."""
    with closing(sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
