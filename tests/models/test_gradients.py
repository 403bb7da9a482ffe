"""The bank of oriented gradients: what CFOG computes, and it keeps the grid."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sar_optical_align.models.ops.gradients import OrientedGradients
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.types import Modality
from sar_optical_align.plugin.matchers import create


def test_one_width_equals_cfog():
    image = np.random.default_rng(1).random((41, 60)).astype(np.float32)
    slow = create("cfog").features(
        Image(image, np.ones(image.shape, bool), Modality.SAR), Modality.SAR
    )
    fast = OrientedGradients(6, ((0.8, 0.8),))(torch.from_numpy(image)[None, None])[0]
    np.testing.assert_allclose(fast.numpy(), slow, atol=2e-6)


@pytest.mark.parametrize("degrees", [0, 30, 90, 150])
def test_the_channel_of_an_edges_direction_answers_most(degrees):
    y, x = torch.meshgrid(torch.arange(64.0) - 31.5, torch.arange(64.0) - 31.5, indexing="ij")
    angle = torch.deg2rad(torch.tensor(float(degrees)))
    edge = torch.sigmoid(x * torch.cos(angle) + y * torch.sin(angle))
    found = OrientedGradients()(edge[None, None])[0, :, 31, 31].view(2, 6)
    assert found.argmax(1).tolist() == [degrees // 30] * 2
    assert found.norm(dim=1).tolist() == pytest.approx([1.0, 1.0], abs=0.01)


def test_flips_and_turns_commute_with_the_bank():
    image, bank = torch.rand(1, 1, 40, 52), OrientedGradients()
    flipped = bank(image.flip(-1)).flip(-1).view(2, 6, 40, 52)
    torch.testing.assert_close(flipped, bank(image).view(2, 6, 40, 52)[:, [0, 5, 4, 3, 2, 1]])
