"""The pairs of a dataset as networks are trained and validated on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..measure.cases import load_colour_pair, make_case, place_of, read_index


def read_pairs(dataset: Path, split: str, across_dates: bool = False) -> list[Any]:
    """Read the pairs of a split as `models.synthetic.Pair`; black corners of turned pictures are
    masked.

    Args:
        dataset: Folder with an index.csv.
        split: Its name.
        across_dates: Of places with pairs of two dates, the optical image of each date with the SAR
            of the other one too: harder pairs of ground that has changed.
    """
    from ....models.training.synthetic import Pair

    pairs: list[Pair] = []
    dates: dict[tuple[str, str], list[Pair]] = {}
    for row in read_index(dataset, split, None):
        optical, sar, turned = load_colour_pair(dataset, row)
        mask = None
        if turned:
            seen = ((sar > 0) & optical.any(axis=-1)).astype(np.uint8)
            seen = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
            mask = cv2.erode(seen, np.ones((7, 7), np.uint8)).astype(bool)
        bands = np.moveaxis(
            optical[..., ::-1], -1, 0
        )  # red, green, blue, as they are mixed to a grey value
        pairs.append(Pair.make(np.ascontiguousarray(bands), sar, mask, row["source"]))
        dates.setdefault(place_of(row), []).append(pairs[-1])
    if across_dates:
        for one, other in (p for p in dates.values() if len(p) == 2):
            if one.sar.shape == other.sar.shape and one.mask is None and other.mask is None:
                for a, b in ((one, other), (other, one)):
                    pairs.append(Pair.make(a.optical, b.sar, None, a.source))
    return pairs


def read_cases(dataset: Path, protocol: str, seed: int) -> tuple[list[Any], list[str]]:
    """Return the cases of the split val under a protocol, and the source of each."""
    from ....models.training.trainer import ValidationCase

    rows = read_index(dataset, "val", None)
    cases = []
    for number in range(len(rows)):
        case = make_case(dataset, rows, number, protocol, seed)
        reference, sensed = (a.astype(np.float32) / 255.0 for a in (case.reference, case.sensed))
        cases.append(ValidationCase(reference, sensed, case.truth))
    return cases, [r["source"] for r in rows]
