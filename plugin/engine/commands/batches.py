"""The command on many pairs of rasters: batch."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ...core.errors import InputError, NoReliableAlignmentError
from ...core.progress import Progress
from ...core.types import WarpParams
from .options import add_overwrite, add_pair_options, add_params
from .requests import Answer, params_of, request_of


def add_batch(commands: Any) -> None:
    """Add `batch`: the pairs of a list, one result a line."""
    p = commands.add_parser(
        "batch",
        help="Register many pairs listed in a CSV.",
        description=(
            "Columns: reference,sensed[,output]. Goes on where it stopped; pairs that "
            "failed are tried again. The exit code is 0 where any pair is registered."
        ),
    )
    p.set_defaults(run=batch)
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
    add_overwrite(p, "Replace warped rasters that exist; else their pairs fail.")
    add_params(p, WarpParams, "output")
    add_pair_options(p)


def batch(args: argparse.Namespace, progress: Progress) -> Answer:
    """Register the pairs of a list."""
    from ..deliver.batch import run_batch

    done, failed, refused = run_batch(
        args.manifest,
        args.json_lines,
        lambda reference, sensed: request_of(args, reference, sensed),
        lambda reference: params_of(args, WarpParams, reference),
        args.jobs,
        progress,
        args.overwrite,
    )
    line = (
        f"{done} pairs: {done - failed - refused} ok, {refused} without a reliable "
        f"alignment, {failed} failed. Results: {args.json_lines}"
    )
    if done > failed + refused or not done:
        return [line], 0
    return [line], InputError.exit_code if failed else NoReliableAlignmentError.exit_code
