"""The plugin's messages on QGIS's message bar."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import Qgis
from qgis.gui import QgsMessageBar, QgsMessageBarItem
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QPushButton

from .text import as_text


class Messages:
    """Remembers what it put on the bar, so that it can take it off."""

    def __init__(self, bar: QgsMessageBar, title: str) -> None:
        self._bar, self._title = bar, title
        self._items: list[QgsMessageBarItem] = []

    def tell(
        self,
        text: str,
        level: Qgis.MessageLevel,
        seconds: int,
        button: str = "",
        action: Callable[[], None] | None = None,
        title: str | None = None,
    ) -> QgsMessageBarItem:
        """Show a message for some seconds (0: until it is closed), with a button where there is one
        thing to do.
        """
        item = self._bar.createMessage(self._title if title is None else title, as_text(text))
        if button and action is not None:
            press = QPushButton(button)
            press.clicked.connect(lambda _checked=False: action())
            item.layout().addWidget(press)
        item.setLevel(level)
        item.setDuration(seconds)
        self._bar.pushItem(item)
        self._items = [i for i in self._items if not sip.isdeleted(i)] + [item]
        return item

    def take_back(self, item: QgsMessageBarItem | None) -> None:
        """Take a message off, where it is still there."""
        if item is not None and not sip.isdeleted(item):
            self._bar.popWidget(item)

    def close(self) -> None:
        """Take all messages off."""
        for item in self._items:
            self.take_back(item)
        self._items = []
