"""Two rasters brought to one working grid by windowed reads, each resampled once from its native
pixels.

Convention:
    The working grid follows the pixel axes of the reference. Working px have their corner origin at
    the grid's corner. The chain working px -> (correction) -> map -> sensed CRS -> native px is
    evaluated on a mesh every 16 px and read by one interpolation, so that reprojection, rotation,
    GCPs and the coarse correction cost no second resampling.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import rasterio
from numpy.typing import ArrayLike, NDArray

from ...core.geometry import coords
from ...core.geometry.grid import Grid
from ...core.image import Image, Window
from ...core.types import AlignRequest, Modality
from .frames import check_frames, reproject
from .resampling import read_window
from .sources import Source, open_raster
from .working_grid import working_grid

Points = NDArray[np.float64]
_CACHE_BYTES = 128 * 2**20  # rasterio hands the number to GDALSetCacheMax64, in bytes


class WorkingPair:
    """Reference and sensed raster on one grid, the sensed one as georeferenced or under a
    correction; never changed, see `corrected`.

    Attributes:
        reference: Source of the reference.
        sensed: Source of the sensed raster.
        grid: Working grid (CRS of the reference; a bare pixel frame where neither raster is
            georeferenced).
        search_radius_px: How far the sensed raster may be misplaced, working px.
        correction: 3x3, working px as georeferenced -> working px corrected.
    """

    def __init__(
        self,
        reference: Source,
        sensed: Source,
        grid: Grid,
        search_radius_px: float,
        correction: ArrayLike | None = None,
    ) -> None:
        self.reference, self.sensed, self.grid = reference, sensed, grid
        self.search_radius_px = search_radius_px
        self.correction = np.eye(3) if correction is None else np.array(correction, np.float64)
        self._uncorrect = np.linalg.inv(self.correction)
        self._to_map = grid.matrix
        self._from_map = coords.inverse(self._to_map)

    def corrected(self, matrix: ArrayLike) -> WorkingPair:
        """Return a view of the same open files with the sensed image where `matrix` puts it: 3x3,
        working px as georeferenced -> working px corrected, whatever this view's correction.
        """
        return WorkingPair(self.reference, self.sensed, self.grid, self.search_radius_px, matrix)

    def read_reference(self, window: Window, reduction: int = 1) -> Image:
        """Read a window (x0, y0, width, height) in working px; it may reach outside, where the mask
        is False.
        """
        return read_window(self.reference, self.reference_native_px, window, reduction)

    def read_sensed(self, window: Window, reduction: int = 1) -> Image:
        """Read a window of the *corrected* sensed image; see `read_reference`."""
        return read_window(self.sensed, self.sensed_native_px, window, reduction)

    def reference_native_px(self, xy: Points) -> Points:
        """Working px -> native px of the reference file."""
        return self.reference.px_from_map(coords.apply_matrix(self._to_map, xy))

    def sensed_native_px(self, xy: Points) -> Points:
        """Working px of the corrected sensed image -> native px of the sensed file."""
        ground = coords.apply_matrix(self._to_map @ self._uncorrect, xy)
        return self.sensed.px_from_map(reproject(ground, self.reference, self.sensed))

    def working_from_reference_native(self, xy: Points) -> Points:
        """Native px of the reference file -> working px."""
        return coords.apply_matrix(self._from_map, self.reference.map_from_px(xy))

    def working_from_sensed_native(self, xy: Points) -> Points:
        """Native px of the sensed file -> working px of the corrected sensed image."""
        ground = self._to_reference_crs(self.sensed.map_from_px(xy))
        return coords.apply_matrix(self.correction @ self._from_map, ground)

    def reference_map(self, native_px: Points) -> Points | None:
        """Native px of the reference -> its CRS; None without georeferencing."""
        return self.reference.map_from_px(native_px) if self.reference.is_georeferenced else None

    def sensed_map(self, native_px: Points) -> Points | None:
        """Native px of the sensed file -> where its own georeferencing puts them, in the
        reference's CRS.
        """
        if not self.sensed.is_georeferenced:
            return None
        return self._to_reference_crs(self.sensed.map_from_px(native_px))

    def _to_reference_crs(self, xy: Points) -> Points:
        return reproject(xy, self.sensed, self.reference)


@contextmanager
def open_pair(request: AlignRequest) -> Iterator[WorkingPair]:
    """Open both rasters of a request on their working grid, the sensed one as georeferenced.

    Raises:
        AlignError: a leaf per kind of bad input, each with a hint.
    """
    params = request.params
    how = (params.sar_scale, params.despeckle)
    with (
        rasterio.Env(GDAL_CACHEMAX=_CACHE_BYTES, GDAL_NUM_THREADS=1),
        open_raster(request.reference, Modality.OPTICAL, *how) as reference,
        open_raster(request.sensed, Modality.SAR, *how) as sensed,
    ):
        check_frames(reference, sensed)
        grid, radius_px = working_grid(reference, sensed, params.working_gsd, params.search_radius)
        yield WorkingPair(reference, sensed, grid, radius_px)
