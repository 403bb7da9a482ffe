"""Looks at a warped raster: whether it can be opened, shows something, and shows it where it truly
lies.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio

from .scene import TOLERATED_PX, Case, Frame, Maker

_REACH, _SURE, _ENOUGH = 14, 0.45, 400


def wrong_in(path: Path, case: Case, seed: int) -> str:
    """Return what is wrong with a warped raster, "" where nothing is to be seen."""
    try:
        with rasterio.open(path) as source:
            mask = source.dataset_mask() > 0
            data = source.read(1).astype(np.float64)
            frame = Frame(
                source.transform.to_gdal(),
                source.width,
                source.height,
                source.crs.to_wkt() if source.crs else "",
            )
    except rasterio.errors.RasterioError as error:
        return f"the warped raster cannot be opened: {error}"
    if not mask.any():
        return "the warped raster shows nothing"
    if (
        case.truth.kind != "known"
        or case.truth.reference is None
        or case.truth.sensed is None
        or not frame.crs
        or mask.sum() < _ENOUGH
        or max(mask.shape) > 1500
    ):
        return ""
    reference, sensed = case.truth.reference, case.truth.sensed
    if reference.lies_in:  # what is written does not say where it lies
        return ""
    frame = Frame(frame.geotransform, frame.width, frame.height, frame.crs, None, reference.home)
    off = _offset(
        np.where(mask & np.isfinite(data), data, 0.0),
        mask & np.isfinite(data),
        Maker(path.parent, seed).picture(frame),
    )
    if off is None:
        return ""
    px = float(np.hypot(*off)) * frame.gsd_m / max(reference.gsd_m, sensed.gsd_m)
    return "" if px <= TOLERATED_PX else f"the warped raster shows the scene {px:.1f} px off"


def _offset(data: np.ndarray, mask: np.ndarray, true: np.ndarray) -> tuple[int, int] | None:
    """Return by how many px (x, y) the data must be moved to fit best, None where that is not sure:
    within 14 px, by correlation over what both show.
    """
    best, at = -1.0, None
    for dy in range(-_REACH, _REACH + 1):
        for dx in range(-_REACH, _REACH + 1):
            here, there = _cut(mask.shape, dy, dx)
            both = mask[here]
            if both.sum() < _ENOUGH / 2:
                continue
            a, b = data[here][both], true[there][both]
            spread = float(a.std() * b.std())
            score = float(((a - a.mean()) * (b - b.mean())).mean()) / spread if spread > 0 else -1.0
            if score > best:
                best, at = score, (dx, dy)
    return at if best > _SURE else None


def _cut(shape: tuple[int, ...], dy: int, dx: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    here = tuple(slice(max(0, -d), n - max(0, d)) for n, d in zip(shape, (dy, dx), strict=True))
    there = tuple(slice(max(0, d), n - max(0, -d)) for n, d in zip(shape, (dy, dx), strict=True))
    return here, there
