"""The keypoints of a matcher: how many come again in the other image, and how they are paired."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...core.geometry import coords
from ...core.image import Image
from ...core.progress import Progress
from ...core.types import Modality
from ...matchers.parts.features import fill_invalid
from ...matchers.parts.keypoints import corners, maximum_moment, spread
from . import metrics
from .paper_cases import RADIUS_PX, Array, Record, motion_case, record_of

# strongest keypoints of an image: one for each 16 x 16 px, 1024 of 512 x 512
_KEYPOINT_EACH_PX2 = 256


def measure_keypoints(
    matcher: Any, dataset: Path, rows: list[dict[str, str]], seed: int, progress: Progress
) -> tuple[dict[str, float], list[Record]]:
    """Measure the strongest keypoints on ground that both images show, and the matches between
    them; other detectors' beside them.

    The matches between keypoints are measured as the network pairs them, against the true
    correspondences among the keypoints; placed ones, whose reference end need not be a keypoint,
    against all keypoints.
    """
    records: list[Record] = []
    for number, row in enumerate(rows):
        progress.update(number / len(rows), f"Keypoints: pair {number + 1} of {len(rows)}")
        reference, sensed, truth = motion_case(dataset, row, seed)
        shown, mine, other = _common_keypoints(matcher.keypoints, reference, sensed, truth)
        repeated = metrics.repeatability(mine, other)
        others = {
            name: _repeated(*_common_keypoints(detect, reference, sensed, truth)[1:])
            for name, detect in _DETECTORS.items()
        }
        record: Record = {
            **record_of(row),
            "keypoints": len(shown),
            "with a partner": repeated,
            "repeatability": _repeated(mine, other),
            **others,
        }
        detected, placed = (
            matcher.keypoint_matches(reference, sensed, RADIUS_PX),
            matcher.match(reference, sensed, RADIUS_PX),
        )
        for name, found, ends, positives in (
            ("", detected, other, round(repeated * len(shown))),
            (", placed", placed, None, len(shown)),
        ):
            taken = _among(found.sensed, shown) & (
                _among(found.reference, ends) if ends is not None else True
            )
            correct = (metrics.moved(truth, found.sensed, found.reference) <= metrics.NEAR_PX)[
                taken
            ]
            record |= {
                f"NN mAP{name}": metrics.average_precision(found.score[taken], correct, positives),
                f"M.S.{name}": metrics.matching_score(int(correct.sum()), len(shown)),
            }
        records.append(record)
    names = (
        "repeatability",
        *(f"repeatability, {name}" for name in _DETECTORS),
        "NN mAP",
        "M.S.",
        "NN mAP, placed",
        "M.S., placed",
        "keypoints",
    )
    return {
        name: float(np.mean([r[name.removeprefix("repeatability, ")] for r in records]))
        for name in names
    }, records


def _common_keypoints(
    detect: Callable[[Image], Array], reference: Image, sensed: Image, truth: Array
) -> tuple[Array, Array, Array]:
    """Return the strongest keypoints on ground that both images show: of the sensed image, where
    the truth puts those, and of the reference.
    """
    places = [
        detect(image)[: image.data.size // _KEYPOINT_EACH_PX2] for image in (sensed, reference)
    ]
    (of_sensed, there), (of_reference, _) = (
        _on_both(places[0], sensed, reference, truth),
        _on_both(places[1], reference, sensed, np.linalg.inv(truth)),
    )
    return places[0][of_sensed], there, places[1][of_reference]


def _repeated(there: Array, reference: Array) -> float:
    """Return the repeatability of as many keypoints of each image, the strongest."""
    count = min(len(there), len(reference))
    return metrics.repeatability(there[:count], reference[:count])


def _sift_keypoints(image: Image) -> Array:
    found = cv2.SIFT_create().detect(  # type: ignore[attr-defined,unused-ignore]
        np.round(255 * image.data).astype(np.uint8), image.mask.astype(np.uint8)
    )
    return np.array([k.pt for k in sorted(found, key=lambda k: -k.response)]).reshape(-1, 2) + 0.5


def _phase_congruency_keypoints(image: Image) -> Array:
    """As MSA-Net finds them."""
    at, strength = corners(maximum_moment(fill_invalid(image.data, image.mask)), 0.05)
    return at[spread(at, strength, 6.0)] + 0.5


def _random_keypoints(image: Image) -> Array:
    """What chance alone would give."""
    height, width = image.data.shape
    return np.random.default_rng(image.modality is Modality.SAR).uniform(
        0, (width, height), (image.data.size // _KEYPOINT_EACH_PX2, 2)
    )


_DETECTORS: dict[str, Callable[[Image], Array]] = {
    "SIFT": _sift_keypoints,
    "phase congruency": _phase_congruency_keypoints,
    "at random": _random_keypoints,
}


def _among(sensed: Array, keypoints: Array) -> NDArray[np.bool_]:
    """Return (N,) which matches begin at one of the keypoints."""
    if not len(sensed) or not len(keypoints):
        return np.zeros(len(sensed), bool)
    return np.asarray(cKDTree(keypoints).query(sensed)[0] < 0.1)


def _on_both(
    places: Array, own: Image, other: Image, truth: Array
) -> tuple[NDArray[np.bool_], Array]:
    """Return (N,) which places lie on ground that the other image shows, and where those lie
    there.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        there = coords.apply_matrix(truth, places)
    height, width = other.data.shape
    inside = (there >= 0).all(axis=1) & (there[:, 0] < width) & (there[:, 1] < height)
    at, back = (np.floor(np.where(inside[:, None], v, 0)).astype(int) for v in (there, places))
    inside &= other.mask[at[:, 1], at[:, 0]] & own.mask[back[:, 1], back[:, 0]]
    return inside, there[inside]
