"""The live preview: what a warp would write, as a virtual raster that GDAL computes where it is
looked at.

Everything lies in a folder of its own: a copy of the sensed raster's description with overviews
beside it, made once, and for each revision two small files, or one picture for a displacement
field. The sensed raster is only read.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from osgeo import gdal

from ..core.blas import one_thread
from ..core.errors import OutputError, UnreadableRasterError
from ..core.fit.transforms import Transform
from ..core.geometry.grid import Grid
from ..core.output.layout import layout_of
from ..core.output.nodes import warp_nodes
from ..core.output.plan import WarpPlan, plan_warp
from ..core.progress import Progress
from ..core.types import WarpParams
from ..gis.layout import WrittenLayout, bands_of
from ..gis.opening import guarded, open_raster
from ..gis.virtual import virtual_source, warp_settings
from ..gis.warping import warp_back

_MOST_PX = 4096
_SMALL_PX = 2048
_FIRST_LEVEL, _LAST_PX = 4, 400


class PreviewWarp:
    """Virtual warps of one sensed raster.

    Convention:
        The grid, the resampling and what is outside the image are those of
        `gdal_warp.warp_with_gdal`; where GDAL interpolates a spline between nodes, it is aimed at
        0.1 px; places agree to 0.15 px, and to half a pixel where a spline without smoothing bends
        within a few pixels. Only on a reference that is not north-up the grid is a north-up one. No
        virtual raster can hold a displacement field: it is warped into a file, of 4096 px at most
        along its longer side.
    """

    def __init__(self, sensed_path: str, folder: Path, nodata: float | None = None) -> None:
        """Only remember.

        Args:
            sensed_path: Raster to show warped.
            folder: Where the virtual files go.
            nodata: Overrides the nodata value of the raster.
        """
        self.sensed_path, self._folder, self._nodata = sensed_path, folder, nodata
        self._revision = 0
        self._overviews: Path | None = None
        self._is_prepared = False

    @one_thread()
    def write(
        self,
        reference_grid: Grid,
        transform: Transform,
        params: WarpParams,
        progress: Progress | None = None,
    ) -> Path:
        """Write the next revision; the three newest stay, for those who still draw them.

        Args:
            reference_grid: Native grid of the reference.
            transform: sensed_px -> reference_px.
            params: Pixel size, grid and resampling as for the written file.
            progress: Asked whether to stop while overviews are made.

        Returns:
            The virtual raster.

        Raises:
            FitError: the transform folds, or bends too sharply.
            UnreadableRasterError: the sensed raster cannot be read.
            OutputError: the preview would be absurdly large, or its folder cannot be written.
            Cancelled: `progress` said so.
        """
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        try:
            source = open_raster(self.sensed_path)
            self._folder.mkdir(parents=True, exist_ok=True)
            if transform.kind != "field":
                self._prepare(source, progress or Progress())
            return self._write(source, reference_grid, transform, params, progress or Progress())
        except (OSError, RuntimeError) as error:
            raise OutputError(
                f"The preview cannot be made: {error}.", "Check that the disk has room."
            ) from error
        finally:
            gdal.PopErrorHandler()

    def _write(
        self,
        source: gdal.Dataset,
        reference_grid: Grid,
        transform: Transform,
        params: WarpParams,
        progress: Progress,
    ) -> Path:
        if not reference_grid.is_referenced:
            reference_grid = reference_grid.drawn
            params = replace(params, match_reference_grid=True)
        elif not reference_grid.is_north_up:  # as GDAL's virtual warps are
            params = replace(params, match_reference_grid=False)
        written = WrittenLayout(source, layout_of(bands_of(source), params, self._nodata))
        size = (source.RasterXSize, source.RasterYSize)
        plan = plan_warp(transform, reference_grid, size, params)
        if transform.kind == "field":
            self._revise()
            return self._write_file(source, plan, written, progress.without_messages())
        nodes, target = warp_nodes(transform, plan.reference, plan.sensed), plan.target
        self._revise()
        moved, path = (
            self._folder / f"{name}_{self._revision}.vrt" for name in ("moved", "preview")
        )
        virtual_source(source, nodes, target.crs_wkt, path=str(moved)).FlushCache()
        if self._overviews is not None:
            os.link(self._overviews, f"{moved}.ovr")
        options = gdal.WarpOptions(
            format="VRT",
            outputBounds=target.bounds_map,
            width=target.width,
            height=target.height,
            dstSRS=target.crs_wkt or None,
            dstAlpha=written.auxiliary,
            **warp_settings(nodes, written),
        )
        message = guarded(
            lambda _tick: gdal.Warp(str(path), str(moved), options=options), Progress(), ""
        )
        if message:
            raise UnreadableRasterError(
                f"The preview of {self.sensed_path} failed: {message}.",
                "Check that the file is complete.",
            )
        return path

    def _write_file(
        self, source: gdal.Dataset, plan: WarpPlan, written: WrittenLayout, progress: Progress
    ) -> Path:
        """Warp into a file, coarser than the target where that is large."""
        factor = max(1.0, max(plan.target.size) / _MOST_PX)
        plan = replace(plan, target=plan.target.coarser(factor))
        path = self._folder / f"preview_{self._revision}.tif"
        sink = written.create(path, plan.target)
        try:
            warp_back(source, sink, plan, written, progress)
            written.finish(sink, progress)
        finally:
            sink = None
        return path

    def _revise(self) -> None:
        self._revision += 1
        self._drop(self._revision - 3)

    def _drop(self, revision: int) -> None:
        for name in ("moved", "preview"):
            for suffix in (".vrt", ".vrt.ovr", ".vrt.aux.xml", ".tif", ".tif.aux.xml"):
                (self._folder / f"{name}_{revision}{suffix}").unlink(missing_ok=True)

    def _prepare(self, source: gdal.Dataset, progress: Progress) -> None:
        """Make overviews of a large raster that has none, so that the whole scene is drawn as fast
        as a part.
        """
        if self._is_prepared:
            return
        longest = max(source.RasterXSize, source.RasterYSize)
        if longest > _SMALL_PX and not source.GetRasterBand(1).GetOverviewCount():
            base = self._folder / "base.vrt"
            gdal.GetDriverByName("VRT").CreateCopy(str(base), source).FlushCache()
            levels = [_FIRST_LEVEL]
            while longest / levels[-1] > _LAST_PX:
                levels.append(levels[-1] * 2)
            method = "NEAREST" if source.GetRasterBand(1).GetColorTable() is not None else "AVERAGE"
            small = gdal.Open(str(base))
            message = guarded(
                lambda tick: small.BuildOverviews(method, levels, tick) == 0,
                progress,
                "Preparing the preview",
            )
            if message:
                raise OSError(message)
            self._overviews = Path(f"{base}.ovr")
        self._is_prepared = True
