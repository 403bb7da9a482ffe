"""Peaks of a similarity surface: where the nearest one is, and what it is worth.

Convention:
    Surface positions are (column, row) on the index frame: (0, 0) is the middle of `surface[0, 0]`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..geometry.quadratic_peak import quadratic_peak
from ..types import Evidence, Point
from .point import Seen, SessionPoint

Array = NDArray[np.float64]
EXCLUSION_PX = 4
_UNDEFINED = -0.999
_LEAST_HEIGHT = 0.3
_SAME_PEAK_PX = 2.0


@dataclass(frozen=True, eq=False)
class Snap:
    """A place on a peak.

    Attributes:
        reference_px: The peak, sub-pixel.
        seen: What the surface says of it.
        distance_px: From where it was asked for, surface px.
    """

    reference_px: Point
    seen: Seen
    distance_px: float


def surface_index(evidence: Evidence, place_px: Point) -> Array:
    """Return (column, row) on the surface of a position in the reference's pixels."""
    steps = np.array(evidence.surface_step_px, dtype=float).T
    return np.asarray(
        np.linalg.solve(
            steps, np.asarray(place_px, dtype=float) - np.array(evidence.surface_origin_px)
        )
    )


def surface_place(evidence: Evidence, index: Array) -> Point:
    """Return the position in the reference's pixels of (column, row) on the surface."""
    x, y = (
        np.array(evidence.surface_origin_px)
        + np.array(evidence.surface_step_px, dtype=float).T @ index
    )
    return float(x), float(y)


def snap(point: SessionPoint, at_px: Point) -> Snap | None:
    """Return the peak of a point's surface nearest to a place, or None where the surface says
    nothing of it.

    A peak is a value above its eight neighbours that stands at least 30 % as far above the
    surface's median as the highest. The peak the match was found at keeps its score. Any other can
    only be right where that one is wrong, so its score is at most what the found one leaves, 1 -
    score.

    Args:
        point: The point, with its evidence.
        at_px: The place, reference px.
    """
    found = point.found or point.tie_point
    evidence = point.tie_point.evidence
    if evidence is None or evidence.surface is None or point.tie_point.sensed_px != found.sensed_px:
        return None
    surface = evidence.surface
    values = np.where(np.isfinite(surface) & (surface > _UNDEFINED), surface, -np.inf).astype(
        np.float64
    )
    h, w = values.shape
    near = surface_index(evidence, at_px)
    if not ((near >= -0.5) & (near <= np.array([w, h]) - 0.5)).all():
        return None
    peaks = _maxima(values)
    if not len(peaks):
        return None
    distance = np.hypot(peaks[:, 1] - near[0], peaks[:, 0] - near[1])
    r, c = (int(v) for v in peaks[int(np.argmin(distance))])
    known = values[np.isfinite(values)]
    spread = 1.4826 * float(np.median(np.abs(known - np.median(known)))) + 1e-6
    dx, dy, covariance = quadratic_peak(values[r - 1 : r + 2, c - 1 : c + 2], spread)
    top = np.array([c + dx, r + dy])
    others = values.copy()
    others[
        max(0, r - EXCLUSION_PX) : r + EXCLUSION_PX + 1,
        max(0, c - EXCLUSION_PX) : c + EXCLUSION_PX + 1,
    ] = -np.inf
    seen_as_found = (
        float(np.hypot(*(top - surface_index(evidence, found.reference_px)))) <= _SAME_PEAK_PX
    )
    score = found.score if seen_as_found else min(found.score, 1.0 - found.score)
    steps = np.array(evidence.surface_step_px, dtype=float).T
    (a, b), (_, d) = (steps @ np.array(covariance) @ steps.T).tolist()
    error = evidence.forward_backward_px if seen_as_found else float("nan")
    worth = replace(
        evidence,
        peak=float(values[r, c]),
        second_peak=max(float(others.max()), 0.0),
        forward_backward_px=error,
    )
    return Snap(
        surface_place(evidence, top),
        Seen(score, ((a, b), (b, d)), worth),
        float(np.hypot(*(top - near))),
    )


def _maxima(values: Array) -> NDArray[np.intp]:
    """Return (N, 2) rows and columns of the local maxima off the border that stand out."""
    inner = values[1:-1, 1:-1]
    h, w = inner.shape
    around = [
        values[1 + dr : 1 + dr + h, 1 + dc : 1 + dc + w]
        for dr in (-1, 0, 1)
        for dc in (-1, 0, 1)
        if dr or dc
    ]
    if not inner.size or not np.isfinite(inner).any():
        return np.empty((0, 2), dtype=np.intp)
    whole = np.isfinite(np.stack(around)).all(axis=0) & np.isfinite(inner)
    base = float(np.median(values[np.isfinite(values)]))
    stands_out = inner - base >= _LEAST_HEIGHT * (float(inner[np.isfinite(inner)].max()) - base)
    top = whole & stands_out & (inner >= np.max(np.stack(around), axis=0))
    return np.argwhere(top) + 1
