"""A fitted transform as GDAL's virtual rasters can apply it: a geotransform, or exact GCPs.

GDAL refits whatever GCPs it is given, without weights or smoothing, and refits them once more with
both sides exchanged for the way back, which is the way a warp takes. Handing it exact evaluations
of *our* transform makes both refits reproduce ours; how well is found out here, by doing what GDAL
does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError
from ..fit import bases
from ..fit.transforms import Transform, folds
from ..geometry import coords
from ..geometry.grid import Grid
from .plan import lattice, refuse_folds

Array = NDArray[np.float64]
_CELLS = (6, 9, 14)  # of the first lattices tried, along the longer side
_ROUNDS = 6  # of adding nodes where the mapping bends most
_MOST_NODES = 1500
_REFUSED_PX = 0.25
_CHECKS = 41  # positions along the longer side at which the mapping is checked


@dataclass(frozen=True, eq=False)
class WarpNodes:
    """What to give GDAL.

    Attributes:
        method: "geotransform", "polynomial" or "tps".
        order: Polynomial order; 0 otherwise.
        geotransform: Of the sensed raster in the reference's CRS, for method "geotransform"; else
            None.
        sensed_px: (N, 2) node positions in the sensed raster, some of them a little outside it; (0,
            2) for "geotransform".
        reference_map: (N, 2) the same nodes in the reference's CRS.
        error_px: Largest disagreement found with the transform, sensed px on the way back and
            reference px forwards.
    """

    method: str
    order: int
    geotransform: tuple[float, float, float, float, float, float] | None
    sensed_px: Array
    reference_map: Array
    error_px: float = 0.0


def of_geotransform(geotransform: tuple[float, float, float, float, float, float]) -> WarpNodes:
    """Return what to give GDAL where a geotransform says it all."""
    return WarpNodes("geotransform", 0, geotransform, np.empty((0, 2)), np.empty((0, 2)))


def warp_nodes(
    transform: Transform, reference_grid: Grid, sensed_grid: Grid, tolerance_px: float = 0.1
) -> WarpNodes:
    """Evaluate a transform for GDAL.

    A polynomial is handed over as a polynomial where its inverse is one too within half the
    tolerance; otherwise, and for projective transforms and splines, GDAL interpolates a spline
    between nodes: first a lattice, for a spline together with its own knots (through which the
    forward mapping is exact), then more nodes where it bends most.

    Args:
        transform: sensed_px -> reference_px.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        tolerance_px: Disagreement aimed at, in sensed and in reference px, anywhere inside the
            sensed raster. A spline that passes through noisy points may miss it somewhat with the
            most nodes GDAL is given, 1500: see `error_px`.

    Raises:
        FitError: when the transform folds inside the sensed raster, or the nodes miss it by more
        than a quarter of a pixel.
    """
    to_map = reference_grid.matrix
    checks = lattice(sensed_grid, _CHECKS, 0)
    refuse_folds(transform, sensed_grid)
    if transform.is_affine and transform.matrix is not None:
        return of_geotransform(coords.geotransform_from_matrix(to_map @ transform.matrix))
    if transform.kind in ("polynomial2", "polynomial3") and (
        transform.prior is None or transform.prior.is_affine
    ):
        order, nodes = int(transform.kind[-1]), lattice(sensed_grid, 13, 0)
        error = float(
            _polynomial_miss(
                transform.apply(nodes), nodes, transform.apply(checks), checks, order
            ).max()
        )
        if error <= tolerance_px / 2:
            return WarpNodes(
                "polynomial",
                order,
                None,
                nodes,
                coords.apply_matrix(to_map, transform.apply(nodes)),
                error,
            )
    nodes, error = _spline_nodes(transform, to_map, sensed_grid, checks, tolerance_px)
    if error > max(tolerance_px, _REFUSED_PX):
        raise FitError(
            f"The transform bends too sharply for GDAL's warp: {len(nodes)} nodes leave "
            f"an error of {error:.2f} px.",
            "Choose a smoother model, or reject points that contradict their neighbours.",
        )
    return WarpNodes(
        "tps", 0, None, nodes, coords.apply_matrix(to_map, transform.apply(nodes)), error
    )


def _spline_nodes(
    transform: Transform, to_map: Array, grid: Grid, checks: Array, tolerance_px: float
) -> tuple[Array, float]:
    """Return the nodes of the smallest error found, and that error; stops at the first within the
    tolerance.
    """
    best, least = np.empty((0, 2)), np.inf
    for cells in _CELLS:
        nodes = _first_nodes(transform, grid, cells)
        miss = _spline_miss(transform, to_map, nodes, checks)
        if miss.max() < least:
            best, least = nodes, float(miss.max())
        if least <= tolerance_px:
            return best, least
    spacing = max(grid.width, grid.height) / (_CHECKS - 1)
    nodes, candidates = best, checks
    for _ in range(_ROUNDS):
        miss = _spline_miss(transform, to_map, nodes, candidates)
        if miss.max() < least:
            best, least = nodes, float(miss.max())
        if least <= tolerance_px or len(nodes) >= _MOST_NODES:
            break
        worst = candidates[np.argsort(-miss)][: int((miss > tolerance_px / 2).sum())]
        nodes = _thinned(
            nodes, worst[: max(1, min(len(nodes) // 2, _MOST_NODES - len(nodes)))], spacing / 4
        )
        # New nodes hide the error at the old checks: look between them too.
        spacing /= 1.3
        side = int(max(grid.width, grid.height) / spacing) + 1
        candidates = np.concatenate([checks, lattice(grid, min(side, 65), 0)])
    return best, least


def _first_nodes(transform: Transform, grid: Grid, cells: int) -> Array:
    """Return a lattice with two rings outside the raster, where an interpolation is worst, and the
    knots of a spline.
    """
    nodes = lattice(grid, cells + 1, 2)
    if not np.isfinite(transform.apply(nodes)).all() or folds(transform, nodes).any():
        nodes = lattice(grid, cells + 1, 0)
    if transform.kind != "tps":
        return nodes
    knots = transform.knots_px
    apart = max(grid.width, grid.height) / cells / 4
    return _thinned(knots, nodes, apart)


def _thinned(kept: Array, more: Array, apart: float) -> Array:
    """Return `kept` and those of `more` that lie at least `apart` from all returned before them."""
    out = [*kept]
    for point in more:
        if not out or float(((np.array(out) - point) ** 2).sum(axis=1).min()) >= apart**2:
            out.append(point)
    return np.array(out)


def _spline_miss(transform: Transform, to_map: Array, nodes: Array, checks: Array) -> Array:
    """Return (M,) how far interpolating splines through the nodes miss at the checks, the worse of
    both ways.

    The way back starts from map coordinates, as GDAL's does: a spline depends on the proportions of
    its plane.
    """
    targets, images = transform.apply(nodes), transform.apply(checks)
    forward = np.abs(_interpolated(nodes, targets, checks) - images).max(axis=1)
    on_map, at_map = coords.apply_matrix(to_map, targets), coords.apply_matrix(to_map, images)
    back = np.abs(_interpolated(on_map, nodes, at_map) - checks).max(axis=1)
    return np.asarray(np.maximum(forward, back))


def _interpolated(source: Array, target: Array, at: Array) -> Array:
    """Evaluate the thin-plate spline through source -> target."""
    centre, scale = source.mean(axis=0), float(np.ptp(source, axis=0).max())
    u, n = (source - centre) / scale, len(source)
    system = np.zeros((n + 3, n + 3))
    system[:n] = bases.thin_plate_basis(u, u)
    system[n:, :n] = system[:n, n:].T
    weights = np.linalg.solve(
        system, np.concatenate([target - target.mean(axis=0), np.zeros((3, 2))])
    )
    return np.asarray(
        bases.thin_plate_basis((at - centre) / scale, u) @ weights + target.mean(axis=0)
    )


def _polynomial_miss(source: Array, target: Array, at: Array, truth: Array, order: int) -> Array:
    """Return (M,) how far the polynomial fitted to source -> target misses the truth."""
    centre, scale = source.mean(axis=0), float(np.ptp(source, axis=0).max())
    middle = target.mean(axis=0)
    weights = np.linalg.lstsq(
        bases.monomials((source - centre) / scale, order), target - middle, rcond=None
    )[0]
    return np.asarray(
        np.abs(bases.monomials((at - centre) / scale, order) @ weights + middle - truth).max(axis=1)
    )
