"""MFA: features of several levels are brought together by a spatial half (MSAA) and a channel half
(CA).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import surroundings, upsample

_POOL_STRIDE, _POOL_SIDE = 4, 9


class Msaa(nn.Module):
    """Multi-scale adaptive aggregation: sum of 3x3, 5x5 and 7x7 convolutions times a spatial
    attention.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scales = nn.ModuleList(
            nn.Conv2d(width, width, side, padding=side // 2, groups=width) for side in (3, 5, 7)
        )
        self.mix = nn.Conv2d(width, width, 1)
        self.attention = nn.Conv2d(2, 1, 7, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W); the shape stays."""
        y = self.mix(self.scales[0](x) + self.scales[1](x) + self.scales[2](x))
        seen = torch.cat((y.mean(1, keepdim=True), y.amax(1, keepdim=True)), dim=1)
        return y * torch.sigmoid(self.attention(seen))


class ChannelAggregation(nn.Module):
    """Channel attention from the means and the peaks of the whole window, or of the surroundings
    alone (version 1).
    """

    def __init__(self, width: int, reduction: int = 4, local: bool = True) -> None:
        super().__init__()
        self.local = local
        self.mlp = nn.Sequential(
            nn.Conv2d(width, width // reduction, 1),
            nn.ReLU(),
            nn.Conv2d(width // reduction, width, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W); the shape stays."""
        if not self.local:
            mean, peak = x.mean((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
            return x * torch.sigmoid(self.mlp(mean) + self.mlp(peak))
        mean = surroundings(functional.avg_pool2d(x, _POOL_STRIDE, ceil_mode=True), _POOL_SIDE)
        peak = surroundings(functional.max_pool2d(x, _POOL_STRIDE, ceil_mode=True), _POOL_SIDE)
        return x * upsample(torch.sigmoid(self.mlp(mean) + self.mlp(peak)), x)


class Mfa(nn.Module):
    """Aggregate levels into one map on the grid of the first.

    Args:
        widths: Channels of the levels, finest first.
        width: Channels of the result.
        local: Channel attention sees the surroundings only (version 1).

    Reference:
        ME-SSM, arXiv 2507.04397, figure 4 (MSAA and CA); form of MSAA after Liu et al. 2024,
        CM-UNet, arXiv 2405.10530.
    Deviation:
        the three convolutions are depth-wise with a common 1x1 after them.
    """

    def __init__(self, widths: tuple[int, ...], width: int, local: bool = True) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(sum(widths), width, 1)
        self.spatial = Msaa(width)
        self.channels = ChannelAggregation(width, local=local)
        self.out = nn.Conv2d(width, width, 1)

    def forward(self, levels: list[Tensor]) -> Tensor:
        """Return (B, width, H, W) from the levels, finest first."""
        joined = self.reduce(
            torch.cat([levels[0], *(upsample(level, levels[0]) for level in levels[1:])], dim=1)
        )
        return self.out(self.spatial(joined) + self.channels(joined)) + joined
