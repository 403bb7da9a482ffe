"""Small rasters with known content, written with osgeo.gdal (for tests that run in QGIS'
Python).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal, gdal_array, osr

PLACE = {"epsg": 32633, "gt": (500100.0, 10.0, 0.0, 5399900.0, 0.0, -10.0)}


def wkt(epsg: int) -> str:
    """Return a CRS as WKT."""
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(epsg)
    return srs.ExportToWkt()


def write_raster(
    path: Path,
    data: np.ndarray,
    epsg: int | None = None,
    gt: tuple | None = None,
    nodata: float | tuple | None = None,
    mask: np.ndarray | None = None,
    alpha: bool = False,
    options: tuple[str, ...] = (),
) -> str:
    """Write (H, W) or (B, H, W) and return the path as text."""
    bands = data if data.ndim == 3 else data[None]
    kind = gdal_array.NumericTypeCodeToGDALTypeCode(bands.dtype.type)
    options = [*options, *(["ALPHA=YES"] if alpha else [])]
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), bands.shape[2], bands.shape[1], len(bands), kind, options
    )
    if epsg is not None:
        dataset.SetProjection(wkt(epsg))
    if gt is not None:
        dataset.SetGeoTransform(gt)
    for number, band in enumerate(bands, 1):
        dataset.GetRasterBand(number).WriteArray(band)
        if nodata is not None:
            dataset.GetRasterBand(number).SetNoDataValue(nodata)
    if mask is not None:
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().WriteArray(mask.astype(np.uint8) * 255)
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
    dataset.FlushCache()
    del dataset
    return str(path)


def read_raster(path: Path | str) -> np.ndarray:
    """Return (B, H, W)."""
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray().reshape(
        dataset.RasterCount, dataset.RasterYSize, dataset.RasterXSize
    )
