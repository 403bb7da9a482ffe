"""Rectangles that cover a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """A rectangle of whole pixels.

    Attributes:
        x0: First column.
        y0: First row.
        width: Columns.
        height: Rows.
    """

    x0: int
    y0: int
    width: int
    height: int

    def halves(self) -> tuple[Tile, Tile]:
        """Cut in two across the longer side (a tile of at least two pixels)."""
        if self.width >= self.height:
            half = self.width // 2
            return Tile(self.x0, self.y0, half, self.height), Tile(
                self.x0 + half, self.y0, self.width - half, self.height
            )
        half = self.height // 2
        return Tile(self.x0, self.y0, self.width, half), Tile(
            self.x0, self.y0 + half, self.width, self.height - half
        )

    def grown(self, margin_px: int) -> Tile:
        """Return the tile with a margin on each side; it may reach outside the grid."""
        return Tile(
            self.x0 - margin_px,
            self.y0 - margin_px,
            self.width + 2 * margin_px,
            self.height + 2 * margin_px,
        )

    def clipped(self, width: int, height: int) -> Tile | None:
        """Return the part inside a grid of `width` x `height`, None where there is none."""
        x0, y0 = max(self.x0, 0), max(self.y0, 0)
        x1, y1 = min(self.x0 + self.width, width), min(self.y0 + self.height, height)
        return Tile(x0, y0, x1 - x0, y1 - y0) if x1 > x0 and y1 > y0 else None


def tiles(width: int, height: int, side_px: int) -> Iterator[Tile]:
    """Cover a grid with square tiles row by row, the last of each row and column cut to the
    grid.
    """
    for y0 in range(0, height, side_px):
        for x0 in range(0, width, side_px):
            yield Tile(x0, y0, min(side_px, width - x0), min(side_px, height - y0))
