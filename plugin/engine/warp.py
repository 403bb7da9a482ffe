"""Writes the warped raster without QGIS: rasterio and GDAL's warper, in strips, into a temporary file that is then renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import rasterio
import rasterio.shutil
import rasterio.warp
from affine import Affine
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from ..core.errors import OutputError, UnreadableRasterError
from ..core.gcp_grid import WarpNodes, output_grid, warp_nodes
from ..core.progress import Progress
from ..core.transforms import Transform
from ..core.types import Grid, RasterRef, WarpParams

_RESAMPLING = {
    "nearest": Resampling.nearest, "bilinear": Resampling.bilinear, "cubic": Resampling.cubic,
    "cubicspline": Resampling.cubic_spline, "lanczos": Resampling.lanczos,
}
_LOCAL_CRS = "EPSG:3857"  # any CRS does for images without one: it is not written
_STRIP_PX = 4 * 2**20
_VRT_TYPES = {
    "uint8": "Byte", "int8": "Int8", "uint16": "UInt16", "int16": "Int16", "uint32": "UInt32", "int32": "Int32", "float32": "Float32", "float64": "Float64",
}


def warp(
    sensed: RasterRef,
    reference_grid: Grid,
    transform: Transform,
    output: Path,
    params: WarpParams | None = None,
    progress: Progress | None = None,
) -> Path:
    """Warp every band of the sensed raster onto the reference's CRS.

    Data type, band descriptions, colour tables, tags, scales and offsets are kept. The input is never touched; the
    output appears only when it is complete.

    Args:
        sensed: Raster to warp.
        reference_grid: Native grid of the reference.
        transform: sensed_px -> reference_px.
        output: File to write.
        params: Resampling, format, compression, pixel size, nodata.
        progress: Told of progress, asked whether to stop.

    Raises:
        OutputError: the folder cannot be written, or the output is the input.
        UnreadableRasterError: the input cannot be read.
        FitError: the transform folds.
    """
    params, progress = params or WarpParams(), progress or Progress()
    output = Path(output)
    check_output(output, [sensed.path])
    partial = output.with_name(f".{output.stem}-{uuid.uuid4().hex[:8]}.part.tif")
    try:
        with quiet_rasterio(), rasterio.open(sensed.path) as source:
            grid = Grid("", (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), source.width, source.height)
            nodes = warp_nodes(transform, reference_grid, grid)
            target = output_grid(transform, reference_grid, grid, params.output_gsd, params.match_reference_grid)
            _write(source, nodes, target, partial, params, sensed.nodata, progress)
        if params.format == "COG":
            finished = partial.with_suffix(".cog.tif")
            rasterio.shutil.copy(str(partial), str(finished), driver="COG", **_compression(params, None))
            partial.unlink()
            partial = finished
        with quiet_rasterio(), rasterio.open(partial) as check:
            check.read(1, window=Window(0, max(0, check.height - 1), check.width, 1))
        os.replace(partial, output)
    except RasterioError as error:
        raise UnreadableRasterError(f"Warping {sensed.path} failed: {error}.", "Check that the file is complete and the disk has room.") from error
    except OSError as error:
        raise OutputError(f"Cannot write {output}: {error}.", "Choose a folder you may write to, with enough room.") from error
    finally:
        partial.unlink(missing_ok=True)
    progress.update(1.0, "Written")
    return output


@contextlib.contextmanager
def quiet_rasterio() -> Iterator[None]:
    """Bound GDAL's cache to 128 MB, and do not warn of images without georeferencing: they are welcome."""
    with warnings.catch_warnings(), rasterio.Env(GDAL_CACHEMAX=128 * 2**20):
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def check_output(output: Path, inputs: list[str]) -> None:
    """Refuse an output that is an input, or in a folder that cannot be written.

    Raises:
        OutputError: with a hint.
    """
    folder = output.resolve().parent
    for path in inputs:
        if Path(path).exists() and output.exists() and os.path.samefile(path, output):
            raise OutputError(f"The output {output} is the input itself.", "Choose another file name: inputs are never overwritten.")
    if not folder.is_dir():
        raise OutputError(f"The folder {folder} does not exist.", "Create it first or choose another one.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be written: {error}.", "Choose a folder you may write to.") from error
    if output.is_dir():
        raise OutputError(f"{output} is a folder.", "Give a file name.")


def _compression(params: WarpParams, dtype: str | None) -> dict[str, Any]:
    if params.compression == "none":
        return {"compress": "none"}
    options: dict[str, Any] = {"compress": params.compression}
    if dtype is not None:
        options["predictor"] = 3 if dtype.startswith("float") else 2
    return options


def fill_value(dtype: str, nodata: float | None, wanted: float | None) -> float:
    """Return the value written outside the image: as asked, else the file's nodata, else NaN for floats and 0."""
    if wanted is not None:
        return wanted
    if nodata is not None:
        return nodata
    return float("nan") if dtype.startswith("float") else 0.0


def _write(
    source: Any, nodes: WarpNodes, target: Grid, path: Path, params: WarpParams, nodata_override: float | None, progress: Progress
) -> None:
    dtype = source.dtypes[0]
    source_nodata = nodata_override if nodata_override is not None else source.nodata
    fill = fill_value(dtype, source_nodata, params.nodata)
    crs = rasterio.CRS.from_wkt(target.crs_wkt) if target.crs_wkt else None
    gt = target.geotransform
    affine = Affine(gt[1], gt[2], gt[0], gt[4], gt[5], gt[3])
    profile = {
        "driver": "GTiff", "width": target.width, "height": target.height, "count": source.count, "dtype": dtype, "crs": crs,
        "nodata": fill, "tiled": True, "blockxsize": 256, "blockysize": 256, "BIGTIFF": "IF_SAFER",
        **_compression(params, dtype),
    }
    if crs is not None or not affine.is_identity:
        profile["transform"] = affine
    vrt = _virtual(source, nodes, target.crs_wkt or rasterio.CRS.from_string(_LOCAL_CRS).to_wkt())
    options: dict[str, Any] = {"polynomial": {"MAX_GCP_ORDER": nodes.order, "SRC_METHOD": "GCP_POLYNOMIAL"}, "tps": {"SRC_METHOD": "GCP_TPS"}}.get(
        nodes.method, {}
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sensed.vrt"
        file.write_text(vrt, encoding="utf-8")
        with rasterio.open(file) as virtual, rasterio.open(path, "w", **profile) as sink:
            _copy_metadata(source, sink)
            rows = max(1, _STRIP_PX // target.width)
            starts = range(0, target.height, rows)
            for step, top in enumerate(starts):
                height = min(rows, target.height - top)
                for band in range(1, source.count + 1):
                    progress.update((step + (band - 1) / source.count) / len(starts), "Warping")
                    strip = np.full((height, target.width), fill, dtype=dtype)
                    rasterio.warp.reproject(
                        rasterio.band(virtual, band), strip, dst_transform=affine @ Affine.translation(0, top), dst_crs=crs or _LOCAL_CRS,
                        src_nodata=source_nodata, dst_nodata=fill, resampling=_RESAMPLING[params.resampling], init_dest_nodata=True,
                        num_threads=2, warp_mem_limit=64, **options,
                    )
                    sink.write(strip, band, window=Window(0, top, target.width, height))


def _copy_metadata(source: Any, sink: Any) -> None:
    sink.descriptions = source.descriptions
    sink.update_tags(**{k: v for k, v in source.tags().items() if k != "AREA_OR_POINT"})
    sink.scales, sink.offsets = source.scales, source.offsets
    sink.colorinterp = source.colorinterp
    for band in range(1, source.count + 1):
        tags = {k: v for k, v in source.tags(band).items() if not k.startswith("STATISTICS_")}
        sink.update_tags(band, **tags)
        if source.dtypes[band - 1] == "uint8":
            try:
                sink.write_colormap(band, source.colormap(band))
            except ValueError:  # the band has no colour table
                continue


def _virtual(source: Any, nodes: WarpNodes, wkt: str) -> str:
    """Return a VRT of the source whose georeferencing is the transform."""
    if nodes.geotransform is not None:
        numbers = ", ".join(repr(v) for v in nodes.geotransform)
        place = f"<SRS dataAxisToSRSAxisMapping='1,2'>{escape(wkt)}</SRS><GeoTransform>{numbers}</GeoTransform>"
    else:
        gcps = "".join(
            f"<GCP Id='{i}' Pixel='{p[0]!r}' Line='{p[1]!r}' X='{m[0]!r}' Y='{m[1]!r}' Z='0'/>"
            for i, (p, m) in enumerate(zip(nodes.sensed_px.tolist(), nodes.reference_map.tolist(), strict=True))
        )
        place = f"<GCPList Projection='{escape(wkt, {chr(39): '&apos;'})}' dataAxisToSRSAxisMapping='1,2'>{gcps}</GCPList>"
    name = escape(str(Path(source.name).resolve()) if Path(source.name).exists() else source.name)
    bands = "".join(
        f"<VRTRasterBand dataType='{_VRT_TYPES[source.dtypes[b - 1]]}' band='{b}'><SimpleSource><SourceFilename relativeToVRT='0'>{name}</SourceFilename>"
        f"<SourceBand>{b}</SourceBand></SimpleSource></VRTRasterBand>"
        for b in range(1, source.count + 1)
    )
    return f"<VRTDataset rasterXSize='{source.width}' rasterYSize='{source.height}'>{place}{bands}</VRTDataset>"
