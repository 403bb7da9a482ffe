"""Correlation of two feature maps over small displacements, and what its posterior says:
displacement and spread.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def correlate_local(sensed: Tensor, reference: Tensor, radius: int, pool: int = 1) -> Tensor:
    """Return the products of `sensed` with `reference` shifted by up to `radius` cells, summed over
    channels.

    Args:
        sensed: (B, C, H, W).
        reference: (B, C, H, W); 0 outside.
        radius: Displacements are -radius .. radius along each axis, row by row.
        pool: Side of the blocks of cells whose mean is returned; divides H and W.

    Returns:
        (B, (2 radius + 1)^2, H / pool, W / pool); [:, k, r, c] = mean over the block of <sensed(q),
        reference(q + d_k)>.
    """
    height, width = sensed.shape[-2:]
    padded = functional.pad(reference, (radius,) * 4)
    side = 2 * radius + 1
    products = [
        (sensed * padded[..., y : y + height, x : x + width]).sum(1)
        for y in range(side)
        for x in range(side)
    ]
    stacked = torch.stack(products, dim=1)
    return functional.avg_pool2d(stacked, pool) if pool > 1 else stacked


def correlate_local_reference(
    sensed: Tensor, reference: Tensor, radius: int, pool: int = 1
) -> Tensor:
    """Slow twin of `correlate_local`: one product after the other."""
    batch, _, height, width = sensed.shape
    out = torch.zeros(batch, (2 * radius + 1) ** 2, height // pool, width // pool)
    for r in range(height):
        for c in range(width):
            for k in range(out.shape[1]):
                y, x = r + k // (2 * radius + 1) - radius, c + k % (2 * radius + 1) - radius
                if 0 <= y < height and 0 <= x < width:
                    out[:, k, r // pool, c // pool] += (
                        sensed[:, :, r, c] * reference[:, :, y, x]
                    ).sum(1) / pool**2
    return out


def displacements(radius: int, step: float, like: Tensor) -> Tensor:
    """Return (2, (2 radius + 1)^2): x and y of each displacement, `step` px a cell."""
    line = torch.arange(-radius, radius + 1, device=like.device, dtype=torch.float32) * step
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack((x.flatten(), y.flatten()))


def moments(logits: Tensor, radius: int, step: float) -> tuple[Tensor, Tensor]:
    """Return mean (B, 2, h, w) px and covariance (B, 3, h, w) px^2 (xx, xy, yy) of softmax(logits)
    over displacements.
    """
    probability = torch.softmax(logits.float(), dim=1)
    d = displacements(radius, step, logits)
    mean = torch.einsum("bkhw,ik->bihw", probability, d)
    second = torch.einsum(
        "bkhw,ik->bihw", probability, torch.stack((d[0] ** 2, d[0] * d[1], d[1] ** 2))
    )
    return mean, second - torch.stack(
        (mean[:, 0] ** 2, mean[:, 0] * mean[:, 1], mean[:, 1] ** 2), dim=1
    )


def displacement_entropy(
    logits: Tensor, truth: Tensor, mask: Tensor, radius: int, step: float, sigma_px: float
) -> Tensor:
    """Cross-entropy of softmax(logits) with a Gaussian about the true displacement, mean over the
    places where it is in reach.

    Args:
        logits: (B, (2 radius + 1)^2, h, w).
        truth: (B, 2, h, w) px.
        mask: (B, 1, h, w), 1 = counts.
        radius: Of the displacements, cells.
        step: px a cell.
        sigma_px: Width of the label: how far the truth can be trusted.
    """
    d = displacements(radius, step, logits)
    square = (d[0][:, None, None] - truth[:, :1]) ** 2 + (d[1][:, None, None] - truth[:, 1:]) ** 2
    label = torch.softmax(-square / (2 * sigma_px**2), dim=1)
    entropy = -(label * functional.log_softmax(logits.float(), dim=1)).sum(1, keepdim=True)
    counts = mask * (truth.abs().amax(1, keepdim=True) <= radius * step)
    return (entropy * counts).sum() / counts.sum().clamp_min(1.0)
