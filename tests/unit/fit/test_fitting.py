"""Laws of the fits: weights, leave-out shortcuts, uncertainty, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import ALL_KINDS, COVARIANCE_FREE_KINDS, covariances, scattered, truth
from sar_optical_align.plugin.core.errors import FitError, UsageError
from sar_optical_align.plugin.core.fit.fitting import fit, fit_details
from sar_optical_align.plugin.core.fit.thin_plate import MAX_KNOTS, choose_knots, fit_spline
from sar_optical_align.plugin.core.fit.transforms import KINDS

SIGMA_PX = 0.5


def noisy(kind: str, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    sensed = scattered(n, seed)
    return sensed, truth(kind, sensed) + np.random.default_rng(seed + 1000).normal(
        0, SIGMA_PX, (n, 2)
    )


def without(
    kind: str,
    sensed: np.ndarray,
    reference: np.ndarray,
    weights: np.ndarray | None,
    out: np.ndarray,
) -> np.ndarray:
    """Errors of the points `out` by an honest refit."""
    kept = np.setdiff1d(np.arange(len(sensed)), out)
    refit = fit(kind, sensed[kept], reference[kept], None if weights is None else weights[kept])
    return refit.apply(sensed[out]) - reference[out]


@pytest.mark.parametrize("kind", COVARIANCE_FREE_KINDS)
@pytest.mark.parametrize("weighted", [False, True])
def test_leave_one_out_equals_refits(kind, weighted):
    sensed, reference = noisy(kind, 25)
    c = covariances(25, 1) if weighted else None
    brute = np.concatenate([without(kind, sensed, reference, c, np.array([i])) for i in range(25)])
    np.testing.assert_allclose(
        fit_details(kind, sensed, reference, c).leave_one_out(), brute, rtol=0, atol=1e-7
    )


@pytest.mark.parametrize("kind", COVARIANCE_FREE_KINDS)
@pytest.mark.parametrize("block", [1, 4, 15])
def test_leaving_a_block_out_equals_a_refit(kind, block):
    """Small blocks go through the hat matrix, blocks larger than the number of parameters through
    Woodbury's identity.
    """
    sensed, reference = noisy(kind, 40, 2)
    c, out = covariances(40, 3), np.arange(7, 7 + block)
    shortcut = fit_details(kind, sensed, reference, c).left_out(out)
    np.testing.assert_allclose(
        shortcut, without(kind, sensed, reference, c, out), rtol=0, atol=1e-7
    )


def test_leave_one_out_of_a_projective_is_that_of_its_linearisation():
    sensed, reference = noisy("projective", 30, 4)
    brute = np.concatenate(
        [without("projective", sensed, reference, None, np.array([i])) for i in range(30)]
    )
    shortcut = fit_details("projective", sensed, reference).leave_one_out()
    assert np.abs(shortcut - brute).max() < 0.02 * np.abs(brute).max()


@pytest.mark.parametrize("smoothing", [1e-5, 1e-3, 1e-1])
@pytest.mark.parametrize("block", [1, 6, 30])
def test_leaving_out_of_a_spline_equals_refits_with_the_same_smoothing(smoothing, block):
    """The penalty counts N times the smoothing, so the refit of fewer points takes proportionally
    more.
    """
    n = 60
    sensed, reference = noisy("tps", n, 5)
    details = fit_details("tps", sensed, reference, smoothing=smoothing)
    t = details.transform
    u, v = (sensed - t.source_centre) / t.scale, (reference - t.target_centre) / t.scale
    out = np.arange(3, 3 + block)
    kept = np.setdiff1d(np.arange(n), out)
    coefficients, *_, knots = fit_spline(
        u[kept], v[kept], np.ones(len(kept)), smoothing * n / len(kept)
    )
    refit = type(t)("tps", coefficients.ravel(), t.source_centre, t.target_centre, t.scale, knots)
    np.testing.assert_allclose(
        details.left_out(out), refit.apply(sensed[out]) - reference[out], rtol=0, atol=1e-4
    )
    if block == 1:
        np.testing.assert_allclose(
            details.leave_one_out()[out], details.left_out(out), rtol=0, atol=1e-8
        )


@pytest.mark.parametrize("kind", ["shift", "affine", "polynomial2", "projective"])
def test_without_redundancy_leave_one_out_is_undefined(kind):
    sensed, reference = noisy(kind, KINDS[kind].min_points, 6)
    details = fit_details(kind, sensed, reference)
    assert np.isnan(details.leave_one_out()).all()
    assert np.isnan(details.left_out(np.array([0]))).all()
    assert np.isnan(details.prediction_covariance(sensed)).all()


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_point_of_huge_covariance_has_no_influence(kind):
    sensed, reference = noisy(kind, 40, 7)
    c = np.tile(np.eye(2), (41, 1, 1))
    c[40] *= 1e14
    smoothing = {"tps": 1e-3, "field": 150.0}.get(kind)
    with_blunder = fit(
        kind,
        np.vstack([sensed, sensed.mean(axis=0) + 40]),
        np.vstack([reference, [5000.0, -3000.0]]),
        c,
        smoothing,
    )
    # a spline's smoothing is relative to the spread of all its points, a field's prior to their
    # mean weight
    at, tolerance = scattered(50, 8), {"tps": 0.02, "field": 0.02}.get(kind, 1e-5)
    clean = fit(kind, sensed, reference, smoothing=smoothing).apply(at)
    np.testing.assert_allclose(with_blunder.apply(at), clean, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_equal_covariances_and_common_factors_change_nothing(kind):
    sensed, reference = noisy(kind, 40, 9)
    at, c = scattered(30, 10), covariances(40, 11)
    one = fit(kind, sensed, reference).apply(at)
    alike = fit(kind, sensed, reference, np.tile(7.0 * np.eye(2), (40, 1, 1))).apply(at)
    np.testing.assert_allclose(alike, one, rtol=0, atol=1e-7)
    weighted = fit(kind, sensed, reference, c).apply(at)
    np.testing.assert_allclose(
        fit(kind, sensed, reference, 1e-4 * c).apply(at), weighted, rtol=0, atol=1e-6
    )


def test_a_shift_is_the_weighted_mean_by_the_inverse_covariances():
    sensed, c = scattered(8, 12), covariances(8, 13)
    shifts = np.random.default_rng(14).normal(0, 5, (8, 2))
    information = np.linalg.inv(c)
    expected = np.linalg.solve(information.sum(axis=0), np.einsum("nij,nj->i", information, shifts))
    np.testing.assert_allclose(
        fit("shift", sensed, sensed + shifts, c).apply([[0.0, 0.0]])[0], expected, atol=1e-9
    )


def test_an_orientated_covariance_counts_only_along_its_short_axis():
    """A match on a road fixes the shift across the road only."""
    loose = 1e10
    across_x, across_y = np.diag([1.0, loose]), np.diag([loose, 1.0])
    shift = fit(
        "shift", [[0, 0], [50, 80]], [[3.0, 99.0], [50 - 77.0, 80 + 4.0]], [across_x, across_y]
    )
    np.testing.assert_allclose(shift.apply([[0.0, 0.0]]), [[3.0, 4.0]], atol=1e-6)


@pytest.mark.parametrize("kind", [k for k in ALL_KINDS if k not in ("tps", "field")])
def test_leverages_add_up_to_the_parameters(kind):
    sensed, reference = noisy(kind, 40, 15)
    details = fit_details(kind, sensed, reference, covariances(40, 16))
    assert details.leverage.sum() * 2 == pytest.approx(KINDS[kind].parameters)
    assert ((details.leverage > 0) & (details.leverage < 1)).all()


def test_the_far_point_has_the_most_leverage():
    sensed = np.vstack([scattered(30, 17), [5000.0, 5000.0]])
    assert fit_details("affine", sensed, sensed).leverage.argmax() == 30


@pytest.mark.parametrize("kind", ["shift", "similarity", "affine", "polynomial2", "projective"])
def test_prediction_covariance_is_the_scatter_of_repeated_fits(kind):
    sensed, at = scattered(30, 18), np.array([[500.0, 350.0], [950.0, 650.0]])
    clean, draws = truth(kind, sensed), np.random.default_rng(19).normal(0, SIGMA_PX, (400, 30, 2))
    fits = [fit_details(kind, sensed, clean + noise) for noise in draws]
    predicted = np.mean([f.prediction_covariance(at) for f in fits], axis=0)
    seen = np.array([f.transform.apply(at) for f in fits])
    for i in range(2):
        np.testing.assert_allclose(np.trace(predicted[i]), np.trace(np.cov(seen[:, i].T)), rtol=0.2)


def test_prediction_covariance_of_a_spline_grows_away_from_the_points():
    sensed, reference = noisy("tps", 80, 20)
    spread = fit_details("tps", sensed, reference).prediction_covariance(
        [[500.0, 350.0], [1600.0, 1500.0]]
    )
    assert 0 < np.trace(spread[0]) < np.trace(spread[1])


def test_smoothing_chosen_by_cross_validation_beats_interpolation_of_noise():
    inside = scattered(400, 21) * 0.8 + 100
    sensed, reference = noisy("tps", 150, 22)
    smooth, through = fit("tps", sensed, reference), fit("tps", sensed, reference, smoothing=0.0)
    error, worse = (
        np.hypot(*(t.apply(inside) - truth("tps", inside)).T).mean() for t in (smooth, through)
    )
    assert error < 0.75 * worse


def test_endless_smoothing_gives_the_affine():
    sensed, reference = noisy("tps", 50, 23)
    at = scattered(50, 24)
    stiff = fit("tps", sensed, reference, smoothing=1e9).apply(at)
    np.testing.assert_allclose(stiff, fit("affine", sensed, reference).apply(at), atol=1e-4)


def test_many_points_are_carried_by_few_knots():
    sensed, reference = noisy("tps", 1500, 25)
    spline = fit("tps", sensed, reference)
    assert len(spline.knots) <= MAX_KNOTS
    inside = scattered(300, 26) * 0.9 + 30
    assert np.hypot(*(spline.apply(inside) - truth("tps", inside)).T).mean() < 0.15


def test_knots_are_distinct_points_spread_evenly():
    u = np.random.default_rng(27).normal(0, 1, (2000, 2))
    knots = choose_knots(np.vstack([u, u]))
    assert MAX_KNOTS / 2 < len(knots) <= MAX_KNOTS
    assert {tuple(k) for k in knots} <= {tuple(p) for p in u}
    # the outline stays: every quadrant's farthest point has a knot near
    for sign in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        corner = u[np.argmax(u @ sign)]
        assert np.hypot(*(knots - corner).T).min() < 0.6


@pytest.mark.parametrize("kind", [k for k in ALL_KINDS if KINDS[k].min_points > 1])
def test_too_few_points_are_refused(kind):
    sensed = scattered(KINDS[kind].min_points - 1, 28)
    with pytest.raises(
        FitError, match=f"{KINDS[kind].label} needs at least {KINDS[kind].min_points}"
    ):
        fit(kind, sensed, sensed)


def test_no_points_are_refused():
    with pytest.raises(FitError, match="at least 1"):
        fit("shift", [], [])


@pytest.mark.parametrize("kind", ["affine", "polynomial2", "projective", "tps"])
@pytest.mark.parametrize("flat", ["sensed", "reference"])
def test_points_on_a_line_are_refused(kind, flat):
    line = np.arange(12)[:, None] * [30.0, 20.0] + 5
    free = scattered(12, 29)
    with pytest.raises(FitError, match=f"{flat}.*on one line"):
        fit(kind, *((line, free) if flat == "sensed" else (free, line)))


def test_points_on_a_curve_do_not_determine_a_polynomial_of_its_order():
    angle = np.linspace(0, 5, 20)
    circle = 300 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + 400
    assert fit("affine", circle, circle).kind == "affine"
    with pytest.raises(FitError, match="Polynomial 2: the 20 points do not determine it"):
        fit("polynomial2", circle, circle)


def test_a_projective_needs_four_corners():
    three_on_a_line = [[0, 0], [100, 100], [200, 200], [50, 300]]
    with pytest.raises(FitError, match="do not determine"):
        fit("projective", three_on_a_line, three_on_a_line)


@pytest.mark.parametrize("kind", ["similarity", "affine"])
def test_points_in_one_place_are_refused_by_name(kind):
    place = [[10.0, 20.0]] * 5
    with pytest.raises(FitError, match="points 1, 2, 3, 4 and 5 share one position"):
        fit(kind, place, place)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_conflicting_points_are_named(kind):
    sensed, reference = noisy(kind, 30, 30)
    sensed[22], reference[22] = sensed[4], reference[4] + [9.0, 0.0]
    with pytest.raises(
        FitError, match=r"Points 5 and 23 share the sensed position .* differ by 9\.00 px"
    ):
        fit(kind, sensed, reference)


def test_two_sensed_positions_of_one_reference_position_are_named():
    sensed, reference = noisy("affine", 30, 31)
    reference[3] = reference[17]
    with pytest.raises(FitError, match="Points 4 and 18 share the reference position"):
        fit("affine", sensed, reference)


def test_known_uncertainty_excuses_a_difference():
    sensed, reference = noisy("affine", 30, 32)
    sensed[22], reference[22] = sensed[4], reference[4] + [9.0, 0.0]
    c = np.tile(np.eye(2), (30, 1, 1))
    with pytest.raises(FitError, match="Points 5 and 23"):
        fit("affine", sensed, reference, c)
    c[22] *= 25.0
    assert fit("affine", sensed, reference, c).kind == "affine"


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_point_given_twice_counts_twice(kind):
    sensed, reference = noisy(kind, 30, 33)
    smoothing = 150.0 if kind == "field" else 1e-3
    twice = fit(
        kind,
        np.vstack([sensed, sensed[:1]]),
        np.vstack([reference, reference[:1]]),
        smoothing=smoothing,
    )
    c = np.tile(np.eye(2), (30, 1, 1))
    c[0] /= 2
    # a spline's smoothing is relative to the spread of all its points, a field's prior to their
    # mean weight
    at, tolerance = scattered(30, 34), {"tps": 0.05, "field": 0.05}.get(kind, 1e-6)
    np.testing.assert_allclose(
        twice.apply(at),
        fit(kind, sensed, reference, c, smoothing=smoothing).apply(at),
        rtol=0,
        atol=tolerance,
    )


def test_an_interpolating_spline_refuses_any_difference_at_one_position():
    sensed, reference = noisy("tps", 20, 35)
    sensed[7], reference[7] = sensed[2], reference[2] + [0.1, 0.0]
    with pytest.raises(FitError, match="Points 3 and 8"):
        fit("tps", sensed, reference, smoothing=0.0)
    assert fit("tps", sensed, reference, smoothing=1e-3).kind == "tps"


def test_a_projective_with_its_horizon_in_the_image_is_refused():
    sensed = scattered(40, 36)
    reference = sensed / (1.0 - sensed[:, :1] / 500.0)
    with pytest.raises(FitError, match=r"horizon"):
        fit("projective", sensed, reference)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"kind": "spiral"}, UsageError, "Unknown model"),
        ({"smoothing": -1.0}, UsageError, "smoothing"),
        ({"kind": "field", "smoothing": 0.0}, UsageError, "width"),
        ({"covariances": np.tile(-np.eye(2), (5, 1, 1))}, FitError, "covariance of point 1"),
        ({"covariances": np.full((5, 2, 2), np.nan)}, FitError, "covariance of point 1"),
        (
            {"covariances": np.tile(np.eye(2), (4, 1, 1))},
            FitError,
            "5 control points but covariances",
        ),
        ({"reference_px": np.zeros((4, 2))}, FitError, "5 sensed positions but 4"),
        (
            {"reference_px": [[0, 1], [2, 3], [np.nan, 1], [2, 2], [3, 3]]},
            FitError,
            "Point 3 has a position",
        ),
    ],
)
def test_wrong_input_is_refused_with_its_reason(change, error, says):
    sensed = scattered(5, 37)
    with pytest.raises(error, match=says):
        fit_details(**{"kind": "affine", "sensed_px": sensed, "reference_px": sensed, **change})
