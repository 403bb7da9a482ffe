"""Warps inside QGIS, with osgeo.gdal alone: no extra package is needed."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from osgeo import gdal

from .core.errors import OutputError, UnreadableRasterError
from .core.gcp_grid import WarpNodes, output_grid, warp_nodes
from .core.progress import Cancelled, Progress
from .core.transforms import Transform
from .core.types import Grid, WarpParams

_RESAMPLING = {"nearest": "near", "bilinear": "bilinear", "cubic": "cubic", "cubicspline": "cubicspline", "lanczos": "lanczos"}
_FRAME_OFFSET = 1.0e6  # GDAL takes the identity geotransform for none; bare pixel frames are moved away from it and back


def warp_with_gdal(
    sensed_path: str,
    reference_grid: Grid,
    transform: Transform,
    output: Path,
    params: WarpParams | None = None,
    progress: Progress | None = None,
    nodata: float | None = None,
) -> Path:
    """Warp every band of a raster onto the reference's CRS; see `engine.warp.warp`, whose result it equals.

    Raises:
        OutputError: the output cannot be written or is the input.
        UnreadableRasterError: the input cannot be read.
        FitError: the transform folds.
        Cancelled: `progress` said so; nothing is left behind.
    """
    params, progress = params or WarpParams(), progress or Progress()
    output = Path(output)
    if output.exists() and os.path.exists(sensed_path) and os.path.samefile(sensed_path, output):
        raise OutputError(f"The output {output} is the input itself.", "Choose another file name: inputs are never overwritten.")
    folder = output.resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise OutputError(f"The folder {folder} cannot be written.", "Choose a folder you may write to.")
    source = gdal.Open(sensed_path)
    if source is None:
        raise UnreadableRasterError(f"Cannot open {sensed_path}.", "Check that the file is still there and complete.")
    partial = folder / f".{output.stem}-{uuid.uuid4().hex[:8]}.part.tif"
    try:
        _write(source, reference_grid, transform, partial, params, progress, nodata)
        if params.format == "COG":
            finished = partial.with_suffix(".cog.tif")
            if gdal.Translate(str(finished), str(partial), format="COG", creationOptions=[f"COMPRESS={params.compression.upper()}"]) is None:
                raise OutputError(f"Writing {output} failed: {gdal.GetLastErrorMsg()}.", "Check that the disk has room.")
            partial.unlink()
            partial = finished
        check = gdal.Open(str(partial))
        if check is None or check.GetRasterBand(1).Checksum(0, max(0, check.RasterYSize - 1), check.RasterXSize, 1) < 0:
            raise OutputError(f"Writing {output} failed: the file cannot be read back.", "Check that the disk has room.")
        del check
        os.replace(partial, output)
    except OSError as error:
        raise OutputError(f"Cannot write {output}: {error}.", "Choose a folder you may write to, with enough room.") from error
    finally:
        partial.unlink(missing_ok=True)
        partial.with_suffix(".tif.aux.xml").unlink(missing_ok=True)
    progress.update(1.0, "Written")
    return output


def _write(
    source: gdal.Dataset, reference_grid: Grid, transform: Transform, path: Path, params: WarpParams, progress: Progress, nodata: float | None
) -> None:
    grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), source.RasterXSize, source.RasterYSize)
    nodes = warp_nodes(transform, reference_grid, grid)
    target = output_grid(transform, reference_grid, grid, params.output_gsd, params.match_reference_grid)
    bare = not target.crs_wkt and tuple(target.geotransform) == (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    offset = _FRAME_OFFSET if bare else 0.0
    first = source.GetRasterBand(1)
    is_float = first.DataType in (gdal.GDT_Float32, gdal.GDT_Float64)
    source_nodata = nodata if nodata is not None else first.GetNoDataValue()
    fill = params.nodata if params.nodata is not None else source_nodata
    if fill is None:
        fill = float("nan") if is_float else 0.0
    options = ["TILED=YES", "BIGTIFF=IF_SAFER", f"COMPRESS={params.compression.upper()}"]
    if params.compression != "none":
        options.append(f"PREDICTOR={3 if is_float else 2}")
    sink = gdal.GetDriverByName("GTiff").Create(str(path), target.width, target.height, source.RasterCount, first.DataType, options)
    if sink is None:
        raise OutputError(f"Cannot create {path.name}: {gdal.GetLastErrorMsg()}.", "Choose a folder you may write to, with enough room.")
    gt = target.geotransform
    sink.SetGeoTransform((gt[0] + offset, gt[1], gt[2], gt[3] + offset, gt[4], gt[5]))
    if target.crs_wkt:
        sink.SetProjection(target.crs_wkt)
    _copy_metadata(source, sink, fill)
    virtual = _virtual(source, nodes, target.crs_wkt, offset)
    cancelled = []

    def tick(fraction: float, _message: str, _data: object) -> int:
        try:
            progress.update(fraction, "Warping")
        except Cancelled:
            cancelled.append(True)
            return 0
        return 1

    settings = {
        "resampleAlg": _RESAMPLING[params.resampling], "dstNodata": fill, "callback": tick, "warpMemoryLimit": 128 * 2**20,
        "warpOptions": ["INIT_DEST=NO_DATA"], "errorThreshold": 0.05,
    }
    if source_nodata is not None:
        settings["srcNodata"] = source_nodata
    if nodes.method == "tps":
        settings["tps"] = True
    elif nodes.method == "polynomial":
        settings["polynomialOrder"] = nodes.order
    done = gdal.Warp(sink, virtual, options=gdal.WarpOptions(**settings))
    if cancelled:
        raise Cancelled
    if not done:
        raise UnreadableRasterError(f"Warping failed: {gdal.GetLastErrorMsg()}.", "Check that the input file is complete.")
    if bare:
        sink.SetGeoTransform((0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    sink.FlushCache()


def _copy_metadata(source: gdal.Dataset, sink: gdal.Dataset, fill: float) -> None:
    sink.SetMetadata({k: v for k, v in (source.GetMetadata() or {}).items() if k != "AREA_OR_POINT"})
    for number in range(1, source.RasterCount + 1):
        a, b = source.GetRasterBand(number), sink.GetRasterBand(number)
        b.SetNoDataValue(fill)
        b.SetDescription(a.GetDescription())
        b.SetColorInterpretation(a.GetColorInterpretation())
        b.SetMetadata({k: v for k, v in (a.GetMetadata() or {}).items() if not k.startswith("STATISTICS_")})
        if a.GetColorTable() is not None:
            b.SetColorTable(a.GetColorTable())
        if a.GetScale() is not None:
            b.SetScale(a.GetScale())
        if a.GetOffset() is not None:
            b.SetOffset(a.GetOffset())


def _virtual(source: gdal.Dataset, nodes: WarpNodes, wkt: str, offset: float) -> gdal.Dataset:
    """Return a VRT of the source whose georeferencing is the transform."""
    virtual = gdal.GetDriverByName("VRT").CreateCopy("", source)
    if nodes.geotransform is not None:
        g = nodes.geotransform
        virtual.SetGCPs([], "")
        virtual.SetProjection(wkt)
        virtual.SetGeoTransform((g[0] + offset, g[1], g[2], g[3] + offset, g[4], g[5]))
        return virtual
    gcps = [
        gdal.GCP(float(m[0]) + offset, float(m[1]) + offset, 0.0, float(p[0]), float(p[1]))
        for p, m in zip(nodes.sensed_px, nodes.reference_map)
    ]
    virtual.SetGCPs(gcps, wkt)
    return virtual
