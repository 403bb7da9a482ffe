"""Tool buttons with an icon, a tooltip and a name for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QToolButton

from .icons import icon


def tool_button(name: str, text: str, tip: str, slot: Callable[[], object]) -> QToolButton:
    """Return a button that calls `slot`.

    Args:
        name: Of its icon; the widget is called the same with "Button" behind.
        text: What it does, in a word or two.
        tip: The rest of its tooltip, rich text.
        slot: Called at a click.
    """
    button = QToolButton()
    button.setObjectName(f"{name}Button")
    button.setIcon(icon(name))
    button.setText(text)
    button.setToolTip(f"<b>{text}</b><br>{tip}")
    button.setAccessibleName(text)
    button.setAutoRaise(True)
    button.setIconSize(QSize(20, 20))
    button.clicked.connect(lambda _checked=False: slot())
    return button


def toggle_button(
    name: str, text: str, tip: str, slot: Callable[[bool], object], checked: bool = False
) -> QToolButton:
    """Return a button that stays down, and calls `slot` with whether it is down."""
    button = tool_button(name, text, tip, lambda: slot(button.isChecked()))
    button.setCheckable(True)
    button.setChecked(checked)
    return button
