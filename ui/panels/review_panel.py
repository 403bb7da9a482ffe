"""Review: honest numbers, evidence of the selected point, table, and what can be done with
points.
"""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from ...plugin.core.session.queue import NO_QUEUE, Queue
from ...plugin.core.session.session import FitState, Session
from ...plugin.core.types import MODEL_LABELS
from ..parts.buttons import tool_button
from ..parts.text import fill, tr
from ..views.chips_view import ChipsView
from ..views.heatmap import HeatmapView
from ..views.point_histogram import PointHistogram
from ..views.points_table import PointsTable
from .quality_panel import QualityPanel
from .review_progress import ReviewProgress
from .review_tools import ReviewTools
from .vector_choice import VectorChoice


class ReviewPanel(QWidget):
    """Emits what the analyst wants; shows what the session says."""

    import_requested = pyqtSignal()
    export_requested = pyqtSignal()
    confidence_requested = pyqtSignal()
    explain_requested = pyqtSignal()

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
        self.progress, self.tools = ReviewProgress(), ReviewTools()
        layout.addLayout(self.progress)
        layout.addLayout(self.tools)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        for part in (self.chips, self.heatmap, self.histogram, self.table):
            self.splitter.addWidget(part)
        self.histogram.hide()
        self.splitter.setSizes([215, 110, 110, 300])
        self.splitter.setStretchFactor(3, 1)
        layout.addWidget(self.splitter, 1)
        layout.addLayout(self._make_bottom())
        self._connect()

    def _connect(self) -> None:
        tools, table, chips = self.tools, self.table, self.chips
        for signal, slot in (
            (chips.flickering, tools.flicker_button.setChecked),
            (chips.wanted, lambda: tools.fitted_button.setChecked(chips.fitted)),
            (table.flicker_requested, chips.toggle_flicker),
            (table.fitted_requested, chips.toggle_fitted),
            (table.explain_requested, self.explain_requested),
            (table.zoom_requested, chips.zoom),
            (tools.key_pressed, table.review),
            (tools.explain_requested, self.explain_requested),
            (tools.fitted_toggled, chips.toggle_fitted),
            (tools.flicker_toggled, chips.toggle_flicker),
            (tools.histogram_toggled, self.histogram.setVisible),
        ):
            signal.connect(slot)

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
            row.addWidget(tool_button(name, text, tip, signal.emit))
        row.addSpacing(12)
        self.vectors = VectorChoice()
        row.addLayout(self.vectors, 1)
        return row

    def show_nothing(self) -> None:
        """Show that there is no session."""
        self.table.set_points((), {})
        self.heatmap.set_point(None)
        self.chips.set_pair(None)
        self.histogram.set_points((), {}, {})
        self.progress.show_queue(NO_QUEUE)
        self.quality.show_count(
            tr("No points yet. Find tie points, import a file, or add some by hand.")
        )
        self.quality.show_fit(FitState("", None, None, {}, None, ""), "", "")
        self.progress.show_history(None)

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
        self.progress.show_queue(queue)
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
        self.progress.show_history(session)
