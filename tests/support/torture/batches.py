"""The odd ways of `batch` and `demo`: killed, twice at once, rows of one output, results in a FIFO,
folders that hold something.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .calls import Answer, command_line, snapshot
from .outcomes import Outcome
from .rasters import examine

Situation = Callable[[Path, Path, Outcome, np.random.Generator], None]
_QUICK = ("--threads", "1", "--matcher", "cfog", "--max-points", "40")
_ROWS = 4


def _manifest(
    folder: Path, outputs: list[str], name: str = "manifest.csv", separator: str = ","
) -> None:
    """Write a manifest of as many rows as outputs, each with a sensed raster of its own."""
    rows = [separator.join(("reference", "sensed", "output"))]
    for number, output in enumerate(outputs):
        shutil.copy(folder / "in/sensed.tif", folder / f"in/sensed{number}.tif")
        rows.append(separator.join(("in/reference.tif", f"in/sensed{number}.tif", output)))
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8", errors="surrogateescape")


def _call(folder: Path, logs: Path, *more: str, **how: object) -> Answer:
    return command_line(
        ["batch", "manifest.csv", "--json-lines=results.jsonl", *_QUICK, *more], folder, logs, **how
    )  # type: ignore[arg-type]


def _whole(outcome: Outcome, folder: Path, rows: int) -> None:
    """Blame an outcome whose results file does not hold each row once, all of them ok."""
    try:
        lines = [
            json.loads(line)
            for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
        ]
    except (OSError, ValueError) as error:
        outcome.blame("lost or changed", f"results.jsonl: {error}")
        return
    seen = [line["sensed"] for line in lines]
    if len(seen) != rows or len(set(seen)) != rows:
        outcome.blame(
            "lost or changed", f"{len(seen)} lines of {len(set(seen))} rows where there are {rows}"
        )
    bad = [f"{line['sensed']}: {line['message'][:90]}" for line in lines if line["status"] != "ok"]
    if bad:
        outcome.blame("lost or changed", f"{len(bad)} rows not ok; {bad[0]}")


def _plain(*more: str, rows: int = _ROWS) -> Situation:
    """All rows arrive, each once."""

    def work(folder: Path, logs: Path, outcome: Outcome, _rng: np.random.Generator) -> None:
        outputs = [f"out/{i}.tif" for i in range(rows)]
        _manifest(folder, outputs)
        before = snapshot(folder)
        answer = _call(folder, logs, *more)
        outcome.exit_code = answer.code
        examine(outcome, answer, before, snapshot(folder), {*outputs, "results.jsonl"}, logs)
        _whole(outcome, folder, rows)

    return work


def _killed(jobs: int) -> Situation:
    """Killed once or twice, then let run: the rows arrive, nothing is left over."""

    def work(folder: Path, logs: Path, outcome: Outcome, rng: np.random.Generator) -> None:
        outputs = [f"out/{i}.tif" for i in range(_ROWS)]
        _manifest(folder, outputs)
        before = snapshot(folder)
        for _ in range(int(rng.integers(1, 3))):
            _call(folder, logs, "--jobs", str(jobs), kill_after_s=float(rng.uniform(0.2, 1.6)))
        answer = _call(folder, logs, "--jobs", str(jobs))
        outcome.exit_code = answer.code
        shutil.rmtree(logs / "tmp")
        examine(outcome, answer, before, snapshot(folder), {*outputs, "results.jsonl"}, logs)
        _whole(outcome, folder, _ROWS)

    return work


def _twice(folder: Path, logs: Path, outcome: Outcome, rng: np.random.Generator) -> None:
    """Two at once on one results file: both refuse or work, no row twice."""
    outputs = [f"out/{i}.tif" for i in range(_ROWS)]
    _manifest(folder, outputs)
    before, answers = snapshot(folder), {}

    def go(name: str) -> None:
        answers[name] = _call(folder, logs / name)

    pair = [threading.Thread(target=go, args=(name,)) for name in ("first", "second")]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    for name, answer in answers.items():
        examine(outcome, answer, before, snapshot(folder), {*outputs, "results.jsonl"}, logs / name)
    outcome.exit_code = max(a.code for a in answers.values())
    _whole(outcome, folder, _ROWS)


def _refused(
    outputs: list[str], prepare: Callable[[Path], object] | None = None, *more: str
) -> Situation:
    """A manifest or a results file that nobody may write: refused, and nothing is written."""

    def work(folder: Path, logs: Path, outcome: Outcome, _rng: np.random.Generator) -> None:
        _manifest(folder, outputs)
        if prepare is not None:
            prepare(folder)
        before = snapshot(folder)
        answer = _call(folder, logs, *more)
        outcome.exit_code = answer.code
        if answer.code not in (2, 3) and not answer.trouble:
            outcome.blame("lost or changed", f"exit code {answer.code} where 2 or 3 is right")
        examine(
            outcome,
            answer,
            before,
            snapshot(folder),
            {"results.jsonl"} if answer.code == 3 else set(),
            logs,
        )

    return work


def _odd_row(output: str, prepare: Callable[[Path], object] | None = None) -> Situation:
    """One row with an odd output, the others ordinary: those arrive."""

    def work(folder: Path, logs: Path, outcome: Outcome, _rng: np.random.Generator) -> None:
        _manifest(folder, ["out/0.tif", output, "out/2.tif"])
        if prepare is not None:
            prepare(folder)
        before = snapshot(folder)
        answer = _call(folder, logs)
        outcome.exit_code = answer.code
        examine(
            outcome,
            answer,
            before,
            snapshot(folder),
            {"out/0.tif", "out/2.tif", os.path.normpath(output), "results.jsonl"} - set(before),
            logs,
        )
        if answer.code == 0 and not (folder / "out/0.tif").exists():
            outcome.blame("lost or changed", "out/0.tif was not written")

    return work


def _separated(separator: str) -> Situation:
    def work(folder: Path, logs: Path, outcome: Outcome, _rng: np.random.Generator) -> None:
        _manifest(folder, ["out/0.tif", "out/1.tif"], separator=separator)
        before = snapshot(folder)
        answer = _call(folder, logs)
        outcome.exit_code = answer.code
        examine(
            outcome,
            answer,
            before,
            snapshot(folder),
            {"out/0.tif", "out/1.tif", "results.jsonl"},
            logs,
        )
        if answer.code == 0:
            _whole(outcome, folder, 2)

    return work


def _demo(
    prepare: Callable[[Path], object], right: frozenset[int], as_nobody: bool = False
) -> Situation:
    def work(folder: Path, logs: Path, outcome: Outcome, _rng: np.random.Generator) -> None:
        prepare(folder)
        before = snapshot(folder)
        answer = command_line(
            ["demo", "--output", "out", "--matcher", "cfog"], folder, logs, as_nobody=as_nobody
        )
        outcome.exit_code = answer.code
        if answer.code not in right and not answer.trouble:
            outcome.blame(
                "lost or changed", f"exit code {answer.code} where {sorted(right)} is right"
            )
        after = snapshot(folder)
        examine(
            outcome,
            answer,
            before,
            after,
            {n for n in after if n.startswith("out/") and n not in before}
            if answer.code == 0
            else set(),
            logs,
        )

    return work


def _file_for_a_folder(folder: Path) -> None:
    (folder / "out").rmdir()
    (folder / "out").write_text("mine")


SITUATIONS: dict[str, Situation] = {
    "batch: one job": _plain(),
    "batch: four jobs": _plain("--jobs", "4", rows=8),
    "batch: killed": _killed(1),
    "batch: killed, three jobs": _killed(3),
    "batch: two at once": _twice,
    "batch: two rows of one output": _refused(["out/0.tif", "out/0.tif"]),
    "batch: two rows of one output by two ways": _refused(["out/0.tif", "out/../out/0.tif"]),
    "batch: results are the manifest": _refused(["out/0.tif"], None, "--json-lines=manifest.csv"),
    "batch: results are an input": _refused(["out/0.tif"], None, "--json-lines=in/sensed0.tif"),
    "batch: results are an output": _refused(["out/0.tif"], None, "--json-lines=out/0.tif"),
    "batch: results are a FIFO": _refused(["out/0.tif"], lambda f: os.mkfifo(f / "results.jsonl")),
    "batch: results are a folder": _refused(["out/0.tif"], lambda f: (f / "results.jsonl").mkdir()),
    "batch: results are something else": _refused(
        ["out/0.tif"], lambda f: (f / "results.jsonl").write_bytes(b"my notes\n\xff")
    ),
    "batch: results are rows of numbers": _refused(
        ["out/0.tif"], lambda f: (f / "results.jsonl").write_text("1\n[2]\n")
    ),
    "batch: a row writes on its input": _odd_row("in/sensed1.tif"),
    "batch: a row writes on another's input": _odd_row("in/sensed0.tif"),
    "batch: a row writes on a folder": _odd_row("out/folder", lambda f: (f / "out/folder").mkdir()),
    "batch: a row of a long name": _odd_row("out/" + "n" * 300 + ".tif"),
    "batch: a row of no UTF-8": _odd_row("out/latin\udce9.tif"),
    "batch: semicolons": _separated(";"),
    "batch: tabs": _separated("\t"),
    "batch: a manifest of nothing": _refused([], lambda f: (f / "manifest.csv").write_text("")),
    "batch: a manifest that is a raster": _refused(
        [], lambda f: shutil.copy(f / "in/sensed.tif", f / "manifest.csv")
    ),
    "demo: an ordinary folder": _demo(lambda f: None, frozenset({0})),
    "demo: a folder that holds optical.tif": _demo(
        lambda f: (f / "out/optical.tif").write_text("mine"), frozenset({2, 3})
    ),
    "demo: a folder that holds report.html": _demo(
        lambda f: (f / "out/report.html").write_text("mine"), frozenset({2, 3})
    ),
    "demo: a file": _demo(_file_for_a_folder, frozenset({2, 3})),
    "demo: a read-only folder": _demo(
        lambda f: (f / "out").chmod(0o555), frozenset({2, 3}), as_nobody=True
    ),
}
