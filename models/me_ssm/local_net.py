"""The first version of the network, which sees no further than about 60 px: weights whose card has
version 1 are run by it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import ConvBlock, VssBlock
from ..ops.local_norm import normalised
from .config import MeSsmConfig
from .descriptor import MODALITIES, Described, Descriptor, padded_to_stride
from .melf import Melf


class _Down(nn.Module):
    """Half the resolution by 2x2 means (which keep the grid), then a 3x3 convolution and blocks."""

    def __init__(self, before: int, width: int, depth: int, config: MeSsmConfig) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, width, 3, padding=1)
        self.local = ConvBlock(width)
        scan = [
            ConvBlock(width)
            if config.core == "conv"
            else VssBlock(width, config.state, config.heads, config.core)
            for _ in range(depth)
        ]
        self.blocks = nn.Sequential(*scan)

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(self.local(functional.gelu(self.conv(functional.avg_pool2d(x, 2)))))


class LocalMeSsm(Descriptor):
    """Multi-expert front for each modality, a shared state-space backbone at 1/2, 1/4 and 1/8, MFA,
    a head at full resolution.

    The descriptor of a pixel: the learnt channels, then its oriented gradients at two widths, each
    width times the trust (0..1) that the network puts into it at this place. A learnt balance
    weighs both parts.

    Reference:
        ME-SSM, arXiv 2507.04397.
    Deviation:
        the paper's tables of widths are not public: widths, the convolution block ahead of the
        scans, the full-resolution head, the bank of gradients and descriptors that may be shorter
        than 1 are ours; each modality has a front of its own; pooling and router look at
        surroundings (see `melf`, `mfa`); scans start anew in each line (see `ss2d`).
    """

    def __init__(self, config: MeSsmConfig) -> None:
        super().__init__(config)
        e = config.expert_width
        front_channels = e + self.bank_channels

        def expert() -> nn.Module:
            return nn.Sequential(
                nn.Conv2d(3, e, 5, padding=2), nn.GELU(), nn.Conv2d(e, e, 3, padding=1)
            )

        self.fronts = nn.ModuleDict({m: Melf(expert, e, config.poses) for m in MODALITIES})
        self.fronts["sar"].load_state_dict(
            self.fronts["optical"].state_dict()
        )  # alike at the start: their features correlate
        before = (front_channels, *config.widths[:-1])
        self.levels = nn.ModuleList(
            _Down(b, w, d, config)
            for b, w, d in zip(before, config.widths, config.depths, strict=True)
        )
        self._make_head(front_channels, local=True)

    def forward(self, image: Tensor, modality: str) -> Described:
        """Describe images.

        Args:
            image: (B, 1, H, W) in 0..1, any size.
            modality: "optical" or "sar".
        """
        height, width = image.shape[-2:]
        padded = padded_to_stride(image)
        x, gates = self.fronts[modality](
            normalised(padded).contiguous(memory_format=torch.channels_last)
        )
        gradients = self.bank(padded) if self.bank else None
        front = self._with_gradients(x, gradients)
        levels = []
        y = front
        for level in self.levels:
            y = level(y)
            levels.append(y)
        features = self._features(front, levels, gradients)
        return Described(features[..., :height, :width], gates[..., :height, :width])
