"""Configurations of the networks: what a weight card stores and a network is built from."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..stored import MAX_DEPTH, StoredConfig
from .melf import POSES

CORES = ("ssd", "s6", "conv")


@dataclass(frozen=True)
class MeSsmConfig(StoredConfig):
    """Widths and parts of ME-SSM.

    Attributes:
        poses: Poses of the experts; one alone = no MELF.
        expert_width: Channels of each expert, at full resolution.
        widths: Channels at 1/2, 1/4 and 1/8.
        depths: State-space blocks at 1/2, 1/4 and 1/8.
        state: State size N.
        heads: Heads of the SSD core.
        core: "ssd", "s6", or "conv" (convolution blocks in place of state-space blocks).
        mfa: Aggregate levels by MFA; else by one 1x1 convolution.
        mfa_width: Channels of the aggregated map, at 1/2.
        head_width: Channels ahead of the head, at full resolution.
        channels: Learnt channels of the descriptor at full resolution.
        bank: Add oriented gradients to the descriptor (12 channels), weighed by what the network
            trusts at each place.
    """

    poses: tuple[str, ...] = ("identity", "flip_x", "flip_y", "turn_90")
    expert_width: int = 8
    widths: tuple[int, int, int] = (24, 48, 64)
    depths: tuple[int, int, int] = field(default=(0, 2, 2), metadata={"max": MAX_DEPTH})
    state: int = 16
    heads: int = 1
    core: str = "ssd"
    mfa: bool = True
    mfa_width: int = 32
    head_width: int = 24
    channels: int = 16
    bank: bool = True

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        if self.core not in CORES:
            raise ValueError(f"core is one of {', '.join(CORES)}, not {self.core!r}")
        unknown = [p for p in self.poses if p not in POSES]
        if unknown or not self.poses:
            raise ValueError(f"unknown poses {unknown}; choose from {', '.join(POSES)}")
        if any(w % (4 * self.heads) for w in self.widths):
            raise ValueError("widths must be multiples of four times the heads")


PRESETS: dict[str, MeSsmConfig] = {
    "tiny": MeSsmConfig(),
    "base": MeSsmConfig(
        heads=2, expert_width=16, widths=(48, 96, 128), depths=(1, 2, 4), mfa_width=64
    ),
}
ABLATIONS: dict[str, MeSsmConfig] = {
    "no_melf": MeSsmConfig(poses=("identity",)),
    "no_mfa": MeSsmConfig(mfa=False),
    "no_mamba": MeSsmConfig(core="conv"),
    "no_bank": MeSsmConfig(bank=False),
    "conv_probe": MeSsmConfig(poses=("identity",), mfa=False, core="conv", bank=False),
}
"""Parts left out; `conv_probe` has none of the four: the plain convolutional network that ME-SSM
has to beat.
"""
