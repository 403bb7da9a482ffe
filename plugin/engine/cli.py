"""The command line: the parser of all commands, and what becomes of their errors.

What a command asks for and does is in `commands`, a file for each kind.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.errors import AlignError, InputError
from ..core.progress import Cancelled, Progress
from .commands import batches, measuring, networks, registration
from .commands.defect import take_any_text, tell_defect
from .read.opening import network
from .waiting import wait_quietly

EXIT_CANCELLED = 130
_EXIT_CODES = (
    "Exit codes: 0 ok, 2 usage, 3 bad input, 4 no reliable alignment, 70 defect of the program "
    "(with a report to copy), 130 cancelled."
)


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
    """Return the parser of all commands; each sets `run`, what it does."""
    parser = argparse.ArgumentParser(
        prog="sar-optical-align",
        description="Align SAR rasters with optical ones.",
        epilog=_EXIT_CODES,
    )
    parser.add_argument("--debug", action="store_true", help="Print tracebacks of errors.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    registration.add_register(commands)
    registration.add_match(commands)
    registration.add_warp(commands)
    batches.add_batch(commands)
    measuring.add_bench(commands)
    measuring.add_scaling(commands)
    measuring.add_scene(commands)
    registration.add_explain(commands)
    networks.add_train(commands)
    networks.add_calibrate(commands)
    networks.add_judgement(commands)
    networks.add_adapt(commands)
    measuring.add_metrics(commands)
    registration.add_demo(commands)
    for p in commands.choices.values():
        p.add_argument(
            "--allow-network",
            action="store_true",
            help="Read rasters over the network where they lie there, or name files that do. "
            "Default: refuse them.",
        )
    measuring.add_matchers(commands)
    for p in commands.choices.values():
        p.epilog = _EXIT_CODES
    return parser


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


def _refuse_no_folder() -> None:
    """Refuse to work in a folder that was deleted: libraries end the process there.

    Raises:
        InputError: it was.
    """
    try:
        Path.cwd()
    except OSError as error:
        raise InputError("The current folder is gone.", "Change to one that exists.") from error


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    wait_quietly()
    words = list(sys.argv[1:] if argv is None else argv)
    take_any_text(sys.stdout, sys.stderr)
    args = build_parser().parse_args(_with_places(words))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    bar = _Bar()
    try:
        _refuse_no_folder()
        with network(args.allow_network):
            lines, exit_code = args.run(args, bar)
            print("\n".join(lines))
        return exit_code
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
        return tell_defect(error, words, args.debug)
    finally:
        bar.close()


if __name__ == "__main__":
    sys.exit(main())
