"""Which searches of the coarse stage are tried, and that the number of threads changes nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
from affine import Affine
from sar_optical_align.plugin.core.errors import NothingToCompareError
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef, Status
from sar_optical_align.plugin.engine.align import align as align_module
from sar_optical_align.plugin.engine.align import attempts as attempts_module
from sar_optical_align.plugin.engine.align.align import align
from sar_optical_align.plugin.engine.align.attempts import is_same_place, searches_of
from sar_optical_align.plugin.engine.align.coarse import coarse_align
from sar_optical_align.plugin.engine.align.coarse_search import similarity_matrix
from sar_optical_align.plugin.engine.align.find import find_matches
from sar_optical_align.plugin.engine.align.fine import lattice, match_templates
from sar_optical_align.plugin.engine.deliver.demo_scene import (
    HEIGHT,
    WIDTH,
    Misregistration,
)
from sar_optical_align.plugin.engine.deliver.explain import explain
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.matchers import create

TURN_DEG = 9.0


@pytest.fixture(scope="module")
def request_(scene_pair):
    return AlignRequest(
        RasterRef(str(scene_pair[0])),
        RasterRef(str(scene_pair[1])),
        AlignParams(matcher="cfog", max_points=150),
    )


@pytest.fixture(scope="module")
def turned(request_, tmp_path_factory):
    """The pair with the sensed raster's georeferencing turned about its middle."""
    path = tmp_path_factory.mktemp("turned") / "turned.tif"
    with rasterio.open(request_.sensed.path) as source:
        profile, data = source.profile, source.read()
    middle = (profile["width"] / 2, profile["height"] / 2)
    profile["transform"] = profile["transform"] @ Affine.rotation(TURN_DEG, middle)
    with rasterio.open(path, "w", **profile) as sink:
        sink.write(data)
    return replace(request_, sensed=RasterRef(str(path)))


def true_rmse(result):
    x, y = np.meshgrid(np.linspace(80, WIDTH - 80, 15), np.linspace(80, HEIGHT - 80, 12))
    place = np.stack([x.ravel(), y.ravel()], axis=1)
    error = result.transform.apply(Misregistration().apply(place)) - place
    return float(np.sqrt((error**2).sum(axis=1).mean()))


def test_a_raster_that_lies_nearly_right_is_not_turned_to_and_fro(request_):
    result = align(request_)
    assert result.evidence["coarse_attempts"] == 1
    assert result.evidence["turned"] == 0
    assert (result.coarse.rotation_deg, result.coarse.scale) == (0.0, 1.0)
    assert true_rmse(result) < 1.0


@pytest.mark.parametrize(("off_px", "matched"), [(0.0, 1), (20.0, 2)])
def test_a_doubtful_place_that_is_come_to_again_is_not_matched_again(
    request_, monkeypatch, off_px, matched
):
    calls, guided = [], []
    sure = align(request_)

    def later(pair, guide, turn, *rest):
        found = coarse_align(pair, guide, turn, *rest)
        guided.append(turn)
        matrix = np.array(found.matrix)
        matrix[0, 2] += off_px * turn
        return replace(
            found, matrix=tuple(map(tuple, matrix)), contrast=100.0 if turn else found.contrast
        )

    monkeypatch.setattr(attempts_module.tuning, "SURE", 1.1)
    monkeypatch.setattr(attempts_module, "coarse_align", later)
    monkeypatch.setattr(
        align_module, "find_matches", lambda *args: calls.append(1) or find_matches(*args)
    )
    doubtful = align(request_)
    assert guided == [False, True]
    assert len(calls) == matched
    assert doubtful.evidence["coarse_attempts"] == 2
    if matched == 1:
        assert doubtful.evidence["probability"] == sure.evidence["probability"]
        assert doubtful.transform.to_dict() == sure.transform.to_dict()
        assert [p.reference_px for p in doubtful.points] == [p.reference_px for p in sure.points]


@pytest.mark.parametrize(
    ("side", "turn_deg", "same"),
    [(64, 1.0, True), (64, 4.0, False), (2000, 0.2, True), (2000, 1.0, False)],
)
def test_a_small_image_bears_less_rotation_to_be_at_the_same_place(side, turn_deg, same):
    grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), side, side)
    turned = similarity_matrix(turn_deg, 1.0, (0.0, 0.0), (side / 2, side / 2))
    assert is_same_place(grid, np.eye(3), turned) is same


def test_a_turned_raster_is_found_by_the_search_that_follows(turned):
    result = align(turned)
    assert result.status is Status.OK
    assert (
        result.evidence["coarse_attempts"] == 1
    )  # nothing was matched from the shift, which does not stand out
    assert abs(result.coarse.rotation_deg) == pytest.approx(TURN_DEG, abs=2.0)
    assert true_rmse(result) < 1.0


def test_a_search_that_can_compare_nothing_leaves_it_to_the_next(request_, tmp_path, monkeypatch):
    """For a registration and for the picture of a place."""

    def blind_to_shifts(pair, guide, turned, *rest):
        if not turned:
            raise NothingToCompareError("Too few of their valid pixels meet.")
        return coarse_align(pair, guide, turned, *rest)

    with rasterio.open(request_.reference.path) as source:
        at = source.transform @ (source.width / 2, source.height / 2)
    plain = explain(request_, at, tmp_path / "plain.png", Progress())
    monkeypatch.setattr(attempts_module, "coarse_align", blind_to_shifts)
    result = align(request_)
    assert result.evidence["turned"] == 1
    assert true_rmse(result) < 1.0
    numbers = explain(request_, at, tmp_path / "turned.png", Progress())
    assert np.hypot(numbers["shift_x_px"], numbers["shift_y_px"]) < 5.0
    assert numbers["peak"] == pytest.approx(plain["peak"], abs=0.15)


def test_where_no_search_can_compare_anything_it_is_told(request_, monkeypatch):
    def blind(*_):
        raise NothingToCompareError("Too few of their valid pixels meet.")

    monkeypatch.setattr(attempts_module, "coarse_align", blind)
    with pytest.raises(NothingToCompareError):
        align(request_)


def test_without_the_search_a_turned_raster_is_refused(turned):
    result = align(replace(turned, params=replace(turned.params, rotation_scale_search=False)))
    assert result.status is Status.NO_RELIABLE_ALIGNMENT
    assert result.evidence["coarse_attempts"] == 1


@pytest.mark.parametrize(
    ("georeferenced", "params", "searches"),
    [
        (True, AlignParams(), (False, True)),
        (False, AlignParams(), (True,)),
        (True, AlignParams(model="shift"), (False,)),
        (False, AlignParams(rotation_scale_search=False), (False,)),
    ],
)
def test_bare_pixels_are_searched_at_once(georeferenced, params, searches):
    assert (
        searches_of(
            SimpleNamespace(reference=SimpleNamespace(is_georeferenced=georeferenced)), params
        )
        == searches
    )


def test_the_number_of_threads_changes_nothing(turned, monkeypatch):
    cfog = create("cfog")
    monkeypatch.setattr(type(cfog), "gains_by_threads", True)
    with open_pair(turned) as pair:
        one, several = (coarse_align(pair, cfog, True, threads, Progress()) for threads in (1, 3))
        assert one == several
        pair = pair.corrected(np.array(one.matrix))
        centres = lattice(pair, 96, 40)
        first, second = (
            match_templates(pair, cfog, centres, 96, 8, 512, Progress(), threads=threads)
            for threads in (1, 3)
        )
    assert [(m.centre, m.shift, m.forward_backward_px) for m in first] == [
        (m.centre, m.shift, m.forward_backward_px) for m in second
    ]
