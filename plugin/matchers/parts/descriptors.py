"""Comparison of descriptors that lie on a lattice of nodes: similarity around a node, and what its
peak says.

Convention:
    A node is (column, row) of a descriptor map; offsets are in nodes. `surfaces[:, reach, reach]`
    is offset 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .surfaces import second_highest

NOTHING = -1.0
"""Similarity where there is no descriptor to compare with."""
_CHUNK, _TINY = 256, 1e-30
_LINE = np.arange(-1, 2)


@dataclass(frozen=True, eq=False)
class Peaks:
    """The highest node of each of N surfaces.

    Attributes:
        offset: (N, 2) nodes, sub-node.
        node: (N, 2) the same, whole.
        value: (N,) similarity there.
        second: (N,) highest similarity further than a node away, 0 where there is none.
        mass: (N,) share of the probability within a node of it.
        covariance: (N, 2, 2) nodes squared, of the probability within a node of it.
        sharpness: (N,) height over the surface's median in robust standard deviations.
        free: (N,) whether all eight neighbours can be compared with.
    """

    offset: NDArray[np.float64]
    node: NDArray[np.int64]
    value: NDArray[np.float64]
    second: NDArray[np.float64]
    mass: NDArray[np.float64]
    covariance: NDArray[np.float64]
    sharpness: NDArray[np.float64]
    free: NDArray[np.bool_]


def windows(field: NDArray[Any], nodes: NDArray[np.int64], reach: int) -> NDArray[Any]:
    """Return (N, 2 reach + 1, 2 reach + 1, ...): what lies around nodes of a map (rows, columns,
    ...); zeros outside.
    """
    line = np.arange(-reach, reach + 1)
    r, c = nodes[:, 1, None] + line, nodes[:, 0, None] + line
    inside = ((r >= 0) & (r < field.shape[0]))[:, :, None] & ((c >= 0) & (c < field.shape[1]))[
        :, None
    ]
    found = field[
        np.clip(r, 0, field.shape[0] - 1)[:, :, None], np.clip(c, 0, field.shape[1] - 1)[:, None]
    ]
    return np.where(
        inside.reshape(*inside.shape, *[1] * (field.ndim - 2)), found, np.zeros((), field.dtype)
    )


def surfaces_around(
    descriptors: NDArray[np.float32],
    field: NDArray[np.float32],
    valid: NDArray[np.bool_],
    nodes: NDArray[np.int64],
    reach: int,
) -> NDArray[np.float32]:
    """Return (N, 2 reach + 1, 2 reach + 1): similarity of N descriptors with those of a map around
    N nodes.

    Args:
        descriptors: (N, C) of one length.
        field: (rows, columns, C) of one length.
        valid: (rows, columns), False = `NOTHING` to compare with.
        nodes: (N, 2).
        reach: Largest offset along each axis.
    """
    out = np.empty((len(nodes), 2 * reach + 1, 2 * reach + 1), np.float32)
    for start in range(0, len(nodes), _CHUNK):
        part = slice(start, start + _CHUNK)
        similarity = np.einsum(
            "nrcd,nd->nrc", windows(field, nodes[part], reach), descriptors[part], optimize=True
        )
        out[part] = np.where(windows(valid, nodes[part], reach), similarity, NOTHING)
    return out


def read_peaks(
    surfaces: NDArray[np.float32], scale: float, allowed: NDArray[np.bool_] | None = None
) -> Peaks:
    """Read the highest node of each surface.

    Args:
        surfaces: (N, side, side), side odd.
        scale: Inverse temperature: probability is softmax(scale * similarity).
        allowed: (N, side, side), where the highest node is sought; None = everywhere.
    """
    count, side = len(surfaces), surfaces.shape[-1]
    each, reach = np.arange(count), side // 2
    known = surfaces > NOTHING
    sought = known if allowed is None else known & allowed
    top = np.where(sought, surfaces, NOTHING).reshape(count, -1).argmax(axis=1)
    row, column = top // side, top % side
    padded = np.pad(surfaces, ((0, 0), (1, 1), (1, 1)), constant_values=NOTHING).astype(np.float64)
    around = padded[
        each[:, None, None],
        row[:, None, None] + 1 + _LINE[:, None],
        column[:, None, None] + 1 + _LINE,
    ]
    value = around[:, 1, 1]
    free = (around > NOTHING).all(axis=(1, 2))
    offset = np.where(free[:, None], _vertices(around), 0.0)
    weight = np.where(padded > NOTHING, np.exp(scale * (padded - value[:, None, None])), 0.0)
    near = np.exp(scale * (around - value[:, None, None])) * (around > NOTHING)
    mass = near.sum(axis=(1, 2)) / np.maximum(weight.sum(axis=(1, 2)), _TINY)
    second = second_highest(surfaces, top, 1)
    values = np.where(known, surfaces, np.nan).reshape(count, -1)
    values = np.where(known.any(axis=(1, 2))[:, None], values, 0.0)
    middle = np.nanmedian(values, axis=1)
    spread = 1.4826 * np.nanmedian(np.abs(values - middle[:, None]), axis=1) + 1e-3
    node = np.stack((column, row), axis=1) - reach
    return Peaks(
        node + offset,
        node,
        value,
        second,
        mass,
        _covariances(near),
        (value - middle) / spread,
        free & sought.any(axis=(1, 2)),
    )


def _vertices(around: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 2): x, y of the top of the least-squares paraboloid over (N, 3, 3), at most 0.75
    away; 0 where it has none.
    """
    gx = (around[:, :, 2] - around[:, :, 0]).sum(axis=1) / 6.0
    gy = (around[:, 2] - around[:, 0]).sum(axis=1) / 6.0
    hxx = (around[:, :, 2] - 2 * around[:, :, 1] + around[:, :, 0]).sum(axis=1) / 3.0
    hyy = (around[:, 2] - 2 * around[:, 1] + around[:, 0]).sum(axis=1) / 3.0
    hxy = (around[:, 2, 2] + around[:, 0, 0] - around[:, 0, 2] - around[:, 2, 0]) / 4.0
    determinant = hxx * hyy - hxy**2
    bent = (determinant > 1e-12) & (hxx < 0)
    determinant = np.where(bent, determinant, 1.0)
    place = np.stack((hxy * gy - hyy * gx, hxy * gx - hxx * gy), axis=1) / determinant[:, None]
    return np.where(bent[:, None], np.clip(place, -0.75, 0.75), 0.0)


def _covariances(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 2, 2): covariance of x, y under weights (N, 3, 3)."""
    total = np.maximum(weight.sum(axis=(1, 2)), _TINY)
    x, y = (
        (weight * _LINE).sum(axis=(1, 2)) / total,
        (weight * _LINE[:, None]).sum(axis=(1, 2)) / total,
    )
    xx = (weight * _LINE**2).sum(axis=(1, 2)) / total - x**2
    yy = (weight * _LINE[:, None] ** 2).sum(axis=(1, 2)) / total - y**2
    xy = (weight * _LINE * _LINE[:, None]).sum(axis=(1, 2)) / total - x * y
    return np.stack((np.stack((xx, xy), axis=1), np.stack((xy, yy), axis=1)), axis=1)
