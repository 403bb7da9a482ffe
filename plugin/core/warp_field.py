"""A fitted transform as a grid of places: where the nodes of a coarse grid over the output lie in the sensed raster.

Between the nodes GDAL interpolates bilinearly. This takes the same time however many points carry a spline, and how far it
misses the transform is found out here, where bilinear interpolation is worst.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import coords
from .errors import FitError
from .gcp_grid import refuse_folds
from .transforms import Transform
from .types import Grid

Array = NDArray[np.float64]
_NEAR = 0.6  # of the raster's sides, from its centre: the raster and a tenth more
_CELLS = (32, 64, 128)  # along the longer side of the output, each twice the one before


@dataclass(frozen=True, eq=False)
class WarpField:
    """Where an output's pixels come from.

    Attributes:
        step_px: Distance of the nodes in output px; the first node is the output's top-left corner.
        sensed_px: (rows, columns, 2) the nodes in the sensed raster, beyond the right and lower edges of the output too.
        error_px: Largest miss found, in reference px, of what lies inside the sensed raster.
    """

    step_px: float
    sensed_px: Array
    error_px: float


def warp_field(transform: Transform, reference_grid: Grid, sensed_grid: Grid, target: Grid, tolerance_px: float) -> WarpField:
    """Evaluate the way back of a transform on a grid just fine enough, or on the finest: see `WarpField.error_px`.

    Args:
        transform: sensed_px -> reference_px.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster, of which only the size counts.
        target: Grid of the output, in the reference's CRS.
        tolerance_px: Miss aimed at, in reference px.

    Raises:
        FitError: the transform folds inside the sensed raster, or cannot be inverted.
    """
    refuse_folds(transform, sensed_grid)
    to_reference = coords.inverse(coords.matrix_from_geotransform(reference_grid.geotransform)) @ coords.matrix_from_geotransform(target.geotransform)
    size = np.array([sensed_grid.width, sensed_grid.height], dtype=np.float64)
    error, coarse = np.inf, np.empty((0, 0, 2))
    for cells in _CELLS:
        step = max(target.width, target.height) / cells
        columns, rows = (int(np.ceil(length / step - 1e-9)) + 1 for length in (target.width, target.height))
        at = coords.apply_matrix(to_reference, _places(columns, rows, 0.0) * step)
        if coarse.size:
            guess = _between(coarse, _places(columns, rows, 0.0) / 2)
            places = _improved(transform, guess, at, size).reshape(rows, columns, 2)
        else:
            places = _filled(transform.inverse(at), at, size).reshape(rows, columns, 2)
        coarse = places
        centres = (places[:-1, :-1] + places[:-1, 1:] + places[1:, :-1] + places[1:, 1:]).reshape(-1, 2) / 4
        inside = ((centres >= 0) & (centres <= size)).all(axis=1)
        wanted = coords.apply_matrix(to_reference, _places(columns - 1, rows - 1, 0.5) * step)
        miss = np.abs(transform.apply(centres[inside]) - wanted[inside])
        error = max(float(miss.max(initial=0.0)), _miss_at_knots(transform, coords.inverse(to_reference), places, step, size))
        if error <= tolerance_px:
            break
    return WarpField(step, places, error)


def _miss_at_knots(transform: Transform, to_target: Array, places: Array, step: float, size: Array) -> float:
    """Return the largest miss at the knots of a spline inside the raster, where it bends most."""
    knots = transform.knots * transform.scale + transform.source_centre
    knots = knots[((knots >= 0) & (knots <= size)).all(axis=1)]
    images = transform.apply(knots)
    return float(np.abs(transform.apply(_between(places, coords.apply_matrix(to_target, images) / step)) - images).max(initial=0.0))


def _between(places: Array, at: Array) -> Array:
    """Interpolate bilinearly between nodes, at (N, 2) columns and rows; beyond the last ones their plane goes on."""
    column, row = np.clip(np.floor(at).astype(int), 0, np.array(places.shape[1::-1]) - 2).T
    x, y = (at - np.stack([column, row], axis=1)).T[:, :, None]
    upper = places[row, column] * (1 - x) + places[row, column + 1] * x
    lower = places[row + 1, column] * (1 - x) + places[row + 1, column + 1] * x
    return np.asarray(upper * (1 - y) + lower * y)


def _improved(transform: Transform, guess: Array, at: Array, size: Array) -> Array:
    """Take one step of Newton's method from good guesses, in the raster and near it; what lies farther outside is not drawn."""
    near = np.flatnonzero((np.abs(guess - size / 2) <= _NEAR * size).all(axis=1))
    out = guess.copy()
    out[near] -= np.linalg.solve(transform.jacobian(guess[near]), (transform.apply(guess[near]) - at[near])[..., None])[..., 0]
    return out


def _places(columns: int, rows: int, offset: float) -> Array:
    return np.asarray(np.stack(np.meshgrid(np.arange(columns) + offset, np.arange(rows) + offset), axis=2).reshape(-1, 2))


def _filled(sensed: Array, at: Array, size: Array) -> Array:
    """Put nodes that have no way back, far outside the raster, where a plane through the others has them, but outside."""
    lost = ~np.isfinite(sensed).all(axis=1)
    if not lost.any():
        return sensed
    design = np.concatenate([at, np.ones((len(at), 1))], axis=1)
    if (~lost).sum() < 3:
        raise FitError("The transform cannot be inverted.", "Check for control points on one line or in one place.")
    plane = design[lost] @ np.linalg.lstsq(design[~lost], sensed[~lost], rcond=None)[0]
    from_centre = plane - size / 2
    reach = np.abs(from_centre / size).max(axis=1)  # 0.5 at the edge of the raster
    out = sensed.copy()
    out[lost] = size / 2 + from_centre * np.maximum(1.0, 1.0 / np.maximum(reach, 1e-9))[:, None]
    return out
