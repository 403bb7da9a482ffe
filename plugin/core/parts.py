"""Names of files that are being written, and what dead processes left of them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import secrets
import stat
import sys
import time
from pathlib import Path

_STEM, _SUFFIX = (
    24,
    16,
)  # characters kept of the target's name, so that a temporary name is never too long
_NAME = re.compile(r"\..*-p(\d+)-(\d+)-([0-9a-f]{6})-[0-9a-f]{8}\.part(\..*)?")
_WEEK_S = 7 * 86400.0


def part_of(target: Path) -> Path:
    """Return a new name beside `target` for its file while it is written; it tells which process
    writes.
    """
    suffix = target.suffix if len(target.suffix) <= _SUFFIX else ""
    owner = f"p{os.getpid()}-{started(os.getpid())}-{_host()}"
    return target.with_name(f".{target.stem[:_STEM]}-{owner}-{secrets.token_hex(4)}.part{suffix}")


def remove(part: Path) -> None:
    """Remove a temporary file with what was written beside it: sidecars, journals, earlier
    stages.
    """
    start = part.name[: part.name.rindex(".part") + len(".part")]
    with contextlib.suppress(OSError):
        for file in part.parent.iterdir():
            if file.name.startswith(start):
                with contextlib.suppress(OSError):
                    file.unlink()


def collect(folder: Path) -> None:
    """Remove the temporary files that processes of this computer left when they died, and those of
    others untouched for a week.
    """
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            match = _NAME.fullmatch(file.name)
            if match is None:
                continue
            with contextlib.suppress(OSError):
                info = file.lstat()
                here = match[3] == _host()
                dead = (
                    not alive(int(match[1]), int(match[2]))
                    if here
                    else time.time() - info.st_mtime > _WEEK_S
                )
                if dead and stat.S_ISREG(info.st_mode):
                    file.unlink()


def alive(pid: int, start: int) -> bool:
    """Return whether the process that began at `start` still runs on this computer."""
    if sys.platform == "win32" or Path("/proc/self/stat").exists():
        return started(pid) == start
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def started(pid: int) -> int:
    """Return when a process began, in units of the system; 0 where there is none, or the system
    does not tell.
    """
    if sys.platform == "win32":
        return _started_on_windows(pid)
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def _started_on_windows(pid: int) -> int:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return 0
    times, code = (ctypes.c_uint64 * 4)(), ctypes.c_ulong()
    step = ctypes.sizeof(ctypes.c_uint64)
    try:
        kernel.GetExitCodeProcess(ctypes.c_void_p(handle), ctypes.byref(code))
        kernel.GetProcessTimes(
            ctypes.c_void_p(handle), *(ctypes.byref(times, i * step) for i in range(4))
        )
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))
    return int(times[0]) if code.value == 259 else 0  # STILL_ACTIVE


def _host() -> str:
    """Return what tells this computer, and its space of process numbers, from others."""
    space = ""
    with contextlib.suppress(OSError, ValueError):
        space = str(Path("/proc/self/ns/pid").readlink())
    return hashlib.sha256(f"{platform.node()} {space}".encode()).hexdigest()[:6]
