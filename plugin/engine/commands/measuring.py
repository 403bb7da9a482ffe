"""The commands that measure matchers: bench, scaling, scene, metrics; and the list of matchers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ...core.errors import UsageError
from ...core.fields import param_infos
from ...core.progress import Progress
from ...core.types import AlignParams
from ..measure.papers import PAPERS
from ..measure.protocols import PROTOCOLS
from .options import add_dataset, add_folder, add_limit, add_matcher_param, add_pair, add_threads
from .requests import Answer, matcher_params, names_of


def add_bench(commands: Any) -> None:
    """Add `bench`: matchers on a dataset with known truth."""
    p = commands.add_parser("bench", help="Measure matchers on a dataset with known truth.")
    p.set_defaults(run=bench)
    add_dataset(p)
    p.add_argument(
        "--split",
        default="val",
        metavar="SPLIT[,SPLIT]",
        help="Splits to measure, each in tables of its own. Default: val.",
    )
    p.add_argument(
        "--protocol",
        default="shift,affine",
        metavar="NAME[,NAME]",
        help=f"Of {', '.join(PROTOCOLS)}. Default: shift,affine.",
    )
    p.add_argument(
        "--matchers",
        default="",
        metavar="KEY[,KEY]",
        help="Default: all. The null, which answers that nothing is displaced, is always "
        "measured too.",
    )
    p.add_argument(
        "--draws",
        type=int,
        default=1,
        metavar="N",
        help="Motions drawn for each pair; of large pairs each at a window of its own. Default: 1.",
    )
    add_folder(p, "bench_output", "Folder for results; a second run goes on there.")
    add_limit(p)
    p.add_argument("--seed", type=int, default=0)


def bench(args: argparse.Namespace, progress: Progress) -> Answer:
    """Measure matchers on a dataset with known truth."""
    from ..measure.bench import run_bench

    report = run_bench(
        args.dataset,
        names_of(args.split),
        args.protocol.split(","),
        names_of(args.matchers),
        args.output,
        args.limit,
        args.seed,
        progress,
        args.draws,
    )
    return [report], 0


def add_scaling(commands: Any) -> None:
    """Add `scaling`: time and memory over the size of a scene."""
    text = "Measure how time and memory of matchers grow with the scene."
    p = commands.add_parser(
        "scaling",
        help=text,
        description=f"{text} Squares are cut from one aligned pair, mirrored "
        "where it is too small.",
    )
    p.set_defaults(run=scaling)
    add_pair(
        p, Path, "Reference raster.", "Sensed raster on the same grid, aligned to a few pixels."
    )
    p.add_argument(
        "--sizes",
        default="512,1024,2048,4096,8192",
        metavar="PX[,PX]",
        help="Sides of the squares. Default: 512 to 8192.",
    )
    p.add_argument(
        "--matchers",
        default="me_ssm,cfog,gradient_ncc",
        metavar="KEY[,KEY]",
        help="Default: me_ssm,cfog,gradient_ncc.",
    )
    add_threads(p, 2, "Processor threads. Default: 2.")
    add_folder(p, "scaling_output", "Folder for scaling.json and scaling.png.")


def scaling(args: argparse.Namespace, progress: Progress) -> Answer:
    """Measure time and memory over the size of a scene."""
    from ..measure.scaling import measure_scaling

    try:
        sizes = [int(v) for v in names_of(args.sizes)]
    except ValueError as error:
        raise UsageError(f"--sizes {args.sizes!r} is not a list of numbers.") from error
    report = measure_scaling(
        args.reference,
        args.sensed,
        sizes,
        names_of(args.matchers),
        args.threads,
        args.output,
        progress,
    )
    return [report], 0


def add_scene(commands: Any) -> None:
    """Add `scene`: matchers on a real scene with check points."""
    text = "Measure matchers on a real scene with check points, its sensed raster displaced."
    p = commands.add_parser("scene", help=text, description=text)
    p.set_defaults(run=scene)
    add_pair(p, Path, "Reference raster.", "Sensed raster.")
    p.add_argument(
        "check_points",
        type=Path,
        metavar="POINTS.csv",
        help="Columns opt_x, opt_y, sar_x, sar_y: pixel centres count from 0.",
    )
    p.add_argument(
        "--shift",
        type=float,
        default=12.0,
        metavar="PX",
        help="Displacement of the sensed raster. Default: 12.",
    )
    p.add_argument(
        "--rotation", type=float, default=1.5, metavar="DEG", help="Its rotation. Default: 1.5."
    )
    p.add_argument(
        "--matchers",
        default="me_ssm,cfog,gradient_ncc,phase_congruency,sift",
        metavar="KEY[,KEY]",
        help="Default: all that take minutes at most.",
    )
    add_threads(p, 2, "Processor threads. Default: 2.")
    add_matcher_param(p, "Parameter that each of the matchers has.")
    p.add_argument(
        "--max-points",
        type=int,
        default=AlignParams.max_points,
        metavar="N",
        help="Largest number of tie points. Default: %(default)s.",
    )
    add_folder(p, "scene_output", "Folder for scene.json.")


def scene(args: argparse.Namespace, progress: Progress) -> Answer:
    """Measure matchers on a real scene with check points."""
    from ..measure.scene import check_scene

    runs = [
        AlignParams(
            matcher=key,
            matcher_params=matcher_params(key, args.matcher_param),
            max_points=args.max_points,
            threads=args.threads,
        )
        for key in names_of(args.matchers)
    ]
    report = check_scene(
        args.reference,
        args.sensed,
        args.check_points,
        args.shift,
        args.rotation,
        runs,
        args.output,
        progress,
    )
    return [report], 0


def add_metrics(commands: Any) -> None:
    """Add `metrics`: a matcher in the terms of its paper."""
    text = "Measure a matcher in the terms of its paper; the published figures stand beside ours."
    p = commands.add_parser("metrics", help=text, description=text)
    p.set_defaults(run=metrics)
    p.add_argument("matcher", metavar="KEY", help=f"Of {', '.join(PAPERS)}.")
    add_dataset(p)
    p.add_argument("--split", default="val", help="Split to measure. Default: val.")
    add_folder(
        p, "metrics_output", "Folder for the table, and the motion and figures of each pair."
    )
    add_limit(p)
    p.add_argument("--seed", type=int, default=0, help="Of the motions drawn. Default: 0.")


def metrics(args: argparse.Namespace, progress: Progress) -> Answer:
    """Measure a matcher in the terms of its paper."""
    from ..measure.papers_bench import run_papers

    report = run_papers(
        args.matcher, args.dataset, args.split, args.output, args.limit, args.seed, progress
    )
    return [report, f"written {args.output}"], 0


def add_matchers(commands: Any) -> None:
    """Add `matchers`: the list of them, with their parameters."""
    p = commands.add_parser("matchers", help="List the matchers and their parameters.")
    p.set_defaults(run=list_matchers, allow_network=False)


def list_matchers(_args: argparse.Namespace, _progress: Progress) -> Answer:
    """List the matchers and their parameters."""
    from ...matchers import all_specs

    lines = []
    for spec in all_specs().values():
        missing = spec.missing()
        lines += [
            f"{spec.key:20s} {spec.label}: {spec.summary}"
            + (f" [not available: needs {', '.join(missing)}]" if missing else ""),
            f"{'':20s} {spec.reference}",
        ]
        for info in param_infos(spec.params):
            lines.append(f"{'':22s} {info.name}={info.default}  {info.help}")
    return lines, 0
