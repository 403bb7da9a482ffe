"""The memory budget: how large a tile may be so that matching stays within it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from ...core.errors import UsageError
from ...core.types import AlignParams
from ...matchers import PairMatcher
from .tuning import SEARCH_RADIUS_PX, SMALLEST_TILE_PX

if TYPE_CHECKING:
    from ...matchers import TemplateMatcher

_MB = 2**20


def within_budget(
    params: AlignParams, label: str, *matchers: TemplateMatcher | PairMatcher
) -> AlignParams:
    """Return the parameters with tiles small enough for the budget; as they are without one.

    Args:
        params: With `memory_mb`, 0 = no limit, and the largest tile.
        label: Name of the matcher, for the message.
        *matchers: All that compute features in the run; the hungriest counts.

    Raises:
        UsageError: not even the smallest tile would stay within the budget.
    """
    if not params.memory_mb:
        return params
    tile = params.tile_px
    for matcher in matchers:
        base = max(m.base_mb for m in matchers)
        reach = reach_px(matcher, params.template_px)
        least = base + math.ceil(matcher.bytes_per_px * (SMALLEST_TILE_PX + reach) ** 2 / _MB)
        if params.memory_mb < least:
            raise UsageError(
                f"{label} needs a memory budget of {least} MB at least.",
                "Raise the memory budget in the settings, or choose another matcher.",
            )
        side = math.sqrt((params.memory_mb - base) * _MB / matcher.bytes_per_px)
        tile = min(tile, int(side) - reach)
    return (
        params if tile == params.tile_px else replace(params, tile_px=max(tile, SMALLEST_TILE_PX))
    )


def reach_px(matcher: TemplateMatcher | PairMatcher, template_px: int | None) -> int:
    """Return how much wider than a tile the window is in which its features are computed."""
    margin, grid = 2 * matcher.margin_px, matcher.grid_px
    if isinstance(matcher, PairMatcher):
        return margin + grid
    return (template_px or max(matcher.template_limits_px)) + 4 * SEARCH_RADIUS_PX + margin + grid
