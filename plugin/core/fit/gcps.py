"""Where a raster lies that has no geotransform: the one rule of canvas, engine and pre-flight.

Convention:
    Native px (corner origin) <-> the CRS of the GCPs. GCPs are taken as GDAL means them: (column,
    row) from the corner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import FitError, InputError
from ..geometry import coords
from ..geometry.grid import Grid
from ..lengths import is_geographic, unwrapped
from . import fitting
from .transforms import Transform

Array = NDArray[np.float64]
LEAST_GCPS = 3  # an affine passes through them; with fewer nothing tells how the raster is turned
_MODELS = (  # largest number of GCPs, model
    (6, "polynomial1"),
    (9, "polynomial2"),
    (250, "tps"),  # more take seconds to solve, and a polynomial holds a whole acquisition
)
_OF_MANY = "polynomial3"


def placed_by(grid: Grid, gcp_count: int, has_rpcs: bool) -> str:
    """Return what tells the place of a raster: "geotransform", "gcps", "rpcs" or "none"; a
    geotransform counts before GCPs, GCPs before RPCs.
    """
    if grid.is_referenced:
        return "geotransform"
    if gcp_count >= LEAST_GCPS:
        return "gcps"
    return "rpcs" if has_rpcs else "none"


@dataclass(frozen=True, eq=False)
class GcpPlacement:
    """A raster placed by its GCPs.

    Attributes:
        crs_wkt: CRS of the ground.
        fitted: px -> ground, centred and scaled to the size of pixels.
        centre_map: Middle of the GCPs.
        unit_map: Size of a pixel.
    """

    crs_wkt: str
    fitted: Transform
    centre_map: Array
    unit_map: float

    def to_map(self, xy_px: ArrayLike) -> Array:
        """(N, 2) native px -> the CRS of the GCPs."""
        return np.asarray(self.fitted.apply(xy_px) * self.unit_map + self.centre_map)

    def to_px(self, xy_map: ArrayLike) -> Array:
        """(N, 2) in the CRS of the GCPs -> native px; non-finite where there is none."""
        at = coords.as_points(xy_map)
        if is_geographic(self.crs_wkt):
            at = unwrapped(at, float(self.centre_map[0]))
        return self.fitted.inverse((at - self.centre_map) / self.unit_map)


def place_by_gcps(gcps_px: ArrayLike, gcps_map: ArrayLike, crs_wkt: str, name: str) -> GcpPlacement:
    """Fit an affine to fewer than seven GCPs, a polynomial of order 2 to fewer than ten, a spline
    through up to 250, a polynomial of order 3 to more.

    Ground coordinates are centred and scaled to the size of pixels first, so that degrees and
    metres are fitted alike.

    Args:
        gcps_px: (N, 2), px.
        gcps_map: (N, 2) on the ground.
        crs_wkt: CRS of the ground, "" = unknown.
        name: Of the raster, for messages.

    Raises:
        InputError: they are too few or degenerate.
    """
    pixel, ground = coords.as_points(gcps_px), coords.as_points(gcps_map)
    if is_geographic(crs_wkt) and len(ground) and float(np.ptp(ground[:, 0])) > 180.0:
        ground = unwrapped(ground, 180.0)
    kind = next((kind for most, kind in _MODELS if len(pixel) <= most), _OF_MANY)
    centre = ground.mean(axis=0)
    unit = _spread(ground) / max(_spread(pixel), 1e-12) or 1.0
    try:
        fitted = fitting.fit(
            kind, pixel, (ground - centre) / unit, smoothing=0.0 if kind == "tps" else None
        )
    except FitError as error:
        message = f"The {len(pixel)} GCPs of {name} cannot be used: {error.message}"
        raise InputError(message, "Check or replace the GCPs of the file.") from error
    return GcpPlacement(crs_wkt, fitted, centre, unit)


def _spread(points: Array) -> float:
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))
