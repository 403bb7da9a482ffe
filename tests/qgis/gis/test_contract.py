"""The contract of warped rasters, kept by GDAL's hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import warp_contract as contract
from gdal_rasters import read_raster, wkt
from osgeo import gdal, gdal_array
from sar_optical_align.plugin.gis.layout import bands_of
from sar_optical_align.plugin.gis.rasters import native_grid
from sar_optical_align.plugin.gis.warping import warp_with_gdal


class Gdal:
    """Writes, warps and looks, in QGIS."""

    @staticmethod
    def with_wkt(grid):
        return replace(grid, crs_wkt=grid.crs_wkt and wkt(contract.EPSG))

    @staticmethod
    def write(path, case):
        count, height, width = case.data.shape
        kind = gdal_array.NumericTypeCodeToGDALTypeCode(case.data.dtype.type)
        rgb = ["PHOTOMETRIC=RGB"] if case.colours[:3] == contract.RGB else []
        d = gdal.GetDriverByName("GTiff").Create(str(path), width, height, count, kind, rgb)
        d.SetProjection(wkt(contract.EPSG))
        d.SetGeoTransform(contract.PLACE)
        for number, (band, colour) in enumerate(zip(case.data, case.colours, strict=False), 1):
            b = d.GetRasterBand(number)
            b.WriteArray(band)
            b.SetColorInterpretation(getattr(gdal, f"GCI_{NAMES.get(colour, colour.title())}"))
            if case.nodata is not None:
                b.SetNoDataValue(case.nodata)
            if case.table is not None:
                table = gdal.ColorTable()
                for value, entry in case.table.items():
                    table.SetColorEntry(value, entry)
                b.SetColorTable(table)
        if case.mask is not None:
            d.CreateMaskBand(gdal.GMF_PER_DATASET)
            d.GetRasterBand(1).GetMaskBand().WriteArray(case.mask.astype(np.uint8) * 255)
        d.FlushCache()
        return str(path)

    @staticmethod
    def warp(path, case, output):
        return warp_with_gdal(
            path, case.reference, case.transform, output, case.params, nodata=case.override
        )

    @staticmethod
    def facts(path):
        d = gdal.Open(str(path))
        bands, structure = bands_of(d), d.GetMetadata("IMAGE_STRUCTURE")
        first, values = d.GetRasterBand(1), read_raster(path)
        flags, table = first.GetMaskFlags(), first.GetColorTable()
        marks = [
            ("alpha", gdal.GMF_ALPHA),
            ("nodata", gdal.GMF_NODATA),
            ("mask", gdal.GMF_PER_DATASET),
        ]
        masks = [d.GetRasterBand(i + 1).GetMaskBand().ReadAsArray() for i in range(d.RasterCount)]
        nodata = bands.nodata[0]
        return {
            "dtype": bands.dtypes[0],
            "nodata": "nan" if nodata is not None and np.isnan(nodata) else nodata,
            "marks": next((name for name, flag in marks if flags & flag), "all_valid"),
            "colours": bands.colours,
            "table": table and {k: table.GetColorEntry(k) for k in contract.TABLE},
            "interleave": structure["INTERLEAVE"],
            "compression": structure.get("COMPRESSION", ""),
            "predictor": structure.get("PREDICTOR", ""),
            "block": first.GetBlockSize()[0],
            "grid": native_grid(str(path)),
            "values": values,
            "valid": (np.stack(masks) > 0) & np.isfinite(values),
        }


NAMES = {
    name: f"{name.title()}{word}"
    for words, word in ((("red", "green", "blue", "alpha"), "Band"), (("gray", "palette"), "Index"))
    for name in words
}


@contract.every_case
def test_what_is_written(case, tmp_path):
    contract.check(Gdal, case, tmp_path)


@contract.every_refusal
def test_what_is_refused(case, error, says, tmp_path):
    contract.check_refusal(Gdal, case, error, says, tmp_path)


@contract.every_grid
def test_where_pixels_come_from(grid, tmp_path):
    contract.check_places(Gdal, grid, tmp_path)


def test_a_lost_input(tmp_path):
    contract.check_lost_input(Gdal, tmp_path)
