"""Coarse matching by local dual softmax, fine matching by a window's votes: from descriptors to
positions.

Convention:
    A coarse cell is 8 px, its centre at 8 i + 4 px (corner origin); a half-resolution pixel k has
    its centre at 2 k + 1 px. Candidates of displacement d = (dy, dx) are numbered (dy + R) (2 R +
    1) + dx + R, R the reach.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

COARSE_PX, FINE_PX = 8, 2
_NEVER = -1e4  # finite: a learned scale times infinity has no gradient


def coarse_scores(reference: Tensor, sensed: Tensor, reach: int, side: int) -> Tensor:
    """Compare each sensed cell with the reference cells around it.

    Returns:
        (B, (2 reach + 1)^2, h, w): product of the descriptors, in the mean over the `side` x `side`
        cells about a cell (0 where a partner lies outside); very low where the cell's own partner
        does.

    Reference:
        RegNetMamba-2, arXiv 2606.03341: coarse matching at 1/8 by the products of all pairs.
    Deviation:
        neighbouring cells move alike: they vote for the displacement together, as in the fine
        matching.
    """
    height, width = sensed.shape[-2:]
    padded = functional.pad(reference, (reach,) * 4)
    inside = functional.pad(
        torch.zeros(height, width, device=sensed.device, dtype=sensed.dtype),
        (reach,) * 4,
        value=_NEVER,
    )
    lines = range(2 * reach + 1)
    products = torch.stack(
        [
            (sensed * padded[..., y : y + height, x : x + width]).sum(1)
            for y in lines
            for x in lines
        ],
        dim=1,
    )
    votes = functional.avg_pool2d(products, side, stride=1, padding=side // 2)
    return votes + torch.stack(
        [inside[y : y + height, x : x + width] for y in lines for x in lines]
    )


def seen_from_reference(scores: Tensor, reach: int) -> Tensor:
    """Return the same pairs ordered by reference cell: out[:, d, j] = scores[:, d, j - d]; very low
    where there is no such sensed cell.
    """
    height, width = scores.shape[-2:]
    padded = functional.pad(scores, (reach,) * 4, value=_NEVER)
    side = 2 * reach + 1
    return torch.stack(
        [
            padded[:, i, reach + reach - i // side :, reach + reach - i % side :][
                :, :height, :width
            ]
            for i in range(side**2)
        ],
        dim=1,
    )


def displacements(reach: int, device: torch.device | None = None) -> Tensor:
    """Return (2, (2 reach + 1)^2): x and y of each candidate."""
    line = torch.arange(-reach, reach + 1, device=device, dtype=torch.float32)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack((x.flatten(), y.flatten()))


def bilinear_label(truth: Tensor, reach: int) -> Tensor:
    """Return (B, (2 reach + 1)^2, h, w): weights of the four candidates around true displacements
    (B, 2, h, w), in cells; 0 outside.
    """
    d = displacements(reach, truth.device)[None, :, :, None, None]
    return (1.0 - (truth[:, :, None] - d).abs()).clamp_min(0.0).prod(1)


def gaussian_votes(truth: Tensor, reach: int, sigma: float) -> Tensor:
    """Return (N, (2 reach + 1)^2): Gaussian label about true displacements (N, 2), adding up to
    1.
    """
    square = ((truth[:, :, None] - displacements(reach, truth.device)) ** 2).sum(1)
    return torch.softmax(-square / (2 * sigma**2), dim=1)


def focal(log_probability: Tensor, label: Tensor, gamma: float) -> Tensor:
    """Soft-label cross-entropy over dim 1, times (1 - probability of the labelled
    candidates)^gamma.

    Reference:
        Lin et al. 2017, Focal loss for dense object detection, arXiv 1708.02002; with a label
        distribution in place of one class.
    """
    finite = log_probability.clamp_min(-30.0)
    hit = (finite.exp() * (label > 1e-3)).sum(1)
    return -(label * finite).sum(1) * (1.0 - hit.clamp(0.0, 1.0)) ** gamma


def patches(x: Tensor, image: Tensor, corner: Tensor, side: int) -> Tensor:
    """Cut (N, C, side, side) out of (B, C, H, W): of image numbers (N,), with first pixels (N, 2)
    (x, y); 0 outside.
    """
    pad = side
    padded = functional.pad(x, (pad,) * 4)
    step = torch.arange(side, device=x.device)
    rows = (corner[:, 1, None] + pad).clamp(0, padded.shape[2] - side) + step
    columns = (corner[:, 0, None] + pad).clamp(0, padded.shape[3] - side) + step
    return padded.movedim(1, -1)[
        image[:, None, None], rows[:, :, None], columns[:, None, :]
    ].movedim(-1, 1)


def fine_scores(
    own: Tensor, other: Tensor, image: Tensor, at: Tensor, there: Tensor, side: int, reach: int
) -> Tensor:
    """Let each pixel of a window vote for displacements of the window.

    Args:
        own: (B, C, H, W) fine descriptors of the image the windows come from.
        other: Those of the image that is searched.
        image: (N,) number of the image of each match.
        at: (N, 2) int, middle pixel of each window, x and y.
        there: (N, 2) int, pixel of `other` on which displacement 0 puts it.
        side: Of the window, odd.
        reach: Of the displacements.

    Returns:
        (N, (2 reach + 1)^2): sum over the window's pixels q of own(q) . other(q + displacement),
        over the lengths of both windows.

    Reference:
        RegNetMamba-2, arXiv 2606.03341: fine matching at 1/2 by the probabilities of all pairs of
        two windows.
    Deviation:
        all pairs with the same displacement add up: the window's pixels place the match together,
        where the mutual maximum of one pair would take the noise of speckle for a place.
    """
    span, wide = 2 * reach + 1, side + 2 * reach
    template = patches(own, image, at - side // 2, side)
    window = patches(other, image, there - side // 2 - reach, wide)
    columns = template.permute(0, 3, 1, 2).flatten(2)  # (N, side, C side)
    votes = []
    for row in range(span):
        products = columns @ window[:, :, row : row + side].flatten(
            1, 2
        )  # (N, side, wide): each column against each
        skewed = functional.pad(products.flatten(1), (0, side)).unflatten(
            1, (side, wide + 1)
        )  # column i begins at displacement 0
        votes.append(skewed[:, :, :span].sum(1))
    energy = functional.avg_pool2d(
        (window**2).sum(1, keepdim=True), side, stride=1, divisor_override=1
    ).flatten(1)
    length = torch.sqrt(energy * (template**2).sum((1, 2, 3))[:, None] + 1e-6)
    return torch.cat(votes, dim=1) / length


def expected(probability: Tensor, reach: int, around: int) -> tuple[Tensor, Tensor, Tensor]:
    """Read displacements off (N, (2 reach + 1)^2) probabilities.

    Returns:
        (N, 2) mean displacement within `around` steps of the most probable one; (N, 2, 2) its
        covariance over all candidates; (N,) probability within `around`.
    """
    d = displacements(reach, probability.device)
    top = d[:, probability.argmax(1)].T
    near = ((d[None] - top[:, :, None]).abs() <= around).all(1) * probability
    mass = near.sum(1)
    mean = near @ d.T / mass[:, None].clamp_min(1e-9)
    deviation = d[None] - mean[:, :, None]
    return mean, torch.einsum("nk,nik,njk->nij", probability, deviation, deviation), mass
