"""Virtual rasters: the sensed raster where a transform puts it, as GDAL warps it."""

from __future__ import annotations

from typing import Any

from osgeo import gdal

from ..core.output.layout import GDAL_KERNELS
from ..core.output.nodes import WarpNodes
from .layout import WrittenLayout

_METHODS = {"geotransform": "GEOTRANSFORM", "polynomial": "GCP_POLYNOMIAL", "tps": "GCP_TPS"}
_ERROR_PX = 0.02
_MEMORY_BYTES = 128 * 2**20


def virtual_source(
    source: gdal.Dataset, nodes: WarpNodes, wkt: str, path: str = ""
) -> gdal.Dataset:
    """Return a VRT of the source, in a file where a path is given, whose georeferencing is the
    transform.
    """
    virtual = gdal.GetDriverByName("VRT").CreateCopy(path, source)
    if nodes.geotransform is not None:
        virtual.SetGCPs([], "")
        virtual.SetProjection(wkt)
        virtual.SetGeoTransform(nodes.geotransform)
        return virtual
    virtual.SetGCPs(
        [
            gdal.GCP(float(m[0]), float(m[1]), 0.0, float(p[0]), float(p[1]))
            for p, m in zip(nodes.sensed_px, nodes.reference_map, strict=True)
        ],
        wkt,
    )
    return virtual


def warp_settings(nodes: WarpNodes, written: WrittenLayout) -> dict[str, Any]:
    """Return the settings of `gdal.WarpOptions` that apply a transform to a `virtual_source`."""
    return {
        "resampleAlg": GDAL_KERNELS[written.layout.resampling],
        "transformerOptions": [f"SRC_METHOD={_METHODS[nodes.method]}", "DST_METHOD=GEOTRANSFORM"],
        "warpMemoryLimit": _MEMORY_BYTES,
        "errorThreshold": _ERROR_PX,
        **({"polynomialOrder": nodes.order} if nodes.method == "polynomial" else {}),
        **written.warp_settings(),
    }
