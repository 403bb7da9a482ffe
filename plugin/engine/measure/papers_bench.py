"""Measures a matcher in the terms of its paper and puts the published figures beside ours; see
`metrics`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...core.atomic import write_atomically
from ...core.errors import UsageError
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...matchers import PairMatcher, create, get_spec
from .cases import read_index
from .paper_cases import Record, motion_case
from .paper_flow import measure_flow
from .paper_keypoints import measure_keypoints
from .paper_matches import gflop_each, measure_matches
from .paper_patches import measure_patches
from .papers import PAPERS

_Measure = Callable[
    [Any, Path, list[dict[str, str]], int, Progress], tuple[dict[str, float], list[Record]]
]
_MEASURES: dict[str, _Measure] = {
    "matches": measure_matches,
    "keypoints": measure_keypoints,
    "flow": measure_flow,
    "patches": measure_patches,
}


def run_papers(
    key: str,
    dataset: Path,
    split: str,
    output: Path,
    limit: int | None,
    seed: int,
    progress: Progress,
) -> str:
    """Measure a matcher in its paper's terms; return the table as Markdown.

    Pairs, motions and figures go to `output`.

    Raises:
        UsageError: there is no paper of this matcher, or it lacks what is to be measured.
        InputError: the dataset cannot be read.
    """
    if key not in PAPERS:
        raise UsageError(
            f"There are no published figures for {key!r}.", f"Choose from {', '.join(PAPERS)}."
        )
    paper, spec = PAPERS[key], get_spec(key)
    matcher = create(key, paper.params)
    if not isinstance(matcher, PairMatcher):
        raise UsageError(f"{spec.label} finds no matches by itself.")
    rows, name = read_index(dataset, split, limit), f"metrics-{key}-{split}"
    output_folder(output, (f"{name}.json", f"{name}.md"))
    figures: dict[str, float | None] = {}
    records: dict[str, list[Record]] = {}
    for number, measure in enumerate(paper.measures):
        part = progress.part(number / len(paper.measures), (number + 1) / len(paper.measures))
        found, each = _MEASURES[measure](matcher, dataset, rows, seed, part)
        figures |= {
            name: value if value is not None and np.isfinite(value) else None
            for name, value in found.items()
        }
        records[measure] = each
    if hasattr(matcher, "net"):
        figures["GFLOP per megapixel"] = gflop_each(
            matcher, *motion_case(dataset, rows[0], seed)[:2]
        )
    stored = {
        "matcher": key,
        "split": split,
        "seed": seed,
        "pairs": len(rows),
        "figures": figures,
        "records": records,
    }
    text = _table(key, figures, len(rows), split)
    write_atomically(output / f"{name}.json", json.dumps(stored, indent=1))
    write_atomically(output / f"{name}.md", text)
    return text


def _table(key: str, figures: dict[str, float | None], pairs: int, split: str) -> str:
    paper = PAPERS[key]
    lines = [
        f"### {paper.title}",
        "",
        f"| figure | ours, {pairs} pairs of `{split}` | published |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {'-' if value is None else f'{value:.3f}'} | {paper.published.get(name, '')} |"
        for name, value in figures.items()
    ]
    return "\n".join(
        [
            *lines,
            "",
            (
                f"{paper.data} Ours are 8-bit pairs of five collections, true to about a "
                "pixel: the columns are not of the same data."
            ),
        ]
    )
