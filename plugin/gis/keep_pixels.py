"""Corrects a raster without resampling: the same samples, complex ones too, under another
geotransform.
"""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal

from ..core.fit.transforms import Transform
from ..core.geometry.grid import Grid
from ..core.output.fill import refilled, refuse_unfit, replaced_fills
from ..core.output.layout import copy_options
from ..core.output.nodes import of_geotransform
from ..core.output.plan import kept_grid
from ..core.progress import Progress
from ..core.types import WarpParams
from .layout import bands_of
from .opening import guarded, open_raster
from .virtual import virtual_source

_ROWS = 512  # of a raster worked on at once


def georeference(
    sensed_path: str,
    reference_grid: Grid,
    transform: Transform,
    part: Path,
    params: WarpParams,
    progress: Progress,
    nodata: float | None,
) -> None:
    """Copy the sensed raster with the geotransform and the CRS that the transform gives it.

    Args:
        sensed_path: Raster.
        reference_grid: Native grid of the reference.
        transform: sensed_px -> reference_px; shift, similarity or affine.
        part: File to write.
        params: Format, compression, nodata; the others do not count.
        progress: Told of progress, asked whether to stop.
        nodata: Overrides the nodata value of the input.

    Raises:
        OutputError: the nodata value does not fit into the samples.
        UnreadableRasterError: the input cannot be read.
        FitError: no geotransform can say what the transform does.
        OSError: the output cannot be written.
    """
    source = open_raster(sensed_path)
    bands = bands_of(source)
    fill, replaced = replaced_fills(list(bands.nodata), nodata, params.nodata)
    if fill is not None:
        refuse_unfit(fill, bands.dtypes[0])
    grid = kept_grid(transform, reference_grid, Grid.bare(source.RasterXSize, source.RasterYSize))
    virtual = virtual_source(source, of_geotransform(grid.geotransform), grid.crs_wkt)
    for domain in ("RPC", "GEOLOCATION"):  # they would tell of another place
        virtual.SetMetadata({}, domain)
    if fill is None or not any(replaced):
        _copy(virtual, part, params.format, params, fill, progress)
    else:
        first = part.with_name(f"{part.name}.copy.tif") if params.format == "COG" else part
        try:
            _copy(virtual, first, "GTiff", params, fill, progress.part(0.0, 0.6))
            _refill(first, fill, replaced)
            if first != part:
                copy = open_raster(str(first))
                _copy(copy, part, "COG", params, fill, progress.part(0.6, 1.0))
        finally:
            copy = None
            if first != part:
                first.unlink(missing_ok=True)
    _check(part, source.RasterCount)


def _copy(
    source: gdal.Dataset,
    path: Path,
    driver: str,
    params: WarpParams,
    fill: float | None,
    progress: Progress,
) -> None:
    options = [f"{name}={value}" for name, value in copy_options(params.compression).items()]
    settings = {
        "format": driver,
        "creationOptions": [*options, *(["TILED=YES"] if driver == "GTiff" else [])],
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


def _check(path: Path, count: int) -> None:
    """Open what was written and read its last row."""
    written = open_raster(str(path))
    last = written.GetRasterBand(written.RasterCount)
    row = last.ReadRaster(0, written.RasterYSize - 1, written.RasterXSize, 1)
    if written.RasterCount != count or row is None:
        raise OSError("the file written is not what was to be written")
