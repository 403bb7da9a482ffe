"""Two rasters brought to one working grid by windowed reads, each resampled once from its native
pixels.

Convention:
    The working grid follows the pixel axes of the reference. Working px have their corner origin at
    the grid's corner. The chain working px -> (correction) -> map -> sensed CRS -> native px is
    evaluated on a mesh every 16 px and read by one interpolation, so that reprojection, rotation,
    GCPs and the coarse correction cost no second resampling.
"""

from __future__ import annotations

from types import TracebackType

import numpy as np
import rasterio
import rasterio.warp
from numpy.typing import NDArray

from ...core.borders import reason_of
from ...core.errors import InputError, MissingCrsError, NoOverlapError
from ...core.geometry import coords
from ...core.geometry.grid import Grid
from ...core.image import Image, Window
from ...core.lengths import is_geographic, unwrapped
from ...core.run.preflight import automatic_radius_px
from ...core.types import AlignRequest, Modality
from .resampling import read_window
from .sources import Source, open_raster

Points = NDArray[np.float64]
_CACHE_BYTES = 128 * 2**20  # rasterio hands the number to GDALSetCacheMax64, in bytes

_ALONG = 20  # places along a side of an outline


class WorkingPair:
    """Reference and sensed raster on one grid; a context manager.

    Attributes:
        grid: Working grid (CRS of the reference; a bare pixel frame where neither raster is
            georeferenced).
        search_radius_px: How far the sensed raster may be misplaced, working px.
        reference: Source of the reference.
        sensed: Source of the sensed raster.
    """

    def __init__(self, request: AlignRequest) -> None:
        params = request.params
        self._env = rasterio.Env(GDAL_CACHEMAX=_CACHE_BYTES, GDAL_NUM_THREADS=1)
        self._env.__enter__()
        try:
            self.reference = open_raster(
                request.reference, Modality.OPTICAL, params.sar_scale, params.despeckle
            )
            try:
                self.sensed = open_raster(
                    request.sensed, Modality.SAR, params.sar_scale, params.despeckle
                )
            except BaseException:
                self.reference.close()
                raise
            self._check_frames()
            self.grid, self.search_radius_px = self._working_grid(
                params.working_gsd, params.search_radius
            )
        except BaseException:
            self.close()
            raise
        self._to_map = self.grid.matrix
        self._from_map = coords.inverse(self._to_map)
        self.set_sensed_correction(np.eye(3))

    def __enter__(self) -> WorkingPair:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close both files."""
        for name in ("reference", "sensed"):
            if hasattr(self, name):
                getattr(self, name).close()
        if self._env is not None:
            self._env.__exit__(None, None, None)
            self._env = None

    def set_sensed_correction(self, matrix: NDArray[np.float64]) -> None:
        """Move the sensed image: working px as georeferenced -> working px corrected (3x3)."""
        self.correction = np.asarray(matrix, dtype=np.float64)
        self._uncorrect = np.linalg.inv(self.correction)

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
        return self.sensed.px_from_map(self._reproject(ground, self.reference, self.sensed))

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

    def _check_frames(self) -> None:
        a, b = self.reference, self.sensed
        if a.is_georeferenced != b.is_georeferenced:
            lacking = b if a.is_georeferenced else a
            raise MissingCrsError(
                f"{lacking.ref.path} has no georeferencing, the other raster has.",
                "Assign it an approximate position first, or remove the georeferencing "
                "of both to compare bare pixels.",
            )
        if a.is_georeferenced and bool(a.grid.crs_wkt) != bool(b.grid.crs_wkt):
            lacking = b if a.grid.crs_wkt else a
            hint = "Set its CRS (Layer > Set CRS, or gdal_edit -a_srs)."
            raise MissingCrsError(f"{lacking.ref.path} has no CRS, the other raster has.", hint)

    def _to_reference_crs(self, xy: Points) -> Points:
        return self._reproject(xy, self.sensed, self.reference)

    @staticmethod
    def _reproject(xy: Points, source: Source, target: Source) -> Points:
        """Bring positions from one raster's CRS to the other's; longitudes come out on that
        raster's side of the antimeridian.
        """
        source_wkt, target_wkt = source.grid.crs_wkt, target.grid.crs_wkt
        if not source_wkt or not target_wkt:
            return xy
        if source_wkt != target_wkt:
            try:
                crs = rasterio.CRS.from_wkt(source_wkt), rasterio.CRS.from_wkt(target_wkt)
                x, y = rasterio.warp.transform(*crs, xy[:, 0], xy[:, 1])
            except Exception as error:  # PROJ's own errors are none of rasterio's
                raise InputError(
                    f"Cannot reproject between the two CRSs: {reason_of(error)}.",
                    "Check the CRS of both rasters.",
                ) from error
            xy = np.stack([np.asarray(x), np.asarray(y)], axis=1)
        return unwrapped(xy, target.longitude) if is_geographic(target_wkt) else xy

    def _working_grid(self, gsd: float | None, radius_map: float | None) -> tuple[Grid, float]:
        reference = self.reference.grid
        if self.reference.georeferencing in ("gcps", "rpcs"):
            to_map = _north_up(self.reference)
        else:
            to_map = reference.matrix
        own = np.hypot(to_map[0, :2], to_map[1, :2])
        sensed_gsd = self._sensed_gsd()
        wanted = gsd or float(max(own.max(), sensed_gsd))
        as_reference = not gsd and wanted <= own.min() * 1.02 and np.ptp(own) <= 0.02 * own.min()
        size = own if as_reference else np.array([wanted, wanted])
        step = to_map.copy()
        step[:, :2] = to_map[:, :2] / own * size
        back = coords.inverse(step)
        ref_box = _box(coords.apply_matrix(back, _outline_map(self.reference)))
        outline = self._to_reference_crs(_outline_map(self.sensed))
        sen_box = _box(coords.apply_matrix(back, outline))
        if not np.isfinite(sen_box).all():
            raise NoOverlapError(
                "The sensed raster cannot be placed in the reference's CRS.",
                "Check the CRS of both rasters.",
            )
        radius = self._radius(radius_map, float(size.max()), ref_box, sen_box)
        low = np.maximum(ref_box[0], sen_box[0] - radius)
        high = np.minimum(ref_box[1], sen_box[1] + radius)
        if (high - low < 8).any():
            gap = float(
                np.maximum(np.maximum(sen_box[0] - ref_box[1], ref_box[0] - sen_box[1]), 0.0).max()
                * size.max()
            )
            unit = "map units" if reference.crs_wkt else "px"
            how = (
                f"do not overlap: they lie {gap:.6g} {unit} apart"
                if gap > 0
                else "overlap too little to be compared"
            )
            raise NoOverlapError(
                f"The two rasters {how}.", "Check their CRS, or declare a larger search radius."
            )
        corner, extent = np.floor(low + 1e-6), np.ceil(high - 1e-6)
        step[:2, 2] = coords.apply_matrix(step, corner[None])[0]
        gt = coords.geotransform_from_matrix(step)
        width, height = (int(v) for v in extent - corner)
        return Grid(reference.crs_wkt, gt, width, height), radius

    def _sensed_gsd(self) -> float:
        """Return the sensed raster's larger pixel side at its centre, in the units of the
        reference's CRS.
        """
        grid = self.sensed.grid
        ground = self._to_reference_crs(self.sensed.map_from_px(_steps(grid)))
        return float(np.hypot(*(ground[1:] - ground[0]).T).max())

    def _radius(
        self, declared: float | None, gsd: float, ref_box: Points, sen_box: Points
    ) -> float:
        if declared is not None:
            return max(2.0, declared / gsd)
        sides = np.minimum(ref_box[1] - ref_box[0], sen_box[1] - sen_box[0])
        longer = float(sides.max())
        if self.reference.is_georeferenced:
            return automatic_radius_px(longer)
        difference = np.abs((ref_box[1] - ref_box[0]) - (sen_box[1] - sen_box[0]))
        return float(max(64.0, 0.35 * longer, difference.max() + 16.0))


def _north_up(source: Source) -> NDArray[np.float64]:
    """Return a north-up px -> map matrix with square pixels for a raster that has only GCPs or
    RPCs.
    """
    grid = source.grid
    ground = _outline_map(source)
    steps = source.map_from_px(_steps(grid))
    size = float(np.hypot(*(steps[1:] - steps[0]).T).mean())
    return np.array(
        [[size, 0.0, ground[:, 0].min()], [0.0, -size, ground[:, 1].max()], [0.0, 0.0, 1.0]]
    )


def _outline_map(source: Source) -> Points:
    return source.map_from_px(source.grid.outline_px(_ALONG))


def _steps(grid: Grid) -> Points:
    """Return the centre of a grid and its neighbours to the right and below, px."""
    return grid.centre_px + [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]


def _box(points: Points) -> Points:
    return np.stack([points.min(axis=0), points.max(axis=0)])


def open_pair(request: AlignRequest) -> WorkingPair:
    """Open both rasters of a request on their working grid.

    Raises:
        AlignError: a leaf per kind of bad input, each with a hint.
    """
    return WorkingPair(request)
