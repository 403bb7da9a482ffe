"""Encoder of SOMA: descriptors of an image at 1/2, 1/4 and 1/8, each level enhanced by FGE."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import ChannelNorm, ConvBlock, surroundings, upsample
from .fge import DIRECTIONS, Fge, derivative_kernels

_AROUND_PX, _GRADIENT_GAIN, _FLOOR = 64, 20.0, 0.3
LEVELS = (2, 4, 8)


class Stem(nn.Module):
    """Grey image to 16 channels at 1/2: lengths of oriented gradients in eight directions, and
    eight learnt channels.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gradients = nn.Conv2d(1, DIRECTIONS, 7, bias=False)
        with torch.no_grad():
            self.gradients.weight.copy_(_GRADIENT_GAIN * derivative_kernels(7, 1.3)[:, None])
        self.learnt = nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        """Look at (B, 1, H, W) in 0..1, H and W even; (B, 16, H/2, W/2)."""
        lengths = functional.avg_pool2d(
            self.gradients(functional.pad(image, (3, 3, 3, 3), mode="replicate")).abs(), 2
        )
        around = surroundings(image, 31)
        spread = surroundings(image**2, 31) - around**2
        standard = (image - around) / (spread.clamp_min(0.0).sqrt() + 0.02)
        learnt = functional.gelu(
            self.learnt(functional.pixel_unshuffle(torch.cat((image, standard), dim=1), 2))
        )
        return torch.cat((lengths, learnt), dim=1)


class Down(nn.Module):
    """Halve the resolution by 2 x 2 means; `more` learnt channels join those of before."""

    def __init__(self, width: int, more: int) -> None:
        super().__init__()
        self.more = nn.Sequential(
            ChannelNorm(width), nn.Conv2d(width, more, 3, padding=1), nn.GELU()
        )
        self.block = ConvBlock(width + more)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C + more, H/2, W/2)."""
        x = functional.avg_pool2d(x, 2)
        return self.block(torch.cat((x, self.more(x)), dim=1))


class Describe(nn.Module):
    """1 x 1 convolution to descriptors: at most of unit length, the mean of the surroundings taken
    away.

    Starts with the eight oriented gradients and a little of everything else.
    """

    def __init__(self, width: int, channels: int, around: int) -> None:
        super().__init__()
        self.around = around
        self.out = nn.Conv2d(width, channels, 1)
        with torch.no_grad():
            self.out.weight.mul_(0.1)
            self.out.weight[:DIRECTIONS, :DIRECTIONS] += torch.eye(DIRECTIONS)[..., None, None]
            self.out.bias.zero_()  # type: ignore[union-attr]

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, channels, H, W)."""
        x = self.out(x)
        x = x / torch.sqrt((x**2).sum(1, keepdim=True) + _FLOOR**2)
        return x - surroundings(x, self.around)


class SomaEncoder(nn.Module):
    """Descriptors at 1/2, 1/4 and 1/8 of one modality.

    Args:
        more: Channels that join at 1/4, 1/8 and 1/16 (16 at 1/2).
        channels: Channels of the descriptors at 1/2, 1/4, 1/8.
        fge: Enhance the levels; else they stay as they are.

    Reference:
        SOMA, arXiv 2511.13168: two encoders, not shared, FGE at 1/2, 1/4 and 1/8.
    Deviation:
        a small convolutional encoder in place of ResNet-50 and, at 1/16, of the frozen DINOv2
        ViT-L/14, whose weights are not at hand and whose cost no CPU bears; no level at 1/32. Means
        of 2 x 2 in place of strides. Each level is told what the next coarser one sees. One grey
        band.
    """

    def __init__(
        self, more: tuple[int, int, int], channels: tuple[int, int, int], fge: bool
    ) -> None:
        super().__init__()
        widths = [16, 16 + more[0], 16 + more[0] + more[1], 16 + sum(more)]
        self.stem = Stem()
        self.downs = nn.ModuleList(Down(w, m) for w, m in zip(widths[:3], more, strict=True))
        self.fges = nn.ModuleList(
            Fge(w, _AROUND_PX // level + 1) if fge else nn.Identity()
            for w, level in zip(widths[:3], LEVELS, strict=True)
        )
        self.deepest = ConvBlock(widths[3])
        self.tops = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        self.heads = nn.ModuleList(
            Describe(w, c, _AROUND_PX // level + 1)
            for w, c, level in zip(widths[:3], channels, LEVELS, strict=True)
        )
        for top in self.tops:
            nn.init.zeros_(top.weight)  # type: ignore[arg-type]

    def forward(self, image: Tensor) -> list[Tensor]:
        """Describe (B, 1, H, W) in 0..1, sides multiples of 16: [1/2, 1/4, 1/8]."""
        seen = [self.fges[0](self.stem(image))]
        for i in (0, 1):
            seen.append(self.fges[i + 1](self.downs[i](seen[-1])))
        above = self.deepest(self.downs[2](seen[-1]))
        found = []
        for x, top, head in zip(
            reversed(seen), reversed(self.tops), reversed(self.heads), strict=True
        ):
            above = x + upsample(top(above), x)
            found.append(head(above))
        return found[::-1]
