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
from sar_optical_align.plugin.core.session import PointState, Role, Session
from sar_optical_align.plugin.core.types import Grid, RasterRef, TiePoint

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
    st.tuples(st.sampled_from(["accept", "reject", "undecide", "move", "add", "check", "model", "undo", "redo"]), st.integers(1, 30), st.floats(0, 299)),
    max_size=25,
)


def apply(s, edit):
    kind, identifier, value = edit
    if kind in ("accept", "reject", "undecide"):
        getattr(s, kind)([identifier])
    elif kind == "move":
        s.move(identifier, reference_px=(value, value / 2))
    elif kind == "add":
        s.add((value, 10.0), (value, 12.0))
    elif kind == "check":
        s.set_role([identifier], Role.CHECK)
    elif kind == "model":
        s.set_model("affine" if value > 150 else "similarity")
    else:
        getattr(s, kind)()


@given(EDITS)
@settings(max_examples=60, deadline=None)
def test_undoing_n_times_gives_back_the_exact_points(edits):
    """A stack of expected states, kept beside, is what undo and redo walk along."""
    s = session()
    stack, at = [(s.points, s.model)], 0
    for edit in edits:
        apply(s, edit)
        if edit[0] == "undo":
            at = max(0, at - 1) if at > 0 else 0
            if at == 0 and s.points != stack[0][0]:  # the import before the first edit was undone as well
                s.redo()
        elif edit[0] == "redo":
            at = min(at + 1, len(stack) - 1)
        elif (s.points, s.model) != stack[at]:
            stack, at = [*stack[: at + 1], (s.points, s.model)], at + 1
        assert (s.points, s.model) == stack[at]


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
