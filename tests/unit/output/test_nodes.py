"""Laws of what GDAL is given, and of the grid that is written."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import ALL_KINDS, HEIGHT, WIDTH, scattered, truth
from sar_optical_align.plugin.core.errors import FitError
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.fit.transforms import Transform
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.output.nodes import warp_nodes
from sar_optical_align.plugin.core.output.plan import output_grid

REFERENCE = Grid("EPSG:32611", (500000.0, 9.5, 2.25, 4200456.0, 1.75, -12.5), 1200, 900)
NORTH_UP = Grid("EPSG:32611", (500000.0, 10.0, 0.0, 4200000.0, 0.0, -10.0), 1200, 900)
SENSED = Grid.bare(int(WIDTH), int(HEIGHT))
BARE = Grid.bare(1200, 900)


def fitted(kind: str) -> Transform:
    sensed = scattered(60, 0)
    return fit(kind, sensed, truth(kind, sensed))


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_nodes_are_exact_evaluations(kind):
    transform = fitted(kind)
    nodes = warp_nodes(transform, REFERENCE, SENSED)
    if nodes.method == "geotransform":
        at = scattered(50, 1)
        expected = coords.map_from_px(REFERENCE.geotransform, transform.apply(at))
        np.testing.assert_allclose(
            coords.map_from_px(nodes.geotransform, at), expected, rtol=0, atol=1e-5
        )
    else:
        expected = coords.map_from_px(REFERENCE.geotransform, transform.apply(nodes.sensed_px))
        np.testing.assert_array_equal(nodes.reference_map, expected)
        assert nodes.error_px <= 0.1
        assert (np.ptp(nodes.sensed_px, axis=0) >= [WIDTH, HEIGHT]).all()


@pytest.mark.parametrize(
    ("kind", "method"),
    [("affine", "geotransform"), ("shift", "geotransform"), ("projective", "tps"), ("tps", "tps")],
)
def test_the_method_fits_the_kind(kind, method):
    assert warp_nodes(fitted(kind), REFERENCE, SENSED).method == method


def test_a_polynomial_stays_one_only_while_its_inverse_is_one():
    sensed = scattered(60, 2)
    bend = ((sensed / [WIDTH, HEIGHT]) - 0.5) ** 2
    gentle, strong = (fit("polynomial2", sensed, sensed + k * bend) for k in (4.0, 120.0))
    assert (
        warp_nodes(gentle, REFERENCE, SENSED).method,
        warp_nodes(gentle, REFERENCE, SENSED).order,
    ) == ("polynomial", 2)
    assert warp_nodes(strong, REFERENCE, SENSED).method == "tps"


def test_a_smaller_tolerance_takes_more_nodes():
    loose, fine = (warp_nodes(fitted("projective"), REFERENCE, SENSED, t) for t in (0.2, 0.01))
    assert len(fine.sensed_px) > len(loose.sensed_px)
    assert fine.error_px <= 0.01


def test_a_fold_is_refused():
    sensed = scattered(60, 3)
    folded = fit(
        "polynomial2", sensed, sensed - np.stack([sensed[:, 0] ** 2 / 1500, np.zeros(60)], axis=1)
    )
    with pytest.raises(FitError, match="folds"):
        warp_nodes(folded, REFERENCE, SENSED)


def test_a_kinked_spline_is_refused_instead_of_warped_wrongly():
    sensed = scattered(240, 4)
    jagged = sensed + np.random.default_rng(5).normal(0, 2.5, sensed.shape)
    with pytest.raises(FitError, match=r"folds|bends too sharply"):
        warp_nodes(fit("tps", sensed, jagged, smoothing=0.0), REFERENCE, SENSED)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_output_holds_the_whole_image(kind):
    transform = fitted(kind)
    grid = output_grid(transform, NORTH_UP, SENSED, None, False)
    edge = np.linspace(0, 1, 200)[:, None]
    outline = np.concatenate(
        [
            edge * [WIDTH, 0],
            edge * [0, HEIGHT],
            edge * [WIDTH, 0] + [0, HEIGHT],
            edge * [0, HEIGHT] + [WIDTH, 0],
        ]
    )
    at = coords.px_from_map(
        grid.geotransform, coords.map_from_px(NORTH_UP.geotransform, transform.apply(outline))
    )
    assert (at > -0.05).all()
    assert (at < [grid.width + 0.05, grid.height + 0.05]).all()
    assert grid.crs_wkt == NORTH_UP.crs_wkt
    assert grid.geotransform[1] == -grid.geotransform[5]


def test_the_output_is_no_larger_than_the_image():
    shift = fit("shift", [[0.0, 0.0]], [[12.5, -7.25]])
    grid = output_grid(shift, NORTH_UP, SENSED, None, False)
    assert (grid.width, grid.height) == (SENSED.width, SENSED.height)
    np.testing.assert_allclose(
        grid.geotransform, (500125.0, 10.0, 0.0, 4200072.5, 0.0, -10.0), rtol=1e-12
    )
    halved = output_grid(shift, NORTH_UP, SENSED, 20.0, False)
    assert (halved.width, halved.height) == (SENSED.width // 2, SENSED.height // 2)


@pytest.mark.parametrize(
    ("reference", "snap"), [(NORTH_UP, True), (REFERENCE, True), (BARE, False)]
)
def test_the_output_is_the_reference_grid_where_asked_or_without_georeferencing(reference, snap):
    assert output_grid(fitted("affine"), reference, SENSED, None, snap) == reference
