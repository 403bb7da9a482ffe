"""What similarity surfaces of many matches at once say: how high they are, and how high
elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def two_highest(surfaces: NDArray[Any], exclusion: int) -> tuple[Array, Array]:
    """Return (N,) the highest cell of each surface (N, side, side), and the highest one further
    than `exclusion` cells from it, see `second_highest`.
    """
    flat = surfaces.reshape(len(surfaces), -1)
    top = flat.argmax(axis=1)
    return flat[np.arange(len(flat)), top].astype(np.float64), second_highest(
        surfaces, top, exclusion
    )


def second_highest(surfaces: NDArray[Any], top: NDArray[np.int64], exclusion: int) -> Array:
    """Return (N,) the highest cell further than `exclusion` cells along an axis from cell number
    `top` of each surface (N, side, side); at least 0.
    """
    side = surfaces.shape[-1]
    line = np.arange(side)
    far = (np.abs(line[:, None] - (top // side)[:, None, None]) > exclusion) | (
        np.abs(line - (top % side)[:, None, None]) > exclusion
    )
    return np.where(far, surfaces, 0.0).reshape(len(surfaces), -1).max(axis=1).astype(np.float64)
