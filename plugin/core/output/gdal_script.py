"""A warp as a script of GDAL's own programs, for Linux and macOS (.sh) or Windows (.bat).

The control points stand in a file of options beside the script: a command line of Windows holds too
few characters for them.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from ..atomic import write_atomically
from ..errors import InputError
from ..fit.transforms import KINDS
from ..geometry.grid import Grid
from ..session.geopackage import authority_of
from ..session.point import SessionPoint, as_session_point
from ..types import TiePoint, WarpParams
from .layout import GDAL_KERNELS

_METHODS = {
    "affine": "-order 1",
    "polynomial1": "-order 1",
    "polynomial2": "-order 2",
    "polynomial3": "-order 3",
    "tps": "-tps",
}


def write_gdal_script(
    path: Path,
    points: Sequence[TiePoint | SessionPoint],
    reference_grid: Grid,
    sensed_path: str,
    output: str,
    model: str,
    params: WarpParams,
) -> None:
    """Write a script that warps with GDAL, and its option files.

    Only points in the fit are written; GDAL fits its own model to them, without weights.

    Args:
        path: .sh or .bat; "<name>_gcps.txt" (and "<name>_crs.wkt" for a CRS without a code) are
            written beside it.
        points: Points of the review.
        reference_grid: Native grid of the reference.
        sensed_path: Raster to warp.
        output: GeoTIFF to write.
        model: Key of the model. GDAL has no shift, similarity or projective; an affine stands in,
            and the script says so.
        params: Resampling, format, compression, GSD, grid.

    Raises:
        InputError: no point is in the fit.
        OutputError: the folder cannot be written.
    """
    used = [p.as_reviewed() for p in map(as_session_point, points)]
    used = [p for p in used if p.enabled]
    if not used:
        raise InputError("No control point is in the fit.", "Accept some points first.")
    windows = path.suffix.lower() in (".bat", ".cmd")
    gcps, wkt_file = path.with_name(f"{path.stem}_gcps.txt"), path.with_name(f"{path.stem}_crs.wkt")
    crs = _crs(reference_grid, wkt_file)
    write_atomically(gcps, "".join(_gcp(p, reference_grid) for p in used))
    write_atomically(
        path,
        _script(
            windows,
            gcps.name,
            crs,
            wkt_file.name,
            len(used),
            reference_grid,
            sensed_path,
            output,
            model,
            params,
        ),
    )
    if not windows:
        path.chmod(path.stat().st_mode | 0o100)


def _gcp(p: TiePoint, grid: Grid) -> str:
    place = grid.layer_place(p.reference_px) if p.reference_map is None else p.reference_map
    return f"-gcp {p.sensed_px[0]!r} {p.sensed_px[1]!r} {place[0]!r} {place[1]!r}\n"


def _crs(grid: Grid, wkt_file: Path) -> str:
    """Return what names the CRS: a code, "file" where it has none, "" without georeferencing."""
    authority = authority_of(grid.crs_wkt)
    if authority is not None:
        return f"{authority[0]}:{authority[1]}"
    if grid.crs_wkt:
        write_atomically(wkt_file, grid.crs_wkt)
        return "file"
    return ""


def _script(
    windows: bool,
    gcps: str,
    crs: str,
    wkt_name: str,
    count: int,
    grid: Grid,
    sensed_path: str,
    output: str,
    model: str,
    params: WarpParams,
) -> str:
    quote = _quote_windows if windows else shlex.quote

    def beside(name: str) -> str:
        return f'"%~dp0{name.replace("%", "%%")}"' if windows else f'"$here"/{shlex.quote(name)}'

    target = Path(output)
    between = quote(str(target.with_name(f"{target.stem}_gcps.vrt")))
    srs = "" if not crs else (beside(wkt_name) if crs == "file" else crs)
    method = _METHODS.get(model, "-order 1")
    creation = "" if params.compression == "none" else f" -co COMPRESS={params.compression.upper()}"
    tiled = " -co TILED=YES" if params.format == "GTiff" else ""
    extent = ""
    linear = grid.linear
    if params.match_reference_grid and grid.is_referenced and linear[0, 1] == linear[1, 0] == 0.0:
        extent = f" -te {' '.join(map(repr, grid.bounds_map))} -ts {grid.width} {grid.height}"
    elif params.output_gsd:
        extent = f" -tr {params.output_gsd!r} {params.output_gsd!r}"
    nodata = "" if params.nodata is None else f" -dstnodata {params.nodata!r}"
    translate = (
        f"gdal_translate -of VRT{f' -a_srs {srs}' if srs else ''} --optfile {beside(gcps)} "
        f"{quote(sensed_path)} {between}"
    )
    warp = (
        f"gdalwarp -overwrite {method} -r "
        f"{GDAL_KERNELS[params.resampling]}{f' -t_srs {srs}' if srs else ''}{extent}{nodata} "
        f"-of {params.format}{creation}{tiled} {between} {quote(output)}"
    )
    says = _comments(count, model)
    if windows:
        lines = [
            "@echo off",
            "chcp 65001 >nul",
            *(f"rem {line}" for line in says),
            f"{translate} || exit /b 1",
            f"{warp} || exit /b 1",
            f"del {between}",
        ]
        return "\r\n".join(lines) + "\r\n"
    lines = [
        "#!/bin/sh",
        *(f"# {line}" for line in says),
        "set -e",
        'here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)',
        translate,
        warp,
        f"rm -f {between}",
    ]
    return "\n".join(lines) + "\n"


def _comments(count: int, model: str) -> list[str]:
    """Return what the script says of itself."""
    says = [
        (
            f"Warps with {count} control points (those in the fit) by GDAL's own programs. "
            "GDAL fits the model itself, without weights."
        )
    ]
    if model not in _METHODS:
        says.append(
            f"GDAL has no model '{KINDS[model].label if model in KINDS else model}': an "
            "affine is fitted in its place."
        )
    if model == "tps":
        says.append("GDAL's spline passes through every point; that of the review may be smoothed.")
    return says


def _quote_windows(text: str) -> str:
    """Quote a path for a .bat file: file names hold no quotes there; a percent sign is doubled."""
    return '"' + text.replace("%", "%%").replace('"', "") + '"'
