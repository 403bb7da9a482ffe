"""Depth-wise separable convolution."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from .modality_norm import ModalityNorm


class SeparableConv(nn.Module):
    """Depth-wise 3x3 and point-wise 1x1 convolution, batch normalisation, ReLU.

    Args:
        before: Channels given.
        width: Channels.
        modalities: Those with statistics of their own; none = common ones.
    """

    def __init__(self, before: int, width: int, modalities: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.depth = nn.Conv2d(before, before, 3, padding=1, groups=before, bias=False)
        self.point = nn.Conv2d(before, width, 1, bias=False)
        self.norm = ModalityNorm(width, modalities) if modalities else nn.BatchNorm2d(width)

    def forward(self, x: Tensor, modality: str = "") -> Tensor:
        """Transform (B, C, H, W) to (B, width, H, W)."""
        made = self.point(self.depth(x))
        return functional.relu(self.norm(made, modality) if modality else self.norm(made))
