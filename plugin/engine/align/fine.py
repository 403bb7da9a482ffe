"""Template matching tile by tile: features once per tile, every template of the tile against its
search window.

Convention:
    Positions are working-grid px (corner origin). A template is a square of the *corrected* sensed
    image; `shift` is what must be added to its centre to reach the same ground in the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.progress import Progress
from ...core.threads import side_by_side
from ...matchers.parts.similarity import find_peak
from ..read.preparing import eroded
from .found import TemplateMatch
from .tuning import LEAST_TEMPLATE_PX, MIN_VALID, TEMPLATE_SHARE, WIDE_PX

if TYPE_CHECKING:
    from ...core.image import Window
    from ...matchers import TemplateMatcher
    from ...matchers.registry import Reader
    from ..read.pair import WorkingPair


def template_size(
    width: int, height: int, requested: int | None, limits_px: tuple[int, int] = (64, 96)
) -> int:
    """Choose the side of the templates: as asked, else the matcher's limit for images that are
    wide or not, less on tiny ones.
    """
    if requested is not None:
        return min(requested, min(width, height) // 2 * 2)
    most = limits_px[max(width, height) > WIDE_PX]
    return int(np.clip(min(width, height) * TEMPLATE_SHARE, LEAST_TEMPLATE_PX, most)) // 2 * 2


def lattice(pair: WorkingPair, template_px: int, max_points: int) -> NDArray[np.float64]:
    """Place template centres on a square lattice over the area where both images are valid.

    Args:
        pair: The working pair.
        template_px: Template side; neighbours are never closer than a third of it.
        max_points: About how many points at most.

    Returns:
        (N, 2) integer positions in working px.
    """
    width, height = pair.grid.width, pair.grid.height
    reduction = max(1, -(-max(width, height) // 512))
    both = (
        pair.read_reference((0, 0, width, height), reduction).mask
        & pair.read_sensed((0, 0, width, height), reduction).mask
    )
    if not both.any():
        return np.empty((0, 2))
    ground = float(both.sum()) * reduction**2
    side = max(template_px / 3.0, float(np.sqrt(ground / max_points)))
    half = max(1, template_px // (2 * reduction))
    share = cv2.blur(
        both.astype(np.float32), (2 * half + 1, 2 * half + 1), borderType=cv2.BORDER_CONSTANT
    )
    rows, cols = np.nonzero(both)
    x0, x1 = float(cols.min()) * reduction, float(cols.max() + 1) * reduction
    y0, y1 = float(rows.min()) * reduction, float(rows.max() + 1) * reduction
    inset = template_px / 2.0
    xs, ys = _spread(x0 + inset, x1 - inset, side), _spread(y0 + inset, y1 - inset, side)
    centres = np.array([(x, y) for y in ys for x in xs], dtype=np.float64).reshape(-1, 2)
    at = np.clip((centres / reduction).astype(int), 0, np.array(both.shape[::-1]) - 1)
    return centres[share[at[:, 1], at[:, 0]] >= MIN_VALID]


def _spread(start: float, end: float, step: float) -> NDArray[np.float64]:
    if end <= start:
        return np.array([np.round((start + end) / 2)])
    count = max(2, int(np.floor((end - start) / step)) + 1)
    return np.round(np.linspace(start, end, count))


def match_templates(
    pair: WorkingPair,
    matcher: TemplateMatcher,
    centres: NDArray[np.float64],
    template_px: int,
    radius_px: int,
    tile_px: int,
    progress: Progress,
    forward_backward: bool = True,
    threads: int = 1,
    on_tile: Callable[[list[TemplateMatch]], None] | None = None,
) -> list[TemplateMatch]:
    """Match every template within `radius_px` of where it lies.

    Args:
        pair: The working pair, sensed correction set.
        matcher: A template matcher.
        centres: (N, 2) integer template centres, working px.
        template_px: Even side of the templates.
        radius_px: Search radius.
        tile_px: Side of the tiles in which features are computed; the result does not depend on it.
        progress: Updated after each few templates.
        forward_backward: Also match back from the reference.
        threads: Templates matched beside each other, where the matcher gains by it; nothing found
            depends on it.
        on_tile: Called with the matches of each finished tile.

    Returns:
        The matches, in tile order; templates without enough valid pixels are left out.
    """
    matches: list[TemplateMatch] = []
    done = 0
    for tile_centres in _by_tile(centres, tile_px):
        found = []
        views = _TileViews(pair, matcher, tile_centres, template_px, radius_px)
        for match in side_by_side(
            partial(views.match, forward_backward=forward_backward),
            tile_centres,
            threads if matcher.gains_by_threads else 1,
        ):
            if done % 8 == 0:
                progress.update(
                    done / max(1, len(centres)), f"Matching: {done} of {len(centres)} templates"
                )
            done += 1
            if match is not None:
                found.append(match)
        matches += found
        if on_tile is not None and found:
            on_tile(found)
    progress.update(1.0, f"Matching: {len(centres)} of {len(centres)} templates")
    return matches


def _by_tile(centres: NDArray[np.float64], tile_px: int) -> Iterator[NDArray[np.float64]]:
    if not len(centres):
        return
    tile = np.floor(centres / tile_px).astype(int)
    for row, col in sorted({(int(t[1]), int(t[0])) for t in tile}):
        yield centres[(tile[:, 1] == row) & (tile[:, 0] == col)]


class _TileViews:
    """Features of both images around one tile's templates."""

    def __init__(
        self,
        pair: WorkingPair,
        matcher: TemplateMatcher,
        centres: NDArray[np.float64],
        template_px: int,
        radius_px: int,
    ) -> None:
        self.matcher, self.size, self.radius = matcher, template_px, radius_px
        reach = template_px // 2 + 2 * radius_px + matcher.margin_px
        low = (
            (np.floor(centres.min(axis=0)).astype(int) - reach) // matcher.grid_px * matcher.grid_px
        )
        high = np.ceil(centres.max(axis=0)).astype(int) + reach
        self.origin = low
        window = (int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))
        scene = pair.grid.width, pair.grid.height
        self.reference, self.reference_mask = self._features(pair.read_reference, window, scene)
        self.sensed, self.sensed_mask = self._features(pair.read_sensed, window, scene)

    def _features(
        self, read: Reader, window: Window, scene: tuple[int, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        image = read(window)
        features = self.matcher.features_of_part(image, window, scene, read)
        return features, eroded(image.mask)

    def _cut(
        self,
        features: NDArray[np.float32],
        mask: NDArray[np.bool_],
        corner: NDArray[np.int64],
        size: int,
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        x, y = int(corner[0]), int(corner[1])
        return features[:, y : y + size, x : x + size], mask[y : y + size, x : x + size]

    def match(self, centre: NDArray[np.float64], forward_backward: bool) -> TemplateMatch | None:
        """Match one template; None where it holds too few valid pixels."""
        corner = np.round(centre).astype(int) - self.size // 2 - self.origin
        template, template_mask = self._cut(self.sensed, self.sensed_mask, corner, self.size)
        if template_mask.mean() < MIN_VALID:
            return None
        window = self._cut(
            self.reference, self.reference_mask, corner - self.radius, self.size + 2 * self.radius
        )
        surface = self.matcher.correlate(template, template_mask, *window)
        peak = find_peak(surface.values)
        if peak is None:
            return None
        shift = (peak.x - self.radius, peak.y - self.radius)
        error = self._back(corner, shift) if forward_backward else float("nan")
        return TemplateMatch(
            (float(centre[0]), float(centre[1])), shift, peak, surface.values, error, surface.energy
        )

    def _back(self, corner: NDArray[np.int64], shift: tuple[float, float]) -> float:
        whole = np.round(shift).astype(int)
        template = self._cut(self.reference, self.reference_mask, corner + whole, self.size)
        window = self._cut(
            self.sensed, self.sensed_mask, corner + whole - self.radius, self.size + 2 * self.radius
        )
        peak = find_peak(self.matcher.correlate(*template, *window).values)
        if peak is None:
            return float("nan")
        return float(np.hypot(peak.x - self.radius + shift[0], peak.y - self.radius + shift[1]))
