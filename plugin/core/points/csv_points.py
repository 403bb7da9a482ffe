"""The full table of control points as CSV: positions, score, covariance, flags, review and
residuals.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from ..errors import PointsFileError
from ..session.columns import COVARIANCE, PLACES, REFERENCE_MAP, SENSED_MAP, numbers_of
from ..session.point import PointState, Role, SessionPoint, as_session_point, defect
from ..types import Point, TiePoint
from .qgis_points import number

_NUMBERS = (*PLACES, *REFERENCE_MAP, *SENSED_MAP, "score", *COVARIANCE)
_COLUMNS = [
    "id",
    *_NUMBERS,
    "enabled",
    "reason",
    "state",
    "role",
    "residual_x_px",
    "residual_y_px",
]
_OURS = "Choose a CSV saved by this tool."
_FIX = "Correct or remove the line."


def format_csv(
    points: Sequence[TiePoint | SessionPoint], residuals_px: Mapping[int, Point] | None = None
) -> str:
    """Return all columns of control points as CSV; what is not known is empty.

    Args:
        points: Tie points; the state is known of points under review only.
        residuals_px: transform(sensed) - reference by id.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for item in points:
        p = as_session_point(item)
        t = p.tie_point
        state = p.state.value if isinstance(item, SessionPoint) else ""
        miss = (residuals_px or {}).get(t.id, ("", ""))
        numbers = numbers_of(t)
        measured = [numbers[name] for name in _NUMBERS]
        writer.writerow([t.id, *measured, int(t.enabled), t.reason, state, p.role.value, *miss])
    return out.getvalue()


def parse_csv_reviewed(text: str) -> list[SessionPoint]:
    """Parse what `format_csv` wrote, or any CSV with the four columns of positions; residuals are
    not read.

    Raises:
        PointsFileError: naming the line.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    points: list[SessionPoint] = []
    lines: dict[int, int] = {}
    try:
        if not set(PLACES) <= set(reader.fieldnames or ()):
            raise PointsFileError(f"Line 1: the columns {', '.join(PLACES)} are missing.", _OURS)
        for row in reader:
            at = reader.line_num
            point = _point(row, at, len(points) + 1)
            if point.id in lines:
                raise PointsFileError(
                    f"Line {at}: the id {point.id} is also on line {lines[point.id]}.",
                    "Give each point its own id.",
                )
            lines[point.id] = at
            points.append(point)
    except csv.Error as error:
        raise PointsFileError(
            f"Line {reader.line_num + 1}: not a CSV file: {error}.", _OURS
        ) from error
    return points


def parse_csv(text: str) -> list[TiePoint]:
    """Parse as `parse_csv_reviewed` does; check points come disabled.

    Raises:
        PointsFileError: naming the line.
    """
    return [p.as_reviewed() for p in parse_csv_reviewed(text)]


def _point(row: Mapping[str, str], at: int, default_id: int) -> SessionPoint:
    def value(name: str, default: float | None = None) -> float:
        cell = row.get(name) or ""
        if cell.strip():
            return number(cell)
        if default is None:
            raise ValueError(f"{name} is empty")
        return default

    try:
        a, b, d = (
            value("covariance_xx_px2", 1.0),
            value("covariance_xy_px2", 0.0),
            value("covariance_yy_px2", 1.0),
        )
        ground = (
            (value("reference_x_map"), value("reference_y_map"))
            if row.get("reference_x_map")
            else None
        )
        own = (value("sensed_x_map"), value("sensed_y_map")) if row.get("sensed_x_map") else None
        identifier = value("id", float(default_id))
        if identifier != int(identifier):
            raise ValueError(f"the id {identifier} is not a whole number")
        state = PointState(row.get("state") or PointState.PREDICTED)
        role = Role(row.get("role") or Role.GCP)
        enabled = int(value("enabled", 1.0)) != 0 and state is not PointState.REJECTED
        point = TiePoint(
            int(identifier),
            (value("reference_x_px"), value("reference_y_px")),
            (value("sensed_x_px"), value("sensed_y_px")),
            ground,
            own,
            value("score", 1.0),
            ((a, b), (b, d)),
            enabled,
            row.get("reason") or "",
        )
    except (ValueError, OverflowError) as error:
        raise PointsFileError(f"Line {at}: {str(error)[:120]}.", _FIX) from error
    wrong = defect(point)
    if wrong:
        raise PointsFileError(f"Line {at}: {wrong}.", _FIX)
    return SessionPoint(point, state, role)
