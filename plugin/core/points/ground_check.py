"""Whether control points can lie where they say: their ground against the reference's own
extent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import PointsFileError
from ..geometry.grid import Grid
from ..lengths import is_geographic

Array = NDArray[np.float64]
_FAR = 20.0
"""Diagonals of the reference beyond which points are not near it: rasters as delivered are
misplaced by less. Only what also looks like something else is refused.
"""


def refuse_misplaced(ground: Array, reference: Grid) -> None:
    """Refuse points whose coordinates cannot be in the reference's CRS, and say what they look
    like.

    Args:
        ground: (N, 2) in what is taken for the reference's CRS.
        reference: Native grid.

    Raises:
        PointsFileError: with what to do.
    """
    if not len(ground) or not reference.crs_wkt or not reference.is_referenced:
        return
    corners = reference.map_from_px(reference.outline_px())
    middle, reach = corners.mean(axis=0), _FAR * float(np.hypot(*np.ptp(corners, axis=0)))
    known = ground[np.isfinite(ground).all(axis=1)]
    if not len(known):
        return

    def are_near(places: Array) -> bool:
        """Whether at least half of them are: their median coordinates may be nobody's place."""
        return bool((np.hypot(*(places - middle).T) <= reach).mean() >= 0.5)

    if are_near(known):
        return
    x, y = np.median(known, axis=0)
    place = f"({x:.6g}, {y:.6g})"
    if are_near(known[:, ::-1]):
        raise PointsFileError(
            f"The points around {place} have x and y exchanged.",
            "Exchange the two columns of map coordinates.",
        )
    degrees = bool((np.abs(known[:, 0]) <= 360.0).all() and (np.abs(known[:, 1]) <= 90.0).all())
    if degrees and not is_geographic(reference.crs_wkt):
        raise PointsFileError(
            f"The points around {place} look like degrees, but the reference is not in degrees.",
            "Write the CRS of the points as the first line of the .points file, for "
            "example #CRS: EPSG:4326.",
        )
    if is_geographic(reference.crs_wkt) and not degrees:
        raise PointsFileError(
            f"The points around {place} look like metres, but the reference is in degrees.",
            "Write the CRS of the points as the first line of the .points file, for "
            "example #CRS: EPSG:32633.",
        )
