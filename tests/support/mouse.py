"""Mouse moves with a button held: without a screen QTest sends none."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QWidget

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def move(widget: QWidget, place: QPoint, modifiers=PLAIN) -> None:
    """Move to a place of the widget with the left button down."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        LEFT,
        modifiers,
    )
    QApplication.sendEvent(widget, event)


def drag(widget: QWidget, places: list[QPoint], modifiers=PLAIN) -> None:
    """Press at the first place, pass through the others, release at the last."""
    QTest.mousePress(widget, LEFT, modifiers, places[0])
    for place in places[1:]:
        move(widget, place, modifiers)
    QTest.mouseRelease(widget, LEFT, modifiers, places[-1])
