"""Writes the warped raster without QGIS: block by block into a temporary file, validated, then
renamed.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window

from ...core.borders import reading
from ...core.errors import ComplexDataError, OutputError, UnreadableRasterError
from ...core.fit.transforms import Transform
from ...core.geometry import coords
from ...core.geometry.grid import Grid
from ...core.output.inverse_array import InverseArray
from ...core.output.nodes import footprint, output_grid, refuse_folds
from ...core.outputs import Outputs, refuse_without_room
from ...core.progress import Progress
from ...core.types import RasterRef, WarpParams
from ..read.gdal_errors import GDAL_ERRORS
from ..read.input_files import files_of
from ..read.opening import open_dataset
from ..read.sources import TRUNCATED, UNREADABLE, read_bands
from ..read.tiling import Tile, tiles
from .blocks import BlockWarper
from .keep_pixels import georeference
from .layout import Layout, resampling_for

_TILE_PX = 512
_MAX_GROWTH = 25.0
_SIDECARS = (".aux.xml", ".ovr", ".msk")


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
    inputs = [sensed.path] + ([reference.path] if reference is not None else [])
    with Outputs([output], inputs, files_of(inputs), raster=output) as outputs:
        warp_into(
            outputs.part(output), sensed, reference_grid, transform, params, progress, reference
        )
        outputs.deliver()
    progress.update(1.0, "Written")
    return Path(output)


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
    try:
        with quiet_rasterio():
            if params.keep_pixels:
                georeference(sensed, reference_grid, transform, part, params)
            else:
                _resample(
                    sensed,
                    reference_grid,
                    transform,
                    part,
                    part.with_name(f"{part.name}.cog.tif"),
                    params,
                    progress,
                    reference,
                )
        for suffix in _SIDECARS:  # GDAL's notes, not part of what was asked for
            Path(f"{part}{suffix}").unlink(missing_ok=True)
    except (*GDAL_ERRORS, OSError) as error:
        raise OutputError(
            f"Cannot write {part}: {error}.", "Choose a folder you may write to, with enough room."
        ) from error


def _resample(
    sensed: RasterRef,
    reference_grid: Grid,
    transform: Transform,
    partial: Path,
    finished: Path,
    params: WarpParams,
    progress: Progress,
    reference: RasterRef | None,
) -> None:
    with _opened(sensed.path) as source:
        target, warper = _plan(source, reference_grid, transform, params)
        layout = Layout(source, target, params, sensed.nodata)
        packed = params.compression != "none"
        refuse_without_room(
            partial.parent,
            target.width * target.height * layout.count * np.dtype(layout.dtype).itemsize,
            packed,
        )
        written = progress.part(0.0, 0.85 if params.format == "COG" else 0.99)
        _write(source, target, warper, layout, partial, written, reference)
    if params.format == "COG":
        _to_cog(partial, finished, layout.cog_options(), progress.part(0.85, 0.99))
        finished.replace(partial)
    _validate(partial, target, layout)


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
        if any("complex" in t or t == "cint16" for t in dataset.dtypes):
            hint = (
                "Convert it to amplitude or intensity first (e.g. gdal_translate of its "
                "detected product)."
            )
            raise ComplexDataError(f"{path} holds complex samples.", hint)
        yield dataset


def _plan(
    source: Any, reference_grid: Grid, transform: Transform, params: WarpParams
) -> tuple[Grid, BlockWarper]:
    """Return the output's grid and how its blocks are made."""
    size = (source.width, source.height)
    sensed_grid = Grid.bare(*size)
    refuse_folds(transform, sensed_grid)
    if not reference_grid.is_referenced:
        reference_grid = replace(reference_grid, crs_wkt="")
    target = output_grid(
        transform, reference_grid, sensed_grid, params.output_gsd, params.match_reference_grid
    )
    inward = target.matrix_to(reference_grid)
    outward = coords.inverse(inward)[:2, :2] @ transform.jacobian(sensed_grid.centre_px)[0]
    expected = size[0] * size[1] * abs(float(np.linalg.det(outward)))
    if target.width * target.height > _MAX_GROWTH * max(
        expected, reference_grid.width * reference_grid.height
    ):
        raise OutputError(
            f"The warped image would have {target.width} x {target.height} px: the model "
            "swings away at the edges.",
            "Choose a simpler model, spread the control points, or snap to the reference grid.",
        )
    back = np.linalg.inv(outward)
    scale = tuple(min(1.0, 1.0 / float(np.hypot(*row))) for row in back)
    matrix = transform.matrix if transform.is_affine else None
    to_sensed_matrix = None if matrix is None else coords.inverse(matrix) @ inward

    def to_sensed(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        if to_sensed_matrix is not None:
            return coords.apply_matrix(to_sensed_matrix, xy)
        return transform.inverse(coords.apply_matrix(inward, xy))

    kernel = resampling_for(source, params)
    box = footprint(transform, reference_grid, sensed_grid, target)
    return target, BlockWarper(to_sensed, to_sensed_matrix, size, (scale[0], scale[1]), kernel, box)


def _write(
    source: Any,
    target: Grid,
    warper: BlockWarper,
    layout: Layout,
    path: Path,
    progress: Progress,
    reference: RasterRef | None,
) -> None:
    with rasterio.open(path, "w", **layout.profile) as sink:
        layout.describe(sink)
        if reference is not None and not target.is_referenced:
            _copy_gcps(reference, sink)
        blocks = list(tiles(target.width, target.height, _TILE_PX))
        for index, tile in enumerate(blocks):
            values = layout.empty(tile)
            valid = np.zeros(values.shape, bool)
            for piece, window, back in warper.pieces(tile):
                progress.update(index / len(blocks), "Warping")
                _fill(source, warper, layout, values, valid, tile, piece, window, back)
            progress.update(index / len(blocks), "Warping")
            layout.finish(values, valid)
            box = Window(tile.x0, tile.y0, tile.width, tile.height)
            sink.write(values, window=box)
            if layout.mask_band:
                sink.write_mask(valid[layout.colour].any(axis=0), window=box)


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


def _validate(path: Path, target: Grid, layout: Layout) -> None:
    """Open what was written and read its last block."""
    with rasterio.open(path) as check:
        as_planned = (check.width, check.height, check.count) == (
            target.width,
            target.height,
            layout.count,
        )
        if not as_planned or check.dtypes != (layout.dtype,) * layout.count:
            raise OSError("the file written is not what was to be written")
        x, y = max(0, check.width - 256), max(0, check.height - 256)
        check.read(window=Window(x, y, check.width - x, check.height - y))
