"""Adapting a network to a scene: what is held back, what is learnt from, what is kept."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from raster_files import write_raster
from sar_optical_align.models.weights import load_weights
from sar_optical_align.plugin.core.errors import AlignError, InputError, UsageError
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.points.files import save_points
from sar_optical_align.plugin.core.progress import Cancelled, Progress
from sar_optical_align.plugin.core.run.adapting import AdaptRequest
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Modality,
    RasterRef,
    TiePoint,
)
from sar_optical_align.plugin.engine.cli import main
from sar_optical_align.plugin.engine.learn import adapt as adapting
from sar_optical_align.plugin.engine.learn.adapt import _is_better, adapt
from sar_optical_align.plugin.engine.learn.scene_windows import (
    _covered,
    hold_back,
    split_scene,
    training_windows,
)
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.matchers.network import shipped_weights

SIDE, SHIFT = 420, (7, -4)
places = st.integers(12, 300).flatmap(
    lambda n: st.lists(st.tuples(st.floats(0, 4000), st.floats(0, 3000)), min_size=n, max_size=n)
)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """An optical picture, its radar-like look shifted by `SHIFT`, and 49 points of the truth:
    sensed px -> reference px.
    """
    folder = tmp_path_factory.mktemp("adapt")
    rng = np.random.default_rng(5)
    fields = sum(
        cv2.resize(
            rng.normal(0, 1, (n, n)).astype(np.float32),
            (SIDE + 40, SIDE + 40),
            interpolation=cv2.INTER_NEAREST,
        )
        for n in (9, 23, 46)
    )
    whole = cv2.GaussianBlur((fields - fields.min()) / np.ptp(fields), (0, 0), 1.0)
    optical = whole[20 : 20 + SIDE, 20 : 20 + SIDE]
    moved = whole[20 - SHIFT[1] :, 20 - SHIFT[0] :][:SIDE, :SIDE]
    radar = (
        0.5 * np.sin(5.0 * moved) ** 2
        + 2.0 * np.hypot(cv2.Sobel(moved, cv2.CV_32F, 1, 0), cv2.Sobel(moved, cv2.CV_32F, 0, 1))
        + 0.1 * rng.random((SIDE, SIDE))
    )
    paths = [str(folder / "optical.tif"), str(folder / "sar.tif")]
    write_raster(folder / "optical.tif", (255 * optical).astype(np.uint8))
    write_raster(folder / "sar.tif", (255 * np.clip(radar, 0, 1)).astype(np.uint8))
    write_raster(folder / "same.tif", (255 * moved).astype(np.uint8))
    line = np.linspace(60, SIDE - 60, 7)
    sensed = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    return paths, sensed - SHIFT, sensed


def request_of(scene, output, reference_px=None, **more):
    paths, reference, sensed = scene
    params = AlignParams(matcher="me_ssm", model="shift", device="cpu", threads=1)
    pair = AlignRequest(
        RasterRef(paths[0], (), Modality.OPTICAL), RasterRef(paths[1], (), Modality.SAR), params
    )
    given_px = reference if reference_px is None else reference_px
    return AdaptRequest(
        pair,
        tuple(map(tuple, given_px.tolist())),
        tuple(map(tuple, sensed.tolist())),
        str(output),
        **more,
    )


@given(places, st.integers(0, 5))
def test_whole_blocks_are_held_back(points, seed):
    """About a quarter, the same for the same seed; no block of the rest lies within one held back,
    whatever the order of the points.
    """
    xy = np.array(points)
    held = hold_back(xy, seed)
    assert held.tolist() == hold_back(xy, seed).tolist()
    assert abs(held.mean() - 0.25) <= 16.0 / len(xy)
    assert 0 < held.sum() < len(xy)


def test_blocks_are_apart_on_a_lattice():
    """The points held back of a lattice have more neighbours held back than chance would give."""
    line = np.arange(20.0)
    xy = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    held = hold_back(xy, 1).reshape(20, 20)
    both = (held[:, 1:] & held[:, :-1]).mean() + (held[1:] & held[:-1]).mean()
    assert both > 3 * held.mean() ** 2


@given(st.floats(-20, 80), st.floats(-20, 80), st.floats(1, 30))
def test_covered_ground_is_that_around_the_places(x, y, reach):
    covered = _covered(np.array([[x + 100.0, y + 50.0]]), (100, 50), 60, reach)
    centre = np.arange(60) + 0.5
    inside = (np.abs(centre - y) <= reach)[:, None] & (np.abs(centre - x) <= reach)[None]
    assert covered[inside].all()
    assert not covered[
        (np.abs(centre - y) > reach + 1)[:, None] | (np.abs(centre - x) > reach + 1)[None]
    ].any()


def test_windows_show_the_same_ground_and_none_of_what_is_held_back(scene):
    """Where the sensed picture is the reference moved, both pictures of a window are the same
    wherever they count.
    """
    request = request_of(scene, "x.safetensors")
    same = RasterRef(scene[0][1].replace("sar", "same"), (), Modality.SAR)
    scale = AlignParams(matcher="me_ssm", model="shift", sar_scale="db")  # no logarithm
    with open_pair(AlignRequest(request.align.reference, same, scale)) as pair:
        split = split_scene(pair, request)
        pairs = training_windows(split, 64, 1, Progress())
    assert split.held.sum() >= 9
    assert len(pairs) > 20
    for p in pairs:
        assert p.mask.mean() >= 0.75
        assert np.abs(p.optical[0].astype(float) - p.sar)[p.mask].mean() < 3.0
    assert any(not p.mask.all() for p in pairs)


def test_what_is_clearly_better_is_kept_and_nothing_else():
    before = np.linspace(0.5, 4.0, 30)
    assert _is_better(before, 0.5 * before)
    assert not _is_better(before, before)
    assert not _is_better(before, before + 0.1)
    assert not _is_better(before, before - 0.01)  # sure, but not worth it
    lucky = before.copy()
    lucky[-1] = 0.1
    assert not _is_better(before, lucky)  # one point is no clear gain


def test_adapting_trains_measures_and_leaves_the_start_alone(scene, tmp_path, monkeypatch):
    shipped = shipped_weights("me_ssm")
    then = shipped.read_bytes(), shipped.with_suffix(".json").read_bytes()
    output = tmp_path / "a.safetensors"
    plain = adapt(request_of(scene, output, steps=2), Progress())
    again = adapt(request_of(scene, output, steps=2), Progress())
    assert (plain.before, plain.after) == (again.before, again.after)  # repeats exactly
    assert (plain.steps, plain.trained + plain.held_back) == (2, 49)
    assert 0 <= plain.before.near <= 1
    assert bool(plain.weights) == output.exists()
    monkeypatch.setattr(adapting, "_is_better", lambda *_: True)
    kept = adapt(request_of(scene, output, steps=2), Progress())
    assert kept.weights == str(output)
    tensors, card = load_weights(output, "me_ssm")
    old, old_card = load_weights(shipped, "me_ssm")
    assert any(not tensors[k].equal(old[k]) for k in old)
    assert card["started_from"]["sha256"] == old_card["sha256"]
    assert card["adapted"]["held_back"] == kept.held_back
    assert "validation" not in card
    assert then == (shipped.read_bytes(), shipped.with_suffix(".json").read_bytes())


@pytest.mark.parametrize("key", ["kd_cfm", "msa_net", "soma", "regnet_mamba2"])
def test_another_network_with_a_trainer_plugs_in(key, scene, tmp_path):
    """A pair matcher is measured by its match nearest to each point; its own trainer learns from
    the same windows, and one step changes little.
    """
    whole = request_of(scene, tmp_path / "a.safetensors", steps=1)
    few = [points[::3] for points in (whole.reference_px, whole.sensed_px)]
    request = replace(
        whole,
        align=replace(whole.align, params=replace(whole.align.params, matcher=key)),
        reference_px=few[0],
        sensed_px=few[1],
    )
    result = adapt(request, Progress())
    assert result.steps == 1
    assert result.held_back >= 3
    assert result.before.rmse_px <= 23  # of a search radius of 16
    assert abs(result.after.rmse_px - result.before.rmse_px) < 1.0
    assert (tmp_path / "a.safetensors").exists() == bool(result.weights)


def test_wrong_points_are_not_worth_learning(scene, tmp_path):
    """Points that contradict each other teach nothing: the weights stay, and that is said."""
    rng = np.random.default_rng(3)
    result = adapt(
        request_of(
            scene,
            tmp_path / "a.safetensors",
            scene[1] + rng.uniform(-9, 9, scene[1].shape),
            steps=1,
        ),
        Progress(),
    )
    assert result.weights == ""
    assert "stay as they were" in result.message
    assert not list(tmp_path.iterdir())


def test_cancelled_nothing_is_written(scene, tmp_path):
    class Impatient(Progress):
        def update(self, _fraction, message=""):
            if message.startswith("Adapting: step 2"):
                raise Cancelled

    with pytest.raises(Cancelled):
        adapt(request_of(scene, tmp_path / "a.safetensors", steps=50), Impatient())
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_adapted_is_refused(scene, tmp_path):
    paths, reference, sensed = scene
    few = [tuple(map(tuple, v[:5].tolist())) for v in (reference, sensed)]
    with pytest.raises(UsageError, match="at least 12"):
        AdaptRequest(request_of(scene, "x").align, *few, "x")
    with pytest.raises(UsageError):
        request_of(scene, "x", minutes=0.0)
    good = request_of(scene, tmp_path / "a.safetensors", steps=1)
    pair = good.align
    for changed, words in (
        (
            AlignRequest(pair.reference, pair.sensed, AlignParams(matcher="cfog")),
            "cannot be adapted",
        ),
        (
            AlignRequest(pair.reference, RasterRef(paths[1], (), Modality.OPTICAL), pair.params),
            "optical and a SAR",
        ),
    ):
        with pytest.raises(AlignError, match=words):
            adapt(
                AdaptRequest(changed, good.reference_px, good.sensed_px, good.output, steps=1),
                Progress(),
            )
    outside = tuple((x + 5000.0, y) for x, y in good.reference_px)
    with pytest.raises((InputError, UsageError)):
        adapt(AdaptRequest(pair, outside, good.sensed_px, good.output, steps=1), Progress())


def test_the_command_reads_points_and_says_what_came_of_it(scene, tmp_path, capsys):
    paths, reference, sensed = scene
    grid = Grid.bare(SIDE, SIDE)
    points = [
        TiePoint(i, tuple(r), tuple(s))
        for i, (r, s) in enumerate(zip(reference.tolist(), sensed.tolist(), strict=True), 1)
    ]
    file = tmp_path / "p.csv"
    save_points(file, points, grid, grid)
    command = [
        "adapt",
        "me_ssm",
        *paths,
        "--points",
        str(file),
        "--steps",
        "1",
        "--output",
        str(tmp_path / "out"),
    ]
    command += ["--sensed-modality", "sar", "--threads", "1", "--model", "shift"]
    assert main([*command, "--reference-modality", "optical"]) == 0
    out = capsys.readouterr().out
    assert "points held back" in out
    assert "1 steps" in out
    (tmp_path / "out").mkdir(exist_ok=True)
    (tmp_path / "out" / "me_ssm.safetensors").write_bytes(b"mine")
    assert main(command) == 3
    assert (tmp_path / "out" / "me_ssm.safetensors").read_bytes() == b"mine"
    save_points(file, points[:4], grid, grid)
    assert main([*command, "--overwrite"]) == 2
    assert "at least 12" in capsys.readouterr().err
    assert (
        json.loads(shipped_weights("me_ssm").with_suffix(".json").read_text())["network"]
        == "me_ssm"
    )
