"""The review session: undo is exact, check points stay out, autosave survives a kill."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from sar_optical_align.plugin.core.errors import InputError, OutputError, UsageError
from sar_optical_align.plugin.core.session.file import SessionFile
from sar_optical_align.plugin.core.session.session import PointState, Role, Session
from sessions import EDITS, apply, session, tie_points


def run_of(edit, s):
    """What an edit begins or joins."""
    kind, identifier, _ = edit
    if kind == "nudge":
        return f"nudge {1 + identifier % 2}"
    return (
        f"place {identifier}"
        if kind in ("move", "snap")
        else f"place {s.points[-1].id}"
        if kind in ("add", "settle")
        else ""
    )


@given(EDITS)
@settings(max_examples=150, deadline=None)
def test_undoing_n_times_gives_back_the_exact_points(edits):
    """A stack of expected states, kept beside, is what undo and redo walk along; runs of nudges and
    a settled point are one state.
    """
    s = session()
    stack, at, run = [(s.points, s.model)], 0, ""
    for edit in edits:
        apply(s, edit)
        if edit[0] == "undo":
            at = max(0, at - 1) if at > 0 else 0
            if (
                at == 0 and s.points != stack[0][0]
            ):  # the import before the first edit was undone as well
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


def test_a_rejected_point_is_measured_as_a_check_point_and_rejected_again_afterwards():
    s = session()
    s.reject([1])
    s.set_role([1], Role.CHECK)
    assert s.fit.check_rmse_px > 0
    s.set_role([1], Role.GCP)
    assert not s.point(1).in_fit
    assert (s.point(1).state, s.point(1).reason) == (PointState.REJECTED, "rejected by the analyst")
    assert s.fit.quality.n_points == 29


def test_the_filters_verdict_outlives_the_time_as_a_check_point():
    s = session()
    s.replace_all(
        [
            replace(p, enabled=False, reason="low similarity") if p.id == 2 else p
            for p in s.to_tie_points()
        ]
    )
    s.set_role([2], Role.CHECK)
    assert s.fit.check_rmse_px > 0
    s.accept([2])
    s.undecide([2])
    assert s.fit.check_rmse_px > 0
    s.set_role([2], Role.GCP)
    assert not s.point(2).in_fit
    assert s.point(2).reason == "low similarity"


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '{"format": 99}',
        "not json",
        '{"format":1,"reference":{"path":""}}',
        "SQLite format 3\0",
    ],
)
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
    s.file = SessionFile(tmp_path / "missing" / "s.gpkg")
    with pytest.raises(OutputError):
        s.reject([1])
    assert s.point(1).state is PointState.REJECTED  # nothing is lost, and the next edit tries again
