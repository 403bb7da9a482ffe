"""Teaches a matcher's score what it means: learnt on registrations of the training split, measured
on the validation split.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.atomic import write_atomically
from ...core.borders import reading
from ...core.errors import InputError, UsageError
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...matchers import create, get_spec
from ..align.evidence import Calibration, probability
from ..measure.figures import save_figure
from .logistic import logistic
from .sightings import NEAR_PX, Sightings, collect

_CHI2_MEDIAN = 1.386  # of 2 degrees of freedom


def calibrate(
    key: str,
    matcher_params: dict[str, Any],
    dataset: Path,
    output: Path,
    limit: int,
    seed: int,
    progress: Progress,
) -> dict[str, Any]:
    """Learn the calibration of a matcher and measure it.

    Args:
        key: The matcher.
        matcher_params: Its parameters.
        dataset: Folder with an index.csv that has the splits train and val.
        output: Folder for calibration.json and reliability.png.
        limit: Pairs of each source and split; eight times as many for plain shifts, which are
            quick.
        seed: Of the motions drawn.
        progress: Hears of each registration.

    Returns:
        score, covariance, and `validation`: reliability (mean score, share near, count of each
        decile) and expected calibration error.

    Raises:
        UsageError: the matcher tells nothing of its matches.
        InputError: the dataset cannot be read or teaches nothing.
    """
    spec = get_spec(key)
    matcher = create(spec.key, matcher_params)
    output_folder(output, ("calibration.json", "reliability.png"))
    choice = (spec.key, matcher_params, limit, seed)
    learnt = collect(dataset, "train", *choice, progress.part(0.0, 0.55))
    _check_lessons(learnt, spec.label)
    factor = Calibration.of(matcher).covariance  # already in the covariances
    near = np.array(learnt.errors_px) <= NEAR_PX
    score = logistic(np.array(learnt.features), near, 1e-3)
    covariance = float(np.median(np.array(learnt.normalised)[near])) * factor / _CHI2_MEDIAN
    measured = collect(dataset, "val", *choice, progress.part(0.55, 1.0))
    if not measured.features:
        raise InputError(
            "The split val of this dataset is too small to measure on: it gives no tie points.",
            "Take more pairs with --limit.",
        )
    result: dict[str, Any] = {
        "score": [round(float(v), 4) for v in score],
        "covariance": round(covariance, 3),
        "validation": _measure(measured, score, covariance / factor),
        "learnt_on": {
            "tie_points": len(near),
            "near_px": NEAR_PX,
            "limit": limit,
            "seed": seed,
        },
    }
    write_atomically(output / "calibration.json", json.dumps(result, indent=1))
    draw_reliability(result["validation"], spec.label, output / "reliability.png")
    return result


def _check_lessons(learnt: Sightings, label: str) -> None:
    """Refuse sightings that teach nothing."""
    if not learnt.features:
        raise UsageError(f"{label} tells nothing of its matches that a score could be learnt from.")
    near = np.array(learnt.errors_px) <= NEAR_PX
    if not near.any():
        raise InputError(
            "The registrations of this dataset teach nothing: none of their tie points is right.",
            "Take more pairs with --limit.",
        )


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


def _measure(
    seen: Sightings,
    score: NDArray[np.float64],
    covariance: float,
) -> dict[str, Any]:
    """Measure a calibration on sightings it was not learnt on.

    Args:
        seen: The sightings.
        score: Weights of `evidence.match_features`.
        covariance: The factor still missing from their covariances.
    """
    features, near = np.array(seen.features), np.array(seen.errors_px) <= NEAR_PX
    p = probability(features, tuple(score))
    tenth = np.minimum((p * 10).astype(int), 9)
    bins = [
        [float(p[tenth == i].mean()), float(near[tenth == i].mean()), int((tenth == i).sum())]
        for i in range(10)
        if (tenth == i).any()
    ]
    return {
        "reliability": [[round(a, 3), round(b, 3), n] for a, b, n in bins],
        "expected_calibration_error": round(
            sum(n * abs(a - b) for a, b, n in bins) / max(len(near), 1), 4
        ),
        "tie_points": len(near),
        "within_95_percent_ellipse": round(
            float((np.array(seen.normalised)[near] <= 5.991 * covariance).mean()), 3
        ),
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
