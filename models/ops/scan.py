"""Selective scan S6 (Mamba): an exact two-level scan in plain torch.

Glossary of this folder:
    B batch, C channels, H W rows and columns, L = H * W or the length of a sequence, D inner width,
    N state size, P width of a head, K scan directions; u or x = input of the scan, delta or dt =
    step size (> 0), a = decay rate (< 0).

Recurrence, for each channel d and state n:
    h_t = exp(delta_t A) h_(t-1) + delta_t B_t u_t,      y_t = sum_n C_t h_t + D u_t
"""

from __future__ import annotations

import importlib.util

import torch
from torch import Tensor


def has_kernels() -> bool:
    """Tell whether mamba-ssm is installed; its CUDA kernels are used for tensors on CUDA."""
    return importlib.util.find_spec("mamba_ssm") is not None


def selective_scan(
    u: Tensor,
    delta: Tensor,
    a: Tensor,
    b: Tensor,
    c: Tensor,
    d: Tensor | None = None,
    chunk: int = 32,
) -> Tensor:
    """Run the recurrence of this module.

    Within chunks all chunks advance together; then the states are carried from chunk to chunk:
    `chunk + L / chunk` sequential steps in place of L. Computed in float32 or wider.

    Args:
        u: (B, D, L).
        delta: (B, D, L), positive.
        a: (D, N), negative.
        b: (B, N, L).
        c: (B, N, L).
        d: (D,) or None.
        chunk: Steps of the inner level; the result does not depend on it.

    Returns:
        (B, D, L), dtype of `u`.

    Reference:
        Gu and Dao 2023, Mamba: linear-time sequence modeling with selective state spaces, arXiv
        2312.00752, algorithm 2.
    """
    if u.is_cuda and has_kernels():
        from mamba_ssm.ops.selective_scan_interface import selective_scan_fn  # type: ignore[import-not-found,unused-ignore]

        return selective_scan_fn(u, delta, a, b, c, d)  # type: ignore[no-any-return,unused-ignore]
    out_type = u.dtype
    dtype = torch.promote_types(u.dtype, torch.float32)
    u, delta, a, b, c = (t.to(dtype) for t in (u, delta, a, b, c))
    batch, width, length = u.shape
    count = -(-length // chunk)
    pad = count * chunk - length

    def chunks(t: Tensor) -> Tensor:  # (B, ., L) -> (chunk, B, count, .)
        return (
            torch.nn.functional.pad(t, (0, pad)).unflatten(-1, (count, chunk)).permute(3, 0, 2, 1)
        )

    log_decay = (
        chunks(delta).unsqueeze(-1) * a
    )  # (chunk, B, count, D, N); padding has delta = 0: state unchanged
    decay = torch.exp(log_decay)
    drive = chunks(delta * u).unsqueeze(-1) * chunks(b).unsqueeze(3)
    read = chunks(c).unsqueeze(3)
    states = []
    h = torch.zeros_like(drive[0])
    for t in range(chunk):
        h = decay[t] * h + drive[t]
        states.append(h)
    inner = torch.stack(states)
    passed = torch.exp(log_decay.cumsum(0))
    carry = torch.zeros_like(h[:, 0])
    carries = []
    for i in range(count):
        carries.append(carry)
        carry = passed[-1, :, i] * carry + h[:, i]
    y = ((inner + passed * torch.stack(carries, dim=1)) * read).sum(-1)  # (chunk, B, count, D)
    y = y.permute(1, 3, 2, 0).reshape(batch, width, count * chunk)[..., :length]
    if d is not None:
        y = y + d.to(dtype)[:, None] * u
    return y.to(out_type)


def selective_scan_reference(
    u: Tensor,
    delta: Tensor,
    a: Tensor,
    b: Tensor,
    c: Tensor,
    d: Tensor | None = None,
    chunk: int = 1,  # noqa: ARG001 - same signature
) -> Tensor:
    """Slow twin of `selective_scan`: one step after the other, as the recurrence is written."""
    h = torch.zeros(u.shape[0], u.shape[1], a.shape[1], dtype=u.dtype, device=u.device)
    ys = []
    for t in range(u.shape[2]):
        h = (
            torch.exp(delta[:, :, t, None] * a) * h
            + delta[:, :, t, None] * b[:, None, :, t] * u[:, :, t, None]
        )
        y = (h * c[:, None, :, t]).sum(-1)
        ys.append(y if d is None else y + d * u[:, :, t])
    return torch.stack(ys, dim=-1)
