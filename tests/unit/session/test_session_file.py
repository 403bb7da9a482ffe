"""The review's file: what comes back is what was there, after any edit, any kill, any other
writer.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from sar_optical_align.plugin.core.errors import InputError, UsageError
from sar_optical_align.plugin.core.fit.result import AlignResult
from sar_optical_align.plugin.core.jsonable import to_jsonable
from sar_optical_align.plugin.core.session import geopackage
from sar_optical_align.plugin.core.session.file import SessionFile, copy_review, load_record
from sar_optical_align.plugin.core.session.fingerprint import (
    WHOLE_BYTES,
    Fingerprint,
    change_of,
    fingerprint,
)
from sar_optical_align.plugin.core.session.record import Adapted, RunRecord
from sar_optical_align.plugin.core.session.session import Role, Session
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, Evidence, Status
from sessions import EDITS, GRID, apply, session, tie_points

SUPPORT = Path(__file__).resolve().parents[2] / "support"


def content(s):
    """All a session holds, comparable."""

    def surfaces(t):
        return (
            None
            if t is None or t.evidence is None or t.evidence.surface is None
            else t.evidence.surface.tolist()
        )

    described = s.record().described()
    return described, [(to_jsonable(p), surfaces(p.tie_point), surfaces(p.found)) for p in s.points]


def result(points, reference, sensed):
    params = AlignParams(matcher="cfog", search_radius=300.0, matcher_params={"orientations": 6})
    return AlignResult(
        AlignRequest(reference, sensed, params),
        Status.OK,
        "Good.",
        "cfog",
        "affine",
        tuple(points),
        None,
        None,
        (),
        None,
        GRID,
        GRID,
        evidence={"independent": 12.0},
        versions={"numpy": "1"},
    )


def with_evidence(points, seed=1):
    rng = np.random.default_rng(seed)
    surfaces = rng.uniform(-1, 1, (len(points), 7, 9)).astype(np.float16).astype(np.float32)
    return [
        replace(
            p, evidence=Evidence(0.8, 0.2, float("nan"), m, (1.5, 2.5), ((0.5, 0.1), (0.0, 2.0)))
        )
        for p, m in zip(points, surfaces, strict=True)
    ]


@given(EDITS)
@settings(max_examples=40, deadline=None)
def test_after_any_edits_the_file_holds_the_session(tmp_path_factory, edits):
    path = tmp_path_factory.mktemp("s") / "s.gpkg"
    s = session(file=path)
    s.set_result(result(with_evidence(tie_points()), s.reference, s.sensed))
    for edit in edits:
        with contextlib.suppress(UsageError):  # of a point that an undo took away
            apply(s, edit)
    assert content(Session.load(path)) == content(s)


def test_a_run_is_kept_with_its_parameters_and_weights(tmp_path):
    s = Session(session().reference, session().sensed, GRID, GRID, "auto", tmp_path / "s.gpkg")
    s.inputs = (Fingerprint("a.tif", 10, 5.0, "ab"), Fingerprint("b.tif"))
    r = result(with_evidence(tie_points()), s.reference, s.sensed)
    s.set_result(
        r,
        RunRecord.of(
            r, Fingerprint("w", 3, 1.0, "cd"), "2026-01-01T00:00:00+00:00", {"QGIS": "3.40"}
        ),
    )
    back = Session.load(tmp_path / "s.gpkg")
    assert back.run == s.run
    assert back.run.params.search_radius == 300.0
    assert back.run.weights.sha256 == "cd"
    assert back.inputs == s.inputs
    s.undo()
    assert Session.load(tmp_path / "s.gpkg").run is None


def test_going_on_writes_only_what_changed(tmp_path):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    s.set_result(result(with_evidence(tie_points()), s.reference, s.sensed))
    record = load_record(path)
    back = Session.from_record(record)
    back.file = SessionFile.going_on(path, record)
    before = path.read_bytes()
    back.set_role([4], Role.CHECK)
    after = path.read_bytes()
    assert len(after) == len(before)
    changed = sum(before[i : i + 4096] != after[i : i + 4096] for i in range(0, len(after), 4096))
    assert changed <= 5
    assert content(Session.load(path)) == content(back)
    assert [f.name for f in tmp_path.iterdir()] == ["s.gpkg"]


def test_opening_a_review_does_not_touch_its_file(tmp_path):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    s.set_result(result(with_evidence(tie_points()), s.reference, s.sensed))
    s.set_model("auto")
    s.note_fit()
    os.utime(path, (1e9, 1e9))
    before = path.read_bytes()
    for _ in range(2):
        record = load_record(path)
        back = Session.from_record(record)
        back.file = SessionFile.going_on(path, record)
        back.save()
        assert back.fit.residuals_px
        back.note_fit()
        assert (path.stat().st_mtime, path.read_bytes()) == (1e9, before)
    back.reject([1])
    back.note_fit()
    assert path.read_bytes() != before


def test_a_json_of_before_is_read(tmp_path):
    s = session()
    s.reject([3])
    old = {**s.record().described(), "format": 1, "points": [to_jsonable(p) for p in s.points]}
    del old["run"], old["inputs"]
    (tmp_path / "s.json").write_text(json.dumps(old))
    assert content(Session.load(tmp_path / "s.json")) == content(s)


def test_what_another_program_wrote_is_kept_aside(tmp_path):
    path = tmp_path / "s.gpkg"
    one, other = session(file=path), session(12, file=path)
    assert len(Session.load(path).points) == 12
    one.reject([30])
    assert content(Session.load(path)) == content(one)
    theirs = [f for f in tmp_path.iterdir() if f.stem.endswith(".other")]
    assert any(len(Session.load(f).points) == 12 for f in theirs)
    assert len(other.points) == 12


def test_a_damaged_file_is_put_aside_and_written_anew(tmp_path):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    path.write_bytes(path.read_bytes()[:100] + b"\0" * 3000)
    s.reject([1])
    assert content(Session.load(path)) == content(s)
    assert [f.name for f in tmp_path.iterdir() if "damaged" in f.name]


def test_a_removed_file_comes_back_with_the_next_edit(tmp_path):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    path.unlink()
    s.reject([1])
    assert content(Session.load(path)) == content(s)


def test_residuals_are_columns_of_the_layer_and_follow_edits(tmp_path):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    s.note_fit()
    s.reject([2])
    s.note_fit()
    copy_review(path, tmp_path / "copy.gpkg")
    rows = (
        sqlite3.connect(tmp_path / "copy.gpkg")
        .execute("SELECT id, residual_x_px, residual_y_px, residual_px, in_fit FROM points")
        .fetchall()
    )
    assert {r[0]: (r[1], r[2]) for r in rows} == s.fit.residuals_px
    assert all(r[3] == pytest.approx(np.hypot(r[1], r[2])) for r in rows)
    assert [r[0] for r in rows if not r[4]] == [2]


def test_a_kill_at_any_moment_keeps_the_last_edit(tmp_path):
    """At most the edit that was being written is missing, and it is missing whole."""
    rng = random.Random(5)
    for turn in range(12):
        path = tmp_path / f"{turn}.gpkg"
        command = [sys.executable, str(SUPPORT / "autosave_loop.py"), str(path), str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline().strip() == "ready"
            time.sleep(rng.uniform(0.0, 0.35))
            os.kill(process.pid, signal.SIGKILL)
            told = [int(line) for line in process.stdout.read().split() if line.strip()]
        back = Session.load(path)
        last = told[-1] if told else 0
        held = (
            back.point(1).tie_point.reference_px[0]
            if back.point(1).state.value == "edited"
            else 0.0
        )
        assert held in (last, last + 1.0)
        assert [p.id for p in back.points[:400]] == list(range(1, 401))
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
        back.file = SessionFile.going_on(path, load_record(path))
        back.reject([7])  # and the review goes on
        assert not Session.load(path).point(7).tie_point.enabled


def test_fingerprints_tell_files_apart(tmp_path):
    a = tmp_path / "a.tif"
    a.write_bytes(b"x" * 1000)
    then = fingerprint(str(a))
    assert then.whole
    assert change_of("sensed", then, then) == ""
    moved = a.rename(tmp_path / "moved.tif")
    assert change_of("sensed", then, fingerprint(str(moved))) == ""
    assert "no longer there" in change_of("sensed", then, fingerprint(str(a)))
    moved.write_bytes(b"x" * 999 + b"y")
    assert "other content" in change_of("sensed", then, fingerprint(str(moved)))
    moved.write_bytes(b"x" * 1001)
    assert "1e+03 bytes" in change_of("sensed", then, fingerprint(str(moved))) or "kB" in change_of(
        "sensed", then, fingerprint(str(moved))
    )
    assert not fingerprint("/vsicurl/http://nowhere/a.tif").known


def test_giants_are_told_apart_by_three_parts(tmp_path):
    big = tmp_path / "big.tif"
    with big.open("wb") as stream:
        stream.truncate(WHOLE_BYTES + 5)
    then = fingerprint(str(big))
    assert not then.whole
    with big.open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"z")
    assert not then.same_content(fingerprint(str(big)))


def test_dying_at_any_statement_of_a_save_leaves_the_review_before_or_after(tmp_path):
    """The fault is injected at every statement and rename in turn, while a file is made and while
    an edit is written.
    """
    command = [sys.executable, str(SUPPORT / "kill_points.py"), str(tmp_path)]
    done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert len(done["create"]) > 40
    assert set(done["create"]) == {None, done["before"]}
    assert done["create"][-1] == done["before"]
    assert len(done["edit"]) > 10
    assert set(done["edit"]) == {done["before"], -5.0}
    assert done["edit"] == sorted(done["edit"], reverse=True)  # once it is written it stays written
    assert done["edit"][-1] == -5.0


def test_adapted_weights_are_named_in_the_file_and_lie_beside_it(tmp_path):
    """Noting them is no edit: nothing to undo, the fit stays; a name that leads elsewhere is
    refused.
    """
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    s.save()
    told, before = [], s.undo_text
    s.subscribe(told.append)
    s.set_adapted(Adapted("me_ssm", "s.me_ssm-1.safetensors"))
    assert (told, s.undo_text) == (["adapted"], before)
    back = Session.load(path)
    assert back.adapted == s.adapted
    assert content(back) == content(s)
    s.set_adapted(None)
    assert Session.load(path).adapted is None
    for file in ("../w.safetensors", "a/b.safetensors", "C:w.safetensors", "weights.bin", ""):
        with pytest.raises(InputError):
            Adapted("me_ssm", file)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "UPDATE session SET value = ? WHERE key = 'adapted'",
            (json.dumps({"network": "me_ssm", "file": "../../w.safetensors"}),),
        )
        connection.commit()
    with pytest.raises(InputError):
        Session.load(path)


def test_a_review_of_before_has_no_adapted_weights(tmp_path):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    s.save()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM session WHERE key = 'adapted'")
        connection.commit()
    assert Session.load(path).adapted is None


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"


def change(path, *statements):
    """Do to a file what another program may."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("table", "made"),
    [
        (
            "session",
            f"CREATE VIEW session AS {_ENDLESS} i AS id, 'k' || i AS key, '1' AS value FROM n",
        ),
        ("session", f"CREATE VIEW SESSION AS {_ENDLESS} 'format' AS key, count(*) AS value FROM n"),
        ("points", f"CREATE VIEW points AS {_ENDLESS} i AS id, i AS position FROM n"),
        ("evidence", f"CREATE VIEW evidence AS {_ENDLESS} i AS point, 'now' AS of FROM n"),
        ("points", "CREATE VIRTUAL TABLE points USING rtree(id, x0, x1)"),
        (
            "points",
            "CREATE TABLE points (id INTEGER PRIMARY KEY, position AS "
            "(length(zeroblob(100000000))))",
        ),
    ],
)
def test_a_file_that_computes_its_tables_is_refused_at_once_and_kept_aside(tmp_path, table, made):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    change(path, f"DROP TABLE {table}", made)
    began = time.monotonic()
    with pytest.raises(InputError, match="computes its table"):
        load_record(path)
    s.reject([1])
    assert content(Session.load(path)) == content(s)
    assert len([f for f in tmp_path.iterdir() if f.suffix == ".gpkg"]) == 2
    assert time.monotonic() - began < 2


def test_a_review_with_triggers_is_read_but_not_written_on(tmp_path):
    path = tmp_path / "s.gpkg"
    s = session(file=path)
    change(path, f"CREATE TRIGGER t AFTER INSERT ON points BEGIN {_ENDLESS} max(i) FROM n; END")
    back = Session.load(path)
    assert content(back) == content(s)
    back.file = SessionFile.going_on(path, load_record(path))
    back.reject([1])
    assert content(Session.load(path)) == content(back)
    aside = [f for f in tmp_path.iterdir() if f.stem.endswith(".other")]
    assert [content(Session.load(f)) for f in aside] == [content(s)]


def test_what_takes_too_long_to_read_is_given_up(tmp_path):
    path = tmp_path / "s.gpkg"
    session(file=path)
    began = time.monotonic()
    with (
        pytest.raises(InputError, match="takes longer"),
        geopackage.opened(path, ["session"], 0.2) as connection,
    ):
        connection.execute(f"{_ENDLESS} count(*) FROM n").fetchone()
    assert time.monotonic() - began < 1
    with (
        pytest.raises(sqlite3.OperationalError, match="readonly"),
        geopackage.opened(path, ["session"], 5.0) as connection,
    ):
        connection.execute("DELETE FROM session")


def test_more_rows_than_a_review_can_have_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "s.gpkg"
    session(31, file=path)
    monkeypatch.setattr(geopackage, "_MAX_ROWS", 30)
    with pytest.raises(InputError, match="more than 30 rows"):
        load_record(path)
