"""Starts the worker, speaks to it, cancels and restarts it.

Standard library and core only; usable from any thread.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import threading
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.borders import reading
from ..core.errors import AlignError, WorkerError
from ..core.fit.result import AlignResult
from ..core.fit.transforms import Transform
from ..core.jsonable import from_jsonable
from ..core.progress import Cancelled, Progress
from ..core.run.adapting import AdaptRequest, AdaptResult
from ..core.run.protocol import (
    NO_ID,
    PROTOCOL_VERSION,
    adapted_from_message,
    attach_surfaces,
    decode,
    encode,
    error_from_fields,
    placed_from_message,
    result_from_message,
)
from ..core.session.point import Seen
from ..core.types import AlignRequest, Point, TiePoint
from .processes import clean_environment, follow_lines, hidden_window, isolated, kill_tree

_SCRIPT = Path(__file__).resolve().with_name("start_worker.py")
_POLL_S = 0.05
_LAST_WORDS_S = 1.0
_START_TIMEOUT_S = 60.0
_TAIL_LINES = 40
SILENCE_S = 10.0  # the worker says every two seconds that it lives


class WorkerClient:
    """One worker process, started at the first run and again after a crash or a cancel; relative
    names mean there what they mean here.

    Args:
        python: Interpreter that has the engine's packages.
        script: What it runs, and its arguments.
    """

    def __init__(self, python: str, *script: str) -> None:
        self._command = isolated(python, *(script or (str(_SCRIPT),)))
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._last_words: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._next_id = 0

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id, None when it does not run."""
        return self._process.pid if self._process is not None and self.is_alive else None

    @property
    def stderr_tail(self) -> str:
        """The last lines the worker wrote to stderr."""
        return "\n".join(self._tail)

    def run(
        self,
        request: AlignRequest,
        progress: Progress,
        chips_path: Path | None = None,
        report_path: Path | None = None,
    ) -> AlignResult:
        """Run a registration and wait for it.

        Args:
            request: What to do.
            progress: Receives progress and tie points; asked every 50 ms whether to stop.
            chips_path: Where similarity surfaces are exchanged; None = without them.
            report_path: HTML report to write; None = none.

        Raises:
            AlignError: as the engine raised it, or WorkerError with the worker's last words when it
            died.
            Cancelled: when `progress` or `cancel` stopped it; the worker is killed, at once.
        """
        with self._lock:
            self._cancelled.clear()
            try:
                self._ensure_started(progress)
                identifier = self._send(
                    "match",
                    request=request,
                    chips_path=str(chips_path) if chips_path else None,
                    report_path=str(report_path) if report_path else None,
                )
                result = result_from_message(self._wait_answer(identifier, progress))
            except Cancelled:
                self._kill()
                raise
        if chips_path is not None:
            result = replace(result, points=attach_surfaces(result.points, chips_path))
        return result

    def measure_place(
        self,
        request: AlignRequest,
        transform: Transform | None,
        reference_px: Point,
        sensed_px: Point,
        progress: Progress,
    ) -> tuple[Point, Seen]:
        """Ask what the matcher sees at one place and wait for it; see `engine.place.measure_place`.

        Raises as `run` does.
        """
        fields = {
            "request": request,
            "transform": transform,
            "reference_px": reference_px,
            "sensed_px": sensed_px,
        }
        return placed_from_message(self._ask("place", progress, fields))

    def explain_point(
        self,
        request: AlignRequest,
        transform: Transform | None,
        reference_px: Point,
        sensed_px: Point,
        path: Path,
        progress: Progress,
    ) -> Path:
        """Have a picture of what the matcher sees at a point written to `path`; see
        `engine.explain.explain_point`. Raises as `run` does.
        """
        fields = {
            "request": request,
            "transform": transform,
            "reference_px": reference_px,
            "sensed_px": sensed_px,
            "path": str(path),
        }
        self._ask("explain", progress, fields)
        return path

    def adapt(self, request: AdaptRequest, progress: Progress) -> AdaptResult:
        """Have a network adapted to a scene; see `engine.adapt.adapt`.

        Raises as `run` does; cancelled, nothing is written.
        """
        return adapted_from_message(self._ask("adapt", progress, {"request": request}))

    def _ask(self, kind: str, progress: Progress, fields: dict[str, Any]) -> dict[str, Any]:
        """Send a request that has one answer and wait for it."""
        with self._lock:
            self._cancelled.clear()
            try:
                self._ensure_started(progress)
                return self._wait_answer(self._send(kind, **fields), progress)
            except Cancelled:
                self._kill()
                raise

    def cancel(self) -> None:
        """Stop what runs; safe from any thread, returns at once."""
        self._cancelled.set()
        process = self._process
        if process is not None:
            kill_tree(process)

    def close(self) -> None:
        """End the worker."""
        self._cancelled.set()
        self._kill()

    def _ensure_started(self, progress: Progress) -> None:
        if self.is_alive:
            return
        self._kill()
        self._lines, self._tail = queue.Queue(), deque(maxlen=_TAIL_LINES)
        try:
            self._process = subprocess.Popen(  # nosec B603 - argument list, no shell
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                bufsize=1,
                env=clean_environment(),
                **hidden_window(),
            )
        except OSError as error:
            raise WorkerError(
                f"The worker cannot be started: {error}.",
                "Check the interpreter in Settings > Options > SAR-Optical Align.",
            ) from error
        follow_lines(self._process.stdout, self._lines.put, end=True)
        self._last_words = follow_lines(self._process.stderr, self._tail.append)
        identifier = self._send("hello")
        hello = self._wait_for(identifier, progress, _START_TIMEOUT_S)
        if hello.get("protocol") != PROTOCOL_VERSION:
            self._kill()
            raise WorkerError(
                f"The worker speaks protocol {hello.get('protocol')}, this plugin "
                f"{PROTOCOL_VERSION}.",
                "Update the environment in Settings > Options > SAR-Optical Align.",
            )

    def _send(self, kind: str, /, **fields: Any) -> int:
        self._next_id += 1
        try:
            if self._process is None or self._process.stdin is None:
                raise OSError("it does not run")
            self._process.stdin.write(encode(kind, self._next_id, **fields) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._death() from error
        return self._next_id

    def _wait_answer(self, identifier: int, progress: Progress) -> dict[str, Any]:
        """Return the answer to a request; progress, points and log lines on the way are passed
        on.
        """
        while True:
            message = self._wait_for(identifier, progress, None)
            kind = message["type"]
            if kind == "progress":
                with reading("the worker's progress", error=WorkerError):
                    fraction = min(max(float(message.get("fraction", 0.0)), 0.0), 1.0)
                progress.update(fraction, str(message.get("message", "")))
            elif kind == "points":
                with reading("the worker's tie points", error=WorkerError):
                    points = [from_jsonable(TiePoint, p) for p in message.get("points", [])]
                progress.points(points)
            elif kind == "alive":
                continue
            elif kind == "log":
                progress.log(str(message.get("message", "")))
            else:
                return message

    def _wait_for(
        self, identifier: int, progress: Progress, timeout_s: float | None
    ) -> dict[str, Any]:
        """Return the next message of a request, noticing cancels and the worker's death."""
        waited, gone, next_word = 0.0, 0.0, SILENCE_S
        while True:
            if self._cancelled.is_set():
                raise Cancelled
            try:
                line = self._lines.get(timeout=_POLL_S)
            except queue.Empty:
                waited += _POLL_S
                gone = 0.0 if self.is_alive else gone + _POLL_S
                if (
                    gone > _LAST_WORDS_S and not self._cancelled.is_set()
                ):  # something it started keeps its pipe open
                    raise self._death() from None
                if timeout_s is not None and waited > timeout_s:
                    self._kill()
                    raise WorkerError(
                        "The worker does not answer.",
                        "Check the interpreter; its packages may be broken.",
                    ) from None
                if timeout_s is None and waited >= next_word:
                    progress.silent(int(waited))
                    next_word += SILENCE_S
                progress.poll()
                continue
            if line is None:
                if self._cancelled.is_set():
                    raise Cancelled
                raise self._death()
            try:
                message = decode(line)
            except AlignError:
                self._kill()  # what follows cannot be trusted either
                raise
            if message["id"] not in (identifier, NO_ID):
                continue
            if message["type"] == "error":
                if message.get("kind") == "Cancelled":
                    raise Cancelled
                raise error_from_fields(message)
            return message

    def _death(self) -> AlignError:
        code = None
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(timeout=2)
        if code is not None and code < 0:
            try:
                how = f"was stopped by {signal.Signals(-code).name}"
            except ValueError:
                how = f"was stopped by signal {-code}"
        else:
            how = f"ended with exit code {code}"
        if self._last_words is not None:
            self._last_words.join(timeout=1)  # a child that lives on may keep the pipe open
        words = self.stderr_tail.strip()
        self._kill()
        if "ModuleNotFoundError" in words or "No module named" in words:
            hint = (
                "The interpreter lacks packages: create the managed environment in Settings "
                "> Options > SAR-Optical Align."
            )
        else:
            hint = "It starts again at the next run."
        message = (
            f"The worker {how}. Its last words: {words[-1500:]}" if words else f"The worker {how}."
        )
        return WorkerError(message, hint)

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        kill_tree(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()
