"""The warp of one block of the output: exact coordinates, GDAL's kernels, no invalid sample in any valid pixel.

GDAL refits the GCPs it is given, approximates its mapping to an eighth of a pixel, and inverts a polynomial by another
polynomial. So the output is cut into pieces, small where the mapping bends, in each of which a cubic through exact
evaluations of the mapping is the mapping. Where the whole mapping is affine there is one piece a block, and no fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import rasterio.warp
from affine import Affine
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.enums import Resampling

from ..core import coords
from .tiling import Tile

Points = NDArray[np.float64]
Samples = NDArray[Any]
Mask = NDArray[np.bool_]
_SIDE = 9
_TOLERANCE_PX = 0.02
_MIN_PIECE_PX = 8
_MAX_SOURCE_PX = 4 * 2**20
_PLANE = "EPSG:3857"  # any projected CRS: both sides of the warp are in it, nothing is reprojected
_KERNEL_PX = {
    Resampling.nearest: 1, Resampling.bilinear: 1, Resampling.cubic: 2, Resampling.cubic_spline: 2, Resampling.lanczos: 3,
}


@dataclass(frozen=True, eq=False)
class BlockWarper:
    """How blocks of the output are made.

    Attributes:
        to_sensed: (N, 2) output px -> sensed px; non-finite where there is none.
        matrix: The same as a 3x3 affine matrix where it is one, else None.
        size: (width, height) of the sensed raster.
        scale: Output px per sensed px along sensed columns and rows, at most 1: below, the kernels average.
        resampling: Kernel.
        footprint: (left, top, right, bottom) in output px outside which there is nothing of the sensed raster.
    """

    to_sensed: Callable[[Points], Points]
    matrix: Points | None
    size: tuple[int, int]
    scale: tuple[float, float]
    resampling: Resampling
    footprint: tuple[float, float, float, float]

    def pieces(self, tile: Tile) -> Iterator[tuple[Tile, Tile, Points]]:
        """Cut a block of the output into pieces in which the mapping is all but affine.

        Yields:
            Piece of the output, window of the sensed raster it needs, and (81, 2) sensed px of a lattice over the piece.
            Pieces that lie outside the sensed raster are left out.
        """
        left, top, right, bottom = self.footprint
        if tile.x0 > right or tile.y0 > bottom or tile.x0 + tile.width < left or tile.y0 + tile.height < top:
            return
        nodes = self.to_sensed(_lattice(tile))
        finite = np.isfinite(nodes).all(axis=1)
        smallest = max(tile.width, tile.height) <= _MIN_PIECE_PX
        if not finite.all():
            if not smallest:
                for half in tile.halves():
                    yield from self.pieces(half)
            return
        window = self._window(nodes)
        if window is None:
            return
        if smallest or (window.width * window.height <= _MAX_SOURCE_PX and _bend(nodes) < _TOLERANCE_PX):
            yield tile, window, nodes
            return
        for half in tile.halves():
            yield from self.pieces(half)

    def warp(self, samples: Samples, valid: Mask, piece: Tile, window: Tile, nodes: Points) -> tuple[Samples, Mask]:
        """Resample the samples of a window onto a piece of the output.

        Args:
            samples: (B, h, w) of the window.
            valid: (h, w), False where samples must not be used.
            piece: Output pixels.
            window: Sensed pixels that `samples` are.
            nodes: As given by `pieces`.

        Returns:
            (B, height, width) in the same type, 0 where invalid, and its mask.
        """
        dtype, count = samples.dtype, len(samples)
        empty = np.zeros((count, piece.height, piece.width), dtype)
        if not valid.any():
            return empty, np.zeros((piece.height, piece.width), bool)
        source = np.concatenate([np.where(valid, samples, 0).astype(dtype), valid[None].astype(dtype)])
        target = np.zeros((count + 1, piece.height, piece.width), dtype)
        rasterio.warp.reproject(
            source,
            target,
            src_crs=_PLANE,
            dst_crs=_PLANE,
            resampling=self.resampling,
            src_alpha=count + 1,
            dst_alpha=count + 1,
            num_threads=1,
            SRC_ALPHA_MAX="1",
            DST_ALPHA_MAX="1",
            XSCALE=repr(self.scale[0]),
            YSCALE=repr(self.scale[1]),
            **self._georeferencing(piece, window, nodes),
        )
        inside: Mask = target[-1] >= 0.5
        return np.where(inside, target[:-1], 0).astype(dtype), inside

    def _georeferencing(self, piece: Tile, window: Tile, nodes: Points) -> dict[str, Any]:
        """Place source and target in a plane whose unit is the output pixel, or for GCPs the piece."""
        local = nodes - [window.x0, window.y0]
        if self.matrix is not None:
            shift = np.array([[1.0, 0.0, -window.x0], [0.0, 1.0, -window.y0], [0.0, 0.0, 1.0]])
            inward = np.array([[1.0, 0.0, piece.x0], [0.0, 1.0, piece.y0], [0.0, 0.0, 1.0]])
            m = coords.inverse(shift @ self.matrix @ inward)
            # Offset by a pixel: GDAL takes an identity geotransform for none.
            return {
                "src_transform": Affine(m[0, 0], m[0, 1], m[0, 2] + 1.0, m[1, 0], m[1, 1], m[1, 2] + 1.0),
                "dst_transform": Affine.translation(1.0, 1.0),
            }
        size = np.array([piece.width, piece.height])
        plane = (_lattice(piece) - [piece.x0, piece.y0]) / size
        ends = zip(local.tolist(), plane.tolist(), strict=True)
        gcps = [GroundControlPoint(row=p[1], col=p[0], x=q[0], y=q[1]) for p, q in ends]
        return {
            "gcps": gcps,
            "dst_transform": Affine.scale(1.0 / piece.width, 1.0 / piece.height),
            "SRC_METHOD": "GCP_POLYNOMIAL",
            "MAX_GCP_ORDER": "3",
        }

    def _window(self, nodes: Points) -> Tile | None:
        reach = [int(np.ceil(_KERNEL_PX[self.resampling] / s)) + 2 for s in self.scale]
        low, high = np.floor(nodes.min(axis=0)), np.ceil(nodes.max(axis=0))
        if (low > self.size).any() or (high < 0).any():
            return None
        low = np.clip(low - reach, 0, self.size).astype(int)
        high = np.clip(high + reach, 0, self.size).astype(int)
        if (high <= low).any():
            return None
        return Tile(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def _lattice(tile: Tile) -> Points:
    xs = np.linspace(tile.x0, tile.x0 + tile.width, _SIDE)
    ys = np.linspace(tile.y0, tile.y0 + tile.height, _SIDE)
    return np.asarray(np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2), dtype=np.float64)


def _bend(nodes: Points) -> float:
    """Return how far a lattice strays from straight rows and columns, px."""
    grid = nodes.reshape(_SIDE, _SIDE, 2)
    along = np.linspace(0.0, 1.0, _SIDE)
    row = grid[:, :1] + (grid[:, -1:] - grid[:, :1]) * along[None, :, None]
    column = grid[:1] + (grid[-1:] - grid[:1]) * along[:, None, None]
    return float(max(np.abs(grid - row).max(), np.abs(grid - column).max() / 10.0))
