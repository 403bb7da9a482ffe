"""One resolution of the coarse search: the sensed image turned, scaled and correlated with the
reference.

Convention:
    Matrices are 3x3, pixel frame (corner origin).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import NothingToCompareError
from ...core.geometry import coords
from ...core.image import Image
from ...core.progress import Progress
from ...core.threads import side_by_side
from ..read.preparing import eroded
from .correlation import NOTHING, Correlator, parabola
from .tuning import AROUND_PX, FEW_SHIFTS, MOST_THREADS

if TYPE_CHECKING:
    from ...matchers import TemplateMatcher
    from ..read.pair import WorkingPair


Array = NDArray[np.float32]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Hypothesis:
    """A rotation (degrees, y down: positive turns clockwise on screen), a scale, and what the
    correlation says of them; sharpness 0 = not told.
    """

    rotation_deg: float
    scale: float
    shift: tuple[float, float] = (0.0, 0.0)
    score: float = NOTHING
    sharpness: float = 0.0

    @property
    def is_comparable(self) -> bool:
        """Whether enough of the two images met at any shift; there is no best shift otherwise."""
        return self.score > NOTHING


def similarity_matrix(
    rotation_deg: float, scale: float, shift: tuple[float, float], centre: tuple[float, float]
) -> Matrix:
    """Return the 3x3 similarity that turns and scales about `centre` and then shifts (px, corner
    origin).
    """
    angle = np.deg2rad(rotation_deg)
    a, b = scale * np.cos(angle), scale * np.sin(angle)
    cx, cy = centre
    return np.array(
        [
            [a, -b, cx - a * cx + b * cy + shift[0]],
            [b, a, cy - b * cx - a * cy + shift[1]],
            [0.0, 0.0, 1.0],
        ]
    )


def warp_image(image: Image, matrix: Matrix, shape: tuple[int, int]) -> Image:
    """Resample an image by a 3x3 `matrix` (source px -> target px, corner origin) to `shape` (rows,
    cols).
    """
    index_matrix, size = coords.index_matrix(matrix)[:2], (shape[1], shape[0])
    data = cv2.warpAffine(
        image.data, index_matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    weight = cv2.warpAffine(
        image.mask.astype(np.float32), index_matrix, size, flags=cv2.INTER_LINEAR, borderValue=0.0
    )
    mask = weight > 0.99
    return Image(np.where(mask, data, 0.0).astype(np.float32), mask, image.modality)


def _warp_features(
    features: Array, mask: NDArray[np.bool_], matrix: Matrix
) -> tuple[Array, NDArray[np.bool_]]:
    """Resample (C, H, W) features and their mask by a 3x3 matrix, on the same grid."""
    index_matrix, size = coords.index_matrix(matrix)[:2], (mask.shape[1], mask.shape[0])
    weight = cv2.warpAffine(
        mask.astype(np.float32), index_matrix, size, flags=cv2.INTER_LINEAR, borderValue=0.0
    )
    warped = np.stack(
        [
            cv2.warpAffine(channel, index_matrix, size, flags=cv2.INTER_LINEAR)
            for channel in features
        ]
    )
    return warped.astype(np.float32), weight > 0.99


class Search:
    """One resolution of the coarse search.

    Args:
        pair: Both images on the working grid.
        matcher: Gives the features compared.
        side_px: The longer side of the working grid is reduced to this at most.
        threads: Hypotheses tried beside each other, two at most; nothing found depends on it.
    """

    def __init__(
        self, pair: WorkingPair, matcher: TemplateMatcher, side_px: int, threads: int
    ) -> None:
        grid = pair.grid
        self.reduction = max(1, -(-max(grid.width, grid.height) // side_px))
        window = (0, 0, grid.width, grid.height)
        self.matcher, self.threads = matcher, min(threads, MOST_THREADS)
        self.reference = pair.read_reference(window, self.reduction)
        self.sensed = pair.read_sensed(window, self.reduction)
        shape = (self.sensed.data.shape[0], self.sensed.data.shape[1])
        limit = int(0.9 * max(max(shape), max(self.reference.data.shape)))
        self.radius = int(min(max(4, np.ceil(pair.search_radius_px / self.reduction) + 2), limit))
        rows, cols = np.nonzero(self.sensed.mask)
        self.centre = (
            (float(cols.mean() + 0.5), float(rows.mean() + 0.5))
            if len(rows)
            else (shape[1] / 2, shape[0] / 2)
        )
        self.anchors: dict[float, tuple[Array, NDArray[np.bool_]]] = {}
        self.correlators: dict[bool, Correlator] = {}
        self.described = self._features(self.reference), eroded(self.reference.mask)

    def nothing_to_compare(self) -> NothingToCompareError:
        """Return what to raise where no hypothesis can be compared."""
        for image, which in ((self.reference, "reference"), (self.sensed, "sensed raster")):
            if not image.mask.any():
                return NothingToCompareError(
                    f"The two rasters do not overlap enough: the {which} has no valid "
                    "pixel where they may meet.",
                    "Check its position, the search radius and its nodata value.",
                )
        hint = (
            "Choose rasters that share more ground, declare a larger search radius, or check "
            "their nodata values."
        )
        return NothingToCompareError(
            "The two rasters do not overlap enough to be compared: too few of their "
            "valid pixels meet.",
            hint,
        )

    def _features(self, image: Image) -> Array:
        return self.matcher.features(image, image.modality)

    def _warped(self, rotation_deg: float, scale: float) -> tuple[Array, NDArray[np.bool_]]:
        """Return features and mask of the sensed image turned and scaled about its centre, made
        from the image.
        """
        shape = (self.sensed.data.shape[0], self.sensed.data.shape[1])
        turned = warp_image(
            self.sensed, similarity_matrix(rotation_deg, scale, (0.0, 0.0), self.centre), shape
        )
        return self._features(turned), eroded(turned.mask)

    def _anchor(self, rotation_deg: float) -> float | None:
        """Return the nearest rotation that features are made for, where they are costly; else
        None.
        """
        step = self.matcher.anchor_rotation_deg
        return None if step is None else round(rotation_deg / step) * step

    def _turned(self, rotation_deg: float, scale: float) -> tuple[Array, NDArray[np.bool_]]:
        """Return what `_warped` does, or nearly: where there is an anchor its features are turned
        on instead of being made anew.
        """
        anchor = self._anchor(rotation_deg)
        if anchor is None:
            return self._warped(rotation_deg, scale)
        features, mask = self.anchors[anchor]
        if rotation_deg == anchor and scale == 1.0:
            return features, mask
        return _warp_features(
            features, mask, similarity_matrix(rotation_deg - anchor, scale, (0.0, 0.0), self.centre)
        )

    def _prepared(self, hypothesis: Hypothesis) -> Hypothesis:
        """Return a hypothesis whose features can be had; those of its anchor are made here, as a
        network has threads of its own.
        """
        anchor = self._anchor(hypothesis.rotation_deg)
        if anchor is not None and anchor not in self.anchors:
            self.anchors[anchor] = self._warped(anchor, 1.0)
        return hypothesis

    def try_all(
        self,
        hypotheses: Sequence[Hypothesis],
        progress: Progress,
        message: str,
        near: tuple[float, float] | None = None,
        reach: int = 6,
        tell_sharpness: bool = False,
    ) -> list[Hypothesis]:
        """Correlate hypotheses; `near` restricts the shift to `reach` px around it.

        How sharp a peak is takes all shifts to tell.
        """
        low, high = self._within(near, reach)
        whole = near is None or tell_sharpness or self.radius <= 2 * (reach + AROUND_PX)
        correlator = self._correlator(*self._within(None if whole else near, reach + AROUND_PX))
        tried: list[Hypothesis] = []
        for found in side_by_side(
            lambda h: self._try(h, correlator, low, high, tell_sharpness),
            (self._prepared(h) for h in hypotheses),
            self.threads,
        ):
            tried.append(found)
            progress.update(len(tried) / len(hypotheses), message)
        return tried

    def _within(
        self, near: tuple[float, float] | None, reach: int
    ) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the smallest and the largest shift (x, y) within `reach` px of `near`, and within
        the search radius.
        """
        x, y = (
            (0, 0)
            if near is None
            else (int(np.clip(round(v), -self.radius, self.radius)) for v in near)
        )
        reach = self.radius if near is None else reach
        return (max(x - reach, -self.radius), max(y - reach, -self.radius)), (
            min(x + reach, self.radius),
            min(y + reach, self.radius),
        )

    def _correlator(self, low: tuple[int, int], high: tuple[int, int]) -> Correlator:
        """Return the correlator of these shifts; of those near a place the last one is kept."""
        whole = high[0] - low[0] == high[1] - low[1] == 2 * self.radius
        found = self.correlators.get(whole)
        if found is None or (found.low, found.high) != (low, high):
            shape = (self.sensed.data.shape[0], self.sensed.data.shape[1])
            found = self.correlators[whole] = Correlator(*self.described, shape, low, high)
        return found

    def _try(
        self,
        hypothesis: Hypothesis,
        correlator: Correlator,
        low: tuple[int, int],
        high: tuple[int, int],
        tell_sharpness: bool,
    ) -> Hypothesis:
        """Return a hypothesis with its best shift between `low` and `high`; see `is_comparable`."""
        surface = correlator(*self._turned(hypothesis.rotation_deg, hypothesis.scale))
        known = surface > NOTHING
        sharp = (
            np.where(known, surface - _local_mean(surface, known), NOTHING)
            if 2 * self.radius + 1 > 40
            else surface
        )
        x, y = correlator.low
        part = sharp[low[1] - y : high[1] - y + 1, low[0] - x : high[0] - x + 1]
        r, c = (int(i) for i in np.unravel_index(int(np.argmax(part)), part.shape))
        r, c = r + low[1] - y, c + low[0] - x
        dx, dy = parabola(surface, r, c)
        score = float(sharp[r, c])
        tells = tell_sharpness and score > NOTHING and int(known.sum()) >= FEW_SHIFTS
        return Hypothesis(
            hypothesis.rotation_deg,
            hypothesis.scale,
            (c + x + dx, r + y + dy),
            score,
            score / _spread(sharp[known]) if tells else 0.0,
        )


def _spread(values: Array) -> float:
    """Return the robust standard deviation of values, at least one of them."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values)))) + 1e-6


def _local_mean(surface: Array, known: NDArray[np.bool_]) -> Array:
    """Return the mean of the known values of a surface within 12 px: where images hardly overlap
    there is nothing to stand out from.
    """
    side, weight = (2 * AROUND_PX + 1,) * 2, known.astype(np.float32)
    return np.asarray(
        cv2.blur(surface * weight, side) / np.maximum(cv2.blur(weight, side), 1e-3),
        dtype=np.float32,
    )
