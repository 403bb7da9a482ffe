"""Review: honest numbers, evidence of the selected point, table, and what can be done with points."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ..plugin.core.session import FitState, Session
from .heatmap import HeatmapView
from .text import tr
from .points_table import PointsTable

_FIGURES = (
    ("fit_rmse", "Fit RMSE", "sqrt(mean(dx^2 + dy^2)) at the points of the fit itself. Small values prove little: a spline passes through every point."),
    ("loo_rmse", "Leave-one-out", "RMSE of each point predicted by a fit without it."),
    ("holdout_rmse", "Hold-out", "RMSE of points predicted by a fit without their whole area (spatial blocks): the most honest of the four."),
    ("ce90", "CE90", "90 % of the leave-one-out errors are shorter than this."),
)


class ReviewPanel(QWidget):
    """Emits what the analyst wants; shows what the session says."""

    add_toggled = pyqtSignal(bool)
    import_requested = pyqtSignal()
    export_requested = pyqtSignal()
    confidence_requested = pyqtSignal()
    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()
    vector_scale_changed = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        self.headline = QLabel(tr("No points yet."))
        self.headline.setObjectName("headline")
        self.headline.setWordWrap(True)
        layout.addWidget(self.headline)
        layout.addLayout(self._make_figures())
        self.heatmap = HeatmapView()
        layout.addWidget(self.heatmap)
        layout.addLayout(self._make_buttons())
        self.table = PointsTable()
        layout.addWidget(self.table, 1)
        layout.addLayout(self._make_bottom())

    def _make_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        self._figures: dict[str, QLabel] = {}
        for column, (key, label, tip) in enumerate((*_FIGURES, ("coverage", "Coverage", "Area of the points' convex hull / area of the overlap."))):
            title, value = QLabel(f"<small>{tr(label)}</small>"), QLabel("–")
            value.setObjectName(f"figure_{key}")
            for widget in (title, value):
                widget.setToolTip(tr(tip))
            grid.addWidget(title, 0, column)
            grid.addWidget(value, 1, column)
            self._figures[key] = value
        return grid

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3)
        ids = lambda: self.table.selected_ids()  # noqa: E731
        for name, text, tip, signal in (
            ("accept", tr("Accept"), tr("Use the selected points (A)"), lambda: self.table.accept_requested.emit(ids())),
            ("reject", tr("Reject"), tr("Leave the selected points out (R)"), lambda: self.table.reject_requested.emit(ids())),
            ("undecide", tr("Undecided"), tr("Put the selected points back to predicted (U)"), lambda: self.table.undecide_requested.emit(ids())),
            ("check", tr("Check"), tr("Use as check points: measured, but kept out of the fit (C)"), lambda: self.table.check_requested.emit(ids())),
        ):
            button = QToolButton()
            button.setObjectName(f"{name}Button")
            button.setText(text)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            row.addWidget(button)
        self.add_button = QToolButton()
        self.add_button.setObjectName("addButton")
        self.add_button.setText(tr("Add"))
        self.add_button.setCheckable(True)
        self.add_button.setToolTip(tr("Add a point: click the place in the reference; the partner in the sensed image is proposed, the second click confirms or corrects it"))
        self.add_button.toggled.connect(self.add_toggled)
        row.addWidget(self.add_button)
        row.addStretch(1)
        self.undo_button, self.redo_button = QToolButton(), QToolButton()
        for button, text, signal in ((self.undo_button, tr("Undo"), self.undo_requested), (self.redo_button, tr("Redo"), self.redo_requested)):
            button.setText(text)
            button.clicked.connect(signal)
            row.addWidget(button)
        self.undo_button.setObjectName("undoButton")
        self.redo_button.setObjectName("redoButton")
        return row

    def _make_bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3)
        for name, text, tip, signal in (
            ("import", tr("Import …"), tr("Read .points, .csv or .geojson"), self.import_requested),
            ("export", tr("Export …"), tr("Write .points (QGIS Georeferencer), .csv or .geojson"), self.export_requested),
            ("confidence", tr("Confidence map"), tr("Add a layer that shows how sure the matches are from place to place"), self.confidence_requested),
        ):
            button = QPushButton(text)
            button.setObjectName(f"{name}Button")
            button.setToolTip(tip)
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(QLabel(tr("vectors ×")))
        self.scale = QDoubleSpinBox()
        self.scale.setObjectName("vectorScale")
        self.scale.setRange(1, 1000)
        self.scale.setDecimals(0)
        self.scale.setValue(20)
        self.scale.setToolTip(tr("How much longer than life the residual vectors on the canvas are drawn"))
        self.scale.valueChanged.connect(self.vector_scale_changed)
        row.addWidget(self.scale)
        return row

    def show_session(self, session: Session, fit: FitState, unit: float) -> None:
        """Show points and figures; `unit` is the length of a reference pixel in map units."""
        points = session.points
        self.table.set_points(points, fit.residuals_px, unit)
        used, reviewed = sum(p.in_fit for p in points), sum(p.state.value != "predicted" for p in points)
        text = tr("<b>{0}</b> of {1} points in the fit · {2} reviewed").format(used, len(points), reviewed)
        if fit.check_rmse_px is not None:
            text += tr(" · check RMSE {0:.2f} px").format(fit.check_rmse_px)
        if fit.message:
            text += f"<br><small>{fit.message}</small>"
        self.headline.setText(text if points else tr("No points yet. Find tie points, import a file, or add some by hand."))
        q = fit.quality
        for key, _, _ in _FIGURES:
            px, ground = (getattr(q, f"{key}_px"), getattr(q, f"{key}_map")) if q is not None else (math.nan, None)
            self._figures[key].setText(_figure(px, ground))
        coverage = q.coverage if q is not None else math.nan
        self._figures["coverage"].setText("–" if math.isnan(coverage) else f"{100 * coverage:.0f} %")
        self.undo_button.setEnabled(session.can_undo)
        self.undo_button.setToolTip(tr("Undo: {0} (Ctrl+Z)").format(tr(session.undo_text)))
        self.redo_button.setEnabled(session.can_redo)
        self.redo_button.setToolTip(tr("Redo (Ctrl+Y)"))


def _figure(px: float, ground: float | None) -> str:
    if math.isnan(px):
        return "–"
    return f"<b>{px:.2f}</b> px" + (f"<br><small>{ground:.4g} map</small>" if ground is not None else "")
