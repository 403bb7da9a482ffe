"""Opening the offline help at the right place."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QToolButton

from ...plugin.core.run.help_pages import help_place
from .icons import icon
from .text import tr


def help_url(topic: str) -> QUrl:
    """Return the address of a topic."""
    file, anchor = help_place(topic)
    url = QUrl.fromLocalFile(str(file))
    if anchor:
        url.setFragment(anchor)
    return url


def open_help(topic: str) -> None:
    """Show a topic in the web browser; nothing is read from a network."""
    QDesktopServices.openUrl(help_url(topic))


def help_button(topic: Callable[[], str]) -> QToolButton:
    """Return a button that opens the help on what `topic` says when it is pressed."""
    button = QToolButton()
    button.setObjectName("helpButton")
    button.setIcon(icon("help"))
    button.setToolTip(tr("Help (works offline)"))
    button.setAccessibleName(tr("Help"))
    button.setAutoRaise(True)
    button.clicked.connect(lambda _checked=False: open_help(topic()))
    return button
