"""The way back from the pixels of an output to those of the sensed raster, as an array between
whose nodes GDAL interpolates.

GDAL refits the control points it is given, and finds the way back through a geolocation array of
the source only roughly in some versions. A warp needs no more than where each output pixel comes
from: a geolocation array of the *output* says that directly, and is interpolated bilinearly by
every version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError

Array = NDArray[np.float64]
SENSED_PLANE = (
    1.0,
    1.0,
    0.0,
    1.0,
    0.0,
    1.0,
)  # geotransform of the sensed raster beside an array; GDAL takes the identity for none
NOWHERE = -1e300
_CELLS = 16  # of the first lattice, along the longer side
_HOLED_CELLS = (
    256  # up to which a lattice is refined that has nodes without a place beside the sensed raster
)
_ROUNDS = 6
_MOST_NODES = 1 << 22
_TOLERANCE_PX = 0.01
_REFUSED_PX = 0.25
_NEAR_PX = 4.0
_CHUNK = 50_000


@dataclass(frozen=True, eq=False)
class InverseArray:
    """Where nodes over a part of an output come from.

    Attributes:
        start_px: (2,) output px of node (0, 0).
        step_px: (2,) distance of nodes along x and y, output px.
        sensed_px: (rows, cols, 2); NaN where the output has no place in the sensed raster.
        error_px: Largest miss of the interpolation in the middle of a cell near the sensed raster,
            sensed px.
    """

    start_px: Array
    step_px: Array
    sensed_px: Array
    error_px: float

    def geolocation(self, path: str) -> dict[str, str]:
        """Return what GDAL's metadata domain GEOLOCATION says of a two-band raster at `path` that
        holds `bands`.
        """
        axes = zip(("PIXEL", "LINE"), self.start_px, self.step_px, strict=True)
        return {
            "X_DATASET": path,
            "X_BAND": "1",
            "Y_DATASET": path,
            "Y_BAND": "2",
            "GEOREFERENCING_CONVENTION": "TOP_LEFT_CORNER",
            **{
                f"{axis}_{name}": repr(float(value))
                for axis, start, step in axes
                for name, value in (("OFFSET", start), ("STEP", step))
            },
        }

    def bands(self) -> Array:
        """Return (2, rows, cols): x and y in the plane of `SENSED_PLANE`, `NOWHERE` where there is
        none.
        """
        return np.ascontiguousarray(
            np.moveaxis(
                np.where(np.isfinite(self.sensed_px), self.sensed_px + SENSED_PLANE[0], NOWHERE),
                2,
                0,
            )
        )


def inverse_array(
    to_sensed: Callable[[Array], Array],
    box: tuple[float, float, float, float],
    sensed: tuple[int, int],
    poll: Callable[[], object] = lambda: None,
) -> InverseArray:
    """Evaluate the way back on a lattice fine enough to be interpolated to a hundredth of a sensed
    pixel.

    Where four million nodes are not enough for that, up to a quarter of a pixel is accepted. Cells
    with a node that has no place in the sensed raster are not judged once they are small.

    Args:
        to_sensed: (N, 2) output px -> sensed px; non-finite where there is none.
        box: (left, top, right, bottom) of the part of the output, output px.
        sensed: (width, height) of the sensed raster.
        poll: Called often; what it raises ends the work.

    Raises:
        FitError: with four million nodes a quarter of a pixel is still missed.
    """
    start, size = np.array(box[:2], dtype=np.float64), np.array(box[2:], dtype=np.float64) - box[:2]
    finest = float(np.sqrt(_MOST_NODES / np.prod(size / size.max()))) * 0.99
    cells = float(_CELLS)

    def evaluate(nodes: Array) -> Array:
        flat = nodes.reshape(-1, 2)
        parts = []
        for i in range(0, len(flat), _CHUNK):
            poll()
            parts.append(to_sensed(flat[i : i + _CHUNK]))
        return np.concatenate(parts).reshape(nodes.shape) if parts else nodes

    for _ in range(_ROUNDS):
        counts = np.maximum(np.ceil(cells * size / size.max()), 1.0).astype(int)
        axes = [np.linspace(0.0, length, n + 1) for n, length in zip(counts, size, strict=True)]
        nodes = np.stack(np.meshgrid(*axes), axis=2) + start
        places = evaluate(nodes)
        error, holed = _error(evaluate, nodes, places, np.array(sensed, dtype=np.float64))
        holed = holed and cells < _HOLED_CELLS
        if cells >= finest or (error <= _TOLERANCE_PX and not holed):
            break
        cells = min(
            cells
            * max(4.0 if holed else 1.0, min(float(np.sqrt(error / _TOLERANCE_PX)) * 1.15, 8.0)),
            finest,
        )
    if error > _REFUSED_PX:
        raise FitError(
            f"The transform bends too sharply for GDAL's warp: {counts[0]} x {counts[1]} "
            f"cells leave an error of {error:.2f} px.",
            "Choose a smoother model, or reject points that contradict their neighbours.",
        )
    return InverseArray(start, size / counts, places, error)


def _error(
    evaluate: Callable[[Array], Array], nodes: Array, places: Array, sensed: Array
) -> tuple[float, bool]:
    """Return the largest miss in the middle of the cells that may hold a part of the sensed raster
    (0 where none does).

    Returns:
        The miss, and whether cells beside the sensed raster have nodes without a place.
    """
    corners = np.stack([places[:-1, :-1], places[1:, 1:], places[:-1, 1:], places[1:, :-1]])
    finite = np.isfinite(corners).all(axis=3)
    low, high = (np.where(finite[..., None], corners, fill) for fill in (np.inf, -np.inf))
    near = ((high.max(axis=0) > -_NEAR_PX) & (low.min(axis=0) < sensed + _NEAR_PX)).all(axis=2)
    whole = near & finite.all(axis=0)
    middles = ((nodes[:-1, :-1] + nodes[1:, 1:]) / 2)[whole]
    miss = np.abs(evaluate(middles) - corners.mean(axis=0)[whole])
    return float(np.nanmax(miss, initial=0.0)), bool((near & ~finite.all(axis=0)).any())
