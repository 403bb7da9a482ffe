"""ME-SSM: dense descriptors of optical and SAR images for template matching."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import ConvBlock, VssBlock
from ..ops.local_norm import normalised
from .config import MeSsmConfig
from .descriptor import MODALITIES, Described, Descriptor, padded_to_stride
from .local_net import LocalMeSsm
from .melf import WindowMelf

_SLOWEST, _CHUNK = 0.004, 32


def make_net(config: MeSsmConfig) -> MeSsm | LocalMeSsm:
    """Make the network of a configuration's version, with weights at random."""
    return LocalMeSsm(config) if config.version == 1 else MeSsm(config)


class _Level(nn.Module):
    """3x3 convolution to the level's width, a convolution block, state-space blocks."""

    def __init__(self, before: int, width: int, depth: int, config: MeSsmConfig) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, width, 3, padding=1)
        self.local = ConvBlock(width)
        self.blocks = nn.Sequential(*(_block(width, config) for _ in range(depth)))

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(self.local(functional.gelu(self.conv(x))))


def _block(width: int, config: MeSsmConfig) -> nn.Module:
    if config.core == "conv":  # as many products a pixel as the state-space block
        inner, n = config.expand * width, config.state
        mixing = inner * (3 * width + 9 + 4 * (2 * n + config.heads))
        return ConvBlock(width, round((mixing + 4 * _CHUNK * (inner + n) // 2) / (10 * width)))
    return VssBlock(
        width,
        config.state,
        config.heads,
        config.core,
        config.expand,
        config.scan == "line",
        _SLOWEST,
    )


class MeSsm(Descriptor):
    """Multi-expert front for each modality, a shared state-space backbone at 1/2, 1/4 and 1/8, MFA,
    a head at full resolution.

    Router, scans and channel attention see the whole image given: give windows of one size at fixed
    places (see the matcher), so that what is said of a place does not depend on how a scene is cut.

    The descriptor of a pixel: the learnt channels, then its oriented gradients at two widths, each
    width times the trust (0..1) that the network puts into it at this place. A learnt balance
    weighs both parts.

    Reference:
        ME-SSM, arXiv 2507.04397.
    Deviation:
        the paper's tables of widths are not public: widths, the convolution block ahead of the
        scans, the full-resolution head, the bank of gradients and descriptors that may be shorter
        than 1 are ours; each modality has a front of its own.
    """

    def __init__(self, config: MeSsmConfig) -> None:
        super().__init__(config)
        e, half = config.expert_width, config.expert_half_width
        front_channels = e + self.bank_channels
        self.fronts = nn.ModuleDict(
            {m: WindowMelf(3, e, half, config.poses, config.gates == "soft") for m in MODALITIES}
        )
        self.fronts["sar"].load_state_dict(
            self.fronts["optical"].state_dict()
        )  # alike at the start: their features correlate
        before = (front_channels + half, *config.widths[:-1])
        self.levels = nn.ModuleList(
            _Level(b, w, d, config)
            for b, w, d in zip(before, config.widths, config.depths, strict=True)
        )
        self._make_head(front_channels, local=False)

    def forward(self, image: Tensor, modality: str) -> Described:
        """Describe images.

        Args:
            image: (B, 1, H, W) in 0..1, any size.
            modality: "optical" or "sar".
        """
        height, width = image.shape[-2:]
        padded = padded_to_stride(image)
        x, half, gates = self.fronts[modality](
            normalised(padded).contiguous(memory_format=torch.channels_last)
        )
        gradients = self.bank(padded) if self.bank else None
        front = self._with_gradients(x, gradients)
        y = torch.cat((functional.avg_pool2d(front, 2), functional.gelu(half)), dim=1)
        levels = []
        for number, level in enumerate(self.levels):
            y = level(functional.avg_pool2d(y, 2) if number else y)
            levels.append(y)
        features = self._features(front, levels, gradients)
        shares = gates[..., None, None].expand(-1, -1, height, width)
        return Described(features[..., :height, :width], shares)
