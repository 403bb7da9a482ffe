"""The GCPs of an open raster."""

from __future__ import annotations

from osgeo import gdal

from ..core.fit.gcps import GcpPlacement, place_by_gcps, placed_by
from .rasters import grid_in


def kind_of_place(dataset: gdal.Dataset) -> str:
    """Return what tells the place of an open raster, see `placed_by`."""
    return placed_by(grid_in(dataset), dataset.GetGCPCount(), bool(dataset.GetMetadata("RPC")))


def gcp_placement(dataset: gdal.Dataset) -> GcpPlacement | None:
    """Return where GCPs put an open raster, None where something else tells its place or nothing.

    Raises:
        InputError: they are degenerate.
    """
    if kind_of_place(dataset) != "gcps":
        return None
    gcps = dataset.GetGCPs()
    return place_by_gcps(
        [(g.GCPPixel, g.GCPLine) for g in gcps],
        [(g.GCPX, g.GCPY) for g in gcps],
        dataset.GetGCPProjection(),
        dataset.GetDescription(),
    )
