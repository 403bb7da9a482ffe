"""NLA: non-local attention without softmax, at a cost that grows with the image only linearly.

Because the weights are plain dot products over their number, sum_j <a_i, g_j> v_j / N = a_i . (sum_j g_j v_j^T / N): the matrix in
brackets is the same for all places that share surroundings, so no weight of two places is ever written down.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .blocks import surroundings, upsample


class Nla(nn.Module):
    """y_i = W_z sum_j <alpha x_i, g x_j> v x_j / N + x_i, over the N places j around each place i.

    Args:
        width: Channels C.
        cell: Places are pooled by this much before their surroundings are gathered, so that large surroundings stay cheap.
        side: Surroundings are `side` x `side` cells.
        reduction: alpha, g and v have C / reduction channels.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504: dot product over h * w, 1x1 convolutions, r = 2, residual.
    Deviation:
        the sum runs over the surroundings of each place (about a patch) instead of over one patch cut out around a keypoint, so
        that descriptors are computed densely and do not depend on the tile.
    """

    def __init__(self, width: int, cell: int, side: int, reduction: int = 2) -> None:
        super().__init__()
        self.cell, self.side, self.inner = cell, side, width // reduction
        self.enter = nn.Conv2d(width, 3 * self.inner, 1)  # alpha, g, v
        self.leave = nn.Conv2d(self.inner, width, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W); the shape stays."""
        b, _, h, w = x.shape
        query, key, value = self.enter(x).chunk(3, dim=1)
        outer = (key[:, :, None] * value[:, None]).flatten(1, 2)
        if self.cell > 1:
            outer = functional.avg_pool2d(outer, self.cell, ceil_mode=True)
        memory = upsample(surroundings(outer, self.side), x).view(b, self.inner, self.inner, h, w)
        return x + self.leave((query[:, :, None] * memory).sum(1))


def nla_reference(layer: Nla, x: Tensor) -> Tensor:
    """Slow twin of `Nla` with cells of one place: every pair of places by itself."""
    query, key, value = layer.enter(x).chunk(3, dim=1)
    reach, out = layer.side // 2, torch.zeros_like(query)
    height, width = x.shape[-2:]
    for r in range(height):
        for c in range(width):
            rows, columns = range(max(0, r - reach), min(height, r + reach + 1)), range(max(0, c - reach), min(width, c + reach + 1))
            for i in rows:
                for j in columns:
                    weight = (query[:, :, r, c] * key[:, :, i, j]).sum(1, keepdim=True)
                    out[:, :, r, c] += weight * value[:, :, i, j] / (len(rows) * len(columns))
    return x + layer.leave(out)
