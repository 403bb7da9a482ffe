"""KD+CFM: keypoints that both modalities show, and a network that matches them by fusing what it
sees of both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import upsample
from ..ops.modality_norm import ModalityNorm
from ..ops.oriented import ORIENTATIONS, OrientedGradients
from ..ops.separable import SeparableConv
from ..stored import MAX_DEPTH, StoredConfig
from .cross_fusion import CrossFusion, PatchEncoder, matching_matrix
from .keypoint_detector import KeypointDetector, standardised
from .keypoints import CELL_PX, pick_keypoints
from .placing import similarity_around

MODALITIES = ("optical", "sar")
WINDOW_PX, PATCH_PX, TOKENS = 192, 96, 6
TEMPLATE, SEARCH = 24, 4
STRIDE = 8


@dataclass(frozen=True)
class KdCfmConfig(StoredConfig):
    """Widths and parts of KD+CFM.

    Attributes:
        detector_widths: Channels of the detector at 1/1, 1/2 and 1/4.
        level_weights: Weights of its three levels.
        encoder_widths: Channels of the patches' feature maps at 1/2, 1/4 and 1/8.
        channels: Channels of the map that places matches, at 1/2.
        token_width: Width of the transformer on the tokens of a patch.
        width: Width of the vectors of patches.
        heads: Heads of every attention.
        layers: Fusion layers N_C.
        keypoints: Most keypoints of an image in a window.
    """

    detector_widths: tuple[int, int, int] = (16, 32, 64)
    level_weights: tuple[float, float, float] = (0.1, 0.3, 0.6)
    encoder_widths: tuple[int, int, int] = (24, 48, 64)
    channels: int = 16
    token_width: int = 48
    width: int = 96
    heads: int = 4
    layers: int = field(default=4, metadata={"max": MAX_DEPTH})
    keypoints: int = 128

    def __post_init__(self) -> None:
        """Refuse what no network can be built from."""
        if self.width % self.heads or self.token_width % self.heads or self.width % 4:
            raise ValueError("width and token_width must be multiples of the heads, width of 4")
        if self.layers < 1 or self.channels < ORIENTATIONS:
            raise ValueError(f"at least one fusion layer and {ORIENTATIONS} channels are needed")


class Described(NamedTuple):
    """What is computed once for an image, whatever keypoints it has.

    Attributes:
        fine: (B, C, H/2, W/2) features that place matches.
        tokens: (B, C, H/8, W/8) features that the tokens of patches are read from.
    """

    fine: Tensor
    tokens: Tensor


class WindowMatches(NamedTuple):
    """Matches of a window; `sensed` and `reference` are (N, 2) int64 cells, `probability` (N,) 0..1
    of the matching matrix.
    """

    sensed: Tensor
    reference: Tensor
    probability: Tensor


class _Features(nn.Module):
    """Feature maps of an image: oriented gradients and what is learnt on top of them, at 1/2, 1/4
    and 1/8.
    """

    def __init__(self, config: KdCfmConfig) -> None:
        super().__init__()
        half, quarter, eighth = config.encoder_widths
        self.bank = OrientedGradients()
        self.fronts = nn.ModuleDict(
            {m: nn.Conv2d(ORIENTATIONS + 2, half, 3, padding=1) for m in MODALITIES}
        )
        self.fronts["sar"].load_state_dict(self.fronts["optical"].state_dict())
        self.at_half = nn.Conv2d(half, half, 3, padding=1, bias=False)
        self.norms = nn.ModuleList(ModalityNorm(half, MODALITIES) for _ in range(2))
        self.at_quarter = nn.ModuleList(
            SeparableConv(before, quarter, MODALITIES) for before in (half, quarter)
        )
        self.at_eighth = nn.ModuleList(
            SeparableConv(before, eighth, MODALITIES) for before in (quarter, eighth)
        )
        self.trust = nn.Conv2d(half + quarter, 1, 1)
        self.learnt = nn.Conv2d(half + quarter, config.channels - ORIENTATIONS, 1)
        self.mix = nn.Conv2d(ORIENTATIONS, ORIENTATIONS, 1, bias=False)
        nn.init.zeros_(self.trust.weight)
        nn.init.constant_(self.trust.bias, 2.0) if self.trust.bias is not None else None
        nn.init.dirac_(self.mix.weight)
        self.gain = nn.Parameter(torch.tensor(0.3))

    def forward(self, image: Tensor, modality: str) -> Described:
        """Describe images (B, 1, H, W), H and W multiples of 8."""
        bank = self.bank(image)
        x = self.fronts[modality](
            torch.cat((bank, functional.avg_pool2d(standardised(image), 2)), dim=1)
        )
        x = functional.relu(self.norms[0](x, modality))
        x = functional.relu(self.norms[1](self.at_half(x), modality))
        y = self._level(self.at_quarter, x, modality)
        z = self._level(self.at_eighth, y, modality)
        joined = torch.cat((x, upsample(y, x)), dim=1)
        learnt = self.learnt(joined)
        learnt = self.gain * learnt * torch.rsqrt(1.0 + (learnt**2).sum(1, keepdim=True))
        fine = torch.sigmoid(self.trust(joined)) * torch.cat((self.mix(bank), learnt), dim=1)
        return Described(fine, torch.cat((z, 4.0 * functional.avg_pool2d(bank, 4)), dim=1))

    @staticmethod
    def _level(layers: nn.ModuleList, x: Tensor, modality: str) -> Tensor:
        x = functional.avg_pool2d(x, 2)
        for layer in layers:
            x = layer(x, modality)
        return x


class KdCfm(nn.Module):
    """Detector and cross-fusion matching network.

    Reference:
        KD+CFM, Remote Sens. 2022, 14, 3599.
    Deviation:
        detector: see `keypoint_detector`. Patches of 96 px are read as 6 x 6 tokens from a feature
        map that begins with oriented gradients and is made once an image; the first layer of that
        map is each modality's own. The matching network sees the keypoints of a window of 192 px at
        a time. Keypoints of the two modalities fall on the same structure, seldom on the same
        pixel: matches are placed by correlating the map at 1/2 around them (96 px, at most 8 px
        apart), which the paper does not do.
    """

    def __init__(self, config: KdCfmConfig) -> None:
        super().__init__()
        self.config = config
        self.detector = KeypointDetector(config.detector_widths, level_weights=config.level_weights)
        self.features = _Features(config)
        width_in = config.encoder_widths[2] + ORIENTATIONS
        self.patches = PatchEncoder(
            width_in, TOKENS**2, config.token_width, config.width, config.heads
        )
        self.fusion = CrossFusion(config.width, config.heads, config.layers)
        self.log_scale = nn.Parameter(torch.tensor(3.0))

    def detect(self, image: Tensor) -> Tensor:
        """Return the score (B, 1, H/2, W/2) of images (B, 1, H, W), H and W multiples of 8."""
        return self.detector(image)

    def describe(self, image: Tensor, modality: str) -> Described:
        """Return the feature maps of images (B, 1, H, W) of a modality, H and W multiples of 8."""
        return self.features(image, modality)

    def embed(self, tokens: Tensor, mask: Tensor, places: Tensor) -> Tensor:
        """Return the vectors of the patches around keypoints.

        Args:
            tokens: (C, H/8, W/8) of one image.
            mask: (1, H/2, W/2) 0 or 1: tokens on invalid ground are 0.
            places: (N, 2) cells.

        Returns:
            (N, D).
        """
        seen = tokens * functional.avg_pool2d(mask[None], STRIDE // CELL_PX)[0]
        line = (torch.arange(TOKENS, device=tokens.device) - (TOKENS - 1) / 2.0) * (
            PATCH_PX / TOKENS
        )
        centre = CELL_PX * places.to(tokens.dtype) + CELL_PX / 2.0
        at_x = (centre[:, :1] + line)[:, None, :].expand(-1, TOKENS, -1)
        at_y = (centre[:, 1:] + line)[:, :, None].expand(-1, -1, TOKENS)
        size = STRIDE * torch.tensor(
            [tokens.shape[2], tokens.shape[1]], device=tokens.device, dtype=tokens.dtype
        )
        grid = 2 * torch.stack((at_x, at_y), dim=-1).flatten(1, 2) / size - 1
        read = functional.grid_sample(seen[None], grid[None], align_corners=False)[0]
        return self.patches(read.permute(1, 2, 0))

    def keypoints(
        self, score: Tensor, mask: Tensor, threshold: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Return places (N, 2) in cells and scores (N,) of a score map (H/2, W/2) with a mask,
        highest first.
        """
        return pick_keypoints(score, mask > 0.5, threshold=threshold)

    def fuse(
        self,
        vectors: tuple[Tensor, Tensor],
        places: tuple[Tensor, Tensor],
        corner_px: tuple[float, float],
        radius_px: float,
    ) -> tuple[Tensor, Tensor]:
        """Compare the keypoints of one window.

        Args:
            vectors: (N, D) of the sensed and (M, D) of the reference image, N and M at least 1.
            places: (N, 2) and (M, 2) cells of the image.
            corner_px: x, y of the window's corner in the image.
            radius_px: Pairs further apart cannot match.

        Returns:
            See `CrossFusion`, without the batch: (N, M + 1) and (N + 1, M).
        """
        corner = torch.tensor(corner_px, device=vectors[0].device, dtype=vectors[0].dtype)
        where = [
            (CELL_PX * p.to(v.dtype) + CELL_PX / 2.0 - corner)[None]
            for p, v in zip(places, vectors, strict=True)
        ]
        known = [torch.ones(1, len(p), dtype=torch.bool, device=p.device) for p in places]
        rows, columns = self.fusion(
            vectors[0][None], vectors[1][None], where[0], where[1], known[0], known[1], radius_px
        )
        return rows[0], columns[0]

    def match(
        self,
        vectors: tuple[Tensor, Tensor],
        places: tuple[Tensor, Tensor],
        corner_px: tuple[float, float],
        radius_px: float,
        least: float,
    ) -> WindowMatches:
        """Return the pairs that are each other's best in the matching matrix, at least `least`;
        arguments as of `fuse`.
        """
        if not len(places[0]) or not len(places[1]):
            return WindowMatches(places[0][:0], places[1][:0], vectors[0].new_zeros(0))
        rows, columns = self.fuse(vectors, places, corner_px, radius_px)
        matrix = matching_matrix(rows[None], columns[None])[0]
        value, best = matrix.max(1)
        mutual = matrix.argmax(0)[best] == torch.arange(len(best), device=best.device)
        keep = torch.nonzero(mutual & (value >= least))[:, 0]
        return WindowMatches(places[0][keep], places[1][best[keep]], value[keep])

    def place(
        self,
        sensed: tuple[Tensor, Tensor],
        reference: tuple[Tensor, Tensor],
        sensed_places: Tensor,
        reference_places: Tensor,
    ) -> Tensor:
        """Return (N, 9, 9): similarity of the 98 px around each sensed keypoint at offsets of -4 to
        4 cells from its partner; see `placing`.
        """
        return similarity_around(
            sensed, reference, sensed_places, reference_places, TEMPLATE, SEARCH
        )
