"""Similarity of a template's features at every position of a search window, for training: differentiable, by FFT or sliding."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_FLOOR = 1e-4


def _centred(template: Tensor) -> Tensor:
    return template - template.mean(dim=(-2, -1), keepdim=True)


def _normalise(products: Tensor, template: Tensor, window: Tensor) -> Tensor:
    """Divide by the energies of the centred template and of the window under it, both summed over channels."""
    h, w = template.shape[-2:]
    own = (template**2).sum(dim=(1, 2, 3))[:, None, None]
    squares = _means((window**2).sum(1, keepdim=True), h, w)[:, 0]
    means = _means(window, h, w)
    under = (squares - (means**2).sum(1)) * (h * w)
    return products / torch.sqrt(own.clamp_min(_FLOOR) * under.clamp_min(_FLOOR))


def _means(x: Tensor, h: int, w: int) -> Tensor:
    """Return the mean of each h x w box of (B, C, H, W): columns first, then rows, a hundredth of the work of both at once."""
    return functional.avg_pool2d(functional.avg_pool2d(x, (h, 1), stride=1), (1, w), stride=1)


def slide_fft(template: Tensor, window: Tensor) -> Tensor:
    """Zero-mean normalised correlation summed over channels, by FFT.

    Args:
        template: (B, C, h, w), the sensed features: the kernel.
        window: (B, C, H, W), the reference features, H >= h, W >= w.

    Returns:
        (B, H - h + 1, W - w + 1) in -1..1; `[.., r, c]` = the template's top-left pixel on pixel (r, c) of the window.

    Reference:
        ME-SSM, arXiv 2507.04397, figure 2: the normalised SAR feature slid over the optical feature as a kernel.
    """
    kernel = _centred(template)
    size = (window.shape[-2], window.shape[-1])  # the wanted positions do not wrap
    spectrum = (torch.fft.rfft2(window, s=size) * torch.fft.rfft2(kernel, s=size).conj()).sum(1)
    rows, columns = size[0] - template.shape[-2] + 1, size[1] - template.shape[-1] + 1
    products = torch.fft.irfft2(spectrum, s=size)[:, :rows, :columns]
    return _normalise(products, kernel, window)


def slide_conv(template: Tensor, window: Tensor) -> Tensor:
    """Return the same as `slide_fft`, as one grouped convolution."""
    kernel = _centred(template)
    batch = window.shape[0]
    products = functional.conv2d(window.flatten(0, 1)[None], kernel, groups=batch)[0]
    return _normalise(products, kernel, window)


def slide_reference(template: Tensor, window: Tensor) -> Tensor:
    """Slow twin of `slide_fft`: one position after the other."""
    h, w = template.shape[-2:]
    kernel = _centred(template)
    out = torch.zeros(window.shape[0], window.shape[2] - h + 1, window.shape[3] - w + 1, dtype=window.dtype)
    for r in range(out.shape[1]):
        for c in range(out.shape[2]):
            under = _centred(window[:, :, r : r + h, c : c + w])
            energy = (kernel**2).sum((1, 2, 3)).clamp_min(_FLOOR) * (under**2).sum((1, 2, 3)).clamp_min(_FLOOR)
            out[:, r, c] = (kernel * under).sum((1, 2, 3)) / torch.sqrt(energy)
    return out
