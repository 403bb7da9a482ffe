"""Control-point files: QGIS .points, CSV and GeoJSON, chosen by the file's suffix.

`.points` (QGIS 3.26 and later): an optional line "#CRS: <WKT>", the header
"mapX,mapY,sourceX,sourceY,enable,dX,dY,residual", then a line per point. mapX and mapY are in the CRS of the line (for us
that of the reference; its pixel frame with negative y where it has none). sourceX and sourceY are in the CRS of the sensed
layer, or its pixels with negative y where it has no georeferencing. QGIS' dX and dY have the unit of the source.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import coords
from .atomic import write_atomically
from .errors import PointsFileError
from .jsonable import to_jsonable
from .types import Grid, TiePoint

Array = NDArray[np.float64]
Reproject = Callable[[Array], Array]
_HEADER = ["mapX", "mapY", "sourceX", "sourceY", "enable", "dX", "dY", "residual"]
_CSV = [
    "id", "reference_x_px", "reference_y_px", "sensed_x_px", "sensed_y_px", "reference_x_map", "reference_y_map", "sensed_x_map", "sensed_y_map",
    "score", "covariance_xx_px2", "covariance_xy_px2", "covariance_yy_px2", "enabled", "reason",
]
_MAX_BYTES = 256 * 2**20


@dataclass(frozen=True)
class PointsRow:
    """One line of a .points file."""

    map_x: float
    map_y: float
    source_x: float
    source_y: float
    enabled: bool = True
    dx: float = 0.0
    dy: float = 0.0
    residual: float = 0.0


@dataclass(frozen=True)
class PointsFile:
    """A .points file: CRS of mapX/mapY as WKT ("" = not said) and its rows."""

    crs_wkt: str
    rows: tuple[PointsRow, ...]


def is_referenced(grid: Grid) -> bool:
    """Whether a native grid has a place on the ground."""
    return bool(grid.crs_wkt) or tuple(grid.geotransform) != (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def format_points(file: PointsFile) -> str:
    """Return the text of a .points file."""
    lines = [f"#CRS: {file.crs_wkt}"] if file.crs_wkt else []
    lines.append(",".join(_HEADER))
    for r in file.rows:
        numbers = (r.map_x, r.map_y, r.source_x, r.source_y)
        rest = (r.dx, r.dy, r.residual)
        lines.append(",".join([*(repr(float(v)) for v in numbers), "1" if r.enabled else "0", *(repr(float(v)) for v in rest)]))
    return "\n".join(lines) + "\n"


def parse_points(text: str) -> PointsFile:
    """Parse a .points file as QGIS does: comma or tab, at least four columns, the first line after the CRS is a header.

    Raises:
        PointsFileError: naming the line.
    """
    lines = text.lstrip("﻿").splitlines()
    crs, start = "", 0
    if lines and lines[0].startswith("#CRS:"):
        crs, start = lines[0][5:].strip(), 1
    if start >= len(lines) or "mapx" not in lines[start].lower():
        raise PointsFileError(
            f"Line {start + 1}: not a .points file, its header mapX,mapY,sourceX,sourceY is missing.", "Choose a file saved by the QGIS Georeferencer or this tool."
        )
    rows = []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t") if "\t" in line else line.split(",")
        if len(parts) < 4:
            raise PointsFileError(f"Line {number}: expected at least 4 columns, found {len(parts)}.", "Correct or remove the line.")
        try:
            values = [float(p) for p in parts[:4]]
            rest = [float(p) for p in parts[5:8]]
            enabled = int(float(parts[4])) != 0 if len(parts) > 4 else True
        except (ValueError, OverflowError) as error:
            raise PointsFileError(f"Line {number}: {line.strip()[:60]!r} holds something that is not a number.", "Correct or remove the line.") from error
        if not all(math.isfinite(v) for v in values):
            raise PointsFileError(f"Line {number}: coordinates must be finite.", "Correct or remove the line.")
        rest += [0.0] * (3 - len(rest))
        rows.append(PointsRow(values[0], values[1], values[2], values[3], enabled, rest[0], rest[1], rest[2]))
    return PointsFile(crs, tuple(rows))


def points_from_tie_points(points: Sequence[TiePoint], reference_grid: Grid, sensed_grid: Grid, residuals_px: dict[int, tuple[float, float]] | None = None) -> PointsFile:
    """Make a .points file of tie points.

    Args:
        points: Tie points, also the disabled ones.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster, in its own CRS.
        residuals_px: transform(sensed) - reference by id, written as dX, dY (y up) where given.
    """
    rows = []
    for p in points:
        mx, my = _outward(p.reference_px, reference_grid)
        sx, sy = _outward(p.sensed_px, sensed_grid)
        dx, dy = (residuals_px or {}).get(p.id, (0.0, 0.0))
        rows.append(PointsRow(mx, my, sx, sy, p.enabled, dx, -dy, math.hypot(dx, dy)))
    return PointsFile(reference_grid.crs_wkt, tuple(rows))


def tie_points_from_points(file: PointsFile, reference_grid: Grid, sensed_grid: Grid, to_reference: Reproject | None = None) -> list[TiePoint]:
    """Make tie points of a .points file.

    Args:
        file: The file.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        to_reference: (N, 2) in the CRS of the file -> the reference's CRS; None where they are the same.
    """
    ground = coords.as_points([(r.map_x, r.map_y) for r in file.rows])
    if to_reference is not None and len(ground):
        ground = to_reference(ground)
    points = []
    for number, (row, place) in enumerate(zip(file.rows, ground, strict=True), 1):
        reference_px = _inward((float(place[0]), float(place[1])), reference_grid)
        sensed_px = _inward((row.source_x, row.source_y), sensed_grid)
        place_map = (float(place[0]), float(place[1])) if is_referenced(reference_grid) else None
        points.append(TiePoint(number, reference_px, sensed_px, place_map, enabled=row.enabled, reason="" if row.enabled else "disabled in file"))
    return points


def _outward(px: tuple[float, float], grid: Grid) -> tuple[float, float]:
    if not is_referenced(grid):
        return px[0], -px[1]
    x, y = coords.map_from_px(grid.geotransform, [px])[0]
    return float(x), float(y)


def _inward(xy: tuple[float, float], grid: Grid) -> tuple[float, float]:
    if not is_referenced(grid):
        return xy[0], -xy[1]
    x, y = coords.px_from_map(grid.geotransform, [xy])[0]
    return float(x), float(y)


def format_csv(points: Sequence[TiePoint]) -> str:
    """Return all columns of tie points as CSV; a place that does not exist is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV)
    for p in points:
        ground, own = p.reference_map or ("", ""), p.sensed_map or ("", "")
        c = p.covariance_px
        writer.writerow([p.id, *p.reference_px, *p.sensed_px, *ground, *own, p.score, c[0][0], c[0][1], c[1][1], int(p.enabled), p.reason])
    return out.getvalue()


def parse_csv(text: str) -> list[TiePoint]:
    """Parse what `format_csv` wrote.

    Raises:
        PointsFileError: naming the line.
    """
    try:
        reader = csv.DictReader(io.StringIO(text.lstrip("﻿")))
        if reader.fieldnames is None or not set(_CSV[1:5]) <= set(reader.fieldnames):
            raise PointsFileError("Line 1: the columns reference_x_px, reference_y_px, sensed_x_px, sensed_y_px are missing.", "Choose a CSV saved by this tool.")
        rows = list(reader)
    except csv.Error as error:
        raise PointsFileError(f"Not a CSV file: {error}.", "Choose a CSV saved by this tool.") from error
    points = []
    for number, row in enumerate(rows, 2):

        def value(name: str, default: float | None = None, row: dict[str, str] = row) -> float:
            text_value = row.get(name) or ""
            return default if text_value == "" and default is not None else float(text_value)

        try:
            reference, sensed = (value("reference_x_px"), value("reference_y_px")), (value("sensed_x_px"), value("sensed_y_px"))
            c = (value("covariance_xx_px2", 1.0), value("covariance_xy_px2", 0.0), value("covariance_yy_px2", 1.0))
            ground = (value("reference_x_map"), value("reference_y_map")) if row.get("reference_x_map") else None
            own = (value("sensed_x_map"), value("sensed_y_map")) if row.get("sensed_x_map") else None
            point = TiePoint(
                int(value("id", float(number - 1))), reference, sensed, ground, own, value("score", 1.0), ((c[0], c[1]), (c[1], c[2])),
                bool(int(value("enabled", 1.0))), row.get("reason") or "",
            )
        except (ValueError, OverflowError, TypeError) as error:
            raise PointsFileError(f"Line {number}: {error}.", "Correct or remove the line.") from error
        if not all(math.isfinite(v) for v in (*reference, *sensed)):
            raise PointsFileError(f"Line {number}: coordinates must be finite.", "Correct or remove the line.")
        points.append(point)
    return points


def format_geojson(points: Sequence[TiePoint], crs_name: str = "") -> str:
    """Return tie points as a GeoJSON FeatureCollection in the reference's CRS (pixels without georeferencing).

    Args:
        points: Tie points.
        crs_name: Name of the CRS, e.g. "EPSG:32633", written in the pre-RFC-7946 way that GDAL and QGIS read.
    """
    features = []
    for p in points:
        plain = to_jsonable(replace(p, evidence=None), special=False)
        plain.pop("evidence")
        place = p.reference_map if p.reference_map is not None else p.reference_px
        features.append({"type": "Feature", "id": p.id, "geometry": {"type": "Point", "coordinates": list(place)}, "properties": plain})
    out: dict[str, object] = {"type": "FeatureCollection", "features": features}
    if crs_name:
        out["crs"] = {"type": "name", "properties": {"name": crs_name}}
    return json.dumps(out, allow_nan=False)


def parse_geojson(text: str) -> list[TiePoint]:
    """Parse what `format_geojson` wrote.

    Raises:
        PointsFileError: naming the feature.
    """
    from .errors import UsageError
    from .jsonable import from_jsonable

    try:
        data = json.loads(text)
        features = data["features"]
        if not isinstance(features, list):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PointsFileError("Not a GeoJSON FeatureCollection.", "Choose a GeoJSON saved by this tool.") from error
    points = []
    for number, feature in enumerate(features, 1):
        try:
            point = from_jsonable(TiePoint, feature["properties"])
        except (UsageError, KeyError, TypeError) as error:
            raise PointsFileError(f"Feature {number}: {error}.", "Choose a GeoJSON saved by this tool.") from error
        if not all(math.isfinite(v) for v in (*point.reference_px, *point.sensed_px)):
            raise PointsFileError(f"Feature {number}: coordinates must be finite.", "Correct or remove it.")
        points.append(point)
    return points


def save_points(path: Path, points: Sequence[TiePoint], reference_grid: Grid, sensed_grid: Grid, residuals_px: dict[int, tuple[float, float]] | None = None) -> None:
    """Write .points, .csv or .geojson by the suffix, atomically.

    Raises:
        OutputError: the folder cannot be written.
        PointsFileError: unknown suffix.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".csv":
        text = format_csv(points)
    elif suffix in (".geojson", ".json"):
        text = format_geojson(points)
    elif suffix == ".points":
        text = format_points(points_from_tie_points(points, reference_grid, sensed_grid, residuals_px))
    else:
        raise PointsFileError(f"Unknown kind of control-point file {suffix!r}.", "Use .points, .csv or .geojson.")
    write_atomically(Path(path), text)


def load_points(path: Path, reference_grid: Grid, sensed_grid: Grid, to_reference: Callable[[str], Reproject | None] | None = None) -> list[TiePoint]:
    """Read .points, .csv or .geojson by the suffix.

    Args:
        path: File.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        to_reference: Given the WKT of a .points file, returns what brings its coordinates to the reference's CRS.

    Raises:
        PointsFileError: with the line and a hint.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PointsFileError(f"{path} is too large for a control-point file.", "Choose another file.")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PointsFileError(f"{path} is not a text file.", "Choose a .points, .csv or .geojson file.") from error
    except OSError as error:
        raise PointsFileError(f"Cannot read {path}: {error.strerror or error}.", "Check the path.") from error
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return parse_csv(text)
    if suffix in (".geojson", ".json"):
        return parse_geojson(text)
    file = parse_points(text)
    reproject = to_reference(file.crs_wkt) if to_reference is not None and file.crs_wkt and reference_grid.crs_wkt else None
    return tie_points_from_points(file, reference_grid, sensed_grid, reproject)
