"""GLAM, the matcher of SOMA: an affine motion from coarse levels, composed level by level, then
flow with certainty at the finest.

Convention:
    see `affine_flow`. Displacements, flow and certainty live on a lattice of `CELL_PX` px, whatever
    the level that is compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.affine_flow import fit_affine, identity, lattice, move, read_at, theta_to_flow
from ..ops.blocks import surroundings
from ..ops.deformable import DeformableConv
from ..ops.local_correlation import correlate_local, displacements, moments

CELL_PX = 8
_BOXES = (1, 3, 9)
_GLOBAL_RADIUS, _RADII = 6, {8: 3, 4: 4, 2: 3}
_ALONE = 9.0  # cells of the lattice that share their evidence, to begin with
_SPREADS_PX = {8: (12.0, 12.0), 4: (4.0, 4.0), 2: (2.0, 2.0)}


@dataclass(frozen=True, eq=False)
class LevelEvidence:
    """What one level found, (B, .., h, w) on the lattice.

    Attributes:
        level: px a cell of the level: 8, 4 or 2.
        theta: (B, 3, 3), the motion under which the images were compared.
        logits: (B, K, h, w) of the displacements.
        shift: (B, 2, h, w) px, displacement found.
        covariance: (B, 3, h, w) px^2: xx, xy, yy of the posterior.
        delta: (B, 3, 3), correction of the motion.
    """

    level: int
    theta: Tensor
    logits: Tensor
    shift: Tensor
    covariance: Tensor
    delta: Tensor


@dataclass(frozen=True, eq=False)
class GlamResult:
    """Answer of GLAM.

    Attributes:
        flow: (B, 2, h, w) px on the sensed lattice of `CELL_PX`.
        certainty: (B, 1, h, w) logit.
        levels: What each level found, coarsest first.
        global_logits: (B, K) of the displacements of the whole window, cells of 8 px; None without
            affine stages.
    """

    flow: Tensor
    certainty: Tensor
    levels: list[LevelEvidence]
    global_logits: Tensor | None


class RegressEncoder(nn.Module):
    """1 x 1 convolution, then a 3 x 3 and a deformable 3 x 3 convolution, each with LeakyReLU
    0.2.
    """

    def __init__(self, width_in: int, width: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(width_in, width, 1)
        self.conv = nn.Conv2d(width, width, 3, padding=1)
        self.deformable = DeformableConv(width, width)
        self.out = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, given, h, w) to (B, width, h, w)."""
        x = functional.leaky_relu(self.enter(x), 0.2)
        x = functional.leaky_relu(self.conv(x), 0.2)
        return functional.leaky_relu(self.out(self.deformable(x)), 0.2)


class LevelMatcher(nn.Module):
    """Compare one level of both images under a motion: displacement at each place, the correction
    of the motion, at the finest certainty.

    Args:
        level: px a cell: 8, 4 or 2.
        channels: Of the descriptors.
        width: Of the regress encoder.
        finest: Give certainty.
        pooled: A linear head on the mean over the window adds to the correction of the motion.
        released: With the numerics of the released code.
    """

    def __init__(
        self, level: int, channels: int, width: int, finest: bool, pooled: bool, released: bool
    ) -> None:
        super().__init__()
        self.level, self.radius, self.released = level, _RADII[level], released
        count = (2 * self.radius + 1) ** 2
        self.log_scales = nn.Parameter(torch.tensor([1.5, 3.0, 5.5]))
        self.log_trust = nn.Parameter(torch.tensor(-math.log(_ALONE)))
        self.encode = RegressEncoder(count + 2 * channels + 7, width)
        self.shift = nn.Conv2d(width, 2, 3, padding=1)
        nn.init.zeros_(self.shift.weight)
        nn.init.zeros_(self.shift.bias)  # type: ignore[arg-type]
        self.head = (
            nn.Conv2d(width, 1, 3, padding=1) if finest else nn.Linear(width, 6) if pooled else None
        )
        if isinstance(self.head, nn.Linear) and not released:
            nn.init.zeros_(self.head.weight)
            nn.init.zeros_(self.head.bias)

    def forward(
        self, sensed: Tensor, reference: Tensor, mask: Tensor, theta: Tensor
    ) -> tuple[LevelEvidence, Tensor]:
        """Compare.

        Args:
            sensed: (B, C, H, W) masked descriptors.
            reference: (B, C, H, W) masked descriptors.
            mask: (B, 1, h, w) on the lattice, share of valid ground of the sensed image.
            theta: (B, 3, 3).

        Returns:
            What was found, and the certainty logit (B, 1, h, w) (finest) or nothing (B, 0, h, w).
        """
        height, width = sensed.shape[-2:]
        pool = CELL_PX // self.level
        warped = read_at(
            reference, move(theta, lattice(height, width, self.level, sensed)), self.level
        )
        volume = correlate_local(sensed.float(), warped.float(), self.radius, pool)
        scales = self.log_scales.exp()
        logits = sum(
            (s * surroundings(volume, box) for s, box in zip(scales, _BOXES, strict=True)),
            torch.zeros_like(volume),
        )
        shift, covariance = moments(logits, self.radius, self.level)
        at = lattice(logits.shape[-2], logits.shape[-1], CELL_PX, sensed)
        reach = self.radius * self.level
        product, difference = (
            functional.avg_pool2d(a, pool) if pool > 1 else a
            for a in (sensed * warped, (sensed - warped).abs())
        )
        flow = theta_to_flow(theta, at, self.released) / 16.0
        inputs = torch.cat(
            (
                torch.softmax(logits, 1),
                product,
                difference,
                shift / reach,
                covariance / reach**2,
                flow,
            ),
            dim=1,
        )
        seen = self.encode(inputs)
        shift = shift + self.shift(seen).float()
        half = max(at.shape[-2:]) * CELL_PX / 2
        weight = self.log_trust.exp() * mask / (covariance[:, :1] + covariance[:, 2:] + 1.0)
        delta = fit_affine(shift, weight, at, half, _SPREADS_PX[self.level])
        if isinstance(self.head, nn.Linear):
            delta = delta + self._pooled(self.head(seen.mean((2, 3))).float(), half)
        certainty = self.head(seen).float() if isinstance(self.head, nn.Conv2d) else seen[:, :0]
        return LevelEvidence(self.level, theta, logits, shift, covariance, delta), certainty

    def _pooled(self, more: Tensor, half: float) -> Tensor:
        """Return what a head's (B, 6) adds to a correction, (B, 3, 3)."""
        if self.released:
            more = functional.leaky_relu(more, 0.01)
        rows = more.view(-1, 2, 3)
        return functional.pad(torch.cat((rows[..., :2] / half, rows[..., 2:]), dim=2), (0, 0, 0, 1))


class Glam(nn.Module):
    """Shift of the whole window, corrections of the affine motion at 1/8 and 1/4, flow and
    certainty from 1/2.

    Reference:
        SOMA, arXiv 2511.13168: global-local affine-flow matcher; its corrected numerics: one
        convention of positions, flow in px at every level, motion and corrections that start as
        identity.
    Deviation:
        every level is told the correlation of both images over small displacements, whose
        soft-argmax is where its displacement starts; the affine motion is fitted to the
        displacements by weighted least squares in place of a linear head on the mean over the
        window, which learns motions of its own (measured: 4 px at 1/8 between equal positions;
        `pooled` adds it); product and difference of the descriptors in place of both, so that the
        sensors may change roles; flow is refined on a lattice of 8 px from 1/2 and enlarged: 1/2 is
        compared twice, the second time under the motion that the first finds, in place of a step at
        full resolution. Corrections act first, then the motion before (theta delta): they are
        measured on the sensed lattice.

    Args:
        channels: Of the descriptors at 1/2, 1/4, 1/8.
        width: Of the regress encoders.
        affine: With the affine stages.
        pooled: With the linear heads.
        passes: How often 1/2 is compared.
        released: With the numerics of the released code: positions, half the flow between the last
            levels, LeakyReLU after the head of the correction and its random start.
    """

    def __init__(
        self,
        channels: tuple[int, int, int],
        width: int,
        affine: bool,
        pooled: bool,
        passes: int,
        released: bool,
    ) -> None:
        super().__init__()
        self.affine, self.passes, self.released = affine, passes, released
        self.global_log_scale = nn.Parameter(torch.tensor(6.5))
        self.refine = LevelMatcher(2, channels[0], width, True, False, released)
        coarse = ((8, channels[2]), (4, channels[1])) if affine else ()
        self.coarse = nn.ModuleList(
            LevelMatcher(level, c, width, False, pooled, released) for level, c in coarse
        )

    def forward(
        self,
        sensed: list[Tensor],
        reference: list[Tensor],
        sensed_mask: Tensor,
        reference_mask: Tensor,
    ) -> GlamResult:
        """Match.

        Args:
            sensed: Descriptors (B, C, H, W) at 1/2, 1/4, 1/8.
            reference: The same of the reference.
            sensed_mask: (B, 1, H, W) at full resolution, 1 = valid.
            reference_mask: The same.
        """
        masks = [
            [functional.avg_pool2d(m, step) for step in (2, 4, 8)]
            for m in (sensed_mask, reference_mask)
        ]
        s, r = (
            [f.float() * (m > 0.98) for f, m in zip(fs, ms, strict=True)]
            for fs, ms in zip((sensed, reference), masks, strict=True)
        )
        mask = masks[0][2]
        theta, global_logits = identity(len(mask), mask), None
        levels: list[LevelEvidence] = []
        if self.affine:
            products = correlate_local(s[2], r[2], _GLOBAL_RADIUS).sum((2, 3)) / mask.sum(
                (2, 3)
            ).clamp_min(1.0)
            global_logits = products * self.global_log_scale.exp()
            shift = torch.softmax(global_logits, 1) @ displacements(_GLOBAL_RADIUS, CELL_PX, mask).T
            theta = theta + functional.pad(shift[:, :, None], (2, 0, 0, 1))
        for matcher, i in (
            *zip(self.coarse, (2, 1), strict=False),
            *[(self.refine, 0)] * self.passes,
        ):
            theta = theta @ levels[-1].delta if levels else theta
            found, certainty = matcher(s[i], r[i], mask, theta)
            levels.append(found)
        at = lattice(mask.shape[-2], mask.shape[-1], CELL_PX, mask)
        flow = theta_to_flow(theta, at + found.shift, self.released) + found.shift
        if self.released:
            flow = flow - 0.5 * theta_to_flow(theta, at, True)
        return GlamResult(flow, certainty, levels, global_logits)
