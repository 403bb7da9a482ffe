"""The border where a file or a message comes in: whatever a library makes of it, the user reads one
sentence.
"""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from ...resources import version
from .errors import AlignError, InputError
from .progress import Cancelled

_LONGEST = 200


@contextmanager
def reading(
    what: str, source: object = "", hint: str = "", error: type[AlignError] = InputError
) -> Iterator[None]:
    """Turn what goes wrong within into an error that names what was read; the cause stays with it.

    The libraries that read for us document few of the exceptions that damaged files draw from them,
    so that none is named here.

    Args:
        what: What is read, as in "the manifest".
        source: File or address; "" where it has none.
        hint: What the user can do.
        error: Class of the error.

    Raises:
        AlignError: of the class `error`; those raised within pass as they are, as do `Cancelled`
        and the lack of memory.
    """
    try:
        yield
    except (AlignError, Cancelled, MemoryError):
        raise
    except Exception as cause:
        reason, name = reason_of(cause), plain(source)
        if name:
            raise error(f"Cannot read {what} ({name}): {reason}.", hint) from cause
        raise error(f"Cannot read {what}: {reason}.", hint) from cause


def reason_of(cause: BaseException) -> str:
    """Return what an exception says, in one short line that can be printed and sent."""
    said = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    if isinstance(cause, KeyError):
        said = f"{said} is missing"
    line = " ".join(plain(said).split()).rstrip(".")
    return line[:_LONGEST] or type(cause).__name__


def plain(value: object) -> str:
    """Return a text that any stream can take: what has no character of its own is escaped."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def defect_report(cause: BaseException, doing: str) -> str:
    """Return what a report of a defect needs, to be copied: versions, what was being done, and the
    traceback.

    Args:
        cause: The exception.
        doing: The command or request.
    """
    trace = "".join(traceback.format_exception(cause))
    lines = [
        f"SAR-Optical Align {version()}, Python {sys.version.split()[0]}, {platform.platform()}",
        f"While doing: {doing}",
        trace,
    ]
    return plain("\n".join(lines))
