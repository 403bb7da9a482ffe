"""Output situations: each output of each command, aimed at each of `aims.AIMS`, and the odd ways of
batch and demo.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import batches
from .aims import AIMS, Aim
from .calls import Answer, command_line, forked, small_disk, snapshot
from .outcomes import Outcome
from .rasters import examine
from .scene import HOME, Maker, frame_in

_QUICK = ("--threads", "1", "--matcher", "cfog", "--max-points", "60")
_PAIR = ("in/reference.tif", "in/sensed.tif")


@dataclass(frozen=True)
class Writer:
    """One output of one command: its suffix, the arguments by its path and the sensed raster, and
    other outputs of the same call.
    """

    suffix: str
    argv: Callable[[str, str], list[str]]
    others: tuple[str, ...] = ()


def _register(option: str, suffix: str) -> Writer:
    named = {
        "--output": "out/a.tif",
        "--points": "out/a.points",
        "--gpkg": "out/a.gpkg",
        "--report": "out/a.html",
        "--json": "out/a.json",
    }
    del named[option]

    def argv(path: str, sensed: str) -> list[str]:
        return [
            "register",
            f"{option}={path}",
            *(f"{k}={v}" for k, v in named.items()),
            *_QUICK,
            _PAIR[0],
            sensed,
        ]

    return Writer(suffix, argv, tuple(named.values()))


def _match(option: str, suffix: str) -> Writer:
    return Writer(
        suffix, lambda path, sensed: ["match", f"{option}={path}", *_QUICK, _PAIR[0], sensed]
    )


def _explain(path: str, sensed: str) -> list[str]:
    return ["explain", "--at", "500000,5200000", f"--output={path}", *_QUICK, _PAIR[0], sensed]


def _warp(path: str, sensed: str) -> list[str]:
    return [
        "warp",
        "--points",
        "in/points.points",
        "--reference",
        _PAIR[0],
        f"--output={path}",
        sensed,
    ]


WRITERS = {
    "register --output": _register("--output", ".tif"),
    "register --points": _register("--points", ".points"),
    "register --points .csv": _register("--points", ".csv"),
    "register --gpkg": _register("--gpkg", ".gpkg"),
    "register --report": _register("--report", ".html"),
    "register --json": _register("--json", ".json"),
    "match --points": _match("--points", ".geojson"),
    "match --gpkg": _match("--gpkg", ".gpkg"),
    "match --report": _match("--report", ".html"),
    "match --json": _match("--json", ".json"),
    "warp --output": Writer(".tif", _warp),
    "explain --output": Writer(".png", _explain),
}
SITUATIONS: dict[
    str, tuple[str, str] | Callable[[Path, Path, Outcome, np.random.Generator], None]
] = {
    **{f"{writer}: {aim}": (writer, aim) for aim in AIMS for writer in WRITERS},
    **batches.SITUATIONS,
}


def tasks(count: int, seed: int) -> Iterator[tuple[str, int]]:
    """Yield (situation, seed) of so many situations, mixed by the seed; -1 = all."""
    names = [str(n) for n in np.random.default_rng(seed).permutation(sorted(SITUATIONS))]
    special = [n for n in names if n in batches.SITUATIONS]
    if count < 0:
        count = len(names)
    share = special[: max(1, count // 5)] if count else []
    yield from ((name, seed) for name in [*share, *(n for n in names if n not in share)][:count])


def run(name: str, seed: int, room: Path) -> list[Outcome]:
    """Set the scene of one situation, call the command line and say what it came to."""
    shutil.rmtree(room, ignore_errors=True)
    folder, logs = room / "case", room / "logs"
    for part in ("in", "out"):
        (folder / part).mkdir(parents=True)
    room.chmod(0o777)
    outcome, rng = (
        Outcome("outputs", name, f"--only 'outputs:{name}' --outputs -1 --seed {seed}"),
        np.random.default_rng(seed),
    )
    made = forked(lambda: _inputs(folder / "in", seed), folder, logs / "making")
    if made.code:
        raise RuntimeError(f"the campaign cannot make its inputs: {made.err[-500:]}")
    situation = SITUATIONS[name]
    if callable(situation):
        situation(folder, logs, outcome, rng)
    else:
        _aimed(
            WRITERS[situation[0]],
            AIMS[situation[1]](folder, WRITERS[situation[0]].suffix, rng),
            folder,
            logs,
            outcome,
            rng,
        )
    for base, folders, _ in os.walk(room):
        for part in folders:
            Path(base, part).chmod(0o755) if not Path(base, part).is_symlink() else None
    shutil.rmtree(room, ignore_errors=True)
    return [outcome]


def _inputs(folder: Path, seed: int) -> None:
    maker = Maker(folder, seed)
    maker.pair()
    frame = frame_in(HOME)
    rows = ["mapX,mapY,sourceX,sourceY,enable,dX,dY,residual"]
    for x, y in ((10, 10), (190, 15), (12, 160), (185, 150), (100, 80), (50, 120), (150, 50)):
        ((mx, my),) = frame.home_xy(np.array([[float(x), float(y)]]))
        rows.append(f"{mx + maker.shift_m[0]},{my + maker.shift_m[1]},{mx},{my},1,0,0,0")
    (folder / "points.points").write_text("\n".join(rows) + "\n")


def _aimed(
    writer: Writer, aim: Aim, folder: Path, logs: Path, outcome: Outcome, rng: np.random.Generator
) -> None:
    argv = [*writer.argv(aim.path, aim.sensed), *aim.args]
    disturbed = aim.disk or aim.file_limit is not None or aim.kill
    if disturbed and not _disturbed(argv, writer, aim, folder, logs, outcome, rng):
        return
    before = snapshot(folder)
    answer = command_line(argv, folder, logs, as_nobody=aim.as_nobody)
    outcome.exit_code = answer.code
    if answer.code not in aim.right and not answer.trouble:
        said = next((line for line in answer.err.splitlines() if line.startswith("error:")), "")
        outcome.blame(
            "lost or changed" if answer.code == 0 else "tracebacks",
            f"exit code {answer.code} where {sorted(aim.right)} is right: {said[:140]}",
        )
    _compare(outcome, answer, before, folder, writer, aim, logs)


def _compare(
    outcome: Outcome,
    answer: Answer,
    before: dict[str, str],
    folder: Path,
    writer: Writer,
    aim: Aim,
    logs: Path,
) -> None:
    own = os.path.normpath(aim.path)
    named = (
        {own, *writer.others, *aim.may, *(os.path.normpath(p) for p in _parents(aim.path))}
        if answer.code == 0
        else set()
    )
    after = snapshot(folder)
    examine(outcome, answer, before, after, named - set(_inputs_of(before)), logs)
    missing = [
        o for o in writer.others if answer.code == 0 and not after.get(o, "").startswith("file")
    ]
    for name in missing:
        outcome.blame("lost or changed", f"{name} was not written")


def _parents(path: str) -> list[str]:
    return [str(p) for p in Path(path).parents if str(p) not in (".", "/")]


def _inputs_of(before: dict[str, str]) -> list[str]:
    return [name for name in before if name.startswith("in/")]


def _disturbed(
    argv: list[str],
    writer: Writer,
    aim: Aim,
    folder: Path,
    logs: Path,
    outcome: Outcome,
    rng: np.random.Generator,
) -> bool:
    """Call once on a full disk, or kill the call; return whether a second call makes sense."""
    with (
        small_disk(folder / "out", int(rng.choice([16, 64])))
        if aim.disk
        else contextlib.nullcontext(True) as made
    ):
        before = snapshot(folder)
        limit = aim.file_limit if made else 20000
        answer = command_line(
            argv,
            folder,
            logs,
            file_limit=limit,
            kill_after_s=float(rng.uniform(0.05, 0.6)) if aim.kill else None,
        )
        outcome.exit_code = answer.code
        if aim.kill:
            _inputs_stay(outcome, before, snapshot(folder))
        else:
            _compare(outcome, answer, before, folder, writer, aim, logs)
            if answer.code not in (0, 3):
                outcome.blame("tracebacks", f"exit code {answer.code} on a full disk")
    return answer.code != 0


def _inputs_stay(outcome: Outcome, before: dict[str, str], after: dict[str, str]) -> None:
    for name in _inputs_of(before):
        if after.get(name) != before[name]:
            outcome.blame("lost or changed", f"{name}, by a writer that was killed")
