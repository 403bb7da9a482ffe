"""QGIS .points files, as QGIS 3.26 and later read and write them.

The line "#CRS: <WKT>" (empty where there is none), the header
"mapX,mapY,sourceX,sourceY,enable,dX,dY,residual", then a line per point. mapX and mapY are in the
CRS of the first line (for us that of the reference; its pixel frame with negative y where it has
none). sourceX and sourceY are in the CRS of the sensed layer, or its pixels with negative y where
it has no georeferencing. dX, dY and residual are in pixels, as in QGIS' default setting: those of
the reference, dY pointing up. QGIS does not read them back, and neither does anything here. Scores,
covariances, reasons and roles have no column.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import PointsFileError
from ..geometry import coords
from ..geometry.grid import Grid
from ..session.point import SessionPoint, as_session_point
from ..types import Point, TiePoint
from .ground_check import refuse_misplaced

Array = NDArray[np.float64]
Reproject = Callable[[Array], Array]
_HEADER = "mapX,mapY,sourceX,sourceY,enable,dX,dY,residual"
_FIX = "Correct or remove the line."


@dataclass(frozen=True)
class PointsRow:
    """One line of a .points file; `line` is its number in the file, 0 where it comes from none."""

    map_x: float
    map_y: float
    source_x: float
    source_y: float
    enabled: bool = True
    dx: float = 0.0
    dy: float = 0.0
    residual: float = 0.0
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class PointsFile:
    """A .points file: CRS of mapX/mapY as WKT ("" = not said) and its rows."""

    crs_wkt: str
    rows: tuple[PointsRow, ...]


def number(text: str) -> float:
    """Parse a number as files of control points have them.

    Raises:
        ValueError: where it is none.
    """
    if "_" in text:
        raise ValueError(f"{text!r} is not a number")
    return float(text)


def format_points(file: PointsFile) -> str:
    """Return the text of a .points file."""
    lines = [f"#CRS: {' '.join(file.crs_wkt.split())}", _HEADER]
    for r in file.rows:
        numbers = [repr(float(v)) for v in (r.map_x, r.map_y, r.source_x, r.source_y)]
        rest = [repr(float(v)) for v in (r.dx, r.dy, r.residual)]
        lines.append(",".join([*numbers, "1" if r.enabled else "0", *rest]))
    return "\n".join(lines) + "\n"


def parse_points(text: str) -> PointsFile:
    """Parse a .points file as QGIS does: comma or else tab, at least four columns; residuals that
    are no numbers are 0.

    Where QGIS would quietly take garbage for zero or lose the first point for want of a header,
    this refuses.

    Raises:
        PointsFileError: naming the line.
    """
    lines = re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))
    crs, start = "", 0
    if lines[0].startswith("#CRS:"):
        crs, start = lines[0][5:].strip(), 1
    if start >= len(lines) or "mapx" not in lines[start].lower():
        hint = "Choose a file saved by the QGIS Georeferencer or this tool."
        raise PointsFileError(
            f"Line {start + 1}: not a .points file, its header mapX,mapY,sourceX,sourceY "
            "is missing.",
            hint,
        )
    order = _order(lines[start], start + 1)
    rows = [
        _row(line, at, order)
        for at, line in enumerate(lines[start + 1 :], start + 2)
        if line.strip() and not line.startswith("#")
    ]
    return PointsFile(crs, tuple(rows))


_ALIASES = (
    ("mapx",),
    ("mapy",),
    ("sourcex", "pixelx"),
    ("sourcey", "pixely"),
    ("enable",),
    ("dx",),
    ("dy",),
    ("residual",),
)


def _order(header: str, at: int) -> list[int]:
    """Return where each column of QGIS stands in a file, by the names of its header; -1 where it
    has none.
    """
    names = [
        n.strip().strip('"').lower()
        for n in (header.split(",") if "," in header else header.split("\t"))
    ]
    order = [next((names.index(n) for n in aliases if n in names), -1) for aliases in _ALIASES]
    if -1 in order[:4]:
        raise PointsFileError(
            f"Line {at}: the header lacks one of the columns mapX, mapY, sourceX and sourceY.", _FIX
        )
    return order


def _row(line: str, at: int, order: list[int]) -> PointsRow:
    cells = line.split(",") if "," in line else line.split("\t")
    if len(cells) < 4 or max(order[:4]) >= len(cells):
        raise PointsFileError(
            f"Line {at}: expected at least {max(4, max(order[:4]) + 1)} columns, found "
            f"{len(cells)}.",
            _FIX,
        )
    parts = [cells[i] if 0 <= i < len(cells) else "" for i in order]
    try:
        x, y, source_x, source_y = (number(p) for p in parts[:4])
        enabled = int(number(parts[4])) != 0 if parts[4].strip() else True
    except (ValueError, OverflowError) as error:
        raise PointsFileError(
            f"Line {at}: {line.strip()[:60]!r} holds something that is not a number.", _FIX
        ) from error
    if not all(math.isfinite(v) for v in (x, y, source_x, source_y)):
        raise PointsFileError(f"Line {at}: coordinates must be finite.", _FIX)
    dx, dy, residual = (_residual(parts[i]) for i in (5, 6, 7))
    return PointsRow(x, y, source_x, source_y, enabled, dx, dy, residual, at)


def _residual(text: str) -> float:
    try:
        value = number(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def points_from_tie_points(
    points: Sequence[TiePoint | SessionPoint],
    reference_grid: Grid,
    sensed_grid: Grid,
    residuals_px: dict[int, Point] | None = None,
) -> PointsFile:
    """Make a .points file of tie points.

    Args:
        points: Tie points, also the disabled ones; check points are written disabled.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster, in its own CRS.
        residuals_px: transform(sensed) - reference by id, reference px; zeros are written where
            there is none.
    """
    rows = []
    for p in (as_session_point(p).as_reviewed() for p in points):
        dx, dy = (residuals_px or {}).get(p.id, (0.0, 0.0))
        place = (
            *reference_grid.layer_place(p.reference_px),
            *sensed_grid.layer_place(p.sensed_px),
        )
        rows.append(PointsRow(*place, p.enabled, *coords.y_up((dx, dy)), math.hypot(dx, dy)))
    return PointsFile(reference_grid.crs_wkt if reference_grid.is_referenced else "", tuple(rows))


def tie_points_from_points(
    file: PointsFile, reference_grid: Grid, sensed_grid: Grid, to_reference: Reproject | None = None
) -> list[TiePoint]:
    """Make tie points of a .points file.

    Args:
        file: The file.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        to_reference: (N, 2) in the CRS of the file -> the reference's CRS; None where they are the
            same.

    Raises:
        PointsFileError: a point has no place in the reference's CRS.
        InputError: a grid is degenerate.
    """
    ground = coords.as_points([(r.map_x, r.map_y) for r in file.rows])
    if to_reference is not None and len(ground):
        ground = coords.as_points(to_reference(ground))
    refuse_misplaced(ground, reference_grid)
    with np.errstate(all="ignore"):
        reference = reference_grid.px_from_layer(ground)
        sensed = sensed_grid.px_from_layer([(r.source_x, r.source_y) for r in file.rows])
    points = []
    for at, row in enumerate(file.rows):
        places = [(float(xy[0]), float(xy[1])) for xy in (reference[at], sensed[at], ground[at])]
        if not all(math.isfinite(v) for place in places for v in place):
            where = f"Line {row.line}" if row.line else f"Point {at + 1}"
            raise PointsFileError(
                f"{where}: the point has no place in the rasters' coordinates.",
                "Check the CRS of the file, or correct or remove the line.",
            )
        place_map = places[2] if reference_grid.is_referenced else None
        points.append(
            TiePoint(
                at + 1,
                places[0],
                places[1],
                place_map,
                enabled=row.enabled,
                reason="" if row.enabled else "disabled in file",
            )
        )
    return points
