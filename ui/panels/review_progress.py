"""How far the review is, whether it goes on by itself, and undo and redo."""

from __future__ import annotations

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QProgressBar

from ...plugin.core.session.queue import Queue
from ...plugin.core.session.session import Session
from ..parts.buttons import toggle_button, tool_button
from ..parts.text import fill, tr

_GO_ON = "sar_optical_align/review_goes_on"


class ReviewProgress(QHBoxLayout):
    """A row of the review panel."""

    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(6)
        self.bar = QProgressBar()
        self.bar.setObjectName("reviewProgress")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setMinimumWidth(40)
        tip = tr(
            "Points judged, of those that the filters kept or that you have judged.<br>N "
            "next and P previous point of the review queue"
        )
        self.bar.setToolTip(tip)
        self.bar.setAccessibleName(tr("Points judged"))
        self.text = QLabel()
        self.text.setObjectName("reviewProgressText")
        self.text.setToolTip(tip)
        self.addWidget(self.bar, 1)
        self.addWidget(self.text)
        self.go_on = toggle_button(
            "go_on",
            tr("Go on"),
            tr(
                "After a point is accepted, rejected or put back, select the next one "
                "(also with A, R, U)"
            ),
            lambda on: QgsSettings().setValue(_GO_ON, on),
            QgsSettings().value(_GO_ON, True, type=bool),
        )
        self.undo_button = tool_button("undo", tr("Undo"), "", self.undo_requested.emit)
        self.redo_button = tool_button("redo", tr("Redo"), "", self.redo_requested.emit)
        for button in (self.go_on, self.undo_button, self.redo_button):
            self.addWidget(button)

    def show_queue(self, queue: Queue) -> None:
        """Show how many points are judged."""
        self.bar.setRange(0, max(queue.total, 1))
        self.bar.setValue(queue.reviewed)
        self.text.setText(
            fill(tr("{0} of {1} reviewed"), queue.reviewed, queue.total) if queue.total else ""
        )

    def show_history(self, session: Session | None) -> None:
        """Show what can be undone and redone."""
        self.undo_button.setEnabled(session is not None and session.can_undo)
        self.redo_button.setEnabled(session is not None and session.can_redo)
        if session is not None:
            undo = fill(tr("<b>Undo</b>: {0} (Ctrl+Z)"), tr(session.undo_text))
            self.undo_button.setToolTip(undo)
            self.redo_button.setToolTip(tr("<b>Redo</b> (Ctrl+Y or Ctrl+Shift+Z)"))
