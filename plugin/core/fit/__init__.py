"""Transformations, how they are fitted to points, and how good they are."""
