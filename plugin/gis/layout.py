"""What GDAL knows of the bands of a raster, and how it is told a layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal, gdal_array

from ..core.geometry.grid import Grid
from ..core.output.fill import fits, moved_off
from ..core.output.layout import Bands, Layout
from ..core.progress import Progress

_ROWS = 256  # of a raster worked on at once


def bands_of(source: gdal.Dataset) -> Bands:
    """Return what the bands of an open raster are."""
    bands = [source.GetRasterBand(i + 1) for i in range(source.RasterCount)]
    flags = bands[0].GetMaskFlags()
    return Bands(
        source.GetDescription(),
        tuple(np.dtype(gdal_array.GDALTypeCodeToNumericTypeCode(b.DataType)).name for b in bands),
        tuple(b.GetNoDataValue() for b in bands),
        tuple(
            "palette"
            if b.GetColorTable() is not None
            else gdal.GetColorInterpretationName(b.GetColorInterpretation()).lower()
            for b in bands
        ),
        bool(flags & gdal.GMF_PER_DATASET) and not flags & (gdal.GMF_ALPHA | gdal.GMF_NODATA),
    )


class WrittenLayout:
    """A layout as GDAL's warp writes it.

    Attributes:
        layout: What is written.
        auxiliary: Whether an alpha band more is warped, to make the mask band of or to tell valid
            samples from nodata.
    """

    def __init__(self, source: gdal.Dataset, layout: Layout) -> None:
        """Take the layout of an open sensed dataset."""
        self._source, self.layout = source, layout
        bands = bands_of(source)
        own_mask = bands.has_mask and not layout.has_alpha
        self._source_marks = (
            layout.has_alpha or own_mask or any(v is not None for v in bands.nodata)
        )
        # Where bands have nodata values of their own, GDAL itself keeps valid samples off the
        # output's.
        plain = layout.override is None and (own_mask or not self._source_marks)
        nodata = layout.nodata
        self._separate = (
            plain and nodata is not None and not np.isnan(nodata) and not layout.classes
        )
        self.auxiliary = layout.mask_band or self._separate
        self._declared = nodata is not None and not layout.classes and not self._separate
        # Where the sensed raster's nodata is another one, GDAL warps with that, as it takes samples
        # of the image that equal the output's for none; `finish` exchanges the two.
        own = bands.nodata if layout.override is None else (layout.override,) * layout.count
        self._fills = [
            v
            if self._declared and i in layout.colour and v is not None and fits(v, layout.dtype)
            else nodata
            for i, v in enumerate(own)
        ]

    def create(self, path: Path, target: Grid) -> gdal.Dataset:
        """Create the file to warp into, filled with what is outside the image.

        Raises:
            OSError: it cannot be created.
        """
        layout, extra = self.layout, int(self.auxiliary)
        options = {**layout.creation, **({"ALPHA": "YES"} if extra else {})}
        kind = gdal_array.NumericTypeCodeToGDALTypeCode(np.dtype(layout.dtype).type)
        if kind is None:
            raise OSError(f"this GDAL writes no {layout.dtype} samples")
        try:
            sink = gdal.GetDriverByName("GTiff").Create(
                str(path), *target.size, layout.count + extra, kind, _listed(options)
            )
        except RuntimeError as error:
            raise OSError(str(error)) from error
        if sink is None:
            raise OSError(gdal.GetLastErrorMsg())
        sink.SetGeoTransform(target.geotransform)
        if target.crs_wkt:
            sink.SetProjection(target.crs_wkt)
        _describe(self._source, sink)
        if extra:
            sink.GetRasterBand(layout.count + 1).SetColorInterpretation(gdal.GCI_AlphaBand)
        if self._declared:
            self._set_nodata(sink)
        return sink

    def finish(self, sink: gdal.Dataset, progress: Progress) -> None:
        """Declare the nodata value, and move valid samples that equal it to the next value (classes
        stay).
        """
        nodata = self.layout.nodata
        if nodata is None:
            return
        fills = [nodata if fill is None else fill for fill in self._fills]
        exchanged = any(_differ(fill, nodata) for fill in fills)
        for y in range(0, sink.RasterYSize if self._separate or exchanged else 0, _ROWS):
            progress.poll()
            box = (0, y, sink.RasterXSize, min(_ROWS, sink.RasterYSize - y))
            self._move_off(sink, fills, nodata, *box)
        self._set_nodata(sink)

    def _move_off(self, sink: gdal.Dataset, fills: list[float], nodata: float, *box: int) -> None:
        count = self.layout.count
        alpha = sink.GetRasterBand(count + 1).ReadAsArray(*box) if self._separate else None
        for number, fill in enumerate(fills, 1):
            band = sink.GetRasterBand(number)
            data = band.ReadAsArray(*box)
            outside = alpha == 0 if alpha is not None else _equal(data, fill)
            clash = moved_off(data, ~outside, nodata)
            if clash or _differ(fill, nodata):
                data[outside] = nodata
                band.WriteArray(data, *box[:2])

    def _set_nodata(self, sink: gdal.Dataset) -> None:
        for number in range(1, self.layout.count + 1):
            sink.GetRasterBand(number).SetNoDataValue(self.layout.nodata)

    def warp_settings(self) -> dict[str, Any]:
        """Return the settings of `gdal.WarpOptions` that mark what is outside the image: bands have
        masks of their own, and the output starts as outside.
        """
        fills = [repr(0.0 if fill is None else float(fill)) for fill in self._fills]
        start = f"INIT_DEST={','.join([*fills, *['0'] * self.auxiliary])}"
        settings: dict[str, Any] = {
            "warpOptions": ["UNIFIED_SRC_NODATA=NO", start, "NUM_THREADS=2"]
        }
        if self.layout.override is not None:
            settings["srcNodata"] = repr(float(self.layout.override))
        elif self.layout.is_float and not self._source_marks:
            settings["srcNodata"] = "nan"
        if self._declared:
            settings["dstNodata"] = " ".join(fills)
        return settings

    def translate_settings(self, driver: str) -> dict[str, Any]:
        """Return the settings of `gdal.Translate` that make the finished file."""
        layout = self.layout
        return {
            "format": driver,
            "bandList": list(range(1, layout.count + 1)),
            "creationOptions": _listed(layout.cog if driver == "COG" else layout.creation),
            **({"maskBand": str(layout.count + 1)} if layout.mask_band else {}),
        }


def _differ(one: float, other: float) -> bool:
    return repr(float(one)) != repr(float(other))  # NaN is itself


def _equal(data: np.ndarray, value: float) -> np.ndarray:
    return np.isnan(data) if np.isnan(value) else data == value


def _listed(options: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in options.items()]


def _describe(source: gdal.Dataset, sink: gdal.Dataset) -> None:
    """Take over tags, descriptions, units, colours, scales and offsets."""
    sink.SetMetadata(
        {k: v for k, v in (source.GetMetadata() or {}).items() if k != "AREA_OR_POINT"}
    )
    for number in range(1, source.RasterCount + 1):
        a, b = source.GetRasterBand(number), sink.GetRasterBand(number)
        b.SetDescription(a.GetDescription())
        b.SetColorInterpretation(a.GetColorInterpretation())
        b.SetMetadata(
            {k: v for k, v in (a.GetMetadata() or {}).items() if not k.startswith("STATISTICS_")}
        )
        b.SetUnitType(a.GetUnitType() or "")
        if a.GetColorTable() is not None:
            b.SetColorTable(a.GetColorTable())
        if a.GetScale() is not None:
            b.SetScale(a.GetScale())
        if a.GetOffset() is not None:
            b.SetOffset(a.GetOffset())
