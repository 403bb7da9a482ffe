"""Fill that nobody declared: an area of one value that touches the edge of a raster.

Zeros are left out of the matching by themselves; any other value counts as image, so that it is
told of.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_LEAST_EDGE = 12
_LEAST_SHARE = 0.02
_MOST_SHARE = 0.99  # more of one value is no fill but a raster without an image


def edge_fill(samples: NDArray[np.generic]) -> tuple[float, float] | None:
    """Look for fill in a picture of a raster that declares none.

    Args:
        samples: (h, w) nearest samples of one band over the whole raster.

    Returns:
        The value that most of the edge holds and the share (0..1) of samples of that value that are
        joined with the edge; None where they are few, or, for a value other than zero, hold no
        corner: saturated roofs and clouds reach the edge too.
    """
    corners = samples[[0, 0, -1, -1], [0, -1, 0, -1]]
    edge = np.concatenate([samples[0], samples[-1], samples[1:-1, 0], samples[1:-1, -1]])
    values, counts = np.unique(edge[np.isfinite(edge)], return_counts=True)
    if not len(values) or counts.max() < _LEAST_EDGE:
        return None
    value = values[counts.argmax()]
    share = float(_joined_with_edge(samples == value).mean())
    if value != 0 and (not (corners == value).any() or not _LEAST_SHARE <= share <= _MOST_SHARE):
        return None
    return float(value), share


def fill_told(side: str, fill: tuple[float, float]) -> str:
    """Return what there is to say of such fill.

    Args:
        side: "reference" or "sensed".
        fill: Value and share.
    """
    return (
        f"{100 * fill[1]:.0f} % of the {side} raster hold the value {fill[0]:g} up to its edge, "
        "and nothing declares it as nodata: it counts as image."
    )


def fill_hint(side: str, fill: tuple[float, float]) -> str:
    """Return how to declare such fill on the command line."""
    return f"Where it is none, add --{side}-nodata {fill[0]:.17g}."


def _joined_with_edge(alike: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return what of a picture is joined with its edge."""
    joined = np.zeros_like(alike)
    joined[[0, -1]], joined[:, [0, -1]] = alike[[0, -1]], alike[:, [0, -1]]
    while True:  # flood fill, a pixel a step, at most as many as the picture is wide
        grown = joined.copy()
        grown[1:] |= joined[:-1]
        grown[:-1] |= joined[1:]
        grown[:, 1:] |= joined[:, :-1]
        grown[:, :-1] |= joined[:, 1:]
        grown &= alike
        if (grown == joined).all():
            return joined
        joined = grown
