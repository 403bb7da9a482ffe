"""Where and how the warped raster is written."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..plugin.core.types import WarpParams
from .params_form import ParamsForm
from .text import tr


class WarpPanel(QWidget):
    """Emits `warp_requested`; the input is never touched."""

    warp_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.output = QgsFileWidget()
        self.output.setObjectName("outputFile")
        self.output.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.output.setFilter("GeoTIFF (*.tif)")
        form.addRow(tr("Output"), self.output)
        layout.addLayout(form)
        self.form = ParamsForm(WarpParams)
        layout.addWidget(self.form)
        note = QLabel(tr("All bands, the data type and nodata are kept. The output appears when it is complete; the sensed raster itself is never changed."))
        note.setWordWrap(True)
        layout.addWidget(note)
        self.button = QPushButton(tr("Warp"))
        self.button.setObjectName("warpButton")
        self.button.setMinimumHeight(32)
        self.button.clicked.connect(self.warp_requested)
        layout.addWidget(self.button)
        layout.addStretch(1)

    def warp_params(self) -> WarpParams:
        """Return the choices."""
        return WarpParams(**self.form.values())
