"""A light and a dark palette, as desktops give them to Qt's Fusion style."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication, QStyleFactory

_DARK = {
    QPalette.ColorRole.Window: "#31363b",
    QPalette.ColorRole.WindowText: "#eff0f1",
    QPalette.ColorRole.Base: "#232629",
    QPalette.ColorRole.AlternateBase: "#2d3136",
    QPalette.ColorRole.Text: "#eff0f1",
    QPalette.ColorRole.Button: "#3a4045",
    QPalette.ColorRole.ButtonText: "#eff0f1",
    QPalette.ColorRole.ToolTipBase: "#31363b",
    QPalette.ColorRole.ToolTipText: "#eff0f1",
    QPalette.ColorRole.Highlight: "#3daee9",
    QPalette.ColorRole.HighlightedText: "#0a0a0a",
    QPalette.ColorRole.Link: "#5fb8f0",
    QPalette.ColorRole.PlaceholderText: "#9aa0a6",
    QPalette.ColorRole.Light: "#4a5157",
    QPalette.ColorRole.Midlight: "#41474d",
    QPalette.ColorRole.Mid: "#2a2e32",
    QPalette.ColorRole.Dark: "#1d2023",
    QPalette.ColorRole.Shadow: "#101214",
}
_FADED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def use_theme(app: QApplication, theme: str) -> None:
    """Give the application a theme: "light" or "dark"."""
    app.setStyle(QStyleFactory.create("Fusion"))
    palette = app.style().standardPalette()
    if theme == "dark":
        for role, colour in _DARK.items():
            palette.setColor(role, QColor(colour))
        for role in _FADED:
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#7f868c"))
    app.setPalette(palette)
