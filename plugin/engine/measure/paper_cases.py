"""The pairs that matchers are measured on in the terms of their papers; what is kept of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.geometry import coords
from ...core.image import Image
from ...core.types import Modality
from .cases import load_colour_pair

Array = NDArray[np.float64]
Record = dict[str, Any]
RADIUS_PX = 32.0
_SIDE_PX = 512


def motion_case(dataset: Path, row: dict[str, str], seed: int) -> tuple[Image, Image, Array]:
    """Return reference, sensed and the homography sensed px -> reference px, drawn by the seed and
    the pair.

    What is left after a coarse alignment: within 4 degrees, 16 px, scale 5 %, corners moved by up
    to 4 px; sides are multiples of 16 px, `_SIDE_PX` at most.
    """
    from ....models.training.warped import Motion, homography

    optical, sar, turned = load_colour_pair(dataset, row)
    seen = (optical.any(axis=-1) & (sar > 0)) if turned else np.ones(sar.shape, bool)
    if turned:
        seen = cv2.erode(
            cv2.morphologyEx(seen.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9))),
            np.ones((7, 7)),
        ).astype(bool)
    side = min(_SIDE_PX, *(s // 16 * 16 for s in sar.shape))
    y, x = ((s - side) // 2 for s in sar.shape)
    part = (slice(y, y + side), slice(x, x + side))
    grey = cv2.cvtColor(optical, cv2.COLOR_BGR2GRAY)
    rng = np.random.default_rng([seed, *(ord(c) for c in row["source"] + row["id"])])
    middle = np.eye(3)
    middle[:2, 2] = side / 2.0
    truth = middle @ homography(side, Motion(4.0, 16.0, 0.05, 4.0), rng) @ np.linalg.inv(middle)
    into = coords.index_matrix(np.linalg.inv(truth))
    warped = cv2.warpPerspective(sar[part], into, (side, side), flags=cv2.INTER_CUBIC)
    known = cv2.warpPerspective(
        seen[part].astype(np.uint8), into, (side, side), flags=cv2.INTER_NEAREST
    ).astype(bool)
    known = cv2.erode(known.astype(np.uint8), np.ones((5, 5)), borderValue=1).astype(bool)
    return (
        image_of(grey[part], seen[part], Modality.OPTICAL),
        image_of(warped, known, Modality.SAR),
        truth,
    )


def image_of(data: NDArray[np.uint8], mask: NDArray[np.bool_], modality: Modality) -> Image:
    """Return an image of 8-bit grey values, from 0 to 1 where the mask holds and 0 elsewhere."""
    return Image(
        np.where(mask, data.astype(np.float32) / 255.0, 0.0).astype(np.float32), mask, modality
    )


def record_of(row: dict[str, str]) -> Record:
    """Return the record of a pair, with its name alone."""
    return {"source": row["source"], "id": row["id"]}


def plain(value: Any) -> Any:
    """Return a record with None for numbers that JSON lacks."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
