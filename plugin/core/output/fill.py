"""The value outside an image: whether a type can hold it, and putting one in place of another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import OutputError


def fits(value: float, dtype: str) -> bool:
    """Tell whether samples of a type can hold a value."""
    kind = np.dtype(dtype)
    if kind.kind in "fc":
        return bool(not np.isfinite(value) or abs(value) <= np.finfo(kind).max)
    info = np.iinfo(kind)
    return bool(np.isfinite(value) and value == int(value) and info.min <= value <= info.max)


def refuse_unfit(value: float, dtype: str) -> None:
    """Refuse a nodata value that samples of a type cannot hold.

    Raises:
        OutputError: with a hint.
    """
    if not fits(value, dtype):
        raise OutputError(
            f"The nodata value {value:g} does not fit into {dtype} samples.",
            "Give another nodata value.",
        )


def replaced_fills(
    own: list[float | None], override: float | None, wanted: float | None
) -> tuple[float | None, list[list[float]]]:
    """Return the one nodata value of an output, and for each band the values that it takes the
    place of.

    Args:
        own: Of each band of the input, None where a band has none.
        override: Of all bands, as the user says of the input; None = nothing.
        wanted: Of the output; None = that of the input.
    """
    declared = next((v for v in own if v is not None), None)
    fill = next((v for v in (wanted, override, declared) if v is not None), None)
    if fill is None:
        return None, [[] for _ in own]
    return fill, [
        [
            v
            for v in (band, override)
            if v is not None and v != fill and not (np.isnan(v) and np.isnan(fill))
        ]
        for band in own
    ]


def refilled(samples: NDArray[Any], old: list[float], fill: float) -> NDArray[Any]:
    """Return samples with the values `old` replaced by `fill`."""
    out = samples
    for value in old:
        outside = np.isnan(samples) if np.isnan(value) else samples == value
        if outside.any():
            out = np.where(outside, np.asarray(fill).astype(samples.dtype), out)
    return out


def moved_off(values: NDArray[Any], valid: NDArray[np.bool_], fill: float) -> bool:
    """Move valid samples that equal a nodata value to the next value of their type, towards the
    middle of its range, in place.

    Returns:
        Whether there was one.
    """
    value = np.asarray(fill).astype(values.dtype)
    clash = valid & (values == value)
    if not clash.any():
        return False
    if values.dtype.kind == "f":
        values[clash] = np.nextafter(value, np.asarray(0 if fill else 1, values.dtype))
    else:
        values[clash] = int(value) + (1 if int(value) < np.iinfo(values.dtype).max else -1)
    return True
