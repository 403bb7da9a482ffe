"""Training samples for networks that look at whole images: an optical and a SAR image of the same
ground under a known motion.

Convention:
    `flow` lives on the sensed (SAR) grid: the sensed pixel at q shows what the reference (optical)
    shows at q + flow(q), px.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .synthetic import (
    Pair,
    centred_lattice,
    optical_look,
    read_field,
    read_image,
    rotation,
    sar_look,
    smooth_field,
    with_mean_filled,
)


@dataclass(frozen=True)
class Motion:
    """Largest motion of the sensed image against the reference, drawn evenly up to each limit.

    Attributes:
        rotation_deg: Rotation.
        shift_px: Shift along each axis.
        scale: Scale is 1 +- this.
        perspective_px: Each corner is moved by up to this along each axis.
        bend_px: Standard deviation of the knots of a smooth distortion (4 x 4 knots).
    """

    rotation_deg: float = 5.0
    shift_px: float = 16.0
    scale: float = 0.1
    perspective_px: float = 0.0
    bend_px: float = 1.0


@dataclass(frozen=True, eq=False)
class WarpedSample:
    """One sample; images are (1, side, side) in 0..1, masks (1, side, side) 0 or 1.

    Attributes:
        reference: Optical.
        reference_mask: 1 = valid.
        sensed: SAR.
        sensed_mask: 1 = valid.
        flow: (2, side, side) float32, x and y, see the convention.
        pair: Number of the pair.
    """

    reference: Tensor
    reference_mask: Tensor
    sensed: Tensor
    sensed_mask: Tensor
    flow: Tensor
    pair: int


@dataclass(frozen=True, eq=False)
class WarpedBatch:
    """B samples, see `WarpedSample`; `counts` is (B, 1, side, side), 1 where the flow leads from
    valid to valid ground.
    """

    reference: Tensor
    reference_mask: Tensor
    sensed: Tensor
    sensed_mask: Tensor
    flow: Tensor
    counts: Tensor

    @classmethod
    def of(cls, samples: list[WarpedSample]) -> WarpedBatch:
        """Stack samples."""
        parts = (
            (s.reference, s.reference_mask, s.sensed, s.sensed_mask, s.flow, flow_mask(s))
            for s in samples
        )
        return cls(*(torch.stack(part) for part in zip(*parts, strict=True)))

    def to(self, device: str) -> WarpedBatch:
        """Return the batch on a device."""
        return WarpedBatch(
            *(getattr(self, f.name).to(device, non_blocking=True) for f in fields(self))
        )


def homography(side: int, motion: Motion, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a 3x3 motion, sensed px -> reference px, both about the middle of an image of `side`
    px.
    """
    linear = rotation(np.deg2rad(rng.uniform(-1, 1) * motion.rotation_deg)) * (
        1.0 + rng.uniform(-1, 1) * motion.scale
    )
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = rng.uniform(-1, 1, 2) * motion.shift_px
    if motion.perspective_px:
        corners = side / 2.0 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float64)
        moved = corners + rng.uniform(-1, 1, (4, 2)) * motion.perspective_px
        rows = []
        for (x, y), (u, v) in zip(corners, moved, strict=True):
            rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        matrix = matrix @ np.append(np.linalg.solve(np.array(rows), moved.ravel()), 1.0).reshape(
            3, 3
        )
    return matrix


def draw_warped(
    pairs: list[Pair], number: int, side: int, motion: Motion, rng: np.random.Generator
) -> WarpedSample:
    """Draw one sample of a pair: common zoom (0.7 to 1.4), quarter turns and flips, then `motion`
    of the sensed image.
    """
    pair = pairs[number]
    height, width = pair.sar.shape
    zoom = float(np.exp(rng.uniform(np.log(0.7), np.log(1.4)))) if rng.random() < 0.5 else 1.0
    zoom = max(zoom, 1.02 * side / min(height, width))
    matrix = (
        rotation(np.deg2rad(90 * rng.integers(4))) @ np.diag([rng.choice([-1.0, 1.0]), 1.0]) / zoom
    )
    reach = 0.5 * side * np.abs(matrix).sum(axis=1)
    centre = (
        np.array(
            [
                rng.uniform(min(r, s / 2), max(s - r, s / 2))
                for r, s in zip(reach, (width, height), strict=True)
            ]
        )
        - 0.5
    )
    lattice = centred_lattice(side)

    def source(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.tensordot(matrix, at, axes=1) + centre[:, None, None]

    h = homography(side, motion, rng)
    x, y, w = np.tensordot(h, np.stack((*lattice, np.ones_like(lattice[0]))), axes=1)
    there = np.stack((x / w, y / w)) + smooth_field(rng, side, rng.uniform(0, 1) * motion.bend_px)
    offset = pair.offsets[pair.cell(*centre)]
    reference, reference_mask = read_image(pair.optical, pair.mask, source(lattice))
    sensed, sensed_mask = read_image(
        pair.sar[None], pair.mask, source(there) + offset[:, None, None]
    )
    reference, sensed = optical_look(reference, rng), sar_look(sensed, rng)
    return WarpedSample(
        with_mean_filled(reference, reference_mask),
        reference_mask,
        with_mean_filled(sensed, sensed_mask),
        sensed_mask,
        torch.from_numpy((there - lattice).astype(np.float32)),
        number,
    )


def flow_mask(sample: WarpedSample) -> Tensor:
    """Return (1, side, side): 1 where the sensed pixel is valid and its partner lies on a valid
    pixel of the reference.
    """
    side = sample.flow.shape[-1]
    at = centred_lattice(side) + sample.flow.numpy()
    inside = (np.abs(at) <= (side - 1) / 2.0).all(axis=0)
    there = (
        read_field(sample.reference_mask.numpy().astype(np.float64), at + (side - 1) / 2.0)[0]
        > 0.98
    )
    return sample.sensed_mask * torch.from_numpy((inside & there).astype(np.float32))[None]
