"""Points on the map canvas."""
