"""Writes the warped raster without QGIS: block by block, what `core.output` has decided."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window

from ...core.borders import reading
from ...core.errors import UnreadableRasterError
from ...core.fit.transforms import Transform
from ...core.geometry.grid import Grid
from ...core.output.inverse_array import InverseArray
from ...core.output.layout import Layout, layout_of
from ...core.output.plan import WarpPlan, plan_warp
from ...core.output.publish import Writing, publish, refuse_full_disk, refuse_other
from ...core.progress import Progress
from ...core.types import RasterRef, WarpParams
from ..read.bands import read_bands
from ..read.gdal_errors import GDAL_ERRORS
from ..read.input_files import files_of
from ..read.opening import open_dataset
from ..read.sources import TRUNCATED, UNREADABLE
from ..read.tiling import Tile, tiles
from .blocks import BlockWarper
from .keep_pixels import georeference
from .layout import bands_of, describe, profile_of

_TILE_PX = 512


def warp(
    sensed: RasterRef,
    reference_grid: Grid,
    transform: Transform,
    output: Path,
    params: WarpParams | None = None,
    progress: Progress | None = None,
    reference: RasterRef | None = None,
) -> Path:
    """Warp every band of the sensed raster onto the reference's CRS.

    Data type, nodata, band descriptions, units, colour tables, tags, scales and offsets are kept.
    The file's own georeferencing plays no part: the transform starts from its native pixels. The
    input is never touched; the output appears only when it is complete, and an existing output
    stays as it is until then.

    Args:
        sensed: Raster to warp; its `nodata` counts as an override.
        reference_grid: Native grid of the reference. With an identity geotransform the output is on
            the reference's pixels.
        transform: sensed_px -> reference_px.
        output: File to write.
        params: Resampling, format, compression, pixel size, nodata. A band with a colour table is
            never interpolated.
        progress: Told of progress, asked whether to stop.
        reference: The reference's file: never overwritten, and its GCPs go to the output where it
            has no geotransform.

    Raises:
        OutputError: the folder cannot be written, the output is an input, or it would be absurdly
        large.
        UnreadableRasterError: the input cannot be read.
        ComplexDataError: the input holds complex samples.
        FitError: the transform folds.
        Cancelled: when `progress` says so; nothing is left behind.
    """
    params, progress = params or WarpParams(), progress or Progress()
    inputs = [sensed.path, *([] if reference is None else [reference.path])]

    def write(part: Path) -> None:
        warp_into(part, sensed, reference_grid, transform, params, progress, reference)

    return publish(Path(output), inputs, files_of(inputs), write, progress)


def warp_into(
    part: Path,
    sensed: RasterRef,
    reference_grid: Grid,
    transform: Transform,
    params: WarpParams,
    progress: Progress,
    reference: RasterRef | None,
) -> None:
    """Write what `warp` writes to `part` of an output.

    Raises:
        AlignError: as `warp` raises it.
    """
    with Writing(part, *GDAL_ERRORS), quiet_rasterio():
        if params.keep_pixels:
            georeference(sensed, reference_grid, transform, part, params)
            return
        with _opened(sensed.path) as source:
            layout = layout_of(bands_of(source), params, sensed.nodata)
            size = (source.width, source.height)
            plan = plan_warp(transform, reference_grid, size, params)
            refuse_full_disk(part, layout, plan.target)
            written = progress.part(0.0, 0.85 if params.format == "COG" else 0.99)
            _write(source, plan, layout, part, written, reference)
        if params.format == "COG":
            finished = part.with_name(f"{part.name}.cog.tif")
            _to_cog(part, finished, layout.cog, progress.part(0.85, 0.99))
            finished.replace(part)
        _check(part, plan.target, layout)


@contextlib.contextmanager
def quiet_rasterio() -> Iterator[None]:
    """Bound GDAL's cache to 128 MB, and do not warn of images without georeferencing: they are
    welcome.
    """
    with warnings.catch_warnings(), rasterio.Env(GDAL_CACHEMAX=128 * 2**20):
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


@contextlib.contextmanager
def _opened(path: str) -> Iterator[Any]:
    with reading("the raster", path, UNREADABLE, UnreadableRasterError):
        dataset = open_dataset(path)
    with dataset:
        yield dataset


def _write(
    source: Any,
    plan: WarpPlan,
    layout: Layout,
    path: Path,
    progress: Progress,
    reference: RasterRef | None,
) -> None:
    target, warper = plan.target, BlockWarper(plan, layout.resampling)
    with rasterio.open(path, "w", **profile_of(layout, target)) as sink:
        describe(source, sink)
        if reference is not None and not target.is_referenced:
            _copy_gcps(reference, sink)
        blocks = list(tiles(target.width, target.height, _TILE_PX))
        for index, tile in enumerate(blocks):
            values = layout.empty(tile.width, tile.height)
            valid = np.zeros(values.shape, bool)
            for piece, window, back in warper.pieces(tile):
                progress.update(index / len(blocks), "Warping")
                _fill(source, warper, layout, values, valid, tile, piece, window, back)
            progress.update(index / len(blocks), "Warping")
            layout.finish(values, valid)
            box = Window(tile.x0, tile.y0, tile.width, tile.height)
            sink.write(values, window=box)
            if layout.mask_band:
                sink.write_mask(valid[list(layout.colour)].any(axis=0), window=box)


def _fill(
    source: Any,
    warper: BlockWarper,
    layout: Layout,
    values: NDArray[Any],
    valid: NDArray[np.bool_],
    tile: Tile,
    piece: Tile,
    window: Tile,
    back: InverseArray,
) -> None:
    """Warp one piece into the block's arrays, bands with the same mask together."""
    box = Window(window.x0, window.y0, window.width, window.height)
    with reading("the pixels", source.name, TRUNCATED, UnreadableRasterError):
        samples = read_bands(source, source.indexes, window=box)
        masks = source.read_masks(window=box) > 0
    masks = layout.valid(samples, masks)
    rows = slice(piece.y0 - tile.y0, piece.y0 - tile.y0 + piece.height)
    cols = slice(piece.x0 - tile.x0, piece.x0 - tile.x0 + piece.width)
    left = list(range(len(samples)))
    while left:
        group = [b for b in left if np.array_equal(masks[b], masks[left[0]])]
        left = [b for b in left if b not in group]
        warped, inside = warper.warp(samples[group], masks[group[0]], piece, window, back)
        for band, data in zip(group, warped, strict=True):
            values[band, rows, cols][inside] = data[inside]
            valid[band, rows, cols] = inside


def _copy_gcps(reference: RasterRef, sink: Any) -> None:
    with _opened(reference.path) as d:
        gcps, crs = d.gcps
        if gcps and d.transform.is_identity:
            sink.gcps = (gcps, crs)


def _to_cog(source: Path, target: Path, options: dict[str, Any], progress: Progress) -> None:
    """Rewrite as a cloud-optimised GeoTIFF in a thread, reporting meanwhile; cancelling waits for
    GDAL to let go of the file.
    """
    failures: list[BaseException] = []

    def copy() -> None:
        try:
            with quiet_rasterio():
                rasterio.shutil.copy(str(source), str(target), driver="COG", **options)
        except Exception as error:  # noqa: BLE001 - raised below, in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=copy, name="cog", daemon=True)
    thread.start()
    try:
        fraction = 0.0
        while thread.is_alive():
            thread.join(0.3)
            fraction += 0.05 * (1.0 - fraction)
            progress.update(fraction, "Writing the cloud-optimised file")
    finally:
        thread.join()
    if failures:
        raise failures[0]


def _check(path: Path, target: Grid, layout: Layout) -> None:
    """Open what was written and read its last block."""
    with rasterio.open(path) as check:
        refuse_other((check.width, check.height), check.dtypes, layout, target)
        x, y = max(0, check.width - 256), max(0, check.height - 256)
        check.read(window=Window(x, y, check.width - x, check.height - y))
