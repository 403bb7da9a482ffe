"""Whether a registration is right: two witnesses, one judgement for all matchers."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.core.fit.result import CoarseResult
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Modality,
    RasterRef,
    Reason,
)
from sar_optical_align.plugin.engine.align import verdict as verdict_module
from sar_optical_align.plugin.engine.align.found import Candidates, Found
from sar_optical_align.plugin.engine.align.verdict import Weights, judge, weights, witnesses_of
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.matchers import all_specs, create
from torch_there import needs_torch

SIDE_PX = 192
NOWHERE = CoarseResult(
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), 0.0, 1.0, (0.0, 0.0), 0.0, 0.0
)


def ground(seed, sigma=2.0):
    noise = np.random.default_rng(seed).normal(size=(SIDE_PX, SIDE_PX)).astype(np.float32)
    return cv2.normalize(
        cv2.GaussianBlur(noise, (0, 0), sigma), None, 20, 255, cv2.NORM_MINMAX
    ).astype(np.uint8)


def judged(folder, reference, sensed, shift=(0.0, 0.0), count=36, kept=36, key="cfog", places=None):
    """Judge tie points that say that the sensed image must be moved by `shift`."""
    for name, image in (("reference.png", reference), ("sensed.png", sensed)):
        cv2.imwrite(str(folder / name), image)
    refs = (
        RasterRef(str(folder / n), modality=Modality.OPTICAL)
        for n in ("reference.png", "sensed.png")
    )
    if places is None:
        places = np.random.default_rng(1).uniform(20, SIDE_PX - 20, (count, 2))
    found = Found(
        Candidates(
            places,
            places + np.array(shift),
            np.full(count, 0.9),
            np.zeros(count, bool),
            np.zeros(count),
        )
    )
    reasons = [Reason.NONE] * kept + [Reason.ROBUST_FIT] * (count - kept)
    with open_pair(AlignRequest(*refs, AlignParams(model="shift"))) as pair:
        return judge(pair, create(key), NOWHERE, found, reasons)


def displaced(image, shift):
    """Return an image whose ground lies `shift` px further left and up."""
    matrix = np.array([[1.0, 0.0, -shift[0]], [0.0, 1.0, -shift[1]]])
    return cv2.warpAffine(image, matrix, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("key", ["cfog", "gradient_ncc", "sift"])
def test_where_tie_points_put_the_images_decides_not_where_they_were(tmp_path, key):
    image, shift = ground(1), (9.0, -6.0)
    sensed = displaced(image, shift)
    right = judged(tmp_path, image, sensed, shift, key=key)
    wrong = judged(tmp_path, image, sensed, (-14.0, 11.0), key=key)
    assert right.reliable
    assert right.numbers["probability"] > 0.95
    assert not wrong.reliable
    assert wrong.numbers["probability"] < 0.1
    assert "hardly more alike than elsewhere" in wrong.message
    assert wrong.hint


@pytest.mark.parametrize("seed", range(3))
def test_however_many_tie_points_agree_images_of_other_ground_are_refused(tmp_path, seed):
    told = judged(tmp_path, ground(2 * seed), ground(2 * seed + 1), count=400, kept=400)
    assert not told.reliable
    assert told.numbers["probability"] < 0.2


def test_one_image_upside_down_in_its_greys_is_still_the_same_ground(tmp_path):
    image = ground(5)
    assert judged(tmp_path, image, (255 - image).astype(np.uint8)).reliable


def test_a_small_image_is_judged_by_smaller_blocks(tmp_path):
    image = ground(6, 1.5)[:72, :80]
    noise = np.random.default_rng(0).normal(0, 10, image.shape)
    sensed = np.clip(image + noise, 0, 255).astype(np.uint8)
    assert judged(tmp_path, image, sensed).reliable


@pytest.mark.parametrize(
    ("kept", "words"),
    [(3, "only 3 of 36"), (12, "24 of 36 tie points contradict")],
)
def test_too_few_that_agree_are_refused_without_asking_further(tmp_path, kept, words):
    image = ground(7)
    told = judged(tmp_path, image, image, kept=kept)
    assert not told.reliable
    assert words in told.message
    assert told.numbers["probability"] == 0.0


def test_points_on_one_line_are_judged_too(tmp_path):
    image = ground(8)
    line = np.column_stack([np.linspace(20, 170, 36), np.full(36, 90.0)])
    assert judged(tmp_path, image, image, places=line).reliable


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0, 50))
def test_the_more_alike_the_more_probable_whichever_witness_says_so(own, other, more):
    shipped = weights()
    belief = shipped.belief(own, other)
    assert 0.0 <= belief <= 1.0
    assert shipped.belief(own + more, other) >= belief
    assert shipped.belief(own, other + more) == pytest.approx(shipped.belief(own + more, other))


def handcrafted():
    return [key for key, spec in all_specs().items() if "torch" not in spec.needs]


@pytest.mark.parametrize("key", handcrafted())
def test_two_different_witnesses_are_asked(key):
    own, other = witnesses_of(create(key))
    assert type(own) is not type(other)
    assert all(w.is_correlation() for w in (own, other))


@needs_torch
@pytest.mark.parametrize("key", ["kd_cfm", "msa_net", "regnet_mamba2", "soma"])
def test_a_network_that_pairs_images_is_judged_by_one_that_describes_pixels(key):
    own, other = witnesses_of(create(key))
    assert type(own) is type(create("me_ssm"))
    assert type(other) is type(create("gradient_ncc"))


@needs_torch
def test_a_network_that_describes_pixels_is_a_witness_itself():
    matcher = create("me_ssm")
    assert witnesses_of(matcher)[0] is matcher


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"weights": {"constant": -9.0}},
        {"weights": {"constant": float("nan"), "alike": 1.0}},
        {"weights": {"constant": -9.0, "alike": -1.0}},
        {"weights": {"constant": "x", "alike": 1.0}},
        [],
    ],
)
def test_a_broken_judgement_ends_in_a_sentence(tmp_path, monkeypatch, stored):
    path = tmp_path / "judgement.json"
    path.write_text(json.dumps(stored))
    monkeypatch.setattr(verdict_module, "JUDGEMENT", path)
    weights.cache_clear()
    with pytest.raises(InputError, match="judgement"):
        weights()
    weights.cache_clear()


def test_what_ships_tells_what_it_was_learnt_on():
    stored = json.loads(verdict_module.JUDGEMENT.read_text())
    assert isinstance(weights(), Weights)
    assert weights().constant < 0 < weights().alike
    sources = {row["source"] for row in stored["left_out"]}
    assert len(sources) >= 5
    assert "all" in sources
    assert stored["learnt_on"]["registrations"] > 200
