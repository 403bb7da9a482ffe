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
from ...core.errors import InputError
from ...core.fit.gcps import place_by_gcps, placed_by
from ...core.geometry import coords
from ...core.geometry.grid import Grid
from ...core.types import RasterRef

Points = NDArray[np.float64]
Mapping = Callable[[Points], Points]
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
    gcps, gcp_crs = dataset.gcps
    kind = placed_by(grid, len(gcps), dataset.rpcs is not None)
    if kind == "geotransform":
        grid = replace(grid, crs_wkt=wkt or grid.crs_wkt)
        coords.inverse(grid.matrix)  # refuses pixels without an area before anything is read
        return Georeferencing(kind, grid, grid.map_from_px, grid.px_from_map)
    if kind == "gcps":
        crs = rasterio.CRS.from_wkt(wkt) if wkt else gcp_crs
        placed = place_by_gcps(
            [(g.col, g.row) for g in gcps],
            [(g.x, g.y) for g in gcps],
            crs.to_wkt() if crs else "",
            ref.path,
        )
        grid = replace(grid, crs_wkt=placed.crs_wkt)
        return Georeferencing(kind, grid, placed.to_map, placed.to_px)
    if kind == "rpcs":
        forward, backward = _from_rpcs(ref.path, dataset.rpcs)
        grid = replace(grid, crs_wkt=rasterio.CRS.from_epsg(4326).to_wkt())
        return Georeferencing(kind, grid, forward, backward)
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
