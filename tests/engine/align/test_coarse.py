"""The coarse stage where a part of the ground is missing, and its correlation against its
definition.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, Modality, RasterRef
from sar_optical_align.plugin.engine.align.coarse import coarse_align
from sar_optical_align.plugin.engine.align.correlation import Correlator
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.matchers import create

SIDE_PX, CUT_PX, CORNER_PX = 256, 192, 100


def ground(seed):
    noise = np.random.default_rng(seed).normal(size=(SIDE_PX, SIDE_PX)).astype(np.float32)
    return cv2.normalize(
        cv2.GaussianBlur(noise, (0, 0), 2.0), None, 20, 255, cv2.NORM_MINMAX
    ).astype(np.uint8)


def without_corner(image):
    rows, cols = np.indices(image.shape)
    return np.where(rows + cols < CORNER_PX, 0, image).astype(np.uint8)


def found(folder, reference, sensed):
    for name, image in (("reference.png", reference), ("sensed.png", sensed)):
        cv2.imwrite(str(folder / name), image)
    refs = (
        RasterRef(str(folder / n), modality=Modality.OPTICAL)
        for n in ("reference.png", "sensed.png")
    )
    with open_pair(AlignRequest(*refs, AlignParams(model="shift"))) as pair:
        return coarse_align(pair, create("cfog"), False, 1, Progress())


@pytest.mark.parametrize("seed", range(4))
def test_where_the_images_hardly_overlap_is_no_place_that_stands_out(tmp_path, seed):
    """Next to the shifts that are ruled out for too little overlap a similarity has fewer
    neighbours, not lower ones.
    """
    told = found(tmp_path, without_corner(ground(seed)), ground(seed + 100)[:CUT_PX, :CUT_PX])
    assert told.contrast < 6.0


@pytest.mark.parametrize(("x", "y"), [(0, 0), (32, 50), (64, 64)])
def test_a_cut_is_found_beside_missing_ground(tmp_path, x, y):
    image = ground(7)
    told = found(tmp_path, without_corner(image), image[y : y + CUT_PX, x : x + CUT_PX])
    assert told.contrast > 8.0
    assert np.array(told.matrix)[:2, 2] == pytest.approx((x, y), abs=0.3)


def similarity(reference, known, sensed, valid, shift):
    """The definition: correlation of what both know under a shift (x, y), weighted by the root of
    the share of the sensed image in it.
    """
    centred = [
        (f - f[:, m].mean(axis=1)[:, None, None]) * m
        for f, m in ((reference, known), (sensed, valid))
    ]
    room = max(map(abs, shift)) + max(sensed.shape)
    padded, there = (
        np.pad(a, [(0, 0)] * (a.ndim - 2) + [(room, room)] * 2)
        for a in (centred[0], known.astype(float))
    )
    rows, cols = (
        slice(room + s, room + s + n) for s, n in zip(shift[::-1], valid.shape, strict=True)
    )
    here, overlap = (
        padded[:, rows, cols] * valid,
        float((there[rows, cols] * valid).sum() / valid.sum()),
    )
    both = centred[1] * there[rows, cols]
    return (
        (here * both).sum() / np.sqrt((here**2).sum() * (both**2).sum()) * np.sqrt(overlap)
        if overlap >= 0.3
        else -1.0
    )


@pytest.mark.parametrize(
    ("low", "high"), [((-30, -30), (30, 30)), ((-9, 4), (3, 20)), ((5, -28), (25, -12))]
)
def test_the_correlation_equals_its_definition_over_any_shifts(low, high):
    """Images of two sizes with missing ground; shifts all round, and those near a place, where the
    spectra are smaller.
    """
    rng = np.random.default_rng(3)
    reference, sensed = (
        rng.normal(size=(2, 40, 36)).astype(np.float32),
        rng.normal(size=(2, 33, 48)).astype(np.float32),
    )
    known, valid = np.ones((40, 36), bool), np.ones((33, 48), bool)
    known[:9, :7], valid[20:, 40:] = False, False
    found = Correlator(reference, known, valid.shape, low, high)(sensed, valid)
    assert found.shape == (high[1] - low[1] + 1, high[0] - low[0] + 1)
    for y in range(low[1], high[1] + 1, 4):
        for x in range(low[0], high[0] + 1, 3):
            assert found[y - low[1], x - low[0]] == pytest.approx(
                similarity(reference, known, sensed, valid, (x, y)), abs=2e-5
            )
