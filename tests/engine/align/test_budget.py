"""The memory budget makes tiles smaller, never larger, and refuses what cannot be done within
it.
"""

from __future__ import annotations

import pytest
from sar_optical_align.plugin.core.errors import UsageError
from sar_optical_align.plugin.core.types import AlignParams
from sar_optical_align.plugin.engine.align.budget import (
    reach_px,
    within_budget,
)
from sar_optical_align.plugin.engine.align.tuning import SMALLEST_TILE_PX
from sar_optical_align.plugin.matchers import create
from torch_there import matchers

MATCHERS = (
    "cfog",
    "gradient_ncc",
    "phase_congruency",
    "mutual_information",
    "sift",
    "kd_cfm",
    "soma",
    "msa_net",
)


@pytest.mark.parametrize("key", matchers(MATCHERS))
def test_the_windows_of_all_tiles_stay_within_the_budget(key):
    matcher = create(key)
    sides = []
    for budget in (1100, 1200, 1400, 2000, 4000, 16000):
        params = within_budget(AlignParams(memory_mb=budget, tile_px=2048), key, matcher)
        window = params.tile_px + reach_px(matcher, None)
        assert SMALLEST_TILE_PX <= params.tile_px <= 2048
        assert matcher.base_mb + matcher.bytes_per_px * window**2 / 2**20 <= budget
        sides.append(params.tile_px)
    assert sides == sorted(sides)
    assert sides[-1] == 2048
    assert sides[0] < 2048 or matcher.bytes_per_px < 150


def test_without_a_budget_nothing_changes():
    params = AlignParams(tile_px=4096)
    assert within_budget(params, "CFOG", create("cfog")) is params


def test_the_hungriest_matcher_counts():
    hungry, modest = create("phase_congruency"), create("cfog")
    params = AlignParams(memory_mb=700)
    assert (
        within_budget(params, "x", modest, hungry).tile_px
        == within_budget(params, "x", hungry).tile_px
        < within_budget(params, "x", modest).tile_px
    )


def test_too_little_is_refused_with_what_is_needed():
    with pytest.raises(
        UsageError, match=r"CFOG needs a memory budget of \d+ MB at least"
    ) as caught:
        within_budget(AlignParams(memory_mb=100), "CFOG", create("cfog"))
    needed = int(caught.value.message.split()[6])
    assert (
        within_budget(AlignParams(memory_mb=needed), "CFOG", create("cfog")).tile_px
        >= SMALLEST_TILE_PX
    )
