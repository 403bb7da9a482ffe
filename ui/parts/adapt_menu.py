"""Adapting the network to the scene: what hangs on the review's button, and the question how
long.
"""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from .help import open_help
from .icons import icon
from .text import tr

_FIRST_MINUTES, _MOST_MINUTES = 5.0, 120.0


class AdaptMenu(QMenu):
    """Adapt, and discard what was adapted."""

    adapt_requested = pyqtSignal()
    discard_requested = pyqtSignal()

    def __init__(self, button: QToolButton, parent: QWidget | None = None) -> None:
        super().__init__(parent or button)
        self.setObjectName("adaptMenu")
        self.setToolTipsVisible(True)
        self.adapt_action = self.addAction(tr("Adapt to this scene …"))
        self.adapt_action.setToolTip(
            tr(
                "Train the network for some minutes around the points in the fit; kept "
                "only where points held back are found more closely"
            )
        )
        self.adapt_action.triggered.connect(lambda _checked=False: self.adapt_requested.emit())
        self.discard_action = self.addAction(tr("Discard the adapted weights"))
        self.discard_action.setToolTip(
            tr("Remove them from this review and go back to the weights that came with the plugin")
        )
        self.discard_action.triggered.connect(lambda _checked=False: self.discard_requested.emit())
        for name, action in (("adapt", self.adapt_action), ("discard", self.discard_action)):
            action.setObjectName(f"{name}Action")
        self.discard_action.setEnabled(False)
        button.setIcon(icon("adapt"))
        button.setMenu(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)


class AdaptDialog(QDialog):
    """Says what adapting does and asks how long."""

    def __init__(self, network: str, points: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("adaptDialog")
        self.setWindowTitle(tr("Adapt to this scene"))
        text = QLabel(
            tr(
                "{0} is trained on windows around the {1} points in the fit. About a "
                "quarter of them, in parts of the scene of their own, is held back:"
                " the adapted weights are kept only where these points are found more "
                "closely than before. They belong to this review and can be"
                " discarded; the weights that came with the plugin stay as they are. "
                "Check the points first: what is wrong would be learnt too."
            ).format(network, points)
        )
        text.setWordWrap(True)
        text.setMinimumWidth(380)
        text.setTextFormat(Qt.TextFormat.PlainText)
        self.minutes = QDoubleSpinBox()
        self.minutes.setObjectName("adaptMinutes")
        self.minutes.setDecimals(1)
        self.minutes.setRange(0.1, _MOST_MINUTES)
        self.minutes.setValue(_FIRST_MINUTES)
        self.minutes.setSuffix(" min")
        self.minutes.setToolTip(
            tr("Length of the training; QGIS stays usable meanwhile, and it can be cancelled")
        )
        caption = QLabel(tr("&Train for"))
        caption.setBuddy(self.minutes)
        form = QFormLayout()
        form.addRow(caption, self.minutes)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel | kinds.Help)
        for kind, label, tip in (
            (kinds.Ok, tr("&Adapt"), tr("Begin; the progress is shown at the foot of the dock")),
            (kinds.Cancel, tr("&Cancel"), tr("Close without adapting (Esc)")),
            (kinds.Help, tr("&Help"), tr("Help (works offline)")),
        ):
            buttons.button(kind).setText(label)
            buttons.button(kind).setToolTip(tip)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.helpRequested.connect(lambda: open_help("adapt"))
        layout = QVBoxLayout(self)
        for part in (text, form, buttons):
            (layout.addLayout if part is form else layout.addWidget)(part)
