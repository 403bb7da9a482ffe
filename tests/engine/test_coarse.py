"""The coarse stage where a part of the ground is missing."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, Modality, RasterRef
from sar_optical_align.plugin.engine.coarse import coarse_align
from sar_optical_align.plugin.engine.matchers import create
from sar_optical_align.plugin.engine.reading import open_pair

SIDE_PX, CUT_PX, CORNER_PX = 256, 192, 100


def ground(seed):
    noise = np.random.default_rng(seed).normal(size=(SIDE_PX, SIDE_PX)).astype(np.float32)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2.0), None, 20, 255, cv2.NORM_MINMAX).astype(np.uint8)


def without_corner(image):
    rows, cols = np.indices(image.shape)
    return np.where(rows + cols < CORNER_PX, 0, image).astype(np.uint8)


def found(folder, reference, sensed):
    for name, image in (("reference.png", reference), ("sensed.png", sensed)):
        cv2.imwrite(str(folder / name), image)
    refs = (RasterRef(str(folder / n), modality=Modality.OPTICAL) for n in ("reference.png", "sensed.png"))
    with open_pair(AlignRequest(*refs, AlignParams(model="shift"))) as pair:
        return coarse_align(pair, create("cfog"), False, 1, Progress())


@pytest.mark.parametrize("seed", range(4))
def test_where_the_images_hardly_overlap_is_no_place_that_stands_out(tmp_path, seed):
    """Next to the shifts that are ruled out for too little overlap a similarity has fewer neighbours, not lower ones."""
    told = found(tmp_path, without_corner(ground(seed)), ground(seed + 100)[:CUT_PX, :CUT_PX])
    assert told.contrast < 6.0


@pytest.mark.parametrize(("x", "y"), [(0, 0), (32, 50), (64, 64)])
def test_a_cut_is_found_beside_missing_ground(tmp_path, x, y):
    image = ground(7)
    told = found(tmp_path, without_corner(image), image[y : y + CUT_PX, x : x + CUT_PX])
    assert told.contrast > 8.0
    assert np.array(told.matrix)[:2, 2] == pytest.approx((x, y), abs=0.3)
