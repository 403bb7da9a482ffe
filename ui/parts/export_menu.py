"""What can be taken out of a review."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QMenu, QToolButton, QWidget

from .icons import icon
from .text import tr


class ExportMenu(QMenu):
    """Hangs on the review's export button."""

    points_requested = pyqtSignal()
    layer_requested = pyqtSignal()
    script_requested = pyqtSignal()
    command_requested = pyqtSignal()
    report_requested = pyqtSignal()

    def __init__(self, button: QToolButton, parent: QWidget | None = None) -> None:
        super().__init__(parent or button)
        self.setObjectName("exportMenu")
        self.setToolTipsVisible(True)
        for name, text, tip, signal in (
            (
                "points",
                tr("Control points …"),
                tr("As .points (QGIS Georeferencer), .csv or .geojson, with states and residuals"),
                self.points_requested,
            ),
            (
                "layer",
                tr("Add points as a layer"),
                tr(
                    "The review's own points as a styled layer of the project; it "
                    "follows every edit"
                ),
                self.layer_requested,
            ),
            (
                "script",
                tr("GDAL script …"),
                tr(
                    "gdal_translate and gdalwarp with the points in the fit, for Linux "
                    "and macOS (.sh) or Windows (.bat)"
                ),
                self.script_requested,
            ),
            (
                "command",
                tr("Copy as Processing command"),
                tr(
                    "The line of qgis_process that does the run again with the same "
                    "parameters, to the clipboard"
                ),
                self.command_requested,
            ),
            (
                "report",
                tr("Report …"),
                tr(
                    "Maps before and after, best and worst points, residuals, models and "
                    "where all of it comes from, as PDF or HTML"
                ),
                self.report_requested,
            ),
        ):
            action = self.addAction(text)
            action.setObjectName(f"{name}Action")
            action.setToolTip(tip)
            action.triggered.connect(lambda _checked=False, s=signal: s.emit())
        button.setIcon(icon("export"))
        button.setMenu(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
