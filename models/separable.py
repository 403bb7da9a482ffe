"""Depth-wise separable convolution."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class SeparableConv(nn.Module):
    """Depth-wise 3x3 and point-wise 1x1 convolution, batch normalisation, ReLU."""

    def __init__(self, before: int, width: int) -> None:
        super().__init__()
        self.depth = nn.Conv2d(before, before, 3, padding=1, groups=before, bias=False)
        self.point = nn.Conv2d(before, width, 1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W) to (B, width, H, W)."""
        return functional.relu(self.norm(self.point(self.depth(x))))
