"""SS2D: an image is scanned in four directions and the four results are added.

Directions: 0 along the rows, 1 down the columns, 2 and 3 the same backwards.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from .scan import selective_scan
from .ssd import ssd
from .two_way_ssd import two_way_ssd

DIRECTIONS = 4


def cross_scan(x: Tensor) -> Tensor:
    """Unroll (B, C, H, W) in four directions: (B, 4, C, L)."""
    rows, columns = x.flatten(2), x.transpose(2, 3).flatten(2)
    ahead = torch.stack((rows, columns), dim=1)
    return torch.cat((ahead, ahead.flip(-1)), dim=1)


def cross_merge(y: Tensor, height: int, width: int) -> Tensor:
    """Put four unrolled directions (B, 4, C, L) back in place and add them: (B, C, H, W)."""
    ahead = y[:, :2] + y[:, 2:].flip(-1)
    rows = ahead[:, 0].unflatten(-1, (height, width))
    columns = ahead[:, 1].unflatten(-1, (width, height)).transpose(2, 3)
    return rows + columns


class SS2D(nn.Module):
    """Four selective scans over an image, each with its own step sizes, B and C.

    Args:
        width: Channels D.
        state: State size N.
        heads: Heads of the SSD core; they share B and C.
        core: "ssd" (one decay a head) or "s6" (one decay a channel and state).
        by_line: The state starts anew in each row and column.
        chunk: Chunk of the scan.
        slowest: Step size of the slowest head at the start; it remembers about 1 / `slowest`
            pixels.

    Reference:
        Liu et al. 2024, VMamba: visual state space model, arXiv 2401.10166.
    Deviation:
        with `by_line` the scans do not run on from one line into the next, so that features do not
        depend on how wide the tile is; neighbouring lines meet through the scans along the other
        axis and the convolution before.
    """

    def __init__(
        self,
        width: int,
        state: int = 16,
        heads: int = 1,
        core: str = "ssd",
        by_line: bool = True,
        chunk: int = 32,
        slowest: float = 0.05,
    ) -> None:
        super().__init__()
        if core not in ("ssd", "s6"):
            raise ValueError(f"core is 'ssd' or 's6', not {core!r}")
        self.width, self.state, self.core, self.by_line, self.chunk = (
            width,
            state,
            core,
            by_line,
            chunk,
        )
        self.steps = heads if core == "ssd" else max(1, width // 16)
        self.heads = heads
        self.project = nn.Conv2d(width, DIRECTIONS * (2 * state + self.steps), 1, bias=False)
        rates = torch.linspace(
            math.log(slowest), math.log(0.4), heads if core == "ssd" else width
        ).exp()  # steps at the start
        self.dt_bias = nn.Parameter(torch.log(torch.expm1(rates)).repeat(DIRECTIONS, 1))
        if core == "ssd":
            self.a_log = nn.Parameter(torch.zeros(DIRECTIONS, heads))
        else:
            self.dt_up = nn.Parameter(
                torch.randn(DIRECTIONS, width, self.steps) * self.steps**-0.5 * 0.1
            )
            self.a_log = nn.Parameter(
                torch.arange(1, state + 1).float().log().repeat(DIRECTIONS, width, 1)
            )
        self.skip = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Scan (B, D, H, W); the shape stays."""
        if self.core == "s6":
            y = self._by_s6(x)
        else:
            y = self._by_ssd(x) if self.by_line else self._by_ssd_through(x)
        return y + self.skip[:, None, None] * x

    def _by_ssd_through(self, x: Tensor) -> Tensor:
        """Scan rows and columns, each both ways, in one pass; the state runs on from line to
        line.
        """
        height, columns = x.shape[-2:]
        n = self.state
        projected = self.project(x).unflatten(1, (2, 2, 2 * n + self.steps))  # ways, axes
        projected = torch.stack(
            (
                projected[:, :, 0].permute(0, 3, 4, 1, 2).flatten(1, 2),
                projected[:, :, 1].permute(0, 4, 3, 1, 2).flatten(1, 2),
            ),
            dim=1,
        )  # (B, axes, L, ways, .)
        tokens = torch.stack(
            (x.permute(0, 2, 3, 1).flatten(1, 2), x.permute(0, 3, 2, 1).flatten(1, 2)), dim=1
        )
        by_axis = self.dt_bias.unflatten(0, (2, 2)).transpose(0, 1), self.a_log.unflatten(0, (2, 2))
        y = two_way_ssd(
            tokens.unflatten(-1, (self.heads, -1)),
            functional.softplus(projected[..., 2 * n :] + by_axis[0][:, None]),
            -torch.exp(by_axis[1].transpose(0, 1)),
            projected[..., :n],
            projected[..., n : 2 * n],
            self.chunk,
        ).flatten(-2)
        rows = y[:, 0].unflatten(1, (height, columns))
        down = y[:, 1].unflatten(1, (columns, height)).transpose(1, 2)
        return (rows + down).permute(0, 3, 1, 2)

    def _by_ssd(self, x: Tensor) -> Tensor:
        batch, width = x.shape[:2]
        n, a = self.state, -torch.exp(self.a_log)
        tokens = x.permute(0, 2, 3, 1)
        projected = (
            self.project(x).permute(0, 2, 3, 1).unflatten(-1, (DIRECTIONS, 2 * n + self.steps))
        )
        total: Tensor = torch.zeros_like(tokens)
        for k in range(DIRECTIONS):
            v, g = tokens, projected[..., k, :]
            if k % 2:
                v, g = v.transpose(1, 2), g.transpose(1, 2)
            lines, length = v.shape[1], v.shape[2]
            shape = (batch * lines, length) if self.by_line else (batch, lines * length)
            v, g = v.reshape(*shape, self.heads, width // self.heads), g.reshape(*shape, -1)
            if k >= 2:
                v, g = v.flip(1), g.flip(1)
            dt = functional.softplus(g[..., 2 * n :] + self.dt_bias[k])
            y = ssd(v, dt, a[k], g[..., :n], g[..., n : 2 * n], self.chunk)
            y = (y.flip(1) if k >= 2 else y).reshape(batch, lines, length, width)
            total = total + (y.transpose(1, 2) if k % 2 else y)
        return total.permute(0, 3, 1, 2)

    def _by_s6(self, x: Tensor) -> Tensor:
        batch, _, height, columns = x.shape
        n, a = self.state, -torch.exp(self.a_log)
        projected = self.project(x).unflatten(1, (DIRECTIONS, 2 * n + self.steps))
        sequences, total = cross_scan(x), torch.zeros_like(x)
        for k in range(DIRECTIONS):
            u, g = sequences[:, k], cross_scan(projected[:, k])[:, k]
            length = (height if k % 2 else columns) if self.by_line else height * columns
            u, g = (t.unflatten(-1, (-1, length)).transpose(1, 2).flatten(0, 1) for t in (u, g))
            dt = functional.softplus(
                torch.einsum("dr,brl->bdl", self.dt_up[k], g[:, 2 * n :]) + self.dt_bias[k][:, None]
            )
            y = selective_scan(u, dt, a[k], g[:, :n], g[:, n : 2 * n], None, self.chunk)
            y = y.unflatten(0, (batch, -1)).transpose(1, 2).flatten(2)
            y = y.flip(-1) if k >= 2 else y
            total = total + (
                y.unflatten(-1, (columns, height)).transpose(2, 3)
                if k % 2
                else y.unflatten(-1, (height, columns))
            )
        return total
