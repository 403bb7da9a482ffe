"""ME-SSM: dense descriptors of optical and SAR images for template matching."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from .blocks import ChannelNorm, ConvBlock, VssBlock, surroundings, upsample
from .config import MeSsmConfig
from .gradients import OrientedGradients
from .melf import Melf
from .mfa import Mfa

STRIDE = 8
MODALITIES = ("optical", "sar")
_NORMAL_SIDE, _NORMAL_FLOOR = 31, 0.03
_TRUST_LIMIT = 3.0
_LEARNT_START = 0.05


@dataclass(frozen=True)
class Described:
    """What the network says of images.

    Attributes:
        features: (B, C, H, W), length 0..1 at each pixel: short where there is nothing to hold on to.
        gates: (B, K, H, W), weights of the experts.
    """

    features: Tensor
    gates: Tensor


def normalised(image: Tensor) -> Tensor:
    """Return (B, 2, H, W) of images (B, 1, H, W) in 0..1: the image about 0, and standardised by its 31-px surroundings."""
    mean = surroundings(image, _NORMAL_SIDE)
    variance = (surroundings(image**2, _NORMAL_SIDE) - mean**2).clamp_min(0.0)
    local = ((image - mean) / (torch.sqrt(variance) + _NORMAL_FLOOR)).clamp(-3.0, 3.0)
    return torch.cat((2.0 * image - 1.0, local), dim=1)


def _begin(net: nn.Module) -> None:
    """Start convolutions so that signals keep their size through the layers (He et al. 2015), with biases of 0 that cannot drown them."""
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d) and not name.endswith("scan.project"):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


class _Down(nn.Module):
    """Half the resolution by 2x2 means (which keep the grid), then a 3x3 convolution and blocks."""

    def __init__(self, before: int, width: int, depth: int, config: MeSsmConfig) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, width, 3, padding=1)
        self.local = ConvBlock(width)
        scan = [ConvBlock(width) if config.core == "conv" else VssBlock(width, config.state, config.heads, config.core) for _ in range(depth)]
        self.blocks = nn.Sequential(*scan)

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(self.local(functional.gelu(self.conv(functional.avg_pool2d(x, 2)))))


class MeSsm(nn.Module):
    """Multi-expert front for each modality, a shared state-space backbone at 1/2, 1/4 and 1/8, MFA, a head at full resolution.

    The descriptor of a pixel is its oriented gradients, each width of the bank under a weight that the network chooses at each
    place, followed by the channels it has learnt. It starts with even weights and faint learnt channels, so that an untrained
    network is little but the bank, and learns where that can be trusted and what it lacks.

    Reference:
        ME-SSM, arXiv 2507.04397.
    Deviation:
        the paper's tables of widths are not public: widths, the convolution block ahead of the scans, the full-resolution
        head, the bank of gradients and descriptors that may be shorter than 1 are ours; each modality has a front of its
        own; pooling and router look at surroundings (see `melf`, `mfa`); scans start anew in each line (see `ss2d`).
    """

    def __init__(self, config: MeSsmConfig) -> None:
        super().__init__()
        self.config = config
        e = config.expert_width
        self.gradients = OrientedGradients()
        given = 2 + self.gradients.channels

        def expert() -> nn.Module:
            return nn.Sequential(nn.Conv2d(given, e, 5, padding=2), nn.GELU(), nn.Conv2d(e, e, 3, padding=1))

        self.fronts = nn.ModuleDict({m: Melf(expert, e, config.poses) for m in MODALITIES})
        before = (e, *config.widths[:-1])
        self.levels = nn.ModuleList(
            _Down(b, w, d, config) for b, w, d in zip(before, config.widths, config.depths, strict=True)
        )
        self.mfa: nn.Module
        if config.mfa:
            self.mfa = Mfa(config.widths, config.mfa_width)
        else:
            self.mfa = nn.Conv2d(sum(config.widths), config.mfa_width, 1)
        self.fine = nn.Conv2d(e, config.head_width, 3, padding=1)
        self.coarse = nn.Conv2d(config.mfa_width, config.head_width, 3, padding=1)
        self.head = nn.Conv2d(config.head_width, config.head_width, 3, padding=1)
        self.weights = len(self.gradients.widths_px)
        self.head_norm = ChannelNorm(config.head_width)
        self.out = nn.Conv2d(config.head_width, config.learnt + self.weights, 1)
        _begin(self)
        self.fronts["sar"].load_state_dict(self.fronts["optical"].state_dict())  # alike at the start: their features correlate
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)
        nn.init.normal_(self.out.weight[self.weights :], std=_LEARNT_START)  # not 0: a product of two zeros teaches neither
        self.log_scale = nn.Parameter(torch.tensor(4.0))

    @property
    def channels(self) -> int:
        """Channels of the descriptor."""
        return self.gradients.channels + self.config.learnt

    def forward(self, image: Tensor, modality: str) -> Described:
        """Describe images.

        Args:
            image: (B, 1, H, W) in 0..1, any size.
            modality: "optical" or "sar".
        """
        height, width = image.shape[-2:]
        padded = functional.pad(image, (0, -width % STRIDE, 0, -height % STRIDE), mode="replicate")
        gradients = self.gradients(padded)
        given = torch.cat((normalised(padded), 2.0 * gradients - 0.8), dim=1)  # unit vectors of six channels: about 0.4 each
        x, gates = self.fronts[modality](given.contiguous(memory_format=torch.channels_last))
        levels = []
        y = functional.gelu(x)
        for level in self.levels:
            y = level(y)
            levels.append(y)
        if self.config.mfa:
            joined = self.mfa(levels)
        else:
            joined = self.mfa(torch.cat([levels[0], *(upsample(v, levels[0]) for v in levels[1:])], dim=1))
        raw = self.fine(x) + upsample(self.coarse(joined), x)
        raw = self.out(self.head_norm(raw + self.head(functional.gelu(raw)))).float()
        trust = torch.exp(raw[:, : self.weights].clamp(-_TRUST_LIMIT, _TRUST_LIMIT)).repeat_interleave(self.gradients.orientations, dim=1)
        joined = torch.cat((gradients * trust, raw[:, self.weights :]), dim=1)
        features = joined * torch.rsqrt(1.0 + (joined**2).sum(1, keepdim=True))
        return Described(features[..., :height, :width], gates[..., :height, :width])
