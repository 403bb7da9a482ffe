"""The dock: choose two layers, find tie points, review them, warp."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsMapLayerProxyModel
from qgis.gui import QgsCollapsibleGroupBox, QgsDockWidget, QgsMapLayerComboBox, QgsRasterBandComboBox
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QShortcut,
    QSizePolicy,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..plugin.core.types import MODEL_LABELS, AlignParams
from ..plugin.engine.matchers import all_specs, resolve_auto
from .params_form import ParamsForm
from .text import tr
from .review_panel import ReviewPanel
from .warp_panel import WarpPanel


class AlignDock(QgsDockWidget):
    """Widgets and signals only; the controller does the work."""

    match_requested = pyqtSignal()
    cancel_requested = pyqtSignal()
    settings_requested = pyqtSignal()
    help_requested = pyqtSignal()
    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()
    model_changed = pyqtSignal(str)

    def __init__(self, params: AlignParams, parent: QWidget | None = None) -> None:
        super().__init__(tr("SAR-Optical Align"), parent)
        self.setObjectName("SarOpticalAlignDock")
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(6, 6, 6, 6)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("alignTabs")
        self.tabs.addTab(self._scrolled(self._make_match_tab(params)), tr("1  Match"))
        self.review = ReviewPanel()
        self.tabs.addTab(self.review, tr("2  Review"))
        self.warp = WarpPanel()
        self.tabs.addTab(self._scrolled(self.warp), tr("3  Warp"))
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self._make_footer())
        self.setWidget(body)
        for keys, signal in ((QKeySequence.StandardKey.Undo, self.undo_requested), ("Ctrl+Y", self.redo_requested), ("Ctrl+Shift+Z", self.redo_requested)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(signal)
        self.set_running(False)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the preferred size."""
        return QSize(430, 760)

    # --- tabs

    @staticmethod
    def _scrolled(widget: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(widget)
        return area

    def _make_match_tab(self, params: AlignParams) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.reference_combo, self.reference_band = self._layer_row(form, tr("Reference"), tr("Stays where it is; usually the optical image"), "reference")
        self.sensed_combo, self.sensed_band = self._layer_row(form, tr("Sensed"), tr("Is moved onto the reference; usually the SAR image"), "sensed")
        swap = QToolButton()
        swap.setObjectName("swapButton")
        swap.setText(tr("Swap reference and sensed"))
        swap.clicked.connect(self._swap)
        form.addRow("", swap)
        self.matcher_combo = QComboBox()
        self.matcher_combo.setObjectName("matcherCombo")
        specs = all_specs()
        self.matcher_combo.addItem(tr("Automatic"), "auto")
        for spec in specs.values():
            self.matcher_combo.addItem(spec.label, spec.key)
            self.matcher_combo.setItemData(self.matcher_combo.count() - 1, tr(spec.summary), Qt.ItemDataRole.ToolTipRole)
        self.matcher_combo.setCurrentIndex(max(0, self.matcher_combo.findData(params.matcher)))
        self.matcher_combo.currentIndexChanged.connect(self._show_matcher_form)
        form.addRow(tr("Matcher"), self.matcher_combo)
        self.model_combo = QComboBox()
        self.model_combo.setObjectName("modelCombo")
        for key, label in MODEL_LABELS.items():
            self.model_combo.addItem(tr(label), key)
        self.model_combo.setCurrentIndex(max(0, self.model_combo.findData(params.model)))
        self.model_combo.setToolTip(tr("Transform fitted to the tie points; automatic takes the simplest that predicts left-out areas as well as the best"))
        self.model_combo.currentIndexChanged.connect(lambda: self.model_changed.emit(self.model_combo.currentData()))
        form.addRow(tr("Model"), self.model_combo)
        layout.addLayout(form)
        self.basic_form = ParamsForm(AlignParams, params, advanced=False, skip=("matcher", "model"))
        layout.addWidget(self.basic_form)
        self.advanced_box = QgsCollapsibleGroupBox(tr("Advanced"))
        self.advanced_box.setCollapsed(True)
        inner = QVBoxLayout(self.advanced_box)
        self.advanced_form = ParamsForm(AlignParams, params, advanced=True)
        inner.addWidget(self.advanced_form)
        self.matcher_box = QWidget()
        self._matcher_layout = QVBoxLayout(self.matcher_box)
        self._matcher_layout.setContentsMargins(0, 6, 0, 0)
        inner.addWidget(self.matcher_box)
        layout.addWidget(self.advanced_box)
        self.matcher_form: ParamsForm | None = None
        self._show_matcher_form()
        self.notice = QLabel()
        self.notice.setObjectName("noticeLabel")
        self.notice.setWordWrap(True)
        self.notice.setVisible(False)
        self.notice_button = QPushButton(tr("Open settings"))
        self.notice_button.setVisible(False)
        self.notice_button.clicked.connect(self.settings_requested)
        layout.addWidget(self.notice)
        layout.addWidget(self.notice_button)
        self.run_button = QPushButton(tr("Find tie points"))
        self.run_button.setObjectName("runButton")
        self.run_button.setMinimumHeight(32)
        self.run_button.clicked.connect(self.match_requested)
        layout.addWidget(self.run_button)
        layout.addStretch(1)
        return page

    def _layer_row(self, form: QFormLayout, label: str, tip: str, name: str) -> tuple[QgsMapLayerComboBox, QgsRasterBandComboBox]:
        combo = QgsMapLayerComboBox()
        combo.setObjectName(f"{name}Combo")
        combo.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        combo.setToolTip(tip)
        combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        band = QgsRasterBandComboBox()
        band.setObjectName(f"{name}Band")
        band.setShowNotSetOption(True, tr("auto"))
        band.setToolTip(tr("Band to compare; auto takes grey from red, green and blue, or the first SAR band"))
        band.setMaximumWidth(110)
        combo.layerChanged.connect(lambda layer, b=band: self._follow_layer(b, layer))
        self._follow_layer(band, combo.currentLayer())
        row = QHBoxLayout()
        row.addWidget(combo, 1)
        row.addWidget(band)
        form.addRow(label, row)
        return combo, band

    @staticmethod
    def _follow_layer(band: QgsRasterBandComboBox, layer: QgsMapLayer | None) -> None:
        band.setLayer(layer)
        band.setBand(-1)

    def _make_footer(self) -> QVBoxLayout:
        footer = QVBoxLayout()
        row = QHBoxLayout()
        self.progress = QProgressBar()
        self.progress.setObjectName("progressBar")
        self.progress.setRange(0, 100)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setObjectName("cancelButton")
        self.cancel_button.clicked.connect(self.cancel_requested)
        help_button = QToolButton()
        help_button.setText(tr("Help"))
        help_button.setObjectName("helpButton")
        help_button.clicked.connect(self.help_requested)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(help_button)
        self.status = QLabel(tr("Choose two layers and press Find tie points."))
        self.status.setObjectName("statusLabel")
        self.status.setWordWrap(True)
        footer.addWidget(self.status)
        footer.addLayout(row)
        return footer

    def _show_matcher_form(self) -> None:
        key = resolve_auto(self.matcher_combo.currentData())
        if self.matcher_form is not None:
            self.matcher_form.setParent(None)
            self.matcher_form.deleteLater()
        self.matcher_form = ParamsForm(all_specs()[key].params)
        self._matcher_layout.addWidget(self.matcher_form)
        self.matcher_combo.setToolTip(tr(all_specs()[key].summary))

    def _swap(self) -> None:
        reference, sensed = self.reference_combo.currentLayer(), self.sensed_combo.currentLayer()
        bands = self.reference_band.currentBand(), self.sensed_band.currentBand()
        self.reference_combo.setLayer(sensed)
        self.sensed_combo.setLayer(reference)
        self.reference_band.setBand(bands[1])
        self.sensed_band.setBand(bands[0])

    # --- for the controller

    def param_values(self) -> dict[str, object]:
        """Return the values of `AlignParams` as chosen."""
        values = {**self.basic_form.values(), **self.advanced_form.values()}
        values["matcher"] = self.matcher_combo.currentData()
        values["model"] = self.model_combo.currentData()
        values["matcher_params"] = self.matcher_form.values() if self.matcher_form is not None else {}
        return values

    def set_model(self, key: str) -> None:
        """Show another model without telling of it."""
        blocked = self.model_combo.blockSignals(True)
        self.model_combo.setCurrentIndex(max(0, self.model_combo.findData(key)))
        self.model_combo.blockSignals(blocked)

    def set_running(self, running: bool) -> None:
        """Show whether something runs."""
        self.run_button.setEnabled(not running)
        self.cancel_button.setVisible(running)
        self.progress.setVisible(running)
        if running:
            self.progress.setValue(0)

    def set_status(self, text: str) -> None:
        """Show a line above the progress bar."""
        self.status.setText(text)

    def set_notice(self, text: str) -> None:
        """Show what keeps "Find tie points" from working, with a button to the settings; "" hides it."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))
        self.notice_button.setVisible(bool(text))
