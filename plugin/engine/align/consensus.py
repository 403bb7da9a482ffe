"""One affine displacement that all similarity surfaces support together, found before any peak is
trusted alone.

A single template's peak is often wrong on SAR; the sum of all surfaces along one affine motion
rarely is. Each surface adds its height at the displacement that the motion predicts for its
template, blurred widely first and then narrowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, optimize
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from .found import TemplateMatch

_BLURS_PX = (3.0, 1.5, 0.7)


def consensus_affine(
    matches: list[TemplateMatch], degrees: str, template_px: int
) -> tuple[NDArray[np.float64], float]:
    """Maximise the weighted mean height of all surfaces along one motion.

    Args:
        matches: At least one match; all surfaces of the same shape.
        degrees: "shift", "similarity" or "affine".
        template_px: Side of the templates.

    Returns:
        3x3 matrix, sensed working px -> reference working px, and the mean height there (surfaces
        minus their medians).
    """
    centres = np.array([m.centre for m in matches])
    radius = matches[0].radius
    middle, half = centres.mean(axis=0), max(float(np.ptp(centres, axis=0).max()) / 2, 1.0)
    unit = (centres - middle) / half
    stack = np.stack([flattened(m.surface) for m in matches]) * shares(matches, template_px)[
        :, None, None
    ].astype(np.float32)
    basis = _basis(unit, degrees)
    parameters = np.zeros(basis.shape[2])
    for index, sigma in enumerate(_BLURS_PX):
        level = np.stack([cv2.GaussianBlur(s, (0, 0), sigma) for s in stack])
        if index == 0:
            parameters[:2] = _best_common_shift(level, radius)
        parameters = _climb(level, basis, parameters, radius)
    height = -_height(
        parameters, np.stack([cv2.GaussianBlur(s, (0, 0), 0.7) for s in stack]), basis, radius
    )[0]
    shift, linear = _unpack(parameters, degrees)
    matrix = np.eye(3)
    matrix[:2, :2] += linear / half
    matrix[:2, 2] = shift - linear @ middle / half
    return matrix, float(height)


def flattened(surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a surface minus its median, 0 where undefined."""
    finite = np.isfinite(surface)
    if not finite.any():
        return np.zeros_like(surface)
    return np.where(finite, surface - float(np.median(surface[finite])), 0.0).astype(np.float32)


def shares(matches: list[TemplateMatch], template_px: int) -> NDArray[np.float64]:
    """Return (N,) weights of mean 1 with which the surfaces of templates add up to the correlation
    of the whole ground they cover.

    The weight is the energy of a template over the number of templates that cover its ground: where
    templates overlap, the middle of a lattice is otherwise counted many times as often as its rim.
    """
    centres, energy = np.array([m.centre for m in matches]), np.array([m.energy for m in matches])
    cover = np.array(
        [
            np.clip(1.0 - np.abs(centres[near] - centre) / template_px, 0.0, None)
            .prod(axis=1)
            .sum()
            for centre, near in zip(
                centres,
                cKDTree(centres).query_ball_point(centres, template_px, p=np.inf),
                strict=True,
            )
        ]
    )
    weight = energy / cover
    mean = float(weight.mean())
    return np.asarray(weight / mean) if mean > 0 else np.ones(len(matches))


def _basis(unit: NDArray[np.float64], degrees: str) -> NDArray[np.float64]:
    """Return (N, 2, P): displacement = basis @ parameters; the first two parameters are the shift
    at the middle.
    """
    n = len(unit)
    x, y, one, zero = unit[:, 0], unit[:, 1], np.ones(n), np.zeros(n)
    columns = [np.stack([one, zero], 1), np.stack([zero, one], 1)]
    if degrees == "similarity":
        columns += [np.stack([x, y], 1), np.stack([-y, x], 1)]
    elif degrees == "affine":
        columns += [
            np.stack([x, zero], 1),
            np.stack([y, zero], 1),
            np.stack([zero, x], 1),
            np.stack([zero, y], 1),
        ]
    return np.stack(columns, axis=2)


def _unpack(
    p: NDArray[np.float64], degrees: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if degrees == "similarity":
        return p[:2], np.array([[p[2], -p[3]], [p[3], p[2]]])
    if degrees == "affine":
        return p[:2], p[2:].reshape(2, 2)
    return p[:2], np.zeros((2, 2))


def _best_common_shift(level: NDArray[np.float32], radius: int) -> NDArray[np.float64]:
    total = level.sum(axis=0)
    r, c = np.unravel_index(int(np.argmax(total)), total.shape)
    return np.array([float(c - radius), float(r - radius)])


def _height(
    p: NDArray[np.float64], level: NDArray[np.float32], basis: NDArray[np.float64], radius: int
) -> tuple[float, NDArray[np.float64]]:
    displacement = basis @ p
    index = np.arange(len(level))
    x, y = displacement[:, 0] + radius, displacement[:, 1] + radius

    def at(dx: float, dy: float) -> NDArray[np.float64]:
        out: NDArray[np.float64] = ndimage.map_coordinates(
            level, np.stack([index, y + dy, x + dx]), order=1, mode="constant", output=np.float64
        )
        return out

    step = 0.5
    value = at(0, 0)
    slope = np.stack(
        [(at(step, 0) - at(-step, 0)) / (2 * step), (at(0, step) - at(0, -step)) / (2 * step)],
        axis=1,
    )
    gradient = np.einsum("nd,ndp->p", slope, basis) / len(level)
    return -float(value.mean()), -gradient


def _climb(
    level: NDArray[np.float32], basis: NDArray[np.float64], start: NDArray[np.float64], radius: int
) -> NDArray[np.float64]:
    scale = 1e3  # L-BFGS stops on absolute gradients; heights are about 0.01..0.3
    result = optimize.minimize(
        lambda p: tuple(scale * v for v in _height(p, level, basis, radius)),
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 60},
    )
    best: NDArray[np.float64] = result.x
    return best if result.fun <= scale * _height(start, level, basis, radius)[0] else start
