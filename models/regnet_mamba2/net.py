"""RegNetMamba-2: features of an optical and a SAR image at 1/8 (coarse) and 1/2 (fine), each seen
beside the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import ConvBlock
from ..ops.cross_ssd import MIXERS, CrossSsd
from ..ops.gradients import OrientedGradients
from ..ops.local_norm import normalised
from ..stored import MAX_DEPTH, StoredConfig
from .cmi import Cmi, Msf

STRIDE = 32
"""Images are padded to multiples of this: a block of states at 1/8."""
MODALITIES = ("optical", "sar")
_FIRST_SCALE, _FIRST_BALANCE, _FIRST_TRUST = 4.0, -0.3, 1.0
_FLOOR = 0.01


@dataclass(frozen=True)
class RegNetMamba2Config(StoredConfig):
    """Widths and parts of RegNetMamba-2.

    Attributes:
        widths: Channels at 1/2, 1/4 and 1/8.
        state: State size N.
        blocks: Sides of the blocks of states at 1/2, 1/4 and 1/8, in pixels of that scale.
        coarse_depth: CMI blocks at 1/8.
        channels: Learnt channels of the fine descriptors.
        cmi: Let the modalities read each other's states; else each its own.
        msf: Fuse the scales upwards; else the fine descriptors come from 1/2 alone.
        mixer: "ssd" or "attention".
        bank: Give the stems oriented gradients too, and let the descriptors hold them.
        reach: Coarse candidates lie within this many cells (8 px) of each cell, along each axis.
        coarse_side: Side of the window of a coarse match, cells, odd.
        fine_side: Side of the window of a fine match, half-resolution px, odd.
        fine_reach: Fine candidates lie within this many half-resolution px of the coarse match,
            along each axis.
    """

    widths: tuple[int, int, int] = (24, 48, 80)
    state: int = 8
    blocks: tuple[int, int, int] = (8, 8, 4)
    coarse_depth: int = field(default=2, metadata={"max": MAX_DEPTH})
    channels: int = 24
    cmi: bool = True
    msf: bool = True
    mixer: str = "ssd"
    bank: bool = True
    reach: int = field(default=4, metadata={"max": 32})
    coarse_side: int = field(default=9, metadata={"max": 127})
    fine_side: int = field(default=21, metadata={"max": 127})
    fine_reach: int = field(default=4, metadata={"max": 32})

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        if self.mixer not in MIXERS:
            raise ValueError(f"mixer is one of {', '.join(MIXERS)}, not {self.mixer!r}")
        if (
            self.coarse_side % 2 == 0
            or self.fine_side % 2 == 0
            or min(self.reach, self.fine_reach, self.coarse_side, self.fine_side) < 1
        ):
            raise ValueError(
                "coarse_side and fine_side must be odd; they, reach and fine_reach at least 1"
            )
        if any(
            STRIDE // scale % block for scale, block in zip((2, 4, 8), self.blocks, strict=True)
        ):
            raise ValueError(f"blocks must divide {STRIDE} px at their scale")


@dataclass(frozen=True)
class Seen:
    """Descriptors of one image, length 0..1 at each pixel.

    Attributes:
        coarse: (B, C8, H/8, W/8), learnt channels first.
        fine: (B, C2, H/2, W/2), learnt channels first.
        early: (B, learnt C8, H/8, W/8), learnt coarse channels before the image has seen the other
            one.
    """

    coarse: Tensor
    fine: Tensor
    early: Tensor


class _Down(nn.Module):
    """Half the resolution by 2x2 means (which keep the grid), a 3x3 convolution, a convolution
    block, an SSD block.
    """

    def __init__(self, before: int, width: int, state: int, block: int, mixer: str) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, width, 3, padding=1)
        self.local = ConvBlock(width)
        self.mix = CrossSsd(width, state, block, mixer)

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(self.local(functional.gelu(self.conv(functional.avg_pool2d(x, 2)))))


class RegNetMamba2(nn.Module):
    """Stem of each modality, shared SSD stages at 1/2, 1/4, 1/8, CMI at each, MSF upwards; coarse
    head at 1/8, fine head at 1/2.

    Reference:
        RegNetMamba-2, arXiv 2606.03341.
    Deviation:
        the paper's widths and depths are not public: sized for a CPU; the stem takes 2x2 pixels
        apart (no information lost) and sees the gradient's length too (`me_ssm.normalised`); both
        stems are alike at the start; states are local (`local_ssd`); descriptors may be shorter
        than 1, so that a pixel with nothing to hold on to weighs little; oriented gradients at two
        widths (`gradients.OrientedGradients`, less their mean over the orientations) are given to
        the stems, and stand in the descriptors beside the learnt channels, each width times the
        trust (0..1) that the network puts into it at this place.
    """

    def __init__(self, config: RegNetMamba2Config) -> None:
        super().__init__()
        self.config = config
        w2, w4, w8 = config.widths
        n, (b2, b4, b8), mixer = config.state, config.blocks, config.mixer

        self.bank = OrientedGradients() if config.bank else None
        channels_in, kinds = (
            (12 + self.bank.channels, len(self.bank.widths_px)) if self.bank else (12, 0)
        )

        def stem() -> nn.Module:
            return nn.Sequential(nn.Conv2d(channels_in, w2, 5, padding=2), nn.GELU(), ConvBlock(w2))

        self.stems = nn.ModuleDict({m: stem() for m in MODALITIES})
        self.stems["sar"].load_state_dict(
            self.stems["optical"].state_dict()
        )  # alike at the start: their features correlate
        self.mix_2 = CrossSsd(w2, n, b2, mixer)
        self.down_4, self.down_8 = _Down(w2, w4, n, b4, mixer), _Down(w4, w8, n, b8, mixer)
        self.cmi_2, self.cmi_4 = (
            Cmi(w2, n, b2, mixer, config.cmi),
            Cmi(w4, n, b4, mixer, config.cmi),
        )
        self.cmi_8 = nn.Sequential(
            *(Cmi(w8, n, b8, mixer, config.cmi) for _ in range(config.coarse_depth))
        )
        self.msf = Msf(config.widths, n, b2, mixer) if config.msf else None
        self.coarse_head, self.fine_head = _Head(w8, w8, kinds), _Head(w2, config.channels, kinds)
        self.log_scale = nn.Parameter(torch.full((2, 2), _FIRST_SCALE))

    def forward(
        self, reference: Tensor, sensed: Tensor, modalities: tuple[str, str] = ("optical", "sar")
    ) -> tuple[Seen, Seen]:
        """Describe two images of the same grid.

        Args:
            reference: (B, 1, H, W) in 0..1, H and W multiples of `STRIDE`.
            sensed: The same shape.
            modalities: "optical" or "sar" of each.

        Returns:
            What is seen in the reference and in the sensed image.
        """
        images = torch.cat((reference, sensed))
        at_2_gradients, at_8_gradients = self._gradients(images) if self.bank else (None, None)
        inputs = functional.pixel_unshuffle(normalised(images), 2)
        if at_2_gradients is not None:
            inputs = torch.cat((inputs, at_2_gradients.flatten(1, 2)), dim=1)
        halves = inputs.contiguous(memory_format=torch.channels_last).chunk(2)
        at_2 = self.mix_2(
            torch.cat([self.stems[m](half) for m, half in zip(modalities, halves, strict=True)])
        )
        at_4 = self.down_4(at_2)
        at_8 = self.down_8(at_4)
        early = self.coarse_head(at_8, None)
        at_2, at_4, at_8 = self.cmi_2(at_2), self.cmi_4(at_4), self.cmi_8(at_8)
        coarse = self.coarse_head(at_8, at_8_gradients)
        fine = self.fine_head(
            at_2 if self.msf is None else self.msf(at_2, at_4, at_8), at_2_gradients
        )
        seen = [
            Seen(*parts)
            for parts in zip(coarse.chunk(2), fine.chunk(2), early.chunk(2), strict=True)
        ]
        return seen[0], seen[1]

    def _gradients(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return the oriented gradients at 1/2, (B, widths, orientations, H/2, W/2), and where they
        lie in each cell, (B, widths, 4 orientations, H/8, W/8).
        """
        bank = self.bank(images).unflatten(1, (-1, self.bank.orientations))  # type: ignore[misc, union-attr]
        at_2 = functional.avg_pool2d((bank - bank.mean(2, keepdim=True)).flatten(1, 2), 2)
        cells = functional.pixel_unshuffle(functional.avg_pool2d(at_2, 2), 2).unflatten(
            1, (bank.shape[1], -1)
        )
        return at_2.unflatten(1, bank.shape[1:3]), cells * torch.rsqrt(
            (cells**2).sum(2, keepdim=True) + _FLOOR**2
        )


class _Head(nn.Module):
    """Descriptors of length 0..1: learnt channels and, if given, gradients as far as they are
    trusted; a learnt balance weighs both.
    """

    def __init__(self, width: int, channels: int, kinds: int) -> None:
        super().__init__()
        self.channels = channels
        self.conv = nn.Conv2d(width, channels + kinds, 3, padding=1)
        self.balance = nn.Parameter(torch.tensor(_FIRST_BALANCE))

    def forward(self, x: Tensor, gradients: Tensor | None) -> Tensor:
        """Describe (B, C, h, w) with gradients (B, kinds, K, h, w); without, the learnt channels
        alone.
        """
        raw = self.conv(x).float()
        learnt, trust = (
            raw[:, : self.channels],
            torch.sigmoid(raw[:, self.channels :, None] + _FIRST_TRUST),
        )
        learnt = learnt * torch.rsqrt(1.0 + (learnt**2).sum(1, keepdim=True))
        if gradients is None:
            return learnt
        share = torch.sigmoid(self.balance)
        fixed = (gradients * trust).flatten(1, 2) * ((1.0 - share) / gradients.shape[1] ** 0.5)
        return torch.cat((learnt * share, fixed), dim=1)
