"""Review: honest numbers, evidence of the selected point, table, and what can be done with points."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QSplitter, QToolButton, QVBoxLayout, QWidget

from ..plugin.core.session import FitState, Session
from ..plugin.core.types import MODEL_LABELS
from .canvas_points import DISPLACEMENT, NO_VECTORS, RESIDUAL
from .heatmap import HeatmapView
from .icons import icon
from .points_table import PointsTable
from .quality_panel import QualityPanel
from .text import tr


class ReviewPanel(QWidget):
    """Emits what the analyst wants; shows what the session says."""

    add_toggled = pyqtSignal(bool)
    import_requested = pyqtSignal()
    export_requested = pyqtSignal()
    confidence_requested = pyqtSignal()
    tool_requested = pyqtSignal()
    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()
    vectors_changed = pyqtSignal(str, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        self.quality = QualityPanel()
        layout.addWidget(self.quality)
        self.table = PointsTable()
        self.heatmap = HeatmapView()
        layout.addLayout(self._make_tools())
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.heatmap)
        self.splitter.addWidget(self.table)
        self.splitter.setSizes([150, 400])
        self.splitter.setStretchFactor(1, 1)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(self._make_bottom())

    def _button(self, name: str, text: str, tip: str, slot: Callable[[], object], labelled: bool = False) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{name}Button")
        button.setIcon(icon(name))
        button.setText(text)
        button.setToolTip(f"<b>{text}</b><br>{tip}")
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        if labelled:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    def _make_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        key = Qt.Key
        for name, text, tip, review_key in (
            ("accept", tr("Accept"), tr("Use the selected points, whatever a filter said (A)"), key.Key_A),
            ("reject", tr("Reject"), tr("Leave the selected points out; they stay in the list (R or Del)"), key.Key_R),
            ("undecide", tr("Undecided"), tr("Put the selected points back to predicted (U)"), key.Key_U),
            (
                "check",
                tr("Check point"),
                tr("Measure the selected points but keep them out of the fit; again to undo (C)"),
                key.Key_C,
            ),
        ):
            row.addWidget(self._button(name, text, tip, lambda k=int(review_key): self.table.review(k)))
        row.addSpacing(8)
        self.tool_button = self._button(
            "pointer",
            tr("Select and drag"),
            tr("On the map: click or draw a rectangle to select, drag a point to correct its place in the reference"),
            self.tool_requested.emit,
        )
        self.tool_button.setCheckable(True)
        row.addWidget(self.tool_button)
        self.add_button = self._button(
            "add",
            tr("Add a point"),
            tr("Click the place in the reference; its partner in the sensed image is proposed, a second click confirms or corrects it"),
            lambda: self.add_toggled.emit(self.add_button.isChecked()),
        )
        self.add_button.setCheckable(True)
        row.addWidget(self.add_button)
        zoom = self._button(
            "zoom",
            tr("Zoom to the point"),
            tr("Enter, or double-click in the table"),
            lambda: self.table.review(int(key.Key_Return)),
        )
        row.addWidget(zoom)
        row.addStretch(1)
        self.undo_button = self._button("undo", tr("Undo"), "", self.undo_requested.emit)
        self.redo_button = self._button("redo", tr("Redo"), "", self.redo_requested.emit)
        row.addWidget(self.undo_button)
        row.addWidget(self.redo_button)
        return row

    def _make_bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        for name, text, tip, signal in (
            ("import", tr("Import points"), tr("Read .points (QGIS Georeferencer), .csv (also of AROSICS and KARIOS) or .geojson"), self.import_requested),
            ("export", tr("Export"), tr("Points as a file or a layer, a GDAL script, the Processing command, a report"), self.export_requested),
            (
                "confidence",
                tr("Confidence map"),
                tr("Add a layer that shows how sure the matches are, place by place"),
                self.confidence_requested,
            ),
        ):
            row.addWidget(self._button(name, text, tip, signal.emit))
        row.addSpacing(12)
        self.vectors = QComboBox()
        self.vectors.setObjectName("vectorMode")
        self.vectors.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.vectors.setMinimumContentsLength(6)
        self.vectors.setToolTip(tr("Vectors drawn at the points on the map"))
        self.vectors.setAccessibleName(tr("Vectors"))
        for mode, label, tip in (
            (RESIDUAL, tr("Residuals"), tr("From the point to where the fit puts it")),
            (DISPLACEMENT, tr("Displacements"), tr("From where the sensed raster lies now to its place in the reference")),
            (NO_VECTORS, tr("No vectors"), tr("Points only")),
        ):
            self.vectors.addItem(label, mode)
            self.vectors.setItemData(self.vectors.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.scale = QDoubleSpinBox()
        self.scale.setObjectName("vectorScale")
        self.scale.setPrefix("× ")
        self.scale.setRange(1, 1000)
        self.scale.setDecimals(0)
        self.scale.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.scale.setToolTip(tr("How much longer than life the vectors on the map are drawn"))
        self.scale.setValue(20)
        self._scales = {RESIDUAL: 20.0, DISPLACEMENT: 1.0, NO_VECTORS: 1.0}
        self.vectors.currentIndexChanged.connect(self._change_mode)
        self.scale.valueChanged.connect(self._change_scale)
        row.addWidget(self.vectors, 1)
        row.addWidget(self.scale)
        return row

    def _change_mode(self) -> None:
        mode = self.vectors.currentData()
        blocked = self.scale.blockSignals(True)
        self.scale.setValue(self._scales[mode])
        self.scale.blockSignals(blocked)
        self.scale.setEnabled(mode != NO_VECTORS)
        self.vectors_changed.emit(mode, self.scale.value())

    def _change_scale(self, value: float) -> None:
        self._scales[self.vectors.currentData()] = value
        self.vectors_changed.emit(self.vectors.currentData(), value)

    def show_nothing(self) -> None:
        """Show that there is no session."""
        self.table.set_points((), {})
        self.heatmap.set_point(None)
        self.quality.show_count(tr("No points yet. Find tie points, import a file, or add some by hand."))
        self.quality.show_fit(FitState("", None, None, {}, None, ""), "", "")
        self.undo_button.setEnabled(False)
        self.redo_button.setEnabled(False)

    def show_found(self, session: Session, size: float, unit: str) -> None:
        """Show points while a run streams them."""
        self.table.set_points(session.points, {}, size, unit)
        self.quality.show_count(tr("<b>{0}</b> candidates so far …").format(len(session.points)))
        self.quality.show_fit(None, unit, "")

    def show_session(self, session: Session, fit: FitState | None, residuals: dict[int, tuple[float, float]], size: float, unit: str) -> None:
        """Show points and figures.

        Args:
            session: The session.
            fit: Its fit, None while it is being computed.
            residuals: Residuals to show in the table meanwhile.
            size: Side of a reference pixel in `unit`.
            unit: Unit of the reference's CRS.
        """
        points = session.points
        self.table.set_points(points, residuals, size, unit)
        used, reviewed = sum(p.in_fit for p in points), sum(p.state.value != "predicted" for p in points)
        text = tr("<b>{0}</b> of {1} points in the fit · {2} reviewed").format(used, len(points), reviewed)
        self.quality.show_count(text if points else tr("No points yet. Find tie points, import a file, or add some by hand."))
        self.quality.show_fit(fit, unit, tr(MODEL_LABELS.get(fit.model, fit.model)) if fit is not None else "")
        self.undo_button.setEnabled(session.can_undo)
        self.redo_button.setEnabled(session.can_redo)
        self.undo_button.setToolTip(tr("<b>Undo</b>: {0} (Ctrl+Z)").format(tr(session.undo_text).lower()))
        self.redo_button.setToolTip(tr("<b>Redo</b> (Ctrl+Y or Ctrl+Shift+Z)"))
