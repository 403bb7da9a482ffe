"""Review: honest numbers, evidence of the selected point, table, and what can be done with
points.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...plugin.core.session.queue import NO_QUEUE, Queue
from ...plugin.core.session.session import FitState, Session
from ...plugin.core.types import MODEL_LABELS
from ..canvas.canvas_points import DISPLACEMENT, NO_VECTORS, RESIDUAL
from ..parts.icons import icon
from ..parts.text import fill, tr
from ..views.chips_view import ChipsView
from ..views.heatmap import HeatmapView
from ..views.point_histogram import PointHistogram
from ..views.points_table import PointsTable
from .quality_panel import QualityPanel

_GO_ON = "sar_optical_align/review_goes_on"


def _goes_on() -> bool:
    return QgsSettings().value(_GO_ON, True, type=bool)


def _keep_going_on(on: bool) -> None:
    QgsSettings().setValue(_GO_ON, on)


class ReviewPanel(QWidget):
    """Emits what the analyst wants; shows what the session says."""

    add_toggled = pyqtSignal(bool)
    import_requested = pyqtSignal()
    export_requested = pyqtSignal()
    confidence_requested = pyqtSignal()
    explain_requested = pyqtSignal()
    tool_requested = pyqtSignal()
    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()
    vectors_changed = pyqtSignal(str, float)
    lasso_toggled = pyqtSignal(bool)
    ellipses_toggled = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        self.quality = QualityPanel()
        layout.addWidget(self.quality)
        self.table = PointsTable()
        self.heatmap = HeatmapView()
        self.chips = ChipsView()
        self.histogram = PointHistogram()
        layout.addLayout(self._make_progress())
        layout.addLayout(self._make_tools())
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        for part in (self.chips, self.heatmap, self.histogram, self.table):
            self.splitter.addWidget(part)
        self.histogram.hide()
        self.splitter.setSizes([215, 110, 110, 300])
        self.splitter.setStretchFactor(3, 1)
        self.chips.flickering.connect(self.flicker_button.setChecked)
        self.chips.wanted.connect(lambda: self.fitted_button.setChecked(self.chips.fitted))
        self.table.flicker_requested.connect(self.chips.toggle_flicker)
        self.table.fitted_requested.connect(self.chips.toggle_fitted)
        self.table.explain_requested.connect(self.explain_requested)
        self.table.zoom_requested.connect(self.chips.zoom)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(self._make_bottom())

    def _button(
        self, name: str, text: str, tip: str, slot: Callable[[], object], labelled: bool = False
    ) -> QToolButton:
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

    def _toggle(
        self, name: str, text: str, tip: str, slot: Callable[[bool], object], checked: bool = False
    ) -> QToolButton:
        button = self._button(name, text, tip, lambda: slot(button.isChecked()))
        button.setCheckable(True)
        button.setChecked(checked)
        return button

    def _make_progress(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self.progress = QProgressBar()
        self.progress.setObjectName("reviewProgress")
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setMinimumWidth(40)
        tip = tr(
            "Points judged, of those that the filters kept or that you have judged.<br>N "
            "next and P previous point of the review queue"
        )
        self.progress.setToolTip(tip)
        self.progress.setAccessibleName(tr("Points judged"))
        self.progress_text = QLabel()
        self.progress_text.setObjectName("reviewProgressText")
        self.progress_text.setToolTip(tip)
        row.addWidget(self.progress, 1)
        row.addWidget(self.progress_text)
        self.go_on = self._toggle(
            "go_on",
            tr("Go on"),
            tr(
                "After a point is accepted, rejected or put back, select the next one "
                "(also with A, R, U)"
            ),
            _keep_going_on,
            _goes_on(),
        )
        row.addWidget(self.go_on)
        self.undo_button = self._button("undo", tr("Undo"), "", self.undo_requested.emit)
        self.redo_button = self._button("redo", tr("Redo"), "", self.redo_requested.emit)
        row.addWidget(self.undo_button)
        row.addWidget(self.redo_button)
        return row

    def _make_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        key = Qt.Key
        for name, text, tip, review_key in (
            (
                "accept",
                tr("Accept"),
                tr("Use the selected points, whatever a filter said (A)"),
                key.Key_A,
            ),
            (
                "reject",
                tr("Reject"),
                tr("Leave the selected points out; they stay in the list (R or Del)"),
                key.Key_R,
            ),
            (
                "undecide",
                tr("Undecided"),
                tr("Put the selected points back to predicted (U)"),
                key.Key_U,
            ),
            (
                "check",
                tr("Check point"),
                tr("Measure the selected points but keep them out of the fit; again to undo (C)"),
                key.Key_C,
            ),
        ):
            row.addWidget(
                self._button(name, text, tip, partial(self.table.review, int(review_key)))
            )
        row.addSpacing(2)
        self.tool_button = self._button(
            "pointer",
            tr("Select and drag"),
            tr(
                "On the map: click or draw a rectangle to select; drag a point to "
                "correct its place in the reference."
                "<br>It snaps to the nearest peak of the similarity; with Ctrl it stays "
                "where you drop it"
            ),
            self.tool_requested.emit,
        )
        self.tool_button.setCheckable(True)
        row.addWidget(self.tool_button)
        self.lasso_button = self._toggle(
            "lasso",
            tr("Lasso"),
            tr(
                "Draw around points on the map to select them, in place of a rectangle "
                "(L); Shift adds to the selection"
            ),
            self.lasso_toggled.emit,
        )
        row.addWidget(self.lasso_button)
        self.add_button = self._button(
            "add",
            tr("Add a point"),
            tr(
                "Click a place in the reference: its partner in the sensed image is put "
                "where the fit expects it, then where the match is."
                "<br>Ctrl: leave it as fitted. Shift: give the partner with a second click."
            ),
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
        explain = self._button(
            "explain",
            tr("Explain the point"),
            tr(
                "Draw what the matcher sees there: chips, similarity surface with its "
                "peaks, the say of ME-SSM's experts (E)"
            ),
            self.explain_requested.emit,
        )
        row.addWidget(explain)
        row.addSpacing(2)
        self.fitted_button = self._toggle(
            "chips_fitted",
            tr("As fitted"),
            tr("Show the sensed chip as fitted, else as it is georeferenced (G)"),
            lambda _on: self.chips.toggle_fitted(),
            True,
        )
        self.flicker_button = self._toggle(
            "chips_flicker",
            tr("Flicker"),
            tr("Let both chips take turns in one (Space or F)"),
            lambda _on: self.chips.toggle_flicker(),
        )
        self.histogram_button = self._toggle(
            "histogram",
            tr("Histogram"),
            tr(
                "Select points by a range of residuals, leave-one-out errors or scores, "
                "and accept or reject them"
            ),
            self._show_histogram,
        )
        for button in (self.fitted_button, self.flicker_button, self.histogram_button):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _make_bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(1)
        for name, text, tip, signal in (
            (
                "import",
                tr("Import points"),
                tr(
                    "Read .points (QGIS Georeferencer), .csv (also of AROSICS and "
                    "KARIOS) or .geojson"
                ),
                self.import_requested,
            ),
            (
                "export",
                tr("Export"),
                tr("Points as a file or a layer, a GDAL script, the Processing command, a report"),
                self.export_requested,
            ),
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
        self.vectors.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.vectors.setMinimumContentsLength(6)
        self.vectors.setToolTip(tr("Vectors drawn at the points on the map"))
        self.vectors.setAccessibleName(tr("Vectors"))
        for mode, label, tip in (
            (RESIDUAL, tr("Residuals"), tr("From the point to where the fit puts it")),
            (
                DISPLACEMENT,
                tr("Displacements"),
                tr("From where the sensed raster lies now to its place in the reference"),
            ),
            (NO_VECTORS, tr("No vectors"), tr("Points only")),
        ):
            self.vectors.addItem(label, mode)
            self.vectors.setItemData(self.vectors.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.scale = QDoubleSpinBox()
        self.scale.setObjectName("vectorScale")
        self.scale.setAccessibleName(tr("Scale of the vectors"))
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
        self.ellipses = self._toggle(
            "ellipse",
            tr("Ellipses"),
            tr(
                "Draw the 95 % ellipses of the places on the map, enlarged like the "
                "vectors: 2.45 standard deviations, from the shape of the peaks."
                "<br>With more than 2000 points in view, those of the selected points only"
            ),
            self.ellipses_toggled.emit,
        )
        row.addWidget(self.ellipses)
        return row

    def _show_histogram(self, shown: bool) -> None:
        self.histogram.setVisible(shown)

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
        self.chips.set_pair(None)
        self.histogram.set_points((), {}, {})
        self._show_progress(NO_QUEUE)
        self.quality.show_count(
            tr("No points yet. Find tie points, import a file, or add some by hand.")
        )
        self.quality.show_fit(FitState("", None, None, {}, None, ""), "", "")
        self.undo_button.setEnabled(False)
        self.redo_button.setEnabled(False)

    def _show_progress(self, queue: Queue) -> None:
        self.progress.setRange(0, max(queue.total, 1))
        self.progress.setValue(queue.reviewed)
        self.progress_text.setText(
            fill(tr("{0} of {1} reviewed"), queue.reviewed, queue.total) if queue.total else ""
        )

    def show_found(self, session: Session, size: float, unit: str) -> None:
        """Show points while a run streams them."""
        self.table.set_points(session.points, {}, size, unit)
        self.quality.show_count(fill(tr("<b>{0}</b> candidates so far …"), len(session.points)))
        self.quality.show_fit(None, unit, "")

    def show_session(
        self,
        session: Session,
        fit: FitState | None,
        residuals: dict[int, tuple[float, float]],
        size: float,
        unit: str,
        queue: Queue = NO_QUEUE,
    ) -> None:
        """Show points and figures.

        Args:
            session: The session.
            fit: Its fit, None while it is being computed.
            residuals: Residuals to show in the table meanwhile.
            size: Side of a reference pixel in `unit`.
            unit: Unit of the reference's CRS.
            queue: The order of the review.
        """
        points = session.points
        self.table.set_points(points, residuals, size, unit, queue.standings)
        self.histogram.set_points(points, residuals, queue.standings)
        self._show_progress(queue)
        text = fill(
            tr("<b>{0}</b> of {1} points in the fit"), sum(p.in_fit for p in points), len(points)
        )
        self.quality.show_count(
            text
            if points
            else tr("No points yet. Find tie points, import a file, or add some by hand.")
        )
        self.quality.show_fit(
            fit, unit, tr(MODEL_LABELS.get(fit.model, fit.model)) if fit is not None else ""
        )
        self.undo_button.setEnabled(session.can_undo)
        self.redo_button.setEnabled(session.can_redo)
        self.undo_button.setToolTip(fill(tr("<b>Undo</b>: {0} (Ctrl+Z)"), tr(session.undo_text)))
        self.redo_button.setToolTip(tr("<b>Redo</b> (Ctrl+Y or Ctrl+Shift+Z)"))
