"""Teaches the judgement of registrations what its evidence is worth, and measures it.

Learnt on registrations of the training split by several matchers, related and unrelated, motions
drawn as in `cases`; the unrelated ones are hard: of the same source, sensor and kind of ground.
Measured with each source left out of what is learnt, and on the validation split.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.atomic import write_atomically
from ...core.errors import AlignError, InputError
from ...core.progress import Progress
from ..align.verdict import Weights
from ..measure.bounds import wilson
from ..measure.cases import Case, Row, make_case, read_index
from ..measure.protocols import is_shift, is_unrelated
from ..measure.trials import align_case, case_error
from .logistic import logistic

RIGHT_PX, WRONG_PX = 5.0, 8.0
_RIDGE = 1e-3
_PROTOCOLS = (
    "shift",
    "affine",
    "georeferenced",
    "unrelated_shift",
    "unrelated",
    "unrelated_georeferenced",
)


@dataclass(frozen=True)
class Judged:
    """A registration with known truth, and its evidence.

    Attributes:
        source: Of the pair.
        matcher: Key.
        right: Whether the images belong together and it found how (within `RIGHT_PX`).
        alike: Sum of what both witnesses say; None where too few tie points agree to ask them.
    """

    source: str
    matcher: str
    right: bool
    alike: float | None

    def is_accepted(self, weights: Weights) -> bool:
        """Return whether it is accepted under these weights."""
        return self.alike is not None and weights.belief(self.alike, 0.0) >= 0.5


def learn_judgement(
    dataset: Path, matchers: Sequence[str], output: Path, limit: int, seed: int, progress: Progress
) -> dict[str, Any]:
    """Learn the weights of the judgement and measure them.

    Args:
        dataset: Folder with an index.csv that has the splits train and val.
        matchers: Keys of those that register.
        output: File for the weights and what they show, JSON.
        limit: Pairs of each source and split.
        seed: Of the motions drawn.
        progress: Hears of each registration.

    Returns:
        `weights`; `left_out` and `val`: what is accepted of the right registrations and of the
        others, by source and in all (of one source alone nothing is left out); `learnt_on`.

    Raises:
        InputError: the dataset cannot be read or teaches nothing.
    """
    train = collect(dataset, "train", matchers, limit, seed, progress.part(0.0, 0.7))
    weights = learn(train)
    sources = by_source(train)
    left_out = [
        tell(source, own, learn([j for j in train if j.source != source]))
        for source, own in sources.items()
        if len(sources) > 1
    ]
    val = collect(dataset, "val", matchers, limit, seed, progress.part(0.7, 1.0))
    result: dict[str, Any] = {
        "weights": {
            "constant": round(weights.constant, 3),
            "alike": round(weights.alike, 4),
        },
        "left_out": [*left_out, total(left_out)],
        "val": [
            *(tell(source, own, weights) for source, own in by_source(val).items()),
            tell("all", val, weights),
        ],
        "learnt_on": {
            "registrations": len(train),
            "matchers": list(matchers),
            "right_px": RIGHT_PX,
            "wrong_px": WRONG_PX,
            "limit": limit,
            "seed": seed,
        },
    }
    write_atomically(output, json.dumps(result, indent=1))
    return result


def collect(
    dataset: Path, split: str, matchers: Sequence[str], limit: int, seed: int, progress: Progress
) -> list[Judged]:
    """Register the pairs of a split, related and unrelated; those that are neither right nor wrong
    (between `RIGHT_PX` and `WRONG_PX`) are left out.
    """
    rows = read_index(dataset, split, limit)
    found: list[Judged] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(rows):
            progress.update(
                number / len(rows), f"Judging {split}: pair {number + 1} of {len(rows)}"
            )
            for protocol in _PROTOCOLS:
                case = make_case(dataset, rows, number, protocol, seed)
                judged = (_judged(row, case, protocol, key, Path(folder)) for key in matchers)
                found += [j for j in judged if j is not None]
    progress.update(1.0)
    return found


def _judged(row: Row, case: Case, protocol: str, key: str, folder: Path) -> Judged | None:
    """Register a case; None where that fails or is neither right nor wrong."""
    shift_only = is_shift(protocol)
    try:
        result = align_case(case, key, shift_only, folder, refuse_weak=False, threads=1)
    except AlignError:
        return None
    error = np.inf
    if not is_unrelated(protocol) and result.transform is not None:
        error = case_error(case, result.transform, shift_only)
    if RIGHT_PX < error <= WRONG_PX:
        return None
    evidence = result.evidence
    alike = evidence["alike_own"] + evidence["alike_other"] if "alike_own" in evidence else None
    return Judged(row["source"], key, error <= RIGHT_PX, alike)


def learn(judged: Sequence[Judged]) -> Weights:
    """Return the weights that tell right registrations from others, both kinds counting the same.

    Raises:
        InputError: there is only one kind.
    """
    asked = [j for j in judged if j.alike is not None]
    right = np.array([j.right for j in asked], dtype=bool)
    if len(asked) < 2 or right.all() or not right.any():
        raise InputError(
            "The registrations of this dataset teach nothing: none of them is right, or all are.",
            "Take more pairs with --limit.",
        )
    alike = np.array([j.alike for j in asked], dtype=np.float64)
    counts = np.where(right, 0.5 / right.mean(), 0.5 / (~right).mean())
    constant, slope = logistic(np.column_stack([np.ones(len(alike)), alike]), right, _RIDGE, counts)
    if slope <= 0:
        raise InputError(
            "The registrations of this dataset teach nothing: the wrong ones are the more alike.",
            "Look at the dataset's truth.",
        )
    return Weights(float(constant), float(slope))


def by_source(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Return registrations by their source, in the order of its name."""
    sources = sorted({j.source for j in judged})
    return {source: [j for j in judged if j.source == source] for source in sources}


def tell(name: str, judged: Sequence[Judged], weights: Weights) -> dict[str, Any]:
    """Return what is accepted of the right registrations and of the others: counts, and the 95 %
    bounds of both shares.
    """
    row: dict[str, Any] = {"source": name}
    for kind, some in (
        ("right", [j for j in judged if j.right]),
        ("others", [j for j in judged if not j.right]),
    ):
        accepted = sum(j.is_accepted(weights) for j in some)
        row |= counted(kind, accepted, len(some))
    return row


def counted(kind: str, accepted: int, count: int) -> dict[str, Any]:
    """Return the entries of a row about one kind of registrations."""
    bounds = [round(v, 3) for v in wilson(accepted, count)] if count else [0.0, 1.0]
    return {kind: count, f"{kind}_accepted": accepted, f"{kind}_bounds": bounds}


def total(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the sum of the rows of `tell`."""
    row: dict[str, Any] = {"source": "all"}
    for kind in ("right", "others"):
        row |= counted(kind, sum(r[f"{kind}_accepted"] for r in rows), sum(r[kind] for r in rows))
    return row
