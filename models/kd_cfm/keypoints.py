"""Keypoints: how much a place stands out, the self-supervised loss of a detector, and the choice of
places.

Convention:
    Score maps live on cells of `CELL_PX` px; a place is (x, y) in cells, its centre at px `CELL_PX
    * place + CELL_PX / 2` (corner origin).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

CELL_PX = 2
_NEAR_SIDE, _PEAK_SIDE, _PEAK_HEIGHT = 9, 5, 0.5


def peakiness(y: Tensor, side: int = 9) -> Tensor:
    """Return (B, 1, H, W): how much the strongest channel of (B, C, H, W) stands out from its
    surroundings and from the other channels.

    max over c of softplus(y_c - mean of y_c over side x side) * softplus(y_c - mean of y over the
    channels).

    Reference:
        KD+CFM, Remote Sens. 2022, 14, 3599, section 3.1: alpha and beta.
    Deviation:
        surroundings of 9 x 9 cells, as the paper's 3 x 3 are of cells of 8 px: SAR and optical
        images do not agree on finer peaks.
    """
    local = functional.softplus(
        y - functional.avg_pool2d(y, side, stride=1, padding=side // 2, count_include_pad=False)
    )
    channel = functional.softplus(y - y.mean(1, keepdim=True))
    return (local * channel).amax(1, keepdim=True)


def agreement(
    reference: Tensor, sensed: Tensor, flow: Tensor, valid: Tensor, delta: float = 0.2
) -> Tensor:
    """Huber distance of two score maps under a known motion, neighbourhood by neighbourhood, and
    their correlation over the whole window.

    Reference:
        KD+CFM, Remote Sens. 2022, 14, 3599, section 3.1: Huber loss between the maps under the
        known warp. Revaud et al. 2019, R2D2, NeurIPS, eq. 2: similarity of N x N neighbourhoods of
        the maps.
    Deviation:
        neighbourhoods are brought to mean 0 and length 1: else the loss falls by making both maps
        smooth, and few strong places outbid all others. The correlation, 1 - r, teaches which
        places of a window are the strong ones in both images.

    Args:
        reference: (B, 1, H, W) score of the reference.
        sensed: (B, 1, H, W) score of the sensed image.
        flow: (B, 2, H, W) cells: sensed cell q shows what the reference shows at q + flow(q).
        valid: (B, 1, H, W) 1 where the partner exists.
        delta: Where the loss goes from square to linear.

    Returns:
        The mean over valid neighbourhoods plus that over windows: 0 for equal maps, about 2 for
        unrelated ones.
    """
    known = -functional.max_pool2d(-valid, _NEAR_SIDE, stride=_NEAR_SIDE // 2).flatten(1)
    there = read_along(reference, flow)
    loss = functional.huber_loss(
        _neighbourhoods(there), _neighbourhoods(sensed), reduction="none", delta=delta
    ).sum(1)
    return (loss * known).sum() / known.sum().clamp_min(1.0) + (
        1.0 - _correlation(there, sensed, valid)
    ).mean()


def _correlation(a: Tensor, b: Tensor, valid: Tensor) -> Tensor:
    """Return (B,): the correlation of maps (B, 1, H, W) over their valid cells."""
    weight = valid / valid.sum((1, 2, 3), keepdim=True).clamp_min(1.0)
    a, b = (x - (x * weight).sum((1, 2, 3), keepdim=True) for x in (a, b))
    size = ((a**2 * weight).sum((1, 2, 3)) * (b**2 * weight).sum((1, 2, 3)) + 1e-8).rsqrt()
    return (a * b * weight).sum((1, 2, 3)) * size


def _neighbourhoods(score: Tensor) -> Tensor:
    """Return (B, N x N, L): the neighbourhoods of a map (B, 1, H, W), of mean 0 and length 1."""
    each = functional.unfold(score, _NEAR_SIDE, stride=_NEAR_SIDE // 2)
    each = each - each.mean(1, keepdim=True)
    return each * torch.rsqrt((each**2).sum(1, keepdim=True) + 1e-4)


def flatness(score: Tensor, valid: Tensor) -> Tensor:
    """Return how far the neighbourhoods of a score map are from having a peak; 0 where each has one
    `_PEAK_HEIGHT` above its mean.

    Without it a constant map agrees perfectly with any other.

    Reference:
        Revaud et al. 2019, R2D2, NeurIPS, eq. 3: local peakiness as max - mean over N x N.
    Deviation:
        a hinge: heights above `_PEAK_HEIGHT` gain nothing, so that the agreement of the maps is not
        outbid by ever higher peaks.
    """
    top = functional.max_pool2d(score, _PEAK_SIDE, stride=_PEAK_SIDE // 2)
    mean = functional.avg_pool2d(score, _PEAK_SIDE, stride=_PEAK_SIDE // 2)
    known = -functional.max_pool2d(-valid, _PEAK_SIDE, stride=_PEAK_SIDE // 2)
    lack = functional.relu(_PEAK_HEIGHT - (top - mean)) / _PEAK_HEIGHT
    return (lack * known).sum() / known.sum().clamp_min(1.0)


def read_along(image: Tensor, flow: Tensor) -> Tensor:
    """Read (B, C, H, W) at q + flow(q), bilinearly, zero outside; `flow` is (B, 2, H, W) in
    cells.
    """
    height, width = flow.shape[-2:]
    col = torch.arange(width, device=flow.device, dtype=flow.dtype)
    row = torch.arange(height, device=flow.device, dtype=flow.dtype)[:, None]
    at = torch.stack(
        (
            2 * (flow[:, 0] + col + 0.5) / image.shape[-1] - 1,
            2 * (flow[:, 1] + row + 0.5) / image.shape[-2] - 1,
        ),
        dim=-1,
    )
    return functional.grid_sample(image, at, align_corners=False)


def pick_keypoints(
    score: Tensor, valid: Tensor, spacing: int = 2, threshold: float = 0.0
) -> tuple[Tensor, Tensor]:
    """Choose the places where a score map has its highest value within `spacing` cells.

    Args:
        score: (H, W).
        valid: (H, W) bool.
        spacing: Cells.
        threshold: Lowest score.

    Returns:
        (N, 2) places x, y (int64) and (N,) scores, highest first.
    """
    side = 2 * spacing + 1
    known = torch.where(valid, score, torch.full_like(score, -1.0))
    top = functional.max_pool2d(known[None, None], side, stride=1, padding=spacing)[0, 0]
    chosen = (known == top) & valid & (score >= threshold)
    row, column = torch.nonzero(chosen, as_tuple=True)
    value = score[row, column]
    order = torch.argsort(value, descending=True, stable=True)
    return torch.stack((column, row), dim=1)[order], value[order]
