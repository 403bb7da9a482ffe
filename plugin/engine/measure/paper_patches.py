"""The descriptors of a matcher on patches: whether those of one place are told from others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ....models.msa_net.patch_metrics import decision_accuracy, false_positive_rate
from ...core.errors import UsageError
from ...core.progress import Progress
from ...core.types import Modality
from ...matchers.parts.keypoints import maximum_moment
from .cases import load_colour_pair
from .paper_cases import Record, image_of, record_of

_PATCH_PX, _PATCH_STRIDE_PX = 64, 32


def measure_patches(
    matcher: Any, dataset: Path, rows: list[dict[str, str]], seed: int, progress: Progress
) -> tuple[dict[str, float], list[Record]]:
    """Compare descriptors of patches at the same place of the aligned pair with those of patches
    elsewhere, drawn from all pairs.

    `structured`: the half of the patches with the more edges in the SAR image; where there is
    hardly any structure no descriptor can tell places apart.
    """
    mine: list[NDArray[np.float32]] = []
    other: list[NDArray[np.float32]] = []
    edges: list[float] = []
    records: list[Record] = []
    for number, row in enumerate(rows):
        progress.update(number / len(rows), f"Patches: pair {number + 1} of {len(rows)}")
        optical, sar, _ = load_colour_pair(dataset, row)
        both = cv2.cvtColor(optical, cv2.COLOR_BGR2GRAY), sar
        count, moment = len(mine), maximum_moment(sar.astype(np.float32) / 255.0)
        for y in range(0, sar.shape[0] - _PATCH_PX + 1, _PATCH_STRIDE_PX):
            for x in range(0, sar.shape[1] - _PATCH_PX + 1, _PATCH_STRIDE_PX):
                part = (slice(y, y + _PATCH_PX), slice(x, x + _PATCH_PX))
                if all((image[part] > 0).mean() > 0.7 for image in both):
                    a, b = (
                        _described(matcher, image, (y, x), m)
                        for image, m in zip(both, (Modality.OPTICAL, Modality.SAR), strict=True)
                    )
                    other.append(a)
                    mine.append(b)
                    edges.append(float(moment[part].mean()))
        records.append({**record_of(row), "patches": len(mine) - count})
    s, o = np.array(mine, dtype=np.float64), np.array(other, dtype=np.float64)
    if len(s) < 4:
        raise UsageError("The pairs hold too few patches.", "Take more pairs with --limit.")
    drawn = (np.arange(len(s)) + np.random.default_rng(seed).integers(1, len(s), len(s))) % len(s)
    matching, wrong = (s * o).sum(axis=1), (s * o[drawn]).sum(axis=1)
    rich = np.array(edges) >= np.median(edges)
    return {
        "patches": float(len(s)),
        "accuracy": decision_accuracy(matching, wrong),
        "FPR95": false_positive_rate(matching, wrong),
        "structured patches": float(rich.sum()),
        "structured accuracy": decision_accuracy(matching[rich], wrong[rich]),
        "structured FPR95": false_positive_rate(matching[rich], wrong[rich]),
    }, records


def _described(
    matcher: Any, image: NDArray[np.uint8], corner: tuple[int, int], modality: Modality
) -> NDArray[np.float32]:
    """Return the descriptor of the patch whose first pixel is `corner` (row, column), cut out with
    the `patch_px` that the matcher sees, less at the image's rim.
    """
    room = (matcher.patch_px - _PATCH_PX) // 2
    top, left = (max(0, at - room) for at in corner)
    part = image[top : corner[0] + _PATCH_PX + room, left : corner[1] + _PATCH_PX + room]
    described = matcher.describe(image_of(part, np.ones(part.shape, bool), modality))
    found: NDArray[np.float32] = described[
        (corner[0] - top) // matcher.step_px, (corner[1] - left) // matcher.step_px
    ]
    return found
