"""Whether control points can determine a model at all; what is wrong with them, by name, where they
cannot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import FitError
from .transforms import KINDS

Array = NDArray[np.float64]
_SAME_PX = 1e-6
_CONFLICT_PX = 5.0
_CONFLICT_SIGMAS = 6.0
_FLAT = 1e-6


def check_control_points(
    kind: str, source: Array, target: Array, covariances: ArrayLike | None, passes_through: bool
) -> None:
    """Refuse points from which a model cannot be fitted.

    Two points conflict when they share one position (to a millionth of a pixel) but their other
    positions differ by more than five pixels, and by more than six standard deviations where
    covariances are known: no noise does that.

    Args:
        kind: A key of `KINDS`.
        source: (N, 2) sensed_px.
        target: (N, 2) reference_px.
        covariances: (N, 2, 2) of `target`, or None.
        passes_through: The model must pass through every point, so that any difference at one
            position is a conflict.

    Raises:
        FitError: naming points by their position in the list, from 1.
    """
    if len(source) != len(target):
        raise FitError(f"{len(source)} sensed positions but {len(target)} reference positions.")
    broken = np.flatnonzero(~(np.isfinite(source).all(axis=1) & np.isfinite(target).all(axis=1)))
    if len(broken):
        raise FitError(
            f"Point {broken[0] + 1} has a position that is not a number.", "Remove or edit it."
        )
    _refuse_conflicts(source, target, covariances, _SAME_PX if passes_through else _CONFLICT_PX)
    info = KINDS[kind]
    groups = groups_of_same(source)
    distinct = len(source) - sum(len(g) - 1 for g in groups)
    if distinct < info.min_points:
        message = f"{info.label} needs at least {info.min_points} point(s), there are {distinct}."
        if groups:
            message = (
                f"{info.label} needs at least {info.min_points} point(s), there are "
                f"{distinct} (points {_names(groups[0])} share one position)."
            )
        raise FitError(message, "Add points or choose a simpler model.")
    if kind == "shift":
        return
    for name, points in (("sensed", source), ("reference", target)):
        spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
        in_one_place = spread[0] < _SAME_PX
        if in_one_place or (kind != "similarity" and spread[-1] < _FLAT * spread[0]):
            where = "in one place" if in_one_place else "on one line"
            raise FitError(
                f"{info.label}: the {name} positions of the {len(points)} points lie {where}.",
                "Add points away from it, or choose Shift or Similarity.",
            )


def groups_of_same(points: Array) -> list[NDArray[np.intp]]:
    """Return the indices of points that share a position (to a millionth of a pixel), one array a
    position.
    """
    if len(points) < 2:
        return []
    _, inverse, counts = np.unique(
        np.round(points / _SAME_PX), axis=0, return_inverse=True, return_counts=True
    )
    inverse = inverse.ravel()
    return [np.flatnonzero(inverse == g) for g in np.flatnonzero(counts > 1)]


def _refuse_conflicts(
    source: Array, target: Array, covariances: ArrayLike | None, limit_px: float
) -> None:
    sigmas = np.zeros(len(source))
    if covariances is not None and limit_px > _SAME_PX:
        values = np.linalg.eigvalsh(np.asarray(covariances, dtype=np.float64).reshape(-1, 2, 2))
        sigmas = np.sqrt(np.maximum(values[:, -1], 0.0))
    for same, here, there in (("sensed", source, target), ("reference", target, source)):
        if same == "reference" and limit_px == _SAME_PX:
            continue  # a spline may well fold two positions into one
        for group in groups_of_same(here):
            distance = np.hypot(*(there[group][:, None] - there[group][None]).transpose(2, 0, 1))
            noise = _CONFLICT_SIGMAS * np.hypot.outer(sigmas[group], sigmas[group])
            excess = np.where(distance > np.maximum(limit_px, noise), distance, 0.0)
            if excess.any():
                i, j = np.unravel_index(int(np.argmax(excess)), excess.shape)
                names = _names(np.sort(group[[i, j]]))
                at = f"({here[group[0], 0]:.2f}, {here[group[0], 1]:.2f})"
                raise FitError(
                    f"Points {names} share the {same} position {at} px but differ by "
                    f"{distance[i, j]:.2f} px on the other side.",
                    "Reject or move one of them.",
                )


def _names(indices: NDArray[np.intp]) -> str:
    numbers = [str(i + 1) for i in indices[:6]]
    if len(indices) > 6:
        return f"{', '.join(numbers)} and {len(indices) - 6} more"
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"
