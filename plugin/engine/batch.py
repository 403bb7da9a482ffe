"""Many pairs from a manifest: a failed pair does not stop the rest, and a second run goes on where the first stopped."""

from __future__ import annotations

import csv
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from ..core.atomic import write_atomically
from ..core.errors import AlignError, InputError, OutputError, UsageError, WorkerError
from ..core.progress import Cancelled, Progress
from ..core.protocol import error_to_json, result_to_json
from ..core.types import AlignRequest, WarpParams
from .deliver import deliver
from .matchers import create, get_spec
from .warp import check_output

MakeRequest = Callable[[str, str], AlignRequest]
PairKey = tuple[str, str, str]
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+_]+:")  # of GDAL: https://, NETCDF:; a drive of Windows has one letter


def read_manifest(path: Path) -> list[dict[str, str]]:
    """Read a manifest: columns reference, sensed and maybe output.

    Raises:
        InputError: naming what is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if not {"reference", "sensed"} <= set(reader.fieldnames or ()):
                raise InputError(f"{path} lacks the columns reference and sensed.", "Its first line must be: reference,sensed[,output]")
            rows = [{k: (v or "").strip() for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"Cannot read the manifest {path}: {error}.", "It is a CSV file with columns reference,sensed[,output].") from error
    for number, row in enumerate(rows, 2):
        if not row.get("reference") or not row.get("sensed"):
            raise InputError(f"{path}, line {number}: reference or sensed is empty.", "Give both.")
    return rows


def finished_pairs(path: Path) -> dict[PairKey, str]:
    """Return the statuses that a file of results holds by (reference, sensed, output), and take from it what is to be done again.

    Taken away are an incomplete last line, and the lines of pairs that failed: what was in their way may be gone.

    Raises:
        InputError: the file holds something else; it stays as it is.
    """
    if not path.exists():
        return {}
    done: dict[PairKey, str] = {}
    kept: list[bytes] = []
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error}.", "Name a file made by `batch`, or one that does not exist yet.") from error
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            result = json.loads(line)
            key, status = (result["reference"], result["sensed"], result.get("output", "")), result["status"]
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) and not line.endswith(b"\n") and line.startswith(b"{"):
                break
            raise InputError(f"{path}, line {number}: not a result of a batch.", "Name a file made by `batch`, or one that does not exist yet.") from error
        if status != "error":
            done[key] = status
            kept.append(line if line.endswith(b"\n") else line + b"\n")
    if b"".join(kept) != data:
        write_atomically(path, b"".join(kept))
    return done


def run_batch(
    manifest: Path, json_lines: Path, make_request: MakeRequest, warp_params: WarpParams, jobs: int, progress: Progress, overwrite: bool = False
) -> tuple[int, int, int]:
    """Register every pair of a manifest.

    Args:
        manifest: CSV; relative paths are taken from its folder.
        json_lines: One result a line, in the manifest's order where jobs = 1; paths as given in the manifest.
        make_request: Makes the request of a pair from absolute paths.
        warp_params: How outputs are written.
        jobs: Pairs worked on at once.
        progress: Told of finished pairs, asked whether to stop.
        overwrite: Replace warped rasters that exist; else their pairs fail.

    Returns:
        Pairs in the file now, how many of them failed, and how many were refused.

    Raises:
        InputError: bad manifest, or `json_lines` is a file of something else.
        OutputError: `json_lines` cannot be written, or is the manifest.
        AlignError: no pair could be registered: unknown matcher, packages or weights missing.
        Cancelled: pairs finished before stay in the file.
    """
    if jobs < 1:
        raise UsageError("--jobs must be at least 1.")
    rows = read_manifest(manifest)
    check_output(json_lines, [str(manifest)])
    results = finished_pairs(json_lines)
    todo = [r for r in rows if (r["reference"], r["sensed"], r.get("output", "")) not in results]
    if todo:
        params = make_request(todo[0]["reference"], todo[0]["sensed"]).params
        create(get_spec(params.matcher).key, params.matcher_params, params.device)
    lock, stop = threading.Lock(), threading.Event()
    count = [len(rows) - len(todo)]
    statuses = list(results.values())
    with json_lines.open("a", encoding="utf-8") as sink:

        def work(row: dict[str, str]) -> None:
            line = _one(row, manifest.resolve().parent, make_request, warp_params, _Silent(progress, stop), overwrite)
            with lock:
                sink.write(json.dumps(line, allow_nan=False) + "\n")
                sink.flush()
                statuses.append(line["status"])
                count[0] += 1
            progress.update(count[0] / max(len(rows), 1), f"{count[0]} of {len(rows)} pairs")

        if jobs == 1:
            for row in todo:
                work(row)
        else:
            _parallel(todo, work, jobs, stop)
    return len(statuses), statuses.count("error"), statuses.count("no_reliable_alignment")


def _parallel(todo: list[dict[str, str]], work: Callable[[dict[str, str]], None], jobs: int, stop: threading.Event) -> None:
    """Work in threads: the heavy parts (FFT, OpenCV, GDAL) release Python's lock. Whatever ends it early stops the others by `stop`."""
    with ThreadPoolExecutor(jobs) as pool:
        waiting: Iterator[dict[str, str]] = iter(todo)
        running = {pool.submit(work, row) for row, _ in zip(waiting, range(jobs), strict=False)}
        try:
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                running |= {pool.submit(work, row) for row, _ in zip(waiting, range(len(finished)), strict=False)}
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
    row: dict[str, str], folder: Path, make_request: MakeRequest, warp_params: WarpParams, progress: Progress, overwrite: bool
) -> dict[str, Any]:
    reference, sensed, output = row["reference"], row["sensed"], row.get("output", "")
    try:
        request = make_request(_absolute(folder, reference), _absolute(folder, sensed))
        target = folder / output if output else None
        if target is not None:
            if target.exists() and not overwrite:
                raise OutputError(f"{target} exists already.", "Add --overwrite to replace it, or choose another name.")
            target.parent.mkdir(parents=True, exist_ok=True)
        result, _ = deliver(request, progress, target, warp_params)
        line = result_to_json(result)
    except AlignError as error:
        line = error_to_json(reference, sensed, error)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - one pair's defect must not lose the others
        line = error_to_json(reference, sensed, WorkerError(f"{type(error).__name__}: {error}", "This is a defect; please report it."))
    line.update(reference=reference, sensed=sensed)
    if output:
        line["output"] = output
    return line


def _absolute(folder: Path, path: str) -> str:
    """Resolve a path against the manifest's folder, else leave it (a GDAL URI, or a path from the current folder)."""
    if Path(path).is_absolute() or path.startswith("/vsi") or _URI.match(path):
        return path
    beside = folder / path
    return path if not beside.exists() and Path(path).exists() else str(beside)
