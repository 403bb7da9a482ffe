"""Which tie points to trust: masks and reasons, nothing is deleted."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ...core.errors import FitError
from ...core.fit import fitting
from ...core.geometry import coords
from ...core.types import Reason
from .found import Candidates
from .tuning import MAX_FORWARD_BACKWARD_PX, NEIGHBOURS

Array = NDArray[np.float64]
_REASONS = list(Reason)
_CODE = {reason: code for code, reason in enumerate(_REASONS)}


def filter_candidates(
    c: Candidates, min_score: float, robust_px: float, local_px: float, seed: int
) -> list[Reason]:
    """Give each candidate a reason to be disabled, or `Reason.NONE`.

    The order is: peak at the edge, score, forward-backward, MAGSAC++ affine, agreement with the
    neighbours.

    Args:
        c: Candidates.
        min_score: Scores below are disabled.
        robust_px: Scale of MAGSAC++: wide enough for the smooth distortion of the scene.
        local_px: Largest departure from the affine fit of the nearest neighbours.
        seed: Of OpenCV's sampler.
    """
    reasons = np.zeros(len(c.sensed), dtype=int)
    reasons[c.score < min_score] = _CODE[Reason.LOW_SCORE]
    reasons[c.forward_backward > MAX_FORWARD_BACKWARD_PX] = _CODE[Reason.FORWARD_BACKWARD]
    reasons[c.at_edge] = _CODE[Reason.EDGE_PEAK]
    left = np.flatnonzero(reasons == _CODE[Reason.NONE])
    if len(left) >= 4:
        reasons[left[~magsac_affine(c.sensed[left], c.reference[left], robust_px, seed)]] = _CODE[
            Reason.ROBUST_FIT
        ]
    for _ in range(3):
        left = np.flatnonzero(reasons == _CODE[Reason.NONE])
        if len(left) < 6:
            break
        departure = local_departure(c.sensed[left], c.reference[left])
        bad = departure > max(local_px, 3.0 * 1.4826 * float(np.median(departure)))
        if not bad.any():
            break
        reasons[left[bad]] = _CODE[Reason.LOCAL]
    return [_REASONS[r] for r in reasons]


def magsac_affine(
    sensed: Array, reference: Array, threshold_px: float, seed: int
) -> NDArray[np.bool_]:
    """Return (N,) inliers of an affine by OpenCV's USAC MAGSAC++; all False where none is found.

    Reference:
        Barath et al. 2020, MAGSAC++, a fast, reliable and accurate robust estimator, CVPR.
    """
    cv2.setRNGSeed(seed)
    matrix, _ = cv2.estimateAffine2D(
        sensed.astype(np.float64),
        reference.astype(np.float64),
        method=cv2.USAC_MAGSAC,
        ransacReprojThreshold=threshold_px,
        maxIters=5000,
        confidence=0.999,
    )
    if matrix is None:
        return np.zeros(len(sensed), bool)
    miss = coords.apply_matrix(np.vstack([matrix, [0.0, 0.0, 1.0]]), sensed) - reference
    inliers: NDArray[np.bool_] = np.hypot(miss[:, 0], miss[:, 1]) <= threshold_px
    return inliers


def local_departure(sensed: Array, reference: Array, neighbours: int = NEIGHBOURS) -> Array:
    """Return (N,) distance of each point's shift from the median shift of its nearest neighbours,
    after a global affine.
    """
    try:
        transform = fitting.fit("affine", sensed, reference)
        shift = reference - transform.apply(sensed)
    except FitError:
        shift = reference - sensed
    k = min(neighbours, len(sensed) - 1)
    _, found = cKDTree(sensed).query(sensed, k + 1)
    own = found == np.arange(len(sensed))[:, None]
    own[~own.any(axis=1), -1] = True  # of many points at one place, any other
    nearest = found[~own].reshape(len(sensed), k)
    middle = np.median(shift[nearest], axis=1)
    return np.asarray(np.hypot(*(shift - middle).T))
