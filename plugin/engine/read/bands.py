"""Which bands of an open raster are compared, and what their samples mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling

from ...core.types import Modality
from .preparing import LUMINANCE

_RGB = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
_SMALL_PX = 128


def colour_bands(dataset: Any) -> list[int]:
    """Return the bands that are not alpha, from 1."""
    colours = dataset.colorinterp
    return [i for i in dataset.indexes if colours[i - 1] != ColorInterp.alpha] or [1]


def default_bands(dataset: Any, modality: Modality) -> tuple[int, ...]:
    """Return the first band of SAR and of images with fewer than three; Sentinel-2's or the file's
    red, green and blue.
    """
    colour, colours = colour_bands(dataset), dataset.colorinterp
    if modality is Modality.SAR or len(colour) < 3:
        return (colour[0],)
    marked = [colours.index(c) + 1 for c in _RGB if c in colours]
    if len(marked) == 3:
        return tuple(marked)
    return (4, 3, 2) if len(colour) >= 10 else tuple(colour[:3])


def luminance_table(dataset: Any, bands: Sequence[int]) -> NDArray[np.float32] | None:
    """Return the luminance of each colour-table entry, for a single band that has a table."""
    if len(bands) != 1 or dataset.colorinterp[bands[0] - 1] != ColorInterp.palette:
        return None
    try:
        table = dataset.colormap(bands[0])
    except ValueError:  # the band has no colour table after all
        return None
    colours = np.zeros((max(table) + 1, 3))
    for index, colour in table.items():
        colours[index] = colour[:3]
    return np.asarray(colours @ LUMINANCE, dtype=np.float32)


def is_colourful(dataset: Any) -> bool:
    """Tell whether three or more bands differ; a grey picture saved as RGB says nothing of its
    sensor.
    """
    bands = colour_bands(dataset)[:3]
    if len(bands) < 3:
        return False
    shape = (min(_SMALL_PX, dataset.height), min(_SMALL_PX, dataset.width))
    small = read_bands(dataset, bands, shape, resampling=Resampling.nearest)
    return bool((small[0] != small[1]).any() or (small[0] != small[2]).any())


def read_bands(
    dataset: Any, bands: Sequence[int], shape: tuple[int, int] | None = None, **how: Any
) -> NDArray[Any]:
    """Return (B, rows, cols) of an open raster; bands of several types, which rasterio reads one at
    a time only, in one that holds all.
    """
    if len({dataset.dtypes[band - 1] for band in bands}) == 1:
        return np.asarray(dataset.read(bands, out_shape=shape and (len(bands), *shape), **how))
    return np.stack([dataset.read(band, out_shape=shape, **how) for band in bands])
