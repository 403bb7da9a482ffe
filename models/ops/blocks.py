"""Blocks the networks share: normalisation, convolution and state-space blocks, pooling that knows
no tile.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from .ss2d import SS2D

_LONG_CHUNK = 16
"""Of scans through a whole window: 512 x 512 px at 1/4 take 0.8 times the time that 32 take."""


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of each pixel of (B, C, H, W): no statistics over the
    image.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise; the shape stays."""
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvBlock(nn.Module):
    """Residual block: norm, 3x3 convolution to `hidden` channels (None = as many), GELU, 1x1
    convolution.
    """

    def __init__(self, width: int, hidden: int | None = None) -> None:
        super().__init__()
        self.norm = ChannelNorm(width)
        self.conv = nn.Conv2d(width, hidden or width, 3, padding=1)
        self.out = nn.Conv2d(hidden or width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W); the shape stays."""
        return x + self.out(functional.gelu(self.conv(self.norm(x))))


class VssBlock(nn.Module):
    """Visual state-space block: norm, projection to x and gate z, depth-wise 3x3, SiLU, SS2D, norm,
    times SiLU(z), projection.

    Args:
        width: Channels.
        state: State size of the scans.
        heads: Heads of the SSD core.
        core: "ssd" or "s6", see `SS2D`; "none" = the block without its scans.
        expand: Channels of x and z, over `width`.
        by_line: See `SS2D`.
        slowest: See `SS2D`.

    Reference:
        Liu et al. 2024, VMamba, arXiv 2401.10166, figure 3 (the block without a feed-forward half).
    """

    def __init__(
        self,
        width: int,
        state: int,
        heads: int,
        core: str,
        expand: int = 1,
        by_line: bool = True,
        slowest: float = 0.05,
    ) -> None:
        super().__init__()
        inner = expand * width
        self.norm = ChannelNorm(width)
        self.enter = nn.Conv2d(width, 2 * inner, 1)
        self.local = nn.Conv2d(inner, inner, 3, padding=1, groups=inner)
        self.scan: nn.Module = nn.Identity()
        if core != "none":
            self.scan = SS2D(
                inner, state, heads, core, by_line, 32 if by_line else _LONG_CHUNK, slowest
            )
        self.inner_norm = ChannelNorm(inner)
        self.leave = nn.Conv2d(inner, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W); the shape stays."""
        v, z = self.enter(self.norm(x)).chunk(2, dim=1)
        v = self.scan(functional.silu(self.local(v)))
        return x + self.leave(self.inner_norm(v) * functional.silu(z))


def surroundings(x: Tensor, side: int) -> Tensor:
    """Return the mean of the `side` x `side` pixels around each pixel of (B, C, H, W); fewer at the
    border.

    Stands in for global average pooling: what a network does at a place must not depend on the tile
    it lies in.
    """
    for kernel, pad in (((side, 1), (side // 2, 0)), ((1, side), (0, side // 2))):
        x = functional.avg_pool2d(x, kernel, stride=1, padding=pad, count_include_pad=False)
    return x


def upsample(x: Tensor, like: Tensor) -> Tensor:
    """Enlarge (B, C, h, w) bilinearly to the height and width of `like`; corners stay corners."""
    if x.shape[-2:] == like.shape[-2:]:
        return x
    return functional.interpolate(x, size=like.shape[-2:], mode="bilinear", align_corners=False)
