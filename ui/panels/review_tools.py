"""What can be done with points, as buttons."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout

from ..parts.buttons import toggle_button, tool_button
from ..parts.text import tr


class ReviewTools(QHBoxLayout):
    """A row of the review panel.

    Signals:
        key_pressed: A key of the review that a button stands for.
    """

    key_pressed = pyqtSignal(int)
    tool_requested = pyqtSignal()
    lasso_toggled = pyqtSignal(bool)
    add_toggled = pyqtSignal(bool)
    explain_requested = pyqtSignal()
    fitted_toggled = pyqtSignal()
    flicker_toggled = pyqtSignal()
    histogram_toggled = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setSpacing(1)
        self._add_verdicts()
        self.addSpacing(2)
        self._add_map_tools()
        self._add_key(
            "zoom",
            tr("Zoom to the point"),
            tr("Enter, or double-click in the table"),
            Qt.Key.Key_Return,
        )
        self._add_explain()
        self.addSpacing(2)
        self._add_views()
        self.addStretch(1)

    def _add_key(self, name: str, text: str, tip: str, key: Qt.Key) -> None:
        self.addWidget(tool_button(name, text, tip, lambda: self.key_pressed.emit(int(key))))

    def _add_verdicts(self) -> None:
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
            self._add_key(name, text, tip, review_key)

    def _add_map_tools(self) -> None:
        self.tool_button = tool_button(
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
        self.addWidget(self.tool_button)
        self.lasso_button = toggle_button(
            "lasso",
            tr("Lasso"),
            tr(
                "Draw around points on the map to select them, in place of a rectangle "
                "(L); Shift adds to the selection"
            ),
            self.lasso_toggled.emit,
        )
        self.addWidget(self.lasso_button)
        self.add_button = tool_button(
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
        self.addWidget(self.add_button)

    def _add_explain(self) -> None:
        explain = tool_button(
            "explain",
            tr("Explain the point"),
            tr(
                "Draw what the matcher sees there: chips, similarity surface with its "
                "peaks, the say of ME-SSM's experts (E)"
            ),
            self.explain_requested.emit,
        )
        self.addWidget(explain)

    def _add_views(self) -> None:
        self.fitted_button = toggle_button(
            "chips_fitted",
            tr("As fitted"),
            tr("Show the sensed chip as fitted, else as it is georeferenced (G)"),
            lambda _on: self.fitted_toggled.emit(),
            True,
        )
        self.flicker_button = toggle_button(
            "chips_flicker",
            tr("Flicker"),
            tr("Let both chips take turns in one (Space or F)"),
            lambda _on: self.flicker_toggled.emit(),
        )
        self.histogram_button = toggle_button(
            "histogram",
            tr("Histogram"),
            tr(
                "Select points by a range of residuals, leave-one-out errors or scores, "
                "and accept or reject them"
            ),
            self.histogram_toggled.emit,
        )
        for button in (self.fitted_button, self.flicker_button, self.histogram_button):
            self.addWidget(button)
