"""Transforms and grids of the tests of warping, for both hands."""

from __future__ import annotations

import numpy as np
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid

WIDTH, HEIGHT = 310, 270
PIXELS = Grid.bare(340, 300)


def grids(crs_wkt: str) -> tuple[Grid, Grid]:
    """A reference grid and a rotated one, larger than the picture."""
    rotated = np.array([[9.0, 3.0, 5e5], [2.5, -10.0, 5.4e6], [0, 0, 1]])
    return (
        Grid(crs_wkt, (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0), 340, 300),
        Grid(crs_wkt, coords.geotransform_from_matrix(rotated), 340, 300),
    )


def bend(kind: str):
    """A transform of the kind with a few pixels of everything it can do."""
    xs, ys = np.meshgrid(np.linspace(0, WIDTH, 6), np.linspace(0, HEIGHT, 6))
    s = np.stack([xs.ravel(), ys.ravel()], axis=1)
    u = s / [WIDTH, HEIGHT] - 0.5
    t = s + np.array([12.3, 7.8])
    if kind != "shift":
        t = coords.apply_matrix(np.array([[1.03, -0.04, 12.0], [0.04, 1.03, 5.0], [0, 0, 1]]), s)
    if kind in ("affine", "polynomial1", "polynomial2", "polynomial3", "tps"):
        t = t + np.stack([0.02 * s[:, 1], -0.01 * s[:, 0]], axis=1)
    if kind in ("polynomial2", "polynomial3", "tps"):
        t = t + 12 * np.stack([u[:, 0] ** 2 - u[:, 1] ** 2, u[:, 0] * u[:, 1]], axis=1)
    if kind in ("polynomial3", "tps"):
        t = t + 10 * np.stack([u[:, 0] ** 3, u[:, 1] ** 2 * u[:, 0]], axis=1)
    if kind == "tps":
        t = t + 2.0 * np.stack([np.sin(6 * u[:, 0]), np.cos(5 * u[:, 1])], axis=1)
    if kind == "projective":
        t = coords.apply_matrix(
            np.array([[1.02, 0.03, 9.0], [-0.02, 1.01, 8.0], [9e-5, -6e-5, 1.0]]), s
        )
    return fit(kind, s, t, smoothing=0.0 if kind == "tps" else None)


def noise():
    """(HEIGHT, WIDTH) uint8 without zeros."""
    return np.random.default_rng(0).integers(1, 255, (HEIGHT, WIDTH)).astype(np.uint8)
