"""The first version of the network, which sees no further than about 60 px: weights whose card has
version 1 are run by it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import ConvBlock, VssBlock, upsample
from ..ops.gradients import OrientedGradients
from ..ops.local_norm import normalised
from .config import MeSsmConfig
from .descriptor import FIRST_BALANCE, MODALITIES, STRIDE, Described, described
from .melf import Melf
from .mfa import Mfa


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


class LocalMeSsm(nn.Module):
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
        super().__init__()
        self.config = config
        e = config.expert_width
        self.bank = OrientedGradients() if config.bank else None
        given = e + (self.bank.channels if self.bank else 0)

        def expert() -> nn.Module:
            return nn.Sequential(
                nn.Conv2d(3, e, 5, padding=2), nn.GELU(), nn.Conv2d(e, e, 3, padding=1)
            )

        self.fronts = nn.ModuleDict({m: Melf(expert, e, config.poses) for m in MODALITIES})
        self.fronts["sar"].load_state_dict(
            self.fronts["optical"].state_dict()
        )  # alike at the start: their features correlate
        before = (given, *config.widths[:-1])
        self.levels = nn.ModuleList(
            _Down(b, w, d, config)
            for b, w, d in zip(before, config.widths, config.depths, strict=True)
        )
        self.mfa: nn.Module
        if config.mfa:
            self.mfa = Mfa(config.widths, config.mfa_width)
        else:
            self.mfa = nn.Conv2d(sum(config.widths), config.mfa_width, 1)
        self.fine = nn.Conv2d(given, config.head_width, 3, padding=1)
        self.coarse = nn.Conv2d(config.mfa_width, config.head_width, 3, padding=1)
        self.head = nn.Conv2d(
            config.head_width,
            config.channels + (len(self.bank.widths_px) if self.bank else 0),
            3,
            padding=1,
        )
        self.log_scale = nn.Parameter(torch.tensor([4.0, 4.0]))
        self.balance = nn.Parameter(torch.tensor(FIRST_BALANCE))

    @property
    def channels(self) -> int:
        """Channels of the descriptor; the learnt ones come first."""
        return self.config.channels + (self.bank.channels if self.bank else 0)

    def forward(self, image: Tensor, modality: str) -> Described:
        """Describe images.

        Args:
            image: (B, 1, H, W) in 0..1, any size.
            modality: "optical" or "sar".
        """
        height, width = image.shape[-2:]
        padded = functional.pad(image, (0, -width % STRIDE, 0, -height % STRIDE), mode="replicate")
        x, gates = self.fronts[modality](
            normalised(padded).contiguous(memory_format=torch.channels_last)
        )
        given = functional.gelu(x)
        gradients = self.bank(padded) if self.bank else None
        if gradients is not None:
            given = torch.cat((given, gradients.to(given.dtype)), dim=1)
        levels = []
        y = given
        for level in self.levels:
            y = level(y)
            levels.append(y)
        if self.config.mfa:
            joined = self.mfa(levels)
        else:
            joined = self.mfa(
                torch.cat([levels[0], *(upsample(v, levels[0]) for v in levels[1:])], dim=1)
            )
        raw = self.head(
            functional.gelu(self.fine(given) + upsample(self.coarse(joined), x))
        ).float()
        features = described(raw, self.config.channels, gradients, self.bank, self.balance)
        return Described(features[..., :height, :width], gates[..., :height, :width])
