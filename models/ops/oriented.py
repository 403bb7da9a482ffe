"""Fixed bank of oriented gradients: what both modalities show alike, whichever side of an edge is
the brighter one.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

ORIENTATIONS = 8
_REACH = 4


class OrientedGradients(nn.Module):
    """|cos(t) gx + sin(t) gy| for eight directions, smoothed over space and direction, of unit
    length at each pixel.

    Reference:
        Ye et al. 2019, Fast and robust matching for multimodal remote sensing image registration,
        TGRS 57(11): channel features.
    """

    smooth: Tensor
    slope: Tensor
    direction: Tensor

    def __init__(self, sigma: float = 1.0, floor: float = 2e-3) -> None:
        super().__init__()
        self.floor = floor
        line = torch.arange(-_REACH, _REACH + 1, dtype=torch.float32)
        smooth = torch.exp(-(line**2) / (2 * sigma**2))
        smooth = smooth / smooth.sum()
        slope = line * smooth / sigma**2
        angle = torch.arange(ORIENTATIONS) * math.pi / ORIENTATIONS
        self.register_buffer("smooth", smooth, persistent=False)
        self.register_buffer("slope", slope, persistent=False)
        self.register_buffer(
            "direction", torch.stack((angle.cos(), angle.sin()), dim=1), persistent=False
        )

    def forward(self, image: Tensor) -> Tensor:
        """Return (B, 8, H/2, W/2) of (B, 1, H, W), pooled to 2-px cells."""
        smooth, slope = self.smooth.view(1, 1, 1, -1), self.slope.view(1, 1, 1, -1)
        padded = functional.pad(image, (_REACH,) * 4, mode="replicate")
        gx = functional.conv2d(functional.conv2d(padded, slope), smooth.transpose(2, 3))
        gy = functional.conv2d(functional.conv2d(padded, smooth), slope.transpose(2, 3))
        channels = functional.conv2d(
            torch.cat((gx, gy), dim=1), self.direction.view(ORIENTATIONS, 2, 1, 1)
        ).abs()
        pooled = functional.avg_pool2d(channels, 2)
        pooled = functional.avg_pool2d(
            functional.pad(pooled, (1, 1, 1, 1), mode="replicate"), 3, stride=1
        )
        pooled = 0.25 * pooled.roll(1, 1) + 0.5 * pooled + 0.25 * pooled.roll(-1, 1)
        return pooled * torch.rsqrt((pooled**2).sum(1, keepdim=True) + self.floor**2)
