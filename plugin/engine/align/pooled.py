"""What the whole of both images says of one common displacement, however weak each place is alone.

The sensed image is cut into blocks that do not overlap; each is compared with the reference at
every displacement within a radius. The sum of all blocks is the correlation of the whole images;
sums of some blocks, or single ones, are answers that share no pixel of the sensed image.

Convention:
    Both images lie on the working grid under the correction found, reduced to `SIDE_PX` at most;
    displacements are in reduced px, what must be added to a sensed position to reach the same
    ground in the reference. Surfaces are (2 radius + 1, 2 radius + 1), displacement 0 in the
    middle, NaN where it cannot be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ..read.preparing import eroded
from .chance import log_false_alarms_of_shifts

if TYPE_CHECKING:
    from ...core.image import Image
    from ...matchers import TemplateMatcher
    from ..read.pair import WorkingPair

SIDE_PX, RADIUS_PX = 256, 32
BLOCK_PX, LEAST_BLOCK_PX = 32, 8
NEAR_PX = 1
_APART_PX, _MANY = 4, 10_000
_MIN_VALID = 0.6
_MIN_MET = 0.5  # of the weight of all blocks, where a sum is told

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Blocks:
    """The similarity of each block of the sensed image.

    Attributes:
        cell: (N, 2) column and row of each block, in blocks.
        surfaces: (N, 2 radius + 1, 2 radius + 1) float32, NaN where too little can be compared.
        weight: (N,) how much structure each holds: the weighted mean of the surfaces is the
            correlation of all blocks as one.
        reduction: Working px of a reduced px.
    """

    cell: NDArray[np.int64]
    surfaces: NDArray[np.float32]
    weight: Array
    reduction: int = 1

    def pooled(self, which: NDArray[np.bool_] | None = None) -> Array:
        """Return the weighted mean of the surfaces of all blocks, or of some; NaN where few of them
        tell.
        """
        some = slice(None) if which is None else which
        surfaces, weight = self.surfaces[some].astype(np.float64), self.weight[some]
        known = np.isfinite(surfaces)
        total = np.tensordot(weight, np.where(known, surfaces, 0.0), axes=1)
        met = np.tensordot(weight, known.astype(np.float64), axes=1)
        enough = met > _MIN_MET * max(float(weight.sum()), 1e-12)
        return np.where(enough, total / np.maximum(met, 1e-12), np.nan)


@dataclass(frozen=True)
class Pooled:
    """What all blocks together say.

    Attributes:
        shift_px: (x, y) of the highest peak of their sum, working px.
        height: Similarity there.
        gap: How much lower the next peak is, in robust standard deviations of the sum.
        beyond_chance: How much more alike the blocks are where the images lie (within `NEAR_PX`)
            than at displacements drawn for each by itself, in standard deviations of the sum.
        halves_px: Distance between the answers of two halves that share no block, working px.
        log_alarms: log10 of how often parts that share no block agree so well by chance.
    """

    shift_px: tuple[float, float] = (0.0, 0.0)
    height: float = 0.0
    gap: float = 0.0
    beyond_chance: float = 0.0
    halves_px: float = float("inf")
    log_alarms: float = 0.0


def read_blocks(blocks: Blocks) -> Pooled:
    """Read the sum of all blocks, and of parts of them; nothing is told by fewer than two."""
    total = blocks.pooled() if len(blocks.cell) > 1 else np.empty(0)
    known = np.isfinite(total)
    if not known.any():
        return Pooled()
    top, height = _top(total), float(np.nanmax(total))
    values = total[known]
    middle = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - middle))) + 1e-9
    others = total[known & (_distance(total, top) > _APART_PX)]
    second = float(others.max()) if len(others) else height
    halves = _answers(blocks, blocks.cell.sum(axis=1) % 2)
    return Pooled(
        (float(top[0] * blocks.reduction), float(top[1] * blocks.reduction)),
        height,
        (height - second) / spread,
        _beyond_chance(blocks, total),
        float(np.hypot(*(halves[0] - halves[1]))) * blocks.reduction
        if len(halves) == 2
        else float("inf"),
        _log_alarms(blocks, float(known.sum())),
    )


def beyond_chance(blocks: Blocks) -> float:
    """Return `Pooled.beyond_chance` alone; 0 where fewer than two blocks tell anything."""
    return _beyond_chance(blocks, blocks.pooled()) if len(blocks.cell) > 1 else 0.0


def _beyond_chance(blocks: Blocks, total: Array) -> float:
    near = total[np.isfinite(total) & (_distance(total, np.zeros(2)) <= NEAR_PX)]
    if not len(near):
        return 0.0
    surfaces = blocks.surfaces.astype(np.float64)
    mean, deviation = np.nanmean(surfaces, axis=(1, 2)), np.nanstd(surfaces, axis=(1, 2))
    w = blocks.weight / blocks.weight.sum()
    noise = float(np.sqrt((w**2 * deviation**2).sum())) + 1e-9
    return (float(near.max()) - float(w @ mean)) / noise


def _log_alarms(blocks: Blocks, places: float) -> float:
    """Return the least of what several partitions of the blocks tell, all of them counted as
    tests.
    """
    column, row = blocks.cell.T
    partitions = [
        row * _MANY + column,
        (row // 2) * _MANY + column // 2,
        *(row % n * n + column % n for n in (2, 3, 4)),
    ]
    alarms = [log_false_alarms_of_shifts(_answers(blocks, p), places) for p in partitions]
    return float(min(alarms) + np.log10(len(partitions)))


def _answers(blocks: Blocks, part: NDArray[np.int64]) -> Array:
    """Return (P, 2): the displacement that each part of the blocks says, reduced px; of parts that
    say nothing none.
    """
    sums = [blocks.pooled(part == p) for p in np.unique(part)]
    return np.array([_top(s) for s in sums if np.isfinite(s).any()]).reshape(-1, 2)


def _top(surface: Array) -> Array:
    """Return (2,): x, y of the highest displacement."""
    row, column = np.unravel_index(int(np.nanargmax(surface)), surface.shape)
    radius = surface.shape[0] // 2
    return np.array([column - radius, row - radius], dtype=np.float64)


def _distance(surface: Array, place: Array) -> Array:
    """Return how far each displacement lies from one along the farther axis."""
    radius = surface.shape[0] // 2
    line = np.arange(-radius, radius + 1)
    return np.maximum(np.abs(line - place[0])[None, :], np.abs(line - place[1])[:, None])


@dataclass(frozen=True, eq=False)
class Reduced:
    """Both images of a pair on its working grid, the sensed one where its correction puts it,
    reduced.

    Attributes:
        reference: Image.
        sensed: Image.
        reduction: Working px of a reduced px.
    """

    reference: Image
    sensed: Image
    reduction: int


def read_reduced(pair: WorkingPair, side_px: int = SIDE_PX) -> Reduced:
    """Read a pair at `side_px` at most: memory does not grow with the rasters."""
    reduction = max(1, -(-max(pair.grid.size) // side_px))
    window = (0, 0, pair.grid.width, pair.grid.height)
    return Reduced(
        pair.read_reference(window, reduction), pair.read_sensed(window, reduction), reduction
    )


def compare_blocks(
    pair: Reduced,
    matcher: TemplateMatcher,
    block_px: int | None = None,
    radius_px: int = RADIUS_PX,
) -> Blocks:
    """Compare each block of the sensed image with the reference.

    Args:
        pair: Under the correction found.
        matcher: Whose features are compared; its similarity is their correlation.
        block_px: Side of a block, reduced px; None = 32, less where that leaves fewer than four
            along the shorter side.
        radius_px: Largest displacement along each axis, reduced px.
    """
    if block_px is None:
        block_px = min(BLOCK_PX, max(LEAST_BLOCK_PX, min(pair.sensed.mask.shape) // 4))
    reference = _Described(matcher, pair.reference, radius_px + block_px)
    sensed = _Described(matcher, pair.sensed, radius_px + block_px)
    down, across = (-(-n // block_px) for n in sensed.shape)
    cells, surfaces, weights = [], [], []
    for row in range(down):
        for column in range(across):
            x, y = column * block_px, row * block_px
            found = _compare(
                sensed.cut(x, y, block_px),
                reference.cut(x - radius_px, y - radius_px, block_px + 2 * radius_px),
            )
            if found is not None:
                cells.append((column, row))
                surfaces.append(found[0])
                weights.append(found[1])
    side = 2 * radius_px + 1
    return Blocks(
        np.array(cells, np.int64).reshape(-1, 2),
        np.array(surfaces, np.float32).reshape(-1, side, side),
        np.array(weights, np.float64),
        pair.reduction,
    )


Described = tuple[NDArray[np.float32], NDArray[np.float32]]


class _Described:
    """Features of one image, minus their mean, 0 where the mask is and for `around_px` beside."""

    def __init__(self, matcher: TemplateMatcher, image: Image, around_px: int) -> None:
        features, mask = matcher.features(image, image.modality), eroded(image.mask)
        mean = (features * mask).sum(axis=(1, 2), keepdims=True) / max(int(mask.sum()), 1)
        beside = ((around_px, around_px), (around_px, around_px))
        self.features = np.pad(((features - mean) * mask).astype(np.float32), ((0, 0), *beside))
        self.mask = np.pad(mask.astype(np.float32), beside)
        self.shape, self.around_px = mask.shape, around_px

    def cut(self, x: int, y: int, side: int) -> Described:
        """Return features (C, side, side) and mask of a square."""
        left, top = x + self.around_px, y + self.around_px
        there = slice(top, top + side), slice(left, left + side)
        return self.features[:, there[0], there[1]], self.mask[there]


def _compare(block: Described, around: Described) -> tuple[NDArray[np.float32], float] | None:
    """Return the correlation of a block with its surroundings at every displacement, and how much
    structure both hold; None where hardly anything can be compared.
    """
    features, mask = block
    count = float(mask.sum())
    if count < _MIN_VALID * mask.size:
        return None
    centred = (features - features.sum(axis=(1, 2), keepdims=True) / count) * mask
    size = around[1].shape[0]
    lags = size - mask.shape[0] + 1

    def spectrum(image: NDArray[np.float32]) -> NDArray[np.complex64]:
        return fft.fft(fft.rfft(image, size, axis=-1), size, axis=-2, overwrite_x=True)

    def back(product: NDArray[np.complex64]) -> NDArray[np.float32]:
        rows = fft.ifft(product, axis=-2, overwrite_x=True)[..., :lags, :]
        return fft.irfft(rows, size, axis=-1, overwrite_x=True)[..., :lags]

    def energy(of: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.einsum("chw,chw->hw", of, of)

    shown = np.conj(spectrum(np.stack([energy(centred), mask])))
    there = spectrum(np.stack([around[1], energy(around[0])]))
    own, met = back(shown * there[:1])
    other = back(shown[1] * there[1])
    product = np.einsum("chw,chw->hw", np.conj(spectrum(centred)), spectrum(around[0]))
    scale = np.sqrt(np.maximum(own, 0.0) * np.maximum(other, 0.0))
    known = (met > _MIN_MET * count) & (scale > 1e-4 * count)
    if not known.any():
        return None
    values = np.where(known, back(product) / np.where(known, scale, 1.0), np.nan)
    return values.astype(np.float32), float(np.median(scale[known]))
