"""The contract of warped rasters, kept by rasterio's hand."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import rasterio
import warp_contract as contract
from affine import Affine
from rasterio.enums import ColorInterp, MaskFlags
from sar_optical_align.plugin.core.types import RasterRef
from sar_optical_align.plugin.engine.read.georeferencing import native_grid
from sar_optical_align.plugin.engine.warping.write import warp


class Rasterio:
    """Writes, warps and looks, without QGIS."""

    @staticmethod
    def with_wkt(grid):
        return replace(
            grid, crs_wkt=grid.crs_wkt and rasterio.CRS.from_string(grid.crs_wkt).to_wkt()
        )

    @staticmethod
    def write(path, case):
        profile = {"photometric": "RGB"} if case.colours[:3] == contract.RGB else {}
        if "alpha" in case.colours:
            profile["alpha"] = "YES"
        count, height, width = case.data.shape
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            count=count,
            height=height,
            width=width,
            dtype=case.data.dtype,
            nodata=case.nodata,
            crs=rasterio.CRS.from_epsg(contract.EPSG),
            transform=Affine.from_gdal(*contract.PLACE),
            **profile,
        ) as d:
            d.write(case.data)
            d.colorinterp = [ColorInterp[name] for name in case.colours]
            if case.table is not None:
                d.write_colormap(1, case.table)
            if case.mask is not None:
                d.write_mask(case.mask)
        return str(path)

    @staticmethod
    def warp(path, case, output):
        ref = RasterRef(path, nodata=case.override)
        return warp(ref, case.reference, case.transform, output, case.params)

    @staticmethod
    def facts(path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with rasterio.open(path) as d:
                flags, structure = d.mask_flag_enums[0], d.tags(ns="IMAGE_STRUCTURE")
                table = d.colormap(1) if d.colorinterp[0] == ColorInterp.palette else None
                values = d.read()
                marks = [k for k in ("alpha", "nodata", "per_dataset") if MaskFlags[k] in flags]
                return {
                    "dtype": d.dtypes[0],
                    "nodata": "nan" if d.nodata is not None and np.isnan(d.nodata) else d.nodata,
                    "marks": [*marks, "all_valid"][0].replace("per_dataset", "mask"),
                    "colours": tuple(c.name for c in d.colorinterp),
                    "table": table and {k: table[k] for k in contract.TABLE},
                    "interleave": structure["INTERLEAVE"],
                    "compression": structure.get("COMPRESSION", ""),
                    "predictor": structure.get("PREDICTOR", ""),
                    "block": d.block_shapes[0][0],
                    "grid": native_grid(d),
                    "values": values,
                    "valid": (d.read_masks() > 0) & np.isfinite(values),
                }


@contract.every_case
def test_what_is_written(case, tmp_path):
    contract.check(Rasterio, case, tmp_path)


@contract.every_refusal
def test_what_is_refused(case, error, says, tmp_path):
    contract.check_refusal(Rasterio, case, error, says, tmp_path)


@contract.every_grid
def test_where_pixels_come_from(grid, tmp_path):
    contract.check_places(Rasterio, grid, tmp_path)


def test_a_lost_input(tmp_path):
    contract.check_lost_input(Rasterio, tmp_path)
