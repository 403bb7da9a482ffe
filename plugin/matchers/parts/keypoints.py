"""Keypoints that optical and SAR images have in common: corners of the maximum moment of phase
congruency, spread over the image.

Convention:
    Positions are index px (pixel centres): (x, y) = (column, row).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .features import Array, phase_congruency

_FULL, _ROBUST = 2.0, 0.9


def maximum_moment(image: Array, scales: int = 4, orientations: int = 6) -> Array:
    """Return the maximum moment of phase congruency (H, W): how strong an edge each pixel lies on,
    whatever its contrast.

    Reference:
        Kovesi 2003, Phase congruency detects corners and edges, DICTA, eq. 3-6.
    """
    pc = phase_congruency(image, scales, orientations)
    angle = (np.arange(orientations) * np.pi / orientations)[:, None, None]
    x, y = pc * np.cos(angle), pc * np.sin(angle)
    a, b, c = (x**2).sum(axis=0), 2.0 * (x * y).sum(axis=0), (y**2).sum(axis=0)
    return (0.5 * (a + c + np.sqrt(b**2 + (a - c) ** 2))).astype(np.float32)


def corners(moment: Array, contrast: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions (N, 2) and strengths (N,) of FAST corners of a moment map.

    Args:
        moment: (H, W).
        contrast: Least contrast of a corner, as a share of a full moment.

    Reference:
        MSA-Net, J. Appl. Remote Sens. 17(3) 036504 (MMPC): FAST on the maximum moment.
    Deviation:
        the moment is scaled by a constant, not by its extremes in the image, so that corners do not
        depend on the tile.
    """
    grey = np.clip(np.round(moment * (255.0 / _FULL)), 0, 255).astype(np.uint8)
    found = cv2.FastFeatureDetector_create(max(1, round(255 * contrast)), True).detect(grey)  # type: ignore[attr-defined,unused-ignore]
    return np.array([k.pt for k in found], dtype=np.float64).reshape(-1, 2), np.array(
        [k.response for k in found], dtype=np.float64
    )


def spread(
    at: NDArray[np.float64], strength: NDArray[np.float64], spacing_px: float
) -> NDArray[np.intp]:
    """Return the keypoints that have none clearly stronger within `spacing_px`, strongest first.

    Reference:
        Brown et al. 2005, Multi-image matching using multi-scale oriented patches, CVPR: adaptive
        non-maximal suppression, c = 0.9.
    Deviation:
        the radius is given, not the number, so that what is kept does not depend on the tile; of
        equals within it the first stays.
    """
    order = np.argsort(-strength, kind="stable")
    if not len(order):
        return order
    tree = cKDTree(at)
    one, other = tree.query_pairs(spacing_px, output_type="ndarray").T
    strongest = strength.copy()
    np.maximum.at(strongest, one, strength[other])
    np.maximum.at(strongest, other, strength[one])
    able = _ROBUST * strongest <= strength
    gone, kept = np.zeros(len(at), bool), []
    for i in order[able[order]]:
        if not gone[i]:
            kept.append(i)
            gone[tree.query_ball_point(at[i], spacing_px)] = True
    return np.array(kept, dtype=np.intp)
