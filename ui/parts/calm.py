"""A debounce: once nothing has asked for a while, something is done."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import QObject, QTimer


class Calm(QTimer):
    """Does something once, `ms` after the last `start`; `stop` takes the asking back."""

    def __init__(self, parent: QObject, ms: int, action: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(ms)
        self.timeout.connect(action)
