"""Where and how the warped raster is written."""

from __future__ import annotations

from itertools import pairwise

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QSize, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...plugin.core.types import WarpParams
from ..parts.hints import hint_file
from ..parts.icons import icon
from ..parts.palette import soften
from ..parts.params_form import ParamsForm
from ..parts.text import tr
from ..views.siblings_list import SiblingsList


class WarpPanel(QWidget):
    """Emits `warp_requested`; the input is never touched."""

    warp_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        self.model_line = QLabel()
        self.model_line.setObjectName("warpModel")
        self.model_line.setWordWrap(True)
        layout.addWidget(self.model_line)
        self.output = QgsFileWidget()
        self.output.setObjectName("outputFile")
        self.output.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.output.setFilter("GeoTIFF (*.tif)")
        self.output.setDialogTitle(tr("Warped raster"))
        self.output.lineEdit().setPlaceholderText(tr("a new GeoTIFF"))
        hint_file(
            self.output,
            tr("Output file"),
            tr("Where the warped raster is written; nothing is overwritten without asking"),
        )
        self.form = ParamsForm(WarpParams)
        self.form.layout().insertRow(0, tr("O&utput file"), self.output)
        layout.addWidget(self.form)
        self.siblings = SiblingsList()
        layout.addWidget(self.siblings)
        note = QLabel(
            tr(
                "All bands, the data type and nodata are kept. The file appears when it "
                "is complete; the sensed raster itself is never changed. Resample SAR in power or "
                "amplitude rather than in decibel."
            )
        )
        note.setWordWrap(True)
        soften(note)
        layout.addWidget(note)
        self.button = QPushButton(icon("warp"), tr("&Warp"))
        self.button.setObjectName("warpButton")
        self.button.setToolTip(
            tr(
                "Write the sensed raster, warped with the fit as it is, and the layers "
                "that are ticked"
            )
        )
        self.button.setMinimumHeight(34)
        self.button.setIconSize(QSize(20, 20))
        self.button.setEnabled(False)
        self.button.clicked.connect(self.warp_requested)
        layout.addWidget(self.button)
        layout.addStretch(1)
        order = [
            self.output.lineEdit(),
            *self.output.findChildren(QToolButton),
            *self.form.editors(),
            self.siblings.list,
            self.button,
        ]
        for before, after in pairwise(order):
            self.setTabOrder(before, after)
        self.form.changed.connect(self._follow_form)
        self._follow_form()
        self.set_fit("")

    def _follow_form(self) -> None:
        """Grey out what does not count where pixels are kept."""
        resampled = not self.form.findChild(QWidget, "param_keep_pixels").isChecked()
        for name in ("resampling", "output_gsd", "match_reference_grid"):
            self.form.findChild(QWidget, f"param_{name}").setEnabled(resampled)

    def warp_params(self) -> WarpParams:
        """Return the choices."""
        return WarpParams(**self.form.values())

    def set_unit(self, unit: str) -> None:
        """Show the unit of the reference's CRS."""
        self.form.set_unit("output_gsd", unit)

    def set_fit(self, text: str) -> None:
        """Show what would be applied; "" = there is no fit."""
        self.model_line.setText(
            text or tr("There is no fit yet: find, import or add points first.")
        )
