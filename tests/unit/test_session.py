"""The review session: undo is exact, check points stay out, autosave survives a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import InputError, OutputError, UsageError
from sar_optical_align.plugin.core.session import PointState, Role, Seen, Session
from sar_optical_align.plugin.core.types import Evidence, Grid, RasterRef, TiePoint

GRID = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), 400, 300)
SUPPORT = Path(__file__).resolve().parents[1] / "support"


def tie_points(n=30, seed=0):
    rng = np.random.default_rng(seed)
    sensed = rng.uniform(0, 300, (n, 2))
    reference = sensed @ np.array([[1.01, 0.02], [-0.01, 0.99]]).T + [5, -3] + rng.normal(0, 0.3, (n, 2))
    return [TiePoint(i + 1, tuple(r), tuple(s)) for i, (r, s) in enumerate(zip(reference.tolist(), sensed.tolist(), strict=True))]


def session(n=30, **kwargs):
    s = Session(RasterRef("a.tif"), RasterRef("b.tif"), GRID, GRID, "affine", **kwargs)
    s.replace_all(tie_points(n))
    return s


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["accept", "reject", "undecide", "move", "snap", "nudge", "add", "settle", "many", "check", "model", "undo", "redo"]),
        st.integers(1, 30),
        st.floats(0, 299),
    ),
    max_size=40,
)


def apply(s, edit):
    kind, identifier, value = edit
    if kind in ("accept", "reject", "undecide"):
        getattr(s, kind)([identifier])
    elif kind == "move":
        s.move(identifier, reference_px=(value, value / 2))
    elif kind == "snap":
        s.move(identifier, reference_px=(value, 3.0), seen=Seen(value / 300, ((0.1, 0.0), (0.0, 0.2)), Evidence(0.5, 0.25)))
    elif kind == "nudge":
        s.nudge(1 + identifier % 2, 0.1, -0.1)
    elif kind == "add":
        s.add((value, 10.0), (value, 12.0))
    elif kind == "settle":
        s.settle(s.points[-1].id, (value, 20.0), (value, 22.0), Seen(0.5, ((0.1, 0.0), (0.0, 0.2)), Evidence(0.5, 0.25)))
    elif kind == "many":
        s.reject(range(identifier, 31), "score below 0.4")
    elif kind == "check":
        s.set_role([identifier], Role.CHECK)
    elif kind == "model":
        s.set_model("affine" if value > 150 else "similarity")
    else:
        getattr(s, kind)()


def run_of(edit, s):
    """What an edit begins or joins."""
    kind, identifier, _ = edit
    if kind == "nudge":
        return f"nudge {1 + identifier % 2}"
    return f"place {identifier}" if kind in ("move", "snap") else f"place {s.points[-1].id}" if kind in ("add", "settle") else ""


@given(EDITS)
@settings(max_examples=150, deadline=None)
def test_undoing_n_times_gives_back_the_exact_points(edits):
    """A stack of expected states, kept beside, is what undo and redo walk along; runs of nudges and a settled point are one state."""
    s = session()
    stack, at, run = [(s.points, s.model)], 0, ""
    for edit in edits:
        apply(s, edit)
        if edit[0] == "undo":
            at = max(0, at - 1) if at > 0 else 0
            if at == 0 and s.points != stack[0][0]:  # the import before the first edit was undone as well
                s.redo()
            run = ""
        elif edit[0] == "redo":
            at, run = min(at + 1, len(stack) - 1), ""
        elif (s.points, s.model) != stack[at]:
            same = edit[0] in ("nudge", "settle") and run_of(edit, s) == run
            at += not same
            stack, run = [*stack[:at], (s.points, s.model)], run_of(edit, s)
        assert (s.points, s.model) == stack[at]
    end = s.points
    for back in range(at):
        assert s.points is stack[at - back][0]
        s.undo()
    assert s.points is stack[0][0]
    for _ in range(at):
        s.redo()
    assert s.points is end


def test_a_run_of_nudges_is_one_step_until_something_else_comes_between():
    s = session()
    at = s.point(4).tie_point.reference_px
    for _ in range(7):
        s.nudge(4, 0.1, 0.0)
    assert s.point(4).tie_point.reference_px == pytest.approx((at[0] + 0.7, at[1]))
    assert s.point(4).state is PointState.EDITED
    s.nudge(5, 0.0, 1.0)
    s.nudge(4, 0.0, 1.0)
    s.undo()
    s.nudge(4, 0.0, 0.5)  # after an undo a new step begins
    s.undo()
    assert s.point(5).state is PointState.EDITED
    s.undo()
    s.undo()
    assert s.point(4).tie_point.reference_px == at
    assert s.point(4).state is PointState.PREDICTED


def test_rejecting_changes_the_fit_at_once_and_undo_brings_it_back():
    s = session()
    before = s.fit
    s.move(7, reference_px=(0.0, 0.0))
    assert s.fit.quality.fit_rmse_px > before.quality.fit_rmse_px
    s.reject([7])
    assert s.fit.quality.fit_rmse_px == pytest.approx(before.quality.fit_rmse_px, rel=0.2)
    assert s.point(7).reason == "rejected by the analyst"
    assert 7 in s.fit.residuals_px
    s.undo()
    s.undo()
    assert s.fit.quality == before.quality


def test_check_points_are_measured_but_never_fitted():
    s = session()
    s.set_role([1, 2, 3], Role.CHECK)
    assert s.fit.quality.n_points == 27
    assert 0 < s.fit.check_rmse_px < 1.0
    assert [p.reason for p in s.to_tie_points()[:3]] == ["check point"] * 3


def test_a_stream_shows_and_goes_without_touching_what_was_there():
    s = session()
    before = s.points
    s.begin_stream()
    s.add_predicted(tie_points(4, seed=9))
    assert len(s.points) == 4
    s.end_stream()
    assert s.points == before


def test_listeners_are_told_and_can_leave():
    s, told = session(), []
    end = s.subscribe(told.append)
    s.reject([1])
    end()
    s.undo()
    assert told == ["points"]


def test_saved_and_loaded_is_the_same(tmp_path):
    s = session()
    s.reject([3])
    s.set_role([4], Role.CHECK)
    s.save(tmp_path / "s.json")
    other = Session.load(tmp_path / "s.json")
    assert other.to_dict() == s.to_dict()
    assert other.point(3).state is PointState.REJECTED


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 99}', "not json", '{"format":1,"reference":{"path":""}}'])
def test_a_file_that_is_no_session_is_refused_with_a_hint(tmp_path, text):
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        Session.load(path)
    assert error.value.hint


def test_unknown_points_and_unwritable_folders_are_told(tmp_path):
    s = session()
    with pytest.raises(UsageError):
        s.accept([999])
    with pytest.raises(OutputError):
        s.save(tmp_path / "missing" / "s.json")


def test_a_kill_at_any_moment_leaves_a_whole_session(tmp_path):
    path = tmp_path / "auto.json"
    for delay in (0.05, 0.15, 0.3, 0.6):
        process = subprocess.Popen([sys.executable, str(SUPPORT / "autosave_loop.py"), str(path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline().strip() == "ready"
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert len(Session.load(path).points) == 30
