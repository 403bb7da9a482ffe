"""The frames of two rasters: whether they can be compared, and positions brought from one to the
other.
"""

from __future__ import annotations

import numpy as np
import rasterio
import rasterio.warp
from numpy.typing import NDArray

from ...core.borders import reason_of
from ...core.errors import InputError, MissingCrsError
from ...core.lengths import is_geographic, unwrapped
from .sources import Source

Points = NDArray[np.float64]


def check_frames(a: Source, b: Source) -> None:
    """See to it that both rasters have georeferencing and a CRS, or neither.

    Raises:
        MissingCrsError: one has what the other lacks.
    """
    if a.is_georeferenced != b.is_georeferenced:
        lacking = b if a.is_georeferenced else a
        raise MissingCrsError(
            f"{lacking.ref.path} has no georeferencing, the other raster has.",
            "Assign it an approximate position first, or remove the georeferencing "
            "of both to compare bare pixels.",
        )
    if a.is_georeferenced and bool(a.grid.crs_wkt) != bool(b.grid.crs_wkt):
        lacking = b if a.grid.crs_wkt else a
        hint = "Set its CRS (Layer > Set CRS, or gdal_edit -a_srs)."
        raise MissingCrsError(f"{lacking.ref.path} has no CRS, the other raster has.", hint)


def reproject(xy: Points, source: Source, target: Source) -> Points:
    """Bring positions from one raster's CRS to the other's; longitudes come out on that raster's
    side of the antimeridian.

    Raises:
        InputError: the two CRSs know no way to each other.
    """
    source_wkt, target_wkt = source.grid.crs_wkt, target.grid.crs_wkt
    if not source_wkt or not target_wkt:
        return xy
    if source_wkt != target_wkt:
        try:
            crs = rasterio.CRS.from_wkt(source_wkt), rasterio.CRS.from_wkt(target_wkt)
            x, y = rasterio.warp.transform(*crs, xy[:, 0], xy[:, 1])
        except Exception as error:  # PROJ's own errors are none of rasterio's
            raise InputError(
                f"Cannot reproject between the two CRSs: {reason_of(error)}.",
                "Check the CRS of both rasters.",
            ) from error
        xy = np.stack([np.asarray(x), np.asarray(y)], axis=1)
    return unwrapped(xy, target.longitude) if is_geographic(target_wkt) else xy
