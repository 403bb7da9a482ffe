"""Cross-modality interaction (CMI) and multi-scale fusion (MSF) of RegNetMamba-2."""

from __future__ import annotations

from torch import Tensor, nn

from ..ops.blocks import ConvBlock, upsample
from ..ops.cross_ssd import CrossSsd


class Cmi(nn.Module):
    """Self-SSD of each image, cross-SSD between them, a convolution block: the same weights for
    both images.

    Reference:
        RegNetMamba-2, arXiv 2606.03341: cross-modality interaction at each of three scales.
    Deviation:
        order and feed-forward half are ours; the cross-SSD begins as the identity: what each image
        shows by itself must match first; `cross` False reads both times from the image itself
        (ablation).
    """

    def __init__(self, width: int, state: int, block: int, mixer: str, cross: bool) -> None:
        super().__init__()
        self.cross = cross
        self.own = CrossSsd(width, state, block, mixer)
        self.other = CrossSsd(width, state, block, mixer)
        self.feed = ConvBlock(width)
        nn.init.zeros_(self.other.leave.weight)
        nn.init.zeros_(self.other.leave.bias)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        """Transform (2 B, C, H, W), references first; the shape stays.

        Exchanging the images exchanges the results.
        """
        out: Tensor = self.feed(self.other(self.own(images), self.cross))
        return out


class Msf(nn.Module):
    """Progressive upward fusion: P8 = CMI8, P4 = SSD(up(P8) + 1x1 CMI4), P2 = SSD(up(P4) + 1x1
    CMI2).

    Reference:
        RegNetMamba-2, arXiv 2606.03341: multi-scale fusion from the coarsest scale upwards.
    """

    def __init__(self, widths: tuple[int, int, int], state: int, block: int, mixer: str) -> None:
        super().__init__()
        w2, w4, w8 = widths
        self.from_8, self.from_4 = nn.Conv2d(w8, w4, 1), nn.Conv2d(w4, w2, 1)
        self.side_4, self.side_2 = nn.Conv2d(w4, w4, 1), nn.Conv2d(w2, w2, 1)
        self.mix_4, self.mix_2 = (
            CrossSsd(w4, state, block, mixer),
            CrossSsd(w2, state, block, mixer),
        )
        self.local_2 = ConvBlock(w2)

    def forward(self, at_2: Tensor, at_4: Tensor, at_8: Tensor) -> Tensor:
        """Return (B, C, H, W) at 1/2."""
        p4 = self.mix_4(upsample(self.from_8(at_8), at_4) + self.side_4(at_4))
        return self.local_2(self.mix_2(upsample(self.from_4(p4), at_2) + self.side_2(at_2)))
