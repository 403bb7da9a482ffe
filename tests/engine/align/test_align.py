"""The whole engine on the synthetic scene: true error, refusal, swap law, tile independence, badly
placed input.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from affine import Affine
from sar_optical_align.plugin.core.progress import CallbackProgress, Cancelled, Progress
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef, Status
from sar_optical_align.plugin.engine.align import attempts as attempts_module
from sar_optical_align.plugin.engine.align.align import align
from sar_optical_align.plugin.engine.align.find import coarse_guides
from sar_optical_align.plugin.engine.deliver import explain as explain_module
from sar_optical_align.plugin.engine.deliver.demo_scene import (
    HEIGHT,
    WIDTH,
    Misregistration,
)
from sar_optical_align.plugin.engine.deliver.summary import summary_lines
from sar_optical_align.plugin.matchers import create
from sar_optical_align.plugin.matchers.cfog import CfogMatcher
from sar_optical_align.plugin.matchers.me_ssm import MeSsmMatcher
from torch_there import needs_torch


def lattice():
    x, y = np.meshgrid(np.linspace(80, WIDTH - 80, 15), np.linspace(80, HEIGHT - 80, 12))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def true_rmse(result, shift=(0.0, 0.0)):
    place = lattice()
    error = result.transform.apply(Misregistration().apply(place) + shift) - place
    return float(np.sqrt((error**2).sum(axis=1).mean()))


@pytest.fixture(scope="module")
def request_(scene_pair):
    return AlignRequest(RasterRef(str(scene_pair[0])), RasterRef(str(scene_pair[1])), AlignParams())


@pytest.fixture(scope="module")
def result(request_):
    seen = []
    outcome = align(request_, CallbackProgress(on_points=seen.extend))
    return outcome, seen


def test_it_finds_the_truth_to_better_than_a_pixel(result):
    outcome, seen = result
    assert outcome.status is Status.OK
    assert true_rmse(outcome) < 1.0
    assert outcome.evidence["probability"] > 0.9
    assert len(seen) == len(outcome.points)
    assert [p.id for p in seen] == [p.id for p in outcome.points]


def test_fill_that_nobody_declared_is_noted_with_what_declares_it(request_, result, tmp_path):
    assert result[0].notes == ()
    with rasterio.open(request_.sensed.path) as source:
        values, profile = source.read(1), {**source.profile, "nodata": None}
    values[:, :60] = 9999
    with rasterio.open(tmp_path / "filled.tif", "w", **profile) as sink:
        sink.write(values, 1)
    sensed = RasterRef(str(tmp_path / "filled.tif"))
    few = replace(request_, sensed=sensed, params=AlignParams(matcher="cfog", max_points=20))
    outcome = align(few)
    (note,) = outcome.notes
    assert "sensed raster hold the value 9999 " in note
    assert "--sensed-nodata 9999." in note
    assert f"note: {note}" in summary_lines(outcome, None)
    assert not align(replace(few, sensed=replace(sensed, nodata=9999.0))).notes


def test_every_disabled_point_has_a_reason_and_evidence(result):
    for p in result[0].points:
        assert p.enabled == (p.reason == "")
        assert p.evidence.surface.shape == (17, 17)
        assert np.linalg.eigvalsh(p.covariance_px).min() > 0


def test_scores_mean_something(result):
    """On the synthetic pair, about as many points are right as the scores say."""
    points = result[0].points
    truth = Misregistration()
    right = np.array(
        [np.hypot(*(truth.apply(np.array([p.reference_px])) - p.sensed_px)[0]) <= 2 for p in points]
    )
    assert np.mean([p.score for p in points]) == pytest.approx(right.mean(), abs=0.2)


def test_the_result_does_not_depend_on_the_tile_size(request_, result):
    other = align(replace(request_, params=AlignParams(tile_px=400)))
    ours = result[0].transform.apply(lattice())
    assert np.abs(other.transform.apply(lattice()) - ours).max() < 0.5


def test_swapping_the_images_inverts_the_transform(request_, result):
    swapped = align(
        AlignRequest(
            replace(request_.sensed, modality="sar"),
            replace(request_.reference, modality="optical"),
            AlignParams(),
        )
    )
    assert swapped.status is Status.OK
    there = result[0].transform.apply(Misregistration().apply(lattice()))
    back = swapped.transform.apply(there)
    assert np.sqrt(((back - Misregistration().apply(lattice())) ** 2).sum(axis=1).mean()) < 1.0


def test_a_badly_placed_raster_is_found_within_the_declared_radius(request_, scene_pair, tmp_path):
    path = tmp_path / "far.tif"
    with rasterio.open(scene_pair[1]) as source:
        profile, data = source.profile, source.read()
    profile["transform"] = Affine.translation(1250.0, -900.0) @ profile["transform"]
    with rasterio.open(path, "w", **profile) as sink:
        sink.write(data)
    found = align(
        AlignRequest(request_.reference, RasterRef(str(path)), AlignParams(search_radius=2000.0))
    )
    assert found.status is Status.OK
    assert true_rmse(found) < 1.2


@pytest.fixture(scope="module")
def unrelated(scene_pair, tmp_path_factory):
    """The sensed raster mirrored."""
    path = tmp_path_factory.mktemp("unrelated") / "mirrored.tif"
    with rasterio.open(scene_pair[1]) as source:
        profile, data = source.profile, source.read()
    with rasterio.open(path, "w", **profile) as sink:
        sink.write(np.ascontiguousarray(data[:, ::-1]))
    return RasterRef(str(path))


def test_unrelated_images_are_refused(request_, unrelated):
    refused = align(AlignRequest(request_.reference, unrelated, AlignParams(working_gsd=20.0)))
    assert refused.status is Status.NO_RELIABLE_ALIGNMENT
    assert refused.transform is None
    assert refused.hint
    assert refused.points


class Blind(CfogMatcher):
    """Sees noise, another one each time."""

    def features(self, image, modality):
        seen = np.random.default_rng(image.data.size + int(1e6 * image.data.std())).normal(
            size=(6, *image.data.shape)
        )
        return (seen * image.mask).astype(np.float32)


def test_of_two_coarse_positions_the_better_one_counts_alone(request_, monkeypatch):
    cfog, asked, seen = create("cfog"), [], []
    request = replace(
        request_, params=AlignParams(matcher="cfog", max_points=150, rotation_scale_search=False)
    )
    plain = align(request)
    monkeypatch.setattr(attempts_module, "coarse_guides", lambda matcher: [Blind(), cfog])
    second = align(
        request,
        CallbackProgress(on_update=lambda share, _: asked.append(share), on_points=seen.extend),
    )
    assert plain.evidence["coarse_attempts"] == 1
    assert second.evidence["coarse_attempts"] == 2
    assert second.transform.to_dict() == plain.transform.to_dict()
    assert asked == sorted(asked)
    assert len({p.id for p in seen}) == len(seen)
    monkeypatch.setattr(attempts_module, "coarse_guides", lambda matcher: [cfog, Blind()])
    assert align(request).evidence["coarse_attempts"] == 1
    monkeypatch.setattr(attempts_module.tuning, "SURE", 1.1)
    first = align(request)
    assert first.evidence["coarse_attempts"] == 2
    assert first.transform.to_dict() == plain.transform.to_dict()
    assert first.points[0].sensed_px == plain.points[0].sensed_px


@needs_torch
@pytest.mark.parametrize("key", ["regnet_mamba2", "soma", "msa_net", "kd_cfm"])
def test_networks_of_pairs_are_guided_by_cfog_and_then_by_me_ssm(key):
    assert [type(guide) for guide in coarse_guides(create(key))] == [CfogMatcher, MeSsmMatcher]


@needs_torch
def test_me_ssm_is_its_own_second_guide():
    matcher = create("me_ssm")
    assert list(coarse_guides(matcher))[1] is matcher


@needs_torch
def test_a_second_guide_without_room_in_the_budget_is_left_out(request_, monkeypatch):
    monkeypatch.setattr(attempts_module.tuning, "SURE", 1.1)  # so that the second is asked for
    for budget_mb, attempts in ((690, 1), (0, 2)):
        params = AlignParams(
            matcher="soma",
            max_points=60,
            memory_mb=budget_mb,
            working_gsd=30.0,
            rotation_scale_search=False,
        )
        assert align(replace(request_, params=params)).evidence["coarse_attempts"] == attempts


def test_the_others_are_guided_by_themselves_or_cfog():
    for key, kind in (
        ("cfog", CfogMatcher),
        ("mutual_information", CfogMatcher),
        ("sift", CfogMatcher),
    ):
        assert [type(guide) for guide in coarse_guides(create(key))] == [kind]


@needs_torch
def test_unrelated_images_are_refused_after_both_guides(request_, unrelated):
    refused = align(
        replace(
            request_,
            sensed=unrelated,
            params=AlignParams(matcher="msa_net", max_points=100, working_gsd=20.0),
        )
    )
    assert refused.status is Status.NO_RELIABLE_ALIGNMENT
    assert refused.evidence["coarse_attempts"] == 2


def test_cancel_stops_in_the_middle(request_):
    calls = []

    def stop():
        calls.append(1)
        return len(calls) > 20

    with pytest.raises(Cancelled):
        align(request_, CallbackProgress(is_cancelled=stop))


@pytest.mark.parametrize(
    "matcher", ["gradient_ncc", "phase_congruency", "mutual_information", "sift"]
)
def test_the_other_matchers_run_through_the_same_door(request_, matcher):
    outcome = align(replace(request_, params=AlignParams(matcher=matcher, max_points=60)))
    assert outcome.matcher == matcher
    if outcome.status is Status.OK:
        assert true_rmse(outcome) < 3.0
    else:
        assert matcher == "sift"  # not meant for SAR


def test_of_many_matches_the_surest_of_each_place_stays(request_, scene_pair, tmp_path):
    """A matcher that finds thousands gives about as many as asked for, spread as before."""
    path = tmp_path / "noisy.tif"
    with rasterio.open(scene_pair[0]) as source:
        profile, data = source.profile, source.read()
    noise = np.random.default_rng(3).normal(0.0, 4.0, data.shape)
    with rasterio.open(path, "w", **profile) as sink:
        sink.write(np.clip(data + noise, 1, 255).astype(data.dtype))
    twin = replace(request_, sensed=RasterRef(str(path)))
    many, few = (
        align(replace(twin, params=AlignParams(matcher="sift", max_points=n))) for n in (20_000, 60)
    )
    assert len(many.points) > 300
    assert 30 < len(few.points) <= 90
    score = {
        tuple(np.round(p.sensed_px, 6)): p.score for p in sorted(many.points, key=lambda p: p.score)
    }  # several of one place: the best
    assert all(score[tuple(np.round(p.sensed_px, 6))] == pytest.approx(p.score) for p in few.points)
    assert np.mean([p.score for p in few.points]) > np.mean(list(score.values()))
    assert few.quality.coverage > 0.8 * many.quality.coverage


def test_a_place_is_explained_from_the_guide_that_stands_out(
    request_, scene_pair, tmp_path, monkeypatch
):
    """A guide that sees nothing does not decide where the images are put."""
    with rasterio.open(scene_pair[0]) as source:
        at = source.transform @ (source.width / 2, source.height / 2)
    request = replace(request_, params=AlignParams(matcher="cfog", model="shift"))
    plain = explain_module.explain(request, at, tmp_path / "plain.png", Progress())
    for guides in ([Blind(), create("cfog")], [create("cfog"), Blind()]):
        monkeypatch.setattr(attempts_module, "coarse_guides", lambda matcher, guides=guides: guides)
        assert explain_module.explain(request, at, tmp_path / "other.png", Progress()) == plain
