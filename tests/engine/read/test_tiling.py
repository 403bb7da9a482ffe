"""Tiles cover a grid once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.engine.read.tiling import Tile, tiles

SIDES = st.integers(1, 200)


@given(width=SIDES, height=SIDES, side=st.integers(1, 90))
def test_tiles_cover_each_pixel_once(width, height, side):
    seen = np.zeros((height, width), int)
    for tile in tiles(width, height, side):
        assert tile.width <= side
        assert tile.height <= side
        seen[tile.y0 : tile.y0 + tile.height, tile.x0 : tile.x0 + tile.width] += 1
    assert (seen == 1).all()


@given(
    width=st.integers(2, 200),
    height=st.integers(1, 200),
    x=st.integers(-50, 50),
    y=st.integers(-50, 50),
)
def test_halves_make_the_whole(width, height, x, y):
    a, b = Tile(x, y, width, height).halves()
    assert a.width * a.height + b.width * b.height == width * height
    assert (a.x0, a.y0) == (x, y)
    assert (b.x0 + b.width, b.y0 + b.height) == (x + width, y + height)


@given(
    width=SIDES,
    height=SIDES,
    x=st.integers(-250, 250),
    y=st.integers(-250, 250),
    margin=st.integers(0, 30),
)
def test_clipping_keeps_what_is_inside(width, height, x, y, margin):
    grown = Tile(x, y, 40, 30).grown(margin)
    assert (grown.width, grown.height) == (40 + 2 * margin, 30 + 2 * margin)
    clipped = grown.clipped(width, height)
    cols = set(range(grown.x0, grown.x0 + grown.width)) & set(range(width))
    rows = set(range(grown.y0, grown.y0 + grown.height)) & set(range(height))
    if clipped is None:
        assert not cols or not rows
    else:
        assert cols == set(range(clipped.x0, clipped.x0 + clipped.width))
        assert rows == set(range(clipped.y0, clipped.y0 + clipped.height))
