"""Warps inside QGIS, with osgeo.gdal alone: no extra package is needed. What is written
`core.output` has decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal

from ..core.errors import AlignError, UnreadableRasterError
from ..core.fit.transforms import Transform
from ..core.geometry.grid import Grid
from ..core.output.inverse_array import NOWHERE, SENSED_PLANE, InverseArray, inverse_array
from ..core.output.layout import Layout, layout_of
from ..core.output.nodes import of_geotransform, warp_nodes
from ..core.output.plan import WarpPlan, plan_warp
from ..core.output.publish import Writing, publish, refuse_full_disk, refuse_other
from ..core.progress import Progress
from ..core.types import WarpParams
from .input_files import files_of
from .keep_pixels import georeference
from .layout import WrittenLayout, bands_of
from .opening import QuietGdal, guarded, open_raster
from .virtual import virtual_source, warp_settings

# GDAL takes the geotransform of bare pixels for none: they are warped in another place, and put
# back
_AWAY = (1.0e6, 1.0, 0.0, 1.0e6, 0.0, 1.0)


def warp_with_gdal(
    sensed_path: str,
    reference_grid: Grid,
    transform: Transform,
    output: Path,
    params: WarpParams | None = None,
    progress: Progress | None = None,
    nodata: float | None = None,
    reference_path: str = "",
    classes: bool = False,
) -> Path:
    """Warp every band of a raster onto the reference's CRS; see `engine.warping.write`, whose
    counterpart this is.

    Data type, nodata or mask or alpha, descriptions, units, colour tables, tags, scales and offsets
    are kept. The input is never touched; the output appears only when it is complete, and an
    existing output stays as it is until then.

    Args:
        sensed_path: Raster to warp.
        reference_grid: Native grid of the reference. With an identity geotransform the output is on
            the reference's pixels.
        transform: sensed_px -> reference_px.
        output: GeoTIFF to write.
        params: Resampling, format, compression, pixel size, nodata. A band with a colour table is
            never interpolated.
        progress: Told of progress, asked whether to stop.
        nodata: Overrides the nodata value of the input.
        reference_path: The reference's file: never overwritten, and its GCPs go to the output where
            it has no geotransform.
        classes: The samples are classes: never interpolated, none is changed.

    Raises:
        OutputError: the output cannot be written, is an input, or would be absurdly large.
        UnreadableRasterError: the input cannot be read.
        ComplexDataError: the input holds complex samples.
        FitError: the transform folds.
        Cancelled: `progress` said so; nothing is left behind.
    """
    params, progress, output = params or WarpParams(), progress or Progress(), Path(output)
    inputs = [path for path in (sensed_path, reference_path) if path]

    def write(part: Path) -> None:
        warp_into(
            part,
            sensed_path,
            reference_grid,
            transform,
            params,
            progress,
            nodata,
            reference_path,
            classes,
        )

    return publish(output, inputs, files_of(inputs), write, progress)


def warp_into(
    part: Path,
    sensed_path: str,
    reference_grid: Grid,
    transform: Transform,
    params: WarpParams,
    progress: Progress,
    nodata: float | None = None,
    reference_path: str = "",
    classes: bool = False,
) -> None:
    """Write what `warp_with_gdal` writes to `part` of an output.

    Raises:
        AlignError: as `warp_with_gdal` raises it.
    """
    with QuietGdal(), Writing(part):
        if params.keep_pixels:
            done = progress.part(0.0, 0.99)
            georeference(sensed_path, reference_grid, transform, part, params, done, nodata)
            return
        source = open_raster(sensed_path)
        layout = layout_of(bands_of(source), params, nodata, classes)
        size = (source.RasterXSize, source.RasterYSize)
        plan = plan_warp(transform, reference_grid, size, params)
        refuse_full_disk(part, layout, plan.target)
        written = WrittenLayout(source, layout)
        rewritten = written.auxiliary or params.format == "COG"
        done = progress.part(0.0, 0.8 if rewritten else 0.99)
        _write(source, plan, part, written, done, reference_path)
        if rewritten:
            finished = part.with_name(f"{part.name}.done.tif")
            _rewrite(part, finished, written, params.format, progress.part(0.8, 0.99))
            finished.replace(part)
        _check(part, layout, plan.target)


def _write(
    source: gdal.Dataset,
    plan: WarpPlan,
    path: Path,
    written: WrittenLayout,
    progress: Progress,
    reference_path: str,
) -> None:
    bare = plan.target
    if not bare.is_referenced:
        away = replace(bare, geotransform=_AWAY)
        plan = replace(plan, reference=away, target=away)
    sink = written.create(path, plan.target)
    try:
        if plan.matrix is None:
            warp_back(source, sink, plan, written, progress)
        else:
            nodes = warp_nodes(plan.transform, plan.reference, plan.sensed)
            virtual = virtual_source(source, nodes, plan.target.crs_wkt)
            _warp(source, sink, virtual, warp_settings(nodes, written), progress)
        if not bare.is_referenced:
            sink.SetGeoTransform(bare.geotransform)
            _copy_gcps(reference_path, sink)
        written.finish(sink, progress)
        sink.FlushCache()
    finally:
        sink = None  # closed before the file is moved or removed, whoever holds this frame


def warp_back(
    source: gdal.Dataset,
    sink: gdal.Dataset,
    plan: WarpPlan,
    written: WrittenLayout,
    progress: Progress,
) -> None:
    """Warp into an open file by where each of its pixels comes from, as exact as `inverse_array`
    is.

    Args:
        source: Raster to warp.
        sink: File with the target's pixels.
        plan: Of the file.
        written: Layout of the file.
        progress: Told of progress, asked whether to stop.

    Raises:
        FitError: the transform bends too sharply.
        UnreadableRasterError: the source cannot be read.
    """
    back = inverse_array(plan.to_sensed, plan.footprint, plan.sensed.size, progress.poll)
    back = _with_ring(back, plan.sensed.size)
    array = f"/vsimem/{uuid.uuid4().hex}.tif"
    try:
        _write_array(array, back.bands())
        sink.SetMetadata(back.geolocation(array), "GEOLOCATION")
        plane = of_geotransform(SENSED_PLANE)
        settings = warp_settings(plane, written)
        # GDAL would take the scale from the whole extent of the array, ring and all.
        settings["warpOptions"] += [
            f"{axis}SCALE={s!r}" for axis, s in zip("XY", plan.scale, strict=True)
        ]
        settings |= {
            "transformerOptions": ["SRC_METHOD=GEOTRANSFORM", "DST_METHOD=GEOLOC_ARRAY"],
            "errorThreshold": 0.0,
        }
        _warp(source, sink, virtual_source(source, plane, ""), settings, progress)
    finally:
        sink.SetMetadata({}, "GEOLOCATION")
        gdal.Unlink(array)


def _with_ring(back: InverseArray, size: tuple[int, int]) -> InverseArray:
    """Put a ring of nodes around those of an array, three times as far from the middle of the
    raster as the array's edge.

    Beyond an array GDAL extrapolates: with the ring it moves away from the raster everywhere.
    """
    middle = np.array(size) / 2
    out = np.pad(back.sensed_px, ((1, 1), (1, 1), (0, 0)), mode="edge")
    for edge in (np.s_[0], np.s_[-1], np.s_[1:-1, 0], np.s_[1:-1, -1]):
        out[edge] = middle + 3.0 * (out[edge] - middle)
    return replace(back, start_px=back.start_px - back.step_px, sensed_px=out)


def _write_array(path: str, bands: np.ndarray) -> None:
    _, rows, cols = bands.shape
    nodes = gdal.GetDriverByName("GTiff").Create(path, cols, rows, 2, gdal.GDT_Float64)
    if nodes is None:
        raise OSError(gdal.GetLastErrorMsg())
    for number, values in enumerate(bands, 1):
        nodes.GetRasterBand(number).SetNoDataValue(NOWHERE)
        nodes.GetRasterBand(number).WriteRaster(0, 0, cols, rows, values.tobytes())
    nodes.FlushCache()


def _warp(
    source: gdal.Dataset,
    sink: gdal.Dataset,
    virtual: gdal.Dataset,
    settings: dict[str, Any],
    progress: Progress,
) -> None:
    message = guarded(
        lambda tick: gdal.Warp(sink, virtual, options=gdal.WarpOptions(callback=tick, **settings)),
        progress,
        "Warping",
    )
    if message:
        raise UnreadableRasterError(
            f"Warping {source.GetDescription()} failed: {message}.",
            "Check that the file is complete and the disk has room.",
        )


def _copy_gcps(reference_path: str, sink: gdal.Dataset) -> None:
    """Give an output on the pixels of a reference without geotransform the GCPs of that
    reference.
    """
    if not reference_path:
        return
    try:
        reference = open_raster(reference_path)
    except AlignError:
        return
    if reference.GetGCPCount() and reference.GetGeoTransform(can_return_null=True) is None:
        sink.SetGCPs(reference.GetGCPs(), reference.GetGCPProjection())


def _rewrite(
    partial: Path, finished: Path, written: WrittenLayout, driver: str, progress: Progress
) -> None:
    """Copy the warped file into its last form: cloud-optimised, or with a mask band instead of the
    auxiliary alpha band.
    """

    def work(tick: Callable[[float, str, object], int]) -> object:
        gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
        try:
            return gdal.Translate(
                str(finished), str(partial), callback=tick, **written.translate_settings(driver)
            )
        finally:
            gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", None)

    message = guarded(work, progress, "Writing")
    if message:
        raise OSError(message)


def _check(path: Path, layout: Layout, target: Grid) -> None:
    """Open what was written and read its last row."""
    try:
        check = open_raster(str(path))
    except AlignError as error:
        raise OSError("the file cannot be read back") from error
    size = (check.RasterXSize, check.RasterYSize)
    refuse_other(size, bands_of(check).dtypes, layout, target)
    if check.GetRasterBand(check.RasterCount).ReadRaster(0, size[1] - 1, size[0], 1) is None:
        raise OSError("the file written cannot be read back")
