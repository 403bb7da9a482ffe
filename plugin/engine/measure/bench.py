"""Accuracy against known truth: the pairs of `cases`, registered by `align` as a user would, or by
the matcher alone.

Protocols:
    Those of `cases` go through `align`. A refusal is a miss; its answer is kept, so that the table
    also says what was thrown away. direct_shift, direct_affine, direct_bent: the cases of shift,
    affine and bent for the matcher by itself, see `direct`. template: the similarity of template
    matchers alone: the cases of shift, one template of the middle half (96 px) slid over the whole
    window. Error: distance of the highest peak. closure: precision without truth, see `closure`.

Every draw counts: a failure is a miss at every threshold.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path

from ...core.atomic import write_atomically
from ...core.errors import UsageError
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.run.locking import Lock
from ...matchers import all_specs, create
from .bench_report import draw_bench, markdown
from .cases import Row, read_index
from .memory import peak_mb, reset_peak
from .null_matcher import NULL
from .protocols import PROTOCOLS, Outcome
from .trials import Key, count_trials, trials_of


def run_bench(
    dataset: Path,
    splits: list[str],
    protocols: list[str],
    matchers: list[str],
    output: Path,
    limit: int | None,
    seed: int,
    progress: Progress,
    draws: int = 1,
) -> str:
    """Measure matchers and return the tables as Markdown; results and a picture also go to
    `output`, where a second run goes on.

    Args:
        dataset: Folder with index.csv.
        splits: Each has tables of its own.
        protocols: See above.
        matchers: Keys; none = all. The null row comes first in any case.
        output: Folder.
        limit: Pairs a source; None = all.
        seed: Of the draws.
        progress: Told of each registration.
        draws: Of each pair.

    Raises:
        InputError: the dataset cannot be read.
        UsageError: unknown protocol or matcher.
        OutputError: another run writes there.
    """
    for protocol in protocols:
        if protocol not in PROTOCOLS:
            raise UsageError(
                f"Unknown protocol {protocol!r}.", f"Choose from {', '.join(PROTOCOLS)}."
            )
    if draws < 1:
        raise UsageError("--draws must be at least 1.")
    keys = [
        NULL,
        *(
            k
            for k in (matchers or [k for k, s in all_specs().items() if not s.missing()])
            if k != NULL
        ),
    ]
    unknown = [k for k in keys[1:] if k not in all_specs()]
    if unknown:
        raise UsageError(
            f"Unknown matcher {unknown[0]!r}.", f"Choose from {', '.join(all_specs())}."
        )
    rows = {split: read_index(dataset, split, limit) for split in splits}
    output_folder(
        output,
        [
            f"bench-{split}-seed{seed}{suffix}"
            for split in splits
            for suffix in (".jsonl", ".png", ".md")
        ],
    )
    texts = []
    for number, split in enumerate(splits):
        part = progress.part(number / len(splits), (number + 1) / len(splits))
        stored = output / f"bench-{split}-seed{seed}.jsonl"
        with Lock(stored):
            outcomes, memory = _measure(
                dataset, rows[split], protocols, keys, stored, seed, draws, part
            )
            texts.append(markdown(outcomes, protocols, keys, memory, split))
            draw_bench(outcomes, protocols, keys, memory, stored.with_suffix(".png"))
            write_atomically(stored.with_suffix(".md"), texts[-1])
    return "\n".join(texts)


def _measure(
    dataset: Path,
    rows: list[Row],
    protocols: list[str],
    keys: list[str],
    stored: Path,
    seed: int,
    draws: int,
    progress: Progress,
) -> tuple[list[Outcome], dict[str, float]]:
    """Return the outcomes of one split, those that a file holds among them, and the peak memory of
    each matcher that worked, MB.
    """
    known = {_key(o): o for o in _stored(stored)}
    chosen: list[Outcome] = []
    memory: dict[str, float] = {}
    total, done = len(keys) * sum(count_trials(dataset, rows, p, draws) for p in protocols), 0
    with tempfile.TemporaryDirectory() as folder, stored.open("a", encoding="utf-8") as sink:
        for key in keys:
            reset_peak()
            worked, matcher = False, cache(partial(create, key))
            for protocol in protocols:
                for name, measure in trials_of(
                    dataset, rows, protocol, key, seed, draws, Path(folder), matcher
                ):
                    progress.update(done / max(total, 1), f"{key}, {protocol}: {name[3]}")
                    done += 1
                    outcome = known.get(name)
                    if outcome is None:
                        outcome, worked = measure(), True
                        sink.write(json.dumps(asdict(outcome)) + "\n")
                        sink.flush()
                    chosen.append(outcome)
            memory[key] = peak_mb() if worked else 0.0
    return chosen, memory


def _key(outcome: Outcome) -> Key:
    return outcome.protocol, outcome.matcher, outcome.source, outcome.id, outcome.draw


def _stored(path: Path) -> list[Outcome]:
    if not path.exists():
        return []
    outcomes = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            outcomes.append(Outcome(**json.loads(line)))
        except (ValueError, TypeError):
            warnings.warn(f"{path.name}: an incomplete line is measured again", stacklevel=2)
    return outcomes
