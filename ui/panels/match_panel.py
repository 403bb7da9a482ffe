"""What to match with what, and how."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsMapLayer, QgsMapLayerProxyModel
from qgis.gui import QgsCollapsibleGroupBox, QgsMapLayerComboBox, QgsRasterBandComboBox
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...plugin.core.run.preflight import Finding
from ...plugin.core.types import MODEL_LABELS, AlignParams
from ...plugin.matchers import MatcherSpec, all_specs
from ..parts.hints import hint_box
from ..parts.icons import icon
from ..parts.params_form import ParamsForm
from ..parts.text import as_text, fill, map_unit, tr
from ..views.checks_list import ChecksList

_BASIC = ("search_radius", "working_gsd")
_ELSEWHERE = (
    "matcher",
    "model",
    "device",
    "threads",
    "memory_mb",
    *_BASIC,
)  # the computer's are on the settings page


class MatchPanel(QWidget):
    """Layers, bands, matcher, model and parameters of a run."""

    match_requested = pyqtSignal()
    settings_requested = pyqtSignal()
    model_changed = pyqtSignal(str)
    pair_changed = pyqtSignal()
    params_changed = pyqtSignal()

    def __init__(self, params: AlignParams, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running, self._blocked = False, False
        self._adapted = ("", "")
        layout = QVBoxLayout(self)
        layout.addWidget(self._make_notice())
        layout.addLayout(self._make_layers())
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._make_choices(form, params)
        layout.addLayout(form)
        self.basic_form = ParamsForm(AlignParams, params, only=_BASIC)
        layout.addWidget(self.basic_form)
        self.checks = ChecksList()
        layout.addWidget(self.checks)
        self.run_button = QPushButton(icon("run"), tr("&Find tie points"))
        self.run_button.setObjectName("runButton")
        self.run_button.setMinimumHeight(34)
        self.run_button.setIconSize(QSize(18, 18))
        self.run_button.clicked.connect(self.match_requested)
        self.advanced_box = QgsCollapsibleGroupBox(tr("Advanced"))
        self.advanced_box.setObjectName("alignAdvanced")
        self.advanced_box.setSaveCollapsedState(False)
        self.advanced_box.setCollapsed(True)
        hint_box(self.advanced_box)
        inner = QVBoxLayout(self.advanced_box)
        self.advanced_form = ParamsForm(AlignParams, params, skip=_ELSEWHERE)
        inner.addWidget(self.advanced_form)
        for part in (self.basic_form, self.advanced_form):
            part.changed.connect(self.params_changed)
        layout.addLayout(self._make_run_row())
        layout.addWidget(self.matcher_box)
        layout.addWidget(self.advanced_box)
        layout.addStretch(1)
        self._show_matcher_form()
        self._align_captions(form, self.basic_form.layout())
        self._follow_pair()

    # --- parts

    def _make_run_row(self) -> QHBoxLayout:
        self.adapt_button = QToolButton()
        self.adapt_button.setObjectName("adaptButton")
        self.adapt_button.setToolTip(
            tr(
                "<b>Adapt</b><br>Train the network on this scene, from the points of the "
                "review; discard what was adapted"
            )
        )
        self.adapt_button.setAccessibleName(tr("Adapt"))
        self.adapt_button.setIconSize(QSize(20, 20))
        self.adapt_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout()
        row.addWidget(self.run_button, 1)
        row.addWidget(self.adapt_button)
        return row

    def _make_notice(self) -> QFrame:
        self.notice_frame = QFrame()
        self.notice_frame.setObjectName("noticeFrame")
        self.notice_frame.setStyleSheet(
            "#noticeFrame { background: #FFF3CD; border: 1px solid #E0B84C; "
            "border-radius: 4px; } #noticeFrame QLabel { color: #4A3900; }"
        )
        column = QVBoxLayout(self.notice_frame)
        self.notice = QLabel()
        self.notice.setObjectName("noticeLabel")
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.setWordWrap(True)
        self.notice_button = QPushButton(icon("settings"), tr("Set up matching …"))
        self.notice_button.setObjectName("noticeButton")
        self.notice_button.setToolTip(
            tr("Open the settings, where the Python for matching is made or chosen")
        )
        self.notice_button.clicked.connect(self.settings_requested)
        column.addWidget(self.notice)
        column.addWidget(self.notice_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.notice_frame.setVisible(False)
        return self.notice_frame

    def _make_layers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        rows = (
            ("reference", tr("&Reference"), tr("Stays where it is; usually the optical image")),
            ("sensed", tr("&Sensed"), tr("Is moved onto the reference; usually the SAR image")),
        )
        widgets, self._captions = [], []
        for row, (name, label, tip) in enumerate(rows):
            combo, band = QgsMapLayerComboBox(), QgsRasterBandComboBox()
            combo.setObjectName(f"{name}Combo")
            combo.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
            combo.setAllowEmptyLayer(True, tr("choose a raster layer"))
            combo.setToolTip(tip)
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            band.setObjectName(f"{name}Band")
            band.setShowNotSetOption(True, tr("band: auto"))
            band.setToolTip(
                tr(
                    "Band to compare; auto takes grey from red, green and blue, or the "
                    "first SAR band"
                )
            )
            band.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            combo.layerChanged.connect(lambda layer, b=band: self._follow_layer(b, layer))
            self._follow_layer(band, combo.currentLayer())
            band.setAccessibleName(tr("Band"))
            caption = QLabel(label)
            caption.setBuddy(combo)
            caption.setToolTip(tip)
            self._captions.append(caption)
            grid.addWidget(caption, 2 * row, 0)
            grid.addWidget(combo, 2 * row, 1)
            grid.addWidget(band, 2 * row + 1, 1)
            widgets += [combo, band]
        self.reference_combo, self.reference_band, self.sensed_combo, self.sensed_band = widgets
        self.swap_button = QToolButton()
        self.swap_button.setObjectName("swapButton")
        self.swap_button.setIcon(icon("swap"))
        self.swap_button.setIconSize(QSize(20, 20))
        self.swap_button.setToolTip(tr("Swap reference and sensed"))
        self.swap_button.setAccessibleName(tr("Swap reference and sensed"))
        self.swap_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.swap_button.clicked.connect(self._swap)
        grid.addWidget(self.swap_button, 0, 2, 4, 1)
        return grid

    def _align_captions(self, *forms: QFormLayout) -> None:
        """Let the fields of all parts begin at one line."""
        captions = list(self._captions)
        for form in forms:
            items = (form.itemAt(i, QFormLayout.ItemRole.LabelRole) for i in range(form.rowCount()))
            captions += [item.widget() for item in items if item is not None]
        width = max(caption.sizeHint().width() for caption in captions)
        for caption in captions:
            caption.setMinimumWidth(width)

    def _make_choices(self, form: QFormLayout, params: AlignParams) -> None:
        self.matcher_combo, self.model_combo = QComboBox(), QComboBox()
        self.matcher_combo.setObjectName("matcherCombo")
        self.matcher_combo.addItem(tr("Automatic (most accurate)"), "auto")
        for spec in all_specs().values():
            self.matcher_combo.addItem(tr(spec.label), spec.key)
            self.matcher_combo.setItemData(
                self.matcher_combo.count() - 1, _described(spec), Qt.ItemDataRole.ToolTipRole
            )
        self.matcher_combo.setCurrentIndex(max(0, self.matcher_combo.findData(params.matcher)))
        self.model_combo.setObjectName("modelCombo")
        for key, label in MODEL_LABELS.items():
            self.model_combo.addItem(tr(label), key)
        self.model_combo.setCurrentIndex(max(0, self.model_combo.findData(params.model)))
        self.model_combo.setToolTip(
            tr(
                "Transform fitted to the tie points. Automatic takes the simplest model "
                "whose hold-out RMSE is within one standard error of the best."
            )
        )
        for combo in (self.matcher_combo, self.model_combo):
            combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        form.addRow(tr("&Matcher"), self.matcher_combo)
        form.addRow(tr("M&odel"), self.model_combo)
        self.matcher_box = QgsCollapsibleGroupBox(tr("Matcher"))
        self.matcher_box.setObjectName("alignMatcherParams")
        self.matcher_box.setSaveCollapsedState(False)
        self.matcher_box.setCollapsed(True)
        hint_box(self.matcher_box)
        self._matcher_layout = QVBoxLayout(self.matcher_box)
        self.matcher_form: ParamsForm | None = None
        self.matcher_combo.currentIndexChanged.connect(lambda _index: self._show_matcher_form())
        self.model_combo.currentIndexChanged.connect(
            lambda _index: self.model_changed.emit(self.model_combo.currentData())
        )

    def _show_matcher_form(self) -> None:
        if self.matcher_form is not None:
            self._matcher_layout.removeWidget(self.matcher_form)
            self.matcher_form.setParent(None)
            self.matcher_form.deleteLater()
            self.matcher_form = None
        if (
            self.matcher_combo.currentData() == "auto"
        ):  # decided where it runs: this Python need not have what the worker's has
            self.matcher_combo.setToolTip(
                tr(
                    "The matcher measured to be the most accurate of those for which the "
                    "worker's Python has the packages"
                )
            )
            self.matcher_box.setVisible(False)
            return
        spec = all_specs()[self.matcher_combo.currentData()]
        self.matcher_form = ParamsForm(spec.params)
        if self._adapted[0] == spec.key:
            self.matcher_form.set_value("weights", self._adapted[1])
        self._matcher_layout.addWidget(self.matcher_form)
        self.matcher_box.setTitle(fill(tr("{0} settings"), tr(spec.label)))
        self.matcher_box.setVisible(not self.matcher_form.is_empty())
        self.matcher_combo.setToolTip(_described(spec))

    def _follow_layer(self, band: QgsRasterBandComboBox, layer: QgsMapLayer | None) -> None:
        band.setLayer(layer)
        band.setBand(-1)
        if hasattr(self, "run_button"):
            self._follow_pair()
            self.pair_changed.emit()

    def _follow_pair(self) -> None:
        layer = self.reference_combo.currentLayer()
        unit = map_unit(layer.crs()) if layer is not None else tr("map units")
        for name in _BASIC:
            self.basic_form.set_unit(name, unit)
        self._follow_state()

    def _follow_state(self) -> None:
        pair = self.reference_combo.currentLayer(), self.sensed_combo.currentLayer()
        why = ""
        if self._blocked:
            why = tr("Set up matching first")
        elif pair[0] is None or pair[1] is None:
            why = tr("Choose a reference and a sensed raster layer first")
        elif pair[0] is pair[1]:
            why = tr("Reference and sensed are the same layer")
        else:
            why = self.checks.blocking
        self.run_button.setEnabled(not why and not self._running)
        self.run_button.setToolTip(
            as_text(why) or tr("Match the two rasters in the background; QGIS stays usable")
        )

    def _swap(self) -> None:
        layers = self.reference_combo.currentLayer(), self.sensed_combo.currentLayer()
        bands = self.reference_band.currentBand(), self.sensed_band.currentBand()
        self.reference_combo.setLayer(layers[1])
        self.sensed_combo.setLayer(layers[0])
        self.reference_band.setBand(bands[1])
        self.sensed_band.setBand(bands[0])

    # --- for the controller

    def param_values(self) -> dict[str, object]:
        """Return the values of `AlignParams` as chosen.

        Raises:
            UsageError: a number cannot be read.
        """
        values = {**self.basic_form.values(), **self.advanced_form.values()}
        values["matcher"] = self.matcher_combo.currentData()
        values["model"] = self.model_combo.currentData()
        values["matcher_params"] = (
            self.matcher_form.values() if self.matcher_form is not None else {}
        )
        return values

    def leave_out(self, layers: Sequence[QgsMapLayer]) -> None:
        """Offer these layers neither as reference nor as sensed raster."""
        for combo in (self.reference_combo, self.sensed_combo):
            combo.setExceptedLayerList(list(layers))

    def follow_removal(self) -> None:
        """Follow the layers that are left: the layer boxes move on without telling."""
        if self.sensed_combo.currentLayer() is self.reference_combo.currentLayer():
            self.sensed_combo.setLayer(None)
        for combo, band in (
            (self.reference_combo, self.reference_band),
            (self.sensed_combo, self.sensed_band),
        ):
            if band.layer() is not combo.currentLayer():
                band.setLayer(combo.currentLayer())
        self._follow_pair()
        self.pair_changed.emit()

    def set_model(self, key: str) -> None:
        """Show another model without telling of it."""
        blocked = self.model_combo.blockSignals(True)
        self.model_combo.setCurrentIndex(max(0, self.model_combo.findData(key)))
        self.model_combo.blockSignals(blocked)

    def set_checks(self, findings: Sequence[Finding]) -> None:
        """Show the pre-flight list; what is red in it keeps "Find tie points" from being
        pressed.
        """
        self.checks.set_findings(findings)
        self._follow_state()

    def show_params(self, params: AlignParams) -> None:
        """Show other parameters."""
        self.matcher_combo.setCurrentIndex(max(0, self.matcher_combo.findData(params.matcher)))
        self.set_param("model", params.model)
        for form in (self.basic_form, self.advanced_form):
            form.show_values(params)

    def set_param(self, name: str, value: object) -> None:
        """Set a parameter as if the analyst had; None is automatic."""
        if name == "model":
            self.model_combo.setCurrentIndex(max(0, self.model_combo.findData(value)))
        else:
            (self.basic_form if name in _BASIC else self.advanced_form).set_value(name, value)

    def set_adapted(self, key: str, weights: str) -> None:
        """Fill the weights adapted to the scene in wherever the matcher `key` is chosen; "" = none,
        which takes them out again.
        """
        before, self._adapted = self._adapted, (key, weights)
        form = self.matcher_form
        if before == self._adapted or form is None:
            return
        chosen = self.matcher_combo.currentData()
        if chosen == before[0] and form.values().get("weights") == before[1]:
            form.set_value("weights", "")
        if chosen == key:
            form.set_value("weights", weights)

    def choose_matcher(self, key: str) -> None:
        """Choose a matcher as if the analyst had."""
        self.matcher_combo.setCurrentIndex(max(0, self.matcher_combo.findData(key)))

    def set_running(self, running: bool) -> None:
        """Show whether something runs."""
        self._running = running
        self._follow_state()

    def set_notice(self, text: str) -> None:
        """Show what keeps "Find tie points" from working, with a button that leads to the remedy;
        "" hides it.
        """
        self._blocked = bool(text)
        self.notice.setText(text)
        self.notice_frame.setVisible(self._blocked)
        self._follow_state()


def _described(spec: MatcherSpec) -> str:
    return f"<b>{tr(spec.label)}</b><br>{tr(spec.summary)}<br><i>{spec.reference}</i>"
