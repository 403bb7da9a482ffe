"""Affine motions and the flows they make: positions, composition, reading under a motion, fit to
displacements.

Convention:
    Positions are px of the full-resolution window, origin in its middle, x right, y down: cell i of
    a level with `step` px a cell and `n` cells lies at (i + 1/2 - n/2) * step. So a level's corner
    is the window's corner, `align_corners=False` throughout. `theta` is (B, 3, 3), sensed ->
    reference. `flow` is (B, 2, h, w) px on the sensed lattice: reference = sensed + flow.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def lattice(height: int, width: int, step: float, like: Tensor) -> Tensor:
    """Return (2, height, width): x and y of each cell's centre."""
    x = (torch.arange(width, device=like.device, dtype=torch.float32) + 0.5 - width / 2) * step
    y = (torch.arange(height, device=like.device, dtype=torch.float32) + 0.5 - height / 2) * step
    return torch.stack((x.expand(height, width), y[:, None].expand(height, width)))


def identity(batch: int, like: Tensor) -> Tensor:
    """Return (B, 3, 3): no motion."""
    return torch.eye(3, device=like.device).repeat(batch, 1, 1)


def move(theta: Tensor, at: Tensor) -> Tensor:
    """Return (B, 2, h, w): where `theta` takes positions (2, h, w) or (B, 2, h, w)."""
    at = at.expand(theta.shape[0], *at.shape[-3:])
    return torch.einsum("bij,bjhw->bihw", theta[:, :2, :2], at) + theta[:, :2, 2, None, None]


def theta_to_flow(theta: Tensor, at: Tensor, released: bool = False) -> Tensor:
    """Return the flow of an affine motion at positions (2, h, w).

    Deviation:
        the released code takes the positions themselves from a lattice whose outermost centres lie
        on the border (align_corners=True), so that even the identity flows, by half a cell at the
        border; `released` does so too.
    """
    start = at
    if released:
        height, width = at.shape[-2:]
        start = at * at.new_tensor([width / (width - 1), height / (height - 1)])[:, None, None]
    return move(theta, at) - start


def read_at(features: Tensor, positions: Tensor, step: float) -> Tensor:
    """Read (B, C, H, W) features, `step` px a cell, at positions (B, 2, h, w); 0 outside."""
    height, width = features.shape[-2:]
    half = positions.new_tensor([width, height])[:, None, None] * (step / 2)
    return functional.grid_sample(
        features, (positions / half).movedim(1, -1).to(features.dtype), align_corners=False
    )


def fit_affine(
    shift: Tensor, weight: Tensor, at: Tensor, half: float, spread_px: tuple[float, float]
) -> Tensor:
    """Fit an affine motion to displacements by weighted least squares.

    Args:
        shift: (B, 2, h, w) px.
        weight: (B, 1, h, w): reciprocal of the squared error of each, px^-2.
        at: (2, h, w) positions.
        half: Half the window's side, px.
        spread_px: How large the shift, and the linear part at the window's border, are expected to
            be: without evidence both are 0.

    Returns:
        (B, 3, 3): q -> q + fitted displacement of q.
    """
    batch = shift.shape[0]
    basis = torch.cat((at / half, torch.ones_like(at[:1]))).flatten(1)
    w = weight.flatten(2)
    normal = (w * basis) @ basis.T
    prior = torch.tensor(
        [spread_px[1] ** -2.0, spread_px[1] ** -2.0, spread_px[0] ** -2.0], device=shift.device
    )
    right = (w * shift.flatten(2)) @ basis.T
    found = torch.linalg.solve(normal + torch.diag(prior), right.transpose(1, 2)).transpose(1, 2)
    rows = identity(batch, shift)[:, :2] + torch.cat((found[..., :2] / half, found[..., 2:]), dim=2)
    return torch.cat((rows, identity(batch, shift)[:, 2:]), dim=1)
