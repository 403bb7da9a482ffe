"""Calls of the command line, each in a process of its own, and what they leave behind."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TIME_LIMIT_S, DEFECT = 90.0, 70
_NOBODY = 65534
_MODULES = (
    "engine.cli",
    "engine.deliver.deliver",
    "engine.align.align",
    "engine.warping.write",
    "engine.deliver.report",
    "engine.deliver.gpkg",
    "engine.deliver.batch",
    "engine.deliver.explain",
    "engine.deliver.demo",
    "engine.worker",
    "matchers.cfog",
    "matchers.gradient_ncc",
)


@dataclass(frozen=True)
class Answer:
    """What a call came to: exit code (negative: the signal that ended it), whether it hung, and
    what it wrote.
    """

    code: int
    hung: bool
    out: str
    err: str
    seconds: float

    @property
    def trouble(self) -> str:
        """What no user should ever see, or "" where all is well."""
        lines = self.err.strip().splitlines()
        last = lines[-1:] or [""]
        if self.hung:
            return "it hung"
        if self.code < 0:
            return f"ended by {signal.Signals(-self.code).name}"
        if "Traceback (most recent call last)" in self.err or "is a defect" in self.err:
            return last[0][:160]
        if self.code == DEFECT:
            return next((line[:160] for line in lines if line.startswith("error:")), last[0][:160])
        if self.code in (2, 3) and "error:" not in self.err:
            return f"exit code {self.code} without a word: {last[0][:120]}"
        return ""


def preload() -> None:
    """Import what the command line uses, once, so that a call costs a fork only."""
    import importlib

    for name in _MODULES:
        importlib.import_module(f"sar_optical_align.plugin.{name}")


def command_line(
    argv: Sequence[str],
    folder: Path,
    logs: Path,
    *,
    kill_after_s: float | None = None,
    file_limit: int | None = None,
    as_nobody: bool = False,
    time_limit_s: float = TIME_LIMIT_S,
) -> Answer:
    """Run the command line in a forked process whose working folder is `folder`; its streams and
    its temporary folder lie in `logs`.

    Args:
        argv: Arguments, without the name of the program.
        folder: Working folder.
        logs: Folder of the streams and of `tmp`.
        kill_after_s: SIGKILL after so long.
        file_limit: No file may grow beyond so many bytes: what a full disk looks like.
        as_nobody: Without the rights of root.
        time_limit_s: Longer counts as hung.
    """

    def work() -> int:
        from sar_optical_align.plugin.engine.cli import main

        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
        if as_nobody and os.getuid() == 0:
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
        return main(list(argv))

    return forked(work, folder, logs, kill_after_s=kill_after_s, time_limit_s=time_limit_s)


def forked(
    work: Callable[[], int | None],
    folder: Path,
    logs: Path,
    *,
    kill_after_s: float | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Answer:
    """Run a function in a forked process as an interpreter would run a script, and wait for it."""
    logs.mkdir(parents=True, exist_ok=True)
    (logs / "tmp").mkdir(exist_ok=True)
    (logs / "tmp").chmod(0o777)
    out, err = logs / "out.txt", logs / "err.txt"
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _be_a_script(work, folder, logs / "tmp", out, err)
    limit = time_limit_s if kill_after_s is None else kill_after_s
    status = _wait(pid, began + limit)
    hung = status is None and kill_after_s is None
    if status is None:
        os.killpg(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    texts = [
        p.read_text(encoding="utf-8", errors="replace") if p.exists() else "" for p in (out, err)
    ]
    return Answer(
        os.waitstatus_to_exitcode(status), hung, texts[0], texts[1], time.monotonic() - began
    )


def _wait(pid: int, until: float) -> int | None:
    while time.monotonic() < until:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return status
        time.sleep(0.004)
    return None


def _be_a_script(
    work: Callable[[], int | None], folder: Path, tmp: Path, out: Path, err: Path
) -> None:
    code: int | str | None = 1
    try:
        os.setsid()
        os.chdir(folder)
        os.environ["TMPDIR"] = str(tmp)
        _redirect(out, err)
        try:
            code = work()
        except SystemExit as leaving:
            code = (
                leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
            )
        threading._shutdown()  # an interpreter waits for its threads
        atexit._run_exitfuncs()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 - what an interpreter does with it
        code = 1
        with contextlib.suppress(OSError):
            traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


def _redirect(out: Path, err: Path) -> None:
    import tempfile

    tempfile.tempdir = None
    for path, stream in ((out, 1), (err, 2)):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666)
        os.dup2(handle, stream)
        os.close(handle)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="strict")
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace", buffering=1)


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[bool]:
    """Make a folder a disk of some kilobytes for a while; yields whether that could be done (it
    takes root).
    """
    mounted = (
        not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)],
            check=False,
            capture_output=True,
        ).returncode
        if os.getuid() == 0
        else False
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def snapshot(folder: Path) -> dict[str, str]:
    """Return what lies in a folder, by its name within: the kind of each thing and a digest of its
    content.
    """
    found: dict[str, str] = {}
    root = os.fsencode(folder)
    for base, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = os.path.join(base, name)  # noqa: PTH118 - names that are not text
            found[os.fsdecode(os.path.relpath(path, root))] = _digest(path)
    return found


def _digest(path: bytes) -> str:
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return f"link {os.fsdecode(os.readlink(path))}"  # noqa: PTH115 - names that are not text
    if stat.S_ISREG(mode):
        with open(path, "rb") as stream:  # noqa: PTH123
            return f"file {hashlib.sha256(stream.read()).hexdigest()}"
    return f"{stat.S_IFMT(mode):o}"
