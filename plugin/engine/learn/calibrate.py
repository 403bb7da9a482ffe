"""Teaches a matcher's score what it means: learnt on registrations of the training split, measured
on the validation split.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.atomic import write_atomically
from ...core.borders import reading
from ...core.errors import AlignError, InputError, UsageError
from ...core.fit.result import AlignResult
from ...core.geometry import coords
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.types import TiePoint
from ...matchers import create, get_spec
from ...matchers.parts.similarity import find_peak
from ..align.evidence import (
    Calibration,
    enough,
    judge_features,
    match_features,
    probability,
    support_of,
)
from ..align.found import TemplateMatch
from ..measure.bench import align_case, case_error
from ..measure.cases import Case, make_case, read_index
from ..measure.figures import save_figure
from ..measure.metrics import corner_error
from ..measure.protocols import is_shift, is_unrelated

NEAR_PX = 1.5
_FOUND_PX = 8.0  # the coarse stage found the place: the score is a probability given that
_MORE_SHIFTS = 8
_QUICK = ("shift", "unrelated_shift")
_PROTOCOLS = (*_QUICK, "affine", "unrelated", "georeferenced", "unrelated_georeferenced")
_CHI2_MEDIAN = 1.386  # of 2 degrees of freedom
_CONSTANTS = 2  # the first of the features of the judgement are no evidence


@dataclass
class Sightings:
    """What registrations with known truth showed.

    Attributes:
        features: Of each tie point near enough to the truth to be found, see
            `evidence.match_features`.
        errors_px: Its distance from the truth.
        normalised: Its squared error over its covariance.
        judged: Each registration.
    """

    features: list[NDArray[np.float64]] = field(default_factory=list)
    errors_px: list[float] = field(default_factory=list)
    normalised: list[float] = field(default_factory=list)
    judged: list[Registration] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Registration:
    """A registration and what it is judged by.

    Attributes:
        turned: Whether rotation and scale were searched.
        contrast: Of the coarse stage.
        overlap: Share of the area that tie points cover.
        features: (N, F) of its tie points, kept or not.
        kept: (N,).
        right: Whether its images belong together and it found how.
    """

    turned: bool
    contrast: float
    overlap: float
    features: NDArray[np.float64]
    kept: NDArray[np.bool_]
    right: bool

    def told(self, score: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `evidence.judge_features` under these weights of the score."""
        scores = probability(self.features, tuple(score)) if len(self.features) else np.empty(0)
        return judge_features(
            self.turned, self.contrast, self.overlap, support_of(scores, self.kept)
        )

    def accepted(
        self, score: NDArray[np.float64], judging: NDArray[np.float64], kept_share: float
    ) -> bool:
        """Return whether `evidence.judge` would accept it under these weights."""
        told, kept = self.told(score), int(self.kept.sum())
        return bool(
            enough(kept, len(self.kept), told[-1] * len(self.kept), kept_share)
            and told @ judging > 0
        )


def calibrate(
    key: str,
    matcher_params: dict[str, Any],
    dataset: Path,
    output: Path,
    limit: int,
    seed: int,
    progress: Progress,
    keep_score: bool = False,
) -> dict[str, Any]:
    """Learn the calibration of a matcher and measure it.

    Args:
        key: The matcher.
        matcher_params: Its parameters.
        dataset: Folder with an index.csv that has the splits train and val.
        output: Folder for calibration.json and reliability.png.
        limit: Pairs of each source and split; eight times as many for plain shifts, related and
            unrelated, which are quick.
        seed: Of the motions drawn.
        progress: Told of each registration.
        keep_score: Learn only the judgement: the score and the covariances stay as the matcher has
            them, and are measured.

    Returns:
        score, judge, covariance, and `validation`: reliability (mean score, share near, count of
        each decile), expected calibration error, share accepted of the registrations that are right
        and of the others (wrong ones, unrelated images).

    Raises:
        UsageError: the matcher tells nothing of its matches.
        InputError: the dataset cannot be read or teaches nothing.
    """
    spec = get_spec(key)
    matcher = create(spec.key, matcher_params)
    output_folder(output, ("calibration.json", "reliability.png"))
    learnt = _collect(
        dataset, "train", spec.key, matcher_params, limit, seed, progress.part(0.0, 0.55)
    )
    own = Calibration.of(matcher)
    factor = own.covariance  # already in the covariances
    near = np.array(learnt.errors_px) <= NEAR_PX
    if not learnt.features:
        raise UsageError(
            f"{spec.label} tells nothing of its matches that a score could be learnt from."
        )
    if not near.any() or len({r.right for r in learnt.judged}) < 2:
        raise InputError(
            "The registrations of this dataset teach nothing: none of them is right, or all are.",
            "Take more pairs with --limit.",
        )
    score = np.array(own.score) if keep_score else logistic(np.array(learnt.features), near, 1e-3)
    judged = _judging(learnt, score)
    covariance = (
        factor
        if keep_score
        else float(np.median(np.array(learnt.normalised)[near])) * factor / _CHI2_MEDIAN
    )
    measured = _collect(
        dataset, "val", spec.key, matcher_params, limit, seed, progress.part(0.55, 1.0)
    )
    if not measured.features or len({r.right for r in measured.judged}) < 2:
        raise InputError(
            "The split val of this dataset is too small to measure on: it gives no tie "
            "points, or no registrations of one kind.",
            "Take more pairs with --limit.",
        )
    result: dict[str, Any] = {
        "score": [round(float(v), 4) for v in score],
        "judge": [round(float(v), 4) for v in judged],
        "covariance": round(covariance, 3),
        "validation": _measure(measured, score, covariance / factor, judged, own.kept_share),
        "learnt_on": {
            "tie_points": len(near),
            "registrations": len(learnt.judged),
            "near_px": NEAR_PX,
            "limit": limit,
            "seed": seed,
            "score_kept": keep_score,
        },
    }
    write_atomically(output / "calibration.json", json.dumps(result, indent=1))
    draw_reliability(result["validation"], spec.label, output / "reliability.png")
    return result


def write_into_card(card: Path, calibration: dict[str, Any]) -> None:
    """Put a calibration into the card of weights, from where the matcher takes it.

    Raises:
        InputError: there is no card at this path.
    """
    write_atomically(card, json.dumps({**read_card(card), "calibration": calibration}, indent=1))


def read_card(card: Path) -> dict[str, Any]:
    """Return what a card of weights says.

    Raises:
        InputError: there is no card at this path.
    """
    with reading("the card of weights", card, "Name the .json beside the .safetensors."):
        return dict(json.loads(card.read_text(encoding="utf-8")))


def logistic(
    features: NDArray[np.float64],
    labels: NDArray[np.bool_],
    ridge: float,
    counts: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Fit the weights of a logistic regression by Newton's method.

    Args:
        features: (N, F), the first column ones.
        labels: (N,).
        ridge: Weight of the squared weights, of features of unit spread.
        counts: (N,), how many times each row counts; None = once.
    """
    counts = np.ones(len(labels)) if counts is None else counts
    spread = features.std(axis=0) + 1e-9
    spread[0] = 1.0
    z, y, w = features / spread, labels.astype(float), np.zeros(features.shape[1])
    for _ in range(60):
        p = 1.0 / (1.0 + np.exp(-np.clip(z @ w, -30, 30)))
        hessian = (z * (counts * p * (1 - p))[:, None]).T @ z + (ridge + 1e-6) * np.eye(len(w))
        w = w + np.linalg.solve(hessian, z.T @ (counts * (y - p)) - ridge * w)
    return np.asarray(w / spread, dtype=np.float64)


def _judging(learnt: Sightings, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of `evidence.judge_features`; no evidence speaks against a registration by
    being stronger, so none is below 0.
    """
    told, right = (
        np.array([r.told(score) for r in learnt.judged]),
        np.array([r.right for r in learnt.judged]),
    )
    counts, used = _evenly(told, right), list(range(told.shape[1]))
    while True:
        weights = np.zeros(told.shape[1])
        weights[used] = logistic(told[:, used], right, 0.1, counts)
        negative = [i for i in used[_CONSTANTS:] if weights[i] < 0]
        if not negative:
            return weights
        used.remove(min(negative, key=lambda i: weights[i]))


def _evenly(features: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (N,) counts by which right and other registrations weigh the same, with and without a
    search of rotation.
    """
    kinds = 2 * features[:, 1].astype(int) + right
    number = np.bincount(kinds, minlength=4)
    return np.asarray(len(kinds) / (np.count_nonzero(number) * number[kinds]), dtype=np.float64)


def _collect(
    dataset: Path,
    split: str,
    key: str,
    matcher_params: dict[str, Any],
    limit: int,
    seed: int,
    progress: Progress,
) -> Sightings:
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
                _add(seen, case, result, shift_only, related=not is_unrelated(protocol))
    progress.update(1.0)
    return seen


def _add(seen: Sightings, case: Case, result: AlignResult, shift_only: bool, related: bool) -> None:
    if result.coarse is None:
        return
    right = (
        related
        and result.transform is not None
        and case_error(case, result.transform, shift_only) <= _FOUND_PX
    )
    known = [
        (point, features) for point in result.points if (features := _features(point)) is not None
    ]
    told, kept = (
        np.array([f for _, f in known]),
        np.array([point.enabled for point, _ in known], dtype=bool),
    )
    seen.judged.append(
        Registration(
            bool(result.evidence["turned"]),
            result.coarse.contrast,
            result.evidence["overlap"],
            told,
            kept,
            right,
        )
    )
    size = case.sensed.shape[0]
    if (
        not related
        or corner_error(np.array(result.coarse.matrix), case.truth, size, size) > _FOUND_PX
    ):
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


def _measure(
    seen: Sightings,
    score: NDArray[np.float64],
    covariance: float,
    judging: NDArray[np.float64],
    kept_share: float,
) -> dict[str, Any]:
    """Measure a calibration on sightings it was not learnt on.

    Args:
        seen: The sightings.
        score: Weights of `evidence.match_features`.
        covariance: The factor still missing from their covariances.
        judging: Weights of `evidence.judge_features`.
        kept_share: See `evidence.Calibration`.
    """
    features, near = np.array(seen.features), np.array(seen.errors_px) <= NEAR_PX
    p = probability(features, tuple(score))
    tenth = np.minimum((p * 10).astype(int), 9)
    bins = [
        [float(p[tenth == i].mean()), float(near[tenth == i].mean()), int((tenth == i).sum())]
        for i in range(10)
        if (tenth == i).any()
    ]
    right = np.array([r.right for r in seen.judged])
    accepted = np.array([r.accepted(score, judging, kept_share) for r in seen.judged])
    return {
        "reliability": [[round(a, 3), round(b, 3), n] for a, b, n in bins],
        "expected_calibration_error": round(
            sum(n * abs(a - b) for a, b, n in bins) / max(len(near), 1), 4
        ),
        "tie_points": len(near),
        "within_95_percent_ellipse": round(
            float((np.array(seen.normalised)[near] <= 5.991 * covariance).mean()), 3
        ),
        "right_accepted": round(float(accepted[right].mean()), 4),
        "others_accepted": round(float(accepted[~right].mean()), 4),
        "registrations": [int(right.sum()), int((~right).sum())],
    }


def draw_reliability(measured: dict[str, Any], label: str, path: Path) -> None:
    """Draw how often tie points of each score are near the truth."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 4.4), layout="constrained")
    axes = figure.subplots()
    mean, share, count = (np.array(v) for v in zip(*measured["reliability"], strict=True))
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1)
    axes.scatter(mean, share, s=8 + 200 * count / count.max(), color="#0072b2")
    error = measured["expected_calibration_error"]
    axes.set(
        xlabel="score",
        ylabel=f"share within {NEAR_PX} px of the truth",
        xlim=(0, 1),
        ylim=(0, 1),
        aspect="equal",
        title=f"{label}: {measured['tie_points']} tie points, mean gap {error:.3f}",
    )
    save_figure(figure, path)
