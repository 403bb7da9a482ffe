"""The plugin's own icons; their colours are readable on light and dark themes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from qgis.PyQt.QtGui import QIcon

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"


@lru_cache(maxsize=64)
def icon(name: str) -> QIcon:
    """Return the icon of `resources/icons/<name>.svg`."""
    return QIcon(str(FOLDER / f"{name}.svg"))
