"""What the network says of a pixel: learnt channels, then gradients weighed by its trust."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..ops.gradients import OrientedGradients

STRIDE = 8
MODALITIES = ("optical", "sar")
FIRST_BALANCE, _FIRST_TRUST = -0.3, 1.0


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


def described(
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
