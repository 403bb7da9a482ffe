"""The commands on one pair of rasters: register, match, warp, explain, demo."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ...core.errors import UsageError
from ...core.progress import Progress
from ...core.types import WarpParams
from .options import add_folder, add_outputs, add_overwrite, add_pair, add_pair_options, add_params
from .requests import Answer, params_of, request_of


def add_register(commands: Any) -> None:
    """Add `register`: tie points, model and warped raster."""
    text = "Find tie points, fit a model and write the warped raster."
    p = commands.add_parser("register", help=text, description=text)
    p.set_defaults(run=register)
    add_pair(p)
    p.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        metavar="OUT.tif",
        help="Warped raster to write.",
    )
    add_params(p, WarpParams, "output")
    add_outputs(p)
    add_pair_options(p)


def add_match(commands: Any) -> None:
    """Add `match`: tie points and model."""
    text = "Find tie points and fit a model."
    p = commands.add_parser("match", help=text, description=text)
    p.set_defaults(run=register, output=None)
    add_pair(p)
    add_outputs(p)
    add_pair_options(p)


def register(args: argparse.Namespace, progress: Progress) -> Answer:
    """Register a pair of rasters, and warp where an output is named."""
    from ..deliver.deliver import deliver

    request = request_of(args, args.reference, args.sensed)
    to_stdout = str(args.json) == "-"
    result, exit_code = deliver(
        request,
        progress,
        args.output,
        params_of(args, WarpParams, args.reference) if args.output is not None else None,
        args.points,
        args.gpkg,
        args.report,
        None if to_stdout else args.json,
        args.overwrite,
    )
    if to_stdout:
        from ...core.run.protocol import result_to_json

        return [json.dumps(result_to_json(result), allow_nan=False)], exit_code
    from ..deliver.summary import summary_lines

    return summary_lines(result, args.output), exit_code


def add_warp(commands: Any) -> None:
    """Add `warp`: a raster by the points of a file."""
    p = commands.add_parser(
        "warp",
        help="Warp a raster with control points.",
        description="Fit a model to a control-point file and warp.",
    )
    p.set_defaults(run=warp)
    p.add_argument("sensed", metavar="SENSED")
    p.add_argument(
        "--points", type=Path, required=True, metavar="FILE", help=".points, .csv or .geojson file."
    )
    p.add_argument("--output", "-o", type=Path, required=True, metavar="OUT.tif")
    p.add_argument(
        "--reference",
        metavar="REF",
        help="Reference raster: gives the grid of .csv, .geojson and of points without CRS.",
    )
    p.add_argument("--model", default="auto", help="Model, or auto. Default: auto.")
    add_overwrite(p, "Replace the output if it exists.")
    add_params(p, WarpParams, "output")


def warp(args: argparse.Namespace, progress: Progress) -> Answer:
    """Warp a raster by the points of a file."""
    from ..deliver.deliver import warp_with_points

    transform, count = warp_with_points(
        args.sensed,
        args.points,
        args.output,
        args.reference,
        args.model,
        params_of(args, WarpParams, args.reference or args.sensed),
        progress,
        args.overwrite,
    )
    return [f"Warped with {count} points, {transform.kind}: {args.output}"], 0


def add_explain(commands: Any) -> None:
    """Add `explain`: what a matcher sees at one place."""
    text = (
        "Draw what a matcher sees at one place: chips, similarity surface, peaks, gates of "
        "the experts."
    )
    p = commands.add_parser("explain", help=text, description=text)
    p.set_defaults(run=explain)
    add_pair(p)
    p.add_argument(
        "--at",
        required=True,
        metavar="X,Y",
        help="Place in map coordinates of the reference; reference pixels where it has none.",
    )
    p.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        metavar="FIG.png",
        help="Picture to write (.png, .svg, .pdf).",
    )
    add_overwrite(p, "Replace the picture if it exists.")
    add_pair_options(p)


def explain(args: argparse.Namespace, progress: Progress) -> Answer:
    """Draw what a matcher sees at one place; the lines tell its figures."""
    from ..deliver.explain import explain

    try:
        x, y = (float(v) for v in args.at.split(","))
    except ValueError as error:
        raise UsageError(
            f"--at {args.at!r} is not a place.", "Write two numbers: --at X,Y"
        ) from error
    request = request_of(args, args.reference, args.sensed)
    numbers = explain(request, (x, y), args.output, progress, args.overwrite)
    lines = [f"{k:20s} {v:.3f}" for k, v in numbers.items()]
    return [*lines, f"{'written':20s} {args.output}"], 0


def add_demo(commands: Any) -> None:
    """Add `demo`: a synthetic pair, registered and compared with its truth."""
    p = commands.add_parser(
        "demo", help="Make a synthetic scene pair, register it and compare with the truth."
    )
    p.set_defaults(run=demo)
    add_folder(p, "demo_output", "Folder for everything. Default: demo_output.")
    p.add_argument("--matcher", default="auto")
    add_overwrite(p, "Replace files of the same names that exist.")


def demo(args: argparse.Namespace, progress: Progress) -> Answer:
    """Register a synthetic pair and compare with its truth."""
    from ..deliver.demo import run_demo

    return run_demo(args.output, args.matcher, progress, args.overwrite)
