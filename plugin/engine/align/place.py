"""What the matcher sees at one place: measures a single point, for the analyst who added it or
dragged it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.errors import UsageError
from ...core.fit.transforms import Transform
from ...core.progress import Progress
from ...core.session.point import Seen
from ...core.types import AlignRequest, Evidence, Point
from ...matchers import TemplateMatcher, create, get_spec
from ..read.pair import WorkingPair, open_pair
from .evidence import Calibration, score_match
from .find import coarse_guide
from .fine import match_templates, template_size
from .results import reference_jacobian
from .tuning import SEARCH_RADIUS_PX

Array = NDArray[np.float64]
_STEP_PX = 50.0


def measure_place(
    request: AlignRequest, transform: Transform | None, reference_px: Point, sensed_px: Point
) -> tuple[Point, Seen]:
    """Match the sensed image around one of its pixels with the reference around where it should be.

    Args:
        request: The two rasters and the parameters. A matcher that compares no templates is
            replaced by CFOG.
        transform: Fit sensed_px -> reference_px, for rotation and scale around the place; None = as
            georeferenced.
        reference_px: Where the reference should show it; 8 working px around are searched.
        sensed_px: The place in the sensed image.

    Returns:
        The place in the reference at the peak, and what was seen.

    Raises:
        UsageError: the place lies outside, or has too little valid ground in both images.
        AlignError: bad input.
    """
    params = request.params
    spec = get_spec(params.matcher)
    matcher = create(spec.key, params.matcher_params, params.device)
    if not isinstance(matcher, TemplateMatcher):
        matcher = coarse_guide(matcher)
    with open_pair(request) as georeferenced:
        pair = pair_at(georeferenced, transform, reference_px, sensed_px)
        at = place_in(pair, reference_px)
        side = template_size(
            pair.grid.width, pair.grid.height, params.template_px, matcher.template_limits_px
        )
        found = match_templates(
            pair, matcher, np.round(at)[None], side, SEARCH_RADIUS_PX, params.tile_px, Progress()
        )
        if not found:
            raise UsageError(
                "There is too little valid ground around the place in both images to measure it."
            )
        match = found[0]
        calibration = Calibration.of(matcher)
        # The template lies on whole pixels; the motion it finds is that of the place beside its
        # middle.
        top = at + np.array(match.shift)
        jacobian = reference_jacobian(pair, top[None])[0]
        covariance = (
            jacobian @ np.array(match.peak.covariance) @ jacobian.T * calibration.covariance
        )
        origin, place = pair.reference_native_px(np.stack([at - match.radius, top]))
        evidence = Evidence(
            match.peak.value,
            match.peak.second,
            match.forward_backward_px,
            match.surface,
            _point(origin),
            (_point(jacobian[:, 0]), _point(jacobian[:, 1])),
        )
        seen = Seen(
            score_match(match, calibration),
            (_point(covariance[0]), _point(covariance[1])),
            evidence,
        )
        return _point(place), seen


def place_in(pair: WorkingPair, reference_px: Point) -> Array:
    """Return the working px (2,) of a place in the reference.

    Raises:
        UsageError: it lies outside.
    """
    at: Array = pair.working_from_reference_native(np.array([reference_px]))[0]
    if (
        not np.isfinite(at).all()
        or (at < 0).any()
        or (at > [pair.grid.width, pair.grid.height]).any()
    ):
        raise UsageError("The place lies outside the ground that both images show.")
    return at


def pair_at(
    pair: WorkingPair, transform: Transform | None, reference_px: Point, sensed_px: Point
) -> WorkingPair:
    """Return a pair, given as georeferenced, with the sensed place put onto the reference place,
    turned and scaled as there.

    Raises:
        UsageError: the sensed image has no extent there.
    """
    around = np.array(sensed_px) + [[0.0, 0.0], [_STEP_PX, 0.0], [0.0, _STEP_PX]]
    georeferenced = pair.working_from_sensed_native(around)
    goal = pair.working_from_reference_native(np.array([reference_px]))[0]
    if transform is None:
        wanted = georeferenced - georeferenced[0] + goal
    else:
        slope = transform.jacobian([sensed_px])[0]
        wanted = pair.working_from_reference_native(
            np.array(reference_px) + (around - np.array(sensed_px)) @ slope.T
        )
    one = np.ones((3, 1))
    affine = np.linalg.solve(np.hstack([georeferenced, one]), np.hstack([wanted, one])).T
    affine[2] = [0.0, 0.0, 1.0]
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine)) < 1e-9:
        raise UsageError("The place cannot be measured: the sensed image has no extent there.")
    return pair.corrected(affine)


def _point(values: Array) -> Point:
    return float(values[0]), float(values[1])
