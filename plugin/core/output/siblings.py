"""A fit carried over to another raster of the same scene: other bands, polarisations, masks, other
pixel sizes.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError, InputError
from ..fit import fitting
from ..fit.lattice import Lattice
from ..fit.transforms import Transform
from ..geometry import coords
from ..geometry.grid import Grid

Array = NDArray[np.float64]
_SAME_PX = 1e-3
_AGREED_PX = 0.02
_TURNED = 1e-6


def sensed_from_sibling(
    name: str, sibling_grid: Grid, sensed_grid: Grid, same_crs: bool
) -> Array | None:
    """Return the 3x3 matrix sibling px -> sensed px, None where the two have the same pixels.

    Args:
        name: Of the sibling, for messages.
        sibling_grid: Its native grid.
        sensed_grid: Native grid of the raster the points were found on.
        same_crs: Whether both are in one CRS.

    Raises:
        InputError: where the sibling lies on the sensed raster is not known.
    """
    same_size = sibling_grid.size == sensed_grid.size
    if not (sibling_grid.is_referenced and sensed_grid.is_referenced):
        if same_size:
            return None
        raise InputError(
            f"{name} has {sibling_grid.width} x {sibling_grid.height} px and no "
            f"georeferencing, the sensed raster {sensed_grid.width} x {sensed_grid.height}.",
            "Choose a raster on the same pixels.",
        )
    if not same_crs:
        raise InputError(
            f"{name} is in another CRS than the sensed raster.",
            "Reproject it to the sensed raster's CRS first.",
        )
    matrix = sibling_grid.matrix_to(sensed_grid)
    corners = sibling_grid.outline_px()
    if same_size and np.abs(coords.apply_matrix(matrix, corners) - corners).max() < _SAME_PX:
        return None
    return matrix


def carried_over(transform: Transform, sensed_of_sibling: Array, sibling_grid: Grid) -> Transform:
    """Return the transform sibling px -> reference px.

    Models with a matrix and polynomials stay what they are under an affine change of pixels, a
    spline does where pixels are scaled alike along both axes, a displacement field where they are
    not turned; what comes out is compared with the original all over the sibling.

    Args:
        transform: sensed_px -> reference_px.
        sensed_of_sibling: 3x3 matrix sibling px -> sensed px.
        sibling_grid: Of which only the size counts.

    Raises:
        FitError: it cannot be carried over to a fiftieth of a pixel.
    """
    if transform.prior is not None:
        return transform.with_prior(carried_over(transform.prior, sensed_of_sibling, sibling_grid))
    xs, ys = np.linspace(0, sibling_grid.width, 15), np.linspace(0, sibling_grid.height, 15)
    lattice = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)
    places, kind = lattice, transform.kind
    if kind == "tps":
        places = coords.apply_matrix(coords.inverse(sensed_of_sibling), transform.knots_px)
    elif kind in ("shift", "similarity"):
        kind = "affine"
    if transform.lattice is not None:
        linear = sensed_of_sibling[:2, :2]
        if (
            not (np.diag(linear) > 0).all()
            or np.abs(linear - np.diag(np.diag(linear))).max() > _TURNED * np.abs(linear).max()
        ):
            raise FitError(
                "A displacement field cannot be carried over to pixels that are turned "
                "or mirrored.",
                "Choose a polynomial or a spline.",
            )
        out = _rescaled(transform, transform.lattice, sensed_of_sibling)
    else:
        images = transform.apply(coords.apply_matrix(sensed_of_sibling, places))
        out = fitting.fit(kind, places, images, smoothing=0.0 if kind == "tps" else None)
    miss = float(
        np.abs(
            out.apply(lattice) - transform.apply(coords.apply_matrix(sensed_of_sibling, lattice))
        ).max()
    )
    if not miss < _AGREED_PX:
        raise FitError(
            f"The fit cannot be carried over to these pixels (it would miss by {miss:.2f} px).",
            "Choose a polynomial, or a raster with square pixels.",
        )
    return out


def _rescaled(field: Transform, lattice: Lattice, matrix: Array) -> Transform:
    """Return a displacement field for pixels that are moved and scaled along their axes."""
    factors = np.diag(matrix)[:2]
    parameters = field.parameters.reshape(2, 3) * [1.0, *factors]
    centre = (field.source_centre - matrix[:2, 2]) / factors
    moved = Lattice(lattice.origin / factors, lattice.step / factors, lattice.values)
    return replace(field, parameters=parameters.ravel(), source_centre=centre, lattice=moved)


def free_path(folder: Path, stem: str, suffix: str = ".tif") -> Path:
    """Return where a raster that is warped goes: `stem`_aligned in a folder, numbered where that
    exists.
    """
    number, path = 1, folder / f"{stem}_aligned{suffix}"
    while path.exists():
        number += 1
        path = folder / f"{stem}_aligned_{number}{suffix}"
    return path
