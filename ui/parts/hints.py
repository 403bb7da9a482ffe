"""Tooltips and names for screen readers of widgets that are made of others."""

from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtWidgets import QToolButton, QWidget

from .text import fill, tr


def hint(widget: QWidget, name: str, tip: str) -> None:
    """Give a widget a tooltip and, where nothing names it, a name."""
    widget.setToolTip(tip)
    if not widget.accessibleName():
        widget.setAccessibleName(name)


def hint_file(file: QgsFileWidget, name: str, tip: str) -> None:
    """Give a field for a path, and its button, a tooltip and a name; the button can be reached by
    keyboard.
    """
    for widget in (file, *file.findChildren(QWidget)):
        hint(widget, name, tip)
    for button in file.findChildren(QToolButton):
        if button.parentWidget() is file:
            hint(button, name, fill(tr("Browse: {0}"), name))
    file.fileChanged.connect(
        lambda _path: file.lineEdit().setToolTip(tip)
    )  # the field takes its tooltip away with each path


def hint_box(box: QgsCollapsibleGroupBox) -> None:
    """Give the arrow of a box that folds a tooltip and a name."""
    for button in box.findChildren(QToolButton, "collapseButton"):
        button.setToolTip(tr("Show or hide these settings"))
        button.setAccessibleName(box.title())
