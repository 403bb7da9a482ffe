"""NLA: non-local attention without softmax, at a cost that grows with the image only linearly.

Because the weights are plain dot products over their number, sum_j <a_i, g_j> v_j / N = a_i .
(sum_j g_j v_j^T / N): the matrix in brackets is the same for all places that share surroundings, so
no weight of two places is ever written down.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..ops.blocks import surroundings


class Nla(nn.Module):
    """y_i = W_z sum_j <alpha x_i, g x_j> v x_j / N + x_i, over the N places j around each place i.

    Args:
        width: Channels C.
        cell: The places of a cell of this side share surroundings, so that large ones stay cheap.
        side: Surroundings are `side` x `side` cells.
        reduction: alpha, g and v have C / reduction channels.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504: dot product over h * w, 1x1 convolutions, r =
        2, residual.
    Deviation:
        the sum runs over the surroundings of each place (about a patch) instead of over one patch
        cut out around a keypoint, so that descriptors are computed densely and do not depend on the
        tile.
    """

    def __init__(self, width: int, cell: int, side: int, reduction: int = 2) -> None:
        super().__init__()
        self.cell, self.side, self.inner = cell, side, width // reduction
        self.enter = nn.Conv2d(width, 3 * self.inner, 1)  # alpha, g, v
        self.leave = nn.Conv2d(self.inner, width, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Transform (B, C, H, W), sides multiples of the cell; the shape stays."""
        query, key, value = (_in_cells(part, self.cell) for part in self.enter(x).chunk(3, dim=1))
        memory = torch.matmul(key.mT, value) / self.cell**2  # (B, rows, columns, inner, inner)
        memory = surroundings(memory.flatten(3).permute(0, 3, 1, 2).float(), self.side).to(
            query.dtype
        )
        memory = memory.permute(0, 2, 3, 1).unflatten(3, (self.inner, self.inner))
        return x + self.leave(_out_of_cells(torch.matmul(query, memory), self.cell))


def _in_cells(x: Tensor, cell: int) -> Tensor:
    """Return (B, H / cell, W / cell, cell * cell, C) of (B, C, H, W)."""
    b, c, h, w = x.shape
    return x.reshape(b, c, h // cell, cell, w // cell, cell).permute(0, 2, 4, 3, 5, 1).flatten(3, 4)


def _out_of_cells(x: Tensor, cell: int) -> Tensor:
    b, rows, columns, _, c = x.shape
    return (
        x.view(b, rows, columns, cell, cell, c)
        .permute(0, 5, 1, 3, 2, 4)
        .reshape(b, c, rows * cell, columns * cell)
    )


def nla_reference(layer: Nla, x: Tensor) -> Tensor:
    """Slow twin of `Nla`: every pair of places by itself."""
    query, key, value = layer.enter(x).chunk(3, dim=1)
    reach, cell, out = layer.side // 2, layer.cell, torch.zeros_like(query)
    height, width = x.shape[-2:]
    for r in range(height):
        for c in range(width):
            rows, columns = (
                range(
                    max(0, (at // cell - reach) * cell), min(size, (at // cell + reach + 1) * cell)
                )
                for at, size in ((r, height), (c, width))
            )
            for i in rows:
                for j in columns:
                    weight = (query[:, :, r, c] * key[:, :, i, j]).sum(1, keepdim=True)
                    out[:, :, r, c] += weight * value[:, :, i, j] / (len(rows) * len(columns))
    return x + layer.leave(out)
