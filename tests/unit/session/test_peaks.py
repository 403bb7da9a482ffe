"""Snapping to the peaks of a similarity surface: the nearest one, wherever the surface lies and
however it is turned.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.session.peaks import snap, surface_index, surface_place
from sar_optical_align.plugin.core.session.point import PointState, SessionPoint
from sar_optical_align.plugin.core.types import Evidence, TiePoint

HIGH, LOW = np.array([11.3, 6.8]), np.array([3.6, 13.2])  # (column, row) of two bumps


def surface():
    yy, xx = np.mgrid[:17, :17]

    def bump(at, height):
        return height * np.exp(-((xx - at[0]) ** 2 + (yy - at[1]) ** 2) / 5.0)

    return (0.05 + bump(HIGH, 0.6) + bump(LOW, 0.45)).astype(np.float32)


def point(origin=(200.0, 100.0), steps=((1.0, 0.0), (0.0, 1.0)), score=0.8):
    evidence = Evidence(0.65, 0.5, 0.3, surface(), origin, steps)
    return SessionPoint(
        TiePoint(1, surface_place(evidence, HIGH), (50.0, 60.0), score=score, evidence=evidence)
    )


STEPS = st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))


@given(
    st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), STEPS, st.floats(0, 16), st.floats(0, 16)
)
@settings(max_examples=150, deadline=None)
def test_the_nearest_bump_is_found_from_anywhere_in_any_frame(origin, s, column, row):
    assume(abs(s[0] * s[3] - s[1] * s[2]) > 0.2)
    p = point(origin, ((s[0], s[1]), (s[2], s[3])))
    start = np.array([column, row])
    near, far = sorted((HIGH, LOW), key=lambda b: np.hypot(*(b - start)))
    assume(np.hypot(*(far - start)) - np.hypot(*(near - start)) > 1.5)
    found = snap(p, surface_place(p.tie_point.evidence, start))
    assert surface_index(p.tie_point.evidence, found.reference_px) == pytest.approx(near, abs=0.12)
    assert found.distance_px == pytest.approx(np.hypot(*(near - start)), abs=0.2)
    again = snap(p, found.reference_px)
    assert again.reference_px == pytest.approx(found.reference_px)
    assert np.linalg.eigvalsh(np.array(found.seen.covariance_px)).min() > 0


def test_the_peak_of_the_match_keeps_its_score_and_any_other_gets_at_most_what_is_left():
    p = point(score=0.8)
    at_home = snap(p, surface_place(p.tie_point.evidence, HIGH + 0.8))
    other = snap(p, surface_place(p.tie_point.evidence, LOW))
    assert at_home.seen.score == 0.8
    assert other.seen.score == pytest.approx(0.2)
    assert other.seen.evidence.peak < other.seen.evidence.second_peak
    assert at_home.seen.evidence.peak > at_home.seen.evidence.second_peak
    assert np.isnan(other.seen.evidence.forward_backward_px)
    moved = p.changed(
        dataclasses.replace(
            p.tie_point,
            reference_px=other.reference_px,
            score=other.seen.score,
            evidence=other.seen.evidence,
        ),
        PointState.EDITED,
    )
    back = snap(moved, surface_place(p.tie_point.evidence, HIGH))
    assert back.seen.score == 0.8  # snapping back restores what was found
    assert snap(
        point(score=0.1), surface_place(p.tie_point.evidence, LOW)
    ).seen.score == pytest.approx(0.1)


def test_where_the_surface_says_nothing_there_is_no_snap():
    p = point()
    assert snap(p, surface_place(p.tie_point.evidence, np.array([25.0, 5.0]))) is None
    bare = SessionPoint(dataclasses.replace(p.tie_point, evidence=None))
    assert snap(bare, p.tie_point.reference_px) is None
    flat = dataclasses.replace(p.tie_point.evidence, surface=np.full((5, 5), -np.inf, np.float32))
    assert (
        snap(
            SessionPoint(dataclasses.replace(p.tie_point, evidence=flat)),
            surface_place(flat, np.array([2.0, 2.0])),
        )
        is None
    )
    elsewhere = p.changed(
        dataclasses.replace(p.tie_point, sensed_px=(51.0, 60.0)), PointState.EDITED
    )
    assert (
        snap(elsewhere, p.tie_point.reference_px) is None
    )  # the surface belongs to another place in the sensed image
