"""Whether a transform folds the image, and how much it stretches it, by the sign and size of its
Jacobian over the scene.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..geometry.grid import Grid
from ..types import Point
from .transforms import Transform


@dataclass(frozen=True)
class FoldCheck:
    """The Jacobian determinant of a transform over a lattice of the sensed raster.

    Attributes:
        share: Share of the lattice where the determinant has the wrong sign, 0..1: the image is
            inside out there.
        spacing_px: Distance of the lattice's places, sensed px; a smaller fold can hide between
            them.
        scale_low: Smallest local scale, sqrt(|determinant| / its median); 0 where it folds.
        scale_high: Largest local scale.
        worst_px: Reference px of the place where the determinant is smallest.
    """

    share: float
    spacing_px: float
    scale_low: float
    scale_high: float
    worst_px: Point


def check_folds(transform: Transform, sensed_grid: Grid, side: int = 65) -> FoldCheck:
    """Look at a transform over a whole scene, corner to corner.

    Args:
        transform: sensed_px -> reference_px.
        sensed_grid: Of which only the size counts.
        side: Places along the longer side.
    """
    spacing = max(sensed_grid.width, sensed_grid.height) / (side - 1)
    axes = [
        np.linspace(0, length, max(5, round(length / spacing) + 1))
        for length in (sensed_grid.width, sensed_grid.height)
    ]
    places = np.stack(np.meshgrid(*axes), axis=2).reshape(-1, 2)
    determinant = np.linalg.det(transform.jacobian(places))
    middle = float(np.median(determinant))
    relative = determinant / middle if middle else np.zeros_like(determinant)
    worst = transform.apply(places[[int(np.argmin(relative))]])[0]
    low, high = float(relative.min()), float(relative.max())
    return FoldCheck(
        float((relative <= 0).mean()),
        spacing,
        max(low, 0.0) ** 0.5,
        max(high, 0.0) ** 0.5,
        (float(worst[0]), float(worst[1])),
    )
