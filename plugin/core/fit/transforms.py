"""Transforms sensed_px -> reference_px: shift, similarity, affine, polynomials, projective, spline,
displacement field.

Convention:
    Pixel frame (corner origin). Each transform works in centred, scaled coordinates u = (x -
    source_centre) / scale and v = (y - target_centre) / scale, so that parameters are of order one
    whatever the size of the coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..borders import reading
from ..errors import FitError, UsageError
from ..geometry import coords
from . import bases
from .lattice import Lattice, lattice_from_dict

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ModelInfo:
    """A kind of transform.

    Attributes:
        key: Stable identifier.
        label: Name shown to users.
        min_points: Fewest points that determine it.
        complexity: Rank from simple to complex; the model advisor prefers low ones.
        parameters: Free parameters (a typical effective number for the spline and the field).
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
        ModelInfo("field", "Displacement field", 10, 7, 60),
    )
}
_LINEAR = ("shift", "similarity", "affine", "polynomial1", "projective")
_PARAMETERS = {"shift": 2, "similarity": 4, "projective": 8}
_SINGULAR = 1e10
_NEWTON_STEPS = 30
_NEWTON_PX = 1e-7
_ACCEPTED_PX = 1e-4
_CHUNK = 2_000_000  # largest number of basis values evaluated at once


@dataclass(frozen=True, eq=False)
class Transform:
    """A fitted transform; make one with `fitting.fit` or `from_dict`.

    It is the fitted correction of what is known before any point: `prior` puts a sensed pixel where
    the georeferencing of both rasters says (see `prior.known_prior`), and the fitted model moves it
    from there. Without a prior the model starts from sensed px.

    Attributes:
        kind: A key of `KINDS`.
        parameters: (P,) coefficients in centred, scaled coordinates; 8 for projective (last entry
            of the matrix is 1); those of the affine motion for a displacement field.
        source_centre: (2,) px.
        target_centre: (2,) px.
        scale: px.
        knots: (K, 2) knots of a thin-plate spline in centred, scaled coordinates; else (0, 2).
        lattice: What a displacement field adds to its affine motion, in centred, scaled
            coordinates; else None.
        prior: sensed_px -> reference_px as georeferenced, without a prior of its own; None where
            the model starts from sensed px.
    """

    kind: str
    parameters: Array
    source_centre: Array
    target_centre: Array
    scale: float
    knots: Array
    lattice: Lattice | None = None
    prior: Transform | None = None

    def apply(self, xy: ArrayLike) -> Array:
        """Map (N, 2) sensed_px to reference_px; memory does not grow with N beyond the result."""
        u = self.centred(xy)
        step = self._rows_at_once()
        parts = [self._evaluate(u[i : i + step]) for i in range(0, len(u), step)]
        return (np.concatenate(parts) if parts else u) * self.scale + self.target_centre

    def jacobian(self, xy: ArrayLike) -> Array:
        """Return (N, 2, 2): d reference / d sensed at each point, rows are reference x and y."""
        u = self.centred(xy)
        step = self._rows_at_once()
        parts = [self._slopes(u[i : i + step]) for i in range(0, len(u), step)]
        slopes = np.concatenate(parts) if parts else np.empty((0, 2, 2))
        return slopes if self.prior is None else np.asarray(slopes @ self.prior.jacobian(xy))

    def centred(self, xy: ArrayLike) -> Array:
        """Return (N, 2) sensed_px in the centred, scaled coordinates that the model is evaluated
        in.
        """
        places = coords.as_points(xy) if self.prior is None else self.prior.apply(xy)
        return np.asarray((places - self.source_centre) / self.scale)

    def with_prior(self, prior: Transform | None) -> Transform:
        """Return the same correction on top of another prior."""
        return replace(self, prior=prior)

    @property
    def knots_px(self) -> Array:
        """Return (K, 2) knots of a spline, sensed_px."""
        places = self.knots * self.scale + self.source_centre
        return places if self.prior is None else self.prior.inverse(places)

    def _rows_at_once(self) -> int:
        return max(1, _CHUNK // (len(self.knots) + 20))

    def _evaluate(self, u: Array) -> Array:
        if self.kind == "projective":
            return bases.projective_design(self.parameters, u)[0]
        if self.kind in ("shift", "similarity"):
            d, offset = bases.design(self.kind, u, self.knots)
            return np.asarray(d @ self.parameters + offset, dtype=np.float64)
        linear = np.asarray(
            bases.basis(self.kind, u, self.knots) @ self.parameters.reshape(2, -1).T,
            dtype=np.float64,
        )
        return linear if self.lattice is None else linear + self.lattice.apply(u)

    def _slopes(self, u: Array) -> Array:
        p = self.parameters
        if self.kind == "projective":
            images, _, denominator = bases.projective_design(p, u)
            return np.asarray(
                (p[[[0, 1], [3, 4]]] - images[:, :, None] * p[6:]) / denominator[:, None, None]
            )
        if self.kind in ("shift", "similarity"):
            one = np.eye(2) if self.kind == "shift" else np.array([[p[2], -p[3]], [p[3], p[2]]])
            return np.tile(one, (len(u), 1, 1))
        gradients = bases.gradients(self.kind, u, self.knots)
        linear = np.asarray(
            np.stack([np.einsum("nmk,m->nk", gradients, c) for c in p.reshape(2, -1)], axis=1)
        )
        return linear if self.lattice is None else linear + self.lattice.gradients(u)

    @property
    def is_affine(self) -> bool:
        """Whether a geotransform can hold it: shift, similarity, affine and polynomial1, on a prior
        that is affine too.
        """
        return (
            self.kind in _LINEAR
            and self.kind != "projective"
            and (self.prior is None or self.prior.is_affine)
        )

    @property
    def matrix(self) -> Array | None:
        """3x3 matrix sensed_px -> reference_px for shift, similarity, affine, polynomial1 and
        projective; else None.
        """
        before = np.eye(3) if self.prior is None else self.prior.matrix
        if self.kind not in _LINEAR or before is None:
            return None
        inward, outward = (
            np.diag([1.0, 1.0, self.scale]) / self.scale,
            np.diag([self.scale, self.scale, 1.0]),
        )
        inward[:2, 2], outward[:2, 2] = -self.source_centre / self.scale, self.target_centre
        whole = outward @ self._core() @ inward @ before
        return np.asarray(whole / whole[2, 2], dtype=np.float64)

    def _core(self) -> Array:
        """Return the 3x3 matrix between centred, scaled coordinates."""
        if self.kind == "projective":
            return np.append(self.parameters, 1.0).reshape(3, 3)
        origin, east, south = self._evaluate(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
        return np.vstack(
            [np.stack([east - origin, south - origin, origin], axis=1), [0.0, 0.0, 1.0]]
        )

    def inverse(self, xy: ArrayLike) -> Array:
        """Map (N, 2) reference_px back to sensed_px.

        Exact for kinds with a matrix; Newton's method otherwise, checked by applying the transform
        to its answer. Points where it does not converge (far outside the fitted area, or beyond a
        fold) come back as NaN.

        Raises:
            FitError: when the transform squeezes the plane onto a line or a point.
        """
        if self.prior is not None:
            places = replace(self, prior=None).inverse(xy)
            found = np.full_like(places, np.nan)
            finite = np.isfinite(places).all(axis=1)
            found[finite] = self.prior.inverse(places[finite])
            return found
        target = coords.as_points(xy)
        if self.kind in _LINEAR:
            core = self._core()
            if not np.linalg.cond(core if self.kind == "projective" else core[:2, :2]) < _SINGULAR:
                raise FitError(
                    "The transform cannot be inverted.",
                    "Check for control points on one line or in one place.",
                )
            v = (target - self.target_centre) / self.scale
            return coords.apply_matrix(np.linalg.inv(core), v) * self.scale + self.source_centre
        at = self._start(target)
        error = np.full(len(at), np.inf)
        for _ in range(_NEWTON_STEPS):
            open_ = np.flatnonzero(~(error < _NEWTON_PX) & np.isfinite(at).all(axis=1))
            if not len(open_):
                break
            miss = self.apply(at[open_]) - target[open_]
            error[open_] = np.abs(miss).max(axis=1)
            jacobian = self.jacobian(at[open_])
            determinant = (
                jacobian[:, 0, 0] * jacobian[:, 1, 1] - jacobian[:, 0, 1] * jacobian[:, 1, 0]
            )
            safe = np.where(np.abs(determinant) < 1e-9, np.nan, determinant)
            step_x = jacobian[:, 1, 1] * miss[:, 0] - jacobian[:, 0, 1] * miss[:, 1]
            step_y = jacobian[:, 0, 0] * miss[:, 1] - jacobian[:, 1, 0] * miss[:, 0]
            step = np.stack([step_x, step_y], axis=1) / safe[:, None]
            length = np.hypot(step[:, 0], step[:, 1])
            at[open_] -= step * np.minimum(1.0, self.scale / np.maximum(length, 1e-300))[:, None]
        finite = np.isfinite(at).all(axis=1)
        error[finite] = np.abs(self.apply(at[finite]) - target[finite]).max(axis=1)
        at[~(finite & (error < _ACCEPTED_PX))] = np.nan
        return at

    def _start(self, target: Array) -> Array:
        """Return where Newton's method begins: the inverse of the transform's linear part about the
        centre.
        """
        ring = (
            np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]]) * self.scale
            + self.source_centre
        )
        west, east, north, south = self.apply(ring)
        linear = np.stack([(east - west), (south - north)], axis=1) / (2 * self.scale)
        if not np.linalg.cond(linear) < _SINGULAR:
            raise FitError(
                "The transform cannot be inverted.",
                "Check for control points on one line or in one place.",
            )
        middle = (west + east + north + south) / 4
        return np.asarray(
            (target - middle) @ np.linalg.inv(linear).T + self.source_centre, dtype=np.float64
        )

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
                **({} if self.lattice is None else {"lattice": self.lattice.to_dict()}),
                **({} if self.prior is None else {"prior": self.prior.to_dict()}),
            },
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Transform:
        """Rebuild a transform from what `to_dict` made.

        Raises:
            UsageError: when the dict is not one.
        """
        with reading("a transform", error=UsageError):
            kind, p = data["kind"], data["parameters"]
            if kind not in KINDS:
                raise UsageError(
                    f"Unknown kind of transform {kind!r}.", f"Choose one of: {', '.join(KINDS)}."
                )
            coefficients, knots = (
                np.asarray(p[name], dtype=np.float64) for name in ("coefficients", "knots")
            )
            centres = [
                np.asarray(p[name], dtype=np.float64)
                for name in ("source_centre_px", "target_centre_px")
            ]
            knots, scale = knots.reshape(-1, 2), float(p["scale_px"])
            lattice = lattice_from_dict(p["lattice"]) if kind == "field" else None
            before = p.get("prior")
            if before is not None and before["parameters"].get("prior") is not None:
                raise UsageError("Not a transform: its prior has a prior.")
            prior = None if before is None else cls.from_dict(before)
        functions = (
            len(knots) + 3
            if kind == "tps"
            else (bases.ORDERS.get(kind, 0) + 1) * (bases.ORDERS.get(kind, 0) + 2) // 2
        )
        expected = _PARAMETERS.get(kind, 2 * functions)
        if coefficients.shape != (expected,) or any(c.shape != (2,) for c in centres):
            raise UsageError(
                f"Not a transform: {kind} has {expected} coefficients and two-dimensional centres."
            )
        if not scale > 0 or not all(
            np.isfinite(a).all() for a in (coefficients, knots, *centres, np.array(scale))
        ):
            raise UsageError("Not a transform: a number is missing, infinite or out of its range.")
        return cls(kind, coefficients, centres[0], centres[1], scale, knots, lattice, prior)


def folds(transform: Transform, xy: ArrayLike) -> NDArray[np.bool_]:
    """Return (N,) True where the transform turns the image inside out (its Jacobian's sign
    flips).
    """
    determinant = np.linalg.det(transform.jacobian(xy))
    return np.asarray(determinant * np.sign(np.median(determinant)) <= 0)
