"""Reads the chips of a point with GDAL: small windows of both rasters, resampled once to the
reference's pixel axes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from osgeo import gdal

from ..core.errors import UnreadableRasterError
from ..core.fit.transforms import Transform
from ..core.session.chip import Band, ChipPair, picture, positions, sample
from ..core.types import Modality, RasterRef, TiePoint
from .opening import open_raster
from .placement import Placement

_MOST_SAMPLES = 512  # largest side of what is read


class ChipReader:
    """Chips of one pair of rasters; keeps both files open.

    Main thread only: it asks QGIS to reproject.
    """

    def __init__(self, placement: Placement, reference: RasterRef, sensed: RasterRef) -> None:
        self._placement = placement
        self._rasters = {"reference": reference, "sensed": sensed}
        self._open: dict[str, gdal.Dataset] = {}

    def read(
        self, point: TiePoint, side_px: float, elements: int, transform: Transform | None
    ) -> ChipPair:
        """Read both chips.

        Args:
            point: The point.
            side_px: Side of the ground, reference px.
            elements: Picture elements along a side.
            transform: Fit sensed_px -> reference_px; None shows the sensed image as it is
                georeferenced.

        Raises:
            AlignError: a raster cannot be read, or the fit cannot be inverted.
        """
        centre = point.reference_px
        own = self._placement
        to_sensed: Callable[[np.ndarray], np.ndarray]
        if transform is None:
            to_sensed = own.sensed_px_of_reference
            at = own.reference_px_of_sensed(np.array([point.sensed_px]))[0]
        else:
            to_sensed, at = transform.inverse, transform.apply([point.sensed_px])[0]
        return ChipPair(
            point.id,
            picture(self._bands("reference", positions(centre, side_px, elements, lambda xy: xy))),
            picture(self._bands("sensed", positions(centre, side_px, elements, to_sensed))),
            centre,
            side_px,
            (float(at[0]), float(at[1])),
            transform is not None,
        )

    def _dataset(self, which: str) -> gdal.Dataset:
        if which not in self._open:
            self._open[which] = open_raster(self._rasters[which].path)
        return self._open[which]

    def _bands(self, which: str, at_px: np.ndarray) -> list[Band]:
        dataset, ref = self._dataset(which), self._rasters[which]
        numbers = ref.bands[:1] or (
            (1, 2, 3) if dataset.RasterCount >= 3 and ref.modality is not Modality.SAR else (1,)
        )
        finite = at_px[np.isfinite(at_px).all(axis=2)]
        size = np.array([dataset.RasterXSize, dataset.RasterYSize])
        empty = [np.full(at_px.shape[:2], np.nan, np.float32) for _ in numbers]
        if not len(finite):
            return empty
        low = np.clip(np.floor(finite.min(axis=0)).astype(int) - 1, 0, size)
        high = np.clip(np.ceil(finite.max(axis=0)).astype(int) + 1, 0, size)
        if (high <= low).any():
            return empty
        shape = np.minimum(high - low, _MOST_SAMPLES)
        step = (high - low) / shape
        windows = np.stack(
            [self._read(dataset, number, low, high - low, shape, ref.nodata) for number in numbers]
        )
        return list(
            sample(windows, (float(low[0]), float(low[1])), (float(step[0]), float(step[1])), at_px)
        )

    @staticmethod
    def _read(
        dataset: gdal.Dataset,
        number: int,
        corner: np.ndarray,
        size: np.ndarray,
        shape: np.ndarray,
        nodata: float | None,
    ) -> Band:
        band = dataset.GetRasterBand(number)
        where = (*(int(v) for v in corner), *(int(v) for v in size), *(int(v) for v in shape))
        values = band.ReadAsArray(*where, buf_type=gdal.GDT_Float32)
        if values is None:
            raise UnreadableRasterError(
                f"Cannot read {dataset.GetDescription()}.", "Check that the file is whole."
            )
        if band.GetMaskFlags() != gdal.GMF_ALL_VALID:
            values[band.GetMaskBand().ReadAsArray(*where) == 0] = np.nan
        if nodata is not None:
            values[values == np.float32(nodata)] = np.nan
        return values
