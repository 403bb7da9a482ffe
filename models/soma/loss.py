"""Loss of SOMA: five terms on flow, motion and certainty, and one on the correlations.

Convention:
    see `affine_flow`; the true flow is given on the lattice of `glam.CELL_PX`. A place counts where
    its mask is 1.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ..ops.affine_flow import lattice, move, theta_to_flow
from ..ops.local_correlation import displacement_entropy, displacements
from .glam import CELL_PX, GlamResult, LevelEvidence

_WEIGHTS = {
    "warp": 0.25,
    "consistency": 0.5,
    "uniform": 0.1,
    "delta": 0.5,
    "certainty": 1.0,
    "correlation": 1.0,
}
_LEVEL_WEIGHTS = {8: 0.125, 4: 0.25, 2: 0.5}
_LABEL_PX = {8: 4.0, 4: 2.0, 2: 1.5}
_CERTAIN_PX, _ROBUST_PX, _PATCHES, _FINEST = 2.0, 0.5, 4, 2


def mean_where(values: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of (B, C, h, w) over places with mask (B, 1, h, w)."""
    return (values * mask).sum() / (mask.sum() * values.shape[1]).clamp_min(1.0)


def residual(theta: Tensor, flow: Tensor, at: Tensor) -> Tensor:
    """Return (B, 2, h, w) px: the displacement that, followed by `theta`, makes the true flow."""
    return move(torch.linalg.inv(theta), at + flow) - at


def soma_loss(found: GlamResult, flow: Tensor, mask: Tensor) -> Tensor:
    """Return the loss.

    Args:
        found: Answer of the network.
        flow: (B, 2, h, w), truth.
        mask: (B, 1, h, w), 1 = counts.

    Reference:
        SOMA, arXiv 2511.13168 and its code: robust flow error; agreement of the displacements with
        the flow of the motion's correction (1/8 and 1/4); spread of the error over 4 x 4 patches;
        L1 of the displacement at each level; squared error of the certainty.
    Deviation:
        L1 of the displacement in cells of its level: with the paper's weights the coarse ones
        hardly counted and drifted (measured); a sixth term, the cross-entropy of each correlation
        with a Gaussian about the true displacement, as the encoder is trained from nothing; the
        truth is good to about 1 px, so a certainty of 1/e means an error of 2 px instead of 1, and
        the flow error is robust below 0.5 px; errors of flow are in units of 4 px.
    """
    at = lattice(flow.shape[-2], flow.shape[-1], CELL_PX, flow)
    error = torch.sqrt((found.flow - flow) ** 2 + _ROBUST_PX**2)
    endpoint = torch.sqrt(((found.flow - flow) ** 2).sum(1, keepdim=True) + 1e-6)
    terms = {
        "warp": mean_where(error, mask),
        "uniform": _unevenness(endpoint, mask),
        "certainty": mean_where(
            (torch.sigmoid(found.certainty) - torch.exp(-endpoint.detach() / _CERTAIN_PX)) ** 2,
            mask,
        ),
        "consistency": flow.new_zeros(()),
        "delta": flow.new_zeros(()),
        "correlation": flow.new_zeros(()),
    }
    for level in found.levels:
        truth = residual(level.theta.detach(), flow, at)
        near = mask * (truth.abs().amax(1, keepdim=True) <= 32.0)
        terms["delta"] = (
            terms["delta"] + mean_where((level.shift - truth).abs(), near) / level.level
        )
        terms["correlation"] = terms["correlation"] + _entropy(level, truth, near)
        if level.level > _FINEST:
            misfit = level.shift - theta_to_flow(level.delta, at)
            terms["consistency"] = terms["consistency"] + _LEVEL_WEIGHTS[level.level] * torch.sqrt(
                mean_where(misfit**2, mask) + 1e-6
            )
    if found.global_logits is not None:
        terms["correlation"] = terms["correlation"] + _global_entropy(
            found.global_logits, flow, mask
        )
    return torch.stack([_WEIGHTS[name] * term for name, term in terms.items()]).sum()


def _entropy(level: LevelEvidence, truth: Tensor, mask: Tensor) -> Tensor:
    radius = (int(level.logits.shape[1] ** 0.5) - 1) // 2
    return displacement_entropy(
        level.logits, truth, mask, radius, level.level, _LABEL_PX[level.level]
    )


def _global_entropy(logits: Tensor, flow: Tensor, mask: Tensor) -> Tensor:
    """Cross-entropy of the whole window's displacements with the places' true ones."""
    radius = (int(logits.shape[1] ** 0.5) - 1) // 2
    middle = (flow * mask).sum((2, 3)) / mask.sum((2, 3)).clamp_min(1.0)
    square = ((displacements(radius, CELL_PX, logits)[None] - middle[:, :, None]) ** 2).sum(1)
    label = torch.softmax(-square / (2 * _LABEL_PX[8] ** 2), dim=1)
    return -(label * functional.log_softmax(logits.float(), dim=1)).sum(1).mean()


def _unevenness(endpoint: Tensor, mask: Tensor) -> Tensor:
    """Return the standard deviation of the mean error over the patches that hold valid ground, mean
    over the batch.
    """
    total = functional.adaptive_avg_pool2d(endpoint * mask, _PATCHES).flatten(1)
    share = functional.adaptive_avg_pool2d(mask, _PATCHES).flatten(1)
    means, counts = total / share.clamp_min(1e-3), (share > 0.1).float()
    middle = (means * counts).sum(1, keepdim=True) / counts.sum(1, keepdim=True).clamp_min(1.0)
    return torch.sqrt(
        ((means - middle) ** 2 * counts).sum(1) / counts.sum(1).clamp_min(1.0) + 1e-6
    ).mean()
