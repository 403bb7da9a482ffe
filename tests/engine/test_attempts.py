"""Which searches of the coarse stage are tried, and that the number of threads changes nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
from affine import Affine
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.transforms import transform_from_dict
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef, Status
from sar_optical_align.plugin.engine import align as align_module
from sar_optical_align.plugin.engine.align import align, searches_of
from sar_optical_align.plugin.engine.coarse import coarse_align
from sar_optical_align.plugin.engine.demo_scene import HEIGHT, WIDTH, Misregistration
from sar_optical_align.plugin.engine.fine import lattice, match_templates
from sar_optical_align.plugin.engine.matchers import create
from sar_optical_align.plugin.engine.reading import open_pair

TURN_DEG = 9.0


@pytest.fixture(scope="module")
def request_(scene_pair):
    return AlignRequest(RasterRef(str(scene_pair[0])), RasterRef(str(scene_pair[1])), AlignParams(matcher="cfog", max_points=150))


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
    error = transform_from_dict(result.transform).apply(Misregistration().apply(place)) - place
    return float(np.sqrt((error**2).sum(axis=1).mean()))


def test_a_raster_that_lies_nearly_right_is_not_turned_to_and_fro(request_):
    result = align(request_)
    assert result.evidence["coarse_attempts"] == 1
    assert (result.coarse.rotation_deg, result.coarse.scale) == (0.0, 1.0)
    assert true_rmse(result) < 1.0


def test_a_search_that_comes_to_the_same_place_ends_the_attempts(request_, monkeypatch):
    """A doubtful shift that the search of rotation and scale comes to again is not matched once more."""
    sure, coarse = align(request_), []
    monkeypatch.setattr(align_module, "_SURE", 1.1)
    monkeypatch.setattr(align_module, "coarse_align", lambda *args: coarse.append(coarse_align(*args)) or coarse[-1])
    doubtful = align(request_)
    assert len(coarse) == 2
    assert doubtful.evidence["coarse_attempts"] == 1
    assert doubtful.transform == sure.transform
    monkeypatch.setattr(align_module, "RADIUS_PX", -1)
    assert align(request_).evidence["coarse_attempts"] == 2


def test_a_turned_raster_is_found_by_the_search_that_follows(turned):
    result = align(turned)
    assert result.status is Status.OK
    assert result.evidence["coarse_attempts"] == 1  # nothing was matched from the shift, which does not stand out
    assert abs(result.coarse.rotation_deg) == pytest.approx(TURN_DEG, abs=2.0)
    assert true_rmse(result) < 1.0


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
    assert searches_of(SimpleNamespace(reference=SimpleNamespace(is_georeferenced=georeferenced)), params) == searches


def test_the_number_of_threads_changes_nothing(turned, monkeypatch):
    cfog = create("cfog")
    monkeypatch.setattr(type(cfog), "gains_by_threads", True)
    with open_pair(turned) as pair:
        one, several = (coarse_align(pair, cfog, True, threads, Progress()) for threads in (1, 3))
        assert one == several
        pair.set_sensed_correction(np.array(one.matrix))
        centres = lattice(pair, 96, 40)
        first, second = (match_templates(pair, cfog, centres, 96, 8, 512, Progress(), threads=threads) for threads in (1, 3))
    assert [(m.centre, m.shift, m.forward_backward_px) for m in first] == [(m.centre, m.shift, m.forward_backward_px) for m in second]
