"""Models are fitted to what the georeferencing of two rasters leaves, whatever their pixels are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import NoReliableAlignmentError, UsageError
from sar_optical_align.plugin.core.fit import fitting
from sar_optical_align.plugin.core.fit.advisor import advise
from sar_optical_align.plugin.core.fit.prior import known_prior
from sar_optical_align.plugin.core.fit.quality import implausible, radius_of
from sar_optical_align.plugin.core.fit.tie_point_fit import fit_tie_points
from sar_optical_align.plugin.core.fit.transforms import Transform
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.output.siblings import carried_over
from sar_optical_align.plugin.core.types import TiePoint

REFERENCE = Grid("utm", (500000.0, 10.0, 0.0, 3250000.0, 0.0, -10.0), 300, 260)
KINDS = ["shift", "similarity", "affine", "projective", "polynomial2", "tps", "field"]
georeferencings = st.tuples(
    st.sampled_from([1.0, -1.0]),
    st.sampled_from([1.0, -1.0]),
    st.floats(4, 40),
    st.floats(4, 40),
    st.floats(-180, 180),
).map(lambda v: turned(*v))


def turned(mirror_x, mirror_y, dx, dy, degrees):
    """Return a sensed grid over the middle of the reference's ground: mirrored, of oblong pixels,
    turned.
    """
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    linear = np.array([[c, -s], [s, c]]) @ np.diag([mirror_x * dx, -mirror_y * dy])
    width, height = int(2400 / dx) + 8, int(2000 / dy) + 8
    corner = np.array([501500.0, 3248700.0]) - linear @ [width / 2, height / 2]
    return Grid(
        "utm",
        (corner[0], linear[0, 0], linear[0, 1], corner[1], linear[1, 0], linear[1, 1]),
        width,
        height,
    )


def pair_of(grid, correction, count=40, noise=0.0, seed=0):
    """Return sensed and reference px of ground that lies `correction` (reference px -> reference
    px) from where the sensed grid says.
    """
    rng = np.random.default_rng(seed)
    sensed = rng.uniform(0, (grid.width, grid.height), (count, 2))
    placed = coords.px_from_map(
        REFERENCE.geotransform, coords.map_from_px(grid.geotransform, sensed)
    )
    return sensed, correction(placed) + rng.normal(0, noise, (count, 2)), placed


@settings(max_examples=40, deadline=None)
@given(georeferencings, st.integers(0, 1000))
def test_the_fit_on_the_map_is_the_same_whatever_the_native_pixels_are(grid, seed):
    sensed, reference, placed = pair_of(
        grid, lambda p: p + [3.0, -2.0] + 0.01 * (p - 150), noise=0.3, seed=seed
    )
    prior = known_prior(REFERENCE, grid)
    for kind in KINDS:
        here, on_map = (
            fitting.fit_details(kind, sensed, reference, prior=prior),
            fitting.fit_details(kind, placed, reference),
        )
        assert np.abs(here.residuals_px - on_map.residuals_px).max() < 1e-3, kind
        assert np.abs(here.transform.apply(sensed) - on_map.transform.apply(placed)).max() < 1e-3, (
            kind
        )
        assert np.allclose(
            here.prediction_covariance(sensed), on_map.prediction_covariance(placed), atol=1e-4
        ), kind


@settings(max_examples=40, deadline=None)
@given(georeferencings)
def test_a_shift_on_the_map_is_advised_and_held_by_a_shift(grid):
    sensed, reference, _ = pair_of(grid, lambda p: p + [3.0, -2.0])
    prior = known_prior(REFERENCE, grid)
    assert (
        np.abs(fitting.fit("shift", sensed, reference, prior=prior).apply(sensed) - reference).max()
        < 1e-6
    )
    assert advise(sensed, reference, prior=prior).best == "shift"
    for few in (1, 2, 3):
        assert (
            np.abs(
                fitting.fit("shift", sensed[:few], reference[:few], prior=prior).apply(sensed)
                - reference
            ).max()
            < 1e-6
        )


@settings(max_examples=25, deadline=None)
@given(georeferencings, st.sampled_from(KINDS))
def test_a_transform_with_a_prior_goes_there_and_back_through_a_file_and_to_a_sibling(grid, kind):
    sensed, reference, _ = pair_of(
        grid, lambda p: p + [3.0, -2.0] + 1e-5 * (p - 150) ** 2, noise=0.1
    )
    transform = fitting.fit(kind, sensed, reference, prior=known_prior(REFERENCE, grid))
    again = Transform.from_dict(transform.to_dict())
    images = transform.apply(sensed)
    assert (again.apply(sensed) == images).all()
    back = transform.inverse(images)
    known = np.isfinite(back).all(axis=1)
    assert known.mean() > 0.9
    assert np.abs(back[known] - sensed[known]).max() < 1e-2
    step = np.array([1e-4, 0.0])
    slope = (transform.apply(sensed + step) - transform.apply(sensed - step)) / 2e-4
    assert np.allclose(slope, transform.jacobian(sensed)[:, :, 0], atol=1e-3)
    if transform.matrix is not None:
        assert np.abs(coords.apply_matrix(transform.matrix, sensed) - images).max() < 1e-6
    twice = np.diag([0.5, 0.5, 1.0])
    half = carried_over(
        transform, twice, Grid("utm", grid.geotransform, 2 * grid.width, 2 * grid.height)
    )
    assert np.abs(half.apply(2 * sensed) - images).max() < 0.05


def test_rasters_of_like_pixels_have_no_prior():
    beside = Grid("utm", (500400.0, 10.0, 0.0, 3249000.0, 0.0, -10.0), 200, 200)
    assert known_prior(REFERENCE, beside) is None
    bare = Grid.bare(200, 200)
    assert known_prior(REFERENCE, bare) is None
    assert known_prior(bare, beside) is None


def test_georeferencing_that_no_affine_holds_is_held_by_a_polynomial():
    def place(sensed):
        return 2 * sensed + 1e-4 * sensed**2

    sensed_grid = Grid.bare(200, 150, "degrees")
    prior = known_prior(REFERENCE, sensed_grid, place=place)
    assert prior.kind == "polynomial2"
    at = np.random.default_rng(1).uniform(0, 150, (50, 2))
    assert np.abs(prior.apply(at) - place(at)).max() < 0.1


def test_where_the_grids_do_not_tell_the_points_do_and_one_that_was_moved_is_not_believed():
    rng = np.random.default_rng(2)
    sensed_grid = Grid.bare(200, 150, "gcps")
    places = rng.uniform(0, 150, (20, 2))
    ground = coords.map_from_px(
        REFERENCE.geotransform, places @ np.array([[-1.5, 0.1], [0.2, 2.0]]) + [280, 20]
    )
    ground[3] += 900.0
    points = [
        TiePoint(i + 1, (0.0, 0.0), tuple(p), sensed_map=tuple(g))
        for i, (p, g) in enumerate(zip(places, ground, strict=True))
    ]
    prior = known_prior(REFERENCE, sensed_grid, points)
    others = np.arange(20) != 3
    images = coords.px_from_map(REFERENCE.geotransform, ground)
    assert np.abs(prior.apply(places[others]) - images[others]).max() < 0.1
    assert known_prior(REFERENCE, sensed_grid) is None


def test_a_fit_that_misses_its_points_by_more_than_they_can_be_wrong_by_is_refused():
    grid = turned(1.0, 1.0, 10.0, 10.0, 0.0)
    sensed, reference, _ = pair_of(grid, lambda p: 1.4 * p)
    points = [
        TiePoint(i + 1, tuple(r), tuple(s))
        for i, (s, r) in enumerate(zip(sensed, reference, strict=True))
    ]
    with pytest.raises(NoReliableAlignmentError, match="misses the tie points"):
        fit_tie_points(points, "shift", REFERENCE, grid)
    fit, figures, advice = fit_tie_points(points, "auto", REFERENCE, grid)
    assert figures.model == advice.best != "shift"
    assert np.abs(fit.transform.apply(sensed) - reference).max() < 1e-6


@given(st.floats(0.1, 5.0), st.integers(0, 1000))
def test_points_as_noisy_as_they_say_are_never_refused(sigma, seed):
    errors = np.random.default_rng(seed).normal(0, sigma, (30, 2))
    rmse = float(np.sqrt((errors**2).sum(axis=1).mean()))
    assert implausible("affine", rmse, np.tile(sigma**2 * np.eye(2), (30, 1, 1)), 0.0) == ""
    assert (
        implausible("affine", 8.1 + 20 * sigma, np.tile(sigma**2 * np.eye(2), (30, 1, 1)), 8.0)
        != ""
    )
    assert radius_of(np.empty((0, 2))) == 8.0


def test_a_prior_of_a_prior_is_no_transform():
    grid = turned(1.0, 1.0, 20.0, 10.0, 0.0)
    sensed, reference, _ = pair_of(grid, lambda p: p + 1.0)
    data = fitting.fit("shift", sensed, reference, prior=known_prior(REFERENCE, grid)).to_dict()
    data["parameters"]["prior"]["parameters"]["prior"] = data["parameters"]["prior"]
    with pytest.raises(UsageError):
        Transform.from_dict(data)


def test_points_of_overlapping_templates_are_not_believed_like_as_many_of_their_own():
    """The choice of model is that of the run that found them, wherever they are judged."""
    rng = np.random.default_rng(4)
    sensed = rng.uniform(0, 240, (139, 2))
    wave = 1.5 * np.sin(2 * np.pi * sensed / 60)
    points = [
        TiePoint(i + 1, tuple(r), tuple(s))
        for i, (s, r) in enumerate(zip(sensed, sensed + wave + [3.0, 1.0], strict=True))
    ]
    bare = Grid.bare(240, 240)
    alone = fit_tie_points(points, "auto", bare, bare)[2].best
    shared = fit_tie_points([replace(p, worth=0.08) for p in points], "auto", bare, bare)[2].best
    run = advise(
        sensed, sensed + wave + [3.0, 1.0], np.tile(np.eye(2), (139, 1, 1)), independent=0.08 * 139
    ).best
    assert shared == run != alone
