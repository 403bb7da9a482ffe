"""The live preview: what a warp would write, as a virtual raster that GDAL computes where it is
looked at.

Everything lies in a folder of its own: a copy of the sensed raster's description with overviews
beside it, made once, and for each revision two small files, or one picture for a displacement
field. The sensed raster is only read.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

from osgeo import gdal

from ..core.blas import one_thread
from ..core.errors import OutputError, UnreadableRasterError
from ..core.fit.transforms import Transform
from ..core.geometry.grid import Grid
from ..core.output.nodes import output_grid, refuse_folds, warp_nodes
from ..core.progress import Progress
from ..core.types import WarpParams
from ..gis.layout import Layout, open_raster
from ..gis.warping import guarded, refuse_growth, virtual_source, warp_back, warp_settings

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
        g = reference_grid.geotransform
        if not reference_grid.is_referenced:
            reference_grid = reference_grid.drawn
            params = replace(params, match_reference_grid=True)
        elif g[2] or g[4] or g[1] < 0 or g[5] > 0:  # GDAL's virtual warps are north-up
            params = replace(params, match_reference_grid=False)
        sensed_grid = Grid.bare(source.RasterXSize, source.RasterYSize)
        layout = Layout(source, params, self._nodata)
        nodes = (
            warp_nodes(transform, reference_grid, sensed_grid)
            if transform.kind != "field"
            else None
        )
        if nodes is None:
            refuse_folds(transform, sensed_grid)
        target = output_grid(
            transform, reference_grid, sensed_grid, params.output_gsd, params.match_reference_grid
        )
        refuse_growth(transform, reference_grid, sensed_grid, target)
        self._revision += 1
        self._drop(self._revision - 3)
        if nodes is None:
            return self._write_file(
                source,
                transform,
                reference_grid,
                target,
                layout,
                params,
                progress.without_messages(),
            )
        moved, path = (
            self._folder / f"{name}_{self._revision}.vrt" for name in ("moved", "preview")
        )
        virtual_source(source, nodes, target.crs_wkt, path=str(moved)).FlushCache()
        if self._overviews is not None:
            os.link(self._overviews, f"{moved}.ovr")
        g, settings = target.geotransform, warp_settings(nodes, layout, params)
        far = g[0] + g[1] * target.width, g[3] + g[5] * target.height
        options = gdal.WarpOptions(
            format="VRT",
            outputBounds=(g[0], far[1], far[0], g[3]),
            width=target.width,
            height=target.height,
            dstSRS=target.crs_wkt or None,
            dstAlpha=layout.auxiliary,
            **settings,
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
        self,
        source: gdal.Dataset,
        transform: Transform,
        reference_grid: Grid,
        target: Grid,
        layout: Layout,
        params: WarpParams,
        progress: Progress,
    ) -> Path:
        """Warp into a file, coarser than the target where that is large."""
        factor = max(1.0, max(target.width, target.height) / _MOST_PX)
        g = target.geotransform
        coarse = (g[0], g[1] * factor, g[2] * factor, g[3], g[4] * factor, g[5] * factor)
        target = replace(
            target,
            geotransform=coarse,
            width=math.ceil(target.width / factor),
            height=math.ceil(target.height / factor),
        )
        path = self._folder / f"preview_{self._revision}.tif"
        sink = layout.create(path, target, 0.0)
        try:
            warp_back(source, sink, transform, reference_grid, target, layout, params, progress)
            layout.finish(sink, progress)
        finally:
            sink = None
        return path

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
