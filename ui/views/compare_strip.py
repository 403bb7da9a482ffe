"""The compare strip of the dock: preview, how to compare, what, and how much."""

from __future__ import annotations

from qgis.core import QgsMapLayerProxyModel
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..parts.icons import icon
from ..parts.text import fill, tr
from .compare_view import CHECKER, EDGES, FLICKER, MODES, OFF, OPACITY, RED_CYAN, SWIPE

# mode: label, tooltip, what the slider says, its range, its start, slider steps a unit
_LOOKS = {
    SWIPE: (
        "Swipe",
        "Drag the divider on the map; drag it along itself to turn it",
        "{0:.0f} %",
        (0, 100),
        50,
        1,
    ),
    FLICKER: (
        "Flicker",
        "The two layers in turns; the eye sees what jumps (Space)",
        "{0:.1f} / s",
        (2, 100),
        1,
        10,
    ),
    CHECKER: (
        "Checkerboard",
        "Squares of both; look for lines that break at the borders",
        "{0:.0f} px",
        (16, 300),
        90,
        1,
    ),
    EDGES: (
        "Edges",
        "The edges of the upper layer, in yellow, over the lower one",
        "{0:.0f} %",
        (2, 80),
        22,
        1,
    ),
    RED_CYAN: (
        "Red-cyan",
        "One layer in red, the other in cyan: fringes show a shift, grey shows agreement",
        "",
        (0, 1),
        0,
        1,
    ),
    OPACITY: ("Opacity", "The upper layer, see-through", "{0:.0f} %", (0, 100), 50, 1),
}


class CompareStrip(QWidget):
    """Emits what is wanted; knows nothing of the map."""

    preview_toggled = pyqtSignal(bool)
    mode_changed = pyqtSignal(str)
    amount_changed = pyqtSignal(str, float)
    swap_changed = pyqtSignal(bool)
    before_after_requested = pyqtSignal()
    layer_changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._mode = OFF
        self._values = {mode: float(look[4]) for mode, look in _LOOKS.items()}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(1)
        self.preview_button = self._button(
            "preview",
            tr("Live preview"),
            tr(
                "Show the sensed raster warped with the points as they are now; a "
                "virtual layer, nothing is written"
            ),
        )
        self.preview_button.setText(tr("Preview"))
        self.preview_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.preview_button.setCheckable(True)
        self.preview_button.toggled.connect(self.preview_toggled)
        row.addWidget(self.preview_button)
        self.before_button = self._button(
            "beforeAfter",
            tr("Before / after"),
            tr("The sensed raster as it lies, or as it will lie (B)"),
        )
        self.before_button.clicked.connect(
            lambda _checked=False: self.before_after_requested.emit()
        )
        row.addWidget(self.before_button)
        row.addStretch(1)
        self.mode_buttons: dict[str, QToolButton] = {}
        for mode in MODES:
            button = self._button(mode, tr(_LOOKS[mode][0]), tr(_LOOKS[mode][1]))
            button.setCheckable(True)
            button.clicked.connect(lambda checked, m=mode: self.set_mode(m if checked else OFF))
            self.mode_buttons[mode] = button
            row.addWidget(button)
        layout.addLayout(row)
        layout.addWidget(self._make_details())
        self.set_mode(OFF)

    def _make_details(self) -> QWidget:
        self.details = QWidget()
        row = QHBoxLayout(self.details)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.layer_combo = QgsMapLayerComboBox()
        self.layer_combo.setObjectName("compareLayer")
        self.layer_combo.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.layer_combo.setToolTip(
            tr(
                "What is compared with the reference: the live preview, the sensed "
                "raster as it lies, or a written result"
            )
        )
        self.layer_combo.setAccessibleName(tr("Compared layer"))
        self.layer_combo.setMinimumContentsLength(8)
        self.layer_combo.setSizeAdjustPolicy(
            QgsMapLayerComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.layer_combo.layerChanged.connect(lambda _layer: self.layer_changed.emit())
        row.addWidget(self.layer_combo, 3)
        self.swap_button = self._button("exchange", tr("Exchange"), tr("What is above goes below"))
        self.swap_button.setCheckable(True)
        self.swap_button.toggled.connect(self.swap_changed)
        row.addWidget(self.swap_button)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("compareAmount")
        self.slider.setMinimumWidth(60)
        self.slider.valueChanged.connect(self._slide)
        row.addWidget(self.slider, 2)
        self.value_label = QLabel()
        self.value_label.setMinimumWidth(self.fontMetrics().horizontalAdvance("10.0 / s") + 4)
        self.value_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.value_label)
        return self.details

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{name}Button")
        button.setIcon(icon(name))
        button.setToolTip(f"<b>{text}</b><br>{tip}")
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        return button

    @property
    def mode(self) -> str:
        """How is compared, or OFF."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Choose how to compare."""
        changed, self._mode = mode != self._mode, mode
        for key, button in self.mode_buttons.items():
            button.setChecked(key == mode)
        self.details.setVisible(mode != OFF)
        if mode != OFF:
            _, tip, _, limits, _, steps = _LOOKS[mode]
            with_amount = mode != RED_CYAN
            self.slider.setVisible(with_amount)
            self.value_label.setVisible(with_amount)
            blocked = self.slider.blockSignals(True)
            self.slider.setRange(*limits)
            self.slider.setValue(round(self._values[mode] * steps))
            self.slider.blockSignals(blocked)
            self.slider.setToolTip(tr(tip))
            self.slider.setAccessibleName(tr(_LOOKS[mode][0]))
            self._tell_value()
        if changed:
            self.mode_changed.emit(mode)

    def show_amount(self, mode: str, value: float) -> None:
        """Follow an amount that was changed elsewhere."""
        self._values[mode] = value
        if mode == self._mode:
            blocked = self.slider.blockSignals(True)
            self.slider.setValue(round(value * _LOOKS[mode][5]))
            self.slider.blockSignals(blocked)
            self._tell_value()

    def _slide(self, position: int) -> None:
        self._values[self._mode] = position / _LOOKS[self._mode][5]
        self._tell_value()
        self.amount_changed.emit(self._mode, self._values[self._mode])

    def _tell_value(self) -> None:
        self.value_label.setText(fill(tr(_LOOKS[self._mode][2]), self._values[self._mode]))
