"""MSA-Net: a descriptor of the ground around a place, the same for optical and SAR images, computed
for all places at once.

Convention:
    Node (r, c) of a descriptor map describes the 64 x 64 px whose first pixel is (r * step, c *
    step); its place is the middle of them, (c * step + 32, r * step + 32) in the pixel frame
    (corner origin), as it is of the 128 px that a second scale adds.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import surroundings, upsample
from ..ops.gradients import OrientedGradients
from ..stored import StoredConfig
from .nla import Nla

PATCH_PX, STRIDE, _PAST_PX = 64, 8, 4
MODALITIES = ("optical", "sar")
SHARINGS = ("partial", "shared", "unshared")
_NORMAL_FLOOR = 0.03
# descriptors have length 1, so that larger weights only mean slower change: steps of Adam would
# overthrow those of 6144 inputs
_FIRM = 6.0
# weight of the 64 px beside what is joined: they tell places a few px apart, the ground around
# tells scenes apart
_NEAR = 0.7
_CELLS, _CELL_SIDE = (4, 2, 1), 9  # 8-px cells at 1/2, 1/4 and 1/8; 72 px


@dataclass(frozen=True)
class MsaNetConfig(StoredConfig):
    """Widths and parts of MSA-Net.

    Attributes:
        widths: Channels at 1/2, 1/4 and 1/8.
        channels: Length of the descriptor of the 64 px.
        sharing: "partial" (a stem for each modality, one trunk), "shared" (one network) or
            "unshared" (two networks).
        nla: Non-local attention after each residual block.
        bank: Oriented gradients are given beside the grey value.
        dropout: Share of values dropped ahead of the last convolution while training.
        joined: Channels that describe the 128 px around at half the resolution. Joined with those
            of the 64 px to `channels` more they make the second half of the descriptor, which is
            twice as long then; 0 = the 64 px alone, as in the paper.
    """

    widths: tuple[int, int, int] = (16, 32, 48)
    channels: int = 128
    sharing: str = "partial"
    nla: bool = True
    bank: bool = True
    dropout: float = 0.1
    joined: int = 0

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        if self.sharing not in SHARINGS:
            raise ValueError(f"sharing is one of {', '.join(SHARINGS)}, not {self.sharing!r}")
        if len(self.widths) != 3 or any(w < 2 or w % 2 for w in self.widths):
            raise ValueError("widths are three even numbers")
        if not 0.0 <= self.dropout < 1.0:
            raise ValueError("dropout is a share, 0 to 1")
        if self.joined < 0:
            raise ValueError("joined is a number of channels, or 0")


def standardised(image: Tensor) -> Tensor:
    """Return (B, 1, H, W) in 0..1 less the mean of its surroundings (72 px, in steps of 8), over
    their standard deviation.
    """
    cells = functional.avg_pool2d(torch.cat((image, image**2), dim=1), STRIDE)
    mean, square = upsample(surroundings(cells, _CELL_SIDE), image).chunk(2, dim=1)
    deviation = torch.sqrt((square - mean**2).clamp_min(0.0))
    return ((image - mean) / (deviation + _NORMAL_FLOOR)).clamp(-3.0, 3.0)


class _Pointwise(nn.Conv2d):
    """1x1 convolution of every `stride`-th pixel.

    The pixels are picked first: oneDNN's backward pass of a strided 1x1 convolution of few
    channels, channels last, writes past its buffers (torch 2.13 on AVX-512).
    """

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__(before, width, 1, bias=False)
        self.every = stride

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W) to (B, width, H / stride, W / stride)."""
        return super().forward(x[..., :: self.every, :: self.every])


class Lfe(nn.Module):
    """Residual block: 3x3 convolution, BN, ReLU, 3x3 convolution, BN, plus the input; ReLU.

    Deviation:
        the paper does not say what its shortcut is where width or stride change: here a 1x1
        convolution with BN.
    """

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, width, 3, stride, 1, bias=False, padding_mode="replicate"),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False, padding_mode="replicate"),
            nn.BatchNorm2d(width),
        )
        self.shortcut: nn.Module = nn.Identity()
        if before != width or stride != 1:
            self.shortcut = nn.Sequential(_Pointwise(before, width, stride), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W) to (B, width, H / stride, W / stride)."""
        return functional.relu(self.body(x) + self.shortcut(x))


class _Stem(nn.Module):
    """MSpFL of one modality: two convolutions to 1/2; oriented gradients go past them, averaged
    over cells of 4 px, to the last convolution.
    """

    def __init__(self, config: MsaNetConfig) -> None:
        super().__init__()
        width = config.widths[0]
        self.bank = OrientedGradients() if config.bank else None
        inputs = 1 + (self.bank.channels if self.bank else 0)
        self.body = nn.Sequential(
            nn.Conv2d(inputs, width, 3, 2, 1, bias=False, padding_mode="replicate"),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False, padding_mode="replicate"),
            nn.BatchNorm2d(width),
        )
        self.past = nn.BatchNorm2d(inputs - 1) if self.bank else None

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return (B, C, H/2, W/2) of (B, 1, H, W), and the gradients (B, 12, H/4, W/4) or None."""
        inputs = standardised(image)
        if self.bank is None or self.past is None:
            return self.body(inputs), None
        gradients = self.bank(image)
        found = self.body(
            torch.cat((inputs, gradients), dim=1).contiguous(memory_format=torch.channels_last)
        )
        return found, self.past(functional.avg_pool2d(gradients, _PAST_PX))


class _Trunk(nn.Module):
    """LFE and NLA at 1/2, 1/4, 1/8, dropout, and the convolution that sees the whole patch."""

    def __init__(self, config: MsaNetConfig, channels: int) -> None:
        super().__init__()
        widths = (config.widths[0], *config.widths)
        self.levels = nn.ModuleList(
            nn.Sequential(
                Lfe(b, w, 1 if i == 0 else 2),
                Nla(w, cell, _CELL_SIDE) if config.nla else nn.Identity(),
            )
            for i, (b, w, cell) in enumerate(zip(widths, config.widths, _CELLS, strict=False))
        )
        self.dropout = nn.Dropout(config.dropout)
        past = OrientedGradients().channels * (STRIDE // _PAST_PX) ** 2 if config.bank else 0
        self.last = nn.Conv2d(config.widths[2] + past, channels, PATCH_PX // STRIDE)
        with torch.no_grad():
            self.last.weight.mul_(_FIRM)

    def forward(self, parts: list[tuple[Tensor, Tensor | None]], steps: list[int]) -> list[Tensor]:
        """Describe what the stems found, together, so that normalisation in training sees both
        modalities.

        Args:
            parts: What each stem returned; sizes alike.
            steps: Distance in px of the descriptors wanted, for each part.

        Returns:
            (B, channels, rows, columns) for each part, of length 1.
        """
        x = self.levels[1](self.levels[0](torch.cat([p[0] for p in parts])))
        several = [
            _phases(v) if step < STRIDE else v
            for v, step in zip(x.split([p[0].shape[0] for p in parts]), steps, strict=True)
        ]
        sizes = [v.shape[0] for v in several]
        x = self.levels[2](torch.cat(several))
        past = [
            _phases(p[1]) if step < STRIDE else p[1]
            for p, step in zip(parts, steps, strict=True)
            if p[1] is not None
        ]
        if past:
            x = torch.cat(
                (x, functional.pixel_unshuffle(torch.cat(past), STRIDE // _PAST_PX).to(x.dtype)),
                dim=1,
            )
        found = []
        for part, step in zip(
            self.last(self.dropout(x).contiguous(memory_format=torch.channels_last)).split(sizes),
            steps,
            strict=True,
        ):
            whole = _interleaved(part)[..., :-1, :-1] if step < STRIDE else part
            found.append(functional.normalize(whole, dim=1))
        return found


def _phases(x: Tensor) -> Tensor:
    """Return (4 B, C, H, W): the image begun 0 or 1 px further down and to the right, so that a
    stride of 2 loses nothing.
    """
    padded = functional.pad(x, (0, 1, 0, 1), mode="replicate")
    h, w = x.shape[-2:]
    return torch.cat([padded[..., i : i + h, j : j + w] for i in (0, 1) for j in (0, 1)])


def _interleaved(x: Tensor) -> Tensor:
    """Undo `_phases` at half the resolution: (4 B, C, H, W) -> (B, C, 2 H, 2 W)."""
    four, c, h, w = x.shape
    return (
        x.view(2, 2, four // 4, c, h, w)
        .permute(2, 3, 4, 0, 5, 1)
        .reshape(four // 4, c, 2 * h, 2 * w)
    )


class _Scale(nn.Module):
    """A stem for each modality (MSpFL) and a trunk of residual blocks with non-local attention, at
    one scale.
    """

    def __init__(self, config: MsaNetConfig, channels: int) -> None:
        super().__init__()
        self.stems = nn.ModuleDict(
            {
                m: _Stem(config)
                for m in (MODALITIES[:1] if config.sharing == "shared" else MODALITIES)
            }
        )
        self.trunks = nn.ModuleDict(
            {
                m: _Trunk(config, channels)
                for m in (MODALITIES if config.sharing == "unshared" else MODALITIES[:1])
            }
        )
        for parts in (self.stems, self.trunks):
            if "sar" in parts:
                parts["sar"].load_state_dict(
                    parts["optical"].state_dict()
                )  # alike at the start: their descriptors correlate

    def describe(self, images: dict[str, Tensor], steps: list[int]) -> list[Tensor]:
        """Return unit descriptors of images of one size, one for each modality asked for, in one
        pass of the shared parts.
        """
        parts = [_of(self.stems, m)(x) for m, x in images.items()]
        if len(self.trunks) == 1:
            return list(_of(self.trunks, "optical")(parts, steps))
        return [
            _of(self.trunks, m)([part], [step])[0]
            for m, part, step in zip(images, parts, steps, strict=True)
        ]


class MsaNet(_Scale):
    """A stem for each modality, a shared trunk, a unit descriptor; of two scales, where the
    configuration joins them.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504, 2023, table 1; the configuration "paper" has
        its widths.
    Deviation:
        all places are described at once: convolutions see what lies around a patch where the paper
        pads a patch with zeros, attention looks at surroundings (see `nla`), images are
        standardised by their surroundings (the paper does not say how); oriented gradients are
        given beside the grey value, to the stems and to the last convolution, so that a network
        that has learnt nothing already describes structure; "tiny" is slimmer and joins the 64 px
        with the 128 px around them at half the resolution, described by a second network of the
        same form: 64 px of fields or forest alone often fit anywhere.
    """

    def __init__(self, config: MsaNetConfig) -> None:
        super().__init__(config, config.channels)
        self.config = config
        self.log_scale = nn.Parameter(torch.tensor(2.7))
        self.wide = _Scale(config, config.joined) if config.joined else None
        self.join = (
            nn.Conv2d(config.channels + config.joined, config.channels, 1, bias=False)
            if config.joined
            else None
        )

    def forward(self, image: Tensor, modality: str, step: int = STRIDE) -> Tensor:
        """Describe every place of images.

        Args:
            image: (B, 1, H, W) in 0..1, H and W multiples of 8, at least 64.
            modality: "optical" or "sar".
            step: Distance of the descriptors: 8 or 4 px.

        Returns:
            (B, channels, (H - 64) / step + 1, (W - 64) / step + 1), of length 1; twice the channels
            where two scales are joined.
        """
        return self.describe({modality: image}, [step])[0]

    def both(self, optical: Tensor, sar: Tensor, steps: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Describe optical and SAR images of one size in one pass of the shared parts; arguments
        and results as in `forward`.
        """
        a, b = self.describe({"optical": optical, "sar": sar}, list(steps))
        return a, b

    def describe(self, images: dict[str, Tensor], steps: list[int]) -> list[Tensor]:
        """Describe images of one size, see `forward`."""
        near = super().describe(images, steps)
        if self.wide is None or self.join is None:
            return near
        halves = self.wide.describe(
            {m: _halved(x) for m, x in images.items()}, [STRIDE // 2] * len(images)
        )
        found = []
        for n, w, step in zip(near, halves, steps, strict=True):
            joined = functional.normalize(
                self.join(torch.cat((n, _at_places_of(n, w, step)), dim=1)), dim=1
            )
            found.append(functional.normalize(torch.cat((_NEAR * n, joined), dim=1), dim=1))
        return found


def _of(parts: nn.ModuleDict, modality: str) -> nn.Module:
    return parts[modality if modality in parts else "optical"]


def _halved(image: Tensor) -> Tensor:
    """Return (B, 1, H, W) at half the resolution with 16 px more on each side, so that 4 px apart
    there are the places 8 px apart here.
    """
    half = functional.avg_pool2d(image, 2)
    rest = [side % STRIDE for side in half.shape[-2:]]
    return functional.pad(
        half,
        (PATCH_PX // 4, PATCH_PX // 4 + rest[1], PATCH_PX // 4, PATCH_PX // 4 + rest[0]),
        mode="replicate",
    )


def _at_places_of(near: Tensor, wide: Tensor, step: int) -> Tensor:
    """Return the descriptors of the halved image at the places of `near`, those between them by
    interpolation.
    """
    rows, columns = ((side - 1) * step // STRIDE + 1 for side in near.shape[-2:])
    wide = wide[..., :rows, :columns]
    if step == STRIDE:
        return wide
    return functional.normalize(
        functional.interpolate(wide, size=near.shape[-2:], mode="bilinear", align_corners=True),
        dim=1,
    )


PRESETS: dict[str, MsaNetConfig] = {
    "tiny": MsaNetConfig(joined=96),
    "paper": MsaNetConfig(widths=(32, 64, 128), bank=False),
}
ABLATIONS: dict[str, MsaNetConfig] = {
    "one_scale": MsaNetConfig(),
    "shared": MsaNetConfig(sharing="shared"),
    "unshared": MsaNetConfig(sharing="unshared"),
    "no_nla": MsaNetConfig(nla=False),
    "no_bank": MsaNetConfig(bank=False),
}
"""`one_scale` describes the 64 px alone, as the paper does; of the others each changes one part of
it: the sharing (table 3), the attention, the oriented gradients.
"""
