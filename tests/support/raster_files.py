"""Small rasters with known content and georeferencing for tests."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning


def write_raster(
    path: Path, data: np.ndarray, crs: str | None = None, gt: tuple | None = None, **profile
) -> str:
    """Write (H, W) or (B, H, W) and return the path as text; `mask`, `descriptions`, `tags` and
    `gcps` are set where given.
    """
    bands = data if data.ndim == 3 else data[None]
    mask, descriptions, tags, gcps = (
        profile.pop(k, None) for k in ("mask", "descriptions", "tags", "gcps")
    )
    if gt is not None:
        profile["transform"] = Affine.from_gdal(*gt)
    profile.setdefault("driver", "GTiff")
    if gcps is None and crs is not None:
        profile["crs"] = crs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        profile.update(
            count=len(bands), height=bands.shape[1], width=bands.shape[2], dtype=bands.dtype
        )
        with rasterio.open(path, "w", **profile) as d:
            d.write(bands)
            if mask is not None:
                d.write_mask(mask)
            if descriptions is not None:
                d.descriptions = descriptions
            if tags is not None:
                d.update_tags(**tags)
            if gcps is not None:
                d.gcps = (gcps, rasterio.CRS.from_user_input(crs))
    return str(path)


def blob_positions(
    width: int, height: int, spacing: float = 31.0, margin: float = 14.0
) -> np.ndarray:
    """Return (N, 2) px positions on a lattice shifted by different sub-pixel amounts."""
    xs, ys = np.arange(margin, width - margin, spacing), np.arange(margin, height - margin, spacing)
    grid = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)
    offset = np.random.default_rng(5).uniform(-0.5, 0.5, grid.shape)
    return grid + offset


def blobs(
    width: int, height: int, positions: np.ndarray, sigma: float | tuple[float, float] = 2.0
) -> np.ndarray:
    """Return (H, W) float32 with a Gaussian of height 100 at each position, integrated at pixel
    centres.
    """
    sx, sy = (sigma, sigma) if isinstance(sigma, float) else sigma
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    out = np.zeros((height, width))
    for px, py in positions:
        out += np.outer(
            np.exp(-((y - py) ** 2) / (2 * sy**2)), np.exp(-((x - px) ** 2) / (2 * sx**2))
        )
    return (100.0 * out).astype(np.float32)


def centroids(data: np.ndarray, near: np.ndarray, reach: int = 9) -> np.ndarray:
    """Return (N, 2) centres of brightness, px (corner origin), around each position of `near`; NaN
    where cut by the edge.
    """
    found = np.full(near.shape, np.nan)
    for i, (x, y) in enumerate(near):
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        c, r = int(np.floor(x)), int(np.floor(y))
        if not (reach <= c < data.shape[1] - reach and reach <= r < data.shape[0] - reach):
            continue
        part = data[r - reach : r + reach + 1, c - reach : c + reach + 1].astype(np.float64)
        part = np.maximum(part - 0.02 * part.max(), 0.0)
        rows, cols = np.mgrid[r - reach : r + reach + 1, c - reach : c + reach + 1]
        found[i] = (
            (part * (cols + 0.5)).sum() / part.sum(),
            (part * (rows + 0.5)).sum() / part.sum(),
        )
    return found
