"""One raster file: opened, checked, and read as grey with a mask."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window

from ...core.borders import reading
from ...core.errors import (
    BandError,
    ComplexDataError,
    EmptyImageError,
    ImageTooSmallError,
    UnreadableRasterError,
)
from ...core.geometry import coords
from ...core.run.edge_fill import edge_fill
from ...core.types import Modality, RasterRef
from .bands import colour_bands, default_bands, is_colourful, luminance_table, read_bands
from .borders import ZeroBorder
from .despeckling import REACH_PX, despeckle, noise_variance
from .georeferencing import georeference
from .opening import open_dataset
from .preparing import (
    HEALING_REACH_PX,
    block_means,
    detect_modality,
    healed,
    make_stretch,
    to_grey,
)

UNREADABLE = "Check the path and that the file is a raster GDAL can read."
TRUNCATED = "The file seems truncated or damaged; copy it again."
Points = NDArray[np.float64]
Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]
_MIN_SIDE_PX = 16
_SAMPLE_SIDE_PX = 1024
_NOISE_SIDE_PX = 512
_FILL_SIDE_PX = 256
_STRIP_PX = 2**22  # read and averaged at a time
_NAME_TAGS = (
    "instrument",
    "instruments",
    "platform",
    "mission",
    "satellite",
    "sensor",
    "product_type",
    "polarization",
)


class Source:
    """A raster open for windowed reading.

    Attributes:
        grid: Native grid; for GCP-only and RPC-only files its geotransform is the identity and
            `crs_wkt` that of the GCPs.
        bands: 1-based bands that make the grey image.
        modality: Resolved modality.
        georeferencing: "geotransform", "gcps", "rpcs" or "none".
        stretch: How the scene's grey becomes 0..1.
        fill: Value, and share, of fill other than zero that nothing declares; None without.
        margin_px: Samples around a window that its filters need.
    """

    def __init__(
        self,
        ref: RasterRef,
        fallback: Modality,
        sar_scale: str = "auto",
        speckle_filter: str = "none",
    ) -> None:
        self.ref = ref
        self._lock = threading.Lock()
        with (
            reading("the raster", ref.path, UNREADABLE, UnreadableRasterError),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            self._dataset = open_dataset(ref.path)
        try:
            with reading(
                "the raster",
                ref.path,
                "Check that the file is whole and its georeferencing right.",
                UnreadableRasterError,
            ):
                self._check()
                self._place = georeference(self._dataset, ref)
                self.grid, self.georeferencing = self._place.grid, self._place.kind
                self._inspect(fallback, sar_scale)
        except EmptyImageError as error:
            self._dataset.close()
            raise EmptyImageError(f"{ref.path}: {error.message}", error.hint) from error
        except BaseException:
            self._dataset.close()
            raise
        self.speckle_filter = speckle_filter if self.modality is Modality.SAR else "none"
        self.margin_px = HEALING_REACH_PX + REACH_PX[self.speckle_filter]
        self._noise: dict[int, float] = {}

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._dataset.close()

    @cached_property
    def longitude(self) -> float:
        """First map coordinate of the raster's middle."""
        return float(self.map_from_px(self.grid.centre_px)[0, 0])

    @property
    def is_georeferenced(self) -> bool:
        """Whether pixels have a place on the ground."""
        return self.georeferencing != "none"

    def map_from_px(self, xy: Points) -> Points:
        """Native px -> the CRS of `grid`."""
        return self._place.to_map(coords.as_points(xy))

    def px_from_map(self, xy: Points) -> Points:
        """The CRS of `grid` -> native px."""
        return self._place.to_px(coords.as_points(xy))

    def read_grey(self, box: Box, factor: int = 1) -> tuple[Array, Mask]:
        """Read a window inside the file as unstretched grey.

        A reduced window is the mean over blocks of full-resolution pixels that are valid. Overviews
        are never used: they may be stale, or made by nearest, mode or gauss, which moves what they
        show.

        Args:
            box: (x0, y0, width, height) in native px, inside the file; columns and rows beyond the
                last whole block are left out.
            factor: Native px per sample, along both axes.

        Returns:
            (height // factor, width // factor) float32, and a mask that is True where at least half
            of a block is valid.

        Raises:
            UnreadableRasterError: when blocks cannot be read (a truncated file).
        """
        if factor > 1:
            return self._reduced(box, factor)
        values, mask = self._read(box)
        border = self._border.mask(values, box)
        grey, mask = healed(self._grey(np.where(mask, values, 0.0)), mask)
        return grey, mask & ~border

    def _reduced(self, box: Box, factor: int) -> tuple[Array, Mask]:
        """Average strip by strip, so that memory stays bounded."""
        x, y, cols, rows = box[0], box[1], box[2] // factor, box[3] // factor
        grey, mask = np.zeros((rows, cols), np.float32), np.zeros((rows, cols), bool)
        tall = self._dataset.block_shapes[0][0]
        wide = max(factor, _STRIP_PX // max(1, cols * factor * len(self.bands)))
        step = max(1, (max(wide // tall, 1) * tall if wide >= tall else wide) // factor)
        for top in range(0, rows, step):
            count = min(step, rows - top)
            values, valid = self._read((x, y + top * factor, cols * factor, count * factor))
            bands = values if valid.all() else np.where(valid, values, 0.0)
            if self._palette is not None:
                bands = self._grey(bands)[None]
            means, mask[top : top + count] = block_means(bands, valid, factor)
            grey[top : top + count] = means[0] if self._palette is not None else to_grey(means)
        grey, mask = healed(grey, mask)
        return grey, mask & ~self._border.mask(grey[None], (x, y, cols * factor, rows * factor))

    def prepare(self, grey: Array, mask: Mask, factor: int = 1) -> Array:
        """Stretch and, for SAR, despeckle what `read_grey` gave.

        Args:
            grey: (H, W).
            mask: (H, W).
            factor: Native px averaged per sample; the speckle left depends on it.
        """
        stretched = self.stretch.apply(grey, mask)
        if self.speckle_filter == "none":
            return stretched
        return despeckle(stretched, mask, self.speckle_filter, self._noise_variance(factor))

    def _noise_variance(self, factor: int) -> float:
        """Speckle variance of the stretched scene, from its middle: the same for every window."""
        if factor not in self._noise:
            width, height = (
                min(side, _NOISE_SIDE_PX * factor) for side in (self.grid.width, self.grid.height)
            )
            box = ((self.grid.width - width) // 2, (self.grid.height - height) // 2, width, height)
            grey, mask = self.read_grey(box, factor)
            self._noise[factor] = noise_variance(self.stretch.apply(grey, mask), mask)
        return self._noise[factor]

    def _check(self) -> None:
        d, ref = self._dataset, self.ref
        if d.count == 0:
            raise UnreadableRasterError(
                f"{ref.path} holds several images and none of its own.",
                "Name one of its subdatasets.",
            )
        if min(d.width, d.height) < _MIN_SIDE_PX:
            raise ImageTooSmallError(
                f"{ref.path} is only {d.width} x {d.height} px.",
                f"Matching needs at least {_MIN_SIDE_PX} px on each side.",
            )
        for band in ref.bands:
            if band > d.count:
                raise BandError(f"{ref.path} has no band {band}.", f"It has {d.count} band(s).")
        if any("complex" in t or t == "cint16" for t in d.dtypes):
            hint = (
                "Convert it to amplitude or intensity first (e.g. gdal_translate of its "
                "detected product)."
            )
            raise ComplexDataError(f"{ref.path} holds complex samples.", hint)

    def _inspect(self, fallback: Modality, sar_scale: str) -> None:
        """Decide border, modality, bands and stretch from one or two decimated reads of the whole
        scene.
        """
        d = self._dataset
        whole = (0, 0, d.width, d.height)
        scale = min(1.0, _SAMPLE_SIDE_PX / max(d.width, d.height))
        shape = (max(1, round(d.height * scale)), max(1, round(d.width * scale)))
        self._palette: Array | None = None
        self._read_last_block()
        self.bands = self.ref.bands[:1] or (colour_bands(d)[0],)
        values, mask = self._read(whole, shape)
        self._border = ZeroBorder(
            values[0] if d.nodata != 0 else np.ones(shape, np.float32), d.width, d.height
        )
        self.modality = self._resolve_modality(
            fallback, values[0][mask & ~self._border.mask(values, whole)]
        )
        bands = self.ref.bands or default_bands(d, self.modality)
        self._palette = luminance_table(d, bands)
        if bands != self.bands:
            self.bands = bands
            values, mask = self._read(whole, shape)
        self.fill = self._undeclared_fill(values[0])
        mask &= ~self._border.mask(values, whole)
        grey = self._grey(np.where(mask, values, 0.0))
        self.stretch = make_stretch(grey[mask], self.modality, sar_scale, d.dtypes[bands[0] - 1])

    def _undeclared_fill(self, samples: Array) -> tuple[float, float] | None:
        declared = (
            self.ref.nodata is not None
            or MaskFlags.all_valid not in (self._dataset.mask_flag_enums[self.bands[0] - 1])
        )
        if declared or self._palette is not None:
            return None
        step = -(-max(samples.shape) // _FILL_SIDE_PX)
        fill = edge_fill(samples[::step, ::step])
        return fill if fill is not None and fill[0] != 0 else None

    def _read(self, box: Box, shape: tuple[int, int] | None = None) -> tuple[Array, Mask]:
        """Return the bands' samples (B, rows, cols), the nearest ones where a smaller shape is
        asked for, and where all are declared valid and finite.
        """
        bands = list(self.bands)
        shape = shape or (box[3], box[2])
        decimated = shape != (box[3], box[2])
        with (
            reading("the pixels", self.ref.path, TRUNCATED, UnreadableRasterError),
            self._lock,
            self._full_size(decimated) as d,
        ):
            data = read_bands(d, bands, shape, window=Window(*box), resampling=Resampling.nearest)
            mask: Mask = np.ones(shape, bool)
            if not all(MaskFlags.all_valid in d.mask_flag_enums[band - 1] for band in bands):
                masks = d.read_masks(
                    bands,
                    window=Window(*box),
                    out_shape=(len(bands), *shape),
                    resampling=Resampling.nearest,
                )
                mask = (masks > 0).all(axis=0)
        with np.errstate(over="ignore"):
            values = data.astype(np.float32)
        if data.dtype.kind == "f":
            mask &= np.isfinite(values).all(axis=0)
        if self.ref.nodata is not None and self.ref.nodata != self._dataset.nodata:
            mask &= ~(values == np.float32(self.ref.nodata)).any(axis=0)
        return values, mask

    @contextmanager
    def _full_size(self, decimated: bool) -> Iterator[Any]:
        """Give the file; for decimated reads one that forgets its overviews, which knows pixels
        only and not their place.
        """
        if not decimated:
            yield self._dataset
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with open_dataset(self.ref.path, OVERVIEW_LEVEL="NONE") as d:
                yield d

    def _read_last_block(self) -> None:
        """Decode the last block at full size, which samples of the scene may leave out."""
        d = self._dataset
        rows, cols = d.block_shapes[-1]
        x, y = (d.width - 1) // cols * cols, (d.height - 1) // rows * rows
        with reading("the pixels", self.ref.path, TRUNCATED, UnreadableRasterError):
            d.read(d.count, window=Window(x, y, d.width - x, d.height - y))

    def _grey(self, values: Array) -> Array:
        if self._palette is not None:
            return np.asarray(
                self._palette[np.clip(values[0], 0, len(self._palette) - 1).astype(np.intp)],
                dtype=np.float32,
            )
        return to_grey(values)

    def _resolve_modality(self, fallback: Modality, sample: Array) -> Modality:
        if self.ref.modality is not Modality.AUTO:
            return self.ref.modality
        d = self._dataset
        tags = {key.lower(): value for key, value in d.tags().items()}
        name = self.ref.path.replace("\\", "/").rsplit("/", 1)[-1]
        words = [name, *(b or "" for b in d.descriptions), *(tags.get(t, "") for t in _NAME_TAGS)]
        return detect_modality(" ".join(words).replace("_", " "), is_colourful(d), sample, fallback)


def open_raster(
    ref: RasterRef,
    fallback: Modality = Modality.OPTICAL,
    sar_scale: str = "auto",
    speckle_filter: str = "none",
) -> Source:
    """Open a raster and check that it can be matched.

    Raises:
        UnreadableRasterError, BandError, ComplexDataError, ImageTooSmallError, EmptyImageError:
        each with a hint.
    """
    return Source(ref, fallback, sar_scale, speckle_filter)
