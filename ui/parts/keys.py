"""The keys of the review: which there are, what they do, and those of undo, redo and nudging."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeyEvent


@dataclass(frozen=True)
class ReviewKey:
    """One line of the table of keys.

    Attributes:
        keys: As written on the keyboard, one of them a word.
        text: What they do.
        codes: Of the keys that work without a modifier in the table of points.
        on_map: Whether these work on the map as well.
    """

    keys: tuple[str, ...]
    text: str
    codes: tuple[Qt.Key, ...] = ()
    on_map: bool = True


_K = Qt.Key
REVIEW_KEYS = (
    ReviewKey(
        ("A",),
        "Accept the selected points: they take part in the fit, whatever a filter said",
        (_K.Key_A,),
    ),
    ReviewKey(
        ("R", "Del"),
        "Reject them: they stay in the list and on the map, out of the fit",
        (_K.Key_R, _K.Key_Delete),
    ),
    ReviewKey(("U",), "Undecided: back to how they were found", (_K.Key_U,)),
    ReviewKey(("C",), "Check point: measured, kept out of every fit; again to undo", (_K.Key_C,)),
    ReviewKey(("N",), "Next point of the queue", (_K.Key_N,)),
    ReviewKey(("P",), "Previous point", (_K.Key_P,)),
    ReviewKey(("Enter",), "Zoom the map to the point", (_K.Key_Return, _K.Key_Enter)),
    ReviewKey(("F",), "Let the two chips take turns in one", (_K.Key_F,)),
    ReviewKey(
        ("Space",),
        "Flicker: the layers on the map while they are compared, else the chips",
        (_K.Key_Space,),
    ),
    ReviewKey(("G",), "Show the sensed chip as fitted, or as it is georeferenced", (_K.Key_G,)),
    ReviewKey(("E",), "Explain the point: what the matcher sees there", (_K.Key_E,)),
    ReviewKey(("L",), "Draw a lasso in place of a rectangle", (_K.Key_L,)),
    ReviewKey(
        ("+", "-"), "Zoom the chips (in the table)", (_K.Key_Plus, _K.Key_Minus), on_map=False
    ),
    ReviewKey(("Arrow keys",), "Nudge the selected point by 0.1 px of the reference"),
    ReviewKey(("Shift+arrow keys",), "Nudge it by 1 px"),
    ReviewKey(("Ctrl+Up", "Ctrl+Down"), "Row above, row below in the table"),
    ReviewKey(("Ctrl+Z",), "Undo"),
    ReviewKey(("Ctrl+Y", "Ctrl+Shift+Z"), "Redo"),
    ReviewKey(("B",), "Before / after: the sensed raster as it lies, or as it will lie"),
    ReviewKey(("Esc",), "End adding a point"),
)

UNDO, REDO = "undo", "redo"


def history_key(event: QKeyEvent) -> str:
    """Return "undo" for Ctrl+Z, "redo" for Ctrl+Y and Ctrl+Shift+Z, else ""."""
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    key, modifiers = event.key(), event.modifiers()
    if key == Qt.Key.Key_Z and modifiers == control:
        return UNDO
    redo = (key == Qt.Key.Key_Y and modifiers == control) or (
        key == Qt.Key.Key_Z and modifiers == (control | shift)
    )
    return REDO if redo else ""


NUDGE_PX, LONG_NUDGE_PX = 0.1, 1.0
_ARROWS = {
    int(Qt.Key.Key_Left): (-1.0, 0.0),
    int(Qt.Key.Key_Right): (1.0, 0.0),
    int(Qt.Key.Key_Up): (0.0, -1.0),
    int(Qt.Key.Key_Down): (0.0, 1.0),
}


def nudge_of(event: QKeyEvent) -> tuple[float, float] | None:
    """Return the step (right, down) in reference px that an arrow key asks for: 0.1 px, 1 px with
    Shift; None for other keys.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    arrow = _ARROWS.get(int(event.key()))
    if arrow is None or modifiers not in (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.ShiftModifier,
    ):
        return None
    step = LONG_NUDGE_PX if modifiers == Qt.KeyboardModifier.ShiftModifier else NUDGE_PX
    return arrow[0] * step, arrow[1] * step
