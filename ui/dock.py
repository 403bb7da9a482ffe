"""The dock: choose two layers, find tie points, review them, warp."""

from __future__ import annotations

from qgis.core import QgsRasterLayer
from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QEvent, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..plugin.core.types import AlignParams
from .panels.accuracy_panel import AccuracyPanel
from .panels.match_panel import MatchPanel
from .panels.review_panel import ReviewPanel
from .panels.warp_panel import WarpPanel
from .parts.help import help_button
from .parts.hints import hint
from .parts.icons import icon
from .parts.keys import UNDO, history_key
from .parts.text import tr
from .views.compare_strip import CompareStrip

MATCH, REVIEW, ACCURACY, WARP = range(4)
_TOPICS = ("match", "review", "accuracy", "warp")  # of the help, a tab each


class AlignDock(QgsDockWidget):
    """Widgets and signals only; the controller does the work."""

    cancel_requested = pyqtSignal()
    settings_requested = pyqtSignal()
    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()

    def __init__(self, params: AlignParams, parent: QWidget | None = None) -> None:
        super().__init__(tr("SAR-Optical Align"), parent)
        self.setObjectName("SarOpticalAlignDock")
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(6, 6, 6, 6)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("alignTabs")
        self.tabs.setDocumentMode(True)
        font = self.tabs.tabBar().font()
        font.setPointSizeF(
            font.pointSizeF() * 0.92
        )  # four tabs fit into a narrow dock in every language
        self.tabs.tabBar().setFont(font)
        self.match = MatchPanel(params)
        self.match.settings_requested.connect(self.settings_requested)
        self.review = ReviewPanel()
        self.accuracy = AccuracyPanel()
        self.warp = WarpPanel()
        for panel, title, tip in (
            (_scrolled(self.match), tr("1 Match"), tr("Choose two rasters and find tie points")),
            (self.review, tr("2 Review"), tr("Accept, edit, reject and add points")),
            (
                _scrolled(self.accuracy),
                tr("3 Accuracy"),
                tr("Compare models; see gaps, folds and signs of relief"),
            ),
            (_scrolled(self.warp), tr("4 Warp"), tr("Write the warped raster")),
        ):
            self.tabs.setTabToolTip(
                self.tabs.addTab(panel, title), tip
            )  # without icons: four tabs fit in every theme
        layout.addWidget(self.tabs, 1)
        self.compare = CompareStrip()
        layout.addWidget(self.compare)
        layout.addWidget(self._make_footer())
        self.setWidget(body)
        self.set_running(False)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the preferred size."""
        return QSize(420, 760)

    def event(self, event: QEvent) -> bool:
        """Claim undo and redo while the focus is in the dock (text fields claim theirs before)."""
        if event.type() == QEvent.Type.ShortcutOverride and history_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Undo and redo."""
        what = history_key(event)
        if what:
            (self.undo_requested if what == UNDO else self.redo_requested).emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _make_footer(self) -> QWidget:
        footer = QWidget()
        footer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        rows = QVBoxLayout(footer)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        self.status = QLabel(tr("Choose two layers and press Find tie points."))
        self.status.setObjectName("statusLabel")
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = QHBoxLayout()
        top.addWidget(self.status, 1)
        top.addWidget(
            help_button(lambda: _TOPICS[self.tabs.currentIndex()]), 0, Qt.AlignmentFlag.AlignBottom
        )
        rows.addLayout(top)
        self.running_row = QWidget()
        row = QHBoxLayout(self.running_row)
        row.setContentsMargins(0, 0, 0, 0)
        self.progress = QProgressBar()
        self.progress.setObjectName("progressBar")
        self.progress.setRange(0, 100)
        hint(self.progress, tr("Progress"), tr("How far the run or the warp is"))
        self.cancel_button = QPushButton(icon("stop"), tr("Cancel"))
        self.cancel_button.setObjectName("cancelButton")
        self.cancel_button.setToolTip(tr("Stop what runs; control is back at once"))
        self.cancel_button.clicked.connect(self.cancel_requested)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        rows.addWidget(self.running_row)
        return footer

    # --- for the controller

    def pair(self) -> tuple[QgsRasterLayer | None, QgsRasterLayer | None]:
        """Return the chosen reference and sensed layers."""
        return self.match.reference_combo.currentLayer(), self.match.sensed_combo.currentLayer()

    def set_running(self, running: bool) -> None:
        """Show whether something runs."""
        self.match.set_running(running)
        self.running_row.setVisible(running)
        if running:
            self.progress.setValue(0)
            self.cancel_button.setEnabled(True)

    def set_status(self, text: str) -> None:
        """Show a line above the progress bar."""
        self.status.setText(text)


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    return area
