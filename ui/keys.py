"""The keys of undo, redo and nudging."""

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


NUDGE_PX, LONG_NUDGE_PX = 0.1, 1.0
_ARROWS = {
    int(Qt.Key.Key_Left): (-1.0, 0.0),
    int(Qt.Key.Key_Right): (1.0, 0.0),
    int(Qt.Key.Key_Up): (0.0, -1.0),
    int(Qt.Key.Key_Down): (0.0, 1.0),
}


def nudge_of(event: QKeyEvent) -> tuple[float, float] | None:
    """Return the step (right, down) in reference px that an arrow key asks for: 0.1 px, 1 px with Shift; None for other keys."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    arrow = _ARROWS.get(int(event.key()))
    if arrow is None or modifiers not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        return None
    step = LONG_NUDGE_PX if modifiers == Qt.KeyboardModifier.ShiftModifier else NUDGE_PX
    return arrow[0] * step, arrow[1] * step
