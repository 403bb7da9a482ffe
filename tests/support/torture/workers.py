"""Worker faults: a client beside a worker that misbehaves, and the real worker beside a client that
sends rubbish.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from . import hostile_worker
from .calls import Answer, forked, small_disk
from .outcomes import ALLOWED, Outcome
from .scene import Maker

_SCRIPT = Path(hostile_worker.__file__)
_LIMIT_S, _PATIENCE_S, _MEMORY_MB = 40.0, 3.0, 400
_MISBEHAVING = [
    *hostile_worker.FAULTS,
    *hostile_worker.HELLOS,
    "hello: rubbish before it",
    "hello: exit before it",
    "stops: deaf",
]
_CHIPS = {
    "chips: missing": None,
    "chips: empty": b"",
    "chips: rubbish": b"PK\x03\x04 rubbish" * 9,
    "chips: text": b"hello",
}


def _request(**changes: Any) -> dict[str, Any]:
    """Return a good request as JSON, some of it changed."""
    from sar_optical_align.plugin.core.jsonable import to_jsonable
    from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef

    request = AlignRequest(
        RasterRef("in/reference.tif"),
        RasterRef("in/sensed.tif"),
        AlignParams(matcher="cfog", max_points=40, threads=1),
    )
    return {**to_jsonable(request), **changes}


def _match(**more: Any) -> Callable[[], list[Any]]:
    """Return what makes the lines of one request to match."""

    def lines() -> list[Any]:
        fields = dict(more)
        return [
            {
                "type": "match",
                "id": 1,
                "request": fields.pop("request", None) or _request(**fields.pop("change", {})),
                "chips_path": None,
                "report_path": None,
                **fields,
            }
        ]

    return lines


def _lines(*lines: Any) -> Callable[[], list[Any]]:
    return lambda: list(lines)


def _place(**fields: Any) -> Callable[[], list[Any]]:
    return lambda: [
        {
            "type": "place",
            "id": 1,
            "request": _request(),
            "transform": None,
            "reference_px": [50, 50],
            "sensed_px": [50, 50],
            **fields,
        }
    ]


REQUESTS: dict[str, Callable[[], list[Any]]] = {
    "request: text": _lines("hello?"),
    "request: nothing": _lines("", "   ", "\t"),
    "request: list": _lines([]),
    "request: null": _lines(None),
    "request: nested": _lines("[" * 100_000),
    "request: no type": _lines({"id": 1}),
    "request: no id": _lines({"type": "match"}),
    "request: id of text": _lines({"type": "hello", "id": "x"}),
    "request: unknown": _lines({"type": "dance", "id": 1}),
    "request: binary": _lines(b"\x00\xff\xfe\x89PNG"),
    "request: not UTF-8": _lines(b'{"type":"hello","id":1,"a":"\xe9"}'),
    "request: of 80 MB": _lines(b'{"type":"hello","id":1,"a":"' + b"x" * (80 * 2**20) + b'"}'),
    "request: digits": _lines("9" * 20_000),
    "request: huge id": _lines('{"type":"hello","id":' + "1" * 4000 + "}"),
    "request: match of nothing": _lines({"type": "match", "id": 1}),
    "request: match of a list": _match(request=[1]),
    "request: match of text": _match(request="go"),
    "request: unknown field": _match(change={"surprise": 1}),
    "request: reference missing": _match(change={"reference": None}),
    "request: path of a number": _match(change={"reference": {"path": 7}}),
    "request: unknown matcher": _match(change={"params": {"matcher": "none"}}),
    "request: bad parameter": _match(change={"params": {"max_points": "many"}}),
    "request: no such raster": _match(change={"sensed": {"path": "nowhere.tif"}}),
    "request: path with a zero": _match(change={"sensed": {"path": "a\0b"}}),
    "request: path of surrogates": _match(change={"sensed": {"path": "x\udce9.tif"}}),
    "request: chips of a number": _match(chips_path=5),
    "request: report of a list": _match(report_path=["a"]),
    "request: place of nothing": _lines({"type": "place", "id": 1}),
    "request: place of text": _place(reference_px="here"),
    "request: place of NaN": _place(reference_px=[float("nan"), 1]),
    "request: place far away": _place(reference_px=[1e300, -1e300]),
    "request: transform of rubbish": _place(transform={"kind": "shift"}),
    "request: transform unknown": _place(transform={"kind": "magic", "a": 1}),
    "request: explain of nothing": _lines({"type": "explain", "id": 1}),
    "request: adapt of nothing": _lines({"type": "adapt", "id": 1}),
    "request: adapt of text": _lines({"type": "adapt", "id": 1, "request": "all"}),
    "request: shutdown of rubbish": _lines({"type": "shutdown"}),
    "disk: chips in no folder": _match(chips_path="missing/chips.npz"),
    "disk: chips are a folder": _match(chips_path="out"),
    "disk: report in no folder": _match(report_path="missing/report.html"),
    "disk: report is a folder": _match(report_path="out"),
    "disk: full for the chips": _match(chips_path="out/chips.npz"),
    "disk: full for the report": _match(report_path="out/report.html"),
}


def tasks(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """Yield (fault, seed) of so many faults, mixed by the seed; -1 = all.

    Beyond all, workers are killed at random moments.
    """
    names = [
        str(n) for n in np.random.default_rng(seed).permutation([*_MISBEHAVING, *_CHIPS, *REQUESTS])
    ]
    if count < 0:
        count = len(names)
    yield from ((name, seed) for name in names[:count])
    yield from (("killed: from outside", seed + i) for i in range(1, count - len(names) + 1))


def run(name: str, seed: int, room: Path) -> list[Outcome]:
    """Try one fault and say what it came to."""
    shutil.rmtree(room, ignore_errors=True)
    folder, logs = room / "case", room / "logs"
    for part in ("in", "out"):
        (folder / part).mkdir(parents=True)
    outcome = Outcome("workers", name, f"--only 'workers:{name}' --faults -1 --seed {seed}")
    if name in REQUESTS:
        _asked(outcome, name, seed, folder, logs)
    else:
        answer = forked(lambda: _misbehave(name, seed, folder), folder, logs, time_limit_s=_LIMIT_S)
        outcome.exit_code = answer.code
        _judge(outcome, answer)
        for pid in (folder / "marker").read_text().split() if (folder / "marker").exists() else ():
            if Path(f"/proc/{pid}").exists():
                outcome.blame("leftovers", f"process {pid}")
                os.kill(int(pid), 9)
    shutil.rmtree(room, ignore_errors=True)
    return [outcome]


def _judge(outcome: Outcome, answer: Answer) -> None:
    if answer.trouble:
        outcome.blame("tracebacks", answer.trouble)
    elif answer.code not in ALLOWED:
        outcome.blame("tracebacks", f"exit code {answer.code}: {answer.err.strip()[-160:]}")


def _misbehave(name: str, seed: int, folder: Path) -> int:
    """Run twice with a worker that misbehaves the first time; the exit code is that of the first
    run.
    """
    from sar_optical_align.plugin.core.fit.result import AlignResult
    from sar_optical_align.plugin.core.geometry.grid import Grid
    from sar_optical_align.plugin.core.jsonable import to_jsonable
    from sar_optical_align.plugin.core.run.protocol import PROTOCOL_VERSION
    from sar_optical_align.plugin.core.types import AlignRequest, RasterRef, Status
    from sar_optical_align.plugin.work.worker_client import WorkerClient

    request, grid = (
        AlignRequest(RasterRef("reference"), RasterRef("sensed")),
        Grid.bare(5, 5),
    )
    result = AlignResult(
        request, Status.OK, "fine", "cfog", "shift", (), None, None, (), None, grid, grid
    )
    (folder / "result.json").write_text(json.dumps(to_jsonable(result)))
    os.environ["TORTURE_PROTOCOL"] = str(PROTOCOL_VERSION)
    client = WorkerClient(
        sys.executable, str(_SCRIPT), name, str(folder / "marker"), str(folder / "result.json")
    )
    chips = None
    if name in _CHIPS:
        chips = folder / "chips.npz"
        if _CHIPS[name] is not None:
            chips.write_bytes(_CHIPS[name])
    code = _ran(client, request, chips, name, seed)
    if _ran(client, request, None, "", seed) != 0:
        sys.stderr.write("error: the next run does not work either\n")
        code = 1
    client.close()
    grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if grown_mb > _MEMORY_MB:
        sys.stderr.write(f"error: memory grew to {grown_mb} MB\n")
        code = 1
    return code


def _ran(client: Any, request: Any, chips: Path | None, name: str, seed: int) -> int:
    """Run once; where the worker says nothing, somebody cancels after some seconds, which must work
    at once.
    """
    from sar_optical_align.plugin.core.errors import AlignError
    from sar_optical_align.plugin.core.progress import CallbackProgress, Cancelled

    began = time.monotonic()
    patience = _PATIENCE_S if name.startswith("stops") else _LIMIT_S
    if name.startswith("killed"):
        threading.Timer(
            float(np.random.default_rng(seed).uniform(0.0, 0.5)),
            lambda: client.pid and os.kill(client.pid, 9),
        ).start()
    try:
        result = client.run(
            request,
            CallbackProgress(is_cancelled=lambda: time.monotonic() - began > patience),
            chips,
        )
    except Cancelled:
        late = time.monotonic() - began - patience
        if late > 1.5:
            sys.stderr.write(f"error: Cancel took {late:.1f} s\n")
            return 1
        return 130
    except AlignError as error:
        sys.stderr.write(
            f"error: {error.message}\n".replace("Traceback (most", "Traceback of the worker (most")
        )
        return (
            error.exit_code
            if error.message and isinstance(error.message, str) and isinstance(error.hint, str)
            else 1
        )
    return 0 if result.status.value == "ok" else 1


def _asked(outcome: Outcome, name: str, seed: int, folder: Path, logs: Path) -> None:
    """Send the real worker rubbish, then a greeting: it must answer the greeting, and end well when
    its input ends.
    """
    made = forked(lambda: Maker(folder / "in", seed).pair() and None, folder, logs / "making")
    if made.code:
        raise RuntimeError(made.err[-500:])
    lines = [*REQUESTS[name](), {"type": "hello", "id": 99}]
    data = b"\n".join(
        v
        if isinstance(v, bytes)
        else v.encode("utf-8", "surrogatepass")
        if isinstance(v, str)
        else json.dumps(v).encode()
        for v in lines
    )
    (folder / "requests").write_bytes(data + b"\n")

    def serve() -> None:
        from sar_optical_align.plugin.engine import worker

        sys.stdin = open(folder / "requests", encoding="utf-8")  # noqa: PTH123, SIM115
        worker.main()

    with (
        small_disk(folder / "out", 4) if name.startswith("disk: full") else contextlib.nullcontext()
    ):
        answer = forked(serve, folder, logs, time_limit_s=_LIMIT_S)
        left = sorted(p.name for p in (folder / "out").iterdir())
    outcome.exit_code = answer.code
    _judge(outcome, answer)
    replies = [json.loads(line) for line in answer.out.splitlines() if line.startswith("{")]
    if name != "request: shutdown of rubbish" and not any(
        r["type"] == "hello" and r["id"] == 99 for r in replies
    ):
        outcome.blame("tracebacks", "the worker did not answer what came after")
    for reply in replies:
        if "defect" in str(reply.get("hint", "")):
            outcome.blame("tracebacks", f"{reply['message'][:140]}")
    if any(r["type"] == "error" for r in replies):
        for what in left:
            outcome.blame("leftovers", what)
