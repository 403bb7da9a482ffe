"""Control points drawn around known transforms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
WIDTH, HEIGHT = 1000.0, 700.0
LINEAR = np.array([[1.02, 0.03], [-0.021, 0.98]])
COVARIANCE_FREE_KINDS = (
    "shift",
    "similarity",
    "affine",
    "polynomial1",
    "polynomial2",
    "polynomial3",
)
ALL_KINDS = (*COVARIANCE_FREE_KINDS, "projective", "tps", "field")


def scattered(n: int, seed: int) -> Array:
    """Return (n, 2) positions in a WIDTH x HEIGHT image."""
    return np.random.default_rng(seed).uniform(0, 1, (n, 2)) * [WIDTH, HEIGHT]


def truth(kind: str, xy: Array) -> Array:
    """Apply a fixed transform of a kind, written down without the code under test."""
    x, y = xy[:, 0], xy[:, 1]
    a, b = x / WIDTH - 0.5, y / HEIGHT - 0.5
    if kind == "shift":
        return xy + np.array([12.5, -7.25])
    if kind == "similarity":
        c, s = 1.03 * np.cos(0.02), 1.03 * np.sin(0.02)
        return np.stack([c * x - s * y + 4.0, s * x + c * y - 9.0], axis=1)
    linear = xy @ LINEAR.T + [30.0, -11.0]
    if kind in ("affine", "polynomial1"):
        return linear
    if kind == "projective":
        return linear / (1.0 + 4e-5 * x - 2e-5 * y)[:, None]
    bend = np.stack([9 * a * a - 5 * a * b, 7 * b * b + 4 * a * b], axis=1)
    if kind == "polynomial2":
        return linear + bend
    if kind == "polynomial3":
        return (
            linear
            + bend
            + np.stack([20 * a**3 - 12 * a * b * b, 15 * b**3 + 9 * a * a * b], axis=1)
        )
    return linear + np.stack(
        [5 * np.sin(x / 180) + 3 * np.cos(y / 150), 4 * np.sin(y / 170 + x / 300)], axis=1
    )


def covariances(n: int, seed: int) -> Array:
    """Return (n, 2, 2) positive definite matrices of different size and orientation."""
    root = np.random.default_rng(seed).normal(0, 0.6, (n, 2, 2)) + np.eye(2)
    return root @ root.transpose(0, 2, 1) + 0.05 * np.eye(2)
