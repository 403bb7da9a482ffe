"""The trials of a bench: one matcher on one draw of one pair, through `align` or by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rasterio
from numpy.typing import NDArray

from ...core.errors import AlignError
from ...core.fit.result import AlignResult
from ...core.fit.transforms import Transform
from ...core.image import Image
from ...core.types import AlignParams, AlignRequest, Modality, RasterRef, Status
from ...matchers import PairMatcher, TemplateMatcher
from ...matchers.parts.similarity import find_peak
from ..align.align import align
from .cases import Case, Row, make_case
from .closure import Window, closure_error, closure_windows
from .direct import direct_motion, error_of
from .protocols import CLOSURE, Outcome, drawn_as, is_shift

Matcher = TemplateMatcher | PairMatcher
Key = tuple[str, str, str, str, int]


def count_trials(dataset: Path, rows: list[Row], protocol: str, draws: int) -> int:
    """Return how many trials a protocol has with each matcher."""
    return (
        sum(1 for _ in closure_windows(dataset, rows, draws))
        if protocol == CLOSURE
        else len(rows) * draws
    )


def trials_of(
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
