"""Grey values against those about them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from .blocks import surroundings

_NORMAL_SIDE, _NORMAL_FLOOR = 31, 0.03


def normalised(image: Tensor) -> Tensor:
    """Return what the network is given of (B, 1, H, W) in 0..1: (B, 3, H, W).

    The image about 0; the image standardised by its 31-px surroundings; the length of that one's
    gradient (Sobel), which optical and SAR have in common from the first step of the training on.
    """
    mean = surroundings(image, _NORMAL_SIDE)
    variance = (surroundings(image**2, _NORMAL_SIDE) - mean**2).clamp_min(0.0)
    local = ((image - mean) / (torch.sqrt(variance) + _NORMAL_FLOOR)).clamp(-3.0, 3.0)
    smooth = torch.tensor([0.25, 0.5, 0.25], dtype=image.dtype, device=image.device)
    slope = torch.tensor([-0.5, 0.0, 0.5], dtype=image.dtype, device=image.device)
    kernels = torch.stack((smooth[:, None] * slope, slope[:, None] * smooth))[:, None]
    gradient = functional.conv2d(functional.pad(local, (1, 1, 1, 1), mode="replicate"), kernels)
    length = torch.sqrt((gradient**2).sum(1, keepdim=True) + 1e-6)
    return torch.cat((2.0 * image - 1.0, local, 2.0 * length - 1.0), dim=1)
