"""Losses on similarity maps.

Convention:
    `truth` is (B, 2): x (column), y (row) of the true position on the map's index frame, sub-pixel.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def distances(truth: Tensor, rows: int, columns: int) -> Tensor:
    """Return (B, rows, columns): squared distance in px of each position of a map from the
    truth.
    """
    x = torch.arange(columns, device=truth.device, dtype=truth.dtype) - truth[:, :1]
    y = torch.arange(rows, device=truth.device, dtype=truth.dtype) - truth[:, 1:]
    return y[:, :, None] ** 2 + x[:, None, :] ** 2


def gaussian_label(
    truth: Tensor, rows: int, columns: int, sigma: float = 1.0, reach: float = 3.0
) -> Tensor:
    """Return (B, rows, columns): Gaussian about the truth, cut off at `reach` sigma, adding up to
    1.
    """
    square = distances(truth, rows, columns)
    label = torch.exp(-square / (2 * sigma**2)) * (square <= (reach * sigma) ** 2)
    return label / label.sum((1, 2), keepdim=True).clamp_min(1e-12)


def soft_cross_entropy(logits: Tensor, label: Tensor) -> Tensor:
    """Cross-entropy of (B, rows, columns) logits with a label distribution over positions; (B,)."""
    return -(label.flatten(1) * functional.log_softmax(logits.flatten(1), dim=1)).sum(1)


def hard_negative_hinge(
    similarity: Tensor,
    truth: Tensor,
    label: Tensor,
    top: int = 16,
    radius: float = 4.0,
    margin: float = 0.2,
) -> Tensor:
    """Hinge between the `top` largest similarities outside the positive region and the labelled
    ones.

    max(0, mean(top largest further than `radius` px from the truth) - sum(label * similarity) +
    margin); (B,).

    Reference:
        ME-SSM, arXiv 2507.04397, figure 5: top-k similarity candidates outside the positive region.
        (Released code of related work takes the smallest ones; the largest are meant.)
    """
    outside = distances(truth, similarity.shape[1], similarity.shape[2]) > radius**2
    negatives = similarity.masked_fill(~outside, -2.0).flatten(1).topk(top, dim=1).values.mean(1)
    positives = (label * similarity).sum((1, 2))
    return functional.relu(negatives - positives + margin)


def peak_spread(logits: Tensor, truth: Tensor, limit_px: float = 5.0) -> Tensor:
    """Peak emphasis: mean squared distance from the truth under softmax(logits), each at most
    `limit_px` squared, over that; (B,).
    """
    probability = torch.softmax(logits.flatten(1), dim=1)
    square = distances(truth, logits.shape[1], logits.shape[2]).clamp_max(limit_px**2).flatten(1)
    return (probability * square).sum(1) / limit_px**2


def registration_loss(
    similarity: Tensor,
    truth: Tensor,
    log_scale: Tensor,
    hinge: float = 1.0,
    spread: float = 0.5,
    sigma: float = 1.0,
) -> Tensor:
    """Soft cross-entropy + hinge * hard negatives + spread * peak emphasis; (B,).

    Args:
        similarity: (B, rows, columns) in -1..1.
        truth: (B, 2) px.
        log_scale: Logarithm of the learned inverse temperature.
        hinge: Weight of the hard negatives; 0 leaves them out.
        spread: Weight of the peak emphasis.
        sigma: Width of the soft label in px: how far the truth of the data can be trusted.
    """
    logits = similarity * log_scale.exp()
    label = gaussian_label(truth, similarity.shape[1], similarity.shape[2], sigma)
    loss = soft_cross_entropy(logits, label) + spread * peak_spread(logits, truth)
    if hinge:
        loss = loss + hinge * hard_negative_hinge(similarity, truth, label)
    return loss
