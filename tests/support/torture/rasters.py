"""The campaign of hostile rasters: every kind with every matcher, through `register`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from . import file_kinds, place_kinds, raster_kinds
from .calls import DEFECT, Answer, command_line, forked, snapshot
from .looking import wrong_in
from .outcomes import ALLOWED, Outcome
from .scene import Case, Maker, judged

MATCHERS = ("cfog", "gradient_ncc")
KINDS = {
    name: make
    for module in (raster_kinds, place_kinds, file_kinds)
    for name, make in module.kinds()
}
OUTPUTS = ("aligned.tif", "points.points", "points.gpkg", "report.html", "result.json")
_AFTER_REFUSAL = frozenset(OUTPUTS[1:])


def tasks(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """Yield (kind, seed) of so many hostile rasters: all kinds once, then again with other seeds;
    fewer than all are spread over them.
    """
    names = list(KINDS)
    if count < len(names):
        names = [names[int(i * len(names) / count + seed) % len(names)] for i in range(count)]
    yield from ((names[i % len(names)], seed + i // len(names)) for i in range(count))


def run(kind: str, seed: int, room: Path, matchers: tuple[str, ...] = MATCHERS) -> list[Outcome]:
    """Make one hostile raster, register it with each matcher and say what it came to."""
    outcomes = []
    for matcher in matchers:
        folder = room / "case"
        shutil.rmtree(room, ignore_errors=True)
        (folder / "in").mkdir(parents=True)
        (folder / "out").mkdir()
        outcomes.append(_register(kind, seed, matcher, folder, room / "logs"))
    shutil.rmtree(room, ignore_errors=True)
    return outcomes


def _made(kind: str, seed: int, folder: Path, logs: Path) -> Case:
    """Make the files in a process of its own: GDAL keeps what it has seen, and must not know them
    yet.
    """
    import pickle

    kept = logs / "case.pickle"

    def make() -> None:
        case = KINDS[kind](Maker(folder, seed))
        kept.write_bytes(pickle.dumps(case))

    answer = forked(make, folder, logs / "making")
    if answer.code != 0:
        raise RuntimeError(f"the campaign cannot make {kind!r}: {answer.err[-600:]}")
    case: Case = pickle.loads(kept.read_bytes())
    return case


def _register(kind: str, seed: int, matcher: str, folder: Path, logs: Path) -> Outcome:
    outcome = Outcome("rasters", kind, f"{matcher}: --only 'rasters:{kind}' --seed {seed}")
    case = _made(kind, seed, folder / "in", logs)
    named = {
        f"--{n}": f"out/{o}"
        for n, o in zip(("output", "points", "gpkg", "report", "json"), OUTPUTS, strict=True)
    }
    words = [w for pair in named.items() for w in pair]
    before = snapshot(folder)
    answer = command_line(
        [
            "register",
            *words,
            "--threads",
            "1",
            "--max-points",
            "60",
            "--matcher",
            matcher,
            *case.args,
            "--",
            case.reference,
            case.sensed,
        ],
        folder,
        logs,
    )
    outcome.exit_code = answer.code
    examine(
        outcome,
        answer,
        before,
        snapshot(folder),
        {f"out/{o}" for o in OUTPUTS}
        if answer.code == 0
        else {f"out/{o}" for o in _AFTER_REFUSAL}
        if answer.code == 4
        else set(),
        logs,
    )
    if answer.code in (0, 4):
        status, column, wrong = judged(case, folder / "out" / "result.json")
        if wrong:
            outcome.blame(column, wrong)
        if (status == "ok") != (answer.code == 0):
            outcome.blame("wrong ok", f"exit code {answer.code} and status {status!r}")
        if answer.code == 0:
            _look_at(outcome, folder / "out" / "aligned.tif", case, seed, logs)
    return outcome


def examine(
    outcome: Outcome,
    answer: Answer,
    before: dict[str, str],
    after: dict[str, str],
    named: set[str],
    logs: Path,
) -> None:
    """Blame an outcome for what a call did besides what it was asked: `named` are the files that it
    may have made or replaced.
    """
    if answer.trouble:
        outcome.blame("tracebacks", answer.trouble)
    elif answer.code not in ALLOWED:
        outcome.blame("tracebacks", f"exit code {answer.code}")
    for name, digest in before.items():
        if after.get(name) != digest and name not in named:
            outcome.blame("lost or changed", f"{name} was {'changed' if name in after else 'lost'}")
    for name in sorted(after.keys() - before.keys() - named):
        outcome.blame("leftovers", name.encode("utf-8", "backslashreplace").decode())
    for name in (
        () if answer.code == DEFECT else sorted(p.name for p in (logs / "tmp").rglob("*"))
    ):  # a defect leaves its report there
        outcome.blame("leftovers", f"temporary: {name}")


def _look_at(outcome: Outcome, path: Path, case: Case, seed: int, logs: Path) -> None:
    """Blame an outcome whose warped raster is none, shows nothing, or shows the scene elsewhere."""

    def work() -> None:
        print(wrong_in(path, case, seed))

    answer = forked(work, path.parent, logs / "looking")
    wrong = answer.err.strip()[-200:] if answer.code else answer.out.strip()
    if wrong:
        outcome.blame("wrong ok", wrong)
