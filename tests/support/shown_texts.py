"""Everything that a widget says: text, tooltip, entries, headers, placeholder, suffix, accessible
name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTableView,
    QWidget,
)


def plain(text: str) -> str:
    """Return text without markup, mnemonics and what is in italics: titles of papers, paths."""
    bare = re.sub(r"<[^>]*>", " ", re.sub(r"<i>.*?</i>", " ", text.replace("&nbsp;", " ")))
    return re.sub(r"\s+", " ", bare).replace("&", "").strip()


def texts_of(widget: QWidget) -> Iterator[str]:
    """Yield the texts of a widget, as set."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.windowTitle())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QGroupBox):
        yield widget.title()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(i) for i in range(widget.count()))
        yield from (
            str(widget.itemData(i, Qt.ItemDataRole.ToolTipRole) or "")
            for i in range(widget.count())
        )
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QAbstractSpinBox):
        yield widget.specialValueText()
    if isinstance(widget, QSpinBox | QDoubleSpinBox):
        yield from (widget.suffix(), widget.prefix())
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(i) for i in range(widget.count()))
    if isinstance(widget, QMenu):
        for action in widget.actions():
            yield from (action.text(), action.toolTip())
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _model_texts(widget)


def _model_texts(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    if isinstance(view, QTableView):
        yield from (
            str(model.headerData(c, Qt.Orientation.Horizontal, role) or "")
            for c in range(model.columnCount())
            for role in roles
        )
    for row in range(min(model.rowCount(), 12)):
        yield from (
            str(model.index(row, c).data(role) or "")
            for c in range(model.columnCount())
            for role in roles
        )
