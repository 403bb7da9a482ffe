"""The keys of undo and redo."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeyEvent

UNDO, REDO = "undo", "redo"


def history_key(event: QKeyEvent) -> str:
    """Return "undo" for Ctrl+Z, "redo" for Ctrl+Y and Ctrl+Shift+Z, else ""."""
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    key, modifiers = event.key(), event.modifiers()
    if key == Qt.Key.Key_Z and modifiers == control:
        return UNDO
    redo = (key == Qt.Key.Key_Y and modifiers == control) or (key == Qt.Key.Key_Z and modifiers == (control | shift))
    return REDO if redo else ""
