"""The worker process: reads requests from stdin, answers on stdout, one JSON object a line.

Started by `work.worker_client`. It ends when its stdin closes, so that it never outlives QGIS.
Whatever libraries print goes to stderr; stdout carries messages only.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from ..core.borders import defect_report, reading, reason_of
from ..core.errors import AlignError, UsageError, WorkerError
from ..core.fit.result import AlignResult
from ..core.fit.transforms import Transform
from ..core.jsonable import from_jsonable
from ..core.outputs import Outputs
from ..core.progress import Cancelled, Progress
from ..core.run.adapting import AdaptRequest
from ..core.run.protocol import (
    HEARTBEAT_S,
    MAX_LINE,
    NO_ID,
    PROTOCOL_VERSION,
    decode,
    encode,
    error_fields,
    placed_fields,
    save_surfaces,
)
from ..core.types import AlignRequest, Point, TiePoint
from .read.opening import network
from .waiting import wait_quietly

AlignFunction = Callable[[AlignRequest, Progress], AlignResult]
_MIN_INTERVAL_S = 0.1


class Server:
    """Answers requests one after the other.

    Args:
        read: Lines come from here.
        write: Messages go there.
        align: The engine; a parameter so that tests can put a slow or crashing one in its place.
    """

    def __init__(self, read: TextIO, write: TextIO, align: AlignFunction | None = None) -> None:
        self._read, self._write, self._align = read, write, align
        self._lock = threading.Lock()

    def send(self, kind: str, identifier: int, /, **fields: Any) -> None:
        """Write one message."""
        with self._lock:
            self._write.write(encode(kind, identifier, **fields) + "\n")
            self._write.flush()

    def serve(self) -> None:
        """Answer until "shutdown" or the end of the input."""
        while line := self._read.readline(MAX_LINE):
            whole = line.endswith("\n")
            while not line.endswith("\n") and (rest := self._read.readline(MAX_LINE)):
                line = rest  # what follows in a line that is too long is dropped
            if whole and not line.strip():
                continue
            try:
                if not whole:
                    raise WorkerError("A request is too long or has no end.")
                message = decode(line)
            except AlignError as error:
                self.send("error", NO_ID, **error_fields(error))
                continue
            if message["type"] == "shutdown":
                return
            with self._heartbeat(message["id"]):
                self._answer(message)

    @contextmanager
    def _heartbeat(self, identifier: int) -> Iterator[None]:
        """Say at intervals, from a thread, that the process lives; a long kernel says nothing
        else.
        """
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(HEARTBEAT_S):
                with suppress(
                    OSError, ValueError
                ):  # nobody listens any more; the end of the input ends us
                    self.send("alive", identifier)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _answer(self, message: dict[str, Any]) -> None:
        identifier = message["id"]
        try:
            if message["type"] == "hello":
                self.send(
                    "hello", identifier, protocol=PROTOCOL_VERSION, python=sys.version.split()[0]
                )
                return
            work = {
                "match": self._match,
                "place": self._place,
                "explain": self._explain,
                "adapt": self._adapt,
            }.get(message["type"])
            if work is None:
                raise UsageError(f"Unknown request {message['type']!r}.")
            with network(
                _may_fetch(message),
                hint="Find tie points in the dock and allow it when you are asked, or copy "
                "the data to this computer.",
            ):
                work(message)
        except AlignError as error:
            self.send("error", identifier, **error_fields(error))
        except Cancelled:
            self.send("error", identifier, kind="Cancelled", message="Cancelled.", hint="")
        except MemoryError:
            self.send(
                "error",
                identifier,
                kind="WorkerError",
                message="The worker ran out of memory.",
                hint="Choose a smaller tile size or fewer points.",
            )
        except Exception as error:  # noqa: BLE001 - the last barrier: the worker must answer whatever happens
            sys.stderr.write(defect_report(error, f"request {message['type']}"))
            hint = "This is a defect; please report it with the log."
            self.send(
                "error",
                identifier,
                kind="WorkerError",
                message=f"{type(error).__name__}: {reason_of(error)}",
                hint=hint,
            )

    def _match(self, message: dict[str, Any]) -> None:
        request = from_jsonable(AlignRequest, message.get("request"))
        from .read.input_files import files_of

        if self._align is None:
            from .align.align import align

            self._align = align
        chips, report = (_path(message, k) for k in ("chips_path", "report_path"))
        pair = [request.reference.path, request.sensed.path]
        with Outputs([chips, report], pair, files_of(pair) if chips or report else []) as outputs:
            result = self._align(request, _StreamProgress(self, message["id"]))
            if chips is not None:
                save_surfaces(result.points, outputs.part(chips))
            if report is not None:
                from .deliver.report import write_report

                write_report(result, outputs.part(report))
            outputs.deliver()
        self.send("done", message["id"], result=result)

    def _place(self, message: dict[str, Any]) -> None:
        from .align.place import measure_place

        self.send("placed", message["id"], **placed_fields(*measure_place(*_asked(message))))

    def _explain(self, message: dict[str, Any]) -> None:
        from .deliver.explain import explain_point

        path = _path(message, "path")
        if path is None:
            raise UsageError("The request names no picture to write.")
        explain_point(*_asked(message), path, Progress())
        self.send("explained", message["id"], path=message["path"])

    def _adapt(self, message: dict[str, Any]) -> None:
        from .learn.adapt import adapt

        request = from_jsonable(AdaptRequest, message.get("request"))
        self.send(
            "adapted", message["id"], result=adapt(request, _StreamProgress(self, message["id"]))
        )


def _may_fetch(message: dict[str, Any]) -> bool:
    """Return whether a request says that its rasters may be read over the network."""
    asked = message.get("request")
    if isinstance(asked, dict):
        asked = asked.get("align", asked)
    return isinstance(asked, dict) and asked.get("allow_network") is True


def _path(message: dict[str, Any], name: str) -> Path | None:
    """Return a path that a request may name."""
    value = message.get(name)
    if value is not None and not isinstance(value, str):
        raise UsageError(f"{name} is not a path.")
    return Path(value) if value else None


def _asked(message: dict[str, Any]) -> tuple[AlignRequest, Transform | None, Point, Point]:
    """Return request, fit, place in the reference and in the sensed image of a question about one
    place.
    """
    with reading("the request", error=UsageError):
        transform = (
            from_jsonable(Transform, message["transform"]) if message.get("transform") else None
        )
        reference, sensed = (
            (float(x), float(y)) for x, y in (message["reference_px"], message["sensed_px"])
        )
        if not all(map(math.isfinite, (*reference, *sensed))):
            raise ValueError("a place is not finite")
        return from_jsonable(AlignRequest, message["request"]), transform, reference, sensed


class _StreamProgress(Progress):
    """Sends progress, at most ten times a second."""

    def __init__(self, server: Server, identifier: int) -> None:
        self._server, self._id, self._last = server, identifier, 0.0

    def update(self, fraction: float, message: str = "") -> None:
        now = time.monotonic()
        if now - self._last >= _MIN_INTERVAL_S or fraction >= 1.0:
            self._last = now
            self._server.send("progress", self._id, fraction=fraction, message=message)

    def points(self, points: list[TiePoint]) -> None:
        self._server.send("points", self._id, points=points)

    def log(self, message: str) -> None:
        self._server.send("log", self._id, message=message)


def main() -> None:
    """Serve on stdin and stdout."""
    wait_quietly()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", newline="\n")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    Server(sys.stdin, answers).serve()


if __name__ == "__main__":
    main()
