"""The fitted displacement over a lattice, and how sure the fit is of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..geometry.grid import Grid
from .coverage import convex_hull, inside_hull
from .fits import Fit

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Field:
    """A fit at places of the sensed raster.

    Attributes:
        sensed_px: (N, 2) the places.
        reference_px: (N, 2) where the fit puts them.
        covariance_px: (N, 2, 2) of `reference_px`, px squared, from the scatter of the residuals;
            NaN without redundancy.
        inside: (N,) within the hull of the points of the fit; what lies outside is extrapolated.
        folds: (N,) where the fit turns the image inside out.
    """

    sensed_px: Array
    reference_px: Array
    covariance_px: Array
    inside: NDArray[np.bool_]
    folds: NDArray[np.bool_]


def displacement_field(fit: Fit, points_px: Array, sensed_grid: Grid, side: int = 24) -> Field:
    """Evaluate a fit at the centres of square cells over the sensed raster.

    Args:
        fit: The fit.
        points_px: (N, 2) sensed places of the points it was made from.
        sensed_grid: Of which only the size counts.
        side: Cells along the longer side.
    """
    cell = max(sensed_grid.width, sensed_grid.height) / side
    counts = [max(1, round(length / cell)) for length in (sensed_grid.width, sensed_grid.height)]
    axes = [
        (np.arange(n) + 0.5) * length / n
        for n, length in zip(counts, (sensed_grid.width, sensed_grid.height), strict=True)
    ]
    places = np.stack(np.meshgrid(*axes), axis=2).reshape(-1, 2)
    determinant = np.linalg.det(fit.transform.jacobian(places))
    folds = determinant * np.sign(np.median(determinant)) <= 0
    inside = inside_hull(places, convex_hull(points_px))
    return Field(
        places,
        fit.transform.apply(places),
        fit.prediction_covariance(places),
        inside,
        np.asarray(folds),
    )


def ellipses(covariance: Array) -> tuple[Array, Array, Array]:
    """Return the semi-axes (N,), (N,), larger first, of 1-sigma ellipses and the azimuth of the
    larger, degrees from north, 0..180.

    Args:
        covariance: (N, 2, 2) of east and north; NaN gives NaN.
    """
    c = np.asarray(covariance, dtype=np.float64).reshape(-1, 2, 2)
    good = np.isfinite(c).all(axis=(1, 2))
    values, vectors = np.linalg.eigh(np.where(good[:, None, None], c, np.eye(2)))
    major, minor = (np.sqrt(np.maximum(values[:, i], 0.0)) for i in (1, 0))
    azimuth = np.degrees(np.arctan2(vectors[:, 0, 1], vectors[:, 1, 1])) % 180.0
    for a in (major, minor, azimuth):
        a[~good] = np.nan
    return major, minor, azimuth


def to_map(covariance_px: Array, linear: Array) -> Array:
    """Return (N, 2, 2) covariances in map units from those in px, by the linear part px -> map."""
    return np.asarray(linear @ covariance_px @ linear.T)
