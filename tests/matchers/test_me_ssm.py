"""ME-SSM in windows at fixed places: what it says of a place does not depend on the tile at all."""

from __future__ import annotations

import copy
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.models.me_ssm.config import MeSsmConfig
from sar_optical_align.models.me_ssm.net import MeSsm
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import Modality
from sar_optical_align.plugin.engine.align.fine import match_templates
from sar_optical_align.plugin.matchers import create, me_ssm
from sar_optical_align.plugin.matchers.parts.features import blur
from sar_optical_align.plugin.matchers.parts.scene_windows import (
    blended,
    window_starts,
    windows_of,
)
from weight_files import untrained

SCENE = (330, 290)
CONFIG = MeSsmConfig(
    version=2,
    window_px=128,
    poses=("identity", "turn_90"),
    expert_width=4,
    expert_half_width=4,
    widths=(8, 8, 8),
    depths=(0, 1, 1),
    state=4,
    expand=2,
    scan="global",
    mfa_width=8,
    channels=8,
)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 2000), window=st.integers(80, 512), overlap=st.integers(1, 64))
def test_windows_cover_a_scene_and_no_more(size, window, overlap):
    starts = window_starts(size, window, overlap)
    assert starts == sorted(set(starts))
    assert starts[0] == 0
    assert starts[-1] + min(window, size) == size
    assert all(b - a <= window - overlap for a, b in pairwise(starts))
    assert len(starts) == max(1, -(-(size - overlap) // (window - overlap)))


@settings(max_examples=30, deadline=None)
@given(
    x=st.integers(-40, 300),
    y=st.integers(-40, 260),
    width=st.integers(1, 200),
    height=st.integers(1, 200),
)
def test_blending_of_equal_windows_changes_nothing(x, y, width, height):
    """Where windows agree, the blend is what they say; outside the scene it is 0."""
    rng = np.random.default_rng(0)
    picture = rng.random((1, SCENE[1], SCENE[0])).astype(np.float32)
    part = (x, y, width, height)
    found = blended(
        SCENE, part, 128, 64, 1, lambda w: picture[:, w[1] : w[1] + w[3], w[0] : w[0] + w[2]]
    )
    wanted = np.pad(picture, ((0, 0), (300, 300), (300, 300)))
    there = wanted[:, 300 + y : 300 + y + height, 300 + x : 300 + x + width]
    np.testing.assert_allclose(found, there, atol=1e-6)
    assert set(windows_of(SCENE, part, 128, 64)) <= set(windows_of(SCENE, (0, 0, *SCENE), 128, 64))


@pytest.fixture(scope="module")
def matcher(tmp_path_factory):
    path = untrained(tmp_path_factory.mktemp("weights"), "me_ssm", MeSsm, CONFIG)
    made = create("me_ssm", {"weights": str(path)})
    made.use_threads(1)
    return made


class Scene:
    """Two images of one ground, the SAR one with a gap, read like a `WorkingPair`."""

    def __init__(self):
        rng = np.random.default_rng(3)
        width, height = SCENE
        self.grid = SimpleNamespace(width=width, height=height)
        grey = blur(rng.random((height, width)).astype(np.float32), 1.5)
        self.grey = (grey - grey.min()) / np.ptp(grey)
        self.mask = np.ones((height, width), bool)
        self.mask[200:240, :90] = False

    def read(self, window, data, mask, modality):
        x, y, width, height = window
        out, seen = np.zeros((height, width), np.float32), np.zeros((height, width), bool)
        top, left = max(y, 0), max(x, 0)
        bottom, right = min(y + height, SCENE[1]), min(x + width, SCENE[0])
        if bottom > top and right > left:
            there = slice(top - y, bottom - y), slice(left - x, right - x)
            seen[there] = mask[top:bottom, left:right]
            out[there] = np.where(seen[there], data[top:bottom, left:right], 0.0)
        return Image(out, seen, modality)

    def read_reference(self, window):
        return self.read(window, self.grey, np.ones_like(self.mask), Modality.OPTICAL)

    def read_sensed(self, window):
        return self.read(window, 1.0 - self.grey**2, self.mask, Modality.SAR)


def test_a_place_is_described_alike_in_every_part(matcher):
    """Exactly: in any part of the scene, beginning anywhere, also outside."""
    scene = Scene()
    whole = matcher.features(scene.read_sensed((0, 0, *SCENE)), Modality.SAR)
    assert whole.shape == (matcher.net.channels, SCENE[1], SCENE[0])
    assert not whole[:, ~scene.mask].any()
    for part in ((0, 0, 40, 30), (101, 57, 150, 90), (250, 230, 160, 120), (-30, 190, 130, 60)):
        x, y, width, height = part
        found = matcher.features_of_part(scene.read_sensed(part), part, SCENE, scene.read_sensed)
        padded = np.pad(whole, ((0, 0), (200, 200), (200, 200)))
        there = padded[:, 200 + y : 200 + y + height, 200 + x : 200 + x + width]
        np.testing.assert_array_equal(found, there)


@pytest.mark.parametrize("tile_px", [64, 150])
def test_tie_points_do_not_depend_on_the_tile(matcher, tile_px):
    scene = Scene()
    centres = np.array([[80, 70], [130, 120], [200, 90], [250, 220], [160, 180]], dtype=np.float64)
    one, other = (
        match_templates(scene, matcher, centres, 48, 8, side, Progress(), threads=1)
        for side in (512, tile_px)
    )
    assert len(one) == len(centres)
    answers = [
        {m.centre: (m.shift, m.forward_backward_px) for m in found} for found in (one, other)
    ]
    assert answers[0] == answers[1]


def test_windows_that_two_parts_share_are_described_once(matcher, monkeypatch):
    scene, runs = Scene(), []
    run = matcher._run
    monkeypatch.setattr(matcher, "_run", lambda *a: runs.append(1) or run(*a))
    monkeypatch.setattr(matcher, "_recent", {})
    for part, new in (((0, 0, 60, 60), 1), ((0, 0, 90, 50), 1), ((40, 0, 60, 60), 0)):
        runs.clear()
        matcher.features_of_part(scene.read_sensed(part), part, SCENE, scene.read_sensed)
        assert len(runs) == new, part
    monkeypatch.setattr(matcher, "net", copy.deepcopy(matcher.net))  # adapted meanwhile
    matcher.features_of_part(scene.read_sensed(part), part, SCENE, scene.read_sensed)
    assert len(runs) == 2
    monkeypatch.setattr(me_ssm, "_RECENT", 2)
    matcher.features(scene.read_sensed((0, 0, *SCENE)), Modality.SAR)
    assert len(matcher._recent) == 2


def test_a_window_is_seen_as_a_whole(matcher):
    """What is changed at the other end of a window tells at a place; beyond the window it does
    not.
    """
    scene = Scene()
    part = (8, 8, 16, 16)
    before = matcher.features_of_part(scene.read_reference(part), part, SCENE, scene.read_reference)
    scene.grey[100:120, 100:120] = 1.0  # in the first window
    seen = matcher.features_of_part(scene.read_reference(part), part, SCENE, scene.read_reference)
    scene.grey[150:280, 150:320] = 0.0  # in others only
    unseen = matcher.features_of_part(scene.read_reference(part), part, SCENE, scene.read_reference)
    assert np.abs(seen - before).max() > 1e-5
    np.testing.assert_array_equal(seen, unseen)
