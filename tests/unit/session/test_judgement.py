"""Folds, displacement field, and that check points have no part in what is said about a fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from point_sets import HEIGHT, WIDTH, scattered, truth
from sar_optical_align.plugin.core.fit.advisor import ADVISED
from sar_optical_align.plugin.core.fit.coverage import convex_hull, cover, inside_hull
from sar_optical_align.plugin.core.fit.displacement import (
    displacement_field,
    ellipses,
    to_map,
)
from sar_optical_align.plugin.core.fit.fitting import fit, fit_details
from sar_optical_align.plugin.core.fit.folding import check_folds
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.session.judgement import Case, judge
from sar_optical_align.plugin.core.session.point import Role, SessionPoint
from sar_optical_align.plugin.core.session.refit import fit_points
from sar_optical_align.plugin.core.types import TiePoint

GRID = Grid.bare(int(WIDTH), int(HEIGHT))
METRIC = ((10.0, 0.0), (0.0, -10.0))


def review(n: int = 60, seed: int = 3) -> list[SessionPoint]:
    sensed = scattered(n, seed)
    reference = truth("affine", sensed) + np.random.default_rng(seed).normal(0, 0.5, (n, 2))
    return [
        SessionPoint(TiePoint(i, tuple(map(float, r)), tuple(map(float, s))))
        for i, (s, r) in enumerate(zip(sensed, reference, strict=True), 1)
    ]


def judged(points, model="affine"):
    return judge(
        Case(points, fit_points(points, model, (GRID, GRID), 1.0), GRID, GRID, 1.0, METRIC)
    )


# --- folds


@pytest.mark.parametrize(
    "kind", ["shift", "similarity", "affine", "projective", "polynomial2", "polynomial3", "tps"]
)
def test_gentle_transforms_do_not_fold_and_scale_little(kind):
    sensed = scattered(60, 1)
    found = check_folds(fit(kind, sensed, truth(kind, sensed)), GRID)
    assert found.share == 0.0
    assert 0.7 < found.scale_low <= 1.0 <= found.scale_high < 1.3
    if kind in ("shift", "similarity", "affine"):
        assert (found.scale_low, found.scale_high) == (pytest.approx(1.0), pytest.approx(1.0))


def test_a_fold_is_found_with_its_place_and_share():
    """x -> x + a x^2 turns back at x = -1/(2a): beyond it the Jacobian's sign is wrong."""
    sensed = scattered(80, 2)
    turn = 0.75 * WIDTH
    bent = sensed.copy()
    bent[:, 0] = sensed[:, 0] - sensed[:, 0] ** 2 / (2 * turn)
    transform = fit("polynomial2", sensed, bent)
    found = check_folds(transform, GRID)
    assert found.share == pytest.approx(0.25, abs=0.03)
    assert found.scale_low == 0.0
    assert found.worst_px[0] == pytest.approx(WIDTH - WIDTH**2 / (2 * turn), abs=5)


def test_a_mirror_is_no_fold():
    sensed = scattered(20, 3)
    assert check_folds(fit("affine", sensed, sensed * [-1.0, 1.0]), GRID).share == 0.0


def test_crossed_points_fold_a_spline():
    sensed = scattered(40, 4)
    crossed = sensed.copy()
    crossed[[0, 1]] = crossed[[1, 0]]
    assert check_folds(fit("tps", sensed, crossed, smoothing=0.0), GRID).share > 0


# --- coverage


@given(
    st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300)), min_size=0, max_size=30).map(
        lambda p: np.array(p, float).reshape(-1, 2)
    )
)
def test_coverage_is_complete_and_within_bounds(points):
    found = cover(points, 400, 300)
    assert 0.0 <= found.hull_share <= 1.0
    assert sum(found.quadrants) == len(points)
    assert found.circle_px[2] > 0


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 300)), min_size=3, max_size=30, unique=True
    ).map(lambda p: np.array(p, float))
)
def test_points_lie_in_their_own_hull_and_far_ones_do_not(points):
    hull = convex_hull(points)
    if len(hull) >= 3:
        assert inside_hull(points, hull).all()
        assert not inside_hull(points + [1000.0, 0.0], hull).any()


# --- the field


def test_the_field_is_the_transform_and_knows_what_is_extrapolated():
    sensed = scattered(50, 5) * 0.5
    details = fit_details("affine", sensed, truth("affine", sensed))
    field = displacement_field(details, sensed, GRID, 20)
    assert len(field.sensed_px) == 20 * 14
    np.testing.assert_allclose(field.reference_px, truth("affine", field.sensed_px), atol=1e-6)
    assert 0.15 < field.inside.mean() < 0.3
    assert not field.folds.any()


@pytest.mark.parametrize("kind", ["shift", "affine", "polynomial2"])
def test_the_uncertainty_is_the_scatter_of_repeated_fits(kind):
    sensed, sigma = scattered(40, 6), 0.8
    fields = [
        displacement_field(
            fit_details(
                kind,
                sensed,
                truth(kind, sensed) + np.random.default_rng(seed).normal(0, sigma, sensed.shape),
            ),
            sensed,
            GRID,
            6,
        )
        for seed in range(300)
    ]
    scatter = np.std([f.reference_px for f in fields], axis=0)
    said = np.sqrt(
        np.mean([np.diagonal(f.covariance_px, axis1=1, axis2=2) for f in fields], axis=0)
    )
    np.testing.assert_allclose(said, scatter, rtol=0.2)


@settings(max_examples=40)
@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(0, 179))
def test_ellipses_have_the_axes_they_were_made_of(a, b, azimuth):
    long, short = max(a, b) * 1.01, min(a, b)
    t = np.radians(azimuth)
    axes = np.array([[np.sin(t), np.cos(t)], [np.cos(t), -np.sin(t)]])
    major, minor, angle = ellipses(axes.T @ np.diag([long**2, short**2]) @ axes)
    assert (major[0], minor[0]) == (pytest.approx(long), pytest.approx(short))
    assert abs((angle[0] - azimuth + 90) % 180 - 90) < 1e-4 * long / (long - short) + 1e-6
    assert np.isnan(ellipses(np.full((1, 2, 2), np.nan))[0]).all()


def test_covariances_go_to_the_map_with_the_pixel():
    grid = Grid("", (5.0, 0.0, 3.0, 7.0, -2.0, 0.0), 10, 10)
    np.testing.assert_allclose(
        to_map(np.diag([4.0, 9.0])[None], grid.drawn.linear)[0], np.diag([81.0, 16.0])
    )


# --- the judgement


def test_check_points_have_no_part_in_any_figure_but_their_own():
    points = review()
    wild = [
        replace(p, tie_point=replace(p.tie_point, reference_px=(1.0, 2.0)), role=Role.CHECK)
        if p.id % 7 == 0
        else p
        for p in points
    ]
    without = [p for p in points if p.id % 7]
    a, b = judged(wild), judged(without)
    assert repr(replace(a, checks_px=())) == repr(b)
    assert all(error > 100 for _, error in a.checks_px)
    first, second = (fit_points(p, "auto", (GRID, GRID), 1.0) for p in (wild, without))
    assert repr(first.quality) == repr(second.quality)
    assert first.check_rmse_px > 100
    assert second.check_rmse_px is None


def test_check_errors_are_those_of_each_model_fitted_without_the_check_points():
    points = [replace(p, role=Role.CHECK) if p.id > 50 else p for p in review()]
    errors = dict(judged(points).checks_px)
    assert set(errors) == set(ADVISED)
    for kind in ("shift", "affine", "tps"):
        assert errors[kind] == pytest.approx(
            fit_points(points, kind, (GRID, GRID), 1.0).check_rmse_px
        )
    assert errors["affine"] < errors["shift"]


def test_every_model_is_in_the_advice_or_has_its_reason():
    few = judged(review(5))
    assert [q.model for q in few.advice.qualities] == [
        "shift",
        "similarity",
        "affine",
        "projective",
        "tps",
    ]
    assert [kind for kind, _ in few.advice.problems] == ["polynomial2", "polynomial3", "field"]
    assert "at least 6" in few.advice.problems[0][1]
    nothing = judged([])
    assert nothing.advice is None
    assert nothing.problem
    assert nothing.folds is None
    assert nothing.alignment is None
    assert nothing.coverage.hull_share == 0.0


def test_relief_left_by_a_fit_is_seen_on_the_ground():
    """Heights displace along x of the reference: east in px and in metres."""
    points = review(90, 8)
    rng = np.random.default_rng(1)
    hilly = []
    for p in points:
        x, y = p.tie_point.reference_px
        hilly.append(
            replace(p, tie_point=replace(p.tie_point, reference_px=(x + rng.normal(0, 3), y)))
        )
    found = judged(hilly).alignment
    assert found.lines_up
    assert abs(found.azimuth_deg - 90) < 10
    assert found.along > 15  # metres, of 3 px of 10 m
    assert not judged(points).alignment.lines_up
