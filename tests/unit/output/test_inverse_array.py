"""Laws of the way back as an array."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import ALL_KINDS, HEIGHT, WIDTH, scattered, truth
from sar_optical_align.plugin.core.errors import FitError
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.output.inverse_array import InverseArray, inverse_array

OUTPUT = (1100, 760)
BOX = (0, 0, *OUTPUT)
SENSED = (int(WIDTH), int(HEIGHT))


def interpolated(back: InverseArray, at: np.ndarray) -> np.ndarray:
    """Return sensed px bilinearly between the nodes."""
    cell = (at - back.start_px) / back.step_px
    low = np.minimum(np.floor(cell).astype(int), np.array(back.sensed_px.shape[1::-1]) - 2)
    (x, y), p = (cell - low).T, back.sensed_px
    corner = [p[low[:, 1] + r, low[:, 0] + c] for r in (0, 1) for c in (0, 1)]
    shares = [(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y]
    return sum(s[:, None] * c for s, c in zip(shares, corner, strict=True))


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_the_array_is_the_inverse_everywhere(kind):
    sensed = scattered(200, 0)
    transform = fit(kind, sensed, truth(kind, sensed))
    back = inverse_array(transform.inverse, BOX, SENSED)
    at = transform.apply(scattered(2000, 1))
    at = at[((at >= 0) & (at <= OUTPUT)).all(axis=1)]
    assert len(at) > 1000
    assert back.error_px <= 0.01
    assert np.abs(interpolated(back, at) - transform.inverse(at)).max() < 0.015


def test_nodes_span_the_output():
    back = inverse_array(lambda xy: xy - 3.0, BOX, SENSED)
    rows, cols, _ = back.sensed_px.shape
    np.testing.assert_allclose(np.array([cols - 1, rows - 1]) * back.step_px, OUTPUT)
    np.testing.assert_allclose(back.sensed_px[-1, -1], np.array(OUTPUT) - 3.0)


def test_a_part_of_the_output_is_like_the_whole():
    sensed = scattered(200, 0)
    transform = fit("tps", sensed, truth("tps", sensed))
    back = inverse_array(transform.inverse, (200, 100, 500, 420), SENSED)
    at = back.start_px + np.random.default_rng(1).uniform(0, 1, (300, 2)) * [300, 320]
    assert (back.start_px == [200, 100]).all()
    assert np.abs(interpolated(back, at) - transform.inverse(at)).max() < 0.015


def test_cells_beside_places_without_inverse_are_made_small():
    """A raster of 60 px whose neighbourhood ends 3 px from it: a coarse lattice would have no whole
    cell on it.
    """

    def island(xy: np.ndarray) -> np.ndarray:
        return np.where(
            (np.abs(xy - 530.0) < 33.0).all(axis=1)[:, None],
            xy - 500.0 + 3 * np.sin(xy / 20),
            np.nan,
        )

    back = inverse_array(island, BOX, (60, 60))
    at = np.random.default_rng(2).uniform(510, 550, (300, 2))
    assert np.abs(interpolated(back, at) - island(at)).max() < 0.015


def test_it_can_be_stopped():
    class StopError(Exception):
        pass

    def stop() -> None:
        raise StopError

    with pytest.raises(StopError):
        inverse_array(lambda xy: xy, BOX, SENSED, stop)


def test_a_small_raster_in_a_large_output_is_found():
    back = inverse_array(
        lambda xy: (xy - [8111.0, 6033.0]) + 0.2 * np.sin(xy / 5.0),
        (8000, 5900, 8300, 6200),
        (60, 50),
    )
    assert back.error_px <= 0.25


def test_an_output_without_any_part_of_the_raster_takes_no_search():
    asked = []

    def away(xy: np.ndarray) -> np.ndarray:
        asked.append(len(xy))
        return xy + 5000.0 + 9 * np.sin(xy)

    assert inverse_array(away, BOX, SENSED).error_px == 0.0
    assert sum(asked) < 1000


def test_places_without_inverse_are_left_out():
    def half(xy: np.ndarray) -> np.ndarray:
        return np.where(xy[:, :1] < 300.0, xy, np.nan)

    back = inverse_array(half, BOX, SENSED)
    assert np.isnan(back.sensed_px[:, -1]).all()
    assert np.isfinite(back.sensed_px[:, 0]).all()
    assert back.error_px <= 0.01


def test_what_no_array_can_follow_is_refused():
    rng = np.random.default_rng(2)
    with pytest.raises(FitError, match="bends too sharply"):
        inverse_array(lambda xy: xy + rng.normal(0, 5, xy.shape), (0, 0, 300, 200), (300, 200))
