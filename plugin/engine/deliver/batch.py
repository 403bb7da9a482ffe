"""Many pairs from a manifest: a failed pair does not stop the rest, and a second run goes on where
the first stopped.
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Any

from ...core.atomic import write_atomically
from ...core.borders import reading
from ...core.errors import AlignError, InputError, OutputError, UsageError, WorkerError
from ...core.fit.result import AlignResult
from ...core.outputs import Outputs
from ...core.progress import Cancelled, Progress
from ...core.run.locking import Lock
from ...core.run.protocol import error_to_json, result_to_json
from ...core.types import AlignRequest, WarpParams
from ...matchers import create, get_spec
from .deliver import deliver
from .manifest import COLUMNS, absolute, check_outputs, read_manifest

MakeRequest = Callable[[str, str], AlignRequest]
MakeWarpParams = Callable[[str], WarpParams]
PairKey = tuple[str, str, str]


def read_results(path: Path) -> tuple[list[tuple[PairKey, str]], bytes, bool]:
    """Read a file of results.

    Returns:
        Keys (reference, sensed, output) and statuses; the lines that stay: without an incomplete
        last one, and without those of pairs that failed, for what was in their way may be gone;
        whether that is the whole file.

    Raises:
        InputError: the file holds something else; it stays as it is.
    """
    hint = "Name a file made by `batch`, or one that does not exist yet."
    if not path.exists():
        return [], b"", True
    done: list[tuple[PairKey, str]] = []
    kept: list[bytes] = []
    with reading("the file of results", path, hint):
        data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            result = json.loads(line)
            key, status = (
                (result["reference"], result["sensed"], result.get("output", "")),
                result["status"],
            )
            if not all(isinstance(v, str) for v in (*key, status)):
                raise TypeError
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if number == len(lines) and not line.endswith(b"\n") and line.startswith(b"{"):
                break
            raise InputError(f"{path}, line {number}: not a result of a batch.", hint) from error
        if status != "error":
            done.append((key, status))
            kept.append(line if line.endswith(b"\n") else line + b"\n")
    return done, b"".join(kept), b"".join(kept) == data


def run_batch(
    manifest: Path,
    json_lines: Path,
    make_request: MakeRequest,
    warp_params: MakeWarpParams,
    jobs: int,
    progress: Progress,
    overwrite: bool = False,
) -> tuple[int, int, int]:
    """Register every pair of a manifest.

    Args:
        manifest: CSV; relative paths are taken from its folder.
        json_lines: One result a line, in the manifest's order where jobs = 1; paths as given in the
            manifest.
        make_request: Makes the request of a pair from absolute paths.
        warp_params: Returns how outputs of a reference, given by its absolute path, are written.
        jobs: Pairs worked on at once.
        progress: Told of finished pairs, asked whether to stop.
        overwrite: Replace warped rasters that exist; else their pairs fail.

    Returns:
        Pairs in the file now, how many of them failed, and how many were refused.

    Raises:
        InputError: bad manifest, or `json_lines` is a file of something else.
        OutputError: `json_lines` cannot be written, is the manifest, another batch writes it, or it
        lacks a line at the end.
        AlignError: no pair could be registered: unknown matcher, packages or weights missing.
        Cancelled: pairs finished before stay in the file.
    """
    if jobs < 1:
        raise UsageError("--jobs must be at least 1.")
    rows, folder = read_manifest(manifest), manifest.resolve().parent
    # the working folder may go meanwhile
    json_lines = json_lines.parent.resolve() / json_lines.name
    also_read = [str(manifest), *check_outputs(manifest, rows, json_lines, overwrite)]
    with Lock(json_lines) as lock:
        results, kept, whole = read_results(json_lines)
        todo, counts = [], Counter(key for key, _ in results)
        for row in rows:
            counts[_key(row)] -= 1
            if counts[_key(row)] < 0:
                todo.append(row)
        _refuse_no_matcher(todo, folder, make_request)
        if not whole:
            write_atomically(json_lines, kept)
        with _Results(json_lines, lock, [status for _, status in results]) as sink:
            todo = [row for row in todo if not sink.adopt(row, folder)]
            lock.notes = []
            stop = threading.Event()

            def work(row: dict[str, str]) -> None:
                sink.add(
                    _one(
                        row,
                        folder,
                        make_request,
                        warp_params,
                        _Silent(progress, stop),
                        overwrite,
                        sink,
                        also_read,
                    )
                )
                done = min(len(sink.statuses), len(rows))
                progress.update(done / max(len(rows), 1), f"{done} of {len(rows)} pairs")

            if jobs == 1:
                for row in todo:
                    work(row)
            else:
                _parallel(todo, work, jobs, stop)
        _refuse_gaps(rows, json_lines)
    statuses = sink.statuses
    return len(statuses), statuses.count("error"), statuses.count("no_reliable_alignment")


def _key(row: dict[str, str]) -> PairKey:
    return row["reference"], row["sensed"], row.get("output", "")


def _refuse_no_matcher(rows: list[dict[str, str]], folder: Path, make_request: MakeRequest) -> None:
    """Refuse to begin where the matcher cannot be made; the first pair whose rasters can be asked
    for the unit of lengths tells.
    """
    for row in rows:
        try:
            params = make_request(*(absolute(folder, row[n]) for n in COLUMNS[:2])).params
        except InputError:
            continue  # its line says so
        create(get_spec(params.matcher).key, params.matcher_params, params.device)
        return


def _refuse_gaps(rows: list[dict[str, str]], json_lines: Path) -> None:
    """Refuse to end well where a row has no line.

    Raises:
        OutputError: naming the first.
    """
    there: Counter[PairKey] = Counter()
    try:
        for text in json_lines.read_text(encoding="utf-8").splitlines():
            there[_key(json.loads(text))] += 1
    except (OSError, ValueError, KeyError) as error:
        raise OutputError(
            f"{json_lines} was changed or removed while the batch ran: {error}.",
            "Run it again; nothing else may write this file.",
        ) from error
    if missing := list((Counter(map(_key, rows)) - there).elements()):
        raise OutputError(
            f"{len(missing)} of {len(rows)} rows have no result in {json_lines}, the "
            f"first is {', '.join(missing[0])}.",
            "Run it again; if nothing else wrote this file, this is a defect: please report it.",
        )


class _Results:
    """The file of results, open for lines.

    Each is on disk before the next pair is put in place; many threads may add.

    A raster and its line are one step: before the raster is put in place, its line is noted with
    the raster's size and time. Where the batch dies before the line is written, the next one finds
    the note and the raster, and writes the line.
    """

    def __init__(self, path: Path, lock: Lock, statuses: list[str]) -> None:
        self.statuses = statuses
        self._path, self._lock, self._threads = path, lock, threading.Lock()
        self._noted: set[PairKey] = set()

    def __enter__(self) -> _Results:
        try:
            self._stream = self._path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise OutputError(
                f"Cannot write {self._path}: {error.strerror or error}.",
                "Choose a folder you may write to.",
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def note(self, line: dict[str, Any], part: Path) -> None:
        """Note a line whose raster is about to be put in place."""
        info = part.stat()
        with self._threads:
            self._noted.add(_key(line))
            self._lock.note({"line": line, "bytes": info.st_size, "time_ns": info.st_mtime_ns})

    def add(self, line: dict[str, Any]) -> None:
        """Write a line.

        Raises:
            OutputError: there is no room for it.
        """
        with self._threads:
            try:
                self._stream.write(json.dumps(line, allow_nan=False) + "\n")
                self._stream.flush()
                os.fsync(self._stream.fileno())
            except OSError as error:
                raise OutputError(
                    f"Cannot write {self._path}: {error.strerror or error}.",
                    "Make room and run it again: it goes on here.",
                ) from error
            self.statuses.append(line["status"])
            if _key(line) in self._noted:
                self._noted.remove(_key(line))
                self._lock.settle()

    def adopt(self, row: dict[str, str], folder: Path) -> bool:
        """Write the line of a row whose raster an earlier batch put in place as it died; returns
        whether there is one.
        """
        for note in self._lock.notes:
            line = note.get("line")
            try:
                info = (folder / row.get("output", "")).stat()
                mine = (
                    isinstance(line, dict)
                    and _key(line) == _key(row)
                    and (info.st_size, info.st_mtime_ns) == (note["bytes"], note["time_ns"])
                )
            except (OSError, KeyError):
                continue
            if mine and isinstance(line, dict):
                self.add(line)
                return True
        return False


def _parallel(
    todo: list[dict[str, str]],
    work: Callable[[dict[str, str]], None],
    jobs: int,
    stop: threading.Event,
) -> None:
    """Work in threads: the heavy parts (FFT, OpenCV, GDAL) release Python's lock.

    Whatever ends it early stops the others by `stop`.
    """
    with ThreadPoolExecutor(jobs) as pool:
        waiting = iter(todo)
        running = {pool.submit(work, row) for row in islice(waiting, jobs)}
        try:
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                running |= {pool.submit(work, row) for row in islice(waiting, len(finished))}
        except BaseException:
            stop.set()
            raise


class _Silent(Progress):
    """Asks the batch whether to stop, reports nothing of one pair."""

    def __init__(self, outer: Progress, stop: threading.Event) -> None:
        self._outer, self._stop = outer, stop

    def poll(self) -> None:
        if self._stop.is_set():
            raise Cancelled
        self._outer.poll()

    def update(self, fraction: float, message: str = "") -> None:  # noqa: ARG002 - only the question matters
        self.poll()


def _one(
    row: dict[str, str],
    folder: Path,
    make_request: MakeRequest,
    warp_params: MakeWarpParams,
    progress: Progress,
    overwrite: bool,
    sink: _Results,
    also_read: list[str],
) -> dict[str, Any]:
    reference, sensed, output = _key(row)
    target = folder / output if output else None

    def named(line: dict[str, Any]) -> dict[str, Any]:
        return {
            **line,
            "reference": reference,
            "sensed": sensed,
            **({"output": output} if output else {}),
        }

    def before(result: AlignResult, outputs: Outputs) -> None:
        if target is not None and (part := outputs.part(target)).exists():
            sink.note(named(result_to_json(result)), part)

    try:
        request = make_request(absolute(folder, reference), absolute(folder, sensed))
        result, _ = deliver(
            request,
            progress,
            target,
            warp_params(request.reference.path),
            overwrite=overwrite,
            before=before,
            also_read=also_read,
        )
        line = result_to_json(result)
    except AlignError as error:
        line = error_to_json(reference, sensed, error)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one pair's defect must not lose the others
        line = error_to_json(
            reference,
            sensed,
            WorkerError(f"{type(error).__name__}: {error}", "This is a defect; please report it."),
        )
    return named(line)
