"""What is known of two rasters before any tie point: where the georeferencing of both puts a sensed
pixel in the reference.

A model is fitted to what this leaves. Else a shift of a raster whose pixels are larger, oblong,
turned, mirrored or in another CRS would have to undo its georeferencing too, which a shift cannot.

Convention:
    Pixel frame (corner origin); a prior maps sensed_px -> reference_px.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError
from ..geometry import coords
from ..geometry.grid import Grid
from ..types import TiePoint
from . import fitting
from .transforms import Transform

Array = NDArray[np.float64]
_NOTHING_PX = 1e-3
"""A prior that turns and scales less than this over the whole raster changes no fit."""
_HELD_PX = 0.1
"""How far the simplest model that holds the georeferencing may miss it: a tenth of the noise of a
good tie point.
"""
_MODELS = (("affine", 3), ("polynomial2", 12), ("polynomial3", 20), ("tps", 60))
"""Models tried for the georeferencing, and from how many places each."""
_LATTICE = 21
_STALE = 5.0
"""Places further than so many times the median from an affine of the others do not tell of the
georeferencing.
"""


def known_prior(
    reference: Grid,
    sensed: Grid,
    points: Sequence[TiePoint] = (),
    place: Callable[[Array], Array] | None = None,
) -> Transform | None:
    """Return where the georeferencing puts sensed pixels in the reference.

    Args:
        reference: Native grid.
        sensed: Native grid.
        points: Tie points; where the grids do not tell (two CRSs, GCPs) those with a `sensed_map`
            do.
        place: Exact answer for (N, 2) sensed_px, NaN outside; None where it is not at hand.

    Returns:
        An affine or, where that would miss by more than a tenth of a pixel, a polynomial or spline;
        None where either raster has no place on the ground, where nothing tells, and where the
        pixels of both are alike, so that every model holds what is known.
    """
    outline = _lattice(sensed)
    if place is not None:
        return _simplest(outline, place(outline), sensed)
    if reference.is_referenced and sensed.is_referenced and reference.crs_wkt == sensed.crs_wkt:
        return _simplest(outline, reference.px_from_map(sensed.map_from_px(outline)), sensed)
    known = [p for p in points if p.sensed_map is not None]
    if not reference.is_referenced or not known:
        return None
    places = coords.as_points([p.sensed_px for p in known])
    images = reference.px_from_map([p.sensed_map for p in known if p.sensed_map is not None])
    return _simplest(*_agreeing(places, images), sensed)


def _lattice(grid: Grid) -> Array:
    x, y = np.meshgrid(np.linspace(0, grid.width, _LATTICE), np.linspace(0, grid.height, _LATTICE))
    return np.column_stack([x.ravel(), y.ravel()])


def _agreeing(places: Array, images: Array) -> tuple[Array, Array]:
    """Return the places that agree with an affine of all: one that was moved may keep the map
    coordinates of where it was.
    """
    with contextlib.suppress(FitError):
        miss = np.hypot(*(fitting.fit("affine", places, images).apply(places) - images).T)
        keep = miss <= max(_STALE * float(np.median(miss)), _HELD_PX)
        return places[keep], images[keep]
    return places, images


def _simplest(places: Array, images: Array, sensed: Grid) -> Transform | None:
    """Return the simplest model of the georeferencing that holds it, the nearest where none does,
    or None where there is nothing to hold.
    """
    finite = np.isfinite(images).all(axis=1)
    places, images = places[finite], images[finite]
    best, least = None, np.inf
    for kind, count in _MODELS:
        if len(places) < count or least <= _HELD_PX:
            break
        with contextlib.suppress(FitError):
            model = fitting.fit(kind, places, images, smoothing=0.0 if kind == "tps" else None)
            miss = float(np.abs(model.apply(places) - images).max())
            if miss < least:
                best, least = model, miss
    return None if best is None or _is_plain(best, sensed) else best


def _is_plain(prior: Transform, sensed: Grid) -> bool:
    """Tell whether a prior only shifts."""
    if not prior.is_affine or prior.matrix is None:
        return False
    corners = sensed.outline_px()
    moved = coords.apply_matrix(prior.matrix, corners) - corners
    return bool(np.ptp(moved, axis=0).max() < _NOTHING_PX)
