"""Translation of what the user reads, and numbers with their units."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from qgis.core import QgsCoordinateReferenceSystem, QgsUnitTypes
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontMetrics

from ...plugin.core.wording import explained, fill, number, tr

__all__ = ["as_text", "explained", "fill", "length", "longest_fitting", "map_unit", "number", "tr"]


def as_text(text: str) -> str:
    """Return what shows a text as it is wherever Qt takes markup: names of files and layers, and
    what others wrote, are no markup.
    """
    return f"<span>{html.escape(text, quote=False)}</span>" if "<" in text or "&" in text else text


def length(value: float, unit: str) -> str:
    """Return a length with its unit, about three digits, and a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    if unit == "px":
        return f"{number(value, '.2f')} px"
    size = abs(value)
    digits = (
        0
        if size >= 100
        else 1
        if size >= 10
        else 2
        if size >= 0.1 or size == 0
        else min(8, 2 - math.floor(math.log10(size)))
    )
    return f"{number(value, f'.{digits}f')} {unit}".rstrip()


def longest_fitting(texts: Sequence[str], metrics: QFontMetrics, width: float) -> str:
    """Return the first of several wordings that fits into a width, the last one cut where none
    does.
    """
    fitting = (t for t in texts if metrics.horizontalAdvance(t) <= width)
    return next(fitting, None) or metrics.elidedText(
        texts[-1], Qt.TextElideMode.ElideRight, int(width)
    )


def map_unit(crs: QgsCoordinateReferenceSystem) -> str:
    """Return the unit of a CRS ("m", "deg"), "px" without one."""
    return QgsUnitTypes.toAbbreviatedString(crs.mapUnits()) if crs.isValid() else "px"
