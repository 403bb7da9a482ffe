"""What the warped file looks like: type, nodata, mask, compression, and everything it takes over
from the sensed file.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags, Resampling

from ...core.geometry.grid import Grid
from ...core.output.fill import fits, refuse_unfit
from ...core.types import WarpParams
from ..read.tiling import Tile

Samples = NDArray[Any]
Mask = NDArray[np.bool_]
_BLOCK_PX = 256
_RESAMPLING = {
    "nearest": Resampling.nearest,
    "bilinear": Resampling.bilinear,
    "cubic": Resampling.cubic,
    "cubicspline": Resampling.cubic_spline,
    "lanczos": Resampling.lanczos,
}


def resampling_for(source: Any, params: WarpParams) -> Resampling:
    """Return the kernel asked for; nearest where a band has a colour table, whose indices have no
    in-between.
    """
    if ColorInterp.palette in source.colorinterp:
        return Resampling.nearest
    return _RESAMPLING[params.resampling]


class Layout:
    """The output file's structure.

    What is outside the image is marked as the sensed file marks it: by its nodata value, its alpha
    band or its mask band. A file with none of them gets NaN (floats), 0 (integers that are
    interpolated) or a mask band (classes, which nearest keeps as they are) for it; valid samples
    equal to nodata move to the next value.

    Attributes:
        count: Bands.
        dtype: Type of all bands.
        nodata: Declared nodata value, or None.
        mask_band: Whether a mask band is written.
        colour: Indices (from 0) of the bands that are not alpha.
        profile: For `rasterio.open(..., "w")`.
    """

    def __init__(
        self, source: Any, target: Grid, params: WarpParams, override: float | None
    ) -> None:
        """Decide.

        Args:
            source: Open sensed dataset.
            target: Grid of the output.
            params: Format, compression, nodata.
            override: Nodata value of the sensed raster given by the user, or None.

        Raises:
            OutputError: for a nodata value that the type cannot hold.
        """
        self._source, self._params, self._override = source, params, override
        self.count, self.dtype = source.count, _common_type(source.dtypes)
        self._classes = ColorInterp.palette in source.colorinterp
        self.colour = [i for i, c in enumerate(source.colorinterp) if c != ColorInterp.alpha]
        has_alpha = len(self.colour) < self.count
        declared = override if override is not None else source.nodata
        if params.nodata is not None:
            refuse_unfit(params.nodata, self.dtype)
        if declared is not None and not fits(declared, self.dtype):
            declared = None
        own_mask = MaskFlags.per_dataset in source.mask_flag_enums[0] and not has_alpha
        self.nodata: float | None = params.nodata if params.nodata is not None else declared
        classes = (
            not self.dtype.startswith("float")
            and resampling_for(source, params) is Resampling.nearest
        )
        self.mask_band = (own_mask or (classes and not has_alpha)) and self.nodata is None
        if self.nodata is None and not has_alpha and not self.mask_band:
            self.nodata = float("nan") if self.dtype.startswith("float") else 0.0
        self.profile = self._profile(target, has_alpha)

    def valid(self, samples: Samples, masks: Mask) -> Mask:
        """Return (B, h, w): declared valid, finite, and not the nodata value given by the user;
        alpha itself always is.
        """
        good = masks.copy()
        if self.dtype.startswith("float"):
            good &= np.isfinite(samples)
        if self._override is not None:
            good &= (
                samples != np.asarray(self._override).astype(samples.dtype)
                if fits(self._override, self.dtype)
                else True
            )
        for band in set(range(self.count)) - set(self.colour):
            good[band] = True
        return good

    def empty(self, tile: Tile) -> Samples:
        """Return a block of what is outside the image."""
        fill = 0 if self.nodata is None else self.nodata
        return np.full((self.count, tile.height, tile.width), fill, self.dtype)

    def finish(self, values: Samples, valid: Mask) -> None:
        """Move valid samples off the nodata value, in place."""
        if self.nodata is None or np.isnan(self.nodata) or self._classes:
            return
        clash = valid & (values == np.asarray(self.nodata).astype(self.dtype))
        if clash.any():
            values[clash] = _neighbour(self.nodata, self.dtype)

    def describe(self, sink: Any) -> None:
        """Take over colours, descriptions, units, scales, offsets, tags and colour tables."""
        source = self._source
        sink.colorinterp = source.colorinterp
        sink.descriptions = source.descriptions
        sink.units = source.units
        sink.scales, sink.offsets = source.scales, source.offsets
        sink.update_tags(**{k: v for k, v in source.tags().items() if k != "AREA_OR_POINT"})
        for band in range(1, self.count + 1):
            sink.update_tags(
                band,
                **{k: v for k, v in source.tags(band).items() if not k.startswith("STATISTICS_")},
            )
            if source.colorinterp[band - 1] == ColorInterp.palette:
                sink.write_colormap(band, source.colormap(band))

    def cog_options(self) -> dict[str, Any]:
        """Return creation options of GDAL's COG driver."""
        overviews = "NEAREST" if self._classes else "AVERAGE"
        compression = self._params.compression.upper()
        options: dict[str, Any] = {
            "BIGTIFF": "IF_SAFER",
            "OVERVIEW_RESAMPLING": overviews,
            "COMPRESS": compression,
        }
        if self._params.compression != "none":
            options["PREDICTOR"] = "YES"
        return options

    def _profile(self, target: Grid, has_alpha: bool) -> dict[str, Any]:
        profile: dict[str, Any] = {
            "driver": "GTiff",
            "width": target.width,
            "height": target.height,
            "count": self.count,
            "dtype": self.dtype,
            "nodata": self.nodata,
            "tiled": True,
            "blockxsize": _BLOCK_PX,
            "blockysize": _BLOCK_PX,
            "interleave": "pixel" if self.count in (3, 4) and self.dtype == "uint8" else "band",
            "BIGTIFF": "IF_SAFER",
            "compress": self._params.compression,
        }
        if self._params.compression != "none":
            profile["predictor"] = 3 if self.dtype.startswith("float") else 2
        if target.crs_wkt:
            profile["crs"] = rasterio.CRS.from_wkt(target.crs_wkt)
        if target.is_referenced:
            profile["transform"] = Affine.from_gdal(*target.geotransform)
        rgb = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
        if self._source.colorinterp[:3] == rgb and self.dtype in ("uint8", "uint16"):
            profile["photometric"] = "RGB"
        if has_alpha and self.colour == list(range(self.count - 1)):
            profile["alpha"] = "YES"
        return profile


def _common_type(dtypes: tuple[str, ...]) -> str:
    """GeoTIFF holds one type: that of all bands, or the smallest that holds them."""
    return str(np.result_type(*dtypes)) if len(set(dtypes)) > 1 else dtypes[0]


def _neighbour(value: float, dtype: str) -> Any:
    """Return the next value of a type, towards the middle of its range."""
    if dtype.startswith("float"):
        return np.nextafter(np.asarray(value).astype(dtype), np.asarray(0 if value else 1, dtype))
    return int(value) + (1 if int(value) < np.iinfo(dtype).max else -1)
