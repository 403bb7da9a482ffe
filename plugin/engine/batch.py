"""Many pairs from a manifest: a failed pair does not stop the rest, and a second run goes on where the first stopped."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from ..core.errors import AlignError, InputError, UsageError, WorkerError
from ..core.progress import Cancelled, Progress
from ..core.protocol import error_to_json, result_to_json
from ..core.types import AlignRequest, WarpParams
from .deliver import deliver

MakeRequest = Callable[[str, str], AlignRequest]


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


def finished_pairs(path: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the results a JSON-lines file holds by (reference, sensed, output); an incomplete last line is cut off."""
    if not path.exists():
        return {}
    done, good = {}, 0
    data = path.read_bytes()
    for line in data.splitlines(keepends=True):
        try:
            result = json.loads(line)
            done[result["reference"], result["sensed"], result.get("output", "")] = result
        except (ValueError, KeyError, TypeError):
            break
        if not line.endswith(b"\n"):
            break
        good += len(line)
    if good < len(data):
        with path.open("r+b") as stream:
            stream.truncate(good)
        lines = data[:good].splitlines()
        return {(r["reference"], r["sensed"], r.get("output", "")): r for r in map(json.loads, lines)}
    return done


def run_batch(
    manifest: Path, json_lines: Path, make_request: MakeRequest, warp_params: WarpParams, jobs: int, progress: Progress
) -> tuple[int, int, int]:
    """Register every pair of a manifest.

    Args:
        manifest: CSV; relative paths are taken from its folder.
        json_lines: One result a line, in the manifest's order where jobs = 1; paths as given in the manifest.
        make_request: Makes the request of a pair from absolute paths.
        warp_params: How outputs are written.
        jobs: Pairs worked on at once.
        progress: Told of finished pairs, asked whether to stop.

    Returns:
        Pairs in the file now, how many of them failed, and how many were refused.

    Raises:
        InputError: bad manifest.
        Cancelled: pairs finished before stay in the file.
    """
    if jobs < 1:
        raise UsageError("--jobs must be at least 1.")
    rows = read_manifest(manifest)
    results = finished_pairs(json_lines)
    todo = [r for r in rows if (r["reference"], r["sensed"], r.get("output", "")) not in results]
    lock = threading.Lock()
    count = [len(rows) - len(todo)]
    statuses = [r["status"] for r in results.values()]
    with json_lines.open("a", encoding="utf-8") as sink:

        def work(row: dict[str, str]) -> None:
            line = _one(row, manifest.resolve().parent, make_request, warp_params, progress)
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
            _parallel(todo, work, jobs)
    return len(statuses), statuses.count("error"), statuses.count("no_reliable_alignment")


def _parallel(todo: list[dict[str, str]], work: Callable[[dict[str, str]], None], jobs: int) -> None:
    """Work in threads: the heavy parts (FFT, OpenCV, GDAL) release Python's lock."""
    with ThreadPoolExecutor(jobs) as pool:
        waiting: Iterator[dict[str, str]] = iter(todo)
        running = {pool.submit(work, row) for row, _ in zip(waiting, range(jobs), strict=False)}
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            running |= {pool.submit(work, row) for row, _ in zip(waiting, range(len(finished)), strict=False)}


class _Silent(Progress):
    """Asks the batch's progress whether to stop, reports nothing of one pair."""

    def __init__(self, outer: Progress) -> None:
        self._outer = outer

    def update(self, fraction: float, message: str = "") -> None:  # noqa: ARG002 - only the question matters
        self._outer.poll()


def _one(row: dict[str, str], folder: Path, make_request: MakeRequest, warp_params: WarpParams, progress: Progress) -> dict[str, Any]:
    reference, sensed, output = row["reference"], row["sensed"], row.get("output", "")
    try:
        request = make_request(_absolute(folder, reference), _absolute(folder, sensed))
        target = Path(_absolute(folder, output)) if output else None
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
        result, _ = deliver(request, _Silent(progress), target, warp_params)
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
    beside = folder / path
    if Path(path).is_absolute() or (not beside.exists() and Path(path).exists()) or path.startswith("/vsi"):
        return path
    return str(beside)
