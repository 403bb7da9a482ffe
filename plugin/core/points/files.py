"""Control-point files: QGIS .points, CSV and GeoJSON, chosen by the file's suffix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..atomic import write_atomically
from ..borders import reading
from ..errors import PointsFileError
from ..geometry.grid import Grid
from ..session.point import SessionPoint
from ..types import Point, TiePoint
from .csv_points import format_csv, parse_csv, parse_csv_reviewed
from .foreign_points import parse_foreign
from .geojson_points import crs_name, format_geojson, parse_geojson, parse_geojson_reviewed
from .qgis_points import (
    PointsFile,
    PointsRow,
    Reproject,
    format_points,
    parse_points,
    points_from_tie_points,
    tie_points_from_points,
)

__all__ = [
    "PointsFile",
    "PointsRow",
    "Reproject",
    "check_suffix",
    "format_csv",
    "format_geojson",
    "format_points",
    "load_points",
    "load_reviewed",
    "parse_csv",
    "parse_csv_reviewed",
    "parse_geojson",
    "parse_geojson_reviewed",
    "parse_points",
    "points_from_tie_points",
    "save_points",
    "tie_points_from_points",
]
_MAX_BYTES = 256 * 2**20


def save_points(
    path: Path,
    points: Sequence[TiePoint | SessionPoint],
    reference_grid: Grid,
    sensed_grid: Grid,
    residuals_px: dict[int, Point] | None = None,
) -> None:
    """Write .points, .csv or .geojson by the suffix, atomically.

    Args:
        path: File.
        points: Tie points, or points under review (CSV and GeoJSON then tell their states).
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        residuals_px: transform(sensed) - reference by id.

    Raises:
        OutputError: the folder cannot be written.
        PointsFileError: unknown suffix.
    """
    check_suffix(path)
    suffix = Path(path).suffix.lower()
    if suffix == ".csv":
        text = format_csv(points, residuals_px)
    elif suffix in (".geojson", ".json"):
        text = format_geojson(points, crs_name(reference_grid.crs_wkt), residuals_px)
    else:
        text = format_points(
            points_from_tie_points(points, reference_grid, sensed_grid, residuals_px)
        )
    write_atomically(Path(path), text)


def check_suffix(path: Path) -> None:
    """Refuse a file name that `save_points` knows no form for.

    Raises:
        PointsFileError: with those it knows.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (".points", ".csv", ".geojson", ".json"):
        raise PointsFileError(
            f"Unknown kind of control-point file {suffix!r}.", "Use .points, .csv or .geojson."
        )


def load_reviewed(
    path: Path,
    reference_grid: Grid,
    sensed_grid: Grid,
    to_reference: Callable[[str], Reproject | None] | None = None,
) -> list[SessionPoint]:
    """Read .points, .csv (also of AROSICS and KARIOS) or .geojson by the suffix, with states and
    roles where the file has them.

    Args:
        path: File.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        to_reference: Given the WKT of the file's coordinates, returns what brings its coordinates
            to the reference's CRS.

    Raises:
        PointsFileError: with the line and a hint.
    """
    path = Path(path)
    with reading(
        "the control points",
        path,
        "Check the path and that it is a .points, .csv or .geojson file.",
        PointsFileError,
    ):
        return _load(path, reference_grid, sensed_grid, to_reference)


def _load(
    path: Path,
    reference_grid: Grid,
    sensed_grid: Grid,
    to_reference: Callable[[str], Reproject | None] | None,
) -> list[SessionPoint]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PointsFileError(
                f"{path} is too large for a control-point file.", "Choose another file."
            )
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise PointsFileError(
            f"Line {line}: {path} is not a text file.", "Choose a .points, .csv or .geojson file."
        ) from error
    suffix = path.suffix.lower()
    if suffix in (".csv", ".txt"):
        foreign = parse_foreign(
            text,
            reference_grid,
            sensed_grid,
            to_reference if reference_grid.crs_wkt and sensed_grid.crs_wkt else None,
        )
        return parse_csv_reviewed(text) if foreign is None else foreign
    if suffix in (".geojson", ".json"):
        return parse_geojson_reviewed(text)
    file = parse_points(text)
    reproject = (
        to_reference(file.crs_wkt)
        if to_reference is not None and file.crs_wkt and reference_grid.crs_wkt
        else None
    )
    return [
        SessionPoint(p)
        for p in tie_points_from_points(file, reference_grid, sensed_grid, reproject)
    ]


def load_points(
    path: Path,
    reference_grid: Grid,
    sensed_grid: Grid,
    to_reference: Callable[[str], Reproject | None] | None = None,
) -> list[TiePoint]:
    """Read as `load_reviewed` does; check points come disabled.

    Raises:
        PointsFileError: with the line and a hint.
    """
    return [p.as_reviewed() for p in load_reviewed(path, reference_grid, sensed_grid, to_reference)]
