"""Deformable 3 x 3 convolution in plain torch: each tap reads where a convolution of the input
tells it to.

Reference:
    Dai et al. 2017, Deformable convolutional networks, ICCV.
Convention:
    Offsets are px of the input (x right, y down); outside the image everything is 0.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_TAPS = [(dx, dy) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]


def deformable_conv(x: Tensor, offsets: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolve with moved taps.

    Args:
        x: (B, C, H, W).
        offsets: (B, 9, 2, H, W): (x, y) added to each tap, taps row by row.
        weight: (D, C, 3, 3).
        bias: (D,).

    Returns:
        (B, D, H, W).
    """
    batch, channels, height, width = x.shape
    columns, rows = (
        torch.arange(width, device=x.device, dtype=x.dtype),
        torch.arange(height, device=x.device, dtype=x.dtype),
    )
    taps = x.new_tensor(_TAPS)
    at_x = columns + taps[:, 0, None, None] + offsets[:, :, 0]
    at_y = rows[:, None] + taps[:, 1, None, None] + offsets[:, :, 1]
    grid = torch.stack(((2 * at_x + 1) / width - 1, (2 * at_y + 1) / height - 1), dim=-1)
    read = functional.grid_sample(x, grid.view(batch, 9 * height, width, 2), align_corners=False)
    read = read.view(batch, channels * 9, height, width)
    return functional.conv2d(
        read, weight.flatten(2).reshape(weight.shape[0], channels * 9, 1, 1), bias
    )


def deformable_conv_reference(x: Tensor, offsets: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Slow twin of `deformable_conv`: one pixel and one tap after the other, bilinear by hand."""
    batch, _, height, width = x.shape
    out = bias[None, :, None, None].repeat(batch, 1, height, width).clone()
    for b in range(batch):
        for r in range(height):
            for c in range(width):
                for k, (dx, dy) in enumerate(_TAPS):
                    px, py = (
                        float(c + dx + offsets[b, k, 0, r, c]),
                        float(r + dy + offsets[b, k, 1, r, c]),
                    )
                    left, top = int(px // 1), int(py // 1)
                    for row, wy in ((top, 1 - (py - top)), (top + 1, py - top)):
                        for column, wx in ((left, 1 - (px - left)), (left + 1, px - left)):
                            if 0 <= row < height and 0 <= column < width:
                                out[b, :, r, c] += (
                                    weight[:, :, dy + 1, dx + 1] @ x[b, :, row, column] * (wx * wy)
                                )
    return out


class DeformableConv(nn.Module):
    """Deformable 3 x 3 convolution whose offsets start at 0."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.offsets = nn.Conv2d(width, 18, 3, padding=1)
        nn.init.zeros_(self.offsets.weight)
        nn.init.zeros_(self.offsets.bias)  # type: ignore[arg-type]
        plain = nn.Conv2d(width, out, 3)
        self.weight, self.bias = plain.weight, plain.bias

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (B, C, H, W) to (B, D, H, W)."""
        offsets = self.offsets(x).unflatten(1, (9, 2))
        return deformable_conv(x, offsets, self.weight, self.bias)  # type: ignore[arg-type]


class BoundedDeformableConv(nn.Module):
    """Deformable 3 x 3 convolution without bias whose offsets, 0 at the start, are at most `reach`
    px along each axis.

    What lies far away cannot matter: results do not depend on the tile.
    """

    def __init__(self, width: int, reach: float = 1.5) -> None:
        super().__init__()
        self.reach = reach
        self.offset = nn.Conv2d(width, 18, 3, padding=1)
        nn.init.zeros_(self.offset.weight)
        nn.init.zeros_(self.offset.bias)  # type: ignore[arg-type]
        self.mix = nn.Conv2d(9 * width, width, 1, bias=False)

    def offsets(self, x: Tensor) -> Tensor:
        """Return (B, 9, 2, H, W): x and y of each tap's offset, taps row by row."""
        return (self.reach * torch.tanh(self.offset(x))).unflatten(1, (9, 2))

    def taps(self) -> Tensor:
        """Return the weight (C, C, 3, 3)."""
        width = self.mix.out_channels
        return self.mix.weight.view(width, 9, width).transpose(1, 2).reshape(width, width, 3, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (B, C, H, W); the shape stays."""
        return deformable_conv(x, self.offsets(x), self.taps(), x.new_zeros(x.shape[1]))
