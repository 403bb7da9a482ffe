"""Vectors on a lattice: averages of scattered ones with a Gaussian, and a twice differentiable
surface through them.

Convention:
    `u` are centred, scaled source coordinates of order one, (N, 2) in (x, y) order. Node (row, col)
    of a lattice lies at origin + (col, row) * step. Results are float64.

Reference:
    Nadaraya 1964, On estimating regression, Theory Probab. Appl. 9(1) (the average); de Boor 1978,
    A practical guide to splines (uniform cubic B-splines).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_STEP = 1.0  # distance of nodes, in widths of the average as a whole
_REACH = 3.0  # of the Gaussian, in its own widths
_PRIOR = 0.1  # see `Averager.prior`
_MAX_NODES = 1 << 21


@dataclass(frozen=True, eq=False)
class Lattice:
    """Coefficients of a surface of uniform cubic B-splines; zero outside its nodes.

    Attributes:
        origin: (2,) position of node (0, 0).
        step: (2,) distance of nodes along x and y.
        values: (rows, cols, C) vector of each node.
    """

    origin: Array
    step: Array
    values: Array

    def apply(self, u: Array) -> Array:
        """Return (N, C) vectors at positions (N, 2)."""
        (ix, bx), (iy, by) = (self._axis(u, axis, _spline) for axis in (0, 1))
        return np.asarray(
            np.einsum("nr,nc,nrck->nk", by, bx, self.values[iy[:, :, None], ix[:, None, :]])
        )

    def gradients(self, u: Array) -> Array:
        """Return (N, C, 2): the derivatives of the vectors along x and y."""
        (ix, bx), (iy, by) = (self._axis(u, axis, _spline) for axis in (0, 1))
        (_, dx), (_, dy) = (self._axis(u, axis, _spline_slope) for axis in (0, 1))
        around = self.values[iy[:, :, None], ix[:, None, :]]
        along_x = np.einsum("nr,nc,nrck->nk", by, dx, around) / self.step[0]
        along_y = np.einsum("nr,nc,nrck->nk", dy, bx, around) / self.step[1]
        return np.asarray(np.stack([along_x, along_y], axis=2))

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-able dict: origin, step, shape, values."""
        return {
            "origin": self.origin.tolist(),
            "step": self.step.tolist(),
            "shape": list(self.values.shape[:2]),
            "values": self.values.ravel().tolist(),
        }

    def _axis(
        self, u: Array, axis: int, weights: Callable[[Array], Array]
    ) -> tuple[NDArray[np.intp], Array]:
        """Return the indices (N, 4) of the nodes around along one axis and their weights, zero
        beyond the lattice.
        """
        count = self.values.shape[1 - axis]
        place = np.clip((u[:, axis] - self.origin[axis]) / self.step[axis], -4.0, count + 4.0)
        first = np.floor(place)
        index = first.astype(np.intp)[:, None] + np.arange(-1, 3)
        inside = (index >= 0) & (index < count)
        return np.where(inside, index, 0), np.where(inside, weights(place - first), 0.0)


def lattice_from_dict(data: dict[str, Any]) -> Lattice:
    """Rebuild a lattice of plane vectors from `Lattice.to_dict`.

    Raises:
        KeyError, TypeError, ValueError: when the dict is not one.
    """
    origin, step, values = (
        np.asarray(data[name], dtype=np.float64) for name in ("origin", "step", "values")
    )
    rows, cols = (int(n) for n in data["shape"])
    if origin.shape != (2,) or step.shape != (2,) or not (step > 0).all() or rows < 1 or cols < 1:
        raise ValueError("a lattice needs two-dimensional positions and nodes")
    if not all(np.isfinite(a).all() for a in (origin, step, values)):
        raise ValueError("a number of the lattice is missing or infinite")
    return Lattice(origin, step, values.reshape(rows, cols, 2))


def _spline(t: Array) -> Array:
    """Return (N, 4) weights of the nodes at -1, 0, 1, 2 for a place t in 0..1 between 0 and 1."""
    s = 1.0 - t
    return np.asarray(
        np.stack([s**3, 4.0 - 6.0 * t**2 + 3.0 * t**3, 4.0 - 6.0 * s**2 + 3.0 * s**3, t**3], axis=1)
        / 6.0
    )


def _spline_slope(t: Array) -> Array:
    """Return (N, 4) derivatives of `_spline`, per node."""
    s = 1.0 - t
    return np.asarray(
        np.stack([-(s**2), 3.0 * t**2 - 4.0 * t, 4.0 * s - 3.0 * s**2, t**2], axis=1) / 2.0
    )


class Averager:
    """Averages of values at fixed points, with a Gaussian, on a lattice around them.

    The value of a node is sum(k w z) / (sum(k w) + prior) over the points: the prior draws it to
    zero where points are far. The surface through the nodes blurs once more; nodes are averaged
    with so much less that the whole has the width asked for.

    Attributes:
        density: (rows, cols) sum(k w).
        width: Standard deviation of the Gaussian.
        prior: Weight of "no vector at all" beside points of mean weight one.
    """

    prior = _PRIOR

    def __init__(self, u: Array, weights: Array, width: float) -> None:
        """Place the lattice.

        Args:
            u: (N, 2) positions of the points.
            weights: (N,) of the points, with a mean of one.
            width: Standard deviation of the Gaussian; it is widened where the lattice would have
                more than two million nodes.
        """
        self.u, self.weights = u, weights
        low, extent = u.min(axis=0), np.ptp(u, axis=0)
        self.width = max(width, float(np.sqrt(np.prod(np.maximum(extent, width)) / _MAX_NODES)))
        self._step = _STEP * self.width
        self._sigma = self.width * float(
            np.sqrt(1.0 - _STEP**2 / 3.0)
        )  # a cubic B-spline has a variance of a third
        margin = int(np.ceil(_REACH * self._sigma / self._step)) + 2
        self._origin = low - margin * self._step
        self._shape = tuple(
            (np.ceil(extent / self._step).astype(int) + 2 * margin + 1)[::-1].tolist()
        )
        self._near = int(np.ceil(_REACH * self._sigma / self._step))
        self.density = self.sums(np.ones((len(u), 1)))[:, :, 0]

    def sums(self, z: Array, members: NDArray[np.intp] | None = None) -> Array:
        """Return (rows, cols, C): sum(k w z) of all points or of some, z being (N, C) of all."""
        chosen = np.arange(len(self.u)) if members is None else members
        place = (self.u[chosen] - self._origin) / self._step
        first = np.floor(place).astype(np.intp)
        offsets = np.arange(-self._near, self._near + 2)
        kernel = [
            self._kernel(place[:, axis, None] - first[:, axis, None] - offsets) for axis in (0, 1)
        ]
        index = (
            (first[:, 1, None, None] + offsets[:, None]) * self._shape[1]
            + first[:, 0, None, None]
            + offsets
        )
        whole = kernel[1][:, :, None] * kernel[0][:, None, :] * self.weights[chosen, None, None]
        size = self._shape[0] * self._shape[1]
        parts = [
            np.bincount(index.ravel(), (whole * z[chosen, None, c, None]).ravel(), minlength=size)
            for c in range(z.shape[1])
        ]
        return np.asarray(np.stack(parts, axis=1).reshape(*self._shape, -1))

    def lattice(self, sums: Array, density: Array) -> Lattice:
        """Return the surface of averages, (rows, cols, C) sums and (rows, cols) density as of
        `sums`.
        """
        return Lattice(
            self._origin,
            np.array([self._step, self._step]),
            sums / (np.maximum(density, 0.0) + self.prior)[:, :, None],
        )

    def own_shares(self) -> tuple[NDArray[np.intp], Array, Array]:
        """Return, for each point, the 16 nodes of the surface around it, their spline weights and k
        w of the point at them.
        """
        place = (self.u - self._origin) / self._step
        first = np.floor(place)
        offsets = np.arange(-1, 3)
        index = first.astype(np.intp)[:, :, None] + offsets
        splines = [_spline(place[:, axis] - first[:, axis]) for axis in (0, 1)]
        kernels = [self._kernel((place - first)[:, axis, None] - offsets) for axis in (0, 1)]
        flat = (index[:, 1, :, None] * self._shape[1] + index[:, 0, None, :]).reshape(
            len(self.u), 16
        )
        spline = (splines[1][:, :, None] * splines[0][:, None, :]).reshape(-1, 16)
        own = (kernels[1][:, :, None] * kernels[0][:, None, :]).reshape(-1, 16) * self.weights[
            :, None
        ]
        return flat, spline, own

    def squares(self, u: Array) -> Array:
        """Return (M,) sum(a^2 w) over the points, a w being the weight with which a point enters
        the surface at a position.
        """
        share = 1.0 / (self.density + self.prior)
        out = np.zeros(len(u))
        reach = (_REACH + 1.0) * self._sigma + 3.0 * self._step
        for i, at in enumerate(u):
            place = (at - self._origin) / self._step
            first = np.floor(place)
            rows, cols = first[1] + np.arange(-1, 3), first[0] + np.arange(-1, 3)
            inside = [
                (n >= 0) & (n < count)
                for n, count in ((rows, self._shape[0]), (cols, self._shape[1]))
            ]
            near = np.flatnonzero((np.abs(self.u - at) < reach).all(axis=1))
            if not len(near) or not inside[0].any() or not inside[1].any():
                continue
            spline = _spline(place - first)
            rows, cols = rows[inside[0]].astype(int), cols[inside[1]].astype(int)
            node = (
                share[rows[:, None], cols] * spline[1][inside[0], None] * spline[0][None, inside[1]]
            )
            there = (self.u[near] - self._origin) / self._step
            across, down = (
                self._kernel(there[:, 0, None] - cols),
                self._kernel(there[:, 1, None] - rows),
            )
            a = np.einsum("rc,nr,nc->n", node, down, across)
            out[i] = float((a**2 * self.weights[near]).sum())
        return out

    def _kernel(self, nodes_away: Array) -> Array:
        """Return the Gaussian at distances in steps, 0 beyond its reach."""
        away = nodes_away * (self._step / self._sigma)
        return np.where(np.abs(away) <= _REACH, np.exp(-0.5 * away**2), 0.0)


def blind_errors(
    u: Array, z: Array, weights: Array, widths: Array, gap: float, at: NDArray[np.intp]
) -> Array:
    """Return the weighted root mean squared errors (W,) of averages that see no point within a gap
    of the place judged.

    Args:
        u: (N, 2) positions.
        z: (N, 2) vectors.
        weights: (N,).
        widths: (W,) of the Gaussian.
        gap: Radius within which points do not count.
        at: Points judged.
    """
    totals = np.zeros(len(widths))
    for part in np.array_split(at, max(1, len(at) * len(u) // 500_000)):
        squared = (
            np.subtract.outer(u[part, 0], u[:, 0]) ** 2
            + np.subtract.outer(u[part, 1], u[:, 1]) ** 2
        )
        squared[squared <= gap**2] = np.inf
        for i, width in enumerate(widths):
            k = np.exp(squared * (-0.5 / width**2))
            miss = k @ (z * weights[:, None]) / (k @ weights + _PRIOR)[:, None] - z[part]
            totals[i] += float((weights[part] * (miss**2).sum(axis=1)).sum())
    return np.asarray(np.sqrt(totals / weights[at].sum()))
