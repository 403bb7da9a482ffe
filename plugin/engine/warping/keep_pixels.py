"""Corrects a raster without resampling: the same samples, complex ones too, under another
geotransform.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rasterio
import rasterio.shutil
from affine import Affine

from ...core.borders import reading
from ...core.errors import UnreadableRasterError
from ...core.fit.transforms import Transform
from ...core.geometry.grid import Grid
from ...core.output.fill import refilled, refuse_unfit, replaced_fills
from ...core.output.layout import copy_options
from ...core.output.plan import kept_grid
from ...core.types import RasterRef, WarpParams
from ..read.opening import open_dataset
from ..read.sources import UNREADABLE


def georeference(
    sensed: RasterRef, reference_grid: Grid, transform: Transform, partial: Path, params: WarpParams
) -> None:
    """Copy the sensed raster with the geotransform and the CRS that the transform gives it.

    Args:
        sensed: Raster; its `nodata` counts as an override.
        reference_grid: Native grid of the reference.
        transform: sensed_px -> reference_px; shift, similarity or affine.
        partial: File to write.
        params: Format, compression, nodata; the others do not count.

    Raises:
        OutputError: the nodata value does not fit into the samples.
        UnreadableRasterError: the input cannot be read.
        FitError: no geotransform can say what the transform does.
        OSError, GDAL's errors: the output cannot be written.
    """
    with (
        reading("the raster", sensed.path, UNREADABLE, UnreadableRasterError),
        open_dataset(sensed.path) as source,
    ):
        size, dtype = (source.width, source.height), source.dtypes[0]
        fill, replaced = replaced_fills(list(source.nodatavals), sensed.nodata, params.nodata)
    if fill is not None:
        refuse_unfit(fill, dtype)
    grid = kept_grid(transform, reference_grid, Grid.bare(*size))
    options = copy_options(params.compression)
    first = partial.with_name(f"{partial.name}.copy.tif") if params.format == "COG" else partial
    try:
        rasterio.shutil.copy(sensed.path, str(first), driver="GTiff", TILED=True, **options)
        with rasterio.open(first, "r+") as sink:
            sink.transform = Affine.from_gdal(*grid.geotransform)  # takes the place of GCPs
            sink.crs = rasterio.CRS.from_wkt(grid.crs_wkt) if grid.crs_wkt else None
            if fill is not None:
                _refill(sink, fill, replaced)
                sink.nodata = fill
        if params.format == "COG":
            rasterio.shutil.copy(str(first), str(partial), driver="COG", **options)
        with rasterio.open(partial) as check:
            check.read(check.count, window=((check.height - 1, check.height), (0, check.width)))
    finally:
        if first != partial:
            for suffix in ("", ".aux.xml"):
                Path(f"{first}{suffix}").unlink(missing_ok=True)


def _refill(sink: Any, fill: float, replaced: list[list[float]]) -> None:
    """Put one nodata value in the place of others, so that what was outside the image stays outside
    it.
    """
    for band, old in enumerate(replaced, 1):
        for _, window in sink.block_windows(band) if old else ():
            sink.write(refilled(sink.read(band, window=window), old, fill), band, window=window)
