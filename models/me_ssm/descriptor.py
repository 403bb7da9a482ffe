"""What the network says of a pixel: learnt channels, then gradients weighed by its trust."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import upsample
from ..ops.gradients import OrientedGradients
from .config import MeSsmConfig
from .mfa import Mfa

STRIDE = 8
MODALITIES = ("optical", "sar")
_FIRST_BALANCE, _FIRST_TRUST = -0.3, 1.0


@dataclass(frozen=True)
class Described:
    """What the network says of images.

    Attributes:
        features: (B, C, H, W), length 0..1 at each pixel: short where there is nothing to hold on
            to; learnt channels first.
        gates: (B, K, H, W), weights of the experts.
    """

    features: Tensor
    gates: Tensor


def _described(
    raw: Tensor,
    channels: int,
    gradients: Tensor | None,
    bank: OrientedGradients | None,
    balance: Tensor,
) -> Tensor:
    """Return descriptors (B, C, H, W) of length 0..1.

    Args:
        raw: (B, channels + widths of the bank, H, W): learnt channels, then the trust in each width
            of the bank, as logits.
        channels: Learnt channels.
        gradients: (B, channels of the bank, H, W), or None without a bank.
        bank: Where they come from.
        balance: Logit of the share of the learnt channels.
    """
    features = raw[:, :channels]
    features = features * torch.rsqrt(1.0 + (features**2).sum(1, keepdim=True))
    if gradients is None or bank is None:
        return features
    share = torch.sigmoid(balance)
    trust = torch.sigmoid(raw[:, channels:] + _FIRST_TRUST).repeat_interleave(
        bank.orientations, dim=1
    )
    return torch.cat(
        (
            features * share,
            gradients * trust * ((1.0 - share) / len(bank.widths_px) ** 0.5),
        ),
        dim=1,
    )


class Descriptor(nn.Module):
    """What both versions of the network share: the bank of gradients, and the way from the levels
    of the backbone to descriptors at full resolution.
    """

    def __init__(self, config: MeSsmConfig) -> None:
        super().__init__()
        self.config = config
        self.bank = OrientedGradients() if config.bank else None

    @property
    def channels(self) -> int:
        """Channels of the descriptor; the learnt ones come first."""
        return self.config.channels + self.bank_channels

    @property
    def bank_channels(self) -> int:
        """Channels of the bank of gradients, 0 without it."""
        return self.bank.channels if self.bank else 0

    def _make_head(self, front_channels: int, local: bool) -> None:
        """Make the layers from the levels to the descriptors, after all others."""
        config = self.config
        self.mfa: nn.Module
        if config.mfa:
            self.mfa = Mfa(config.widths, config.mfa_width, local=local)
        else:
            self.mfa = nn.Conv2d(sum(config.widths), config.mfa_width, 1)
        self.fine = nn.Conv2d(front_channels, config.head_width, 3, padding=1)
        self.coarse = nn.Conv2d(config.mfa_width, config.head_width, 3, padding=1)
        trusts = len(self.bank.widths_px) if self.bank else 0
        self.head = nn.Conv2d(config.head_width, config.channels + trusts, 3, padding=1)
        self.log_scale = nn.Parameter(torch.tensor([4.0, 4.0]))
        self.balance = nn.Parameter(torch.tensor(_FIRST_BALANCE))

    def _with_gradients(self, front: Tensor, gradients: Tensor | None) -> Tensor:
        """Return what the levels start from: (B, front + bank, H, W)."""
        front = functional.gelu(front)
        if gradients is None:
            return front
        return torch.cat((front, gradients.to(front.dtype)), dim=1)

    def _features(self, front: Tensor, levels: list[Tensor], gradients: Tensor | None) -> Tensor:
        """Return descriptors (B, C, H, W), from the front (B, F, H, W) and the levels at 1/2, 1/4
        and 1/8.
        """
        if self.config.mfa:
            joined = self.mfa(levels)
        else:
            joined = self.mfa(
                torch.cat([levels[0], *(upsample(v, levels[0]) for v in levels[1:])], dim=1)
            )
        raw = self.head(functional.gelu(self.fine(front) + upsample(self.coarse(joined), front)))
        return _described(raw.float(), self.config.channels, gradients, self.bank, self.balance)


def padded_to_stride(image: Tensor) -> Tensor:
    """Return images (B, 1, H, W) grown at the right and at the bottom to whole strides."""
    height, width = image.shape[-2:]
    return functional.pad(image, (0, -width % STRIDE, 0, -height % STRIDE), mode="replicate")
