"""Configurations of the networks: what a weight card stores and a network is built from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..stored import MAX_DEPTH, StoredConfig
from .melf import POSES

MAX_EXPAND, _LEAST_WINDOW_PX = 4, 128
VERSIONS = (1, 2)
CORES = ("ssd", "s6", "conv", "none")
SCANS = ("line", "global")
GATES = ("soft", "uniform")


@dataclass(frozen=True)
class MeSsmConfig(StoredConfig):
    """Widths and parts of ME-SSM.

    Attributes:
        version: 1 = the network that sees about 60 px (`local_net`); 2 = the one that sees a whole
            window (`net`).
        window_px: Side of the windows in which a scene is described (version 2).
        poses: Poses of the experts; one alone = no MELF.
        gates: "soft" (a router decides) or "uniform" (every expert counts alike).
        expert_width: Channels of each expert, at full resolution.
        expert_half_width: Channels of each expert, at 1/2 (version 2).
        widths: Channels at 1/2, 1/4 and 1/8.
        depths: State-space blocks at 1/2, 1/4 and 1/8.
        state: State size N.
        heads: Heads of the SSD core.
        expand: Channels inside a state-space block, over those of its level (version 2).
        core: "ssd", "s6", "conv" (convolution blocks of equal cost in place of state-space blocks)
            or "none" (the blocks without their scans).
        scan: "global" (a scan runs on from line to line through the whole window) or "line" (it
            starts anew in each); version 1 scans lines.
        mfa: Aggregate levels by MFA; else by one 1x1 convolution.
        mfa_width: Channels of the aggregated map, at 1/2.
        head_width: Channels ahead of the head, at full resolution.
        channels: Learnt channels of the descriptor at full resolution.
        bank: Add oriented gradients to the descriptor (12 channels), weighed by what the network
            trusts at each place.
    """

    version: int = 1
    window_px: int = 512
    poses: tuple[str, ...] = ("identity", "flip_x", "flip_y", "turn_90")
    gates: str = "soft"
    expert_width: int = 8
    expert_half_width: int = 12
    widths: tuple[int, int, int] = (24, 48, 64)
    depths: tuple[int, int, int] = field(default=(0, 2, 2), metadata={"max": MAX_DEPTH})
    state: int = 16
    heads: int = 1
    expand: int = field(default=1, metadata={"max": MAX_EXPAND})
    core: str = "ssd"
    scan: str = "line"
    mfa: bool = True
    mfa_width: int = 32
    head_width: int = 24
    channels: int = 16
    bank: bool = True

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        for name, value, choices in (
            ("version", self.version, VERSIONS),
            ("core", self.core, CORES),
            ("scan", self.scan, SCANS),
            ("gates", self.gates, GATES),
        ):
            if value not in choices:
                raise ValueError(f"{name} is one of {', '.join(map(str, choices))}, not {value!r}")
        unknown = [p for p in self.poses if p not in POSES]
        if unknown or not self.poses:
            raise ValueError(f"unknown poses {unknown}; choose from {', '.join(POSES)}")
        if any(w % (4 * self.heads) for w in self.widths):
            raise ValueError("widths must be multiples of four times the heads")
        if self.window_px < _LEAST_WINDOW_PX or self.window_px % 8:
            raise ValueError(f"window_px is a multiple of 8 from {_LEAST_WINDOW_PX} on")
        if not self.expand or not self.expert_half_width:
            raise ValueError("expand and expert_half_width are 1 at least")


_TINY = MeSsmConfig(version=2, heads=2, expand=2, scan="global", depths=(0, 1, 2))
PRESETS: dict[str, MeSsmConfig] = {
    "tiny": _TINY,
    "base": replace(
        _TINY,
        heads=4,
        expert_width=16,
        expert_half_width=24,
        widths=(48, 96, 128),
        depths=(1, 2, 4),
        mfa_width=64,
    ),
    "first": MeSsmConfig(),
}
"""`first` is the network that came before, for comparison."""
ABLATIONS: dict[str, MeSsmConfig] = {
    "no_melf": replace(_TINY, poses=("identity",)),
    "uniform_gates": replace(_TINY, gates="uniform"),
    "no_mfa": replace(_TINY, mfa=False),
    "no_scans": replace(_TINY, core="none"),
    "line_scans": replace(_TINY, scan="line"),
    "s6": replace(_TINY, core="s6"),
    "no_mamba": replace(_TINY, core="conv"),
    "no_bank": replace(_TINY, bank=False),
    "conv_probe": replace(_TINY, poses=("identity",), mfa=False, core="conv", bank=False),
}
"""Parts left out or exchanged; `conv_probe` has none of the four: the plain convolutional network
that ME-SSM has to beat.
"""
