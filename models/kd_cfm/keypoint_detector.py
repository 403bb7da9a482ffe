"""Keypoint detector: depth-wise separable and deformable layers, three levels of peakiness."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import surroundings, upsample
from ..ops.deformable import BoundedDeformableConv
from ..ops.oriented import ORIENTATIONS, OrientedGradients
from ..ops.separable import SeparableConv
from .keypoints import peakiness

_NORM_SIDE = 31


def standardised(image: Tensor) -> Tensor:
    """Return (B, 2, H, W) of (B, 1, H, W): grey standardised by its surroundings, and the length of
    its gradient over its mean there.
    """
    mean = surroundings(image, _NORM_SIDE)
    spread = torch.sqrt((surroundings(image**2, _NORM_SIDE) - mean**2).clamp_min(0.0) + 4e-4)
    z = ((image - mean) / spread).clamp(-4.0, 4.0)
    padded = functional.pad(z, (1, 1, 1, 1), mode="replicate")
    dx, dy = (
        padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2],
        padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1],
    )
    return torch.cat((z, torch.sqrt(dx**2 + dy**2 + 1e-6)), dim=1)


class _Conv(nn.Sequential):
    """3x3 convolution, ReLU, batch normalisation."""

    def __init__(self, before: int, width: int) -> None:
        super().__init__(nn.Conv2d(before, width, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(width))


class KeypointDetector(nn.Module):
    """Score of each 2-px cell of an optical or SAR image, the weights shared by both.

    Args:
        widths: Channels at 1/1, 1/2 and 1/4.
        deform_width: Channels of the deformable layers, at 1/2.
        level_weights: Weight of the level at 1/2, at 1/4, and of the deformable layers.

    Reference:
        KD+CFM, Remote Sens. 2022, 14, 3599, section 3.1, table 1: c, S and D layers, levels
        weighted 0.1, 0.3, 0.6.
    Deviation:
        sized for processors: 16 to 64 channels in place of 32 to 512, six separable layers in place
        of 21, levels at 1/2, 1/4 and 1/2 in place of 1/4, 1/8 and 1/8, which also places the
        keypoints more finely; the deformable layers read the last level joined with the first; the
        score is made at 1/2; beside the standardised grey value the network is given the length of
        its gradient, and at 1/2 a bank of oriented gradients: from grey values alone it learns
        nothing in the time there is.
    """

    def __init__(
        self,
        widths: tuple[int, int, int] = (16, 32, 64),
        deform_width: int = 32,
        level_weights: tuple[float, float, float] = (0.1, 0.3, 0.6),
    ) -> None:
        super().__init__()
        full, half, quarter = widths
        self.level_weights = level_weights
        self.at_full = nn.Sequential(_Conv(2, full), _Conv(full, full))
        self.bank = OrientedGradients()
        self.at_half = nn.Sequential(
            SeparableConv(full + ORIENTATIONS, half),
            SeparableConv(half, half),
            SeparableConv(half, half),
        )
        self.at_quarter = nn.Sequential(
            SeparableConv(half, quarter),
            SeparableConv(quarter, quarter),
            SeparableConv(quarter, quarter),
        )
        self.skip, self.up = nn.Conv2d(half, deform_width, 1), nn.Conv2d(quarter, deform_width, 1)
        self.deform = nn.ModuleList(BoundedDeformableConv(deform_width) for _ in range(2))
        self.norms = nn.ModuleList(nn.BatchNorm2d(deform_width) for _ in range(2))
        self.out = nn.ModuleList(nn.Conv2d(w, w, 1) for w in (half, quarter, deform_width))

    def forward(self, image: Tensor) -> Tensor:
        """Return the score (B, 1, H/2, W/2) of images (B, 1, H, W) in 0..1; H and W are multiples
        of 4.
        """
        x = self.at_full(standardised(image))
        first = self.at_half(torch.cat((functional.max_pool2d(x, 2), self.bank(image)), dim=1))
        second = self.at_quarter(functional.max_pool2d(first, 2))
        third = self.skip(first) + upsample(self.up(second), first)
        for layer, norm in zip(self.deform, self.norms, strict=True):
            third = functional.relu(norm(layer(third)))
        score = torch.zeros_like(first[:, :1])
        for weight, out, level in zip(
            self.level_weights, self.out, (first, second, third), strict=True
        ):
            if weight:
                score = score + weight * upsample(peakiness(out(level)), first)
        return score
