"""Tables of tie points of other tools: AROSICS' tie point grid and KARIOS' key points, both as CSV.

AROSICS (`CoRegPoints_table` written with `to_csv`): X_MAP, Y_MAP place the point in the image to be
shifted, X_SHIFT_M and Y_SHIFT_M lead from there to the reference; rows without a match hold the
fill value; OUTLIER marks what its filters refused. KARIOS (`KLT_matcher_*.csv`): x0, y0 is the
centre-origin position in the reference, dx, dy lead from there to the monitored image, both images
being on one grid; score is 0 to 1.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..errors import PointsFileError
from ..geometry import coords
from ..geometry.grid import Grid
from ..session.point import SessionPoint
from ..types import TiePoint
from .ground_check import refuse_misplaced
from .qgis_points import Reproject, number

_AROSICS = {"X_MAP", "Y_MAP", "X_SHIFT_M", "Y_SHIFT_M"}
_KARIOS = {"x0", "y0", "dx", "dy"}
_FILL = -9999.0
_FIX = "Correct or remove the line."


def parse_foreign(
    text: str,
    reference_grid: Grid,
    sensed_grid: Grid,
    to_reference: Callable[[str], Reproject | None] | None = None,
) -> list[SessionPoint] | None:
    """Parse a table of AROSICS or KARIOS; None where the text is neither.

    Args:
        text: The file.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster, in whose CRS AROSICS writes.
        to_reference: Given the WKT of the sensed grid, returns what brings its coordinates to the
            reference's CRS.

    Raises:
        PointsFileError: naming the line.
    """
    first = text.removeprefix("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter
    )
    names = {name.strip() for name in reader.fieldnames or () if name}
    try:
        if names >= _AROSICS:
            return _arosics(
                reader,
                reference_grid,
                sensed_grid,
                to_reference(sensed_grid.crs_wkt) if to_reference is not None else None,
            )
        return _karios(reader, reference_grid) if names >= _KARIOS else None
    except csv.Error as error:
        raise PointsFileError(
            f"Line {reader.line_num + 1}: not a CSV file: {error}.", _FIX
        ) from error


def _arosics(
    reader: csv.DictReader[str], reference: Grid, sensed: Grid, reproject: Reproject | None
) -> list[SessionPoint]:
    if not (reference.is_referenced and sensed.is_referenced):
        raise PointsFileError(
            "A tie point table of AROSICS needs two georeferenced rasters.",
            "Choose the rasters it was made with.",
        )
    rows = [
        (
            r,
            reader.line_num,
            _numbers(r, ("X_MAP", "Y_MAP", "X_SHIFT_M", "Y_SHIFT_M"), reader.line_num),
        )
        for r in reader
    ]
    rows = [
        (r, at, v) for r, at, v in rows if _FILL not in v[2:]
    ]  # places where no match was found
    from_xy = coords.as_points([v[:2] for _, _, v in rows])
    to_xy = from_xy + coords.as_points([v[2:] for _, _, v in rows])
    if reproject is not None and len(to_xy):
        to_xy = coords.as_points(reproject(to_xy))
    refuse_misplaced(to_xy, reference)
    points: list[SessionPoint] = []
    for i, (sensed_px, reference_px) in enumerate(
        zip(
            sensed.px_from_map(from_xy).tolist(),
            reference.px_from_map(to_xy).tolist(),
            strict=True,
        )
    ):
        row, at, _ = rows[i]
        if not all(map(math.isfinite, (*sensed_px, *reference_px))):
            raise PointsFileError(
                f"Line {at}: the point has no place in the rasters' coordinates.", _FIX
            )
        outlier = (row.get("OUTLIER") or "").strip().lower() in ("true", "1", "1.0")
        place = (float(to_xy[i, 0]), float(to_xy[i, 1]))
        reason = "outlier in AROSICS" if outlier else ""
        points.append(
            SessionPoint(
                TiePoint(
                    i + 1,
                    tuple(reference_px),
                    tuple(sensed_px),
                    place,
                    None,
                    _reliability(row),
                    enabled=not outlier,
                    reason=reason,
                )
            )
        )
    return points


def _reliability(row: dict[str, str]) -> float:
    """Return the score (0..1) of a row of AROSICS; 1 where it tells none."""
    percent = _optional(row, "RELIABILITY")
    if percent is None or percent == _FILL:
        return 1.0
    return min(max(percent / 100.0, 0.0), 1.0)


def _karios(reader: csv.DictReader[str], reference: Grid) -> list[SessionPoint]:
    points: list[SessionPoint] = []
    for row in reader:
        x, y, dx, dy = _numbers(row, ("x0", "y0", "dx", "dy"), reader.line_num)
        (rx, ry), (sx, sy) = coords.px_from_idx([(x, y), (x + dx, y + dy)]).tolist()
        score = _optional(row, "score")
        place = reference.layer_place((rx, ry)) if reference.is_referenced else None
        known = (
            1.0 if score is None or not math.isfinite(score) else float(np.clip(score, 0.0, 1.0))
        )
        points.append(
            SessionPoint(
                TiePoint(
                    len(points) + 1,
                    (rx, ry),
                    (sx, sy),
                    place,
                    None,
                    known,
                )
            )
        )
    return points


def _numbers(row: Mapping[str, str], names: Sequence[str], at: int) -> tuple[float, ...]:
    try:
        values = tuple(number(row[name]) for name in names)
    except (TypeError, ValueError, KeyError) as error:
        raise PointsFileError(f"Line {at}: {', '.join(names)} must be numbers.", _FIX) from error
    if not all(map(math.isfinite, values)):
        raise PointsFileError(f"Line {at}: {', '.join(names)} must be finite.", _FIX)
    return values


def _optional(row: Mapping[str, str], name: str) -> float | None:
    try:
        return number(row.get(name) or "")
    except ValueError:
        return None
