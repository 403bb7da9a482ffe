"""The command line. The commands around networks are described in `network_commands`.

Exit codes: 0 ok, 2 usage, 3 bad input, 4 no reliable alignment, 70 defect of the program, 130
cancelled.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.errors import AlignError, InputError, NoReliableAlignmentError, UsageError
from ..core.fields import from_dict, param_infos
from ..core.lengths import Length
from ..core.progress import Cancelled, Progress
from ..core.types import AlignParams, AlignRequest, Modality, RasterRef, WarpParams
from .commands import networks as network_commands
from .commands.defect import take_any_text, tell_defect
from .commands.options import add_outputs, add_pair_options, add_params, kind_of
from .measure.protocols import PROTOCOLS
from .read.opening import network
from .waiting import wait_quietly

EXIT_CANCELLED = 130


class _Bar(Progress):
    """A bar on a terminal from the first progress on, nothing elsewhere."""

    def __init__(self) -> None:
        self._bar: Any = None

    def update(self, fraction: float, message: str = "") -> None:
        if self._bar is None and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                total=100, bar_format="{desc:<44.44} {bar} {n:3.0f} %", file=sys.stderr, leave=False
            )
        if self._bar is not None:
            self._bar.n = round(100 * fraction)
            self._bar.set_description_str(message, refresh=False)
            self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="sar-optical-align", description="Align SAR rasters with optical ones."
    )
    parser.add_argument("--debug", action="store_true", help="Print tracebacks of errors.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in (
        ("register", "Find tie points, fit a model and write the warped raster."),
        ("match", "Find tie points and fit a model."),
    ):
        p = commands.add_parser(name, help=text, description=text)
        p.add_argument(
            "reference", metavar="REF", help="Reference raster (stays; usually optical)."
        )
        p.add_argument("sensed", metavar="SENSED", help="Sensed raster (is moved; usually SAR).")
        if name == "register":
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
    p = commands.add_parser(
        "warp",
        help="Warp a raster with control points.",
        description="Fit a model to a control-point file and warp.",
    )
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
    p.add_argument("--overwrite", action="store_true", help="Replace the output if it exists.")
    add_params(p, WarpParams, "output")
    p = commands.add_parser(
        "batch",
        help="Register many pairs listed in a CSV.",
        description=(
            "Columns: reference,sensed[,output]. Goes on where it stopped; pairs that "
            "failed are tried again. The exit code is 0 where any pair is registered."
        ),
    )
    p.add_argument("manifest", type=Path, metavar="MANIFEST.csv")
    p.add_argument(
        "--json-lines",
        type=Path,
        required=True,
        metavar="OUT.jsonl",
        help="One result a line, in the form of --json.",
    )
    p.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="Pairs worked on at once. Default: 1."
    )
    p.add_argument(
        "--overwrite",
        action="store_true",
        help="Replace warped rasters that exist; else their pairs fail.",
    )
    add_params(p, WarpParams, "output")
    add_pair_options(p)
    p = commands.add_parser("bench", help="Measure matchers on a dataset with known truth.")
    p.add_argument("dataset", type=Path, metavar="DATASET", help="Folder with index.csv.")
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
    p.add_argument(
        "--output",
        type=Path,
        default=Path("bench_output"),
        metavar="DIR",
        help="Folder for results; a second run goes on there.",
    )
    p.add_argument(
        "--limit",
        type=int,
        default=None,
        metavar="N",
        help="Only the first N pairs of each source.",
    )
    p.add_argument("--seed", type=int, default=0)
    text = "Measure how time and memory of matchers grow with the scene."
    p = commands.add_parser(
        "scaling",
        help=text,
        description=f"{text} Squares are cut from one aligned pair, mirrored "
        "where it is too small.",
    )
    p.add_argument("reference", type=Path, metavar="REF", help="Reference raster.")
    p.add_argument(
        "sensed",
        type=Path,
        metavar="SENSED",
        help="Sensed raster on the same grid, aligned to a few pixels.",
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
    p.add_argument(
        "--threads", type=int, default=2, metavar="N", help="Processor threads. Default: 2."
    )
    p.add_argument(
        "--output",
        type=Path,
        default=Path("scaling_output"),
        metavar="DIR",
        help="Folder for scaling.json and scaling.png.",
    )
    text = "Measure matchers on a real scene with check points, its sensed raster displaced."
    p = commands.add_parser("scene", help=text, description=text)
    p.add_argument("reference", type=Path, metavar="REF", help="Reference raster.")
    p.add_argument("sensed", type=Path, metavar="SENSED", help="Sensed raster.")
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
    p.add_argument(
        "--threads", type=int, default=2, metavar="N", help="Processor threads. Default: 2."
    )
    p.add_argument(
        "--matcher-param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="Parameter that each of the matchers has.",
    )
    p.add_argument(
        "--max-points",
        type=int,
        default=AlignParams.max_points,
        metavar="N",
        help="Largest number of tie points. Default: %(default)s.",
    )
    p.add_argument(
        "--output",
        type=Path,
        default=Path("scene_output"),
        metavar="DIR",
        help="Folder for scene.json.",
    )
    text = (
        "Draw what a matcher sees at one place: chips, similarity surface, peaks, gates of "
        "the experts."
    )
    p = commands.add_parser("explain", help=text, description=text)
    p.add_argument("reference", metavar="REF", help="Reference raster.")
    p.add_argument("sensed", metavar="SENSED", help="Sensed raster.")
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
    p.add_argument("--overwrite", action="store_true", help="Replace the picture if it exists.")
    add_pair_options(p)
    network_commands.add(commands, add_pair_options)
    p = commands.add_parser(
        "demo", help="Make a synthetic scene pair, register it and compare with the truth."
    )
    p.add_argument(
        "--output",
        type=Path,
        default=Path("demo_output"),
        metavar="DIR",
        help="Folder for everything. Default: demo_output.",
    )
    p.add_argument("--matcher", default="auto")
    p.add_argument(
        "--overwrite", action="store_true", help="Replace files of the same names that exist."
    )
    for p in commands.choices.values():
        p.add_argument(
            "--allow-network",
            action="store_true",
            help="Read rasters over the network where they lie there, or name files that do. "
            "Default: refuse them.",
        )
    commands.add_parser("matchers", help="List the matchers and their parameters.")
    return parser


def _given(args: argparse.Namespace, cls: type, reference: str | None) -> Any:
    """Return the parameters that were given; lengths are in the unit of the reference's CRS (of
    none: as they are written).
    """
    values = {
        i.name: getattr(args, i.name)
        for i in param_infos(cls)
        if getattr(args, i.name, None) is not None
    }
    for name, value in values.items():
        if isinstance(value, Length):
            from .deliver.deliver import unit_of

            values[name] = value.in_unit_of(
                *(unit_of(reference) if reference is not None else ("", 1.0)),
                f"--{name.replace('_', '-')}",
            )
    if cls is AlignParams:
        values["matcher_params"] = _matcher_params(args.matcher or "auto", args.matcher_param)
    return from_dict(cls, values)


def _matcher_params(matcher: str, texts: list[str]) -> dict[str, Any]:
    from ..matchers import get_spec

    spec = get_spec(matcher)
    infos = {i.name: i for i in param_infos(spec.params)}
    out: dict[str, Any] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or name not in infos:
            raise UsageError(
                f"--matcher-param {text!r} is not understood.",
                f"{spec.label} has: {', '.join(infos) or 'none'}.",
            )
        try:
            out[name] = kind_of(infos[name])(value)
        except (ValueError, argparse.ArgumentTypeError) as error:
            raise UsageError(
                f"--matcher-param {name}: {value!r} is not of type {infos[name].type.__name__}."
            ) from error
    return out


def _raster(args: argparse.Namespace, side: str, path: str) -> RasterRef:
    try:
        bands = tuple(int(b) for b in getattr(args, f"{side}_bands").split(",") if b)
    except ValueError as error:
        raise UsageError(
            f"--{side}-bands: {getattr(args, f'{side}_bands')!r} is not a list of band numbers."
        ) from error
    return RasterRef(
        path,
        bands,
        Modality(getattr(args, f"{side}_modality")),
        "",
        getattr(args, f"{side}_nodata"),
    )


def request_from_args(args: argparse.Namespace, reference: str, sensed: str) -> AlignRequest:
    """Make a request of parsed options."""
    return AlignRequest(
        _raster(args, "reference", reference),
        _raster(args, "sensed", sensed),
        _given(args, AlignParams, reference),
    )


def _register(args: argparse.Namespace, progress: Progress) -> int:
    from .deliver.deliver import deliver

    output = getattr(args, "output", None)
    request = request_from_args(args, args.reference, args.sensed)
    warp_params = _given(args, WarpParams, args.reference) if output is not None else None
    json_path = None if str(args.json) == "-" else args.json
    result, exit_code = deliver(
        request,
        progress,
        output,
        warp_params,
        args.points,
        args.gpkg,
        args.report,
        json_path,
        args.overwrite,
    )
    if str(args.json) == "-":
        from ..core.run.protocol import result_to_json

        print(json.dumps(result_to_json(result), allow_nan=False))
    else:
        from .deliver.summary import summary_lines

        print("\n".join(summary_lines(result, output)))
    return exit_code


def _warp(args: argparse.Namespace, progress: Progress) -> int:
    from .deliver.deliver import warp_with_points

    params = _given(args, WarpParams, args.reference or args.sensed)
    transform, count = warp_with_points(
        args.sensed,
        args.points,
        args.output,
        args.reference,
        args.model,
        params,
        progress,
        args.overwrite,
    )
    print(f"Warped with {count} points, {transform.kind}: {args.output}")
    return 0


def _batch(args: argparse.Namespace, progress: Progress) -> int:
    from .deliver.batch import run_batch

    done, failed, refused = run_batch(
        args.manifest,
        args.json_lines,
        lambda reference, sensed: request_from_args(args, reference, sensed),
        lambda reference: _given(args, WarpParams, reference),
        args.jobs,
        progress,
        args.overwrite,
    )
    print(
        f"{done} pairs: {done - failed - refused} ok, {refused} without a reliable "
        f"alignment, {failed} failed. Results: {args.json_lines}"
    )
    if done > failed + refused or not done:
        return 0
    return InputError.exit_code if failed else NoReliableAlignmentError.exit_code


def _bench(args: argparse.Namespace, progress: Progress) -> int:
    from .measure.bench import run_bench

    matchers = [m for m in args.matchers.split(",") if m]
    splits = [s for s in args.split.split(",") if s]
    print(
        run_bench(
            args.dataset,
            splits,
            args.protocol.split(","),
            matchers,
            args.output,
            args.limit,
            args.seed,
            progress,
            args.draws,
        )
    )
    return 0


def _scaling(args: argparse.Namespace, progress: Progress) -> int:
    from .measure.scaling import measure_scaling

    try:
        sizes = [int(v) for v in args.sizes.split(",") if v]
    except ValueError as error:
        raise UsageError(f"--sizes {args.sizes!r} is not a list of numbers.") from error
    matchers = [m for m in args.matchers.split(",") if m]
    print(
        measure_scaling(
            args.reference, args.sensed, sizes, matchers, args.threads, args.output, progress
        )
    )
    return 0


def _scene(args: argparse.Namespace, progress: Progress) -> int:
    from .measure.scene import check_scene

    runs = [
        AlignParams(
            matcher=key,
            matcher_params=_matcher_params(key, args.matcher_param),
            max_points=args.max_points,
            threads=args.threads,
        )
        for key in args.matchers.split(",")
        if key
    ]
    print(
        check_scene(
            args.reference,
            args.sensed,
            args.check_points,
            args.shift,
            args.rotation,
            runs,
            args.output,
            progress,
        )
    )
    return 0


def _explain(args: argparse.Namespace, progress: Progress) -> int:
    from .deliver.explain import explain

    try:
        x, y = (float(v) for v in args.at.split(","))
    except ValueError as error:
        raise UsageError(
            f"--at {args.at!r} is not a place.", "Write two numbers: --at X,Y"
        ) from error
    numbers = explain(
        request_from_args(args, args.reference, args.sensed),
        (x, y),
        args.output,
        progress,
        args.overwrite,
    )
    print("\n".join(f"{k:20s} {v:.3f}" for k, v in numbers.items()))
    print(f"{'written':20s} {args.output}")
    return 0


def _train(args: argparse.Namespace, progress: Progress) -> int:
    print("\n".join(network_commands.train(args, progress)))
    return 0


def _calibrate(args: argparse.Namespace, progress: Progress) -> int:
    print(
        "\n".join(
            network_commands.calibrate(
                args, _matcher_params(args.matcher, args.matcher_param), progress
            )
        )
    )
    return 0


def _metrics(args: argparse.Namespace, progress: Progress) -> int:
    print("\n".join(network_commands.measure(args, progress)))
    return 0


def _adapt(args: argparse.Namespace, progress: Progress) -> int:
    from ..core.outputs import Outputs
    from .read.input_files import files_of

    args.matcher, output = args.network, args.output / f"{args.network}.safetensors"
    request = request_from_args(args, args.reference, args.sensed)
    read = [args.reference, args.sensed, args.points_file]
    Outputs(
        [output, output.with_suffix(".json")],
        read,
        files_of(read[:2]),
        args.overwrite,
        make_folders=True,
    )
    print("\n".join(network_commands.adapt(args, request, output, progress)))
    return 0


def _demo(args: argparse.Namespace, progress: Progress) -> int:
    from .deliver.demo import run_demo

    lines, exit_code = run_demo(args.output, args.matcher, progress, args.overwrite)
    print("\n".join(lines))
    return exit_code


def _matchers() -> int:
    from ..matchers import all_specs

    for spec in all_specs().values():
        missing = spec.missing()
        print(
            f"{spec.key:20s} {spec.label}: {spec.summary}"
            + (f" [not available: needs {', '.join(missing)}]" if missing else "")
        )
        print(f"{'':20s} {spec.reference}")
        for info in param_infos(spec.params):
            print(f"{'':22s} {info.name}={info.default}  {info.help}")
    return 0


def _with_places(argv: Sequence[str]) -> list[str]:
    """Return the arguments with `--at -1,2` written as `--at=-1,2`: a negative number must not be
    taken for an option, -3.4e38 neither.
    """
    joined: list[str] = []
    for word in argv:
        if (
            joined
            and (joined[-1] == "--at" or joined[-1].endswith("nodata"))
            and re.match(r"-[\d.]", word)
        ):
            joined[-1] = f"{joined[-1]}={word}"
        else:
            joined.append(word)
    return joined


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    wait_quietly()
    given = list(sys.argv[1:] if argv is None else argv)
    take_any_text(sys.stdout, sys.stderr)
    args = build_parser().parse_args(_with_places(given))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    bar = _Bar()
    try:
        if args.command == "matchers":
            return _matchers()
        command = {
            "register": _register,
            "match": _register,
            "warp": _warp,
            "batch": _batch,
            "bench": _bench,
            "scaling": _scaling,
            "scene": _scene,
            "explain": _explain,
            "train": _train,
            "calibrate": _calibrate,
            "adapt": _adapt,
            "metrics": _metrics,
            "demo": _demo,
        }[args.command]
        with network(args.allow_network):
            return command(args, bar)
    except AlignError as error:
        bar.close()
        if args.debug:
            traceback.print_exc()
        print(
            f"error: {error.message}" + (f"\nhint: {error.hint}" if error.hint else ""),
            file=sys.stderr,
        )
        return error.exit_code
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        sys.stderr.close()
        return 0
    except (KeyboardInterrupt, Cancelled):
        bar.close()
        print("cancelled", file=sys.stderr)
        return EXIT_CANCELLED
    except MemoryError:
        bar.close()
        print(
            "error: There is not enough memory.\nhint: Choose a smaller tile size, fewer "
            "points or fewer jobs.",
            file=sys.stderr,
        )
        return AlignError.exit_code
    except Exception as error:  # noqa: BLE001 - the last barrier: the user gets a sentence, not a traceback
        bar.close()
        return tell_defect(error, given, args.debug)
    finally:
        bar.close()


if __name__ == "__main__":
    sys.exit(main())
