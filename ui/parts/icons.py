"""The plugin's own icons; their colours are readable on light and dark themes."""

from __future__ import annotations

from functools import lru_cache

from qgis.PyQt.QtGui import QIcon

from ...resources import FOLDER


@lru_cache(maxsize=64)
def icon(name: str) -> QIcon:
    """Return the icon of `resources/icons/<name>.svg`."""
    return QIcon(str(FOLDER / "icons" / f"{name}.svg"))
