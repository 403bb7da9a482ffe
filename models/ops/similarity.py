"""Similarity of a template's features at every position of a search window, for training:
differentiable, by FFT or sliding.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

_FLOOR = 1e-4


class _Correlate(torch.autograd.Function):
    """Sums over a group of channels of the correlation at every position, by real FFTs forwards and
    backwards.
    """

    @staticmethod
    def forward(ctx: Any, template: Tensor, window: Tensor, groups: tuple[int, ...]) -> Tensor:
        size = (window.shape[-2], window.shape[-1])  # the wanted positions do not wrap
        of_window, of_template = torch.fft.rfft2(window, s=size), torch.fft.rfft2(template, s=size)
        ctx.save_for_backward(of_template, of_window)
        ctx.groups, ctx.size, ctx.template = groups, size, template.shape[-2:]
        each = (of_window * of_template.conj()).split(groups, dim=1)
        rows, columns = size[0] - template.shape[-2] + 1, size[1] - template.shape[-1] + 1
        found = torch.fft.irfft2(torch.stack([e.sum(1) for e in each], dim=1), s=size)
        return found[..., :rows, :columns].contiguous()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        of_template, of_window = ctx.saved_tensors
        spectrum = torch.fft.rfft2(gradients[0], s=ctx.size)
        spread = torch.cat(
            [
                spectrum[:, i : i + 1].expand(-1, count, -1, -1)
                for i, count in enumerate(ctx.groups)
            ],
            dim=1,
        )
        height, width = ctx.template
        to_template = torch.fft.irfft2(spread.conj() * of_window, s=ctx.size)[..., :height, :width]
        return to_template, torch.fft.irfft2(spread * of_template, s=ctx.size), None


class _CorrelateEach(torch.autograd.Function):
    """`_Correlate` for several templates, one after the other, with one transform of the window."""

    @staticmethod
    def forward(
        ctx: Any, window: Tensor, groups: tuple[int, ...], *templates: Tensor
    ) -> tuple[Tensor, ...]:
        size = (window.shape[-2], window.shape[-1])
        of_window = torch.fft.rfft2(window)
        of_templates = [torch.fft.rfft2(t, s=size) for t in templates]
        ctx.save_for_backward(of_window, *of_templates)
        ctx.groups, ctx.size = groups, size
        ctx.templates = [t.shape[-2:] for t in templates]
        found = []
        for template, of_template in zip(templates, of_templates, strict=True):
            each = (of_window * of_template.conj()).split(groups, dim=1)
            rows, columns = (w - t + 1 for w, t in zip(size, template.shape[-2:], strict=True))
            surface = torch.fft.irfft2(torch.stack([e.sum(1) for e in each], dim=1), s=size)
            found.append(surface[..., :rows, :columns].contiguous())
        return tuple(found)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        of_window, *of_templates = ctx.saved_tensors
        to_window, to_templates = torch.zeros_like(of_window), []
        for gradient, of_template, (height, width) in zip(
            gradients, of_templates, ctx.templates, strict=True
        ):
            spectrum = torch.fft.rfft2(gradient, s=ctx.size)
            spread = torch.cat(
                [
                    spectrum[:, i : i + 1].expand(-1, count, -1, -1)
                    for i, count in enumerate(ctx.groups)
                ],
                dim=1,
            )
            to_window += spread * of_template
            template = torch.fft.irfft2(spread.conj() * of_window, s=ctx.size)
            to_templates.append(template[..., :height, :width])
        return torch.fft.irfft2(to_window, s=ctx.size), None, *to_templates


def _centred(template: Tensor) -> Tensor:
    return template - template.mean(dim=(-2, -1), keepdim=True)


def _boxes(x: Tensor, h: int, w: int) -> Tensor:
    """Return the sum of each h x w box of (B, C, H, W), as products with matrices of ones and
    zeros: fast forwards and backwards.
    """

    def band(size: int, length: int) -> Tensor:
        ones = torch.ones(size, size, dtype=x.dtype, device=x.device)
        return (ones.triu() * ones.tril(length - 1))[: size - length + 1]

    return band(x.shape[-2], h) @ x @ band(x.shape[-1], w).T


def _energies(template: Tensor, window: Tensor, groups: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return the energies of the centred template (B, G, 1, 1) and of the window under it (B, G,
    rows, columns), by groups of channels.
    """
    h, w = template.shape[-2:]
    own = torch.stack([t.square().sum((1, 2, 3)) for t in template.split(groups, dim=1)], dim=1)[
        ..., None, None
    ]
    squares = torch.stack([x.square().sum(1) for x in window.split(groups, dim=1)], dim=1)
    means = torch.stack(
        [m.square().sum(1) for m in _boxes(window, h, w).split(groups, dim=1)], dim=1
    )
    return own, _boxes(squares, h, w) - means / (h * w)


def slide_groups(template: Tensor, window: Tensor, groups: tuple[int, ...]) -> Tensor:
    """Zero-mean normalised correlation of the first group of channels, of the first two, and so on,
    by FFT.

    Args:
        template: (B, C, h, w), the sensed features: the kernel.
        window: (B, C, H, W), the reference features, H >= h, W >= w.
        groups: Numbers of channels, C in all.

    Returns:
        (B, G, H - h + 1, W - w + 1) in -1..1; `[.., r, c]` = the template's top-left pixel on pixel
        (r, c) of the window.
    """
    kernel = _centred(template)
    products = _Correlate.apply(kernel, window, groups)
    own, under = _energies(kernel, window, groups)
    products, own, under = products.cumsum(1), own.cumsum(1), under.cumsum(1)
    return products / torch.sqrt(own.clamp_min(_FLOOR) * under.clamp_min(_FLOOR))


def slide_each(templates: list[Tensor], window: Tensor, groups: tuple[int, ...]) -> list[Tensor]:
    """Return `slide_groups` of each of several templates, at less cost than one by one.

    Args:
        templates: Each (B, C, h, w), of any sizes.
        window: (B, C, H, W), H >= h, W >= w.
        groups: Numbers of channels, C in all.
    """
    kernels = [_centred(t) for t in templates]
    found = []
    each = _CorrelateEach.apply(window, groups, *kernels)
    for kernel, products in zip(kernels, each, strict=True):
        own, under = (e.cumsum(1) for e in _energies(kernel, window, groups))
        found.append(
            products.cumsum(1) / torch.sqrt(own.clamp_min(_FLOOR) * under.clamp_min(_FLOOR))
        )
    return found


def slide_fft(template: Tensor, window: Tensor) -> Tensor:
    """Zero-mean normalised correlation summed over channels, by FFT.

    Args:
        template: (B, C, h, w), the sensed features: the kernel.
        window: (B, C, H, W), the reference features, H >= h, W >= w.

    Returns:
        (B, H - h + 1, W - w + 1) in -1..1; `[.., r, c]` = the template's top-left pixel on pixel
        (r, c) of the window.

    Reference:
        ME-SSM, arXiv 2507.04397, figure 2: the normalised SAR feature slid over the optical feature
        as a kernel.
    """
    return slide_groups(template, window, (template.shape[1],))[:, 0]


def slide_conv(template: Tensor, window: Tensor) -> Tensor:
    """Return the same as `slide_fft`, as one grouped convolution."""
    kernel = _centred(template)
    batch = window.shape[0]
    products = functional.conv2d(window.flatten(0, 1)[None], kernel, groups=batch)[0]
    own, under = (e[:, 0] for e in _energies(kernel, window, (template.shape[1],)))
    return products / torch.sqrt(own.clamp_min(_FLOOR) * under.clamp_min(_FLOOR))


def slide_reference(template: Tensor, window: Tensor) -> Tensor:
    """Slow twin of `slide_fft`: one position after the other."""
    h, w = template.shape[-2:]
    kernel = _centred(template)
    out = torch.zeros(
        window.shape[0], window.shape[2] - h + 1, window.shape[3] - w + 1, dtype=window.dtype
    )
    for r in range(out.shape[1]):
        for c in range(out.shape[2]):
            under = _centred(window[:, :, r : r + h, c : c + w])
            energy = (kernel**2).sum((1, 2, 3)).clamp_min(_FLOOR) * (under**2).sum(
                (1, 2, 3)
            ).clamp_min(_FLOOR)
            out[:, r, c] = (kernel * under).sum((1, 2, 3)) / torch.sqrt(energy)
    return out


def peaks(similarity: Tensor) -> Tensor:
    """Return (B, 2): x, y of the highest value of (B, rows, columns), to sub-pixel by a parabola
    along each axis.
    """
    batch, rows, columns = similarity.shape
    top = similarity.flatten(1).argmax(1)
    r, c = top // columns, top % columns
    each = torch.arange(batch, device=similarity.device)

    def vertex(before: Tensor, middle: Tensor, after: Tensor) -> Tensor:
        bend = before - 2 * middle + after
        return torch.where(
            bend < -1e-9, 0.5 * (before - after) / bend.clamp_max(-1e-9), torch.zeros_like(bend)
        ).clamp(-0.5, 0.5)

    middle = similarity[each, r, c]
    dx = vertex(
        similarity[each, r, (c - 1).clamp_min(0)],
        middle,
        similarity[each, r, (c + 1).clamp_max(columns - 1)],
    )
    dy = vertex(
        similarity[each, (r - 1).clamp_min(0), c],
        middle,
        similarity[each, (r + 1).clamp_max(rows - 1), c],
    )
    dx = torch.where((c == 0) | (c == columns - 1), 0.0, dx)
    dy = torch.where((r == 0) | (r == rows - 1), 0.0, dy)
    return torch.stack((c + dx, r + dy), dim=1)
