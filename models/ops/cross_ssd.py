"""State-space duality between images: every pixel reads the mean state of its surroundings, written
by its own image or by the other.

Words: x values, b keys (what is written where in the state), c queries (what is read), m how much a
pixel writes, z gate.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .blocks import ChannelNorm
from .precision import without_autocast

MIXERS = ("ssd", "attention")


@without_autocast
def local_ssd(x: Tensor, m: Tensor, b: Tensor, c: Tensor, block: int) -> Tensor:
    """Non-causal SSD with local states: y(p) = c(p) mean of (m x b^T) over the block of p and the
    eight blocks around it.

    Self form: all of one image. Cross form: `c` of one image; `x`, `m`, `b` of the other, on the
    same grid.

    Args:
        x: (B, P, H, W), H and W multiples of `block`.
        m: (B, 1, H, W), positive.
        b: (B, N, H, W).
        c: (B, N, H, W).
        block: Side of the blocks, which begin at the first pixel.

    Returns:
        (B, P, H, W), dtype of `x`.

    Reference:
        Shi et al. 2024, VSSD: Vision Mamba with non-causal state space duality, arXiv 2407.18559;
        see `ssd.ssd_noncausal`.
    Deviation:
        the mean over 3 x 3 blocks in place of the sum over the image: what is read at a place does
        not depend on the tile.
    """
    dtype = torch.promote_types(x.dtype, torch.float32)
    rows, columns = x.shape[2] // block, x.shape[3] // block
    written = _blocks((x * m).to(dtype), block) @ _blocks(b.to(dtype), block).transpose(
        -1, -2
    )  # (B, blocks, P, N)
    state = written.flatten(2).transpose(1, 2).unflatten(2, (rows, columns)) / block**2
    state = functional.avg_pool2d(state, 3, stride=1, padding=1, count_include_pad=False)
    state = state.flatten(2).transpose(1, 2).unflatten(2, written.shape[2:])
    y = (
        (state @ _blocks(c.to(dtype), block))
        .unflatten(3, (block, block))
        .unflatten(1, (rows, columns))
    )
    return y.permute(0, 3, 1, 4, 2, 5).reshape(x.shape).to(x.dtype)


def _blocks(x: Tensor, block: int) -> Tensor:
    """Cut (B, C, H, W) into (B, blocks, C, pixels of a block)."""
    cut = x.unflatten(3, (-1, block)).unflatten(
        2, (-1, block)
    )  # (B, C, rows, block, columns, block)
    return cut.permute(0, 2, 4, 1, 3, 5).flatten(4, 5).flatten(1, 2)


def local_ssd_reference(x: Tensor, m: Tensor, b: Tensor, c: Tensor, block: int) -> Tensor:
    """Slow twin of `local_ssd`: pixel by pixel, block by block."""
    height, width = x.shape[-2:]
    y = torch.zeros_like(x)
    for r in range(height):
        for q in range(width):
            states = []
            for i in range(r // block - 1, r // block + 2):
                for j in range(q // block - 1, q // block + 2):
                    if 0 <= i < height // block and 0 <= j < width // block:
                        part = (
                            slice(None),
                            slice(None),
                            slice(i * block, (i + 1) * block),
                            slice(j * block, (j + 1) * block),
                        )
                        states.append(
                            torch.einsum("bphw,bnhw->bpn", x[part] * m[part], b[part]) / block**2
                        )
            y[:, :, r, q] = (torch.stack(states).mean(0) @ c[:, :, r, q, None])[..., 0]
    return y


class CrossSsd(nn.Module):
    """Gated SSD block: reads with an image's own queries what the image itself (self form) or the
    other one (cross form) has written.

    norm -> x, b, c, z, dt; depth-wise 3x3 and SiLU on x, b, c; y = SSD + D x; norm; times SiLU(z);
    projection; residual.

    Reference:
        RegNetMamba-2, arXiv 2606.03341: SSD in cross form between the modalities; the block as in
        VSSD.
    Deviation:
        which of x, b, c change sides is not public: c and z stay, x, b and dt come from the other
        image, as keys and values do in cross-attention. "attention": the same with positive queries
        and keys and no m, divided by the summed keys (linear attention, Katharopoulos et al. 2020),
        at the same cost.
    """

    def __init__(self, width: int, state: int, block: int, mixer: str = "ssd") -> None:
        super().__init__()
        self.width, self.state, self.block, self.mixer = width, state, block, mixer
        self.norm = ChannelNorm(width)
        self.enter = nn.Conv2d(width, 2 * width + 2 * state + 1, 1)
        self.local = nn.Conv2d(
            width + 2 * state, width + 2 * state, 3, padding=1, groups=width + 2 * state
        )
        self.rate = nn.Parameter(torch.zeros(1))
        self.skip = nn.Parameter(torch.ones(width))
        self.inner_norm = ChannelNorm(width)
        self.leave = nn.Conv2d(width, width, 1)

    def forward(self, images: Tensor, cross: bool = False) -> Tensor:
        """Transform (B, C, H, W); the shape stays.

        Args:
            images: Cross form: the first half of the batch are the ones, the second half, in the
                same order, the others.
            cross: Cross form; else self form.
        """
        z, dt, xbc = self.enter(self.norm(images)).split(
            (self.width, 1, self.width + 2 * self.state), dim=1
        )
        x, b, c = functional.silu(self.local(xbc)).split(
            (self.width, self.state, self.state), dim=1
        )
        m = functional.softplus(dt.float()) * self.rate.exp()
        if cross:
            values, keys, weight = (t.roll(len(images) // 2, 0) for t in (x, b, m))
        else:
            values, keys, weight = x, b, m
        if self.mixer == "attention":
            keys, c = functional.elu(keys.float()) + 1.0, functional.elu(c.float()) + 1.0
            one = torch.ones_like(weight)
            both = local_ssd(torch.cat((values.float(), one), dim=1), one, keys, c, self.block)
            y = both[:, :-1] / both[:, -1:].clamp_min(1e-4)
        else:
            y = local_ssd(values, weight, keys, c, self.block)
        y = self.inner_norm(y + self.skip[:, None, None] * x)
        return images + self.leave(y * functional.silu(z))
