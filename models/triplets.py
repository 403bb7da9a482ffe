"""Losses on descriptors of the same places in two modalities: hardest triplet of the batch and similarity constraint."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_FLOOR = 1e-6


def distance(similarity: Tensor) -> Tensor:
    """Return the Euclidean distance of unit vectors with this scalar product, sqrt(2 - 2 s)."""
    return torch.sqrt((2.0 - 2.0 * similarity).clamp_min(_FLOOR))


def hardest_triplet(sar: Tensor, optical: Tensor, apart: Tensor, margin: float = 1.0, two_sided: bool = True) -> Tensor:
    """Triplet loss with the nearest wrong descriptor of the batch; (N,).

    max(d(s_i, o_i) - min_j d(s_i, o_j) + margin, 0) over j that are `apart` from i.

    Args:
        sar: (N, D) unit descriptors, the anchors.
        optical: (N, D) unit descriptors of the same places.
        apart: (N, N) bool, True where places i and j are different enough to be negatives.
        margin: Distance by which a wrong one must be further away.
        two_sided: Also seek the nearest wrong SAR descriptor of o_i, and take the nearer of the two.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504, triplet loss (e_hard of the other modality); two-sided as in Mishchuk et al.
        2017, HardNet, NeurIPS.
    """
    d = distance(sar @ optical.T)
    wrong = d.masked_fill(~apart, 2.0)
    hardest = wrong.min(1).values
    if two_sided:
        hardest = torch.minimum(hardest, wrong.min(0).values)
    return functional.relu(d.diagonal() - hardest + margin)


def similarity_constraint(sar: Tensor, optical: Tensor) -> Tensor:
    """Cross-modality similarity constraint log(1 + exp(d(s_i, o_i))); (N,).

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504, L_s, weighted by lambda = 0.1.
    """
    return functional.softplus(distance((sar * optical).sum(1)))
