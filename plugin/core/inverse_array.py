"""The way back from the pixels of an output to those of the sensed raster, as an array between whose nodes GDAL interpolates.

GDAL refits the control points it is given, and finds the way back through a geolocation array of the source only roughly in
some versions. A warp needs no more than where each output pixel comes from: a geolocation array of the *output* says that
directly, and is interpolated bilinearly by every version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import FitError

Array = NDArray[np.float64]
_CELLS = 16  # of the first lattice, along the longer side of the output
_ROUNDS = 6
_MOST_NODES = 1 << 22
_TOLERANCE_PX = 0.01
_REFUSED_PX = 0.25
_NEAR_PX = 4.0


@dataclass(frozen=True, eq=False)
class InverseArray:
    """Where nodes over an output come from.

    Attributes:
        step_px: (2,) distance of nodes along x and y, output px; node (0, 0) is the output's corner.
        sensed_px: (rows, cols, 2); NaN where the output has no place in the sensed raster.
        error_px: Largest miss of the interpolation in the middle of a cell near the sensed raster, sensed px.
    """

    step_px: Array
    sensed_px: Array
    error_px: float


def inverse_array(to_sensed: Callable[[Array], Array], output: tuple[int, int], sensed: tuple[int, int]) -> InverseArray:
    """Evaluate the way back on a lattice fine enough to be interpolated to a hundredth of a sensed pixel.

    Args:
        to_sensed: (N, 2) output px -> sensed px; non-finite where there is none.
        output: (width, height) of the output.
        sensed: (width, height) of the sensed raster.

    Raises:
        FitError: with four million nodes a quarter of a pixel is still missed.
    """
    size = np.array(output, dtype=np.float64)
    finest = float(np.sqrt(_MOST_NODES / np.prod(size / size.max()))) * 0.99
    cells = float(_CELLS)
    for _ in range(_ROUNDS):
        counts = np.maximum(np.ceil(cells * size / size.max()), 1.0).astype(int)
        axes = [np.linspace(0.0, length, n + 1) for n, length in zip(counts, size, strict=True)]
        nodes = np.stack(np.meshgrid(*axes), axis=2)
        places = to_sensed(nodes.reshape(-1, 2)).reshape(nodes.shape)
        error = _error(to_sensed, nodes, places, np.array(sensed, dtype=np.float64))
        if error <= _TOLERANCE_PX or cells >= finest:
            break
        cells = min(cells * min(float(np.sqrt(error / _TOLERANCE_PX)) * 1.15, 8.0), finest)
    if error > _REFUSED_PX:
        raise FitError(
            f"The transform bends too sharply for GDAL's warp: {counts[0]} x {counts[1]} cells leave an error of {error:.2f} px.",
            "Choose a smoother model, or reject points that contradict their neighbours.",
        )
    return InverseArray(size / counts, places, error)


def _error(to_sensed: Callable[[Array], Array], nodes: Array, places: Array, sensed: Array) -> float:
    """Return the largest miss in the middle of the cells that may hold a part of the sensed raster; 0 where none does."""
    corners = np.stack([places[:-1, :-1], places[1:, 1:], places[:-1, 1:], places[1:, :-1]])
    near = ((corners.max(axis=0) > -_NEAR_PX) & (corners.min(axis=0) < sensed + _NEAR_PX)).all(axis=2)
    middles = ((nodes[:-1, :-1] + nodes[1:, 1:]) / 2)[near]
    miss = np.abs(to_sensed(middles) - corners.mean(axis=0)[near])
    return float(np.nanmax(miss, initial=0.0))
