"""Matches of two images by RegNetMamba-2: coarse by local dual softmax and mutual agreement, fine
to sub-pixel, there and back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .coarse_to_fine import (
    COARSE_PX,
    FINE_PX,
    coarse_scores,
    displacements,
    expected,
    fine_scores,
    seen_from_reference,
)

_CHUNK = 256


@dataclass(frozen=True)
class Matched:
    """N matches; positions in px (corner origin) of the images given.

    Attributes:
        sensed: (N, 2).
        reference: (N, 2).
        coarse: (N,) probability that the coarse cells belong together, there and back.
        fine: (N,) probability within 4 px of the peak of the fine map.
        covariance: (N, 2, 2) px squared.
        back_px: (N,) distance between the match and the one found from the reference back.
        surface: (N, k, k) probability of the fine displacements.
        surface_origin: (N, 2) reference px of the centre of `surface[:, 0, 0]`.
    """

    sensed: Tensor
    reference: Tensor
    coarse: Tensor
    fine: Tensor
    covariance: Tensor
    back_px: Tensor
    surface: Tensor
    surface_origin: Tensor


def match_images(
    net: Any,
    reference: Tensor,
    sensed: Tensor,
    threshold: float,
    modalities: tuple[str, str] = ("optical", "sar"),
    radius_px: float = math.inf,
    rim_px: int = 0,
) -> Matched:
    """Match one pair.

    Args:
        net: A `RegNetMamba2`.
        reference: (1, 1, H, W), H and W multiples of its stride.
        sensed: The same shape.
        threshold: Coarse matches of less probability are left out.
        modalities: Of reference and sensed.
        radius_px: Coarse candidates further away than this and half a cell are not looked at.
        rim_px: Sensed cells nearer than this to the border are not matched.

    Reference:
        LoFTR, arXiv 2104.00680 (dual softmax, mutual nearest neighbours); RegNetMamba-2, arXiv
        2606.03341.
    Deviation:
        candidates lie within the search radius, so that the tile does not matter; a coarse
        probability counts the 3 x 3 cells about its peak, as the true place lies between cells;
        "mutual" allows the neighbouring cell; the sub-pixel position is the expectation of the fine
        probability, in place of a regressor.
    """
    config = net.config
    # 1. Cells of both images that are each other's partner, by the coarse features
    seen_r, seen_s = net(reference, sensed, modalities)
    scores = _coarse_scores_within(net, seen_r.coarse, seen_s.coarse, radius_px)
    cell, move, probability = _partners(scores, config.reach, threshold, rim_px // COARSE_PX)
    # 2. Where in the partner's surroundings, by the fine features
    step = COARSE_PX // FINE_PX
    at = cell * step + step // 2
    start = torch.round(move * step).long()
    forward = _fine(net, seen_s.fine, seen_r.fine, at, at + start)
    mean, spread, fine_mass = expected(forward, config.fine_reach, 2)
    found = start + mean
    # 3. The way back from there
    landed = torch.round(found).long()
    again = _fine(net, seen_r.fine, seen_s.fine, at + landed, at)
    returned, _, _ = expected(again, config.fine_reach, 2)
    sensed_px = FINE_PX * at + FINE_PX / 2
    side = 2 * config.fine_reach + 1
    return Matched(
        sensed_px,
        sensed_px + FINE_PX * found,
        probability,
        fine_mass,
        FINE_PX**2 * spread,
        FINE_PX * torch.linalg.vector_norm(found - landed + returned, dim=1),
        forward.unflatten(1, (side, side)),
        sensed_px + FINE_PX * (start - config.fine_reach),
    )


def _coarse_scores_within(net: Any, reference: Tensor, sensed: Tensor, radius_px: float) -> Tensor:
    """Return the scores of the coarse displacements; none for those out of reach."""
    config = net.config
    scores = (
        coarse_scores(reference, sensed, config.reach, config.coarse_side)
        * net.log_scale[0, 0].exp()
    ).clamp_min(-1e4)
    far = COARSE_PX * torch.linalg.vector_norm(
        displacements(config.reach, scores.device), dim=0
    ) > max(radius_px + COARSE_PX / 2, COARSE_PX)
    return scores.masked_fill(far[:, None, None], -1e4)


def _partners(
    scores: Tensor, reach: int, threshold: float, rim: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return sensed cells (N, 2) with a partner, the displacement to it in cells, and its
    probability.

    Args:
        scores: (1, k^2, H, W) of the displacements of each sensed cell.
        reach: Of the displacements, cells.
        threshold: Less probable ones are left out.
        rim: Cells nearer than this to the border are left out.
    """
    height, width = scores.shape[-2:]
    size = torch.tensor([width, height], device=scores.device)
    there = torch.softmax(scores, dim=1)[0].flatten(1).T
    back = torch.softmax(seen_from_reference(scores, reach).clamp_min(-1e4), dim=1)[0].flatten(1).T
    move, _, mass = expected(there, reach, 1)
    home, _, home_mass = expected(back, reach, 1)
    row, column = torch.meshgrid(
        torch.arange(height, device=scores.device),
        torch.arange(width, device=scores.device),
        indexing="ij",
    )
    cell = torch.stack((column.flatten(), row.flatten()), dim=1)
    partner = torch.round(cell + move).long()
    inside = ((partner >= 0) & (partner < size)).all(1)
    number = partner[:, 1].clamp(0, height - 1) * width + partner[:, 0].clamp(0, width - 1)
    probability = mass * home_mass[number]
    # `back` numbers displacements from sensed to reference too
    loop = (move - home[number]).abs().amax(1)
    inside &= ((cell >= rim) & (cell < size - rim)).all(1)
    keep = torch.nonzero(inside & (loop <= 1.0) & (probability >= threshold))[:, 0]
    return cell[keep], move[keep], probability[keep]


def _fine(net: Any, own: Tensor, other: Tensor, at: Tensor, there: Tensor) -> Tensor:
    """Return (N, k^2): probability of the fine displacements; a part of the windows at a time."""
    side, reach, scale = net.config.fine_side, net.config.fine_reach, net.log_scale[1, 0].exp()
    image = torch.zeros(len(at), dtype=torch.long, device=at.device)
    parts = zip(image.split(_CHUNK), at.split(_CHUNK), there.split(_CHUNK), strict=True)
    return torch.cat(
        [
            torch.softmax(fine_scores(own, other, i, a, t, side, reach) * scale, dim=1)
            for i, a, t in parts
        ]
    )
