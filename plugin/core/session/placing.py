"""Putting a tie point where the analyst wants it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import UsageError
from ..geometry.grid import Grid
from ..types import Covariance, Point, TiePoint
from .point import Seen

BY_HAND_PX2: Covariance = ((0.25, 0.0), (0.0, 0.25))


def placed(
    point: TiePoint,
    reference_px: Point,
    sensed_px: Point,
    seen: Seen | None,
    reference_grid: Grid,
    sensed_grid: Grid,
    sensed_to_reference: Callable[[Any], Any] | None,
) -> TiePoint:
    """Return a tie point at new positions, enabled, with map coordinates where there is
    georeferencing.

    Args:
        point: The point.
        reference_px: Place in the reference.
        sensed_px: Place in the sensed raster.
        seen: What was measured there; None = nothing: the score stays that of the earlier place,
            the covariance becomes that of a place set by hand (0.5 px), and the similarity is kept
            only while the sensed end stays, for it is that place's.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        sensed_to_reference: (N, 2) in the sensed CRS -> the reference's CRS; None where they are
            the same.

    Raises:
        UsageError: a place that is not finite.
    """
    reference_px, sensed_px = ((float(x), float(y)) for x, y in (reference_px, sensed_px))
    if not all(map(math.isfinite, (*reference_px, *sensed_px))):
        raise UsageError(
            "A point cannot be put there: the place has no coordinates in the raster.",
            "Choose a place nearer to the rasters.",
        )
    reference_map = sensed_map = None
    if reference_grid.is_referenced:
        reference_map = reference_grid.layer_place(reference_px)
        place = sensed_grid.map_from_px([sensed_px])
        if sensed_to_reference is not None:
            place = sensed_to_reference(place)
        x, y = np.asarray(place)[0]
        sensed_map = (float(x), float(y))
    return replace(
        point,
        reference_px=reference_px,
        sensed_px=sensed_px,
        reference_map=reference_map,
        sensed_map=sensed_map,
        enabled=True,
        reason="",
        covariance_px=BY_HAND_PX2 if seen is None else seen.covariance_px,
        score=point.score if seen is None else seen.score,
        evidence=seen.evidence
        if seen is not None
        else point.evidence
        if sensed_px == point.sensed_px
        else None,
    )
