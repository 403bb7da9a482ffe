"""What all blocks of a pair say together of one displacement."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, Modality, RasterRef
from sar_optical_align.plugin.engine.align.pooled import (
    Pooled,
    beyond_chance,
    compare_blocks,
    read_blocks,
    read_reduced,
)
from sar_optical_align.plugin.engine.read.pair import open_pair
from sar_optical_align.plugin.matchers import create

WIDTH_PX, HEIGHT_PX = 200, 168


def ground(seed, shape=(HEIGHT_PX, WIDTH_PX), sigma=2.0):
    noise = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), sigma)
    return cv2.normalize(smooth, None, 20, 255, cv2.NORM_MINMAX).astype(np.uint8)


def blocks_of(folder, reference, sensed, moved=(0.0, 0.0), radius_px=32, block_px=None):
    for name, image in (("reference.png", reference), ("sensed.png", sensed)):
        cv2.imwrite(str(folder / name), image)
    refs = (
        RasterRef(str(folder / n), modality=Modality.OPTICAL)
        for n in ("reference.png", "sensed.png")
    )
    with open_pair(AlignRequest(*refs, AlignParams(model="shift"))) as pair:
        pair = pair.corrected(np.array([[1.0, 0, moved[0]], [0, 1.0, moved[1]], [0, 0, 1.0]]))
        return compare_blocks(
            read_reduced(pair), create("cfog"), block_px=block_px, radius_px=radius_px
        )


@pytest.mark.parametrize("moved", [(0, 0), (7, -11), (-24, 3)])
def test_the_peak_moves_against_the_displacement(tmp_path, moved):
    image = ground(1)
    noisy = np.clip(image + np.random.default_rng(2).normal(0, 40, image.shape), 0, 255)
    blocks = blocks_of(tmp_path, image, noisy.astype(np.uint8), moved)
    told = read_blocks(blocks)
    assert beyond_chance(blocks) == told.beyond_chance
    assert told.shift_px == pytest.approx((-moved[0], -moved[1]))
    assert told.log_alarms < -10.0
    assert told.halves_px == 0.0
    assert (told.beyond_chance > 8.0) == (moved == (0, 0))


def test_what_is_displaced_is_seen_where_a_fraction_of_each_part_is_right(tmp_path):
    """So much noise that a single block is right once in three: together they are."""
    image = ground(3).astype(np.float64)
    noise = ground(4, sigma=1.5).astype(np.float64)
    mixed = np.clip(0.4 * image + 0.6 * noise, 0, 255).astype(np.uint8)
    blocks = blocks_of(tmp_path, image.astype(np.uint8), mixed, (5, 5))
    alone = np.array(
        [np.unravel_index(np.nanargmax(s), s.shape) for s in blocks.surfaces]
    ) - np.array([27, 27])
    told = read_blocks(blocks)
    assert (np.abs(alone).max(axis=1) > 2).mean() > 0.3
    assert np.abs(np.array(told.shift_px) + 5).max() <= 1
    assert told.log_alarms < -1.0


def test_a_large_raster_is_read_reduced_and_told_in_its_own_pixels(tmp_path):
    image = ground(5, (512, 640), sigma=6.0)
    blocks = blocks_of(tmp_path, image, image, (21, -9))
    assert blocks.reduction == 3
    assert read_blocks(blocks).shift_px == pytest.approx((-21, 9))


def test_parts_and_whole_are_one_sum(tmp_path):
    blocks = blocks_of(tmp_path, ground(6), ground(7), radius_px=8)
    half = blocks.cell.sum(axis=1) % 2 == 0
    told = np.isfinite(blocks.surfaces).all(axis=0)
    weights = blocks.weight[half].sum(), blocks.weight[~half].sum()
    joined = (weights[0] * blocks.pooled(half) + weights[1] * blocks.pooled(~half)) / sum(weights)
    assert told.any()
    assert joined[told] == pytest.approx(blocks.pooled()[told])


def test_unrelated_images_agree_nowhere_beyond_chance(tmp_path):
    told = [
        read_blocks(blocks_of(tmp_path, ground(10 + i), ground(40 + i), radius_px=24))
        for i in range(12)
    ]
    assert max(t.beyond_chance for t in told) < 4.5
    assert sum(t.log_alarms < -1.0 for t in told) <= 1


def test_an_image_of_one_block_tells_nothing(tmp_path):
    image = ground(1, (40, 36))
    blocks = blocks_of(tmp_path, image, image, radius_px=8, block_px=32)
    assert len(blocks.cell) == 1
    assert read_blocks(blocks) == Pooled()
