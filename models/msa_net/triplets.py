"""Losses on descriptors of the same places in two modalities: triplets of the batch, contrast,
similarity constraint.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_FLOOR = 1e-6


def distance(similarity: Tensor) -> Tensor:
    """Return the Euclidean distance of unit vectors with this scalar product, sqrt(2 - 2 s)."""
    return torch.sqrt((2.0 - 2.0 * similarity).clamp_min(_FLOOR))


def triplet(
    sar: Tensor, optical: Tensor, negative: Tensor, margin: float = 1.0, nearest: int = 1
) -> Tensor:
    """Triplet loss with the nearest wrong descriptors of the batch, sought in both modalities;
    (N,).

    max(d(s_i, o_i) - mean of the `nearest` smallest d(s_i, o_j), d(s_j, o_i) + margin, 0) over j
    that are `negative` to i.

    Args:
        sar: (N, D) unit descriptors.
        optical: (N, D) unit descriptors of the same places.
        negative: (N, N) bool, True where places i and j are different enough to be negatives.
        margin: Distance by which a wrong one must be further away.
        nearest: 1 = the hardest negative. Many at first: hardest negatives from the first step on
            make all descriptors equal.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504, triplet loss (e_hard of the other modality);
        both ways as in Mishchuk et al. 2017, HardNet, NeurIPS.
    """
    d = distance(sar @ optical.T)
    wrong = d.masked_fill(~negative, 2.0)
    count = min(nearest, len(d))
    hard = torch.minimum(*(wrong.topk(count, dim=i, largest=False).values.mean(i) for i in (0, 1)))
    return functional.relu(d.diagonal() - hard + margin)


def similarity_constraint(sar: Tensor, optical: Tensor) -> Tensor:
    """Cross-modality similarity constraint log(1 + exp(d(s_i, o_i))); (N,).

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504, L_s, weighted by lambda = 0.1.
    """
    return functional.softplus(distance((sar * optical).sum(1)))


def contrast(sar: Tensor, optical: Tensor, negative: Tensor, scale: Tensor) -> Tensor:
    """Cross-entropy of each optical descriptor among all SAR descriptors of the batch that are its
    own or `negative`; (N,).
    """
    logits = (scale * (optical @ sar.T)).masked_fill(
        ~(negative | torch.eye(len(negative), dtype=torch.bool, device=negative.device)), -torch.inf
    )
    return functional.cross_entropy(
        logits, torch.arange(len(logits), device=logits.device), reduction="none"
    )


def decision(similarity: Tensor, other: Tensor, scale: Tensor) -> Tensor:
    """Logistic loss of the decision match or no match: both kinds count alike, about the middle
    between their mean similarities.

    A cross-entropy among candidates ranks the descriptors of each place for itself; one threshold
    for all places needs their similarities to be comparable.

    Args:
        similarity: (N, N) of places with each other's partners, the right ones on the diagonal.
        other: (N, N) bool, True where the partner is of another scene.
        scale: Inverse temperature.
    """
    matching, wrong = similarity.diagonal(), similarity[other]
    if not len(wrong):
        return similarity.sum() * 0.0
    middle = 0.5 * (matching.mean() + wrong.mean()).detach()
    return (
        functional.softplus(scale * (middle - matching)).mean()
        + functional.softplus(scale * (wrong - middle)).mean()
    )
