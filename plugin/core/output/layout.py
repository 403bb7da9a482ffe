"""What a warped file looks like: type, nodata, mask, alpha and creation options, decided from what
the bands of the sensed file are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ComplexDataError
from ..geometry.grid import Grid
from ..types import WarpParams
from .fill import fits, moved_off, refuse_unfit

Samples = NDArray[Any]
Mask = NDArray[np.bool_]
_BLOCK_PX = 256
GDAL_KERNELS = {
    "nearest": "near",
    "bilinear": "bilinear",
    "cubic": "cubic",
    "cubicspline": "cubicspline",
    "lanczos": "lanczos",
}
"""GDAL's programs' names of the kernels of `WarpParams`."""


@dataclass(frozen=True)
class Bands:
    """What is known of the bands of a raster, whoever reads it.

    Attributes:
        name: Of the raster, for messages.
        dtypes: Name of each band's numpy type; those of complex samples hold "complex".
        nodata: Of each band, None where it has none.
        colours: What each band is, as GDAL names it, in small letters: "gray", "red", "palette",
            "alpha", ...
        has_mask: A mask band of its own, that comes neither of alpha nor of nodata.
    """

    name: str
    dtypes: tuple[str, ...]
    nodata: tuple[float | None, ...]
    colours: tuple[str, ...]
    has_mask: bool


@dataclass(frozen=True)
class Layout:
    """The output file's structure.

    What is outside the image is marked as the sensed file marks it: by its nodata value, its alpha
    band or its mask band. A file with none of them gets NaN (floats), 0 (integers that are
    interpolated) or a mask band (integers that nearest keeps as they are, classes above all) for
    it; valid samples equal to nodata move to the next value, classes excepted.

    Attributes:
        dtype: Name of the type of all bands.
        colour: Indices (from 0) of the bands that are not alpha.
        count: Bands.
        nodata: Declared nodata value, or None.
        override: Nodata value of the sensed raster given by the user, or None.
        mask_band: Whether a mask band is written.
        classes: The samples are indices without anything in between.
        resampling: Kernel, as `WarpParams` names it.
        creation: GDAL's creation options of the GeoTIFF.
        cog: GDAL's creation options of a cloud-optimised one.
    """

    dtype: str
    colour: tuple[int, ...]
    count: int
    nodata: float | None
    override: float | None
    mask_band: bool
    classes: bool
    resampling: str
    creation: dict[str, str]
    cog: dict[str, str]

    @property
    def is_float(self) -> bool:
        """Whether the samples are floats."""
        return np.dtype(self.dtype).kind == "f"

    @property
    def has_alpha(self) -> bool:
        """Whether a band is the alpha band."""
        return len(self.colour) < self.count

    def byte_count(self, target: Grid) -> int:
        """Bytes of all samples of the output, before compression."""
        return target.width * target.height * self.count * np.dtype(self.dtype).itemsize

    def valid(self, samples: Samples, masks: Mask) -> Mask:
        """Return (B, h, w): declared valid, finite, and not the nodata value given by the user;
        alpha itself always is.

        Args:
            samples: (B, h, w) of the sensed raster.
            masks: (B, h, w) as its file declares.
        """
        good = masks.copy()
        if self.is_float:
            good &= np.isfinite(samples)
        if self.override is not None and fits(self.override, self.dtype):
            good &= samples != np.asarray(self.override).astype(samples.dtype)
        good[[band for band in range(self.count) if band not in self.colour]] = True
        return good

    def empty(self, width: int, height: int) -> Samples:
        """Return (B, h, w) of what is outside the image."""
        fill = 0 if self.nodata is None else self.nodata
        return np.full((self.count, height, width), fill, self.dtype)

    def finish(self, values: Samples, valid: Mask) -> None:
        """Move valid samples off the nodata value, in place."""
        if self.nodata is not None and not np.isnan(self.nodata) and not self.classes:
            moved_off(values, valid, self.nodata)


def layout_of(
    bands: Bands, params: WarpParams, override: float | None = None, classes: bool = False
) -> Layout:
    """Decide.

    Args:
        bands: Of the sensed raster.
        params: Resampling, format, compression, nodata.
        override: Nodata value of the sensed raster given by the user, or None.
        classes: The samples are classes although no band has a colour table.

    Raises:
        ComplexDataError: for complex samples.
        OutputError: for a nodata value that the type cannot hold.
    """
    if any("complex" in name for name in bands.dtypes):
        raise ComplexDataError(
            f"{bands.name} holds complex samples.",
            "Convert it to amplitude or intensity first (e.g. gdal_translate of its "
            "detected product).",
        )
    # GeoTIFF holds one type: that of all bands, or the smallest that holds them.
    dtype = np.result_type(*bands.dtypes).name
    is_float = np.dtype(dtype).kind == "f"
    classes = classes or "palette" in bands.colours
    resampling = "nearest" if classes else params.resampling
    colour = tuple(i for i, what in enumerate(bands.colours) if what != "alpha")
    has_alpha = len(colour) < len(bands.dtypes)
    if params.nodata is not None:
        refuse_unfit(params.nodata, dtype)
    declared = override if override is not None else bands.nodata[0]
    if declared is not None and not fits(declared, dtype):
        declared = None
    nodata = params.nodata if params.nodata is not None else declared
    whole = not is_float and resampling == "nearest"
    mask_band = nodata is None and not has_alpha and (bands.has_mask or whole)
    if nodata is None and not has_alpha and not mask_band:
        nodata = float("nan") if is_float else 0.0
    return Layout(
        dtype,
        colour,
        len(bands.dtypes),
        nodata,
        override,
        mask_band,
        classes,
        resampling,
        _creation(bands, dtype, colour, params.compression),
        _cog(classes, params.compression),
    )


def copy_options(compression: str) -> dict[str, str]:
    """Return GDAL's creation options for a copy whose samples stay as they are."""
    return {"BIGTIFF": "IF_SAFER", "COMPRESS": compression.upper()}


def _creation(
    bands: Bands, dtype: str, colour: tuple[int, ...], compression: str
) -> dict[str, str]:
    """Return the creation options of a GeoTIFF.

    Pictures of bytes (RGB, RGBA) are interleaved by pixel: readers of baseline TIFF know nothing
    else, and all their bands are drawn at once. Everything else is interleaved by band: bands are
    looked at one by one, and pack better so.
    """
    count = len(bands.dtypes)
    options = {
        **copy_options(compression),
        "TILED": "YES",
        "BLOCKXSIZE": str(_BLOCK_PX),
        "BLOCKYSIZE": str(_BLOCK_PX),
        "INTERLEAVE": "PIXEL" if count in (3, 4) and dtype == "uint8" else "BAND",
    }
    if compression != "none":
        options["PREDICTOR"] = "3" if np.dtype(dtype).kind == "f" else "2"
    if bands.colours[:3] == ("red", "green", "blue") and dtype in ("uint8", "uint16"):
        options["PHOTOMETRIC"] = "RGB"
    if colour == tuple(range(count - 1)):
        options["ALPHA"] = "YES"
    return options


def _cog(classes: bool, compression: str) -> dict[str, str]:
    options = {
        **copy_options(compression),
        "OVERVIEW_RESAMPLING": "NEAREST" if classes else "AVERAGE",
    }
    if compression != "none":
        options["PREDICTOR"] = "YES"
    return options
