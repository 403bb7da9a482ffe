"""One process at a time on a file: a lock beside it, which also keeps what was under way when its
holder died.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from ..errors import OutputError

_FAR = 2**40  # Windows locks bytes, which nobody else can read then: one far behind the text


class Lock:
    """Held within a `with` block; the system lets go of it when the process dies.

    The lock file `.NAME.lock` says in its first line who holds it; further lines are notes of the
    holder. It goes when all of them are settled, or the block ends well.

    Args:
        path: What is locked.

    Raises:
        OutputError: another process holds it, with its number and computer; or files cannot be
        locked here.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._name = path, path.with_name(f".{path.name}.lock")
        self.notes: list[dict[str, Any]] = []
        """Those of a holder that died; whoever has dealt with them empties the list."""

    def __enter__(self) -> Lock:
        try:
            while True:
                handle = os.open(
                    self._name,
                    os.O_RDWR
                    | os.O_CREAT
                    | getattr(os, "O_NOFOLLOW", 0)
                    | getattr(os, "O_BINARY", 0),
                    0o666,
                )
                self._stream = os.fdopen(handle, "r+b")
                if not _taken(handle):
                    self._refuse(self._stream.readline())
                with contextlib.suppress(FileNotFoundError):
                    if os.path.samestat(self._name.stat(), os.fstat(handle)):
                        break
                self._stream.close()  # its holder removed it meanwhile
            lines = self._stream.read().split(b"\n")
            self.notes = [note for line in lines[1:-1] if (note := _note(line)) is not None]
            self._open, self._head = 0, 0
            self._stream.seek(0)
            self._write({"pid": os.getpid(), "host": platform.node()})
            self._head = self._stream.tell()
            self._write(*self.notes)
            self._stream.truncate()
        except OSError as error:
            hint = "Keep the results in a folder of your own, on a disk that knows locks."
            raise OutputError(
                f"Cannot lock {self._path}: {error.strerror or error}.", hint
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if sys.platform == "win32":  # open files cannot be removed there
            self._stream.close()
        if kind is None or not (self._open or self.notes):
            with contextlib.suppress(OSError):
                self._name.unlink()
        self._stream.close()

    def note(self, values: dict[str, Any]) -> None:
        """Add a line, on disk when this returns; it stays for the next holder unless it is
        settled.
        """
        self._open += 1
        self._write(values)

    def settle(self) -> None:
        """Say that one of the notes has been dealt with."""
        self._open -= 1
        if not self._open and not self.notes:
            self._stream.seek(self._head)
            self._stream.truncate()

    def _write(self, *notes: dict[str, Any]) -> None:
        self._stream.write(b"".join(json.dumps(note).encode() + b"\n" for note in notes))
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def _refuse(self, line: bytes) -> None:
        self._stream.close()
        holder = _note(line) or {}
        who = (
            f"process {holder.get('pid', 'unknown')} on {holder.get('host', 'an unknown computer')}"
        )
        raise OutputError(
            f"{self._path} is being written by {who}.",
            "Wait for it to end, or choose another file.",
        )


def _note(line: bytes) -> dict[str, Any] | None:
    try:
        note = json.loads(line)
    except ValueError:
        return None
    return note if isinstance(note, dict) else None


def _taken(handle: int) -> bool:
    """Take the lock; False where another process holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        if sys.platform == "win32":
            os.lseek(handle, 0, os.SEEK_SET)
        return False
    return True
