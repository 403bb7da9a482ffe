"""The whole campaign: all parts, in as many processes as there are processors, and its table."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from . import outputs, rasters, workers
from .calls import preload
from .outcomes import Outcome, Table
from .sharing import shared

Task = tuple[str, str, int]
ROOT = Path(__file__).resolve().parents[3]


def _parsers(name: str, count: int, seed: int) -> list[Outcome]:
    import fuzzing

    failures = fuzzing.run(name, count, seed)
    found = [
        Outcome("parsers", name, f"--only 'parsers:{name}' --mutations {count} --seed {seed}")
        for _ in range(count)
    ]
    for outcome, failure in zip(found, failures, strict=False):
        outcome.blame("tracebacks", str(failure)[:300])
    return found


def tasks(args: argparse.Namespace) -> list[Task]:
    """Return (part, what, seed) of everything that is to be tried."""
    found: list[Task] = [
        ("rasters", kind, seed) for kind, seed in rasters.tasks(args.rasters, args.seed)
    ]
    if args.mutations:
        import fuzzing

        found += [("parsers", name, args.seed) for name in fuzzing.PARSERS]
    found += [("workers", fault, seed) for fault, seed in workers.tasks(args.faults, args.seed)]
    found += [
        ("outputs", situation, seed) for situation, seed in outputs.tasks(args.outputs, args.seed)
    ]
    return [t for t in found if not args.only or f"{t[0]}:{t[1]}".startswith(args.only)]


def one(task: Task, room: Path, mutations: int) -> list[Outcome]:
    """Try one thing in a folder of this process' own."""
    part, what, seed = task
    folder = room / f"p{os.getpid()}"
    if part == "parsers":
        return _parsers(what, mutations, seed)
    work: Callable[[str, int, Path], list[Outcome]] = {
        "rasters": rasters.run,
        "workers": workers.run,
        "outputs": outputs.run,
    }[part]
    return work(what, seed, folder)


def run(args: argparse.Namespace) -> Table:
    """Try everything and return the table."""
    outcomes: list[Outcome] = []
    todo = tasks(args)
    preload()
    room = Path(tempfile.mkdtemp(prefix="torture_"))
    room.chmod(0o755)
    try:
        for number, found in enumerate(
            shared(lambda task: one(task, room, args.mutations), todo, args.jobs), 1
        ):
            outcomes += found
            for line in Table(found).faults:
                print(f"  {line}", flush=True)
            if number % 50 == 0:
                print(f"{number} of {len(todo)}", flush=True)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return Table(outcomes)


def options() -> argparse.ArgumentParser:
    """Return the options of the campaign."""
    parser = argparse.ArgumentParser(
        description="Try hostile rasters, mutated files, worker faults and odd outputs; "
        "the exit code is 1 where anything is wrong."
    )
    parser.add_argument(
        "--rasters",
        type=int,
        default=250,
        metavar="N",
        help="Hostile rasters, each with two matchers. Default: 250.",
    )
    parser.add_argument(
        "--mutations",
        type=int,
        default=2000,
        metavar="N",
        help="Mutated files of each parser. Default: 2000.",
    )
    parser.add_argument(
        "--faults", type=int, default=50, metavar="N", help="Worker faults. Default: 50."
    )
    parser.add_argument(
        "--outputs",
        type=int,
        default=60,
        metavar="N",
        help="Output situations; 0 = none, -1 = all. Default: 60.",
    )
    parser.add_argument("--seed", type=int, default=0, help="Of everything random.")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="Processes. Default: one a processor.",
    )
    parser.add_argument(
        "--only",
        default="",
        metavar="PART:KIND",
        help="Only what begins so, such as rasters:nodata or outputs:explain.",
    )
    parser.add_argument(
        "--write",
        type=Path,
        metavar="FILE.md",
        help="Write the table here, with date, commit and machine.",
    )
    return parser


MEANING = (
    "- *tracebacks*: a foreign exception, a crash, a hang, an exit code outside 0, 2, 3, 4 and 130, "  # noqa: E501
    "or a failure without a sentence.",
    "- *wrong ok*: a result called ok that is more than 3 pixels of the coarser raster from the truth "  # noqa: E501
    "known by construction, or, where nothing agrees, one called at least 90 % probable.",
    "- *doubted ok*: the second raster shows something else altogether, and the result is ok with a "  # noqa: E501
    "stated probability below 90 %. Counted, but no fault.",
    "- *lost or changed*: an input, or a file that was not named as an output, was changed; or a file "  # noqa: E501
    "that was asked for is missing.",
    "- *leftovers*: a file or a process that nobody asked for.",
)


def page(table: Table, args: argparse.Namespace, seconds: float) -> str:
    """Return the table as a page."""
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    faults = table.faults
    lines = [
        "# Torture",
        "",
        "Hostile rasters, mutated files, worker faults and odd outputs, and what the product made of "  # noqa: E501
        "them: `make torture`. A shorter campaign is part of `make test`.",
        "",
        f"{datetime.date.today():%d %B %Y}, commit {commit}, {platform.platform(terse=True)}, "
        f"{platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}; seed {args.seed}, {seconds / 60:.0f} minutes.",
        "",
        *table.lines(),
        "",
        *MEANING,
        "",
        f"{len(faults)} faults." if faults else "No faults.",
        *([""] + [f"- {f.replace('|', '·')}" for f in faults[:60]] if faults else []),
        "",
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the campaign, print its table and return the exit code."""
    args = options().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    table = run(args)
    print(
        "\n".join(
            [
                "",
                *table.lines(),
                "",
                f"{len(table.outcomes)} cases, {len(table.faults)} faults, "
                f"{time.monotonic() - began:.0f} s",
            ]
        )
    )
    if args.write is not None:
        args.write.write_text(page(table, args, time.monotonic() - began), encoding="utf-8")
    sys.stdout.flush()
    return 1 if table.faults or not table.outcomes else 0
