"""A registration and the files it is delivered in; nothing is written unless it succeeds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import rasterio
import rasterio.warp
from numpy.typing import NDArray

from ...core.atomic import write_atomically
from ...core.borders import reading
from ...core.errors import InputError, PointsFileError
from ...core.fit.result import AlignResult
from ...core.fit.tie_point_fit import fit_tie_points
from ...core.fit.transforms import Transform
from ...core.geometry.grid import Grid
from ...core.lengths import is_geographic, unwrapped
from ...core.outputs import Outputs
from ...core.points.files import (
    check_suffix,
    load_points,
    load_reviewed,
    parse_points,
    save_points,
)
from ...core.points.own_grid import own_grid
from ...core.progress import Progress
from ...core.run.protocol import result_to_json
from ...core.session.file import is_review, load_record
from ...core.session.point import SessionPoint
from ...core.types import AlignRequest, RasterRef, Status, WarpParams
from ..align.align import align
from ..read import georeferencing
from ..read.input_files import files_of
from ..read.opening import open_dataset
from ..read.sources import UNREADABLE
from ..warping.write import quiet_rasterio, warp_into

Array = NDArray[np.float64]
_CRS = "Check the CRS of the file, or save the points again in that of the reference."
EXIT_REFUSED = 4


def deliver(
    request: AlignRequest,
    progress: Progress,
    output: Path | None = None,
    warp_params: WarpParams | None = None,
    points: Path | None = None,
    gpkg: Path | None = None,
    report: Path | None = None,
    json_path: Path | None = None,
    overwrite: bool = True,
    before: Callable[[AlignResult, Outputs], None] | None = None,
    also_read: Sequence[str] = (),
) -> tuple[AlignResult, int]:
    """Register a pair and write what was asked for, all of it or nothing.

    A refusal writes the JSON, the report and the points, so that it can be understood, but never a
    warped raster.

    Args:
        request: What to register.
        progress: Told of progress, asked whether to stop.
        output: Warped raster.
        warp_params: How it is written.
        points: Control-point file.
        gpkg: Tie points as a layer.
        report: HTML page.
        json_path: The result.
        overwrite: Replace files that exist.
        before: Called when all is written, just before it is put in place.
        also_read: More files that must not be written.

    Returns:
        The result and the exit code: 0 ok, 4 no reliable alignment.

    Raises:
        AlignError: as `align`, `warp` and the writers raise it.
    """
    if points is not None:
        check_suffix(points)
    pair = [request.reference.path, request.sensed.path]
    with Outputs(
        [output, points, gpkg, report, json_path],
        [*pair, *also_read],
        files_of(pair),
        overwrite,
        raster=output,
        make_folders=before is not None,
    ) as outputs:
        ok_part = 0.75 if output is not None else 0.95
        result = align(request, progress.part(0.0, ok_part))
        ok = result.status is Status.OK
        if ok and output is not None and result.transform is not None:
            part = progress.part(ok_part, 0.95)
            warp_into(
                outputs.part(output),
                request.sensed,
                result.reference_grid,
                result.transform,
                warp_params or WarpParams(),
                part,
                request.reference,
            )
        if points is not None:
            save_points(
                outputs.part(points), result.points, result.reference_grid, result.sensed_grid
            )
        if gpkg is not None:
            from .gpkg import write_gpkg

            write_gpkg(outputs.part(gpkg), result)
        if report is not None:
            from .report import write_report

            write_report(result, outputs.part(report))
        if json_path is not None:
            write_atomically(
                outputs.part(json_path),
                json.dumps(result_to_json(result), allow_nan=False, indent=1),
            )
        outputs.deliver(None if before is None else lambda: before(result, outputs))
    progress.update(1.0, "Done")
    return result, 0 if ok else EXIT_REFUSED


def unit_of(path: str) -> tuple[str, float]:
    """Return the CRS of a raster as WKT, "" without one, and the metres of its unit (1 where it is
    in degrees).

    Raises:
        InputError: it cannot be opened.
    """
    with reading("the raster", path, UNREADABLE), quiet_rasterio(), open_dataset(path) as d:
        crs = d.crs or d.gcps[1]
        return (
            (crs.to_wkt(), 1.0 if crs.is_geographic else float(crs.linear_units_factor[1]))
            if crs
            else ("", 1.0)
        )


def native_grid(path: str) -> Grid:
    """Return the native grid of a raster file.

    Raises:
        InputError: it cannot be opened.
    """
    with reading("the raster", path, UNREADABLE), quiet_rasterio(), open_dataset(path) as d:
        return georeferencing.native_grid(d)


def warp_with_points(
    sensed: str,
    points: Path,
    output: Path,
    reference: str | None,
    model: str,
    params: WarpParams,
    progress: Progress,
    overwrite: bool = True,
) -> tuple[Transform, int]:
    """Fit a model to the enabled points of a file and warp.

    Returns:
        The transform and the number of points in it.

    Raises:
        AlignError: bad points, too few of them, unwritable output.
    """
    rasters = [sensed, *([reference] if reference is not None else [])]
    with Outputs(
        [output], [*rasters, points], files_of(rasters), overwrite, raster=output
    ) as outputs:
        sensed_grid = native_grid(sensed)
        if reference is not None:
            reference_grid = native_grid(reference)
        elif Path(points).suffix.lower() == ".points":
            reference_grid = _grid_of_points(points, sensed_grid)
        else:
            raise InputError(
                "This kind of point file does not say where the reference's pixels lie.",
                "Add --reference REF, or use a .points file.",
            )

        found = load_points(points, reference_grid, sensed_grid, _onto(reference_grid))
        fit, figures, _ = fit_tie_points(
            found, model, reference_grid, sensed_grid, _placing(sensed, reference_grid)
        )
        transform = fit.transform
        warp_into(
            outputs.part(output),
            RasterRef(sensed),
            reference_grid,
            transform,
            params,
            progress,
            RasterRef(reference) if reference is not None else None,
        )
        outputs.deliver()
        return transform, figures.n_points


def read_reviewed(points: Path, reference: str, sensed: str) -> list[SessionPoint]:
    """Read the control points of two rasters from a review (.gpkg), .points, .csv or .geojson.

    Raises:
        AlignError: a file cannot be read.
    """
    if is_review(points):
        return list(load_record(points).points)
    reference_grid = native_grid(reference)
    return load_reviewed(points, reference_grid, native_grid(sensed), _onto(reference_grid))


def _onto(grid: Grid) -> Callable[[str], Callable[[Array], Array] | None]:
    """Return what, given the WKT of coordinates, returns what brings them to the CRS of a grid
    (None where they are the same).
    """

    def reproject(wkt: str) -> Callable[[Array], Array] | None:
        if wkt == grid.crs_wkt and not is_geographic(wkt):
            return None
        with reading("the CRS of the points", hint=_CRS, error=PointsFileError):
            source, target = rasterio.CRS.from_user_input(wkt), rasterio.CRS.from_wkt(grid.crs_wkt)
        middle = grid.map_from_px(grid.centre_px)[0, 0]

        def onwards(xy: Array) -> Array:
            with reading("the points in the reference's CRS", hint=_CRS, error=PointsFileError):
                moved = (
                    xy
                    if source == target
                    else np.stack(
                        rasterio.warp.transform(source, target, xy[:, 0], xy[:, 1]), axis=1
                    )
                )
            return unwrapped(moved, middle) if target.is_geographic else moved

        return onwards

    return reproject


def _placing(path: str, reference: Grid) -> Callable[[Array], Array] | None:
    """Return what puts native px of a raster where its georeferencing says, on the reference's
    grid; None where either has none.
    """
    if not reference.crs_wkt:
        return None
    with reading("the raster", path, UNREADABLE), quiet_rasterio(), open_dataset(path) as d:
        own = georeferencing.georeference(d, RasterRef(path))
    if own.kind == "none" or not own.grid.crs_wkt:
        return None
    onto = _onto(reference)(own.grid.crs_wkt)

    def place(sensed_px: Array) -> Array:
        ground = own.to_map(sensed_px)
        return reference.px_from_map(ground if onto is None else onto(ground))

    return place


def _grid_of_points(points: Path, sensed_grid: Grid) -> Grid:
    """Make a reference grid in the CRS of a .points file, with pixels as large as the sensed
    ones.
    """
    with reading("the points", points, "Check the path.", PointsFileError):
        file = parse_points(Path(points).read_text(encoding="utf-8"))
    if not file.crs_wkt and not sensed_grid.is_referenced:
        return Grid.bare(*sensed_grid.size)
    wkt = file.crs_wkt or sensed_grid.crs_wkt
    ground = [(r.map_x, r.map_y) for r in file.rows]
    sensed_px = sensed_grid.px_from_layer([(r.source_x, r.source_y) for r in file.rows])
    return own_grid(ground, sensed_px, wkt, sensed_grid)
