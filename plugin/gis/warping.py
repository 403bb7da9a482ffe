"""Warps inside QGIS, with osgeo.gdal alone: no extra package is needed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal, gdal_array

from ..core.errors import AlignError, OutputError, UnreadableRasterError
from ..core.fit.transforms import Transform
from ..core.geometry import coords
from ..core.geometry.grid import Grid
from ..core.output.fill import refilled, refuse_unfit, replaced_fills
from ..core.output.inverse_array import NOWHERE, SENSED_PLANE, InverseArray, inverse_array
from ..core.output.nodes import (
    WarpNodes,
    footprint,
    kept_grid,
    of_geotransform,
    output_grid,
    refuse_folds,
    warp_nodes,
)
from ..core.outputs import Outputs, refuse_without_room
from ..core.progress import Progress
from ..core.types import WarpParams
from .input_files import files_of
from .layout import Layout, open_raster

_RESAMPLING = {
    "nearest": "near",
    "bilinear": "bilinear",
    "cubic": "cubic",
    "cubicspline": "cubicspline",
    "lanczos": "lanczos",
}
_METHODS = {"geotransform": "GEOTRANSFORM", "polynomial": "GCP_POLYNOMIAL", "tps": "GCP_TPS"}
# GDAL takes the identity geotransform for none; bare pixel frames are moved away from it and back
_FRAME_OFFSET = 1.0e6
_ERROR_PX = 0.02
_MEMORY_BYTES = 128 * 2**20
_MAX_GROWTH = 25.0
_ROWS = 512  # of a raster worked on at once
_SIDECARS = (".aux.xml", ".ovr", ".msk")


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
    """Warp every band of a raster onto the reference's CRS; see `engine.warp.warp`, whose
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
    refuse_other_kinds(output)
    inputs = [path for path in (sensed_path, reference_path) if path]
    with Outputs([output], inputs, files_of(inputs), raster=output) as outputs:
        warp_into(
            outputs.part(output),
            sensed_path,
            reference_grid,
            transform,
            params,
            progress,
            nodata,
            reference_path,
            classes,
        )
        outputs.deliver()
    progress.update(1.0, "Written")
    return output


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
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        source = open_raster(sensed_path)
        if params.keep_pixels:
            _georeference(
                source,
                kept_grid(transform, reference_grid, _pixels(source)),
                part,
                params,
                progress.part(0.0, 0.99),
                nodata,
            )
        else:
            layout = Layout(source, params, nodata, classes)
            rewritten = layout.auxiliary or params.format == "COG"
            _write(
                source,
                reference_grid,
                transform,
                part,
                layout,
                params,
                progress.part(0.0, 0.8 if rewritten else 0.99),
                reference_path,
            )
            if rewritten:
                finished = part.with_name(f"{part.name}.done.tif")
                _rewrite(part, finished, layout, progress.part(0.8, 0.99))
                finished.replace(part)
            _validate(part, layout.count, layout.data_type)
        for suffix in _SIDECARS:  # GDAL's notes, not part of what was asked for
            Path(f"{part}{suffix}").unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"Cannot write {part}: {error}.", "Choose a folder you may write to, with enough room."
        ) from error
    finally:
        gdal.PopErrorHandler()


def _georeference(
    source: gdal.Dataset,
    grid: Grid,
    path: Path,
    params: WarpParams,
    progress: Progress,
    nodata: float | None,
) -> None:
    """Copy the raster, complex samples too, with another geotransform and CRS."""
    virtual = virtual_source(source, of_geotransform(grid.geotransform), grid.crs_wkt, 0.0)
    for domain in ("RPC", "GEOLOCATION"):  # they would tell of another place
        virtual.SetMetadata({}, domain)
    count, data_type = virtual.RasterCount, virtual.GetRasterBand(1).DataType
    own = [virtual.GetRasterBand(i).GetNoDataValue() for i in range(1, count + 1)]
    fill, replaced = replaced_fills(own, nodata, params.nodata)
    if fill is not None:
        refuse_unfit(fill, np.dtype(gdal_array.GDALTypeCodeToNumericTypeCode(data_type)).name)
    refilling = fill is not None and any(replaced)
    first = (
        path.with_name(f"{path.name}.copy.tif") if refilling and params.format != "GTiff" else path
    )
    try:
        _translate(
            virtual,
            first,
            "GTiff" if first != path else params.format,
            params,
            fill,
            progress.part(0.0, 0.6 if refilling else 1.0),
        )
        virtual = None
        if refilling:
            _refill(first, fill, replaced)
        if first != path:
            _translate(
                gdal.Open(str(first)), path, params.format, params, fill, progress.part(0.6, 1.0)
            )
    finally:
        virtual = None
        if first != path:
            first.unlink(missing_ok=True)
    _validate(path, count, data_type)


def _translate(
    source: gdal.Dataset,
    path: Path,
    driver: str,
    params: WarpParams,
    fill: float | None,
    progress: Progress,
) -> None:
    options = [
        "BIGTIFF=IF_SAFER",
        f"COMPRESS={params.compression.upper()}",
        *(["TILED=YES"] if driver == "GTiff" else []),
    ]
    settings = {
        "format": driver,
        "creationOptions": options,
        **({"noData": repr(float(fill))} if fill is not None else {}),
    }
    if message := guarded(
        lambda tick: gdal.Translate(str(path), source, callback=tick, **settings),
        progress,
        "Writing",
    ):
        raise OSError(message)


def _refill(path: Path, fill: float, replaced: list[list[float]]) -> None:
    """Put one nodata value in the place of others, so that what was outside the image stays outside
    it.
    """
    sink = gdal.Open(str(path), gdal.GA_Update)
    for number, old in enumerate(replaced, 1):
        band = sink.GetRasterBand(number)
        for top in range(0, sink.RasterYSize if old else 0, _ROWS):
            rows = min(_ROWS, sink.RasterYSize - top)
            band.WriteArray(
                refilled(band.ReadAsArray(0, top, sink.RasterXSize, rows), old, fill), 0, top
            )
    sink.FlushCache()
    sink = None


def refuse_other_kinds(output: Path) -> None:
    """Refuse an output that is no GeoTIFF.

    Raises:
        OutputError: with a hint.
    """
    if output.suffix.lower() not in (".tif", ".tiff"):
        raise OutputError(
            f"The output {output.name} is no GeoTIFF.", "Give a file name that ends in .tif."
        )


def _write(
    source: gdal.Dataset,
    reference_grid: Grid,
    transform: Transform,
    path: Path,
    layout: Layout,
    params: WarpParams,
    progress: Progress,
    reference_path: str,
) -> None:
    sensed_grid = _pixels(source)
    nodes = warp_nodes(transform, reference_grid, sensed_grid) if transform.is_affine else None
    if nodes is None:
        refuse_folds(transform, sensed_grid)
    target = output_grid(
        transform, reference_grid, sensed_grid, params.output_gsd, params.match_reference_grid
    )
    refuse_growth(transform, reference_grid, sensed_grid, target)
    bare = not target.crs_wkt and not target.is_referenced
    offset = _FRAME_OFFSET if bare else 0.0
    sample = gdal.GetDataTypeSize(layout.data_type) // 8
    refuse_without_room(
        path.parent,
        target.width * target.height * layout.count * sample,
        params.compression != "none",
    )
    sink = layout.create(path, target, offset)
    try:
        if nodes is None:
            warp_back(source, sink, transform, reference_grid, target, layout, params, progress)
        else:
            _warp(
                source,
                sink,
                virtual_source(source, nodes, target.crs_wkt, offset),
                warp_settings(nodes, layout, params),
                progress,
            )
        if bare:
            sink.SetGeoTransform(target.geotransform)
            _copy_gcps(reference_path, sink)
        layout.finish(sink, progress)
        sink.FlushCache()
    finally:
        sink = None  # closed before the file is moved or removed, whoever holds this frame


def warp_back(
    source: gdal.Dataset,
    sink: gdal.Dataset,
    transform: Transform,
    reference_grid: Grid,
    target: Grid,
    layout: Layout,
    params: WarpParams,
    progress: Progress,
) -> None:
    """Warp into an open file by where each of its pixels comes from, as exact as `inverse_array`
    is.

    Args:
        source: Raster to warp.
        sink: File with the target's pixels.
        transform: sensed_px -> reference_px.
        reference_grid: Native grid of the reference.
        target: Grid of the file.
        layout: Of the file.
        params: Resampling.
        progress: Told of progress, asked whether to stop.

    Raises:
        FitError: the transform bends too sharply.
        UnreadableRasterError: the source cannot be read.
    """
    inward = target.matrix_to(reference_grid)
    box = footprint(transform, reference_grid, _pixels(source), target)
    size = (source.RasterXSize, source.RasterYSize)
    back = inverse_array(
        lambda px: transform.inverse(coords.apply_matrix(inward, px)), box, size, progress.poll
    )
    back = _with_ring(back, size)
    array = f"/vsimem/{uuid.uuid4().hex}.tif"
    try:
        _write_array(array, back.bands())
        sink.SetMetadata(back.geolocation(array), "GEOLOCATION")
        plane = of_geotransform(SENSED_PLANE)
        settings = warp_settings(plane, layout, params)
        # GDAL would take the scale from the whole extent of the array, ring and all.
        linear = np.linalg.inv(inward[:2, :2]) @ transform.jacobian(np.array([size]) / 2.0)[0]
        scales = [min(1.0, 1.0 / float(np.hypot(*row))) for row in np.linalg.inv(linear)]
        settings["warpOptions"] = [
            *settings["warpOptions"],
            f"XSCALE={scales[0]!r}",
            f"YSCALE={scales[1]!r}",
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


def warp_settings(nodes: WarpNodes, layout: Layout, params: WarpParams) -> dict[str, Any]:
    """Return the settings of `gdal.WarpOptions` that apply a transform to a `virtual_source`."""
    return {
        "resampleAlg": "near" if layout.classes else _RESAMPLING[params.resampling],
        "transformerOptions": [f"SRC_METHOD={_METHODS[nodes.method]}", "DST_METHOD=GEOTRANSFORM"],
        "warpOptions": layout.warp_options(),
        "warpMemoryLimit": _MEMORY_BYTES,
        "errorThreshold": _ERROR_PX,
        **({"polynomialOrder": nodes.order} if nodes.method == "polynomial" else {}),
        **layout.warp_settings(),
    }


def guarded(
    work: Callable[[Callable[[float, str, object], int]], object], progress: Progress, label: str
) -> str:
    """Run a GDAL call with a progress callback, whether or not GDAL raises exceptions in this
    process.

    Args:
        work: Called with the callback; returns what GDAL returned.
        progress: Told of progress; an exception it raises stops GDAL and comes out here.
        label: Progress message.

    Returns:
        Why it failed, "" when it did not.
    """
    stopped: list[BaseException] = []

    def tick(fraction: float, _message: str, _data: object) -> int:
        try:
            progress.update(fraction, label)
        except BaseException as error:  # noqa: BLE001 - it must not travel through C; it is raised again below
            stopped.append(error)
            return 0
        return 1

    gdal.ErrorReset()
    message = ""
    try:
        if not work(tick):
            message = gdal.GetLastErrorMsg() or "unknown reason"
    except RuntimeError as error:
        message = str(error)
    if stopped:
        # not kept here: a cycle with its traceback would keep GDAL's files open
        raise stopped.pop()
    if not message and gdal.GetLastErrorType() >= gdal.CE_Failure:
        message = gdal.GetLastErrorMsg()
    return message


def _pixels(source: gdal.Dataset) -> Grid:
    return Grid.bare(source.RasterXSize, source.RasterYSize)


def refuse_growth(
    transform: Transform, reference_grid: Grid, sensed_grid: Grid, target: Grid
) -> None:
    """Refuse an output much larger than what the image covers at its centre's scale."""
    inward = reference_grid.matrix_to(target)
    outward = inward[:2, :2] @ transform.jacobian(sensed_grid.centre_px)[0]
    density = abs(float(np.linalg.det(outward)))
    expected = max(
        sensed_grid.width * sensed_grid.height * density,
        reference_grid.width * reference_grid.height,
    )
    if target.width * target.height > _MAX_GROWTH * expected:
        raise OutputError(
            f"The warped image would have {target.width} x {target.height} px: the model "
            "swings away at the edges.",
            "Choose a simpler model, spread the control points, or snap to the reference grid.",
        )


def virtual_source(
    source: gdal.Dataset, nodes: WarpNodes, wkt: str, offset: float = 0.0, path: str = ""
) -> gdal.Dataset:
    """Return a VRT of the source, in a file where a path is given, whose georeferencing is the
    transform.
    """
    virtual = gdal.GetDriverByName("VRT").CreateCopy(path, source)
    if nodes.geotransform is not None:
        g = nodes.geotransform
        virtual.SetGCPs([], "")
        virtual.SetProjection(wkt)
        virtual.SetGeoTransform((g[0] + offset, g[1], g[2], g[3] + offset, g[4], g[5]))
        return virtual
    ground = nodes.reference_map + offset
    virtual.SetGCPs(
        [
            gdal.GCP(float(m[0]), float(m[1]), 0.0, float(p[0]), float(p[1]))
            for p, m in zip(nodes.sensed_px, ground, strict=True)
        ],
        wkt,
    )
    return virtual


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


def _rewrite(partial: Path, finished: Path, layout: Layout, progress: Progress) -> None:
    """Copy the warped file into its last form: cloud-optimised, or with a mask band instead of the
    auxiliary alpha band.
    """

    def work(tick: Callable[[float, str, object], int]) -> object:
        gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
        try:
            return gdal.Translate(
                str(finished), str(partial), callback=tick, **layout.translate_settings()
            )
        finally:
            gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", None)

    message = guarded(work, progress, "Writing")
    if message:
        raise OSError(message)


def _validate(path: Path, count: int, data_type: int) -> None:
    """Open what was written and read its last row."""
    try:
        check = open_raster(str(path))
    except AlignError as error:
        raise OSError("the file cannot be read back") from error
    right = check.RasterCount == count and check.GetRasterBand(1).DataType == data_type
    row = (
        check.GetRasterBand(check.RasterCount).ReadRaster(
            0, check.RasterYSize - 1, check.RasterXSize, 1
        )
        if right
        else None
    )
    if not right or row is None:
        raise OSError("the file written is not what was to be written")
