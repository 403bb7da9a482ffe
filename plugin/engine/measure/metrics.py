"""The papers' figures of merit, each defined once.

Convention:
    `errors` are distances from the truth in px of the images matched, infinite where there is no
    answer: failures stay in the denominator. Places are px (corner origin).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...core.geometry import coords

Array = NDArray[np.float64]
NEAR_PX = 3.0
"""A match is correct within this: MSA-Net, RIFT, ReDFeat."""


# --- matches


@dataclass(frozen=True)
class MatchCounts:
    """Matches of one pair.

    Attributes:
        matches: NM, all of them.
        correct: NCM.
        ratio: RCM = NCM / NM; 0 without matches.
        rmse_px: sqrt(mean squared error) of the correct ones; NaN where there are none.
    """

    matches: int
    correct: int
    ratio: float
    rmse_px: float


def count_matches(errors: Array, near_px: float = NEAR_PX) -> MatchCounts:
    """Count correct matches.

    Args:
        errors: (N,) distances from the truth; or, for the figures of MSA-Net and RIFT, residuals of
            a transform fitted to the matches themselves (see `fitted_motion`), which tell how well
            they agree with each other.
        near_px: Correct within this.

    Reference:
        MSA-Net, Table 4: NCM, RCM and RMSE over the NCM matches.
    """
    right = errors[errors <= near_px]
    rmse = float(np.sqrt((right**2).mean())) if len(right) else float("nan")
    return MatchCounts(
        len(errors), len(right), len(right) / len(errors) if len(errors) else 0.0, rmse
    )


def matching_accuracy(errors: Array, thresholds: Sequence[float]) -> list[float]:
    """Return MMA's part of one pair: the share (0..1) of its matches within each threshold; 0
    without matches. MMA is the mean over pairs.

    Reference:
        D2-Net, CVPR 2019, section 5.1; KD+CFM, Remote Sens. 2022, 14, 3599, Table 2.
    """
    return [float((errors <= t).mean()) if len(errors) else 0.0 for t in thresholds]


def average_precision(scores: Array, correct: NDArray[np.bool_], positives: int) -> float:
    """Return NN mAP's part of one pair: the area under precision over recall, matches taken by
    falling score. NN mAP is the mean over pairs.

    Args:
        scores: (N,) of nearest-neighbour matches, higher is surer.
        correct: (N,) whether each is right.
        positives: True correspondences, found or not: keypoints whose ground has a keypoint in the
            other image too. No fewer than are correct.

    Returns:
        0..1; 0 where there is nothing to find.

    Raises:
        ValueError: more matches are correct than could be.

    Reference:
        KD+CFM, section 4.2: area under the precision-recall curve over the thresholds of
        nearest-neighbour matching.
    """
    if correct.sum() > positives:
        raise ValueError(f"{int(correct.sum())} matches are correct, but only {positives} could be")
    if not positives:
        return 0.0
    hits = correct[np.argsort(-scores, kind="stable")].astype(np.float64)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return min(float((precision * hits).sum()) / positives, 1.0)


def matching_score(correct: int, keypoints: int) -> float:
    """Return M.S.: correct matches over extracted keypoints on common ground; 0 without keypoints.

    Reference:
        KD+CFM, Table 4: recovered true correspondences / extracted keypoints.
    """
    return correct / keypoints if keypoints else 0.0


# --- keypoints


def repeatability(sensed: Array, reference: Array, near_px: float = NEAR_PX) -> float:
    """Return n / N: the share of sensed keypoints that have a keypoint of the reference within
    `near_px`; 0 without keypoints.

    Args:
        sensed: (N, 2) keypoints on ground that both images show, where the truth puts them in the
            reference.
        reference: (M, 2) keypoints of the reference. As many as there are of the sensed image on
            the same ground: more would be met by chance.
        near_px: How near counts as repeated.

    Reference:
        KD+CFM, section 4.2.
    """
    if not len(sensed) or not len(reference):
        return 0.0
    distance, _ = cKDTree(reference).query(sensed)
    return float((distance <= near_px).mean())


# --- transforms


def fitted_motion(
    sensed: Array, reference: Array, threshold_px: float, seed: int
) -> tuple[NDArray[np.float64] | None, NDArray[np.bool_]]:
    """Fit a homography to matches: the one estimator of all matchers, OpenCV's MAGSAC++, 5000
    iterations, confidence 0.999.

    Returns:
        3x3, sensed px -> reference px, and (N,) inliers within the threshold; None and no inliers
        where nothing can be fitted.
    """
    none = np.zeros(len(sensed), bool)
    if len(sensed) < 4:
        return None, none
    cv2.setRNGSeed(seed)
    matrix, _ = cv2.findHomography(
        sensed, reference, cv2.USAC_MAGSAC, threshold_px, maxIters=5000, confidence=0.999
    )
    if matrix is None or not np.isfinite(matrix).all():
        return None, none
    return matrix, moved(matrix, sensed, reference) <= threshold_px


def moved(matrix: Array, sensed: Array, reference: Array) -> Array:
    """Return (N,) how far 3x3 `matrix` puts sensed px from reference px; infinite where it puts
    them at infinity.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.hypot(*(coords.apply_matrix(matrix, sensed) - reference).T)
    return np.asarray(np.where(np.isfinite(distance), distance, np.inf), dtype=np.float64)


def corner_error(estimated: Array | None, truth: Array, width: int, height: int) -> float:
    """Return ACE: mean distance of the four corners of a sensed image under an estimated 3x3 from
    where the truth puts them, in order.

    Infinite without an estimate.
    """
    if estimated is None:
        return float("inf")
    corners = coords.corners(width, height)
    return float(moved(estimated, corners, coords.apply_matrix(truth, corners)).mean())


def area_under_curve(errors: Array, threshold: float) -> float:
    """Return AUC@T (0..1): the area under the share of pairs within t, for t from 0 to T, over T.

    Reference:
        SuperGlue, CVPR 2020, and LoFTR, arXiv 2104.00680, for corner errors.
    Deviation:
        the exact area under the steps, mean(max(0, 1 - error / T)); the public code joins the steps
        by lines.
    """
    return float(np.clip(1.0 - errors / threshold, 0.0, 1.0).mean()) if len(errors) else 0.0


# --- dense flow


def flow_rmse(flow: Array, truth: Array, counts: NDArray[np.bool_]) -> float:
    """Return the root mean square of the end-point error over the places that count; infinite where
    none does.

    Args:
        flow: (2, h, w) px.
        truth: (2, h, w) px.
        counts: (h, w).
    """
    square = ((flow - truth) ** 2).sum(axis=0)[counts]
    return float(np.sqrt(square.mean())) if len(square) else float("inf")


def pair_rates(rmse: Array, thresholds: Sequence[float]) -> list[float]:
    """Return pair-level CMR@T: the share of pairs whose dense flow has an RMSE below each
    threshold. Not that of template matching.

    Reference:
        SOMA, arXiv 2511.13168: share of image pairs whose full-image flow RMSE < T.
    """
    return [float((rmse < t).mean()) if len(rmse) else 0.0 for t in thresholds]
