"""Pixels, maps and grids."""
