"""What the command line says where an exception comes that nothing expects."""

from __future__ import annotations

import io
import shlex
import sys
import tempfile
from collections.abc import Sequence
from typing import TextIO

from ...core.borders import defect_report, reason_of

EXIT_DEFECT = 70


def take_any_text(*streams: TextIO) -> None:
    """Let streams write names that have characters they lack, escaped."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def tell_defect(error: Exception, words: Sequence[str], debug: bool) -> int:
    """Tell of an exception that nothing expects, with a report to copy."""
    report = defect_report(error, f"sar-optical-align {shlex.join(words)}")
    sys.stderr.write(
        f"error: This is a defect of the program: {type(error).__name__}: {reason_of(error)}.\n"
    )
    if debug:
        sys.stderr.write(report)
        return EXIT_DEFECT
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="sar-optical-align-", suffix=".txt", delete=False
        ) as stream:
            stream.write(report)
        sys.stderr.write(f"hint: Please report it with the file {stream.name}\n")
    except OSError:
        sys.stderr.write(
            "hint: Run it again with --debug before the command and report what it prints.\n"
        )
    return EXIT_DEFECT
