"""Refitting many points: the advised model is kept until the advisor has answered for the points as
they are.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sar_optical_align.plugin.core.fit.advisor import Advice
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.session.file import SessionFile
from sar_optical_align.plugin.core.session.session import Session
from sar_optical_align.plugin.core.types import RasterRef, TiePoint

GRID = Grid.bare(400, 300)


def session(count, bend):
    rng = np.random.default_rng(3)
    sensed = rng.uniform(0, 300, (count, 2))
    u = sensed / 150 - 1
    reference = (
        sensed @ np.array([[1.01, 0.02], [-0.01, 0.99]]).T
        + [5, -3]
        + bend * u**2
        + rng.normal(0, 0.3, (count, 2))
    )
    s = Session(RasterRef("a.tif"), RasterRef("b.tif"), GRID, GRID, "auto")
    s.replace_all(
        [
            TiePoint(i + 1, tuple(r), tuple(p))
            for i, (r, p) in enumerate(zip(reference.tolist(), sensed.tolist(), strict=True))
        ]
    )
    return s


def test_few_points_are_advised_at_each_fit():
    s = session(60, 0.0)
    assert s.fit.model == s.advice().best
    s.reject(range(1, 20))
    assert s.fit.message == s.advice().why
    assert not s.advice_due


def test_many_points_keep_their_model_until_the_advisor_has_answered():
    s = session(700, 4.0)
    first = s.fit.model
    assert first == s.advice().best != "affine"
    assert not s.advice_due
    s.reject([3])
    assert s.fit.model == first
    assert s.advice_due
    told = []
    s.subscribe(told.append)
    answer = s.advice()
    s.take_advice(s.points, Advice("affine", answer.qualities, "because"))
    assert told == ["model"]
    assert (s.fit.model, s.fit.message) == ("affine", "because")
    s.reject([4])
    before = s.fit
    s.take_advice(session(700, 4.0).points, answer)  # asked for other points
    assert s.fit is before
    s.take_advice(s.points, s.advice())
    assert s.fit.model == first
    assert not s.advice_due


def test_very_many_points_are_first_advised_by_a_selection_that_finds_the_same():
    s = session(4000, 4.0)
    assert s.fit.model == s.advice().best
    assert s.advice_due
    s.set_model("affine")
    assert s.fit.model == "affine"
    assert not s.advice_due


def test_points_that_no_model_fits_are_told_not_raised():
    s = session(700, 0.0)
    s.replace_all([TiePoint(i + 1, (i * 10.0, 5.0), (7.0, 7.0)) for i in range(700)])
    assert s.fit.transform is None
    assert "share" in s.fit.message
    assert not s.advice_due


def test_the_model_held_is_held_after_reopening(tmp_path):
    """A model that is kept although a fresh look would take another one is kept by the file too."""
    kept = 0
    for bend in np.linspace(0.6, 1.6, 11):
        s = session(80, bend)
        s.file = SessionFile(tmp_path / f"{bend:.2f}.gpkg")
        for i in range(1, 40):
            s.reject([i])
            if s.fit.model != fresh(s).fit.model:
                kept += 1
                break
        s.note_fit()
        again = Session.load(s.file.path)
        assert again.fit.model == s.fit.model
        s.reject([60])
        assert Session.load(s.file.path).record().advised == s.record().advised
    assert kept


def fresh(s):
    """Return a session of the same points that was never advised."""
    return Session.from_record(replace(s.record(), advised=""))
