"""The matches of a matcher under known motions: how many, how many are right, and how close."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ...core.image import Image
from ...core.progress import Progress
from . import metrics
from .paper_cases import RADIUS_PX, Record, motion_case, plain, record_of

_MMA_PX, _AUC_PX = tuple(range(1, 11)), (3, 5, 10)


def measure_matches(
    matcher: Any, dataset: Path, rows: list[dict[str, str]], seed: int, progress: Progress
) -> tuple[dict[str, float], list[Record]]:
    """Measure the matches of each pair under its known motion; means over the pairs."""
    records: list[Record] = []
    for number, row in enumerate(rows):
        progress.update(number / len(rows), f"Matching: pair {number + 1} of {len(rows)}")
        reference, sensed, truth = motion_case(dataset, row, seed)
        start = time.perf_counter()
        found = matcher.match(reference, sensed, RADIUS_PX)
        seconds = time.perf_counter() - start
        errors = metrics.moved(truth, found.sensed, found.reference)
        estimated, inliers = metrics.fitted_motion(
            found.sensed, found.reference, metrics.NEAR_PX, seed
        )
        own = (
            np.full(len(errors), np.inf)
            if estimated is None
            else metrics.moved(estimated, found.sensed, found.reference)
        )
        height, width = sensed.data.shape
        records.append(
            {
                **record_of(row),
                "truth": truth.tolist(),
                "all_px": float(np.sqrt((errors**2).mean())) if len(errors) else float("nan"),
                "true": asdict(metrics.count_matches(errors)),
                "self": asdict(metrics.count_matches(np.where(inliers, own, np.inf))),
                "mma": metrics.matching_accuracy(errors, _MMA_PX),
                "corner_px": metrics.corner_error(estimated, truth, width, height),
                "seconds": seconds,
            }
        )
    corners = np.array([r["corner_px"] for r in records])
    figures = {
        "NM": _mean(records, "true", "matches"),
        "NCM": _mean(records, "true", "correct"),
        "RCM": _mean(records, "true", "ratio"),
    }
    figures["RMSE of the correct, px"] = _mean(records, "true", "rmse_px")
    figures["RMSE of all, px"] = _mean([{"all": r} for r in records], "all", "all_px")
    figures |= {
        f"self {name}": _mean(records, "self", of)
        for name, of in (("NCM", "correct"), ("RCM", "ratio"), ("RMSE, px", "rmse_px"))
    }
    figures |= {
        f"MMA@{t}": float(np.mean([r["mma"][i] for r in records])) for i, t in enumerate(_MMA_PX)
    }
    figures |= {f"corner AUC@{t}": metrics.area_under_curve(corners, t) for t in _AUC_PX}
    figures["seconds"] = float(np.median([r["seconds"] for r in records]))
    return figures, [plain(r) for r in records]


def _mean(records: list[Record], group: str, name: str) -> float:
    values = np.array([r[group][name] for r in records], dtype=np.float64)
    return float(values[np.isfinite(values)].mean()) if np.isfinite(values).any() else float("nan")


def gflop_each(matcher: Any, reference: Image, sensed: Image) -> float:
    """Return the convolutions and matrix products of matching a pair, 1e9 operations for each
    megapixel of the reference.
    """
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        matcher.match(reference, sensed, RADIUS_PX)
    return float(counter.get_total_flops() / 1e9 / (reference.data.size / 1e6))
