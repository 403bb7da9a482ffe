"""What the user is told when a run has ended."""

from __future__ import annotations

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem

from ...plugin.core.fit.result import AlignResult
from ...plugin.core.lengths import METRES_PER_DEGREE
from ...plugin.core.types import Status
from .text import fill, length, map_unit, number, tr


def first_answer(result: AlignResult) -> str:
    """Return the answer to a run in one line: points kept, shift, leave-one-out RMSE and coverage;
    or why there is none.
    """
    if result.status is not Status.OK:
        return " ".join(tr(part) for part in (result.message, result.hint) if part)
    parts = [fill(tr("{0} of {1} tie points kept"), len(result.enabled_points), len(result.points))]
    crs = (
        QgsCoordinateReferenceSystem.fromWkt(result.reference_grid.crs_wkt)
        if result.reference_grid.crs_wkt
        else QgsCoordinateReferenceSystem()
    )
    shift = _shift(result, crs)
    if shift:
        parts.append(shift)
    q = result.quality
    if q is not None and np.isfinite(q.loo_rmse_px):
        ground = "" if q.loo_rmse_map is None else f"{length(q.loo_rmse_map, map_unit(crs))} "
        pixels = f"{number(q.loo_rmse_px, '.2f')} px"
        parts.append(
            fill(tr("leave-one-out RMSE {0}"), f"{ground}({pixels})" if ground else pixels)
        )
    if q is not None and np.isfinite(q.coverage):
        parts.append(fill(tr("coverage {0:.0f} %"), 100 * q.coverage))
    return " · ".join(parts)


def _shift(result: AlignResult, crs: QgsCoordinateReferenceSystem) -> str:
    """Return the median of reference - sensed over the points kept, as "shift 23.4 m E, 8.1 m
    N".
    """
    kept = [
        p for p in result.enabled_points if p.reference_map is not None and p.sensed_map is not None
    ]
    if kept and crs.isValid():
        ends = np.array([p.reference_map for p in kept])
        east, north = np.median(ends - np.array([p.sensed_map for p in kept]), axis=0)
        unit = map_unit(crs)
        if crs.isGeographic():
            latitude = float(np.median(ends[:, 1]))
            east, north, unit = (
                east * METRES_PER_DEGREE * np.cos(np.radians(latitude)),
                north * METRES_PER_DEGREE,
                "m",
            )
        across = length(abs(float(east)), unit) + (" E" if east >= 0 else " W")
        up = length(abs(float(north)), unit) + (" N" if north >= 0 else " S")
        return fill(tr("shift {0}, {1}"), across, up)
    if not result.enabled_points:
        return ""
    right, down = np.median(
        [np.subtract(p.reference_px, p.sensed_px) for p in result.enabled_points], axis=0
    )
    across = f"{number(abs(right), '.1f')} px " + (tr("right") if right >= 0 else tr("left"))
    return fill(
        tr("shift {0}, {1}"),
        across,
        f"{number(abs(down), '.1f')} px " + (tr("down") if down >= 0 else tr("up")),
    )
