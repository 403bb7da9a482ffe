"""Laws of the displacement field: what it averages, what it leaves, and what it says of its own
errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import HEIGHT, WIDTH, covariances, scattered, truth
from sar_optical_align.plugin.core.fit.fitting import fit, fit_details
from sar_optical_align.plugin.core.fit.lattice import Averager, Lattice

INSIDE = scattered(400, 90) * 0.9 + 0.05 * np.array([WIDTH, HEIGHT])


def noisy(
    n: int, sigma_px: float, seed: int = 0, kind: str = "tps"
) -> tuple[np.ndarray, np.ndarray]:
    sensed = scattered(n, seed)
    return sensed, truth(kind, sensed) + np.random.default_rng(seed + 500).normal(
        0, sigma_px, (n, 2)
    )


def waves(xy: np.ndarray) -> np.ndarray:
    """A distortion that repeats every 400 px: too much for a polynomial or for 250 knots over a
    large scene.
    """
    return truth("affine", xy) + 2.0 * np.stack(
        [np.sin(xy[:, 0] / 60) * np.cos(xy[:, 1] / 70), np.cos(xy[:, 0] / 90 + xy[:, 1] / 75)],
        axis=1,
    )


def error(transform, expected) -> float:
    return float(np.sqrt(((transform.apply(INSIDE) - expected(INSIDE)) ** 2).sum(axis=1).mean()))


def test_an_affine_motion_comes_back_as_it_is():
    sensed = scattered(200, 1)
    field = fit("field", sensed, truth("affine", sensed))
    elsewhere = scattered(100, 2) * 3 - 700
    np.testing.assert_allclose(
        field.apply(elsewhere), truth("affine", elsewhere), rtol=0, atol=1e-8
    )


def test_many_points_follow_what_other_models_cannot():
    sensed = scattered(8000, 3) * 3
    reference = waves(sensed) + np.random.default_rng(4).normal(0, 0.5, sensed.shape)
    inside = INSIDE * 2.8 + 100
    fits = [
        fit(kind, sensed, reference).apply(inside) - waves(inside)
        for kind in ("field", "tps", "polynomial3")
    ]
    field, spline, cubic = (float(np.sqrt((e**2).sum(axis=1).mean())) for e in fits)
    assert field < 0.7
    assert field < 0.5 * spline
    assert field < 0.5 * cubic


def test_noise_is_averaged_over_the_neighbourhood():
    sensed, reference = noisy(2000, 1.0, 5, "affine")
    assert error(fit("field", sensed, reference), lambda xy: truth("affine", xy)) < 0.25


def test_the_width_follows_the_noise_and_the_distortion():
    sensed = scattered(3000, 6)
    noise = np.random.default_rng(7).normal(0, 1.0, sensed.shape)
    rough, flat, quiet = (
        fit_details("field", sensed, r).width_px
        for r in (waves(sensed) + noise, truth("affine", sensed) + noise, waves(sensed))
    )
    assert quiet <= rough < flat


def test_far_from_all_points_the_field_is_affine():
    sensed, reference = noisy(300, 0.3, 8)
    field, far = (
        fit("field", sensed, reference),
        np.array([[9000.0, 9000.0], [9500.0, 9000.0], [9000.0, 9700.0]]),
    )
    np.testing.assert_allclose(
        field.jacobian(far), np.tile(field.jacobian(far)[:1], (3, 1, 1)), atol=1e-12
    )
    np.testing.assert_allclose(
        field.apply(far[1:]) - field.apply(far[:1]),
        (far[1:] - far[0]) @ field.jacobian(far)[0].T,
        atol=1e-7,
    )


def test_leaving_one_out_is_a_fit_without_it():
    sensed, reference = noisy(150, 0.5, 9)
    details = fit_details("field", sensed, reference, covariances(150, 10), smoothing=90.0)
    quick, slow = (
        details.leave_one_out(),
        np.concatenate([details.left_out(np.array([i])) for i in range(150)]),
    )
    np.testing.assert_allclose(quick, slow, rtol=0, atol=1e-9)


@pytest.mark.parametrize("block", [1, 12, 60])
def test_leaving_a_block_out_is_nearly_a_refit(block):
    """A refit places its lattice by its own points and counts the prior against their mean
    weight.
    """
    sensed, reference = noisy(200, 0.5, 11)
    out = np.arange(block)
    refit = fit("field", sensed[block:], reference[block:], smoothing=80.0)
    expected = refit.apply(sensed[out]) - reference[out]
    assert (
        np.abs(
            fit_details("field", sensed, reference, smoothing=80.0).left_out(out) - expected
        ).max()
        < 0.15
    )


def test_a_block_that_cannot_be_spared_is_undetermined():
    sensed, reference = noisy(20, 0.5, 12)
    assert np.isnan(fit_details("field", sensed, reference).left_out(np.arange(18))).all()


def test_leverages_are_the_derivatives_of_the_fitted_values():
    sensed, reference = noisy(60, 0.5, 13)
    details = fit_details("field", sensed, reference, smoothing=120.0)
    for i in (0, 17, 59):
        moved = reference.copy()
        moved[i, 0] += 1e-3
        slope = (
            fit("field", sensed, moved, smoothing=120.0).apply(sensed[i])
            - details.transform.apply(sensed[i])
        )[0, 0] / 1e-3
        assert details.leverage[i] == pytest.approx(slope, abs=1e-6)
    assert details.freedom == pytest.approx(120 - 2 * details.leverage.sum())


def test_prediction_covariance_is_the_scatter_of_repeated_fits():
    sensed, at = scattered(300, 14), np.array([[500.0, 350.0], [40.0, 660.0], [1300.0, 300.0]])
    clean, draws = truth("affine", sensed), np.random.default_rng(15).normal(0, 0.5, (400, 300, 2))
    places = np.array(
        [fit("field", sensed, clean + noise, smoothing=80.0).apply(at) for noise in draws]
    )
    said = np.mean(
        [
            fit_details("field", sensed, clean + noise, smoothing=80.0).prediction_covariance(at)[
                :, 0, 0
            ]
            for noise in draws[:20]
        ],
        axis=0,
    )
    np.testing.assert_allclose(said, places.var(axis=0).mean(axis=1), rtol=0.15)


def test_a_certain_point_counts_more_than_its_neighbours():
    sensed, reference = noisy(100, 0.0, 16, "affine")
    reference[40] += [6.0, 0.0]
    sure, doubtful = np.tile(np.eye(2), (2, 100, 1, 1))
    sure[40] *= 0.05
    doubtful[40] *= 20.0
    pull = [
        fit("field", sensed, reference, c, smoothing=60.0).apply(sensed[40])[0, 0]
        - truth("affine", sensed[40:41])[0, 0]
        for c in (sure, doubtful)
    ]
    assert pull[0] > 2.0 > 0.3 > pull[1] > 0.0


def test_the_surface_is_twice_differentiable_and_keeps_constants_and_slopes():
    rng = np.random.default_rng(17)
    values = rng.normal(0, 1, (9, 11, 2))
    surface = Lattice(np.array([1.0, 2.0]), np.array([0.5, 0.25]), values)
    at = rng.uniform(0, 1, (200, 2)) * [5.0, 2.0] + [1.0, 2.0]
    for axis in (0, 1):
        step = np.eye(2)[axis] * 1e-6
        slope = (surface.apply(at + step) - surface.apply(at - step)) / 2e-6
        np.testing.assert_allclose(surface.gradients(at)[:, :, axis], slope, rtol=0, atol=1e-7)
    rows, cols = np.mgrid[:9, :11]
    plane = Lattice(
        np.zeros(2), np.ones(2), np.stack([1.0 + 0 * rows, 2.0 * cols - 3.0 * rows], axis=2)
    )
    inner = rng.uniform(1, 7, (50, 2))
    np.testing.assert_allclose(
        plane.apply(inner),
        np.stack([np.ones(50), 2 * inner[:, 0] - 3 * inner[:, 1]], axis=1),
        atol=1e-12,
    )
    assert (plane.apply([[-9.0, 3.0], [40.0, 3.0]] * np.ones((2, 2))) == 0).all()


def test_sums_of_parts_are_the_sum_of_the_whole():
    rng = np.random.default_rng(18)
    u, weights, z = rng.normal(0, 1, (500, 2)), rng.uniform(0.2, 2, 500), rng.normal(0, 1, (500, 3))
    averager = Averager(u, weights, 0.2)
    parts = averager.sums(z, np.arange(0, 200)) + averager.sums(z, np.arange(200, 500))
    np.testing.assert_allclose(parts, averager.sums(z), rtol=0, atol=1e-12)
    node = np.unravel_index(averager.density.argmax(), averager.density.shape)
    assert averager.density[node] > averager.weights.mean()


def test_a_scene_of_many_points_is_fitted_within_its_memory():
    """Two million nodes at most, whatever the width asked for."""
    sensed, reference = noisy(500, 0.3, 19)
    field = fit("field", sensed, reference, smoothing=1e-3)
    assert field.lattice.values.shape[0] * field.lattice.values.shape[1] < 3_000_000
