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
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
from numpy.typing import NDArray

from ...core.atomic import write_atomically
from ...core.errors import AlignError, UsageError
from ...core.fit.result import AlignResult
from ...core.fit.transforms import Transform
from ...core.image import Image
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.run.locking import Lock
from ...core.types import AlignParams, AlignRequest, Modality, RasterRef, Status
from ...matchers import PairMatcher, TemplateMatcher, all_specs, create
from ...matchers.parts.similarity import find_peak
from ..align.align import align
from .bench_report import draw_bench, markdown
from .cases import Case, Row, make_case, read_index
from .closure import Window, closure_error, closure_windows
from .direct import direct_motion, error_of
from .null_matcher import NULL
from .protocols import CLOSURE, PROTOCOLS, Outcome, drawn_as, is_shift

Matcher = TemplateMatcher | PairMatcher
Key = tuple[str, str, str, str, int]


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
    total, done = len(keys) * sum(_count(dataset, rows, p, draws) for p in protocols), 0
    with tempfile.TemporaryDirectory() as folder, stored.open("a", encoding="utf-8") as sink:
        for key in keys:
            reset_peak()
            worked, matcher = False, cache(partial(create, key))
            for protocol in protocols:
                for name, measure in _trials(
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


def _count(dataset: Path, rows: list[Row], protocol: str, draws: int) -> int:
    return (
        sum(1 for _ in closure_windows(dataset, rows, draws))
        if protocol == CLOSURE
        else len(rows) * draws
    )


def _trials(
    dataset: Path,
    rows: list[Row],
    protocol: str,
    key: str,
    seed: int,
    draws: int,
    folder: Path,
    matcher: Callable[[], Matcher],
) -> Iterator[tuple[Key, Callable[[], Outcome]]]:
    """Give what names each trial of a protocol, and the function that makes it."""
    if protocol == CLOSURE:
        for window in closure_windows(dataset, rows, draws):
            name = (CLOSURE, key, window.row["source"], window.row["id"], window.draw)
            yield name, partial(_timed, name, partial(_closed, matcher, window))
        return
    for number, row in enumerate(rows):
        for draw in range(draws):
            name = (protocol, key, row["source"], row["id"], draw)

            def measure(name: Key = name, number: int = number, draw: int = draw) -> Outcome:
                case = make_case(dataset, rows, number, drawn_as(protocol), seed, draw)
                if protocol == drawn_as(protocol):
                    return _run(case, name, folder)
                return _timed(name, lambda: _alone(matcher(), case, protocol))

            yield name, measure


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


def align_case(case: Case, key: str, shift_only: bool, folder: Path, **params: Any) -> AlignResult:
    """Register a case through files, as a user would."""
    kind = "tif" if case.georeferenced else "png"
    paths = folder / f"reference.{kind}", folder / f"sensed.{kind}"
    for path, image in zip(paths, (case.reference, case.sensed), strict=True):
        _write(path, image, case.georeferenced)
    chosen = AlignParams(matcher=key, model="shift" if shift_only else "auto", **params)
    return align(
        AlignRequest(
            RasterRef(str(paths[0]), modality=Modality.OPTICAL),
            RasterRef(str(paths[1]), modality=Modality.SAR),
            chosen,
        )
    )


def _write(path: Path, image: NDArray[np.uint8], georeferenced: bool) -> None:
    if not georeferenced:
        cv2.imwrite(str(path), image)
        return
    place = {
        "crs": "EPSG:32611",
        "transform": rasterio.Affine(10.0, 0.0, 380000.0, 0.0, -10.0, 3790000.0),
    }
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=image.shape[1],
        height=image.shape[0],
        count=1,
        dtype="uint8",
        **place,
    ) as sink:
        sink.write(image, 1)


def case_error(case: Case, transform: Transform, shift_only: bool) -> float:
    """Return the mean distance of the case's probes from the truth, reference px."""
    return case.mean_error(transform, shift_only)


def _run(case: Case, name: Key, folder: Path) -> Outcome:
    """Register a case as a user would; what is refused keeps its error."""
    protocol, key, source, pair, draw = name
    start = time.perf_counter()
    status, message, error, miss = "error", "", None, None
    try:
        shift_only = is_shift(protocol)
        result = align_case(case, key, shift_only, folder, refuse_weak=False)
        message = result.message
        if result.transform is not None:
            error, miss = error_of(case, result.transform, protocol)
        right = result.status is Status.OK and bool(result.evidence["reliable"])
        status = (Status.OK if right else Status.NO_RELIABLE_ALIGNMENT).value
    except AlignError as failure:
        message = failure.message
    return Outcome(
        protocol, key, source, pair, status, error, time.perf_counter() - start, message, miss, draw
    )


Found = tuple[float | None, tuple[float, float] | None]


def _timed(name: Key, measure: Callable[[], Found]) -> Outcome:
    protocol, key, source, pair, draw = name
    start = time.perf_counter()
    error, miss = measure()
    status = "ok" if error is not None else "error"
    return Outcome(
        protocol,
        key,
        source,
        pair,
        status,
        error,
        time.perf_counter() - start,
        "" if error is not None else "Nothing found.",
        miss,
        draw,
    )


def _alone(matcher: Matcher, case: Case, protocol: str) -> Found:
    """Return error and miss of a matcher by itself; None where it finds nothing."""
    if protocol == "template":
        return _template_error(matcher, case), None
    motion = direct_motion(matcher, case, protocol)
    return (None, None) if motion is None else error_of(case, motion, protocol)


def _closed(matcher: Callable[[], Matcher], window: Window) -> Found:
    return closure_error(matcher(), window), None


def _template_error(matcher: Matcher, case: Case) -> float | None:
    if not isinstance(matcher, TemplateMatcher):
        return None
    described = []
    for image, modality in ((case.reference, Modality.OPTICAL), (case.sensed, Modality.SAR)):
        mask = np.ones(image.shape, bool)
        described.append(
            (
                matcher.features(Image(image.astype(np.float32) / 255.0, mask, modality), modality),
                mask,
            )
        )
    (window, window_mask), (sensed, sensed_mask) = described
    quarter = case.sensed.shape[0] // 4
    middle = slice(quarter, 3 * quarter)
    peak = find_peak(
        matcher.correlate(
            sensed[:, middle, middle], sensed_mask[middle, middle], window, window_mask
        ).values
    )
    return (
        None
        if peak is None
        else float(
            np.hypot(peak.x - quarter - case.truth[0, 2], peak.y - quarter - case.truth[1, 2])
        )
    )


def reset_peak() -> None:
    """Forget the highest memory so far."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:  # not Linux, or not allowed: the peak is then that of the whole process
        return


def peak_mb() -> float:
    """Return the highest resident memory of the process since `reset_peak`, MB; 0 where the system
    does not tell.
    """
    try:
        fields: dict[str, Any] = dict(
            line.split(":", 1)
            for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        )
        return float(fields["VmHWM"].split()[0]) / 1024
    except (OSError, KeyError, ValueError):
        return 0.0
