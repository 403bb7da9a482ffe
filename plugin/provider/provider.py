"""The Processing provider."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .assess import AssessGcps
from .matching import MatchImages, RegisterImages
from .points import ExportPoints, ImportPoints
from .warping import WarpRaster

ICON = Path(__file__).resolve().parent.parent.parent / "resources" / "icons" / "align.svg"


class AlignProvider(QgsProcessingProvider):
    """SAR-Optical Align in the toolbox, in models and in `qgis_process`."""

    def id(self) -> str:
        """Return the stable identifier."""
        return "sar_optical_align"

    def name(self) -> str:
        """Return the name shown."""
        return "SAR-Optical Align"

    def icon(self) -> QIcon:
        """Return the icon."""
        return QIcon(str(ICON))

    def loadAlgorithms(self) -> None:  # noqa: N802
        """Add the algorithms."""
        for cls in (RegisterImages, MatchImages, AssessGcps, WarpRaster, ImportPoints, ExportPoints):
            self.addAlgorithm(cls())
