"""Files that are either old or new, never half-written."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import OutputError
from .outputs import Outputs


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write to a temporary file in the same folder, flush it to disk, then rename.

    The file gets the permissions that any new file of the user gets; a symbolic link stays one and
    its target is replaced.

    Raises:
        OutputError: when the folder cannot be written; the old file stays.
    """
    with Outputs([path]) as outputs:
        try:
            data = content.encode("utf-8") if isinstance(content, str) else content
            handle = os.open(
                outputs.part(path),
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0),
                0o666,
            )
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
        except (OSError, ValueError) as error:
            what = (error.strerror if isinstance(error, OSError) else None) or error
            raise OutputError(
                f"Cannot write {path}: {what}.",
                "Choose a folder you may write to, with enough room.",
            ) from error
        outputs.deliver()
