"""What the warped file looks like: type, nodata, mask, compression, and everything it takes over
from the sensed file.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal, gdal_array

from ..core.errors import ComplexDataError, OutputError, UnreadableRasterError
from ..core.geometry.grid import Grid
from ..core.progress import Progress
from ..core.types import WarpParams

_FLOATS = (gdal.GDT_Float32, gdal.GDT_Float64)
_COMPLEX = (gdal.GDT_CInt16, gdal.GDT_CInt32, gdal.GDT_CFloat32, gdal.GDT_CFloat64)
_ROWS = 256
_LARGEST_FLOAT32 = 3.4028234663852886e38
_INTEGERS = {
    gdal.GDT_Byte: (0, 2**8 - 1),
    gdal.GDT_UInt16: (0, 2**16 - 1),
    gdal.GDT_Int16: (-(2**15), 2**15 - 1),
    gdal.GDT_UInt32: (0, 2**32 - 1),
    gdal.GDT_Int32: (-(2**31), 2**31 - 1),
}


def open_raster(path: str) -> gdal.Dataset:
    """Open a raster to read, whether or not GDAL raises exceptions in this process.

    Raises:
        UnreadableRasterError: it cannot be opened.
    """
    gdal.ErrorReset()
    message = ""
    try:
        dataset = gdal.Open(path)
    except RuntimeError as error:
        dataset, message = None, str(error)
    if dataset is None or dataset.RasterCount == 0:
        reason = message or gdal.GetLastErrorMsg() or "no raster bands"
        raise UnreadableRasterError(
            f"Cannot open the raster {path}: {reason}.",
            "Check that the file is still there and complete.",
        )
    return dataset


class Layout:
    """The output file's structure.

    What is outside the image is marked as the sensed file marks it: by its nodata value, its alpha
    band or its mask band. A file with none of them gets NaN (floats) or 0 (integers) as nodata;
    valid samples equal to nodata move to the next value, classes excepted.

    Attributes:
        count: Bands of the finished file.
        data_type: GDAL type of all bands.
        classes: Whether the samples are classes, as a colour table tells.
        nodata: Declared nodata value, or None.
        mask_band: Whether the finished file has a mask band.
        auxiliary: Whether an alpha band more is warped, to make the mask band of or to tell valid
            samples from nodata.
    """

    def __init__(
        self,
        source: gdal.Dataset,
        params: WarpParams,
        override: float | None,
        classes: bool = False,
    ) -> None:
        """Decide.

        Args:
            source: Open sensed dataset.
            params: Format, compression, nodata.
            override: Nodata value of the sensed raster given by the user, or None.
            classes: The samples are classes although no band has a colour table.

        Raises:
            ComplexDataError: for complex samples.
            OutputError: for a nodata value that the type cannot hold.
        """
        self._source, self._params, self._override = source, params, override
        bands = [source.GetRasterBand(i + 1) for i in range(source.RasterCount)]
        self.count = len(bands)
        self.data_type = _common_type([b.DataType for b in bands])
        if self.data_type in _COMPLEX:
            raise ComplexDataError(
                f"{source.GetDescription()} holds complex samples.",
                "Convert it to amplitude or intensity first.",
            )
        self._is_float = self.data_type in _FLOATS
        self.classes = classes or any(b.GetColorTable() is not None for b in bands)
        self._has_alpha = any(b.GetColorInterpretation() == gdal.GCI_AlphaBand for b in bands)
        if params.nodata is not None and not _fits(params.nodata, self.data_type):
            name = gdal.GetDataTypeName(self.data_type)
            raise OutputError(
                f"The nodata value {params.nodata:g} does not fit into {name} samples.",
                "Give another nodata value.",
            )
        declared = override if override is not None else bands[0].GetNoDataValue()
        if declared is not None and not _fits(declared, self.data_type):
            declared = None
        flags = bands[0].GetMaskFlags()
        own_mask = (
            bool(flags & gdal.GMF_PER_DATASET)
            and not flags & (gdal.GMF_ALPHA | gdal.GMF_NODATA)
            and not self._has_alpha
        )
        self.nodata: float | None = params.nodata if params.nodata is not None else declared
        self.mask_band = own_mask and self.nodata is None
        self._source_marks = (
            self._has_alpha or own_mask or any(b.GetNoDataValue() is not None for b in bands)
        )
        if self.nodata is None and not self._has_alpha and not self.mask_band:
            self.nodata = math.nan if self._is_float else 0.0
        # Where bands have nodata values of their own, GDAL itself keeps valid samples off the
        # output's.
        plain = override is None and (own_mask or not self._source_marks)
        self._separate = (
            plain and self.nodata is not None and not math.isnan(self.nodata) and not self.classes
        )
        self.auxiliary = self.mask_band or self._separate
        self._declared = self.nodata is not None and not self.classes and not self._separate

    def create(self, path: Path, target: Grid, offset: float) -> gdal.Dataset:
        """Create the file to warp into, filled with what is outside the image.

        Raises:
            OSError: it cannot be created.
        """
        options = ["TILED=YES", "BIGTIFF=IF_SAFER", "INTERLEAVE=BAND", *self._compression()]
        extra = 1 if self.auxiliary else 0
        if self._has_alpha or extra:
            options.append("ALPHA=YES")
        try:
            sink = gdal.GetDriverByName("GTiff").Create(
                str(path), target.width, target.height, self.count + extra, self.data_type, options
            )
        except RuntimeError as error:
            raise OSError(str(error)) from error
        if sink is None:
            raise OSError(gdal.GetLastErrorMsg())
        gt = target.geotransform
        sink.SetGeoTransform((gt[0] + offset, gt[1], gt[2], gt[3] + offset, gt[4], gt[5]))
        if target.crs_wkt:
            sink.SetProjection(target.crs_wkt)
        self._describe(sink)
        if extra:
            sink.GetRasterBand(self.count + 1).SetColorInterpretation(gdal.GCI_AlphaBand)
        if self._declared:
            _set_nodata(sink, self.nodata, self.count)
        return sink

    def finish(self, sink: gdal.Dataset, progress: Progress) -> None:
        """Declare the nodata value, and move valid samples that equal it to the next value (classes
        stay).
        """
        if self.nodata is None:
            return
        if self._separate:
            fill = np.asarray(self.nodata).astype(
                gdal_array.GDALTypeCodeToNumericTypeCode(self.data_type)
            )
            for y in range(0, sink.RasterYSize, _ROWS):
                progress.poll()
                self._move_off(sink, fill, y, min(_ROWS, sink.RasterYSize - y))
        _set_nodata(sink, self.nodata, self.count)

    def _move_off(self, sink: gdal.Dataset, fill: Any, y: int, rows: int) -> None:
        valid = sink.GetRasterBand(self.count + 1).ReadAsArray(0, y, sink.RasterXSize, rows) != 0
        for number in range(1, self.count + 1):
            data = sink.GetRasterBand(number).ReadAsArray(0, y, sink.RasterXSize, rows)
            clash = valid & (data == fill)
            if clash.any():
                data[clash] = _next_value(fill)
                sink.GetRasterBand(number).WriteArray(data, 0, y)

    def warp_settings(self) -> dict[str, Any]:
        """Return the settings of `gdal.WarpOptions` that mark what is outside the image."""
        settings: dict[str, Any] = {}
        if self._override is not None:
            settings["srcNodata"] = repr(float(self._override))
        elif self._is_float and not self._source_marks:
            settings["srcNodata"] = "nan"
        if self._declared:
            settings["dstNodata"] = repr(float(self.nodata))
        return settings

    def warp_options(self) -> list[str]:
        """Return GDAL's warp options: bands have masks of their own, and the output starts as
        outside the image.
        """
        fill = 0.0 if self.nodata is None else self.nodata
        return ["UNIFIED_SRC_NODATA=NO", f"INIT_DEST={fill!r}", "NUM_THREADS=2"]

    def translate_settings(self) -> dict[str, Any]:
        """Return the settings of `gdal.Translate` that make the finished file."""
        settings: dict[str, Any] = {"bandList": list(range(1, self.count + 1))}
        if self.mask_band:
            settings["maskBand"] = str(self.count + 1)
        if self._params.format == "COG":
            options = [
                "BIGTIFF=IF_SAFER",
                f"OVERVIEW_RESAMPLING={'NEAREST' if self.classes else 'AVERAGE'}",
            ]
            options.append(f"COMPRESS={self._params.compression.upper()}")
            if self._params.compression != "none":
                options.append("PREDICTOR=YES")
            return {**settings, "format": "COG", "creationOptions": options}
        return {
            **settings,
            "format": "GTiff",
            "creationOptions": ["TILED=YES", "BIGTIFF=IF_SAFER", *self._compression()],
        }

    def _compression(self) -> list[str]:
        if self._params.compression == "none":
            return ["COMPRESS=NONE"]
        return [
            f"COMPRESS={self._params.compression.upper()}",
            f"PREDICTOR={3 if self._is_float else 2}",
        ]

    def _describe(self, sink: gdal.Dataset) -> None:
        """Take over tags, descriptions, units, colours, scales and offsets."""
        sink.SetMetadata(
            {k: v for k, v in (self._source.GetMetadata() or {}).items() if k != "AREA_OR_POINT"}
        )
        for number in range(1, self.count + 1):
            a, b = self._source.GetRasterBand(number), sink.GetRasterBand(number)
            b.SetDescription(a.GetDescription())
            b.SetColorInterpretation(a.GetColorInterpretation())
            b.SetMetadata(
                {
                    k: v
                    for k, v in (a.GetMetadata() or {}).items()
                    if not k.startswith("STATISTICS_")
                }
            )
            b.SetUnitType(a.GetUnitType() or "")
            if a.GetColorTable() is not None:
                b.SetColorTable(a.GetColorTable())
            if a.GetScale() is not None:
                b.SetScale(a.GetScale())
            if a.GetOffset() is not None:
                b.SetOffset(a.GetOffset())


def _next_value(value: Any) -> Any:
    """Return the next value of a type, towards the middle of its range."""
    if np.issubdtype(value.dtype, np.floating):
        return np.nextafter(value, value.dtype.type(0 if value else 1))
    return int(value) + (1 if int(value) < np.iinfo(value.dtype).max else -1)


def _set_nodata(sink: gdal.Dataset, value: float, count: int) -> None:
    for number in range(1, count + 1):
        sink.GetRasterBand(number).SetNoDataValue(value)


def _common_type(types: list[int]) -> int:
    """GeoTIFF holds one type: that of all bands, or the smallest that holds them."""
    common = types[0]
    for other in types[1:]:
        common = gdal.DataTypeUnion(common, other)
    return common


def _fits(value: float, data_type: int) -> bool:
    if data_type == gdal.GDT_Float64:
        return True
    if data_type == gdal.GDT_Float32:
        return not math.isfinite(value) or abs(value) <= _LARGEST_FLOAT32
    low, high = _INTEGERS.get(data_type, (-(2**63), 2**64 - 1))
    return math.isfinite(value) and value == int(value) and low <= value <= high
