"""The warp of one block of the output: exact coordinates, GDAL's kernels, no invalid sample in any
valid pixel.

GDAL refits the control points it is given, approximates its mapping to an eighth of a pixel, and
inverts a polynomial by another polynomial. So each block is a virtual raster that knows, from an
array, where its pixels come from, and approximates nothing. Where the whole mapping is affine, GDAL
applies it as it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import rasterio
import rasterio.warp
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import MemoryFile

from ...core.geometry import coords
from ...core.output.inverse_array import NOWHERE, InverseArray, inverse_array
from ...core.output.plan import WarpPlan
from ..read.tiling import Tile

Points = NDArray[np.float64]
Samples = NDArray[Any]
Mask = NDArray[np.bool_]
_MIN_PIECE_PX = 8
_MAX_SOURCE_PX = 4 * 2**20
_PLANE = "EPSG:3857"  # any projected CRS: both sides of the warp are in it, nothing is reprojected
_KERNELS = {  # rasterio's name, GDAL's in a virtual raster, reach in px
    "nearest": (Resampling.nearest, "NearestNeighbour", 1),
    "bilinear": (Resampling.bilinear, "Bilinear", 1),
    "cubic": (Resampling.cubic, "Cubic", 2),
    "cubicspline": (Resampling.cubic_spline, "CubicSpline", 2),
    "lanczos": (Resampling.lanczos, "Lanczos", 3),
}
_GDAL_TYPES = {
    "uint8": "Byte",
    "int8": "Int8",
    "uint16": "UInt16",
    "int16": "Int16",
    "uint32": "UInt32",
    "int32": "Int32",
    "uint64": "UInt64",
    "int64": "Int64",
    "float32": "Float32",
    "float64": "Float64",
}


@dataclass(frozen=True, eq=False)
class BlockWarper:
    """How blocks of the output are made.

    Attributes:
        plan: Where the pixels of the output lie and where they come from.
        kernel: As `WarpParams` names it.
    """

    plan: WarpPlan
    kernel: str

    def pieces(self, tile: Tile) -> Iterator[tuple[Tile, Tile, InverseArray]]:
        """Cut a block of the output into pieces that need little of the sensed raster: mostly one.

        Yields:
            Piece of the output, window of the sensed raster it needs, and where the piece comes
            from. Pieces that lie outside the sensed raster are left out.
        """
        left, top, right, bottom = self.plan.footprint
        if (
            tile.x0 > right
            or tile.y0 > bottom
            or tile.x0 + tile.width < left
            or tile.y0 + tile.height < top
        ):
            return
        back = inverse_array(
            self.plan.to_sensed,
            (tile.x0, tile.y0, tile.x0 + tile.width, tile.y0 + tile.height),
            self.plan.sensed.size,
        )
        window = self._window(back.sensed_px.reshape(-1, 2))
        if window is None:
            return
        if (
            max(tile.width, tile.height) <= _MIN_PIECE_PX
            or window.width * window.height <= _MAX_SOURCE_PX
        ):
            yield tile, window, back
            return
        for half in tile.halves():
            yield from self.pieces(half)

    def warp(
        self, samples: Samples, valid: Mask, piece: Tile, window: Tile, back: InverseArray
    ) -> tuple[Samples, Mask]:
        """Resample the samples of a window onto a piece of the output.

        Args:
            samples: (B, h, w) of the window.
            valid: (h, w), False where samples must not be used.
            piece: Output pixels.
            window: Sensed pixels that `samples` are.
            back: As given by `pieces`.

        Returns:
            (B, height, width) in the same type, 0 where invalid, and its mask.
        """
        dtype = samples.dtype
        if not valid.any():
            return np.zeros((len(samples), piece.height, piece.width), dtype), np.zeros(
                (piece.height, piece.width), bool
            )
        source = np.concatenate(
            [np.where(valid, samples, 0).astype(dtype), valid[None].astype(dtype)]
        )
        target = (
            self._straight(source, piece, window)
            if self.plan.matrix is not None
            else self._bent(source, piece, window, back)
        )
        inside: Mask = target[-1] >= 0.5
        return np.where(inside, target[:-1], 0).astype(dtype), inside

    def _straight(self, source: Samples, piece: Tile, window: Tile) -> Samples:
        """Warp by the matrix; the last band is the alpha band."""
        target = np.zeros((len(source), piece.height, piece.width), source.dtype)
        shift = np.array([[1.0, 0.0, -window.x0], [0.0, 1.0, -window.y0], [0.0, 0.0, 1.0]])
        inward = np.array([[1.0, 0.0, piece.x0], [0.0, 1.0, piece.y0], [0.0, 0.0, 1.0]])
        m = coords.inverse(shift @ self.plan.matrix @ inward)
        rasterio.warp.reproject(
            source,
            target,
            src_crs=_PLANE,
            dst_crs=_PLANE,
            # Offset by a pixel: GDAL takes an identity geotransform for none.
            src_transform=Affine(m[0, 0], m[0, 1], m[0, 2] + 1.0, m[1, 0], m[1, 1], m[1, 2] + 1.0),
            dst_transform=Affine.translation(1.0, 1.0),
            resampling=_KERNELS[self.kernel][0],
            src_alpha=len(source),
            dst_alpha=len(source),
            num_threads=1,
            **self._options(),
        )
        return target

    def _bent(self, source: Samples, piece: Tile, window: Tile, back: InverseArray) -> Samples:
        """Read a virtual raster whose geolocation array says where in the source each of its pixels
        lies.
        """
        local = replace(
            back, start_px=np.zeros(2), sensed_px=back.sensed_px - [window.x0, window.y0]
        )
        with _in_memory(source) as picture, _in_memory(local.bands(), NOWHERE) as array:
            virtual = self._virtual(picture.name, local.geolocation(array.name), source, piece)
            with (
                MemoryFile(virtual.encode(), filename=f"{uuid.uuid4().hex}.vrt") as file,
                file.open() as dataset,
            ):
                return np.asarray(dataset.read())

    def _virtual(self, picture: str, places: dict[str, str], source: Samples, piece: Tile) -> str:
        """Return the description of a warped virtual raster, in GDAL's own format."""
        count, kind = len(source), _GDAL_TYPES[source.dtype.name]
        alpha = "<ColorInterp>Alpha</ColorInterp>"
        bands = [
            (
                f'<VRTRasterBand dataType="{kind}" band="{n}" '
                f'subClass="VRTWarpedRasterBand">{alpha if n == count else ""}</VRTRasterBand>'
            )
            for n in range(1, count + 1)
        ]
        options = [
            f'<Option name="{name}">{value}</Option>'
            for name, value in {**self._options(), "INIT_DEST": "0", "ERROR_THRESHOLD": "0"}.items()
        ]
        mappings = "".join(f'<BandMapping src="{n}" dst="{n}"/>' for n in range(1, count))
        located = "".join(
            f'<MDI key="{key}">{escape(value)}</MDI>' for key, value in places.items()
        )
        return (
            f'<VRTDataset rasterXSize="{piece.width}" rasterYSize="{piece.height}" '
            f'subClass="VRTWarpedDataset">{"".join(bands)}'
            f"<BlockXSize>{piece.width}</BlockXSize><BlockYSize>{piece.height}</BlockYSize><GDALWarpOptions>"
            f"<ResampleAlg>{_KERNELS[self.kernel][1]}</ResampleAlg><WorkingDataType>{kind}</WorkingDataType>{''.join(options)}"
            "<SourceDataset "
            f'relativeToVRT="0">{escape(picture)}</SourceDataset><Transformer><GenImgProjTransformer>'
            "<SrcGeoTransform>1,1,0,1,0,1</SrcGeoTransform><SrcInvGeoTransform>-1,1,0,-1,0,1</SrcInvGeoTransform>"
            f"<DstGeoLocTransformer><GeoLocTransformer><Reversed>0</Reversed><Metadata>{located}</Metadata></GeoLocTransformer></DstGeoLocTransformer>"
            f"</GenImgProjTransformer></Transformer><BandList>{mappings}</BandList>"
            f"<SrcAlphaBand>{count}</SrcAlphaBand><DstAlphaBand>{count}</DstAlphaBand></GDALWarpOptions></VRTDataset>"
        )

    def _options(self) -> dict[str, str]:
        return {
            "SRC_ALPHA_MAX": "1",
            "DST_ALPHA_MAX": "1",
            "XSCALE": repr(self.plan.scale[0]),
            "YSCALE": repr(self.plan.scale[1]),
        }

    def _window(self, nodes: Points) -> Tile | None:
        nodes = nodes[np.isfinite(nodes).all(axis=1)]
        if not len(nodes):
            return None
        reach = [int(np.ceil(_KERNELS[self.kernel][2] / s)) + 2 for s in self.plan.scale]
        size = self.plan.sensed.size
        low, high = np.floor(nodes.min(axis=0)), np.ceil(nodes.max(axis=0))
        if (low > size).any() or (high < 0).any():
            return None
        low = np.clip(low - reach, 0, size).astype(int)
        high = np.clip(high + reach, 0, size).astype(int)
        if (high <= low).any():
            return None
        return Tile(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def _in_memory(bands: Samples, nodata: float | None = None) -> MemoryFile:
    """Return an uncompressed GeoTIFF of (B, h, w) in memory."""
    file = MemoryFile(filename=f"{uuid.uuid4().hex}.tif")
    count, height, width = bands.shape
    with file.open(
        driver="GTiff", width=width, height=height, count=count, dtype=bands.dtype, nodata=nodata
    ) as dataset:
        dataset.write(bands)
    return file
