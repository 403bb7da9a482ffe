"""Laws of transforms: round trips, equivariance, derivatives, serialisation."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from point_sets import ALL_KINDS, HEIGHT, WIDTH, scattered, truth
from sar_optical_align.plugin.core.errors import FitError, UsageError
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.fit.transforms import (
    KINDS,
    Transform,
    folds,
)
from sar_optical_align.plugin.core.geometry import coords

WITH_MATRIX = ("shift", "similarity", "affine", "polynomial1", "projective")


def fitted(kind: str, seed: int = 0, n: int = 60) -> Transform:
    sensed = scattered(n, seed)
    return fit(kind, sensed, truth(kind, sensed))


@pytest.mark.parametrize("kind", [k for k in ALL_KINDS if k not in ("tps", "field")])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fit_recovers_the_transform_between_the_points(kind, seed):
    elsewhere = scattered(200, 99)
    np.testing.assert_allclose(
        fitted(kind, seed).apply(elsewhere), truth(kind, elsewhere), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("kind", [k for k in ALL_KINDS if k not in ("tps", "field")])
def test_the_fewest_points_determine_the_transform(kind):
    sensed = scattered(KINDS[kind].min_points, 5)
    np.testing.assert_allclose(
        fit(kind, sensed, truth(kind, sensed)).apply(sensed), truth(kind, sensed), rtol=0, atol=1e-6
    )


@pytest.mark.parametrize("n", [4, 30, 250])
def test_a_spline_without_smoothing_passes_through_every_point(n):
    sensed = scattered(n, 1)
    reference = truth("tps", sensed) + np.random.default_rng(2).normal(0, 1, (n, 2))
    np.testing.assert_allclose(
        fit("tps", sensed, reference, smoothing=0.0).apply(sensed), reference, rtol=0, atol=1e-3
    )


def test_a_spline_is_affine_where_the_points_are():
    elsewhere = scattered(100, 3) * 2 - 300
    for smoothing in (0.0, 1e-3, None):
        sensed = scattered(40, 4)
        spline = fit("tps", sensed, truth("affine", sensed), smoothing=smoothing)
        np.testing.assert_allclose(
            spline.apply(elsewhere), truth("affine", elsewhere), rtol=0, atol=1e-4
        )


def test_a_spline_follows_a_smooth_distortion():
    inside = scattered(500, 7) * 0.8 + 0.1 * np.array([WIDTH, HEIGHT])
    assert np.abs(fitted("tps", 1, 200).apply(inside) - truth("tps", inside)).max() < 0.2


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_inverse_undoes_apply_and_apply_undoes_inverse(kind):
    transform, inside = fitted(kind), scattered(300, 8)
    np.testing.assert_allclose(
        transform.inverse(transform.apply(inside)), inside, rtol=0, atol=1e-5
    )
    np.testing.assert_allclose(
        transform.apply(transform.inverse(inside)), inside, rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_jacobian_is_the_derivative(kind):
    transform, at, h = fitted(kind), scattered(50, 9), 1e-3
    for axis in (0, 1):
        step = np.eye(2)[axis] * h
        slope = (transform.apply(at + step) - transform.apply(at - step)) / (2 * h)
        np.testing.assert_allclose(transform.jacobian(at)[:, :, axis], slope, rtol=0, atol=1e-7)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_matrix_says_the_same_as_apply(kind):
    transform, at = fitted(kind), scattered(50, 10)
    if kind in WITH_MATRIX:
        np.testing.assert_allclose(
            coords.apply_matrix(transform.matrix, at), transform.apply(at), rtol=0, atol=1e-8
        )
    else:
        assert transform.matrix is None


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_transform_survives_json(kind):
    transform, at = fitted(kind), scattered(50, 11)
    data = json.loads(json.dumps(transform.to_dict(), allow_nan=False))
    assert set(data) == {"kind", "matrix", "parameters"}
    np.testing.assert_array_equal(Transform.from_dict(data).apply(at), transform.apply(at))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("kind"),
        lambda d: d.update(kind="spiral"),
        lambda d: d.update(kind="polynomial2"),
        lambda d: d.update(parameters=None),
        lambda d: d["parameters"].update(coefficients=[1.0]),
        lambda d: d["parameters"].update(scale_px=0),
        lambda d: d["parameters"].update(scale_px="wide"),
        lambda d: d["parameters"].update(source_centre_px=[float("nan"), 0.0]),
        lambda d: d["parameters"].update(target_centre_px=[1.0, 2.0, 3.0]),
        lambda d: d["parameters"].update(knots=[1.0, 2.0, 3.0]),
    ],
)
@pytest.mark.parametrize("kind", ["projective", "field"])
def test_a_damaged_dict_is_refused(kind, spoil):
    data = fitted(kind).to_dict()
    spoil(data)
    with pytest.raises(UsageError):
        Transform.from_dict(data)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.clear(),
        lambda d: d.update(shape=[3, 3]),
        lambda d: d.update(shape=[-1, 5]),
        lambda d: d.update(shape="wide"),
        lambda d: d.update(step=[0.0, 1.0]),
        lambda d: d.update(origin=[1.0]),
        lambda d: d["values"].pop(),
        lambda d: d["values"].__setitem__(7, float("inf")),
        lambda d: d["values"].__setitem__(7, None),
        lambda d: d["values"].__setitem__(7, [1.0, 2.0]),
    ],
)
def test_a_damaged_lattice_is_refused(spoil):
    data = fitted("field").to_dict()
    spoil(data["parameters"]["lattice"])
    with pytest.raises(UsageError):
        Transform.from_dict(data)


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(ALL_KINDS),
    st.floats(0.05, 50),
    st.tuples(*[st.floats(-1e5, 1e5)] * 4),
    st.integers(0, 10**6),
)
def test_fits_are_equivariant_to_scale_and_translation(kind, k, offsets, seed):
    """Noisy points, moved and scaled on both sides, give the same transform moved and scaled."""
    sensed, at = scattered(30, seed), scattered(20, seed + 1)
    reference = truth(kind, sensed) + np.random.default_rng(seed).normal(0, 0.5, sensed.shape)
    a, b = np.array(offsets[:2]), np.array(offsets[2:])
    plain = fit(kind, sensed, reference).apply(at)
    moved = fit(kind, k * sensed + a, k * reference + b).apply(k * at + a)
    tolerance = 1e-3 if kind == "tps" else 1e-6
    np.testing.assert_allclose(
        (moved - b) / k,
        plain,
        rtol=0,
        atol=tolerance * (1 + np.abs(offsets).max() / (1000 * k) / 100),
    )


@pytest.mark.parametrize("kind", ["affine", "polynomial2", "polynomial3", "projective", "tps"])
def test_fits_are_equivariant_to_rotation_of_the_sensed_image(kind):
    c, s = np.cos(0.7), np.sin(0.7)
    turn = np.array([[c, -s], [s, c]])
    sensed, at = scattered(40, 12), scattered(20, 13)
    reference = truth(kind, sensed) + np.random.default_rng(14).normal(0, 0.5, sensed.shape)
    turned = fit(kind, sensed @ turn.T, reference).apply(at @ turn.T)
    np.testing.assert_allclose(turned, fit(kind, sensed, reference).apply(at), atol=1e-5)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_no_points_give_no_points(kind):
    transform = fitted(kind)
    assert transform.apply([]).shape == transform.inverse([]).shape == (0, 2)
    assert transform.jacobian([]).shape == (0, 2, 2)


def test_many_points_are_applied_in_pieces_to_the_same_result():
    transform, many = fitted("tps", n=200), scattered(30_000, 15)
    np.testing.assert_allclose(
        transform.apply(many)[-100:], transform.apply(many[-100:]), rtol=0, atol=1e-9
    )


def test_a_position_without_inverse_is_nan():
    """x + x^2 / 400 about its centre has a smallest value: nothing is mapped below it."""
    sensed = scattered(60, 16) - [WIDTH / 2, HEIGHT / 2]
    bent = fit(
        "polynomial2", sensed, sensed + np.stack([sensed[:, 0] ** 2 / 400, np.zeros(60)], axis=1)
    )
    lowest = -100.0
    back = bent.inverse([[lowest - 5.0, 0.0], [lowest + 5.0, 0.0]])
    assert np.isnan(back[0]).all()
    np.testing.assert_allclose(bent.apply(back[1:]), [[lowest + 5.0, 0.0]], atol=1e-4)


def test_a_fold_is_found_where_the_jacobian_changes_sign():
    sensed = scattered(60, 17) - [WIDTH / 2, HEIGHT / 2]
    bent = fit(
        "polynomial2", sensed, sensed + np.stack([sensed[:, 0] ** 2 / 800, np.zeros(60)], axis=1)
    )
    at = np.array([[x, y] for x in range(-490, 500, 20) for y in (-200, 0, 200)], dtype=float)
    np.testing.assert_array_equal(folds(bent, at), at[:, 0] < -400)


@pytest.mark.parametrize("kind", WITH_MATRIX)
def test_a_mirror_is_no_fold(kind):
    sensed = scattered(30, 18)
    transform = (
        fit(kind, sensed, sensed * [-1, 1]) if kind not in ("shift", "similarity") else fitted(kind)
    )
    assert not folds(transform, scattered(50, 19)).any()


def test_a_squeezing_transform_cannot_be_inverted():
    flat = Transform(
        "affine",
        np.array([0.0, 1.0, 0.5, 0.0, 2.0, 1.0]),
        np.zeros(2),
        np.zeros(2),
        1.0,
        np.empty((0, 2)),
    )
    with pytest.raises(FitError, match="inverted"):
        flat.inverse([[1.0, 2.0]])
