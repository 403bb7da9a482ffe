"""Sub-pixel placing of matches: the features around a sensed keypoint slid over those around its
partner.

Convention:
    Maps have 2-px cells; a match is a pair of cells (x, y). Offsets are in cells: reference cell =
    partner + offset.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ..ops.similarity import slide_fft


def around(features: Tensor, mask: Tensor, places: Tensor, reach: int) -> Tensor:
    """Cut squares of 2 `reach` + 1 cells from a map; what is invalid or outside is the mean of the
    rest of the square.

    Args:
        features: (C, H, W).
        mask: (1, H, W) 0 or 1.
        places: (N, 2) int64 x, y of the centres.
        reach: Cells.

    Returns:
        (N, C, 2 reach + 1, 2 reach + 1).
    """
    pad = (reach,) * 4
    width = features.shape[2] + 2 * reach
    line = torch.arange(2 * reach + 1, device=features.device)
    index = (places[:, 1, None, None] + line[:, None]) * width + places[:, 0, None, None] + line
    stacked = functional.pad(torch.cat((features * mask, mask)), pad).flatten(1)
    cut = stacked[:, index].transpose(0, 1)
    known = cut[:, -1:]
    mean = cut[:, :-1].sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True).clamp_min(1.0)
    return cut[:, :-1] + mean * (1.0 - known)


def similarity_around(
    sensed: tuple[Tensor, Tensor],
    reference: tuple[Tensor, Tensor],
    sensed_places: Tensor,
    reference_places: Tensor,
    template: int,
    search: int,
) -> Tensor:
    """Return (N, 2 search + 1, 2 search + 1) in -1..1: zero-mean normalised correlation at each
    offset of at most `search` cells.

    Args:
        sensed: Features (C, H, W) and mask (1, H, W).
        reference: Likewise.
        sensed_places: (N, 2) int64 cells, centres of the templates.
        reference_places: (N, 2) int64 cells, where offset 0 lies.
        template: Reach of the templates in cells.
        search: Largest offset in cells.
    """
    if not len(sensed_places):
        return sensed[0].new_zeros(0, 2 * search + 1, 2 * search + 1)
    kernel = around(*sensed, sensed_places, template)
    window = around(*reference, reference_places, template + search)
    return slide_fft(kernel, window)
