"""The picture of what the matcher sees at a point, in a window that stays beside the map."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QPixmap, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..parts.help import open_help
from ..parts.text import tr


class ExplainDialog(QDialog):
    """Shows a picture at the size of the window; can save it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explainDialog")
        self.resize(1100, 680)
        self._picture = QPixmap()
        self.label = QLabel()
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setMinimumSize(320, 200)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.label.setToolTip(
            tr(
                "Both chips with the template, the similarity at every shift (+ peak, x "
                "second, ellipse 95 %), the same as a surface, and what the"
                " matcher compares: for ME-SSM the length of the descriptors and how "
                "much each expert has to say"
            )
        )
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Save | kinds.Close | kinds.Help)
        guide = buttons.button(kinds.Help)
        guide.setToolTip(tr("Help (works offline)"))
        guide.setAutoDefault(False)
        buttons.helpRequested.connect(lambda: open_help("explain"))
        save = buttons.button(kinds.Save)
        save.setToolTip(tr("Save the picture as PNG"))
        save.clicked.connect(self._save)
        save.setAutoDefault(False)
        close = buttons.button(kinds.Close)
        close.setToolTip(tr("Close the window (Esc or Enter)"))
        close.setDefault(True)
        for button, text in ((save, tr("&Save …")), (close, tr("&Close")), (guide, tr("&Help"))):
            button.setText(text)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.label, 1)
        layout.addWidget(buttons)

    def show_picture(self, path: Path, title: str) -> None:
        """Show the picture of a file under a title."""
        self._picture = QPixmap(str(path))
        self.setWindowTitle(title)
        self._fit()
        self.show()
        self.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the picture as large as the window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self._picture.isNull():
            ratio = self.devicePixelRatioF()
            scaled = self._picture.scaled(
                self.label.size() * ratio,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            scaled.setDevicePixelRatio(ratio)
            self.label.setPixmap(scaled)

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the picture"), "", "PNG (*.png)")
        if path:
            self._picture.save(path if path.lower().endswith(".png") else f"{path}.png")
