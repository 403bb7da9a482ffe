"""What is drawn at the points on the map: vectors, how long, and ellipses."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout

from ..canvas.canvas_points import DISPLACEMENT, NO_VECTORS, RESIDUAL
from ..parts.buttons import toggle_button
from ..parts.text import tr


class VectorChoice(QHBoxLayout):
    """A part of the review panel; each kind of vector keeps its own scale."""

    changed = pyqtSignal(str, float)
    ellipses_toggled = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(1)
        self._make_mode()
        self._make_scale()
        self._scales = {RESIDUAL: 20.0, DISPLACEMENT: 1.0, NO_VECTORS: 1.0}
        self.mode.currentIndexChanged.connect(self._change_mode)
        self.scale.valueChanged.connect(self._change_scale)
        self.addWidget(self.mode, 1)
        self.addWidget(self.scale)
        self.ellipses = toggle_button(
            "ellipse",
            tr("Ellipses"),
            tr(
                "Draw the 95 % ellipses of the places on the map, enlarged like the "
                "vectors: 2.45 standard deviations, from the shape of the peaks."
                "<br>With more than 2000 points in view, those of the selected points only"
            ),
            self.ellipses_toggled.emit,
        )
        self.addWidget(self.ellipses)

    def _make_mode(self) -> None:
        self.mode = QComboBox()
        self.mode.setObjectName("vectorMode")
        self.mode.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.mode.setMinimumContentsLength(6)
        self.mode.setToolTip(tr("Vectors drawn at the points on the map"))
        self.mode.setAccessibleName(tr("Vectors"))
        for mode, label, tip in (
            (RESIDUAL, tr("Residuals"), tr("From the point to where the fit puts it")),
            (
                DISPLACEMENT,
                tr("Displacements"),
                tr("From where the sensed raster lies now to its place in the reference"),
            ),
            (NO_VECTORS, tr("No vectors"), tr("Points only")),
        ):
            self.mode.addItem(label, mode)
            self.mode.setItemData(self.mode.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _make_scale(self) -> None:
        self.scale = QDoubleSpinBox()
        self.scale.setObjectName("vectorScale")
        self.scale.setAccessibleName(tr("Scale of the vectors"))
        self.scale.setPrefix("× ")
        self.scale.setRange(1, 1000)
        self.scale.setDecimals(0)
        self.scale.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.scale.setToolTip(tr("How much longer than life the vectors on the map are drawn"))
        self.scale.setValue(20)

    def _change_mode(self) -> None:
        mode = self.mode.currentData()
        blocked = self.scale.blockSignals(True)
        self.scale.setValue(self._scales[mode])
        self.scale.blockSignals(blocked)
        self.scale.setEnabled(mode != NO_VECTORS)
        self.changed.emit(mode, self.scale.value())

    def _change_scale(self, value: float) -> None:
        self._scales[self.mode.currentData()] = value
        self.changed.emit(self.mode.currentData(), value)
