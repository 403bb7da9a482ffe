"""Where the pixels of an open raster lie on the ground: geotransform, GCPs, RPCs, or nowhere.

Convention:
    Native px (corner origin) <-> the CRS of `grid`. GCPs are taken as GDAL means them: (col, row)
    from the corner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import RPCTransformer

from ...core.borders import reading, reason_of
from ...core.errors import FitError, InputError
from ...core.fit import fitting
from ...core.geometry import coords
from ...core.geometry.grid import Grid
from ...core.lengths import unwrapped
from ...core.types import RasterRef

Points = NDArray[np.float64]
Mapping = Callable[[Points], Points]
_MAX_TPS_GCPS = 250
_MIN_GCPS = 4
_RPCS = "Check or replace the RPCs of the file."


@dataclass(frozen=True)
class Georeferencing:
    """Placement of a raster.

    Attributes:
        kind: "geotransform", "gcps", "rpcs" or "none".
        grid: Native grid; for "gcps", "rpcs" and "none" its geotransform is the identity.
        to_map: (N, 2) native px -> CRS of `grid`.
        to_px: The way back; non-finite where a position cannot be placed.
    """

    kind: str
    grid: Grid
    to_map: Mapping
    to_px: Mapping


def georeference(dataset: Any, ref: RasterRef) -> Georeferencing:
    """Find out how a raster is placed; a geotransform counts before GCPs, GCPs before RPCs.

    Args:
        dataset: Open rasterio dataset.
        ref: May override the CRS.

    Raises:
        InputError: when the CRS given is not one, or the geotransform or the GCPs are degenerate.
    """
    wkt, grid = _override(ref), native_grid(dataset)
    if grid.is_referenced:
        grid = replace(grid, crs_wkt=wkt or grid.crs_wkt)
        coords.inverse(grid.matrix)  # refuses pixels without an area before anything is read
        return Georeferencing("geotransform", grid, grid.map_from_px, grid.px_from_map)
    gcps, gcp_crs = dataset.gcps
    if len(gcps) >= _MIN_GCPS:
        crs = rasterio.CRS.from_wkt(wkt) if wkt else gcp_crs
        forward, backward = _from_gcps(ref.path, gcps, bool(crs and crs.is_geographic))
        return Georeferencing(
            "gcps", Grid.bare(*grid.size, crs.to_wkt() if crs else ""), forward, backward
        )
    if dataset.rpcs is not None:
        forward, backward = _from_rpcs(ref.path, dataset.rpcs)
        return Georeferencing(
            "rpcs", Grid.bare(*grid.size, rasterio.CRS.from_epsg(4326).to_wkt()), forward, backward
        )
    return Georeferencing("none", grid, coords.as_points, coords.as_points)


def native_grid(dataset: Any) -> Grid:
    """Return the native grid of an open raster; bare where only GCPs or RPCs tell its place."""
    grid = Grid("", dataset.transform.to_gdal(), dataset.width, dataset.height)
    wkt = dataset.crs.to_wkt() if dataset.crs and grid.is_referenced else ""
    return replace(grid, crs_wkt=wkt)


def _override(ref: RasterRef) -> str:
    if not ref.crs_wkt:
        return ""
    try:
        return str(rasterio.CRS.from_user_input(ref.crs_wkt).to_wkt())
    except Exception as error:  # PROJ's own errors are none of rasterio's
        hint = "Give WKT or an authority code such as EPSG:32633."
        raise InputError(
            f"The CRS given for {ref.path} is not understood: {reason_of(error)}.", hint
        ) from error


def _from_gcps(path: str, gcps: list[Any], geographic: bool) -> tuple[Mapping, Mapping]:
    """Fit a spline through up to 250 GCPs, an order-3 polynomial to more, lower orders to fewer
    than ten.

    Ground coordinates are centred and scaled to the size of pixels first, so that degrees and
    metres are fitted alike.
    """
    pixel = np.array([(g.col, g.row) for g in gcps], dtype=np.float64)
    ground = np.array([(g.x, g.y) for g in gcps], dtype=np.float64)
    crosses = geographic and float(np.ptp(ground[:, 0])) > 180.0
    if crosses:
        ground = unwrapped(ground, 180.0)
    centre = ground.mean(axis=0)
    unit = _spread(ground) / max(_spread(pixel), 1e-12) or 1.0
    if len(gcps) < 10:
        kind = "polynomial2" if len(gcps) >= 7 else "polynomial1"
    else:
        kind = "tps" if len(gcps) <= _MAX_TPS_GCPS else "polynomial3"
    try:
        fitted = fitting.fit(
            kind, pixel, (ground - centre) / unit, smoothing=0.0 if kind == "tps" else None
        )
    except FitError as error:
        message = f"The {len(gcps)} GCPs of {path} cannot be used: {error.message}"
        raise InputError(message, "Check or replace the GCPs of the file.") from error

    def to_map(xy: Points) -> Points:
        return np.asarray(fitted.apply(xy) * unit + centre, dtype=np.float64)

    def to_px(xy: Points) -> Points:
        return fitted.inverse(
            ((unwrapped(xy, centre[0]) if geographic else coords.as_points(xy)) - centre) / unit
        )

    return to_map, to_px


def _spread(points: Points) -> float:
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))


def _from_rpcs(path: str, rpcs: Any) -> tuple[Mapping, Mapping]:
    """Rational polynomials at their mean height; GDAL would stop its search for the ground at a
    tenth of a pixel.
    """
    options = {
        "rpc_height": float(rpcs.height_off),
        "rpc_pixel_error_threshold": 1e-4,
        "rpc_max_iterations": 50,
    }
    transformer = RPCTransformer(rpcs, **options)

    def to_map(xy: Points) -> Points:
        with reading("the RPCs", path, _RPCS):
            x, y = transformer.xy(xy[:, 1], xy[:, 0], offset="ul")
        return np.stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)], axis=1)

    def to_px(xy: Points) -> Points:
        with reading("the RPCs", path, _RPCS):
            rows, cols = transformer.rowcol(xy[:, 0], xy[:, 1], op=np.positive)
        return np.stack(
            [np.asarray(cols, dtype=np.float64), np.asarray(rows, dtype=np.float64)], axis=1
        )

    return to_map, to_px
