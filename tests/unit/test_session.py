"""The review session: undo is exact, check points stay out, autosave survives a kill."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from sar_optical_align.plugin.core.errors import InputError, OutputError, UsageError
from sar_optical_align.plugin.core.session import PointState, Role, Session
from sar_optical_align.plugin.core.session_file import SessionFile
from sessions import EDITS, apply, session, tie_points


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


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 99}', "not json", '{"format":1,"reference":{"path":""}}', "SQLite format 3\0"])
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
