"""A matcher by itself: the pair as it lies, no coarse stage, no second matcher, no filter but one
robust fit.

A template matcher slides the whole sensed image over the reference where the motion is a shift,
else a lattice of templates, each as far as the motions of the protocol reach. A pair matcher is
given both images once, with that reach. Its matches, or the highest peaks of the templates, are
fitted by one motion of the protocol's kind: the commonest shift, an affine (MAGSAC++), or a
polynomial of second degree over the inliers of an affine. The null answers "no displacement".
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import FitError
from ...core.fit import fitting
from ...core.fit.transforms import Transform
from ...core.geometry import coords
from ...core.image import Image
from ...core.types import Modality
from ...matchers import PairMatcher, TemplateMatcher
from ...matchers.parts.similarity import find_peak
from ..align.fine import template_size
from ..align.outliers import magsac_affine
from .cases import Case, farthest_px
from .null_matcher import NullMatcher
from .protocols import is_bent, is_shift

Array = NDArray[np.float64]

_NEAR_PX, _BENT_PX = 3.0, 8.0
_LEAST = {"shift": 1, "affine": 6, "polynomial2": 10}
_SIDE = 6
"""Templates along each side of the lattice."""


def direct_motion(
    matcher: TemplateMatcher | PairMatcher, case: Case, protocol: str
) -> Transform | None:
    """Return the motion sensed px -> reference px that a matcher finds by itself, or None where too
    few of its matches agree.

    Args:
        matcher: Any.
        case: The pair.
        protocol: Whose motions the case has.
    """
    offset = (case.reference.shape[0] - case.sensed.shape[0]) / 2.0
    if isinstance(matcher, NullMatcher):
        return fitting.fit("shift", np.zeros((1, 2)), np.full((1, 2), offset))
    reach = farthest_px(protocol, case.reference.shape[0])
    if isinstance(matcher, PairMatcher):
        sensed, reference = _matches(matcher, case, int(offset), reach)
    elif is_shift(protocol):
        sensed, reference = _whole(matcher, case)
    else:
        sensed, reference = _peaks(matcher, case, reach)
    return robust_motion(
        sensed,
        reference,
        "shift" if is_shift(protocol) else "polynomial2" if is_bent(protocol) else "affine",
    )


def robust_motion(sensed: Array, reference: Array, kind: str) -> Transform | None:
    """Fit one motion to matches of which many may be wrong.

    Args:
        sensed: (N, 2) px.
        reference: (N, 2) px.
        kind: "shift", "affine" or "polynomial2".

    Returns:
        The motion, or None where too few matches agree with any.
    """
    if len(sensed) < _LEAST[kind]:
        return None
    if kind == "shift":
        shift = reference - sensed
        near = np.hypot(*np.moveaxis(shift[:, None] - shift[None], 2, 0)) <= _NEAR_PX
        inliers = near[int(near.sum(axis=1).argmax())]
    else:
        inliers = magsac_affine(
            sensed, reference, _BENT_PX if kind == "polynomial2" else _NEAR_PX, 0
        )
    if inliers.sum() < _LEAST[kind]:
        return None
    try:
        return fitting.fit(kind, sensed[inliers], reference[inliers])
    except FitError:
        return None


def _prepared(case: Case) -> tuple[Image, Image]:
    """Return reference and sensed image, 0..1, all of it valid."""
    images = ((case.reference, Modality.OPTICAL), (case.sensed, Modality.SAR))
    reference, sensed = (
        Image(data.astype(np.float32) / 255.0, np.ones(data.shape, bool), modality)
        for data, modality in images
    )
    return reference, sensed


def _matches(matcher: PairMatcher, case: Case, offset: int, reach: float) -> tuple[Array, Array]:
    """Return the matches of a pair matcher; a smaller sensed image lies in the middle of the
    reference.
    """
    reference, small = _prepared(case)
    size = small.data.shape[0]
    data, mask = np.zeros_like(reference.data), np.zeros_like(reference.mask)
    there = slice(offset, offset + size)
    data[there, there], mask[there, there] = small.data, True
    found = matcher.match(reference, Image(data, mask, Modality.SAR), reach)
    return found.sensed - offset, found.reference


def _whole(matcher: TemplateMatcher, case: Case) -> tuple[Array, Array]:
    """Return the middle of the sensed image and where it is most similar to the reference as a
    whole; nothing where it is nowhere.
    """
    reference, sensed = (matcher.features(image, image.modality) for image in _prepared(case))
    masks = [np.ones(f.shape[1:], bool) for f in (sensed, reference)]
    peak = find_peak(matcher.correlate(sensed, masks[0], reference, masks[1]).values)
    if peak is None:
        return np.empty((0, 2)), np.empty((0, 2))
    middle = np.full((1, 2), case.sensed.shape[0] / 2.0)
    return middle, middle + [[peak.x, peak.y]]


def _peaks(matcher: TemplateMatcher, case: Case, reach: float) -> tuple[Array, Array]:
    """Return the middles of templates of a lattice over the sensed image and where each is most
    similar to the reference within reach.
    """
    reference, sensed = (matcher.features(image, image.modality) for image in _prepared(case))
    size, width = case.sensed.shape[0], case.reference.shape[0]
    side = template_size(size, size, None, matcher.template_limits_px)
    found = []
    for y in np.linspace(0, size - side, _SIDE).astype(int):
        for x in np.linspace(0, size - side, _SIDE).astype(int):
            left, top = max(0, int(x - reach)), max(0, int(y - reach))
            window = reference[
                :, top : min(width, int(y + side + reach)), left : min(width, int(x + side + reach))
            ]
            template = sensed[:, y : y + side, x : x + side]
            values = matcher.correlate(
                template, np.ones(template.shape[1:], bool), window, np.ones(window.shape[1:], bool)
            ).values
            peak = find_peak(values)
            if peak is not None:
                found.append(
                    (x + side / 2, y + side / 2, left + peak.x + side / 2, top + peak.y + side / 2)
                )
    table = np.array(found, dtype=np.float64).reshape(-1, 4)
    return table[:, :2], table[:, 2:]


def plain_shift(one: NDArray[np.uint8], other: NDArray[np.uint8], reach: int) -> Array | None:
    """Return (2,) where the middle of one image lies in another of the same sensor, by plain
    normalised correlation, px; None at the edge of the reach.
    """
    inner = one[reach:-reach, reach:-reach]
    surface = cv2.matchTemplate(other, inner, cv2.TM_CCOEFF_NORMED)
    peak = find_peak(surface.astype(np.float32))
    if peak is None or peak.at_edge:
        return None
    return np.array([peak.x - reach, peak.y - reach])


def error_of(case: Case, motion: Transform, protocol: str) -> tuple[float, tuple[float, float]]:
    """Return the mean distance of the probes from the truth, and (x, y) from the truth to the
    answer at the middle of the sensed image, px.
    """
    error, middle = case.mean_error(motion, is_shift(protocol)), case.probes(True)
    x, y = coords.as_points(motion.apply(middle) - case.to_reference(middle))[0]
    return error, (float(x), float(y))
