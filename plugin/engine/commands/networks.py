"""The commands around networks: train, calibrate, adapt, metrics.

They return the lines to print.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...core.progress import Progress
from ...core.run.adapting import AdaptRequest, adapt_points
from ...core.types import AlignRequest
from ..learn.train import NETWORKS
from ..measure.papers import PAPERS


def add(commands: Any, add_pair_options: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the parsers of the commands.

    Args:
        commands: What `add_subparsers` returned.
        add_pair_options: Adds the options of a pair of rasters and of matching.
    """
    text = "Train a network on a dataset of aligned pairs; needs torch."
    p = commands.add_parser(
        "train", help=text, description=f"{text} Interrupted, it goes on with --resume."
    )
    p.add_argument("network", choices=list(NETWORKS), help="Network to train.")
    p.add_argument("dataset", type=Path, metavar="DATASET", help="Folder with index.csv.")
    p.add_argument(
        "--output",
        type=Path,
        default=Path("train_output"),
        metavar="DIR",
        help="Folder for checkpoints, curves and weights.",
    )
    p.add_argument(
        "--preset",
        default="tiny",
        help="tiny is what ships; sizes and ablations differ by network: an unknown name "
        "lists them. Default: tiny.",
    )
    p.add_argument(
        "--start",
        type=Path,
        default=None,
        metavar="WEIGHTS.safetensors",
        help="Weights to begin with. Default: at random.",
    )
    p.add_argument(
        "--rate",
        type=float,
        default=None,
        metavar="R",
        help="Highest learning rate. Default: the network's own; about a third of it with --start.",
    )
    p.add_argument(
        "--minutes",
        type=float,
        default=None,
        metavar="M",
        help="Length of the training in minutes.",
    )
    p.add_argument(
        "--steps", type=int, default=None, metavar="N", help="Length of the training in steps."
    )
    p.add_argument(
        "--resume", action="store_true", help="Go on with the training in the output folder."
    )
    p.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument(
        "--threads", type=int, default=None, metavar="N", help="CPU threads. Default: all."
    )
    text = (
        "Processes that draw the samples ahead (Linux). Default: half of the processors on "
        "CUDA, none on a CPU."
    )
    p.add_argument("--workers", type=int, default=None, metavar="N", help=text)
    p.add_argument(
        "--bfloat16",
        action="store_true",
        help="Compute layers in bfloat16; always so on CUDA, faster on CPUs with AVX512-BF16 "
        "or AMX.",
    )
    text = "Learn what the score of a matcher means, on a dataset with known truth."
    p = commands.add_parser(
        "calibrate",
        help=text,
        description=f"{text} Learns on the split train and measures on the split val.",
    )
    p.add_argument("matcher", metavar="KEY", help="Matcher; see `matchers`.")
    p.add_argument("dataset", type=Path, metavar="DATASET", help="Folder with index.csv.")
    p.add_argument(
        "--output",
        type=Path,
        default=Path("calibration_output"),
        metavar="DIR",
        help="Folder for calibration.json and reliability.png.",
    )
    p.add_argument(
        "--card",
        type=Path,
        default=None,
        metavar="CARD.json",
        help="Card of weights to write the calibration into.",
    )
    p.add_argument(
        "--matcher-param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="Parameter of the matcher; see `matchers`.",
    )
    p.add_argument(
        "--limit",
        type=int,
        default=10,
        metavar="N",
        help="Pairs of each source and split. Default: 10.",
    )
    p.add_argument("--seed", type=int, default=5)
    p.add_argument(
        "--keep-score",
        action="store_true",
        help="Learn only when a registration is right; the score of a tie point stays as it is.",
    )
    text = "Adapt a network to a scene: train it for some minutes around accepted control points."
    p = commands.add_parser(
        "adapt",
        help=text,
        description=f"{text} The weights are kept only where points held "
        "back are found more closely.",
    )
    p.add_argument(
        "network",
        metavar="KEY",
        help=f"Matcher whose network is adapted, of {', '.join(NETWORKS)}.",
    )
    p.add_argument("reference", metavar="REF", help="Reference raster.")
    p.add_argument("sensed", metavar="SENSED", help="Sensed raster.")
    p.add_argument(
        "--points",
        dest="points_file",
        type=Path,
        required=True,
        metavar="FILE",
        help="Review (.gpkg), or control points as .points, .csv or .geojson.",
    )
    p.add_argument(
        "--minutes",
        type=float,
        default=5.0,
        metavar="M",
        help="Length of the training in minutes. Default: 5.",
    )
    p.add_argument(
        "--steps",
        type=int,
        default=0,
        metavar="N",
        help="Length in steps instead, which another run repeats exactly.",
    )
    p.add_argument(
        "--output",
        type=Path,
        default=Path("adapt_output"),
        metavar="DIR",
        help="Folder for the adapted weights and their card.",
    )
    p.add_argument("--overwrite", action="store_true", help="Replace adapted weights that exist.")
    add_pair_options(p)
    text = "Measure a matcher in the terms of its paper; the published figures stand beside ours."
    p = commands.add_parser("metrics", help=text, description=text)
    p.add_argument("matcher", metavar="KEY", help=f"Of {', '.join(PAPERS)}.")
    p.add_argument("dataset", type=Path, metavar="DATASET", help="Folder with index.csv.")
    p.add_argument("--split", default="val", help="Split to measure. Default: val.")
    p.add_argument(
        "--output",
        type=Path,
        default=Path("metrics_output"),
        metavar="DIR",
        help="Folder for the table, and the motion and figures of each pair.",
    )
    p.add_argument(
        "--limit",
        type=int,
        default=None,
        metavar="N",
        help="Only the first N pairs of each source.",
    )
    p.add_argument("--seed", type=int, default=0, help="Of the motions drawn. Default: 0.")


def measure(args: argparse.Namespace, progress: Progress) -> list[str]:
    """Measure a matcher in its paper's terms; see `papers_bench.run_papers`."""
    from ..measure.papers_bench import run_papers

    return [
        run_papers(
            args.matcher, args.dataset, args.split, args.output, args.limit, args.seed, progress
        ),
        f"written {args.output}",
    ]


def train(args: argparse.Namespace, progress: Progress) -> list[str]:
    """Train a network; see `train.train`."""
    from ..learn.train import TrainRequest, train

    names = (
        "network",
        "dataset",
        "output",
        "preset",
        "minutes",
        "steps",
        "resume",
        "device",
        "seed",
        "threads",
        "bfloat16",
        "start",
        "rate",
        "workers",
    )
    card = train(TrainRequest(**{name: getattr(args, name) for name in names}), progress)
    rates = {k: v for k, v in card["validation"].items() if k.startswith("CMR")}
    return [
        f"best at step {card['steps']}: "
        + ", ".join(f"{k} px {100 * v:.0f} %" for k, v in rates.items()),
        f"written {args.output}/best.safetensors and half.safetensors",
    ]


def calibrate(
    args: argparse.Namespace, matcher_params: dict[str, Any], progress: Progress
) -> list[str]:
    """Calibrate a matcher; see `calibrate.calibrate`."""
    from ..learn.calibrate import calibrate, read_card, write_into_card

    if args.card is not None:
        read_card(args.card)  # before the long work
    result = calibrate(
        args.matcher,
        matcher_params,
        args.dataset,
        args.output,
        args.limit,
        args.seed,
        progress,
        args.keep_score,
    )
    if args.card is not None:
        write_into_card(args.card, result)
    return [
        *(f"{k:28s} {v}" for k, v in result["validation"].items()),
        f"{'written':28s} {args.output}",
    ]


def adapt(
    args: argparse.Namespace, request: AlignRequest, output: Path, progress: Progress
) -> list[str]:
    """Adapt a network to a scene; see `adapt.adapt`."""
    from ..deliver.deliver import read_reviewed
    from ..learn.adapt import adapt

    points = adapt_points(read_reviewed(args.points_file, args.reference, args.sensed))
    result = adapt(
        AdaptRequest(request, *points, str(output), args.minutes, args.steps, request.params.seed),
        progress,
    )
    lines = [
        result.message,
        f"{result.trained} points trained on, {result.steps} steps in {result.minutes:.1f} min",
    ]
    if result.weights:
        lines += [
            f"written {output}",
            f"to use them: --matcher {args.network} --matcher-param weights={output}",
        ]
    return lines
