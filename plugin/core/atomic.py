"""Files that are either old or new, never half-written."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from .errors import OutputError


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write to a temporary file in the same folder, flush it to disk, then rename.

    The file gets the permissions that any new file of the user gets; a symbolic link stays one and its target is replaced.

    Raises:
        OutputError: when the folder cannot be written; the old file stays.
    """
    temporary: Path | None = None
    try:
        data = content.encode("utf-8") if isinstance(content, str) else content
        target = Path(path).resolve()
        part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        temporary = part
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, target)
    except (OSError, ValueError, RuntimeError) as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        what = (error.strerror if isinstance(error, OSError) else None) or error
        raise OutputError(f"Cannot write {path}: {what}.", "Choose a folder you may write to, with enough room.") from error
