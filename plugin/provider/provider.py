"""The Processing provider."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .adaptnetwork import AdaptNetwork
from .algorithm import ICON
from .assessgcps import AssessGcps
from .exportpoints import ExportPoints
from .importpoints import ImportPoints
from .matchimages import MatchImages
from .registerimages import RegisterImages
from .warpraster import WarpRaster
from .warpvector import WarpVector

ALGORITHMS = (
    RegisterImages,
    MatchImages,
    WarpRaster,
    WarpVector,
    AssessGcps,
    ImportPoints,
    ExportPoints,
    AdaptNetwork,
)


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

    def svgIconPath(self) -> str:  # noqa: N802 - QGIS' name
        """Return the icon's file."""
        return str(ICON)

    def supportedOutputRasterLayerExtensions(self) -> list[str]:  # noqa: N802
        """Return what rasters are written as."""
        return ["tif", "tiff"]

    def defaultRasterFileExtension(self) -> str:  # noqa: N802
        """Return what rasters are written as where nothing is said."""
        return "tif"

    def loadAlgorithms(self) -> None:  # noqa: N802
        """Add the algorithms."""
        for cls in ALGORITHMS:
            self.addAlgorithm(cls())
