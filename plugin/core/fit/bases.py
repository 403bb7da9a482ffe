"""The functions that transforms are linear combinations of, and their derivatives.

Convention:
    `u` are centred, scaled source coordinates of order one, (N, 2) in (x, y) order. Results are
    float64.

Reference:
    Bookstein 1989, Principal warps: thin-plate splines and the decomposition of deformations, IEEE
    TPAMI 11(6).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ORDERS = {"affine": 1, "polynomial1": 1, "polynomial2": 2, "polynomial3": 3, "field": 1}


def monomials(u: Array, order: int) -> Array:
    """Return (N, M): 1, x, y, x2, xy, y2, ... up to `order`."""
    x, y = u[:, 0], u[:, 1]
    return np.stack(
        [x ** (total - j) * y**j for total in range(order + 1) for j in range(total + 1)], axis=1
    )


def monomial_gradients(u: Array, order: int) -> Array:
    """Return (N, M, 2): the derivatives of `monomials` along x and y."""
    x, y = u[:, 0], u[:, 1]
    out = np.zeros((len(u), (order + 1) * (order + 2) // 2, 2))
    column = 0
    for total in range(order + 1):
        for j in range(total + 1):
            i = total - j
            if i:
                out[:, column, 0] = i * x ** (i - 1) * y**j
            if j:
                out[:, column, 1] = j * x**i * y ** (j - 1)
            column += 1
    return out


def thin_plate_basis(u: Array, knots: Array) -> Array:
    """Return (N, K + 3): r^2 log r for each knot, then 1, x, y."""
    squared = (
        np.subtract.outer(u[:, 0], knots[:, 0]) ** 2 + np.subtract.outer(u[:, 1], knots[:, 1]) ** 2
    )
    radial = 0.5 * squared * np.log(np.maximum(squared, 1e-300))
    return np.concatenate([radial, np.ones((len(u), 1)), u], axis=1)


def thin_plate_gradients(u: Array, knots: Array) -> Array:
    """Return (N, K + 3, 2): the derivatives of `thin_plate_basis` along x and y."""
    dx, dy = np.subtract.outer(u[:, 0], knots[:, 0]), np.subtract.outer(u[:, 1], knots[:, 1])
    slope = np.log(np.maximum(dx**2 + dy**2, 1e-300)) + 1.0
    out = np.zeros((len(u), len(knots) + 3, 2))
    out[:, :-3, 0], out[:, :-3, 1] = slope * dx, slope * dy
    out[:, -2, 0] = out[:, -1, 1] = 1.0
    return out


def basis(kind: str, u: Array, knots: Array) -> Array:
    """Return (N, M) basis functions of a polynomial or a thin-plate spline."""
    return thin_plate_basis(u, knots) if kind == "tps" else monomials(u, ORDERS[kind])


def gradients(kind: str, u: Array, knots: Array) -> Array:
    """Return (N, M, 2) derivatives of `basis`."""
    return thin_plate_gradients(u, knots) if kind == "tps" else monomial_gradients(u, ORDERS[kind])


def design(kind: str, u: Array, knots: Array) -> tuple[Array, Array]:
    """Return (D, offset) such that v = D @ parameters + offset for the kinds that are linear in
    their parameters.

    Args:
        kind: Any but "projective".
        u: (N, 2) centred, scaled source coordinates.
        knots: (K, 2) of a thin-plate spline; empty otherwise.

    Returns:
        D of shape (N, 2, P) and offset (N, 2).
    """
    n = len(u)
    if kind == "shift":
        return np.tile(np.eye(2), (n, 1, 1)), u
    if kind == "similarity":
        d = np.zeros((n, 2, 4))
        d[:, 0, 0] = d[:, 1, 1] = 1.0
        d[:, 0, 2], d[:, 0, 3], d[:, 1, 2], d[:, 1, 3] = u[:, 0], -u[:, 1], u[:, 1], u[:, 0]
        return d, np.zeros((n, 2))
    columns = basis(kind, u, knots)
    m = columns.shape[1]
    d = np.zeros((n, 2, 2 * m))
    d[:, 0, :m] = columns
    d[:, 1, m:] = columns
    return d, np.zeros((n, 2))


def projective_design(h: Array, u: Array) -> tuple[Array, Array, Array]:
    """Linearise the projective model at its eight parameters.

    Args:
        h: (8,), the ninth entry of the matrix is 1.
        u: (N, 2).

    Returns:
        Images (N, 2), their derivatives by the parameters (N, 2, 8), and the denominators (N,).
    """
    denominator = h[6] * u[:, 0] + h[7] * u[:, 1] + 1.0
    homogeneous = np.concatenate([u, np.ones((len(u), 1))], axis=1) / denominator[:, None]
    images = np.stack([homogeneous @ h[:3], homogeneous @ h[3:6]], axis=1)
    d = np.zeros((len(u), 2, 8))
    d[:, 0, 0:3] = homogeneous
    d[:, 1, 3:6] = homogeneous
    d[:, :, 6:] = -images[:, :, None] * homogeneous[:, None, :2]
    return images, d, denominator
