"""State space duality (Mamba-2): a scan with one decay rate a head, as products of matrices.

Recurrence, for each head:
    h_t = exp(dt_t a) h_(t-1) + dt_t x_t b_t^T,      y_t = h_t c_t
"""

from __future__ import annotations

import torch
from torch import Tensor

from .precision import without_autocast
from .scan import has_kernels


@without_autocast
def ssd(x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor, chunk: int = 64) -> Tensor:
    """Run the causal recurrence of this module chunk by chunk.

    Inside a chunk every output is a masked, decayed product (c b^T) x; one state a chunk carries
    the past. float32 or wider.

    Args:
        x: (B, L, heads, P).
        dt: (B, L, heads), positive.
        a: (heads,), negative.
        b: (B, L, N), shared by the heads; or (B, L, G, N), the first heads / G heads read the
            first, and so on.
        c: As `b`.
        chunk: Length of a chunk; the result does not depend on it.

    Returns:
        (B, L, heads, P), dtype of `x`.

    Reference:
        Dao and Gu 2024, Transformers are SSMs, arXiv 2405.21060, section 6.
    """
    if b.ndim == 3:
        b, c = b.unsqueeze(2), c.unsqueeze(2)
    if x.is_cuda and has_kernels():
        from mamba_ssm.ops.triton.ssd_combined import mamba_chunk_scan_combined  # type: ignore[import-not-found,unused-ignore]

        return mamba_chunk_scan_combined(x, dt, a, b, c, chunk)  # type: ignore[no-any-return,unused-ignore]
    out_type = x.dtype
    dtype = torch.promote_types(x.dtype, torch.float32)
    x, dt, a, b, c = (t.to(dtype) for t in (x, dt, a, b, c))
    length, groups = x.shape[1], b.shape[2]
    chunk = min(chunk, length)
    count = -(-length // chunk)

    def chunks(t: Tensor) -> Tensor:  # (B, L, M, .) -> (B, count, M, chunk, .)
        t = torch.nn.functional.pad(t, (0, 0, 0, 0, 0, count * chunk - length))
        return t.unflatten(1, (count, chunk)).transpose(2, 3)

    # padding has dt = 0: the state stays; (B, count, G, heads / G, chunk, .)
    driven = chunks(x * dt.unsqueeze(-1)).unflatten(2, (groups, -1))
    decay = chunks((dt * a).unsqueeze(-1)).unflatten(2, (groups, -1)).squeeze(-1).cumsum(-1)  # log
    b, c = chunks(b), chunks(c)  # (B, count, G, chunk, N)
    between = decay.unsqueeze(-1) - decay.unsqueeze(-2)
    causal = torch.ones(chunk, chunk, dtype=torch.bool, device=x.device).tril()
    weights = torch.exp(between.masked_fill(~causal, float("-inf"))) * (
        c @ b.transpose(-1, -2)
    ).unsqueeze(3)
    y = weights @ driven
    if count > 1:
        left = torch.exp(
            decay[..., -1:] - decay
        )  # what remains of each input at the end of its chunk
        states = (driven * left.unsqueeze(-1)).transpose(-1, -2) @ b.unsqueeze(3)
        through = torch.exp(decay[..., -1])[..., None, None]
        carry = torch.zeros_like(states[:, 0])
        carries = []
        for i in range(count):
            carries.append(carry)
            carry = through[:, i] * carry + states[:, i]
        y = y + torch.exp(decay).unsqueeze(-1) * (
            c.unsqueeze(3) @ torch.stack(carries, dim=1).transpose(-1, -2)
        )
    y = y.flatten(2, 3).transpose(2, 3).flatten(1, 2)
    return y[:, :length].to(out_type)


def ssd_reference(x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor, chunk: int = 1) -> Tensor:  # noqa: ARG001 - same signature
    """Slow twin of `ssd`: one step after the other."""
    if b.ndim == 3:
        b, c = b.unsqueeze(2), c.unsqueeze(2)
    each = x.shape[2] // b.shape[2]
    b, c = b.repeat_interleave(each, dim=2), c.repeat_interleave(each, dim=2)  # (B, L, heads, N)
    h = torch.zeros(x.shape[0], x.shape[2], x.shape[3], b.shape[3], dtype=x.dtype, device=x.device)
    ys = []
    for t in range(x.shape[1]):
        h = (
            torch.exp(dt[:, t] * a)[..., None, None] * h
            + (dt[:, t, :, None] * x[:, t])[..., None] * b[:, t, :, None, :]
        )
        ys.append((h * c[:, t, :, None, :]).sum(-1))
    return torch.stack(ys, dim=1)


@without_autocast
def ssd_noncausal(x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """One global state without an order: y = c (sum over tokens of m x b^T), m = -dt a.

    Cross form: take `c` from one image and `x`, `dt`, `b` from the other; the two may differ in
    length.

    Args:
        x: (B, L, heads, P).
        dt: (B, L, heads), positive.
        a: (heads,), negative.
        b: (B, L, N).
        c: (B, M, N).

    Returns:
        (B, M, heads, P), dtype of `x`.

    Reference:
        Shi et al. 2024, VSSD: Vision Mamba with non-causal state space duality, arXiv 2407.18559.
    """
    dtype = torch.promote_types(x.dtype, torch.float32)
    written = x.to(dtype) * (-dt * a).to(dtype).unsqueeze(-1)
    state = torch.einsum("blhp,bln->bhpn", written, b.to(dtype))
    return torch.einsum("bhpn,bmn->bmhp", state, c.to(dtype)).to(x.dtype)


def ssd_noncausal_reference(x: Tensor, dt: Tensor, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Slow twin of `ssd_noncausal`: every token is read by every token."""
    y = torch.zeros(x.shape[0], c.shape[1], x.shape[2], x.shape[3], dtype=x.dtype, device=x.device)
    for i in range(c.shape[1]):
        for j in range(x.shape[1]):
            y[:, i] += (
                (c[:, i] * b[:, j]).sum(-1)[:, None, None] * (-dt[:, j] * a)[..., None] * x[:, j]
            )
    return y
