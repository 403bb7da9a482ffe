"""A fitted transform as GDAL can apply it: a geotransform, or exact GCPs on a lattice.

GDAL refits whatever GCPs it is given, without weights or smoothing. Handing it a lattice of exact evaluations of *our*
transform makes its fit reproduce ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import coords
from .errors import FitError
from .transforms import Transform
from .types import Grid

Array = NDArray[np.float64]
_TOLERANCE_PX = 0.05


@dataclass(frozen=True, eq=False)
class WarpNodes:
    """What to give GDAL.

    Attributes:
        method: "geotransform", "polynomial" or "tps".
        order: Polynomial order; 0 otherwise.
        geotransform: Of the sensed raster in the reference's CRS, for method "geotransform"; else None.
        sensed_px: (N, 2) node positions in the sensed raster; (0, 2) for "geotransform".
        reference_map: (N, 2) the same nodes in the reference's CRS.
    """

    method: str
    order: int
    geotransform: tuple[float, float, float, float, float, float] | None
    sensed_px: Array
    reference_map: Array


def warp_nodes(transform: Transform, reference_grid: Grid, sensed_grid: Grid) -> WarpNodes:
    """Evaluate a transform for GDAL.

    Raises:
        FitError: when the transform folds inside the sensed raster, or no lattice of up to 31 x 31 nodes reproduces it.
    """
    matrix = transform.matrix
    to_map = coords.matrix_from_geotransform(reference_grid.geotransform)
    lattice = _lattice(sensed_grid, 9)
    determinant = np.linalg.det(transform.jacobian(lattice))
    if (determinant <= 0).any() and (determinant >= 0).any():
        raise FitError("The transform folds the image over itself.", "Choose a simpler model, or reject the points where it folds.")
    if matrix is not None and transform.kind != "projective":
        whole = to_map @ matrix
        return WarpNodes("geotransform", 0, coords.geotransform_from_matrix(whole), np.empty((0, 2)), np.empty((0, 2)))
    if transform.kind in ("polynomial2", "polynomial3"):
        nodes = _lattice(sensed_grid, 9)
        return WarpNodes("polynomial", int(transform.kind[-1]), None, nodes, coords.apply_matrix(to_map, transform.apply(nodes)))
    for side in (9, 15, 21, 31):
        nodes = _lattice(sensed_grid, side)
        targets = transform.apply(nodes)
        # Half-way between nodes is where an interpolation through them is worst; the mean of four neighbours bounds it.
        grid = targets.reshape(side, side, 2)
        step = np.array([sensed_grid.width, sensed_grid.height]) / (side - 1)
        centres = (nodes.reshape(side, side, 2)[:-1, :-1] + step / 2).reshape(-1, 2)
        between = (grid[:-1, :-1] + grid[:-1, 1:] + grid[1:, :-1] + grid[1:, 1:]).reshape(-1, 2) / 4
        if np.abs(transform.apply(centres) - between).max() < 12 * _TOLERANCE_PX or side == 31:
            return WarpNodes("tps", 0, None, nodes, coords.apply_matrix(to_map, targets))
    raise FitError("The transform bends too much to be warped.", "Choose a smoother model.")


def _lattice(grid: Grid, side: int) -> Array:
    xs, ys = np.linspace(0, grid.width, side), np.linspace(0, grid.height, side)
    return np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)


def output_grid(
    transform: Transform, reference_grid: Grid, sensed_grid: Grid, gsd: float | None, match_reference: bool
) -> Grid:
    """Return the grid of the warped raster.

    Args:
        transform: sensed_px -> reference_px.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        gsd: Pixel side in map units; None = that of the sensed raster after the transform.
        match_reference: Take the reference's grid as it is (always so without georeferencing).
    """
    if match_reference or not _georeferenced(reference_grid):
        return reference_grid
    to_map = coords.matrix_from_geotransform(reference_grid.geotransform)
    outline = coords.apply_matrix(to_map, transform.apply(_lattice(sensed_grid, 17)))
    centre = np.array([[sensed_grid.width / 2, sensed_grid.height / 2]])
    jacobian = to_map[:2, :2] @ transform.jacobian(centre)[0]
    size = gsd or float(np.sqrt(abs(np.linalg.det(jacobian))))
    low, high = outline.min(axis=0), outline.max(axis=0)
    width, height = (max(1, int(np.ceil((high[i] - low[i]) / size - 1e-6))) for i in (0, 1))
    return Grid(reference_grid.crs_wkt, (float(low[0]), size, 0.0, float(high[1]), 0.0, -size), width, height)


def _georeferenced(grid: Grid) -> bool:
    return bool(grid.crs_wkt) or grid.geotransform != (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
