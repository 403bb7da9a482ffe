"""One raster file: opened, checked, and where its pixels lie on the ground."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any

import cv2
import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.transform import RPCTransformer

from ..core import coords, fitting
from ..core.errors import BandError, ComplexDataError, EmptyImageError, ImageTooSmallError, InputError, UnreadableRasterError
from ..core.types import Grid, Modality, RasterRef
from .preparing import Stretch, despeckle, detect_modality, make_stretch, to_grey

Points = NDArray[np.float64]
_MIN_SIDE_PX = 16
_SAMPLE_SIDE_PX = 768
_MAX_TPS_GCPS = 250


class Source:
    """A raster open for windowed reading.

    Attributes:
        grid: Native grid; for GCP-only and RPC-only files its geotransform is the identity and `crs_wkt` that of the GCPs.
        bands: 1-based bands that make the grey image.
        modality: Resolved modality.
        georeferencing: "geotransform", "gcps", "rpcs" or "none".
    """

    def __init__(self, ref: RasterRef, fallback: Modality, sar_scale: str = "auto", speckle_filter: str = "none") -> None:
        self.ref = ref
        self._lock = threading.Lock()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                self._dataset = rasterio.open(ref.path)
        except (RasterioError, OSError) as error:
            raise UnreadableRasterError(
                f"Cannot open the raster {ref.path}: {error}.", "Check the path and that the file is a raster GDAL can read."
            ) from error
        try:
            self._check(ref)
            self.grid, self.georeferencing = self._georeference(ref)
            self._decimation = max(1, -(-max(self._dataset.width, self._dataset.height) // 1024))
            self._zero_border = self._find_zero_border()
            sample = self._sample()
            self.modality = self._resolve_modality(ref, fallback, sample)
            self.bands = ref.bands or self._default_bands()
            grey, mask = self.read_grey((0, 0, self._dataset.width, self._dataset.height), self._sample_shape(), Resampling.nearest)
            self.stretch: Stretch = make_stretch(grey[mask], self.modality, sar_scale, self._dataset.dtypes[self.bands[0] - 1])
        except EmptyImageError as error:
            self._dataset.close()
            raise EmptyImageError(f"{ref.path}: {error.message}", error.hint) from error
        except BaseException:
            self._dataset.close()
            raise
        self.speckle_filter = speckle_filter if self.modality is Modality.SAR else "none"

    def __enter__(self) -> Source:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._dataset.close()

    @property
    def is_georeferenced(self) -> bool:
        """Whether pixels have a place on the ground."""
        return self.georeferencing != "none"

    def map_from_px(self, xy: Points) -> Points:
        """Native px -> the CRS of `grid`."""
        return self._to_map(coords.as_points(xy))

    def px_from_map(self, xy: Points) -> Points:
        """The CRS of `grid` -> native px."""
        return self._to_px(coords.as_points(xy))

    def read_grey(
        self, window: tuple[int, int, int, int], shape: tuple[int, int], resampling: Resampling
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Read a window inside the file as unstretched grey.

        Args:
            window: (x0, y0, width, height) in native px, inside the file.
            shape: (rows, cols) of the answer; GDAL resamples while reading, overviews are used.
            resampling: How.

        Returns:
            (rows, cols) float32 and its mask.

        Raises:
            UnreadableRasterError: when blocks cannot be read (a truncated file).
        """
        box = rasterio.windows.Window(*window)
        try:
            with self._lock:
                data = self._dataset.read(list(self.bands), window=box, out_shape=(len(self.bands), *shape), resampling=resampling)
                masks = self._dataset.read_masks(list(self.bands), window=box, out_shape=(len(self.bands), *shape), resampling=Resampling.nearest)
        except (RasterioError, OSError) as error:
            raise UnreadableRasterError(
                f"Cannot read the pixels of {self.ref.path}: {error}.", "The file seems truncated or damaged; copy it again."
            ) from error
        values = data.astype(np.float32)
        mask = (masks > 0).all(axis=0) & np.isfinite(values).all(axis=0)
        if self.ref.nodata is not None:
            mask &= ~(values == np.float32(self.ref.nodata)).any(axis=0)
        mask &= ~self._in_zero_border(values, window, shape)
        return to_grey(np.where(mask, values, 0.0)), mask

    def prepare(self, grey: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Stretch and, for SAR, despeckle what `read_grey` gave."""
        return despeckle(self.stretch.apply(grey, mask), mask, self.speckle_filter)

    def _check(self, ref: RasterRef) -> None:
        d = self._dataset
        if min(d.width, d.height) < _MIN_SIDE_PX:
            raise ImageTooSmallError(
                f"{ref.path} is only {d.width} x {d.height} px.", f"Matching needs at least {_MIN_SIDE_PX} px on each side."
            )
        for band in ref.bands:
            if band > d.count:
                raise BandError(f"{ref.path} has no band {band}.", f"It has {d.count} band(s).")
        if any("complex" in t or t == "cint16" for t in d.dtypes):
            raise ComplexDataError(
                f"{ref.path} holds complex samples.", "Convert it to amplitude or intensity first (e.g. gdal_translate of its detected product)."
            )

    def _georeference(self, ref: RasterRef) -> tuple[Grid, str]:
        d = self._dataset
        t = d.transform
        wkt = ref.crs_wkt or (d.crs.to_wkt() if d.crs else "")
        gcps, gcp_crs = d.gcps
        if t.is_identity and len(gcps) >= 4:
            self._use_gcps(gcps)
            return Grid(ref.crs_wkt or (gcp_crs.to_wkt() if gcp_crs else ""), (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), d.width, d.height), "gcps"
        if t.is_identity and d.rpcs is not None:
            self._use_rpcs(d.rpcs)
            return Grid(rasterio.crs.CRS.from_epsg(4326).to_wkt(), (0.0, 1.0, 0.0, 0.0, 0.0, 1.0), d.width, d.height), "rpcs"
        gt = (t.c, t.a, t.b, t.f, t.d, t.e)
        matrix = coords.matrix_from_geotransform(gt)
        backward = coords.inverse(matrix)
        self._to_map: Callable[[Points], Points] = lambda xy: coords.apply_matrix(matrix, xy)
        self._to_px: Callable[[Points], Points] = lambda xy: coords.apply_matrix(backward, xy)
        referenced = not t.is_identity or (bool(wkt) and not t.is_identity)
        return Grid(wkt if referenced else "", gt, d.width, d.height), "geotransform" if referenced else "none"

    def _use_gcps(self, gcps: list[Any]) -> None:
        pixel = np.array([(g.col, g.row) for g in gcps], dtype=np.float64)
        ground = np.array([(g.x, g.y) for g in gcps], dtype=np.float64)
        if len(gcps) < 10:
            kind = "polynomial2" if len(gcps) >= 7 else "polynomial1"
        else:
            kind = "tps" if len(gcps) <= _MAX_TPS_GCPS else "polynomial3"
        forward = fitting.fit(kind, pixel, ground, smoothing=0.0 if kind == "tps" else None)
        self._to_map, self._to_px = forward.apply, forward.inverse

    def _use_rpcs(self, rpcs: Any) -> None:  # noqa: ANN401 - rasterio's RPC class
        transformer = RPCTransformer(rpcs, rpc_height=float(rpcs.height_off))

        def to_map(xy: Points) -> Points:
            x, y = transformer.xy(xy[:, 1], xy[:, 0], offset="ul")
            return np.stack([np.asarray(x), np.asarray(y)], axis=1)

        def to_px(xy: Points) -> Points:
            rows, cols = transformer.rowcol(xy[:, 0], xy[:, 1], op=lambda v: v)
            return np.stack([np.asarray(cols, dtype=np.float64), np.asarray(rows, dtype=np.float64)], axis=1)

        self._to_map, self._to_px = to_map, to_px

    def _sample_shape(self) -> tuple[int, int]:
        scale = min(1.0, _SAMPLE_SIDE_PX / max(self._dataset.width, self._dataset.height))
        return max(1, round(self._dataset.height * scale)), max(1, round(self._dataset.width * scale))

    def _sample(self) -> NDArray[np.float32]:
        self.bands = self.ref.bands[:1] or (1,)
        whole = (0, 0, self._dataset.width, self._dataset.height)
        grey, mask = self.read_grey(whole, self._sample_shape(), Resampling.nearest)
        return grey[mask]

    def _resolve_modality(self, ref: RasterRef, fallback: Modality, sample: NDArray[np.float32]) -> Modality:
        if ref.modality is not Modality.AUTO:
            return ref.modality
        d = self._dataset
        names = " ".join([ref.path.replace("\\", "/").rsplit("/", 1)[-1].replace("_", " "), *(b or "" for b in d.descriptions)])
        return detect_modality(names, d.count, sample, fallback)

    def _default_bands(self) -> tuple[int, ...]:
        d = self._dataset
        colour = [i for i in d.indexes if d.colorinterp[i - 1] != ColorInterp.alpha]
        if self.modality is Modality.SAR or len(colour) < 3:
            return (colour[0] if colour else 1,)
        return (4, 3, 2) if len(colour) >= 10 else tuple(colour[:3])

    def _find_zero_border(self) -> NDArray[np.bool_] | None:
        """Mark, on a reduced grid, all-zero areas that touch the image's edge; None where there are none."""
        d = self._dataset
        if d.nodata is not None or "int" not in d.dtypes[0] and "float" not in d.dtypes[0]:
            return None
        shape = (-(-d.height // self._decimation), -(-d.width // self._decimation))
        try:
            first = d.read(1, out_shape=shape, resampling=Resampling.nearest)
        except (RasterioError, OSError) as error:
            raise UnreadableRasterError(
                f"Cannot read the pixels of {self.ref.path}: {error}.", "The file seems truncated or damaged; copy it again."
            ) from error
        zero = (first == 0).astype(np.uint8)
        if not zero.any() or zero.all():
            return None
        _, labels = cv2.connectedComponents(zero, connectivity=4)
        edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
        sizes = np.bincount(labels.ravel())
        keep = [label for label in edge if label > 0 and sizes[label] >= max(64, 0.002 * zero.size)]
        if not keep:
            return None
        marked = np.isin(labels, keep).astype(np.uint8)
        grown: NDArray[np.bool_] = cv2.dilate(marked, np.ones((3, 3), np.uint8)).astype(bool)
        return grown

    def _in_zero_border(self, values: NDArray[np.float32], window: tuple[int, int, int, int], shape: tuple[int, int]) -> NDArray[np.bool_]:
        if self._zero_border is None:
            return np.zeros(shape, bool)
        x0, y0, width, height = window
        rows = ((y0 + (np.arange(shape[0]) + 0.5) * height / shape[0]) / self._decimation).astype(int)
        cols = ((x0 + (np.arange(shape[1]) + 0.5) * width / shape[1]) / self._decimation).astype(int)
        near = self._zero_border[np.minimum(rows, self._zero_border.shape[0] - 1)][:, np.minimum(cols, self._zero_border.shape[1] - 1)]
        zero: NDArray[np.bool_] = near & (values == 0).all(axis=0)
        return zero


def open_raster(ref: RasterRef, fallback: Modality = Modality.OPTICAL, sar_scale: str = "auto", speckle_filter: str = "none") -> Source:
    """Open a raster and check that it can be matched.

    Raises:
        UnreadableRasterError, BandError, ComplexDataError, ImageTooSmallError, EmptyImageError: each with a hint.
    """
    try:
        return Source(ref, fallback, sar_scale, speckle_filter)
    except np.linalg.LinAlgError as error:
        raise InputError(f"{ref.path}: its georeferencing cannot be inverted.", "Check its geotransform or GCPs.") from error
