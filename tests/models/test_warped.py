"""Samples under a known motion: the flow says where the sensed image's ground lies in the
reference.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sar_optical_align.models.training.synthetic import Pair
from sar_optical_align.models.training.warped import (
    Motion,
    draw_warped,
    flow_mask,
    homography,
)
from torch.nn import functional


def smooth_pair(seed=0, side=192):
    rng = np.random.default_rng(seed)
    picture = functional.interpolate(
        torch.from_numpy(rng.uniform(0, 255, (1, 1, 24, 24)).astype(np.float32)),
        size=(side, side),
        mode="bicubic",
    )[0, 0]
    picture = picture.clamp(0, 255).numpy().astype(np.uint8)
    return Pair.make(np.stack([picture] * 3), picture, None, "made")


@pytest.mark.parametrize("motion", [Motion(0, 0, 0, 0, 0), Motion(10, 12, 0.2, 8, 2.0)])
def test_flow_leads_from_sensed_to_reference(motion):
    """Both images show the same picture: the reference read at q + flow(q) correlates with the
    sensed one, whatever the tones.
    """
    rng = np.random.default_rng(2)
    found = []
    for _ in range(12):
        sample = draw_warped([smooth_pair()], 0, 96, motion, rng)
        if motion.shift_px == 0:
            assert not sample.flow.any()
        index = torch.arange(96.0)
        at = torch.stack((index[None] + sample.flow[0], index[:, None] + sample.flow[1]), dim=-1)
        read = functional.grid_sample(
            sample.reference[None], ((2 * at + 1) / 96 - 1)[None], align_corners=False
        )[0]
        seen = flow_mask(sample) > 0
        found.append(abs(np.corrcoef(read[seen].numpy(), sample.sensed[seen].numpy())[0, 1]))
    assert np.median(found) > 0.8, found


def test_homography_keeps_to_its_limits():
    rng = np.random.default_rng(3)
    for _ in range(50):
        h = homography(100, Motion(5, 7, 0.1, 0, 0), rng)
        assert np.abs(h[:2, 2]).max() <= 7
        assert 0.9 <= np.sqrt(np.linalg.det(h[:2, :2])) <= 1.1
        assert abs(np.rad2deg(np.arctan2(h[1, 0], h[0, 0]))) <= 5
        bent = homography(100, Motion(0, 0, 0, 6, 0), rng)
        corner = bent @ np.array([50.0, 50.0, 1.0])
        assert np.abs(corner[:2] / corner[2] - 50).max() <= 6 + 1e-9
