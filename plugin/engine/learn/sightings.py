"""What registrations with known truth show: how far their tie points are off."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import AlignError
from ...core.fit.result import AlignResult
from ...core.geometry import coords
from ...core.progress import Progress
from ...core.types import TiePoint
from ...matchers.parts.similarity import find_peak
from ..align.evidence import match_features
from ..align.found import TemplateMatch
from ..measure.cases import Case, make_case, read_index
from ..measure.metrics import corner_error
from ..measure.protocols import is_shift
from ..measure.trials import align_case

NEAR_PX = 1.5
_FOUND_PX = 8.0  # the coarse stage found the place: the score is a probability given that
_MORE_SHIFTS = 8
_QUICK = ("shift",)
_PROTOCOLS = (*_QUICK, "affine", "georeferenced")


@dataclass
class Sightings:
    """What registrations with known truth showed.

    Attributes:
        features: Of each tie point near enough to the truth to be found, see
            `evidence.match_features`.
        errors_px: Its distance from the truth.
        normalised: Its squared error over its covariance.
    """

    features: list[NDArray[np.float64]] = field(default_factory=list)
    errors_px: list[float] = field(default_factory=list)
    normalised: list[float] = field(default_factory=list)


def collect(
    dataset: Path,
    split: str,
    key: str,
    matcher_params: dict[str, Any],
    limit: int,
    seed: int,
    progress: Progress,
) -> Sightings:
    """Register the pairs of a split under drawn motions.

    Args:
        dataset: Folder with an index.csv.
        split: Its split.
        key: The matcher.
        matcher_params: Its parameters.
        limit: Pairs of each source; eight times as many for plain shifts, which are quick.
        seed: Of the motions drawn.
        progress: Hears of each registration.
    """
    rows = read_index(dataset, split, _MORE_SHIFTS * limit)
    seen, counts = Sightings(), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(rows):
            counts[row["source"]] += 1
            protocols = _PROTOCOLS if counts[row["source"]] <= limit else _QUICK
            for i, protocol in enumerate(protocols):
                progress.update(
                    (number + i / len(protocols)) / len(rows),
                    f"Calibrating on {split}: pair {number + 1} of {len(rows)}",
                )
                shift_only = is_shift(protocol)
                case = make_case(dataset, rows, number, protocol, seed)
                try:
                    result = align_case(
                        case,
                        key,
                        shift_only,
                        Path(folder),
                        matcher_params=matcher_params,
                        refuse_weak=False,
                    )
                except AlignError:
                    continue
                _add(seen, case, result)
    progress.update(1.0)
    return seen


def _add(seen: Sightings, case: Case, result: AlignResult) -> None:
    if result.coarse is None:
        return
    known = [
        (point, features) for point in result.points if (features := _features(point)) is not None
    ]
    size = case.sensed.shape[0]
    if corner_error(np.array(result.coarse.matrix), case.truth, size, size) > _FOUND_PX:
        return
    for point, features in known:
        miss = (
            np.array(point.reference_px)
            - coords.apply_matrix(case.truth, np.array([point.sensed_px]))[0]
        )
        seen.features.append(features)
        seen.errors_px.append(float(np.hypot(*miss)))
        seen.normalised.append(float(miss @ np.linalg.solve(np.array(point.covariance_px), miss)))


def _features(point: TiePoint) -> NDArray[np.float64] | None:
    """Return what the score was computed from."""
    e = point.evidence
    if e is not None and e.features:
        return np.array(e.features)
    if e is None or e.surface is None:
        return None
    peak = find_peak(e.surface)
    if peak is None:
        return None
    own = TemplateMatch((0.0, 0.0), (0.0, 0.0), peak, e.surface, e.forward_backward_px)
    features = match_features(own)
    gap = (e.peak - e.second_peak) / max(abs(e.peak), 1e-3)
    features[1], features[4] = gap, e.peak
    return features
