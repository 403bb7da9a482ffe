"""RegNetMamba-2: features of an optical and a SAR image at 1/8 (coarse) and 1/2 (fine), each seen beside the other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .blocks import ConvBlock
from .cmi import Cmi, Msf
from .cross_ssd import MIXERS, CrossSsd
from .me_ssm import normalised

STRIDE = 64
"""Images are padded to multiples of this: a block of states at 1/8."""


@dataclass(frozen=True)
class RegNetMamba2Config:
    """Widths and parts of RegNetMamba-2.

    Attributes:
        widths: Channels at 1/2, 1/4 and 1/8.
        state: State size N.
        blocks: Sides of the blocks of states at 1/2, 1/4 and 1/8, in pixels of that scale.
        coarse_depth: CMI blocks at 1/8.
        channels: Channels of the fine descriptors.
        cmi: Let the modalities read each other's states; else each its own.
        msf: Fuse the scales upwards; else the fine descriptors come from 1/2 alone.
        mixer: "ssd" or "attention".
        reach: Coarse candidates lie within this many cells (8 px) of each cell, along each axis.
        fine_side: Side of the window of a fine match, half-resolution px, odd.
        fine_reach: Fine candidates lie within this many half-resolution px of the coarse match, along each axis.
    """

    widths: tuple[int, int, int] = (24, 48, 80)
    state: int = 8
    blocks: tuple[int, int, int] = (8, 8, 4)
    coarse_depth: int = 2
    channels: int = 24
    cmi: bool = True
    msf: bool = True
    mixer: str = "ssd"
    reach: int = 4
    fine_side: int = 5
    fine_reach: int = 4

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        if self.mixer not in MIXERS:
            raise ValueError(f"mixer is one of {', '.join(MIXERS)}, not {self.mixer!r}")
        if self.fine_side % 2 == 0 or min(self.reach, self.fine_reach, self.fine_side) < 1:
            raise ValueError("fine_side must be odd; it, reach and fine_reach at least 1")
        if any(STRIDE // scale % block for scale, block in zip((2, 4, 8), self.blocks, strict=True)):
            raise ValueError(f"blocks must divide {STRIDE} px at their scale")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> RegNetMamba2Config:
        """Read what `to_dict` wrote; unknown keys are refused."""
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**given)


@dataclass(frozen=True)
class Seen:
    """Descriptors of one image, length 0..1 at each pixel.

    Attributes:
        coarse: (B, C8, H/8, W/8).
        fine: (B, C2, H/2, W/2).
    """

    coarse: Tensor
    fine: Tensor


class _Down(nn.Module):
    """Half the resolution by 2x2 means (which keep the grid), a 3x3 convolution, a convolution block, an SSD block."""

    def __init__(self, before: int, width: int, state: int, block: int, mixer: str) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, width, 3, padding=1)
        self.local = ConvBlock(width)
        self.mix = CrossSsd(width, state, block, mixer)

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(self.local(functional.gelu(self.conv(functional.avg_pool2d(x, 2)))))


class RegNetMamba2(nn.Module):
    """Stem of each modality, shared SSD stages at 1/2, 1/4, 1/8, CMI at each, MSF upwards; coarse head at 1/8, fine head at 1/2.

    Reference:
        RegNetMamba-2, arXiv 2606.03341.
    Deviation:
        the paper's widths and depths are not public: sized for a CPU; the stem takes 2x2 pixels apart (no information lost)
        and sees the gradient's length too (`me_ssm.normalised`); both stems are alike at the start; states are local (`local_ssd`);
        descriptors may be shorter than 1, so that a pixel with nothing to hold on to weighs little.
    """

    def __init__(self, config: RegNetMamba2Config) -> None:
        super().__init__()
        self.config = config
        w2, w4, w8 = config.widths
        n, (b2, b4, b8), mixer = config.state, config.blocks, config.mixer

        def stem() -> nn.Module:
            return nn.Sequential(nn.Conv2d(12, w2, 5, padding=2), nn.GELU(), ConvBlock(w2))

        self.stems = nn.ModuleDict({m: stem() for m in ("optical", "sar")})
        self.stems["sar"].load_state_dict(self.stems["optical"].state_dict())  # alike at the start: their features correlate
        self.mix_2 = CrossSsd(w2, n, b2, mixer)
        self.down_4, self.down_8 = _Down(w2, w4, n, b4, mixer), _Down(w4, w8, n, b8, mixer)
        self.cmi_2, self.cmi_4 = Cmi(w2, n, b2, mixer, config.cmi), Cmi(w4, n, b4, mixer, config.cmi)
        self.cmi_8 = nn.ModuleList(Cmi(w8, n, b8, mixer, config.cmi) for _ in range(config.coarse_depth))
        self.msf = Msf(config.widths, n, b2, mixer) if config.msf else None
        self.coarse_head = nn.Conv2d(w8, w8, 3, padding=1)
        self.fine_head = nn.Conv2d(w2, config.channels, 3, padding=1)
        self.coarse_scale = nn.Parameter(torch.tensor(3.0))
        self.fine_scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, reference: Tensor, sensed: Tensor, modalities: tuple[str, str] = ("optical", "sar")) -> tuple[Seen, Seen]:
        """Describe two images of the same grid.

        Args:
            reference: (B, 1, H, W) in 0..1, H and W multiples of `STRIDE`.
            sensed: The same shape.
            modalities: "optical" or "sar" of each.

        Returns:
            What is seen in the reference and in the sensed image.
        """
        r2, s2 = (self.mix_2(self._stem(image, m)) for image, m in zip((reference, sensed), modalities, strict=True))
        r4, s4 = self.down_4(r2), self.down_4(s2)
        r8, s8 = self.down_8(r4), self.down_8(s4)
        r2, s2 = self.cmi_2(r2, s2)
        r4, s4 = self.cmi_4(r4, s4)
        for cmi in self.cmi_8:
            r8, s8 = cmi(r8, s8)
        return self._heads(r2, r4, r8), self._heads(s2, s4, s8)

    def _stem(self, image: Tensor, modality: str) -> Tensor:
        x: Tensor = self.stems[modality](functional.pixel_unshuffle(normalised(image), 2))
        return x

    def _heads(self, at_2: Tensor, at_4: Tensor, at_8: Tensor) -> Seen:
        fused = at_2 if self.msf is None else self.msf(at_2, at_4, at_8)
        return Seen(_shortened(self.coarse_head(at_8)), _shortened(self.fine_head(fused)))


def _shortened(x: Tensor) -> Tensor:
    return x * torch.rsqrt(1.0 + (x**2).sum(1, keepdim=True))
