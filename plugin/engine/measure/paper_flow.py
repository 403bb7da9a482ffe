"""The dense flow of a matcher under the perturbations of its paper."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from ...core.image import Image
from ...core.progress import Progress
from ...core.types import Modality
from . import metrics
from .cases import make_case
from .paper_cases import Record, plain, record_of

_CMR_PX = (1, 2, 3, 4, 5)


def measure_flow(
    matcher: Any, dataset: Path, rows: list[dict[str, str]], seed: int, progress: Progress
) -> tuple[dict[str, float], list[Record]]:
    """Measure the flow of windows under the paper's main and robustness perturbations, and under
    what the coarse stage leaves (near).
    """
    from ....models.soma.training import MAIN, NEAR, ROBUST, flow_case
    from ....models.training.trainer import ValidationCase

    records: list[Record] = []
    for number, row in enumerate(rows):
        progress.update(number / len(rows), f"Flow: pair {number + 1} of {len(rows)}")
        case = make_case(dataset, rows, number, "shift", seed)
        images = [a.astype(np.float32) / 255.0 for a in (case.reference, case.sensed)]
        record = record_of(row)
        for name, motion in (("main", MAIN), ("robust", ROBUST), ("near", NEAR)):
            drawn = flow_case(
                ValidationCase(images[0], images[1], case.truth), motion, seed + number
            )
            start = time.perf_counter()
            found = matcher.flow(
                Image(drawn.reference, drawn.reference_mask > 0, Modality.OPTICAL),
                Image(drawn.sensed, drawn.sensed_mask > 0, Modality.SAR),
            )
            record["seconds"] = time.perf_counter() - start
            record[name] = metrics.flow_rmse(
                found.flow[0].float().cpu().numpy().astype(np.float64),
                drawn.flow.astype(np.float64),
                drawn.counts > 0,
            )
        records.append(record)
    figures: dict[str, float] = {}
    for name in ("main", "robust", "near"):
        rmse = np.array([r[name] for r in records])
        figures |= {
            f"{name} CMR@{t}": rate
            for t, rate in zip(_CMR_PX, metrics.pair_rates(rmse, _CMR_PX), strict=True)
        }
        figures[f"{name} mean RMSE, px"] = (
            float(rmse[np.isfinite(rmse)].mean()) if np.isfinite(rmse).any() else float("inf")
        )
    figures["seconds"] = float(np.median([r["seconds"] for r in records]))
    return figures, [plain(r) for r in records]
