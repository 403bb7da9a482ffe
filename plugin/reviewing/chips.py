"""Reads the chips of a point with GDAL: small windows of both rasters, resampled once to the
reference's pixel axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from osgeo import gdal

from ...ui.parts.calm import Calm
from ..core.errors import AlignError, UnreadableRasterError
from ..core.fit.transforms import Transform
from ..core.session.chip import Band, ChipPair, picture, positions, sample
from ..core.types import Modality, RasterRef, TiePoint
from ..core.wording import explained
from ..gis.layout import open_raster
from ..gis.placement import Placement

if TYPE_CHECKING:
    from .controller import ReviewController

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
        if transform is None:
            to_sensed, at = (
                own.sensed_px_of_reference,
                own.reference_px_of_sensed(np.array([point.sensed_px]))[0],
            )
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


class ChipDesk:
    """Lays out the chips of the selected point, once the keys are at rest."""

    def __init__(self, review: ReviewController) -> None:
        self._review, self._view = review, review.panel.chips
        self._reader: ChipReader | None = None
        self._calm = Calm(review, 0, self._lay_out)
        self._view.wanted.connect(self.show)
        self._view.placed.connect(self._place)

    def start(self) -> None:
        """Begin with the session that is shown now."""
        session, placement = self._review.session, self._review.placement
        self._reader = (
            None
            if session is None or placement is None
            else ChipReader(placement, session.reference, session.sensed)
        )

    def close(self) -> None:
        """Let go of the rasters."""
        self._calm.stop()
        self._reader = None

    def show(self) -> None:
        """Show the selected point soon."""
        self._calm.start()

    def _place(self, sensed: bool, x: float, y: float, free: bool) -> None:
        """Put an end of the selected point at a place of its chip, given in the reference px of the
        picture.
        """
        review, ids, fit = self._review, self._review.panel.table.selected_ids(), self._review.fit()
        session, placement = review.session, review.placement
        if session is None or placement is None or review.locked or not ids:
            return
        if not sensed:
            review.snapper.drop(ids[0], (x, y), free)
            return
        as_shown = fit is not None and fit.transform is not None and self._view.fitted
        there = (fit.transform.inverse if as_shown else placement.sensed_px_of_reference)(
            np.array([[x, y]])
        )[0]
        review.guarded(lambda: session.move(ids[0], sensed_px=(float(there[0]), float(there[1]))))

    def _lay_out(self) -> None:
        review, view, ids, fit = (
            self._review,
            self._view,
            self._review.panel.table.selected_ids(),
            self._review.fit(),
        )
        if review.session is None or self._reader is None or not ids:
            view.set_pair(None)
        elif view.isVisible():
            transform = fit.transform if fit is not None and view.fitted else None
            try:
                view.set_pair(
                    self._reader.read(
                        review.session.point(ids[0]).tie_point,
                        view.side_px,
                        view.elements,
                        transform,
                    )
                )
            except AlignError as error:
                view.set_pair(None, explained(error))
