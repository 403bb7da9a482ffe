"""Measures a matcher in the terms of its paper and puts the published figures beside ours; see
`paper_metrics`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ....models.msa_net.patch_metrics import decision_accuracy, false_positive_rate
from ...core.atomic import write_atomically
from ...core.errors import UsageError
from ...core.geometry import coords
from ...core.image import Image
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.types import Modality
from ...matchers import PairMatcher, create, get_spec
from ...matchers.parts.features import fill_invalid
from ...matchers.parts.keypoints import corners, maximum_moment, spread
from . import metrics
from .cases import load_colour_pair, make_case, read_index
from .papers import PAPERS

Array = NDArray[np.float64]
_SIDE_PX, _RADIUS_PX, _MARGIN_PX = 512, 32.0, 32
_KEYPOINT_EACH_PX2 = (
    256  # strongest keypoints of an image: one for each 16 x 16 px, 1024 of 512 x 512
)
_PATCH_PX, _PATCH_STRIDE_PX = 64, 32
_MMA_PX, _AUC_PX, _CMR_PX = tuple(range(1, 11)), (3, 5, 10), (1, 2, 3, 4, 5)
Record = dict[str, Any]


def run_papers(
    key: str,
    dataset: Path,
    split: str,
    output: Path,
    limit: int | None,
    seed: int,
    progress: Progress,
) -> str:
    """Measure a matcher in its paper's terms; return the table as Markdown.

    Pairs, motions and figures go to `output`.

    Raises:
        UsageError: there is no paper of this matcher, or it lacks what is to be measured.
        InputError: the dataset cannot be read.
    """
    if key not in PAPERS:
        raise UsageError(
            f"There are no published figures for {key!r}.", f"Choose from {', '.join(PAPERS)}."
        )
    paper, spec = PAPERS[key], get_spec(key)
    matcher = create(key, paper.params)
    if not isinstance(matcher, PairMatcher):
        raise UsageError(f"{spec.label} finds no matches by itself.")
    rows, name = read_index(dataset, split, limit), f"metrics-{key}-{split}"
    output_folder(output, (f"{name}.json", f"{name}.md"))
    figures: dict[str, float | None] = {}
    records: dict[str, list[Record]] = {}
    for number, measure in enumerate(paper.measures):
        part = progress.part(number / len(paper.measures), (number + 1) / len(paper.measures))
        found, each = _MEASURES[measure](matcher, dataset, rows, seed, part)
        figures |= {
            name: value if value is not None and np.isfinite(value) else None
            for name, value in found.items()
        }
        records[measure] = each
    if hasattr(matcher, "net"):
        figures["GFLOP per megapixel"] = _gflop_each(
            matcher, *motion_case(dataset, rows[0], seed)[:2]
        )
    stored = {
        "matcher": key,
        "split": split,
        "seed": seed,
        "pairs": len(rows),
        "figures": figures,
        "records": records,
    }
    text = _table(key, figures, len(rows), split)
    write_atomically(output / f"{name}.json", json.dumps(stored, indent=1))
    write_atomically(output / f"{name}.md", text)
    return text


def _table(key: str, figures: dict[str, float | None], pairs: int, split: str) -> str:
    paper = PAPERS[key]
    lines = [
        f"### {paper.title}",
        "",
        f"| figure | ours, {pairs} pairs of `{split}` | published |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {'-' if value is None else f'{value:.3f}'} | {paper.published.get(name, '')} |"
        for name, value in figures.items()
    ]
    return "\n".join(
        [
            *lines,
            "",
            (
                f"{paper.data} Ours are 8-bit pairs of five collections, true to about a "
                "pixel: the columns are not of the same data."
            ),
        ]
    )


# --- pairs under a known motion


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
        _image(grey[part], seen[part], Modality.OPTICAL),
        _image(warped, known, Modality.SAR),
        truth,
    )


def _image(data: NDArray[np.uint8], mask: NDArray[np.bool_], modality: Modality) -> Image:
    return Image(
        np.where(mask, data.astype(np.float32) / 255.0, 0.0).astype(np.float32), mask, modality
    )


def _matches(
    matcher: Any, dataset: Path, rows: list[dict[str, str]], seed: int, progress: Progress
) -> tuple[dict[str, float], list[Record]]:
    records: list[Record] = []
    for number, row in enumerate(rows):
        progress.update(number / len(rows), f"Matching: pair {number + 1} of {len(rows)}")
        reference, sensed, truth = motion_case(dataset, row, seed)
        start = time.perf_counter()
        found = matcher.match(reference, sensed, _RADIUS_PX)
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
                **_name(row),
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
    return figures, [_plain(r) for r in records]


def _gflop_each(matcher: Any, reference: Image, sensed: Image) -> float:
    """Return the convolutions and matrix products of matching a pair, 1e9 operations for each
    megapixel of the reference.
    """
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        matcher.match(reference, sensed, _RADIUS_PX)
    return float(counter.get_total_flops() / 1e9 / (reference.data.size / 1e6))


def _keypoints(
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
            **_name(row),
            "keypoints": len(shown),
            "with a partner": repeated,
            "repeatability": _repeated(mine, other),
            **others,
        }
        detected, placed = (
            matcher.keypoint_matches(reference, sensed, _RADIUS_PX),
            matcher.match(reference, sensed, _RADIUS_PX),
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


# --- dense flow


def _flow(
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
        record = _name(row)
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
    return figures, [_plain(r) for r in records]


# --- patches


def _patches(
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
        records.append({**_name(row), "patches": len(mine) - count})
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
    described = matcher.describe(_image(part, np.ones(part.shape, bool), modality))
    found: NDArray[np.float32] = described[
        (corner[0] - top) // matcher.step_px, (corner[1] - left) // matcher.step_px
    ]
    return found


def _name(row: dict[str, str]) -> Record:
    return {"source": row["source"], "id": row["id"]}


def _mean(records: list[Record], group: str, name: str) -> float:
    values = np.array([r[group][name] for r in records], dtype=np.float64)
    return float(values[np.isfinite(values)].mean()) if np.isfinite(values).any() else float("nan")


def _plain(value: Any) -> Any:
    """Return a record with None for numbers that JSON lacks."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


_Measure = Callable[
    [Any, Path, list[dict[str, str]], int, Progress], tuple[dict[str, float], list[Record]]
]
_MEASURES: dict[str, _Measure] = {
    "matches": _matches,
    "keypoints": _keypoints,
    "flow": _flow,
    "patches": _patches,
}
