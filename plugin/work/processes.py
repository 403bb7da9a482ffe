"""Processes of another interpreter: their environment and command, their lines, their end.

Standard library and core only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import IO, Any

from ..core.run.protocol import MAX_LINE

_KEEP = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "TMP",
    "TEMP",
    "TMPDIR",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "COMSPEC",
    "WINDIR",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "LANG",
    "LC_ALL",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "CUDA_VISIBLE_DEVICES",
    "XDG_CACHE_HOME",
)


def clean_environment() -> dict[str, str]:
    """Return an environment without QGIS' Python, Qt, GDAL and PROJ settings, which break another
    interpreter.
    """
    return {key: os.environ[key] for key in _KEEP if key in os.environ}


def isolated(python: str, *arguments: str) -> list[str]:
    """Return a command whose Python imports its own packages only: no file of the working folder,
    of the script's or of the user's site is one.
    """
    return [python, "-I", "-B", "-u", "-X", "utf8", *arguments]


def hidden_window() -> dict[str, Any]:
    """Return Popen options that keep a console window from flashing up on Windows."""
    return (
        {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
        if sys.platform == "win32"
        else {"start_new_session": True}
    )


def kill_tree(process: subprocess.Popen[Any]) -> None:
    """Kill a process started with `hidden_window` and all it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError, OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)


def follow_lines(stream: IO[str] | None, put: Any, end: bool = False) -> threading.Thread:
    """Read a stream's lines in a thread, which is returned; `end` puts None after the last."""

    def work() -> None:
        with contextlib.suppress(ValueError, OSError):
            while stream is not None and (
                line := stream.readline(MAX_LINE + 2)
            ):  # a longer one is refused by what decodes it
                put(line.rstrip("\n"))
        if end:
            put(None)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
