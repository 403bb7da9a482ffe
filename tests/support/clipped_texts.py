"""Which texts of a window do not fit where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontMetrics, QTextDocument
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionSpinBox,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)

_SLACK = 1


def clipped(window: QWidget) -> list[str]:
    """Return one line for each visible text that is cut."""
    return [
        line
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window) and widget.width() > 0
        for line in _cut(widget)
    ]


def _cut(widget: QWidget) -> Iterator[str]:
    need: tuple[int, int] | None = None
    text = ""
    if isinstance(widget, QLabel) and widget.text() and widget.pixmap() is None:
        text, need = widget.text(), _label_size(widget)
    elif (
        isinstance(widget, QPushButton | QCheckBox | QRadioButton | QToolButton)
        and widget.text()
        and not _shows_icon_only(widget)
    ):
        text, need = widget.text(), (widget.sizeHint().width(), widget.sizeHint().height())
    elif isinstance(widget, QGroupBox) and widget.title():
        text, need = widget.title(), (widget.fontMetrics().horizontalAdvance(widget.title()) + 8, 0)
    elif isinstance(widget, QTabBar):
        if any(button.isVisible() for button in widget.findChildren(QToolButton)):
            yield f"tabs {[widget.tabText(i) for i in range(widget.count())]} have to be scrolled"
        for i in range(widget.count()):
            bold = widget.fontMetrics().horizontalAdvance(widget.tabText(i).replace("&", ""))
            if (
                bold > widget.tabRect(i).width()
                or widget.tabRect(i).right() > widget.width() + _SLACK
            ):
                yield (
                    f"tab {widget.tabText(i)!r}: {bold} px in {widget.tabRect(i).width()}, "
                    f"bar {widget.width()}"
                )
    elif (
        isinstance(widget, QScrollArea)
        and widget.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    ):
        if (
            widget.widget() is not None
            and widget.widget().width() > widget.viewport().width() + _SLACK
        ):
            yield (
                f"page {type(widget.widget()).__name__}: {widget.widget().width()} px in "
                f"{widget.viewport().width()}"
            )
    elif isinstance(widget, QHeaderView):
        yield from _header(widget)
    elif isinstance(widget, QSpinBox | QDoubleSpinBox):
        yield from _spin(widget)
    elif (
        isinstance(widget, QComboBox)
        and not widget.isEditable()
        and widget.currentIndex() >= 0
        and "Combo" not in type(widget).__name__[3:]
    ):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        room = (
            widget.style()
            .subControlRect(
                QStyle.ComplexControl.CC_ComboBox,
                option,
                QStyle.SubControl.SC_ComboBoxEditField,
                widget,
            )
            .width()
        )
        words = widget.fontMetrics().horizontalAdvance(widget.currentText())
        if words > room:
            yield (
                f"QComboBox {widget.objectName()!r} {widget.currentText()!r}: {words} px in {room}"
            )
    if need is not None and (
        need[0] > widget.width() + _SLACK or need[1] > widget.height() + _SLACK
    ):
        plain = re.sub(r"<[^>]*>", "", text)[:50]
        yield (
            f"{type(widget).__name__} {widget.objectName()!r} {plain!r}: needs {need[0]} x "
            f"{need[1]}, has {widget.width()} x {widget.height()}"
        )


def _shows_icon_only(widget: QWidget) -> bool:
    return (
        isinstance(widget, QToolButton)
        and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    )


def _label_size(label: QLabel) -> tuple[int, int]:
    """Return the width of the longest line, or with word wrap of the longest word, and the height
    at the label's width.
    """
    if label.wordWrap():
        return _longest_word(label), label.heightForWidth(label.width())
    hint = label.sizeHint()
    return hint.width(), hint.height()


def _longest_word(label: QLabel) -> int:
    document = QTextDocument()
    document.setDefaultFont(label.font())
    document.setDocumentMargin(0)
    rich = Qt.mightBeRichText(label.text()) or label.textFormat() == Qt.TextFormat.RichText
    (document.setHtml if rich else document.setPlainText)(label.text())
    words = document.toPlainText().split()
    return max((QFontMetrics(label.font()).horizontalAdvance(w) for w in words), default=0)


def _header(header: QHeaderView) -> Iterator[str]:
    if header.orientation() != Qt.Orientation.Horizontal or not isinstance(
        header.parentWidget(), QTableView
    ):
        return
    model = header.model()
    for i in range(header.count()):
        if header.isSectionHidden(i):
            continue
        text = str(model.headerData(i, Qt.Orientation.Horizontal) or "")
        words = header.fontMetrics().horizontalAdvance(text) + 4
        if words > header.sectionSize(i) + _SLACK:
            yield f"header {text!r}: {words} px in {header.sectionSize(i)}"


def _spin(box: QSpinBox | QDoubleSpinBox) -> Iterator[str]:
    option = QStyleOptionSpinBox()
    box.initStyleOption(option)
    field = box.style().subControlRect(
        QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxEditField, box
    )
    words = box.fontMetrics().horizontalAdvance(box.text())
    if words > field.width() - 2:
        yield (
            f"{type(box).__name__} {box.objectName()!r} {box.text()!r}: {words} px in "
            f"{field.width()}"
        )
