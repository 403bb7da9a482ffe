"""The commands around networks: train, calibrate, adapt."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from ...core.progress import Progress
from ...core.run.adapting import AdaptRequest, adapt_points
from ..learn.train import NETWORKS
from .options import (
    add_dataset,
    add_folder,
    add_matcher_param,
    add_overwrite,
    add_pair,
    add_pair_options,
    add_threads,
)
from .requests import Answer, matcher_params, request_of


def add_train(commands: Any) -> None:
    """Add `train`: a network on a dataset of aligned pairs."""
    text = "Train a network on a dataset of aligned pairs; needs torch."
    p = commands.add_parser(
        "train", help=text, description=f"{text} Interrupted, it goes on with --resume."
    )
    p.set_defaults(run=train)
    p.add_argument("network", choices=list(NETWORKS), help="Network to train.")
    add_dataset(p)
    add_folder(p, "train_output", "Folder for checkpoints, curves and weights.")
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
    add_threads(p, None, "CPU threads. Default: all.")
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


def train(args: argparse.Namespace, progress: Progress) -> Answer:
    """Train a network; see `train.train`."""
    from ..learn.train import train
    from ..learn.train_request import TrainRequest

    names = [field.name for field in fields(TrainRequest)]
    card = train(TrainRequest(**{name: getattr(args, name) for name in names}), progress)
    rates = {k: v for k, v in card["validation"].items() if k.startswith("CMR")}
    lines = [
        f"best at step {card['steps']}: "
        + ", ".join(f"{k} px {100 * v:.0f} %" for k, v in rates.items()),
        f"written {args.output}/best.safetensors and half.safetensors",
    ]
    return lines, 0


def add_calibrate(commands: Any) -> None:
    """Add `calibrate`: what the score of a matcher means."""
    text = "Learn what the score of a matcher means, on a dataset with known truth."
    p = commands.add_parser(
        "calibrate",
        help=text,
        description=f"{text} Learns on the split train and measures on the split val.",
    )
    p.set_defaults(run=calibrate)
    p.add_argument("matcher", metavar="KEY", help="Matcher; see `matchers`.")
    add_dataset(p)
    add_folder(p, "calibration_output", "Folder for calibration.json and reliability.png.")
    p.add_argument(
        "--card",
        type=Path,
        default=None,
        metavar="CARD.json",
        help="Card of weights to write the calibration into.",
    )
    add_matcher_param(p, "Parameter of the matcher; see `matchers`.")
    p.add_argument(
        "--limit",
        type=int,
        default=10,
        metavar="N",
        help="Pairs of each source and split. Default: 10.",
    )
    p.add_argument("--seed", type=int, default=5)


def calibrate(args: argparse.Namespace, progress: Progress) -> Answer:
    """Calibrate a matcher; see `calibrate.calibrate`."""
    from ..learn.calibrate import calibrate, read_card, write_into_card

    params = matcher_params(args.matcher, args.matcher_param)
    if args.card is not None:
        read_card(args.card)  # before the long work
    result = calibrate(
        args.matcher,
        params,
        args.dataset,
        args.output,
        args.limit,
        args.seed,
        progress,
    )
    if args.card is not None:
        write_into_card(args.card, result)
    lines = [f"{k:28s} {v}" for k, v in result["validation"].items()]
    return [*lines, f"{'written':28s} {args.output}"], 0


def add_judgement(commands: Any) -> None:
    """Add `judgement`: when a registration is right."""
    text = "Learn when a registration is right, for all matchers, on a dataset with known truth."
    p = commands.add_parser(
        "judgement",
        help=text,
        description=f"{text} Learns on the split train, measures with each source left out and on "
        "the split val.",
    )
    p.set_defaults(run=judgement)
    add_dataset(p)
    p.add_argument("--output", type=Path, required=True, metavar="FILE.json", help="Written.")
    p.add_argument(
        "--matchers",
        default="cfog,me_ssm",
        metavar="KEY[,KEY]",
        help="Matchers that register; see `matchers`. Default: cfog,me_ssm.",
    )
    p.add_argument(
        "--limit",
        type=int,
        default=5,
        metavar="N",
        help="Pairs of each source and split. Default: 5.",
    )
    p.add_argument("--seed", type=int, default=1)
    add_overwrite(p, "Replace a file that exists.")


def judgement(args: argparse.Namespace, progress: Progress) -> Answer:
    """Learn the judgement; see `judging.learn_judgement`."""
    from ...core.outputs import Outputs
    from ...matchers import get_spec
    from ..learn.judging import learn_judgement

    keys = [get_spec(key.strip()).key for key in args.matchers.split(",")]
    Outputs([args.output], overwrite=args.overwrite)
    found = learn_judgement(args.dataset, keys, args.output, args.limit, args.seed, progress)
    lines = [f"{'':24s} {'right, accepted':>20s} {'others, accepted':>20s}"]
    for name, rows in (("source left out", found["left_out"]), ("val", found["val"])):
        lines.append(name)
        for row in rows:
            shares = [f"{row[k + '_accepted']} of {row[k]}" for k in ("right", "others")]
            lines.append(f"  {row['source']:22s} {shares[0]:>20s} {shares[1]:>20s}")
    return [*lines, f"written {args.output}"], 0


def add_adapt(commands: Any) -> None:
    """Add `adapt`: a network to one scene."""
    text = "Adapt a network to a scene: train it for some minutes around accepted control points."
    p = commands.add_parser(
        "adapt",
        help=text,
        description=f"{text} The weights are kept only where points held "
        "back are found more closely.",
    )
    p.set_defaults(run=adapt)
    p.add_argument(
        "network",
        metavar="KEY",
        help=f"Matcher whose network is adapted, of {', '.join(NETWORKS)}.",
    )
    add_pair(p)
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
    add_folder(p, "adapt_output", "Folder for the adapted weights and their card.")
    add_overwrite(p, "Replace adapted weights that exist.")
    add_pair_options(p)


def adapt(args: argparse.Namespace, progress: Progress) -> Answer:
    """Adapt a network to a scene; see `adapt.adapt`."""
    from ...core.outputs import Outputs
    from ..deliver.deliver import read_reviewed
    from ..learn.adapt import adapt
    from ..read.input_files import files_of

    args.matcher, output = args.network, args.output / f"{args.network}.safetensors"
    request = request_of(args, args.reference, args.sensed)
    read = [args.reference, args.sensed, args.points_file]
    Outputs(
        [output, output.with_suffix(".json")],
        read,
        files_of(read[:2]),
        args.overwrite,
        make_folders=True,
    )
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
    return lines, 0
