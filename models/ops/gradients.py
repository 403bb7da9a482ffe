"""Oriented gradients: a fixed bank that optical and SAR images have in common before anything is
learnt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

_FLOOR = 1.25e-3
_SMOOTH, _ACROSS = (0.125, 0.25, 0.125), (-1.0, 0.0, 1.0)  # Sobel


class OrientedGradients(nn.Module):
    """Channels |cos(t) gx + sin(t) gy| of Gaussian derivatives at several widths, smoothed over
    space and orientation, of unit length a width.

    Args:
        orientations: Directions between 0 and 180 degrees.
        widths_px: (blur before the gradient, blur of the channels) of each width of the bank.

    Reference:
        Ye et al. 2019, CFOG, TGRS 57(11); the bank at one width equals the matcher `cfog`.
    """

    def __init__(
        self,
        orientations: int = 6,
        widths_px: tuple[tuple[float, float], ...] = ((0.8, 0.8), (1.6, 1.2)),
    ) -> None:
        super().__init__()
        self.orientations, self.widths_px = orientations, widths_px
        angles = torch.arange(orientations) * math.pi / orientations
        self.register_buffer(
            "directions", torch.stack((torch.cos(angles), torch.sin(angles))), persistent=False
        )

    @property
    def channels(self) -> int:
        """Number of channels."""
        return self.orientations * len(self.widths_px)

    def forward(self, image: Tensor) -> Tensor:
        """Describe (B, 1, H, W), values 0..1, in float32: (B, channels, H, W)."""
        with torch.autocast(image.device.type, enabled=False):
            return torch.cat(
                [self._at(image.float(), before, after) for before, after in self.widths_px], dim=1
            )

    def _at(self, image: Tensor, before_px: float, after_px: float) -> Tensor:
        smooth = _blur(image, before_px)
        gradient = torch.cat(
            (_separable(smooth, _SMOOTH, _ACROSS), _separable(smooth, _ACROSS, _SMOOTH)), dim=1
        )
        channels = _blur(torch.einsum("bchw,co->bohw", gradient, self.directions).abs(), after_px)
        channels = 0.25 * channels.roll(1, 1) + 0.5 * channels + 0.25 * channels.roll(-1, 1)
        return channels * torch.rsqrt((channels**2).sum(1, keepdim=True) + _FLOOR**2)


def _blur(x: Tensor, sigma_px: float) -> Tensor:
    reach = round(4.0 * sigma_px)
    taps = [math.exp(-(i**2) / (2 * sigma_px**2)) for i in range(-reach, reach + 1)]
    total = sum(taps)
    taps = [tap / total for tap in taps]
    return _separable(x, taps, taps)


def _separable(x: Tensor, rows: Sequence[float], columns: Sequence[float]) -> Tensor:
    """Correlate each channel with `rows` down the columns and `columns` along the rows; the image
    is mirrored at its rim.

    Shifted copies are summed: on a CPU several times as fast as a depth-wise convolution of six
    channels; a GPU starts more kernels.
    """
    down, right = len(rows) // 2, len(columns) // 2
    x = functional.pad(x, (right, right, down, down), mode="reflect")
    return _taps(_taps(x, rows, 2), columns, 3)


def _taps(x: Tensor, taps: Sequence[float], axis: int) -> Tensor:
    size = x.shape[axis] - len(taps) + 1
    out = taps[0] * x.narrow(axis, 0, size)
    for first, tap in enumerate(taps[1:], 1):
        if tap:
            out.add_(x.narrow(axis, first, size), alpha=tap)
    return out
