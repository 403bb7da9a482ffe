"""Project layers to raster references, their grids, and the ways between their CRSs.

Main thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
)

from ..core.errors import InputError
from ..core.geometry.grid import Grid
from ..core.lengths import is_geographic, unwrapped
from ..core.types import RasterRef
from .opening import open_raster


def raster_ref(layer: QgsRasterLayer | None, band: int = 0) -> RasterRef:
    """Return what the engine needs to open a layer.

    Args:
        layer: A file-based raster layer.
        band: Band to compare, 0 = automatic.

    Raises:
        InputError: no layer, or one that is no file.
    """
    if layer is None or not layer.isValid():
        raise InputError(
            "Choose a reference and a sensed raster layer.",
            "Add both rasters to the project first.",
        )
    provider = layer.dataProvider()
    if provider is None or provider.name() != "gdal":
        raise InputError(
            f"{layer.name()} is not a raster file.",
            "Export the part you need to a GeoTIFF first (layer menu > Export).",
        )
    path = layer.source().split("|")[0]
    wkt = layer.crs().toWkt() if layer.crs().isValid() else ""
    return RasterRef(
        path,
        (band,) if band > 0 else (),
        crs_wkt=wkt if native_grid(path).is_referenced else "",
        nodata=_declared_nodata(layer, max(band, 1)),
    )


def _declared_nodata(layer: QgsRasterLayer, band: int) -> float | None:
    """Return the layer's additional no data value (Properties > Transparency), where it is one."""
    ranges = layer.dataProvider().userNoDataValues(band)
    return ranges[0].min() if len(ranges) == 1 and ranges[0].min() == ranges[0].max() else None


def declare_nodata(layer: QgsRasterLayer, value: float) -> None:
    """Make a value the layer's additional no data value, of all its bands."""
    for band in range(1, layer.bandCount() + 1):
        layer.dataProvider().setUserNoDataValue(band, [QgsRasterRange(value, value)])
    layer.triggerRepaint()


def native_grid(path: str) -> Grid:
    """Return the native grid of a raster file, as the engine sees it.

    Raises:
        UnreadableRasterError: it cannot be opened.
    """
    return grid_in(open_raster(path))


def grid_in(dataset: gdal.Dataset) -> Grid:
    """Return the native grid of an open raster; bare where only GCPs or RPCs tell its place."""
    size = dataset.RasterXSize, dataset.RasterYSize
    gt = dataset.GetGeoTransform(can_return_null=True)
    grid = Grid.bare(*size)
    if gt is not None:
        x, right, down, y, right_y, down_y = map(float, gt)
        grid = replace(grid, geotransform=(x, right, down, y, right_y, down_y))
    return replace(grid, crs_wkt=dataset.GetProjection()) if grid.is_referenced else grid


def grid_of(ref: RasterRef) -> Grid:
    """Return the native grid of a raster with the CRS the project gives it.

    Raises:
        UnreadableRasterError: it cannot be opened.
    """
    grid = native_grid(ref.path)
    return replace(grid, crs_wkt=ref.crs_wkt) if ref.crs_wkt and grid.is_referenced else grid


def crs_of(text: str) -> QgsCoordinateReferenceSystem:
    """Return the CRS that WKT or a code such as EPSG:4326 names."""
    crs = QgsCoordinateReferenceSystem()
    crs.createFromUserInput(text)
    return crs


def reprojection(
    source_wkt: str, target_wkt: str, near: Grid | None = None
) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return a function (N, 2) -> (N, 2) between two CRSs, or None where they are the same or
    unknown.

    Args:
        source_wkt: CRS of what comes.
        target_wkt: CRS of what is wanted.
        near: Grid in the target's CRS on whose side of the antimeridian longitudes come out; None =
            as they are.
    """
    if not source_wkt or not target_wkt:
        return None
    longitude = None
    if near is not None and is_geographic(target_wkt):
        longitude = float(near.map_from_px(near.centre_px)[0, 0])
    if source_wkt == target_wkt:
        return None if longitude is None else lambda xy: unwrapped(xy, longitude)
    source, target = crs_of(source_wkt), crs_of(target_wkt)
    if source == target:
        return None
    transform = QgsCoordinateTransform(source, target, QgsProject.instance().transformContext())

    def apply(xy: np.ndarray) -> np.ndarray:
        out = [transform.transform(QgsPointXY(float(x), float(y))) for x, y in np.asarray(xy)]
        moved = np.array([(p.x(), p.y()) for p in out]).reshape(-1, 2)
        return moved if longitude is None else unwrapped(moved, longitude)

    return apply
