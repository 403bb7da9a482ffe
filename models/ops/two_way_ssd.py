"""State space duality ahead and back along the same sequence at once: an image scanned both ways
needs its tokens laid out only once.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .precision import without_autocast
from .scan import has_kernels
from .ssd import ssd, ssd_reference

_TINY = 1e-30


@without_autocast
def two_way_ssd(x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor, chunk: int = 32) -> Tensor:
    """Return the sum of two scans (see `ssd`), the first ahead, the second back.

    Inside a chunk the weights of both directions are added before they meet `x`; between chunks the
    states of both are carried in one loop. float32 or wider.

    Args:
        x: (B, G, L, heads, P); G sequences (rows, columns) with rates of their own.
        dt: (B, G, L, 2, heads), positive; 2 = ahead, back.
        a: (G, 2, heads), negative.
        b: (B, G, L, 2, N), shared by the heads.
        c: (B, G, L, 2, N), shared by the heads.
        chunk: Length of a chunk; the result does not depend on it.

    Returns:
        (B, G, L, heads, P), dtype of `x`.

    Reference:
        Dao and Gu 2024, Transformers are SSMs, arXiv 2405.21060, section 6.
    """
    if x.is_cuda and has_kernels():
        return by_single_scans(x, dt, a, b, c, chunk)
    out_type = x.dtype
    dtype = torch.promote_types(x.dtype, torch.float32)
    x, dt, a, b, c = (t.to(dtype) for t in (x, dt, a, b, c))
    length = x.shape[2]
    chunk = min(chunk, length)
    count = -(-length // chunk)

    def chunks(t: Tensor) -> Tensor:  # (B, G, L, M, .) -> (B, G, count, M, chunk, .)
        if pad := count * chunk - length:  # with dt = 0 the state stays
            t = torch.nn.functional.pad(t, (0, 0, 0, 0, 0, pad))
        return t.unflatten(2, (count, chunk)).transpose(3, 4)

    x, b, c = chunks(x), chunks(b), chunks(c)
    steps = chunks(dt).transpose(4, 5)  # (B, G, count, 2, heads, chunk)
    rate = a[:, None, :, :, None]
    log_step = torch.log(steps.clamp_min(_TINY))
    until = (steps * rate).cumsum(-1)
    before = until - steps * rate
    whole = until[..., -1:]
    ahead, back = until.unbind(3)[0], before.unbind(3)[1]  # (B, G, count, heads, chunk)
    # 1. within a chunk: weight of input j in output i
    causal = torch.ones(chunk, chunk, dtype=torch.bool, device=x.device).tril()
    read = c @ b.transpose(-1, -2)  # (B, G, count, 2, chunk, chunk)
    forth = ahead.unsqueeze(-1) - (ahead - log_step[:, :, :, 0]).unsqueeze(-2)
    home = (back + log_step[:, :, :, 1]).unsqueeze(-2) - back.unsqueeze(-1)
    weights = torch.exp(forth.masked_fill(~causal, float("-inf"))) * read[:, :, :, :1]
    weights = weights + torch.exp(home.masked_fill(~causal.T, float("-inf"))) * read[:, :, :, 1:]
    y = weights @ x
    if count > 1:
        # 2. what each chunk leaves to those behind it, and in front of it; both side by side in N
        left = torch.exp(torch.stack((whole[:, :, :, 0] - ahead, back), dim=-1) + _last(log_step))
        states = (_last(b.unsqueeze(4)) * left.unsqueeze(-1)).flatten(-2).transpose(-1, -2) @ x
        carried = _carried(states.unflatten(-2, (2, -1)), _last(torch.exp(whole)).transpose(-1, -2))
        # 3. what each place reads of it
        seen = torch.exp(torch.stack((ahead, whole[:, :, :, 1] - back), dim=-1))
        y = y + (_last(c.unsqueeze(4)) * seen.unsqueeze(-1)).flatten(-2) @ carried
    return y.transpose(3, 4).flatten(2, 3)[:, :, :length].to(out_type)


def _last(t: Tensor) -> Tensor:
    """Put the axis of the two ways (3) behind that of the chunk: (B, G, count, heads, chunk, 2,
    .).
    """
    return t.movedim(3, 5)


def _carried(states: Tensor, through: Tensor) -> Tensor:
    """Return the states (B, G, count, heads, 2 N, P) that enter each chunk.

    Args:
        states: (B, G, count, heads, 2, N, P), what each chunk leaves; 2 = ahead, back.
        through: (B, G, count, heads, 2, 1), what a chunk leaves of the state that enters it.
    """
    count = states.shape[2]
    through = through.unsqueeze(-1)
    entering = []
    for way, order in ((0, range(count)), (1, reversed(range(count)))):
        each, kept = states[..., way, :, :].unbind(2), through[..., way, :, :].unbind(2)
        carry = torch.zeros_like(each[0])
        carries = [carry] * count
        for i in order:
            carries[i] = carry
            carry = torch.addcmul(each[i], kept[i], carry)
        entering.append(torch.stack(carries, dim=2))
    return torch.cat(entering, dim=-2)


def by_single_scans(
    x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor, chunk: int = 32
) -> Tensor:
    """Return the same as `two_way_ssd`, by one scan a direction, for kernels that know no other."""
    found = []
    for g in range(x.shape[1]):
        steps, write, read = (t[:, g, :, 0] for t in (dt, b, c))
        ahead = ssd(x[:, g], steps, a[g, 0], write, read, chunk)
        steps, write, read = (t[:, g, :, 1].flip(1) for t in (dt, b, c))
        found.append(ahead + ssd(x[:, g].flip(1), steps, a[g, 1], write, read, chunk).flip(1))
    return torch.stack(found, dim=1)


def two_way_ssd_reference(
    x: Tensor,
    dt: Tensor,
    a: Tensor,
    b: Tensor,
    c: Tensor,
    chunk: int = 1,  # noqa: ARG001 - same signature
) -> Tensor:
    """Slow twin of `two_way_ssd`: one step after the other, one direction after the other."""
    out = torch.zeros_like(x)
    for g in range(x.shape[1]):
        out[:, g] += ssd_reference(x[:, g], dt[:, g, :, 0], a[g, 0], b[:, g, :, 0], c[:, g, :, 0])
        v, steps, write, read = (t[:, g].flip(1) for t in (x, dt, b, c))
        out[:, g] += ssd_reference(v, steps[:, :, 1], a[g, 1], write[:, :, 1], read[:, :, 1]).flip(
            1
        )
    return out
