"""MSA-Net: a 128-d descriptor of the 64 x 64 px around a place, for optical and SAR images, computed for all places at once.

Convention:
    Node (r, c) of a descriptor map describes the 64 x 64 px whose first pixel is (r * step, c * step); its place is the middle of
    them, (c * step + 32, r * step + 32) in the pixel frame (corner origin).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .blocks import surroundings
from .nla import Nla

PATCH_PX, STRIDE = 64, 8
MODALITIES = ("optical", "sar")
SHARINGS = ("partial", "shared", "unshared")
STEPS = (8, 4, 2)
_NORMAL_SIDE, _NORMAL_FLOOR = 65, 0.03
_CELLS, _CELL_SIDE = (4, 2, 1), 9  # 8-px cells at 1/2, 1/4 and 1/8; 72 px


@dataclass(frozen=True)
class MsaNetConfig:
    """Widths and parts of MSA-Net.

    Attributes:
        widths: Channels at 1/2, 1/4 and 1/8.
        channels: Length of the descriptor.
        sharing: "partial" (a stem for each modality, one trunk), "shared" (one network) or "unshared" (two networks).
        nla: Non-local attention after each residual block.
        gradient: The length of the gradient is given beside the grey value.
        dropout: Share of values dropped ahead of the last convolution while training.
    """

    widths: tuple[int, int, int] = (16, 32, 48)
    channels: int = 128
    sharing: str = "partial"
    nla: bool = True
    gradient: bool = True
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        if self.sharing not in SHARINGS:
            raise ValueError(f"sharing is one of {', '.join(SHARINGS)}, not {self.sharing!r}")
        if len(self.widths) != 3 or any(w < 2 or w % 2 for w in self.widths):
            raise ValueError("widths are three even numbers")
        if not 0.0 <= self.dropout < 1.0:
            raise ValueError("dropout is a share, 0 to 1")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MsaNetConfig:
        """Read what `to_dict` wrote; unknown keys are refused."""
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**given)


def standardised(image: Tensor, gradient: bool) -> Tensor:
    """Return (B, 1 or 2, H, W): (B, 1, H, W) in 0..1 standardised by its 65-px surroundings; the length of its gradient (Sobel)."""
    mean = surroundings(image, _NORMAL_SIDE)
    variance = (surroundings(image**2, _NORMAL_SIDE) - mean**2).clamp_min(0.0)
    local = ((image - mean) / (torch.sqrt(variance) + _NORMAL_FLOOR)).clamp(-3.0, 3.0)
    if not gradient:
        return local
    smooth = torch.tensor([0.25, 0.5, 0.25], dtype=image.dtype, device=image.device)
    slope = torch.tensor([-0.5, 0.0, 0.5], dtype=image.dtype, device=image.device)
    kernels = torch.stack((smooth[:, None] * slope, slope[:, None] * smooth))[:, None]
    steps = functional.conv2d(functional.pad(local, (1, 1, 1, 1), mode="replicate"), kernels)
    return torch.cat((local, 2.0 * torch.sqrt((steps**2).sum(1, keepdim=True) + 1e-6) - 1.0), dim=1)


class Lfe(nn.Module):
    """Residual block: 3x3 convolution, BN, ReLU, 3x3 convolution, BN, plus the input; ReLU.

    Deviation:
        the paper does not say what its shortcut is where width or stride change: here a 1x1 convolution with BN.
    """

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
        )
        self.shortcut: nn.Module = nn.Identity()
        if before != width or stride != 1:
            self.shortcut = nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W) to (B, width, H / stride, W / stride)."""
        return functional.relu(self.body(x) + self.shortcut(x))


class _Trunk(nn.Module):
    """LFE and NLA at 1/2, 1/4, 1/8, dropout, and the convolution that sees the whole patch."""

    def __init__(self, config: MsaNetConfig) -> None:
        super().__init__()
        widths = (config.widths[0], *config.widths)
        self.levels = nn.ModuleList(
            nn.Sequential(Lfe(b, w, 1 if i == 0 else 2), Nla(w, cell, _CELL_SIDE) if config.nla else nn.Identity())
            for i, (b, w, cell) in enumerate(zip(widths, config.widths, _CELLS, strict=False))
        )
        self.dropout = nn.Dropout(config.dropout)
        self.last = nn.Conv2d(config.widths[2], config.channels, PATCH_PX // STRIDE)

    def forward(self, parts: list[Tensor], steps: list[int]) -> list[Tensor]:
        """Describe what the stems found, together, so that normalisation in training sees both modalities.

        Args:
            parts: (B, C, H, W) each, same sizes where their batches are to be joined.
            steps: Distance in px of the descriptors wanted, for each part.

        Returns:
            (B, channels, rows, columns) for each part, of length 1.
        """
        sizes = [x.shape[0] for x in parts]
        x = self.levels[0](torch.cat(parts))
        for level, finest in ((self.levels[1], 2), (self.levels[2], 4)):
            several = [_phases(part) if step <= finest else part for part, step in zip(x.split(sizes), steps, strict=True)]
            sizes = [part.shape[0] for part in several]
            x = level(torch.cat(several))
        found = []
        for part, step in zip(self.last(self.dropout(x)).split(sizes), steps, strict=True):
            whole = part
            for _ in range({8: 0, 4: 1, 2: 2}[step]):
                whole = _interleaved(whole)
            trim = STRIDE // step - 1
            found.append(functional.normalize(whole[..., : whole.shape[-2] - trim, : whole.shape[-1] - trim], dim=1))
        return found


def _phases(x: Tensor) -> Tensor:
    """Return (4 B, C, H, W): the image begun 0 or 1 px further down and to the right, so that a stride of 2 loses nothing."""
    padded = functional.pad(x, (0, 1, 0, 1), mode="replicate")
    h, w = x.shape[-2:]
    return torch.cat([padded[..., i : i + h, j : j + w] for i in (0, 1) for j in (0, 1)])


def _interleaved(x: Tensor) -> Tensor:
    """Undo `_phases` at half the resolution: (4 B, C, H, W) -> (B, C, 2 H, 2 W)."""
    four, c, h, w = x.shape
    return x.view(2, 2, four // 4, c, h, w).permute(2, 3, 4, 0, 5, 1).reshape(four // 4, c, 2 * h, 2 * w)


class MsaNet(nn.Module):
    """A stem for each modality (MSpFL), a shared trunk of residual blocks with non-local attention, a unit descriptor.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504, 2023, table 1; the configuration "paper" has its widths.
    Deviation:
        all places are described at once: convolutions see what lies around a patch where the paper pads a patch with zeros, attention
        looks at surroundings (see `nla`), images are standardised by their surroundings (the paper does not say how); the
        length of the gradient is a second input; "tiny" is slimmer.
    """

    def __init__(self, config: MsaNetConfig) -> None:
        super().__init__()
        self.config = config
        width, given = config.widths[0], 2 if config.gradient else 1

        def stem() -> nn.Module:
            return nn.Sequential(
                nn.Conv2d(given, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
            )

        self.stems = nn.ModuleDict({m: stem() for m in (MODALITIES[:1] if config.sharing == "shared" else MODALITIES)})
        self.trunks = nn.ModuleDict({m: _Trunk(config) for m in (MODALITIES if config.sharing == "unshared" else MODALITIES[:1])})
        for parts in (self.stems, self.trunks):
            if "sar" in parts:
                parts["sar"].load_state_dict(parts["optical"].state_dict())  # alike at the start: their descriptors correlate
        self.log_scale = nn.Parameter(torch.tensor(2.3))

    def forward(self, image: Tensor, modality: str, step: int = STRIDE) -> Tensor:
        """Describe every place of images.

        Args:
            image: (B, 1, H, W) in 0..1, H and W multiples of 8, at least 64.
            modality: "optical" or "sar".
            step: Distance of the descriptors: 8, 4 or 2 px.

        Returns:
            (B, channels, (H - 64) / step + 1, (W - 64) / step + 1), of length 1.
        """
        return self._trunk(modality)([self._stem(image, modality)], [step])[0]

    def both(self, optical: Tensor, sar: Tensor, steps: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Describe optical and SAR images of one size in one pass of the shared parts; arguments and results as in `forward`."""
        parts = [self._stem(optical, "optical"), self._stem(sar, "sar")]
        if self.config.sharing == "unshared":
            a, b = (self._trunk(m)([x], [s])[0] for m, x, s in zip(MODALITIES, parts, steps, strict=True))
        else:
            a, b = self._trunk("optical")(parts, list(steps))
        return a, b

    def _stem(self, image: Tensor, modality: str) -> Tensor:
        given = standardised(image, self.config.gradient).contiguous(memory_format=torch.channels_last)
        found: Tensor = self.stems[modality if modality in self.stems else "optical"](given)
        return found

    def _trunk(self, modality: str) -> nn.Module:
        return self.trunks[modality if modality in self.trunks else "optical"]


PRESETS: dict[str, MsaNetConfig] = {"tiny": MsaNetConfig(), "paper": MsaNetConfig(widths=(32, 64, 128))}
ABLATIONS: dict[str, MsaNetConfig] = {
    "shared": MsaNetConfig(sharing="shared"),
    "unshared": MsaNetConfig(sharing="unshared"),
    "no_nla": MsaNetConfig(nla=False),
    "grey": MsaNetConfig(gradient=False),
}
"""Weight sharing (the paper's table 3), no attention, and the grey value as the only input."""
