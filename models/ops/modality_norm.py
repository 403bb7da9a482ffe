"""Batch normalisation in a trunk that both modalities go through one after the other."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ModalityNorm(nn.Module):
    """Statistics of each modality's own, one scale and offset for both.

    In training a batch holds one modality; with common statistics the network would be normalised
    by those of the batch in training and by a mean of both modalities afterwards (measured on
    KD+CFM: 61 instead of 67 % of the matches right).

    Args:
        width: Channels.
        modalities: Names.
    """

    def __init__(self, width: int, modalities: tuple[str, ...]) -> None:
        super().__init__()
        self.each = nn.ModuleDict({m: nn.BatchNorm2d(width, affine=False) for m in modalities})
        self.scale, self.offset = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor, modality: str) -> Tensor:
        """Normalise (B, C, H, W) of a modality."""
        return self.each[modality](x) * self.scale[:, None, None] + self.offset[:, None, None]
