"""Training samples: a window of the optical image, a template of the SAR image, both altered at
random, and the true offset.

Convention:
    Output positions are index px (pixel centres) of the window. A template's pixel v lies on the
    window's pixel v + truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

CELL_PX = 256


@dataclass(eq=False)
class Pair:
    """An aligned pair of 8-bit pictures.

    Attributes:
        optical: (C, H, W) uint8.
        sar: (H, W) uint8.
        mask: (H, W) bool, True = both valid; None = everywhere.
        source: Name of the collection it comes from.
        offsets: (rows, columns, 2) px: what the truth of each 256-px cell was found to be off;
            sar(p + offset) shows optical(p).
    """

    optical: NDArray[np.uint8]
    sar: NDArray[np.uint8]
    mask: NDArray[np.bool_] | None
    source: str
    offsets: NDArray[np.float64]

    @classmethod
    def make(
        cls,
        optical: NDArray[np.uint8],
        sar: NDArray[np.uint8],
        mask: NDArray[np.bool_] | None,
        source: str,
    ) -> Pair:
        """Make a pair whose truth is taken as it is given."""
        cells = tuple(max(1, side // CELL_PX) for side in sar.shape)
        return cls(optical, sar, mask, source, np.zeros((*cells, 2)))

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return the cell of `offsets` at a place."""
        rows, columns = self.offsets.shape[:2]
        row, column = int(y * rows / self.sar.shape[0]), int(x * columns / self.sar.shape[1])
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


@dataclass(frozen=True)
class SampleSize:
    """Sides in px of the window and of the template in it."""

    window: int
    template: int


@dataclass(frozen=True, eq=False)
class Origin:
    """Where a sample comes from.

    Attributes:
        pair: Number of the pair, -1 where the SAR was simulated.
        cell: Cell of the pair's offsets.
        to_source: 2x2, window px -> source px.
    """

    pair: int
    cell: tuple[int, int]
    to_source: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """One training sample; images are (1, h, w) in 0..1, masks (1, h, w) 0 or 1.

    Attributes:
        window: Optical.
        window_mask: 1 = valid.
        template: SAR.
        template_mask: 1 = valid.
        truth: (x, y) of the template's first pixel on the window.
        origin: Where it comes from.
    """

    window: Tensor
    window_mask: Tensor
    template: Tensor
    template_mask: Tensor
    truth: tuple[float, float]
    origin: Origin


def draw(pairs: list[Pair], number: int, size: SampleSize, rng: np.random.Generator) -> Sample:
    """Draw one sample of a pair.

    Scale 0.6 to 1.5, quarter turns, flips, rotation within 15 degrees and smooth distortion are
    common to both images; the SAR template is moreover turned by up to 4 degrees, scaled by up to 4
    % and slightly distorted.
    """
    pair = pairs[number]
    height, width = pair.sar.shape
    zoom = float(np.exp(rng.uniform(np.log(0.6), np.log(1.5)))) if rng.random() < 0.6 else 1.0
    zoom = max(zoom, 1.1 * size.window / min(height, width))
    turn = np.deg2rad(90 * rng.integers(4) + (rng.uniform(-15, 15) if rng.random() < 0.5 else 0.0))
    matrix = rotation(turn) @ np.diag([rng.choice([-1.0, 1.0]), 1.0]) / zoom
    reach = 0.5 * size.window * np.abs(matrix).sum(axis=1)
    centre = (
        np.array(
            [
                rng.uniform(min(r, s / 2), max(s - r, s / 2))
                for r, s in zip(reach, (width, height), strict=True)
            ]
        )
        - 0.5
    )
    room = size.window - size.template
    truth = rng.uniform(1.0, room - 1.0, 2)
    bend = (
        smooth_field(rng, size.window, rng.uniform(0, 3.0))
        if rng.random() < 0.5
        else np.zeros((2, size.window, size.window))
    )
    where = centred_lattice(size.window) + bend
    window, window_mask = read_image(
        pair.optical, pair.mask, np.tensordot(matrix, where, axes=1) + centre[:, None, None]
    )
    local = centred_lattice(size.template)
    if rng.random() < 0.7:
        local = np.tensordot(
            rotation(np.deg2rad(rng.uniform(-4, 4))) * rng.uniform(0.96, 1.04), local, axes=1
        )
        local = local + smooth_field(rng, size.template, rng.uniform(0, 0.7))
    middle = (
        truth + (size.template - size.window) / 2.0
    )  # of the template, from the window's middle
    at = local + middle[:, None, None]
    at = at + read_field(bend, at + (size.window - 1) / 2.0)
    cell = pair.cell(*centre)
    places = np.tensordot(matrix, at, axes=1) + (centre + pair.offsets[cell])[:, None, None]
    simulated = rng.random() < 0.06
    if simulated:
        places = places - pair.offsets[cell][:, None, None]
        template, template_mask = read_image(pair.optical, pair.mask, places)
        template = _simulated_sar(template, rng)
    else:
        template, template_mask = read_image(pair.sar[None], pair.mask, places)
    window = optical_look(window, rng)
    template = sar_look(template, rng)
    return Sample(
        with_mean_filled(window, window_mask),
        window_mask,
        with_mean_filled(template, template_mask),
        template_mask,
        (float(truth[0]), float(truth[1])),
        Origin(-1 if simulated else number, cell, matrix),
    )


def rotation(angle: float) -> NDArray[np.float64]:
    """Return the 2x2 rotation by `angle` radians, from x to y."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def centred_lattice(side: int) -> NDArray[np.float64]:
    """Return (2, side, side): x and y of each pixel from the middle of the image, px."""
    line = np.arange(side) - (side - 1) / 2.0
    return np.stack(np.meshgrid(line, line)).astype(np.float64)


def smooth_field(rng: np.random.Generator, side: int, sigma_px: float) -> NDArray[np.float64]:
    """Return a smooth random displacement (2, side, side)."""
    knots = torch.from_numpy(rng.normal(0, sigma_px, (1, 2, 4, 4)))
    grown = functional.interpolate(knots, size=(side, side), mode="bicubic", align_corners=True)[0]
    return np.asarray(grown.numpy(), dtype=np.float64)


def read_field(field: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read a (2, H, W) field at index positions (2, h, w)."""
    side = field.shape[-1]
    grid = torch.from_numpy(np.moveaxis((2 * at + 1) / side - 1, 0, -1))[None]
    read = functional.grid_sample(
        torch.from_numpy(field)[None], grid, padding_mode="border", align_corners=False
    )[0]
    return np.asarray(read.numpy(), dtype=np.float64)


def read_image(
    image: NDArray[np.uint8], mask: NDArray[np.bool_] | None, at: NDArray[np.float64]
) -> tuple[Tensor, Tensor]:
    """Read (C, H, W) at index positions (2, h, w): values 0..1 (C, h, w) and validity (1, h, w)."""
    height, width = image.shape[1:]
    low = np.clip(np.floor(at.min(axis=(1, 2))).astype(int) - 2, 0, [width - 2, height - 2])
    high = np.clip(np.ceil(at.max(axis=(1, 2))).astype(int) + 3, low + 2, [width, height])
    part = (
        torch.from_numpy(np.ascontiguousarray(image[:, low[1] : high[1], low[0] : high[0]])).float()
        / 255.0
    )
    valid = torch.ones(1, *part.shape[1:])
    if mask is not None:
        valid = torch.from_numpy(mask[low[1] : high[1], low[0] : high[0]].astype(np.float32))[None]
    step = float(np.abs(at[:, 1:, 1:] - at[:, :-1, :-1]).mean()) / np.sqrt(2.0)
    if step > 1.2:  # fewer samples than pixels
        part = functional.avg_pool2d(part[None], 3, stride=1, padding=1, count_include_pad=False)[0]
    grid = np.stack([(2 * (at[i] - low[i]) + 1) / (high[i] - low[i]) - 1 for i in (0, 1)], axis=-1)
    read = functional.grid_sample(
        torch.cat((part, valid))[None],
        torch.from_numpy(grid.astype(np.float32))[None],
        align_corners=False,
    )[0]
    return read[:-1], (read[-1:] > 0.98).float()


def with_mean_filled(image: Tensor, mask: Tensor) -> Tensor:
    """Put the mean of the valid pixels where there are none."""
    mean = (image * mask).sum() / mask.sum().clamp_min(1.0)
    return image * mask + mean * (1.0 - mask)


def optical_look(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Mix the bands of (C, h, w) at random, alter the tones, blur, add noise and clouds: (1, h, w)
    in 0..1.
    """
    bands = image.shape[0]
    if bands == 3 and rng.random() < 0.3:
        weights = np.array([0.299, 0.587, 0.114])
    else:
        weights = rng.dirichlet(np.ones(bands))
        if bands > 1 and rng.random() < 0.15:
            weights = rng.normal(0, 1, bands)
    grey = torch.tensordot(torch.as_tensor(weights, dtype=torch.float32), image, dims=1)[None]
    if weights.min() < 0:
        grey = (grey - grey.min()) / (grey.max() - grey.min() + 1e-3)
    grey = _tones(grey, rng)
    if rng.random() < 0.1:
        grey = 1.0 - grey
    grey = _blur(grey, rng)
    grey = grey + float(rng.uniform(0, 0.04)) * _noise(grey, rng)
    if rng.random() < 0.2:
        grey = _patched(grey, float(rng.uniform(0.7, 1.0)), rng)
    return grey.clamp(0.0, 1.0)


def sar_look(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Alter the tones of (1, h, w), go to amplitude at times, blur, add speckle of several looks
    and water: (1, h, w) in 0..1.
    """
    look = _tones(image, rng)
    if rng.random() < 0.15:
        power = float(rng.uniform(0.5, 1.5))
        look = (10.0 ** (power * look) - 1.0) / (10.0**power - 1.0)
    look = _blur(look, rng)
    if rng.random() < 0.5:
        looks = float(rng.choice([4, 8, 16, 32]))
        speckle = rng.gamma(looks, 1.0 / looks, tuple(look.shape))
        look = look + 0.12 * torch.from_numpy(np.log(speckle).astype(np.float32))
    if rng.random() < 0.15:
        look = _patched(look, float(rng.uniform(0.0, 0.15)), rng)
    return look.clamp(0.0, 1.0)


def _simulated_sar(image: Tensor, rng: np.random.Generator) -> Tensor:
    """Make a SAR-like picture of an optical one: a random tone curve, bright edges on one side,
    heavy speckle.
    """
    grey = image.mean(0, keepdim=True)
    knots = torch.from_numpy(rng.uniform(0, 1, (1, 1, 6)).astype(np.float32))
    curve = functional.interpolate(knots, size=256, mode="linear", align_corners=True)[0, 0]
    toned = curve[(grey.clamp(0, 1) * 255).long()]
    kernel = torch.from_numpy(rng.normal(0, 1, (1, 1, 3, 3)).astype(np.float32))
    edges = functional.conv2d(
        functional.pad(grey[None], (1, 1, 1, 1), mode="replicate"), kernel - kernel.mean()
    )[0]
    speckle = torch.from_numpy(np.log(rng.gamma(4.0, 0.25, tuple(grey.shape))).astype(np.float32))
    return (0.7 * toned + 0.8 * edges.abs() + 0.1 * speckle).clamp(0.0, 1.0)


def _tones(image: Tensor, rng: np.random.Generator) -> Tensor:
    mean = image.mean()
    image = (image - mean) * float(np.exp(rng.normal(0, 0.2))) + mean + float(rng.normal(0, 0.06))
    return image.clamp(0.0, 1.0) ** float(np.exp(rng.normal(0, 0.3)))


def _noise(like: Tensor, rng: np.random.Generator) -> Tensor:
    return torch.from_numpy(rng.standard_normal(tuple(like.shape)).astype(np.float32))


def _blur(image: Tensor, rng: np.random.Generator) -> Tensor:
    if rng.random() > 0.3:
        return image
    sigma = float(rng.uniform(0.4, 1.2))
    taps = torch.exp(-(torch.arange(-3.0, 4.0) ** 2) / (2 * sigma**2))
    taps = taps / taps.sum()
    padded = functional.pad(image[None], (3, 3, 3, 3), mode="replicate")
    return functional.conv2d(
        functional.conv2d(padded, taps.view(1, 1, 1, 7)), taps.view(1, 1, 7, 1)
    )[0]


def _patched(image: Tensor, value: float, rng: np.random.Generator) -> Tensor:
    """Cover a smooth random part, up to about a third, with a constant."""
    field = functional.interpolate(
        torch.from_numpy(rng.normal(0, 1, (1, 1, 5, 5)).astype(np.float32)),
        size=image.shape[-2:],
        mode="bicubic",
    )[0]
    cover = torch.sigmoid(8.0 * (field - float(rng.uniform(0.4, 1.2))))
    return image * (1.0 - cover) + value * cover
