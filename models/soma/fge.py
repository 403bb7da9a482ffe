"""FGE, feature gradient enhancement: gated features, oriented learnable gradients, attention,
reconstruction.

Shapes: every module transforms (B, C, H, W) and keeps the shape.

Deviation:
    nothing in it looks at a whole image: batch, group and instance normalisation are replaced by a
    normalisation over the channels of each pixel, global pooling by the mean of `around` px (in px
    of the level), so that a place does not depend on the window around it. The last convolution of
    each branch starts at 0: an FGE begins as identity and learns what it adds.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import ChannelNorm, surroundings

DIRECTIONS = 8


def _to_zero(conv: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(conv.weight)
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)
    return conv


def derivative_kernels(side: int, sigma: float) -> Tensor:
    """Return (8, side, side): derivatives of a Gaussian along 0, 22.5 ..

    157.5 degrees (x to y), absolute values adding up to 1.
    """
    line = torch.arange(side, dtype=torch.float32) - (side - 1) / 2
    y, x = torch.meshgrid(line, line, indexing="ij")
    bell = torch.exp(-(x**2 + y**2) / (2 * sigma**2))
    angles = torch.arange(DIRECTIONS) * math.pi / DIRECTIONS
    kernels = torch.stack([(x * math.cos(a) + y * math.sin(a)) * bell for a in angles.tolist()])
    return kernels / kernels.abs().sum((1, 2), keepdim=True)


class SpatialReconstruction(nn.Module):
    """SRU: a gate from the normalised features parts what informs from what does not; the halves of
    both are added crosswise.

    Reference:
        Li et al. 2023, SCConv, CVPR, section 3.1.
    """

    def __init__(self, width: int, threshold: float = 0.5) -> None:
        super().__init__()
        self.norm = ChannelNorm(width)
        self.threshold = threshold

    def forward(self, x: Tensor) -> Tensor:
        """Reweigh the features."""
        scale = self.norm.norm.weight
        gate = torch.sigmoid(
            self.norm(x)
            * (scale / scale.abs().sum().clamp_min(1e-6) * scale.numel())[:, None, None]
        )
        informs = gate > self.threshold
        strong = torch.where(informs, 1.0, gate) * x
        weak = torch.where(informs, 0.0, gate) * x
        (a, b), (c, d) = strong.chunk(2, 1), weak.chunk(2, 1)
        return torch.cat((a + d, b + c), dim=1)


class ChannelReconstruction(nn.Module):
    """CRU: half of the channels through group-wise and point-wise convolutions, half through a
    cheap one, fused by a softmax.

    Reference:
        Li et al. 2023, SCConv, CVPR, section 3.2 (alpha 1/2, squeeze 2, two groups).
    """

    def __init__(self, width: int, around: int) -> None:
        super().__init__()
        half, small = width // 2, width // 4
        self.around = around
        self.squeeze_up, self.squeeze_low = (
            nn.Conv2d(half, small, 1, bias=False),
            nn.Conv2d(half, small, 1, bias=False),
        )
        self.group = nn.Conv2d(small, width, 3, padding=1, groups=2)
        self.point = nn.Conv2d(small, width, 1, bias=False)
        self.low = nn.Conv2d(small, width - small, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Rebuild the features."""
        up, low = x.chunk(2, 1)
        up, low = self.squeeze_up(up), self.squeeze_low(low)
        rich, cheap = self.group(up) + self.point(up), torch.cat((self.low(low), low), dim=1)
        share = torch.sigmoid(
            surroundings(rich, self.around) - surroundings(cheap, self.around)
        )  # the softmax of two
        return share * rich + (1.0 - share) * cheap


class OrientedGradients(nn.Module):
    """Eight directions of learnable 3 x 3 derivatives, their absolute values joined by a 1 x 1
    convolution.

    Deviation:
        the released code turns a Sobel kernel by rounding indices, which makes several of the eight
        alike, and repeats it over all channels; here each output channel starts with the derivative
        of its own random mixture of the input. Absolute value instead of ReLU: contrast is reversed
        between the sensors. C / 4 channels a direction instead of C / 2.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        each = width // 4
        self.filters = nn.Conv2d(width, DIRECTIONS * each, 3, padding=1, bias=False)
        mixture = torch.randn(1, each, width, 1, 1) / math.sqrt(width)
        with torch.no_grad():
            self.filters.weight.copy_(
                (derivative_kernels(3, 1.0)[:, None, None] * mixture).flatten(0, 1)
            )
        self.join = _to_zero(nn.Conv2d(DIRECTIONS * each, width, 1))
        self.norm = ChannelNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the gradients add."""
        return self.join(self.filters(self.norm(x)).abs())


class Reconstruction(nn.Module):
    """Three dilated convolutions joined, normalised and smoothed by a depth-wise 3 x 3 filter.

    Deviation:
        the filter, called Gaussian, starts as one (sigma 0.8 px); in the released code it starts as
        noise.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dilated = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=d, dilation=d) for d in (1, 2, 3)
        )
        self.norm = ChannelNorm(3 * width)
        self.join = _to_zero(nn.Conv2d(3 * width, width, 1))
        self.smooth = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
        line = torch.exp(-torch.tensor([1.0, 0.0, 1.0]) / (2 * 0.8**2))
        line = line / line.sum()
        with torch.no_grad():
            self.smooth.weight.copy_((line[:, None] * line).expand_as(self.smooth.weight))

    def forward(self, x: Tensor) -> Tensor:
        """Return what the reconstruction adds."""
        seen = torch.cat([conv(x) for conv in self.dilated], dim=1)
        return self.smooth(self.join(functional.gelu(self.norm(seen))))


class Fge(nn.Module):
    """SCConv between 1 x 1 convolutions, oriented gradients, channel times spatial attention,
    reconstruction; each a residual.

    Args:
        width: Channels, a multiple of 8.
        around: Side of the surroundings that stand in for the whole image, px of the level.

    Reference:
        SOMA, arXiv 2511.13168: feature gradient enhancement.
    """

    def __init__(self, width: int, around: int) -> None:
        super().__init__()
        self.around = around
        self.enter, self.leave = nn.Conv2d(width, width, 1), _to_zero(nn.Conv2d(width, width, 1))
        self.spatial, self.channel = (
            SpatialReconstruction(width),
            ChannelReconstruction(width, around),
        )
        self.gradients = OrientedGradients(width)
        squeezed = max(width // 8, 4)
        self.channel_gate = nn.Sequential(
            nn.Conv2d(width, squeezed, 1), nn.ReLU(), nn.Conv2d(squeezed, width, 1), nn.Sigmoid()
        )
        self.place_gate = nn.Sequential(nn.Conv2d(width, 1, 1), nn.Sigmoid())
        self.rebuild = Reconstruction(width)

    def forward(self, x: Tensor) -> Tensor:
        """Enhance the features."""
        x = x + self.leave(self.channel(self.spatial(self.enter(x))))
        x = x + self.gradients(x)
        attended = x + x * self.channel_gate(surroundings(x, self.around)) * self.place_gate(x)
        return attended + self.rebuild(attended)
