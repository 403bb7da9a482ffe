"""SOMA: affine-flow matching of features with enhanced gradients; see `soma_encoder`, `fge` and
`glam`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor, nn

from ..stored import MAX_DEPTH, StoredConfig
from .encoder import SomaEncoder
from .glam import Glam, GlamResult


@dataclass(frozen=True)
class SomaConfig(StoredConfig):
    """Widths and parts of SOMA.

    Attributes:
        more: Channels that join the 16 at 1/2 at 1/4, 1/8 and 1/16.
        channels: Channels of the descriptors at 1/2, 1/4, 1/8.
        regress_width: Channels of the regress encoders.
        fge: With feature gradient enhancement.
        affine: With the affine stages.
        pooled: With the linear heads that add to the motion.
        passes: How often 1/2 is compared, each time under the motion found before.
        released: With the numerics of the released code.
    """

    more: tuple[int, int, int] = (16, 16, 16)
    channels: tuple[int, int, int] = (16, 24, 32)
    regress_width: int = 32
    fge: bool = True
    affine: bool = True
    pooled: bool = False
    passes: int = field(default=2, metadata={"max": MAX_DEPTH})
    released: bool = False

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        if any(m <= 0 or m % 8 for m in self.more):
            raise ValueError(f"channels that join must be positive multiples of 8, not {self.more}")
        if any(c < 8 for c in self.channels):
            raise ValueError(f"descriptors have 8 channels at least, not {self.channels}")
        if self.passes < 1:
            raise ValueError(f"1/2 is compared once at least, not {self.passes} times")


class Soma(nn.Module):
    """SOMA, of a size for CPUs.

    Reference:
        Feature Gradient Enhanced Affine-Flow Matching for SAR-Optical Registration, arXiv
        2511.13168.
    Deviation:
        named in `soma_encoder`, `fge`, `glam` and `soma_loss`.
    """

    def __init__(self, config: SomaConfig) -> None:
        super().__init__()
        self.config = config
        self.encoders = nn.ModuleDict(
            {m: SomaEncoder(config.more, config.channels, config.fge) for m in ("optical", "sar")}
        )
        self.glam = Glam(
            config.channels,
            config.regress_width,
            config.affine,
            config.pooled,
            config.passes,
            config.released,
        )

    def describe(self, image: Tensor, modality: str) -> list[Tensor]:
        """Return descriptors at 1/2, 1/4 and 1/8 of (B, 1, H, W) in 0..1, sides multiples of 16;
        `modality` is "optical" or "sar".
        """
        found: list[Tensor] = self.encoders[modality](image)
        return found

    def match(
        self,
        sensed: list[Tensor],
        reference: list[Tensor],
        sensed_mask: Tensor,
        reference_mask: Tensor,
    ) -> GlamResult:
        """Match two described images; see `Glam.forward`."""
        found: GlamResult = self.glam(sensed, reference, sensed_mask, reference_mask)
        return found
