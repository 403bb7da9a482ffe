"""How well control points cover the image."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..geometry import coords
from ..geometry.grid import Grid
from .transforms import Transform

Array = NDArray[np.float64]


def convex_hull(points: ArrayLike) -> Array:
    """Return the hull's corners (M, 2), counter-clockwise in a y-up frame (monotone chain); fewer
    than 3 when degenerate.
    """
    unique = np.unique(coords.as_points(points), axis=0)
    if len(unique) < 3:
        return unique

    ordered = [
        (float(x), float(y)) for x, y in unique
    ]  # plain numbers: ten times faster here than rows of an array

    def chain(sequence: list[tuple[float, float]]) -> list[tuple[float, float]]:
        out: list[tuple[float, float]] = []
        for p in sequence:
            while len(out) >= 2 and _cross(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def hull_area(points: ArrayLike) -> float:
    """Return the area of the convex hull, in squared units of the points; 0 for fewer than
    three.
    """
    hull = convex_hull(points)
    if len(hull) < 3:
        return 0.0
    return _polygon_area(hull)


def _polygon_area(corners: Array) -> float:
    x, y = corners.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def overlap_area(transform: Transform, reference_grid: Grid, sensed_grid: Grid) -> float:
    """Return the area of the reference that the transformed outline of the sensed raster covers,
    reference px squared.

    Reference:
        Sutherland & Hodgman 1974, Reentrant polygon clipping, CACM 17(1): the outline is cut by the
        four sides of the reference.
    """
    outline = transform.apply(sensed_grid.outline_px())
    for axis, limit, sign in (
        (0, 0.0, 1.0),
        (0, reference_grid.width, -1.0),
        (1, 0.0, 1.0),
        (1, reference_grid.height, -1.0),
    ):
        inside = sign * (outline[:, axis] - limit)
        kept: list[Array] = []
        for (a, depth_a), (b, depth_b) in pairwise(
            [*zip(outline, inside, strict=True), (outline[0], inside[0])]
        ):
            if depth_a >= 0:
                kept.append(a)
            if (depth_a >= 0) != (depth_b >= 0):
                kept.append(a + (b - a) * depth_a / (depth_a - depth_b))
        if len(kept) < 3:
            return 0.0
        outline = np.array(kept)
    return _polygon_area(outline)


def quadrant_counts(points: ArrayLike, width: float, height: float) -> tuple[int, int, int, int]:
    """Return the number of points top-left, top-right, bottom-left, bottom-right."""
    p = coords.as_points(points)
    right, low = p[:, 0] >= width / 2, p[:, 1] >= height / 2
    return (
        int((~right & ~low).sum()),
        int((right & ~low).sum()),
        int((~right & low).sum()),
        int((right & low).sum()),
    )


def largest_empty_circle(
    points: ArrayLike, width: float, height: float, cells: int = 64
) -> tuple[float, float, float]:
    """Return (x, y, radius) of the largest circle, centred in the image, without a point (found on
    a lattice of `cells`).
    """
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


def inside_hull(points: ArrayLike, hull: Array) -> NDArray[np.bool_]:
    """Return (N,) whether points lie in a hull made by `convex_hull`, its border included; nothing
    lies in a degenerate one.
    """
    p = coords.as_points(points)
    if len(hull) < 3:
        return np.zeros(len(p), dtype=bool)
    inside = np.ones(len(p), dtype=bool)
    for a, b in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        inside &= (b[0] - a[0]) * (p[:, 1] - a[1]) - (b[1] - a[1]) * (p[:, 0] - a[0]) >= -1e-9
    return inside


@dataclass(frozen=True)
class Coverage:
    """How the points of a fit cover the reference.

    Attributes:
        hull_share: Area of the convex hull / area of the image, 0..1.
        circle_px: (x, y, radius) of the largest circle without a point.
        quadrants: Points top-left, top-right, bottom-left, bottom-right.
    """

    hull_share: float
    circle_px: tuple[float, float, float]
    quadrants: tuple[int, int, int, int]


def cover(points: ArrayLike, width: float, height: float) -> Coverage:
    """Return how points cover an image."""
    share = min(hull_area(points) / (width * height), 1.0)
    return Coverage(
        share, largest_empty_circle(points, width, height), quadrant_counts(points, width, height)
    )
