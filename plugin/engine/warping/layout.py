"""What rasterio knows of the bands of a raster, and how it is told a layout."""

from __future__ import annotations

from typing import Any

import rasterio
from affine import Affine
from rasterio.enums import ColorInterp, MaskFlags

from ...core.geometry.grid import Grid
from ...core.output.layout import Bands, Layout


def bands_of(source: Any) -> Bands:
    """Return what the bands of an open raster are."""
    flags = source.mask_flag_enums[0]
    return Bands(
        source.name,
        tuple(source.dtypes),
        tuple(source.nodatavals),
        tuple(colour.name for colour in source.colorinterp),
        MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags,
    )


def profile_of(layout: Layout, target: Grid) -> dict[str, Any]:
    """Return what `rasterio.open(..., "w")` takes."""
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "width": target.width,
        "height": target.height,
        "count": layout.count,
        "dtype": layout.dtype,
        "nodata": layout.nodata,
        **layout.creation,
    }
    if target.crs_wkt:
        profile["crs"] = rasterio.CRS.from_wkt(target.crs_wkt)
    if target.is_referenced:
        profile["transform"] = Affine.from_gdal(*target.geotransform)
    return profile


def describe(source: Any, sink: Any) -> None:
    """Take over colours, descriptions, units, scales, offsets, tags and colour tables."""
    sink.colorinterp = source.colorinterp
    sink.descriptions = source.descriptions
    sink.units = source.units
    sink.scales, sink.offsets = source.scales, source.offsets
    sink.update_tags(**{k: v for k, v in source.tags().items() if k != "AREA_OR_POINT"})
    for band in range(1, source.count + 1):
        sink.update_tags(
            band,
            **{k: v for k, v in source.tags(band).items() if not k.startswith("STATISTICS_")},
        )
        if source.colorinterp[band - 1] == ColorInterp.palette:
            sink.write_colormap(band, source.colormap(band))
