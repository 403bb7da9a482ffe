"""The review queue: the order follows influence and doubt, and the way through it can be walked
both ways.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.fit import fitting
from sar_optical_align.plugin.core.session.point import PointState, Role, SessionPoint
from sar_optical_align.plugin.core.session.queue import Trail, doubt, make_queue, spread_of
from sar_optical_align.plugin.core.types import TiePoint

LINEAR = np.array([[1.01, 0.02], [-0.01, 0.99]])


def points_around_an_affine(n=40, noise=0.3, seed=0):
    rng = np.random.default_rng(seed)
    sensed = rng.uniform(0, 300, (n, 2))
    reference = sensed @ LINEAR.T + [5, -3] + rng.normal(0, noise, (n, 2))
    return [
        SessionPoint(TiePoint(i + 1, tuple(r), tuple(s), score=0.8))
        for i, (r, s) in enumerate(zip(reference.tolist(), sensed.tolist(), strict=True))
    ]


def changed(point, **values):
    return dataclasses.replace(point, tie_point=dataclasses.replace(point.tie_point, **values))


def queue_of(points, kind="affine"):
    used = [p.tie_point for p in points if p.in_fit]
    fit = fitting.fit_details(kind, [p.sensed_px for p in used], [p.reference_px for p in used])
    miss = fit.transform.apply([p.tie_point.sensed_px for p in points]) - [
        p.tie_point.reference_px for p in points
    ]
    return make_queue(
        points, fit, {p.id: tuple(m) for p, m in zip(points, miss.tolist(), strict=True)}
    ), fit


def test_doubt_is_bayes_with_a_disc_for_wrong_and_a_bell_for_right():
    p, e, s = 0.7, 1.9, 0.8
    right, wrong = np.exp(-(e**2) / (2 * s**2)) / (2 * np.pi * s**2), 1 / (np.pi * (10 * s) ** 2)
    assert doubt([p], [e], s)[0] == pytest.approx((1 - p) * wrong / ((1 - p) * wrong + p * right))
    assert doubt([p], [np.nan], s)[0] == pytest.approx(1 - p)


@given(st.floats(0.01, 0.98), st.floats(0, 20), st.floats(0.1, 3), st.floats(1e-3, 5))
@settings(deadline=None)
def test_doubt_grows_with_the_error_and_falls_with_the_score(score, error, spread, more):
    here = doubt([score], [error], spread)[0]
    assert 0 <= here <= 1
    assert doubt([score], [error + more], spread)[0] >= here
    assert doubt([min(score + more, 0.99)], [error], spread)[0] <= here


def test_the_spread_is_that_of_the_noise_whatever_the_blunders():
    rng = np.random.default_rng(1)
    errors = np.hypot(*rng.normal(0, 0.7, (2, 4000)))
    errors[:200] = 50.0
    assert spread_of(errors) == pytest.approx(0.7, rel=0.1)
    assert spread_of([np.nan]) == 1.0


def test_a_blunder_comes_first_and_its_priority_is_what_the_map_moves():
    points = points_around_an_affine()
    x, y = points[17].tie_point.reference_px
    points[17] = changed(points[17], reference_px=(x + 6.0, y - 4.0))
    queue, fit = queue_of(points)
    assert queue.order[0] == 18
    standing = queue.standings[18]
    others = [p.tie_point for p in points if p.id != 18]
    without = fitting.fit("affine", [p.sensed_px for p in others], [p.reference_px for p in others])
    place = [points[17].tie_point.sensed_px]
    moved = np.hypot(*(fit.transform.apply(place) - without.apply(place))[0])
    assert standing.doubt > 0.99
    assert standing.priority_px == pytest.approx(
        moved, rel=0.05
    )  # the spread adds little to so large an error


def test_of_two_points_alike_the_one_with_the_lower_score_or_the_higher_leverage_comes_first():
    points = points_around_an_affine(noise=0.2)
    queue, _ = queue_of(points)
    ranks = {i: s.rank for i, s in queue.standings.items()}
    for chosen in (3, 11, 29):
        lowered = [changed(p, score=0.2) if p.id == chosen else p for p in points]
        assert queue_of(lowered)[0].standings[chosen].rank <= ranks[chosen]
        assert (
            queue_of(lowered)[0].standings[chosen].priority_px > queue.standings[chosen].priority_px
        )
    far = changed(
        points[0],
        sensed_px=(3000.0, 2000.0),
        reference_px=tuple(np.array([3000.0, 2000.0]) @ LINEAR.T + [5.2, -3]),
    )
    assert queue_of([far, *points[1:]])[0].order[0] == 1


def test_judged_points_leave_the_queue_and_filtered_ones_come_after_those_of_the_fit():
    points = points_around_an_affine()
    points[0] = dataclasses.replace(points[0], state=PointState.ACCEPTED)
    points[1] = dataclasses.replace(
        changed(points[1], enabled=False, reason="no"), state=PointState.REJECTED
    )
    points[2] = dataclasses.replace(points[2], role=Role.CHECK)
    points[3] = changed(points[3], enabled=False, reason="low similarity")
    x, y = points[4].tie_point.reference_px
    points[4] = changed(points[4], enabled=False, reason="does not fit", reference_px=(x + 30, y))
    queue, _ = queue_of(points)
    assert not {1, 2, 3} & set(queue.order)
    assert queue.order[-2:] == (4, 5)  # the one that fits well may be a loss of the filter
    assert (queue.reviewed, queue.total) == (3, 38)
    assert [queue.standings[i].rank for i in (1, 2, 3)] == [0, 0, 0]
    assert sorted(s.rank for s in queue.standings.values() if s.rank) == list(range(1, 38))


def test_without_a_fit_the_lowest_scores_come_first():
    points = [changed(p, score=0.9 - 0.02 * p.id) for p in points_around_an_affine(5)]
    assert make_queue(points, None, {}).order == (5, 4, 3, 2, 1)
    assert make_queue([], None, {}).order == ()


@given(st.lists(st.sampled_from("npj"), max_size=60), st.integers(1, 12))
@settings(deadline=None)
def test_the_way_back_is_the_way_there(steps, count):
    """Previous after next returns to where one was; all points are met before one comes again."""
    order, trail = list(range(1, count + 1)), Trail()
    known = set(order)
    for step in steps:
        if step == "j":
            trail.go_to(order[len(steps) % count])
            continue
        before = trail._seen[trail._at] if trail._seen else None
        to = trail.step(1 if step == "n" else -1, order, known)
        if to is not None and before is not None and step == "n":
            assert trail.previous() == before
    trail = Trail()
    assert [trail.step(1, order, known) for _ in order] == order


def test_points_that_are_gone_are_forgotten():
    trail = Trail()
    for i in (1, 2, 3):
        trail.go_to(i)
    assert trail.step(-1, [1, 2], {1, 2}) == 1
    assert trail.step(1, [1, 2], {1, 2}) == 2
