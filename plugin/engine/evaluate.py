"""Accuracy against known truth: pairs made from a dataset by seeded motions, run through `align` as a user would.

Protocols:
    shift: reference = 256-px optical window, sensed = 192-px SAR template cut at a sub-pixel offset of 32 px +- 32 px
    from the window's corner, registered with model "shift". Error: distance at the template's centre.
    affine: sensed = SAR turned by up to 10 degrees, scaled by 0.9 to 1.1 and shifted by up to 30 px about the centre of a
    window of up to 512 px, model "auto". Error: mean distance of the four corners (ACE).
    georeferenced: as affine, but turned by up to 2 degrees and scaled by 0.98 to 1.02, and both images are GeoTIFFs at the same place,
    as layers of a project are. Error: mean distance of the four corners.
    unrelated, unrelated_shift, unrelated_georeferenced: as affine, shift and georeferenced, with the SAR of another pair; the right answer
    is a refusal.
    template: the similarity of template matchers alone: the cases of shift, one template of the middle half (96 px) slid over the
    whole window, no coarse stage, filter or fit. Error: distance of the highest peak.

Every pair counts: a refusal or an error is a miss at every threshold.
"""

from __future__ import annotations

import csv
import json
import tempfile
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
from numpy.typing import NDArray

from ..core import coords
from ..core.errors import AlignError, InputError, UsageError
from ..core.progress import Progress
from ..core.transforms import transform_from_dict
from ..core.types import AlignParams, AlignRequest, AlignResult, Modality, RasterRef, Status
from .align import align
from .bench_report import draw_bench, markdown
from .coarse_search import similarity_matrix
from .matchers import TemplateMatcher, all_specs, create
from .preparing import Image
from .protocols import DRAWN, PROTOCOLS, Outcome, is_georeferenced, is_shift, is_unrelated
from .similarity import find_peak

_WINDOW_PX, _TEMPLATE_PX, _AFFINE_PX = 256, 192, 512


@dataclass(frozen=True, eq=False)
class Case:
    """A pair made from a dataset: reference, sensed, the 3x3 truth sensed px -> reference px (corner origin), and whether both have a CRS."""

    reference: NDArray[np.uint8]
    sensed: NDArray[np.uint8]
    truth: NDArray[np.float64]
    georeferenced: bool = False


def run_bench(
    dataset: Path, split: str, protocols: list[str], matchers: list[str], output: Path, limit: int | None, seed: int, progress: Progress
) -> str:
    """Measure matchers and return the tables as Markdown; results and a picture also go to `output`, where a second run goes on.

    Raises:
        InputError: the dataset cannot be read.
        UsageError: unknown protocol or matcher.
    """
    for protocol in protocols:
        if protocol not in PROTOCOLS:
            raise UsageError(f"Unknown protocol {protocol!r}.", f"Choose from {', '.join(PROTOCOLS)}.")
    keys = matchers or [k for k, s in all_specs().items() if not s.missing()]
    unknown = [k for k in keys if k not in all_specs()]
    if unknown:
        raise UsageError(f"Unknown matcher {unknown[0]!r}.", f"Choose from {', '.join(all_specs())}.")
    rows = read_index(dataset, split, limit)
    output.mkdir(parents=True, exist_ok=True)
    stored = output / f"bench-{split}-seed{seed}.jsonl"
    outcomes = {(o.protocol, o.matcher, o.source, o.id): o for o in _stored(stored)}
    memory: dict[str, float] = {}
    total, done, done_here = len(rows) * len(protocols) * len(keys), 0, 0
    with tempfile.TemporaryDirectory() as folder, stored.open("a", encoding="utf-8") as sink:
        for key in keys:
            reset_peak()
            before = done_here
            for protocol in protocols:
                for number, row in enumerate(rows):
                    progress.update(done / max(total, 1), f"{key}, {protocol}: pair {number + 1} of {len(rows)}")
                    done += 1
                    known = outcomes.get((protocol, key, row["source"], row["id"]))
                    if known is not None and (known.miss_px is not None or known.status != "ok" or protocol == "template"):
                        continue
                    case = make_case(dataset, rows, number, "shift" if protocol == "template" else protocol, seed)
                    outcome = _run_template(case, key, row) if protocol == "template" else _run(case, protocol, key, row, Path(folder))
                    outcomes[protocol, key, row["source"], row["id"]] = outcome
                    sink.write(json.dumps(asdict(outcome)) + "\n")
                    sink.flush()
                    done_here += 1
            memory[key] = peak_mb() if done_here > before else 0.0
    wanted = {(p, k, r["source"], r["id"]) for p in protocols for k in keys for r in rows}
    chosen = [o for name, o in outcomes.items() if name in wanted]
    text = markdown(chosen, protocols, keys, memory)
    draw_bench(chosen, protocols, keys, memory, output / f"bench-{split}-seed{seed}.png")
    (output / f"bench-{split}-seed{seed}.md").write_text(text, encoding="utf-8")
    return text


def read_index(dataset: Path, split: str, limit: int | None) -> list[dict[str, str]]:
    """Return the rows of a split, at most `limit` a source."""
    try:
        with (dataset / "index.csv").open(encoding="utf-8", newline="") as stream:
            rows = [r for r in csv.DictReader(stream) if r["split"] == split]
    except (OSError, KeyError, csv.Error) as error:
        raise InputError(f"{dataset} is not a dataset: {error}.", "It needs an index.csv with source, id, split, optical, sar.") from error
    if limit is not None:
        seen: dict[str, int] = {}
        kept = []
        for row in rows:
            seen[row["source"]] = seen.get(row["source"], 0) + 1
            if seen[row["source"]] <= limit:
                kept.append(row)
        rows = kept
    if not rows:
        raise InputError(f"{dataset} has no pairs in split {split!r}.")
    return rows


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


def load_colour_pair(dataset: Path, row: dict[str, str]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], bool]:
    """Return optical (H, W, 3) and SAR (H, W) of a pair on the same pixel grid, and whether the optical had to be turned onto it."""
    optical, sar = cv2.imread(str(dataset / row["optical"]), cv2.IMREAD_COLOR), cv2.imread(str(dataset / row["sar"]), cv2.IMREAD_COLOR)
    if optical is None or sar is None:
        raise InputError(f"Cannot read the images of pair {row['source']}/{row['id']}.")
    sar = sar[..., 0]
    truth = dataset / "pairs" / row["source"] / "truth.json"
    if truth.exists():
        matrix = np.array(json.loads(truth.read_text(encoding="utf-8"))[row["id"]]["optical_to_sar_idx"])
        optical = cv2.warpAffine(optical, matrix, (sar.shape[1], sar.shape[0]), flags=cv2.INTER_CUBIC)
    return optical.astype(np.uint8), np.ascontiguousarray(sar, dtype=np.uint8), truth.exists()


def load_pair(dataset: Path, row: dict[str, str]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return optical grey and SAR of a pair on the same pixel grid."""
    optical, sar, _ = load_colour_pair(dataset, row)
    return cv2.cvtColor(optical, cv2.COLOR_BGR2GRAY).astype(np.uint8), sar


def make_case(dataset: Path, rows: list[dict[str, str]], number: int, protocol: str, seed: int) -> Case:
    """Make one case; the draw depends only on the seed, the protocol and the pair."""
    row = rows[number]
    rng = np.random.default_rng([seed, DRAWN.index(protocol), *(ord(c) for c in row["source"] + row["id"])])
    optical, sar = load_pair(dataset, row)
    if is_unrelated(protocol):
        others = [r for r in rows if (r["source"], r["id"][:6]) != (row["source"], row["id"][:6])]
        if not others:
            raise InputError("There is no unrelated pair in this split.", "It needs pairs of two places at least; raise --limit.")
        _, other = load_pair(dataset, others[int(rng.integers(len(others)))])
        side = min(*optical.shape, *other.shape)
        optical, sar = optical[:side, :side], other[:side, :side]
    shifted = is_shift(protocol)
    side = min(_WINDOW_PX if shifted else _AFFINE_PX, *optical.shape)
    x, y = (int(rng.integers(0, n - side + 1)) for n in (optical.shape[1], optical.shape[0]))
    if shifted:
        size = side * _TEMPLATE_PX // _WINDOW_PX
        offset = rng.uniform(0, side - size, 2)
        motion = np.eye(3)
        motion[:2, 2] = -offset
    else:
        size = side
        turn, stretch = (2.0, 0.02) if is_georeferenced(protocol) else (10.0, 0.1)
        motion = similarity_matrix(rng.uniform(-turn, turn), rng.uniform(1 - stretch, 1 + stretch), tuple(rng.uniform(-30, 30, 2)), (side / 2, side / 2))
    into_window = np.eye(3)
    into_window[:2, 2] = (-x, -y)
    sensed = cv2.warpAffine(sar, coords.index_matrix(motion @ into_window)[:2], (size, size), flags=cv2.INTER_CUBIC)
    return Case(optical[y : y + side, x : x + side], sensed, np.linalg.inv(motion), is_georeferenced(protocol))


def align_case(case: Case, key: str, shift_only: bool, folder: Path, **params: Any) -> AlignResult:
    """Register a case through files, as a user would."""
    kind = "tif" if case.georeferenced else "png"
    paths = folder / f"reference.{kind}", folder / f"sensed.{kind}"
    for path, image in zip(paths, (case.reference, case.sensed), strict=True):
        _write(path, image, case.georeferenced)
    chosen = AlignParams(matcher=key, model="shift" if shift_only else "auto", **params)
    return align(AlignRequest(RasterRef(str(paths[0]), modality=Modality.OPTICAL), RasterRef(str(paths[1]), modality=Modality.SAR), chosen))


def _write(path: Path, image: NDArray[np.uint8], georeferenced: bool) -> None:
    if not georeferenced:
        cv2.imwrite(str(path), image)
        return
    place = {"crs": "EPSG:32611", "transform": rasterio.Affine(10.0, 0.0, 380000.0, 0.0, -10.0, 3790000.0)}
    with rasterio.open(path, "w", driver="GTiff", width=image.shape[1], height=image.shape[0], count=1, dtype="uint8", **place) as sink:
        sink.write(image, 1)


def case_error(case: Case, transform: dict[str, Any], shift_only: bool) -> float:
    """Return the distance at the centre (shift) or the mean distance of the corners from the truth, reference px."""
    size = case.sensed.shape[0]
    return float(np.hypot(*_miss(case, transform, _middle(case) if shift_only else coords.corners(size, size)).T).mean())


def _middle(case: Case) -> NDArray[np.float64]:
    return np.full((1, 2), case.sensed.shape[0] / 2)


def _miss(case: Case, transform: dict[str, Any], probes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 2) from the truth to where a transform puts the probes (sensed px), reference px."""
    return np.asarray(transform_from_dict(transform).apply(probes) - coords.apply_matrix(case.truth, probes), dtype=np.float64)


def _run(case: Case, protocol: str, key: str, row: dict[str, str], folder: Path) -> Outcome:
    start = time.perf_counter()
    status, message, error, miss = "error", "", None, None
    try:
        shift_only = is_shift(protocol)
        result = align_case(case, key, shift_only, folder)
        status, message = result.status.value, result.message
        if result.status is Status.OK and result.transform is not None:
            error = case_error(case, result.transform, shift_only)
            x, y = _miss(case, result.transform, _middle(case))[0]
            miss = float(x), float(y)
    except AlignError as failure:
        message = failure.message
    return Outcome(protocol, key, row["source"], row["id"], status, error, time.perf_counter() - start, message, miss)


def _run_template(case: Case, key: str, row: dict[str, str]) -> Outcome:
    start = time.perf_counter()
    matcher = create(key)
    if not isinstance(matcher, TemplateMatcher):
        return Outcome("template", key, row["source"], row["id"], "error", None, 0.0, "It compares no templates.")
    described = []
    for image, modality in ((case.reference, Modality.OPTICAL), (case.sensed, Modality.SAR)):
        mask = np.ones(image.shape, bool)
        described.append((matcher.features(Image(image.astype(np.float32) / 255.0, mask, modality), modality), mask))
    (window, window_mask), (sensed, sensed_mask) = described
    quarter = case.sensed.shape[0] // 4
    middle = slice(quarter, 3 * quarter)
    peak = find_peak(matcher.correlate(sensed[:, middle, middle], sensed_mask[middle, middle], window, window_mask).values)
    error = None if peak is None else float(np.hypot(peak.x - quarter - case.truth[0, 2], peak.y - quarter - case.truth[1, 2]))
    return Outcome("template", key, row["source"], row["id"], "ok", error, time.perf_counter() - start, "")


def reset_peak() -> None:
    """Forget the highest memory so far."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:  # not Linux, or not allowed: the peak is then that of the whole process
        return


def peak_mb() -> float:
    """Return the highest resident memory of the process since `reset_peak`, MB; 0 where the system does not tell."""
    try:
        fields: dict[str, Any] = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
        return float(fields["VmHWM"].split()[0]) / 1024
    except (OSError, KeyError, ValueError):
        return 0.0
