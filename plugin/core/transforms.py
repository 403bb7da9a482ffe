"""Transforms sensed_px -> reference_px: shift, similarity, affine, polynomials, projective, thin-plate spline.

Convention:
    Pixel frame (corner origin). Each transform works in centred, scaled coordinates u = (x - source_centre) / scale and
    v = (y - target_centre) / scale, so that parameters are of order one whatever the size of the coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import coords
from .errors import FitError, UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ModelInfo:
    """A kind of transform.

    Attributes:
        key: Stable identifier.
        label: Name shown to users.
        min_points: Fewest points that determine it.
        complexity: Rank from simple to complex; the model advisor prefers low ones.
        parameters: Free parameters (a typical effective number for the spline).
    """

    key: str
    label: str
    min_points: int
    complexity: int
    parameters: int


KINDS: dict[str, ModelInfo] = {
    info.key: info
    for info in (
        ModelInfo("shift", "Shift", 1, 0, 2),
        ModelInfo("similarity", "Similarity", 2, 1, 4),
        ModelInfo("affine", "Affine", 3, 2, 6),
        ModelInfo("polynomial1", "Polynomial 1", 3, 2, 6),
        ModelInfo("projective", "Projective", 4, 3, 8),
        ModelInfo("polynomial2", "Polynomial 2", 6, 4, 12),
        ModelInfo("polynomial3", "Polynomial 3", 10, 5, 20),
        ModelInfo("tps", "Thin-plate spline", 4, 6, 30),
    )
}
_ORDERS = {"affine": 1, "polynomial1": 1, "polynomial2": 2, "polynomial3": 3}
_LINEAR = ("shift", "similarity", "affine", "polynomial1", "projective")


def monomials(u: Array, order: int) -> Array:
    """Return (N, M): 1, x, y, x2, xy, y2, ... up to `order`."""
    x, y = u[:, 0], u[:, 1]
    return np.stack([x ** (total - j) * y**j for total in range(order + 1) for j in range(total + 1)], axis=1)


def thin_plate_basis(u: Array, knots: Array) -> Array:
    """Return (N, K + 3): r^2 log r for each knot, then 1, x, y."""
    squared = ((u[:, None] - knots[None]) ** 2).sum(axis=2)
    radial = 0.5 * squared * np.log(np.maximum(squared, 1e-300))
    return np.concatenate([radial, np.ones((len(u), 1)), u], axis=1)


def design(kind: str, u: Array, knots: Array) -> tuple[Array, Array]:
    """Return (D, offset) such that v = D @ parameters + offset for the kinds that are linear in their parameters.

    Args:
        kind: Any but "projective".
        u: (N, 2) centred, scaled source coordinates.
        knots: (K, 2) of a thin-plate spline; empty otherwise.

    Returns:
        D of shape (N, 2, P) and offset (N, 2).
    """
    n = len(u)
    zero = np.zeros((n, 2))
    if kind in ("shift", "similarity"):
        d = np.zeros((n, 2, 2 if kind == "shift" else 4))
        d[:, 0, 0] = d[:, 1, 1] = 1.0
        if kind == "shift":
            return d, u
        d[:, 0, 2], d[:, 0, 3], d[:, 1, 2], d[:, 1, 3] = u[:, 0], -u[:, 1], u[:, 1], u[:, 0]
        return d, zero
    columns = thin_plate_basis(u, knots) if kind == "tps" else monomials(u, _ORDERS[kind])
    m = columns.shape[1]
    d = np.zeros((n, 2, 2 * m))
    d[:, 0, :m] = columns
    d[:, 1, m:] = columns
    return d, zero


@dataclass(frozen=True, eq=False)
class Transform:
    """A fitted transform; make one with `fitting.fit` or `transform_from_dict`.

    Attributes:
        kind: A key of `KINDS`.
        parameters: (P,) coefficients in centred, scaled coordinates; 8 for projective (last entry of the matrix is 1).
        source_centre: (2,) px.
        target_centre: (2,) px.
        scale: px.
        knots: (K, 2) knots of a thin-plate spline in centred, scaled coordinates; else (0, 2).
    """

    kind: str
    parameters: Array
    source_centre: Array
    target_centre: Array
    scale: float
    knots: Array

    def apply(self, xy: ArrayLike) -> Array:
        """Map (N, 2) sensed_px to reference_px."""
        u = (coords.as_points(xy) - self.source_centre) / self.scale
        return self._evaluate(u) * self.scale + self.target_centre

    def _evaluate(self, u: Array) -> Array:
        if self.kind == "projective":
            return coords.apply_matrix(np.append(self.parameters, 1.0).reshape(3, 3), u)
        if self.kind in ("tps", "polynomial2", "polynomial3"):
            basis = thin_plate_basis(u, self.knots) if self.kind == "tps" else monomials(u, _ORDERS[self.kind])
            return np.asarray(basis @ self.parameters.reshape(2, -1).T, dtype=np.float64)
        d, offset = design(self.kind, u, self.knots)
        return np.asarray(d @ self.parameters + offset, dtype=np.float64)

    @property
    def matrix(self) -> Array | None:
        """3x3 matrix sensed_px -> reference_px for shift, similarity, affine, polynomial1 and projective; else None."""
        if self.kind not in _LINEAR:
            return None
        inward = np.array([[1.0, 0.0, -self.source_centre[0]], [0.0, 1.0, -self.source_centre[1]], [0.0, 0.0, self.scale]]) / self.scale
        outward = np.array([[self.scale, 0.0, self.target_centre[0]], [0.0, self.scale, self.target_centre[1]], [0.0, 0.0, 1.0]])
        if self.kind == "projective":
            core = np.append(self.parameters, 1.0).reshape(3, 3)
        else:
            at = self._evaluate(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
            core = np.array([[at[1, 0] - at[0, 0], at[2, 0] - at[0, 0], at[0, 0]], [at[1, 1] - at[0, 1], at[2, 1] - at[0, 1], at[0, 1]], [0, 0, 1]])
        whole = outward @ core @ inward
        return np.asarray(whole / whole[2, 2], dtype=np.float64)

    def inverse(self, xy: ArrayLike) -> Array:
        """Map (N, 2) reference_px back to sensed_px.

        Exact for kinds with a matrix; Newton's method otherwise. Points where it does not converge (far outside the
        fitted area, or beyond a fold) come back as NaN.

        Raises:
            FitError: when the matrix is singular.
        """
        target = coords.as_points(xy)
        matrix = self.matrix
        if matrix is not None:
            if abs(np.linalg.det(matrix)) < 1e-12:
                raise FitError("The transform cannot be inverted.", "Check for collinear control points.")
            return coords.apply_matrix(np.linalg.inv(matrix), target)
        centre = self.source_centre[None]
        start = self.jacobian(centre)[0]
        at = (target - self.apply(centre)) @ np.linalg.inv(start).T + centre
        error = np.full(len(at), np.inf)
        for _ in range(30):
            miss = self.apply(at) - target
            error = np.abs(miss).max(axis=1)
            if (error < 1e-7).all():
                break
            jacobian = self.jacobian(at)
            determinant = jacobian[:, 0, 0] * jacobian[:, 1, 1] - jacobian[:, 0, 1] * jacobian[:, 1, 0]
            safe = np.where(np.abs(determinant) < 1e-9, np.nan, determinant)
            step = np.stack(
                [jacobian[:, 1, 1] * miss[:, 0] - jacobian[:, 0, 1] * miss[:, 1], jacobian[:, 0, 0] * miss[:, 1] - jacobian[:, 1, 0] * miss[:, 0]],
                axis=1,
            ) / safe[:, None]
            length = np.hypot(step[:, 0], step[:, 1])
            at = at - step * np.minimum(1.0, self.scale / np.maximum(length, 1e-300))[:, None]
        at[~(error < 1e-3)] = np.nan
        return at

    def jacobian(self, xy: ArrayLike) -> Array:
        """Return (N, 2, 2): d reference / d sensed at each point."""
        points, h = coords.as_points(xy), self.scale * 1e-5
        dx = (self.apply(points + [h, 0.0]) - self.apply(points - [h, 0.0])) / (2 * h)
        dy = (self.apply(points + [0.0, h]) - self.apply(points - [0.0, h])) / (2 * h)
        return np.stack([dx, dy], axis=2)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-able dict: kind, matrix (3x3 or None), parameters."""
        matrix = self.matrix
        return {
            "kind": self.kind,
            "matrix": None if matrix is None else matrix.tolist(),
            "parameters": {
                "coefficients": self.parameters.tolist(),
                "source_centre_px": self.source_centre.tolist(),
                "target_centre_px": self.target_centre.tolist(),
                "scale_px": self.scale,
                "knots": self.knots.tolist(),
            },
        }


def transform_from_dict(data: dict[str, Any]) -> Transform:
    """Rebuild a transform from `Transform.to_dict`.

    Raises:
        UsageError: when the dict is not one.
    """
    try:
        p = data["parameters"]
        if data["kind"] not in KINDS:
            raise UsageError(f"Unknown kind of transform {data['kind']!r}.")
        return Transform(
            data["kind"],
            np.asarray(p["coefficients"], dtype=np.float64),
            np.asarray(p["source_centre_px"], dtype=np.float64),
            np.asarray(p["target_centre_px"], dtype=np.float64),
            float(p["scale_px"]),
            np.asarray(p["knots"], dtype=np.float64).reshape(-1, 2),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"Not a transform: {error}.") from error


def folds(transform: Transform, xy: ArrayLike) -> NDArray[np.bool_]:
    """Return (N,) True where the transform turns the image inside out (its Jacobian's sign flips)."""
    determinant = np.linalg.det(transform.jacobian(xy))
    return np.asarray(determinant * np.sign(np.median(determinant)) <= 0)
