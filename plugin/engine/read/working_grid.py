"""The grid that two rasters are compared on, and how far apart they may lie on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.errors import NoOverlapError
from ...core.geometry import coords
from ...core.geometry.grid import Grid
from ...core.run.preflight import automatic_radius_px
from .frames import reproject
from .sources import Source

Points = NDArray[np.float64]
_ALONG = 20  # places along a side of an outline


def working_grid(
    reference: Source, sensed: Source, gsd: float | None, radius_map: float | None
) -> tuple[Grid, float]:
    """Return the grid that both rasters are compared on, and how far the sensed one may be
    misplaced, working px.

    It follows the pixel axes of the reference (north up where that has only GCPs or RPCs) and
    covers where the two may meet.

    Args:
        reference: The raster that stays.
        sensed: The raster that is moved.
        gsd: Pixel side asked for, map units; None = the coarser of the two.
        radius_map: Search radius declared, map units; None = from the size of the rasters.

    Raises:
        NoOverlapError: the two lie too far apart.
    """
    if reference.georeferencing in ("gcps", "rpcs"):
        to_map = _north_up(reference)
    else:
        to_map = reference.grid.matrix
    own = np.hypot(to_map[0, :2], to_map[1, :2])
    sensed_gsd = _sensed_gsd(reference, sensed)
    wanted = gsd or float(max(own.max(), sensed_gsd))
    as_reference = not gsd and wanted <= own.min() * 1.02 and np.ptp(own) <= 0.02 * own.min()
    size = own if as_reference else np.array([wanted, wanted])
    step = to_map.copy()
    step[:, :2] = to_map[:, :2] / own * size
    back = coords.inverse(step)
    ref_box = _box(coords.apply_matrix(back, _outline_map(reference)))
    outline = reproject(_outline_map(sensed), sensed, reference)
    sen_box = _box(coords.apply_matrix(back, outline))
    if not np.isfinite(sen_box).all():
        raise NoOverlapError(
            "The sensed raster cannot be placed in the reference's CRS.",
            "Check the CRS of both rasters.",
        )
    radius = _radius(reference, radius_map, float(size.max()), ref_box, sen_box)
    low = np.maximum(ref_box[0], sen_box[0] - radius)
    high = np.minimum(ref_box[1], sen_box[1] + radius)
    if (high - low < 8).any():
        unit = "map units" if reference.grid.crs_wkt else "px"
        raise _no_overlap(ref_box, sen_box, float(size.max()), unit)
    corner, extent = np.floor(low + 1e-6), np.ceil(high - 1e-6)
    step[:2, 2] = coords.apply_matrix(step, corner[None])[0]
    gt = coords.geotransform_from_matrix(step)
    width, height = (int(v) for v in extent - corner)
    return Grid(reference.grid.crs_wkt, gt, width, height), radius


def _no_overlap(ref_box: Points, sen_box: Points, gsd: float, unit: str) -> NoOverlapError:
    """Return what to raise of two boxes (px of a side `gsd`) that do not meet, or hardly."""
    gaps = np.maximum(np.maximum(sen_box[0] - ref_box[1], ref_box[0] - sen_box[1]), 0.0)
    gap = float(gaps.max() * gsd)
    how = (
        f"do not overlap: they lie {gap:.6g} {unit} apart"
        if gap > 0
        else "overlap too little to be compared"
    )
    return NoOverlapError(
        f"The two rasters {how}.", "Check their CRS, or declare a larger search radius."
    )


def _sensed_gsd(reference: Source, sensed: Source) -> float:
    """Return the sensed raster's larger pixel side at its centre, in the units of the
    reference's CRS.
    """
    ground = reproject(sensed.map_from_px(_steps(sensed.grid)), sensed, reference)
    return float(np.hypot(*(ground[1:] - ground[0]).T).max())


def _radius(
    reference: Source, declared: float | None, gsd: float, ref_box: Points, sen_box: Points
) -> float:
    if declared is not None:
        return max(2.0, declared / gsd)
    sides = np.minimum(ref_box[1] - ref_box[0], sen_box[1] - sen_box[0])
    longer = float(sides.max())
    if reference.is_georeferenced:
        return automatic_radius_px(longer)
    difference = np.abs((ref_box[1] - ref_box[0]) - (sen_box[1] - sen_box[0]))
    return float(max(64.0, 0.35 * longer, difference.max() + 16.0))


def _north_up(source: Source) -> NDArray[np.float64]:
    """Return a north-up px -> map matrix with square pixels for a raster that has only GCPs or
    RPCs.
    """
    ground, steps = _outline_map(source), source.map_from_px(_steps(source.grid))
    size = float(np.hypot(*(steps[1:] - steps[0]).T).mean())
    return np.array(
        [[size, 0.0, ground[:, 0].min()], [0.0, -size, ground[:, 1].max()], [0.0, 0.0, 1.0]]
    )


def _outline_map(source: Source) -> Points:
    return source.map_from_px(source.grid.outline_px(_ALONG))


def _steps(grid: Grid) -> Points:
    """Return the centre of a grid and its neighbours to the right and below, px."""
    return grid.centre_px + [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]


def _box(points: Points) -> Points:
    return np.stack([points.min(axis=0), points.max(axis=0)])
