"""How well control points cover the image."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import coords

Array = NDArray[np.float64]


def convex_hull(points: ArrayLike) -> Array:
    """Return the hull's corners (M, 2), counter-clockwise in a y-up frame (monotone chain); fewer than 3 when degenerate."""
    unique = np.unique(_outermost(coords.as_points(points)), axis=0)
    if len(unique) < 3:
        return unique

    def chain(sequence: Array) -> list[Array]:
        out: list[Array] = []
        for p in sequence:
            while len(out) >= 2 and _cross(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(chain(unique) + chain(unique[::-1]))


def _outermost(points: Array) -> Array:
    """Drop points that lie inside the quadrangle of the extreme ones: no corner of the hull is among them (Akl and Toussaint 1978)."""
    if len(points) < 50:
        return points
    x, y = points[:, 0], points[:, 1]
    corners = points[[int(np.argmin(x + y)), int(np.argmax(x - y)), int(np.argmax(x + y)), int(np.argmin(x - y))]]
    inside = np.ones(len(points), dtype=bool)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) > 0
    return points[~inside]


def _cross(a: Array, b: Array, c: Array) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def hull_area(points: ArrayLike) -> float:
    """Return the area of the convex hull, in squared units of the points; 0 for fewer than three."""
    hull = convex_hull(points)
    if len(hull) < 3:
        return 0.0
    x, y = hull[:, 0], hull[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def quadrant_counts(points: ArrayLike, width: float, height: float) -> tuple[int, int, int, int]:
    """Return the number of points top-left, top-right, bottom-left, bottom-right."""
    p = coords.as_points(points)
    right, low = p[:, 0] >= width / 2, p[:, 1] >= height / 2
    return int((~right & ~low).sum()), int((right & ~low).sum()), int((~right & low).sum()), int((right & low).sum())


def largest_empty_circle(points: ArrayLike, width: float, height: float, cells: int = 64) -> tuple[float, float, float]:
    """Return (x, y, radius) of the largest circle, centred in the image, without a point (found on a lattice of `cells`)."""
    p = coords.as_points(points)
    xs, ys = (np.arange(cells) + 0.5) / cells * width, (np.arange(cells) + 0.5) / cells * height
    lattice = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)
    if not len(p):
        return width / 2, height / 2, float(np.hypot(width, height) / 2)
    nearest = np.full(len(lattice), np.inf)
    for point in p:
        nearest = np.minimum(nearest, ((lattice - point) ** 2).sum(axis=1))
    best = int(np.argmax(nearest))
    return float(lattice[best, 0]), float(lattice[best, 1]), float(np.sqrt(nearest[best]))
