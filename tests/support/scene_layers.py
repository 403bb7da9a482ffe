"""Layers that lie on a SAR scene, to be warped along with it: a mask of its dark areas and their
outlines (needs GDAL's Python).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, ogr, osr

_SIDE = 400  # of the mask, pixels: coarser than the scene


def write_scene_layers(sensed: Path, folder: Path) -> tuple[Path, Path]:
    """Write mask.tif and outlines.gpkg of a scene's dark areas; returns their paths."""
    gdal.UseExceptions()
    source = gdal.Open(str(sensed))
    factor = max(1, round(source.RasterXSize / _SIDE))
    width, height = source.RasterXSize // factor, source.RasterYSize // factor
    small = source.GetRasterBand(1).ReadAsArray(
        0, 0, width * factor, height * factor, width, height, resample_alg=gdal.GRIORA_Average
    )
    gt, crs = source.GetGeoTransform(), source.GetProjection()
    dark = np.where(small < np.percentile(small, 30), 1, 0).astype(np.uint8)
    for _ in range(3):  # a majority filter: no single pixels
        around = sum(np.roll(np.roll(dark, i, 0), j, 1) for i in (-1, 0, 1) for j in (-1, 0, 1))
        dark = (around >= 5).astype(np.uint8)
    mask, outlines = folder / "mask.tif", folder / "outlines.gpkg"
    written = gdal.GetDriverByName("GTiff").Create(str(mask), width, height, 1, gdal.GDT_Byte)
    written.SetGeoTransform(
        (gt[0], gt[1] * factor, gt[2] * factor, gt[3], gt[4] * factor, gt[5] * factor)
    )
    written.SetProjection(crs)
    written.GetRasterBand(1).WriteArray(dark + 1)
    written.FlushCache()
    reference = osr.SpatialReference(wkt=crs)
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    target = ogr.GetDriverByName("GPKG").CreateDataSource(str(outlines))
    layer = target.CreateLayer("outlines", reference, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("kind", ogr.OFTInteger))
    gdal.Polygonize(written.GetRasterBand(1), None, layer, 0)
    smallest = 60 * factor * factor * abs(gt[1] * gt[5] - gt[2] * gt[4])
    for feature in list(layer):
        if feature.GetField("kind") != 2 or feature.GetGeometryRef().GetArea() < smallest:
            layer.DeleteFeature(feature.GetFID())
    return mask, outlines
