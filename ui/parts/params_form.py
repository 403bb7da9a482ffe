"""A form made from the fields of a parameter dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QEvent, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QValidator
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from ...plugin.core.errors import UsageError
from ...plugin.core.fields import ParamInfo, param_infos
from .text import fill, tr


class NumberBox(QDoubleSpinBox):
    """A number without trailing zeros, from 1e-8 to 1e9."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(8)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Return the shortest text of a value."""
        return self.locale().toString(value, "g", 10)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept a decimal point in every locale."""
        return super().validate(text.replace(".", self.locale().decimalPoint()), position)


class _CalmWheel(QObject):
    """Lets the wheel scroll the page instead of changing a value nobody clicked on."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Swallow wheel turns over an editor without focus."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return False


class ParamsForm(QWidget):
    """One row per parameter; `values()` gives what the dataclass takes.

    Args:
        cls: Parameter dataclass.
        values: Values to show; defaults otherwise.
        only: Names shown, in this order; None = all.
        skip: Names left out.
        choices: Choices of parameters whose own do not list them: name -> key -> label.
        parent: Qt parent.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        cls: type,
        values: object | None = None,
        only: tuple[str, ...] | None = None,
        skip: tuple[str, ...] = (),
        choices: Mapping[str, dict[str, str]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._editors: dict[str, tuple[ParamInfo, QWidget]] = {}
        self._calm = _CalmWheel(self)
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for info in param_infos(cls):
            if info.name in skip or (only is not None and info.name not in only):
                continue
            if choices is not None and info.name in choices:
                info = replace(info, choices=choices[info.name])
            editor = self._make(
                info, getattr(values, info.name) if values is not None else info.default
            )
            editor.setObjectName(f"param_{info.name}")
            editor.setToolTip(tr(info.help))
            editor.setMinimumWidth(editor.fontMetrics().horizontalAdvance(tr("automatic")) + 36)
            editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            editor.installEventFilter(self._calm)
            editor.setAccessibleName(tr(info.label))
            if isinstance(editor, QCheckBox):
                editor.setText(tr(info.label))
                layout.addRow(editor)
            else:
                layout.addRow(tr(info.label), editor)
                layout.labelForField(editor).setToolTip(tr(info.help))
            self._editors[info.name] = (info, editor)

    def values(self) -> dict[str, Any]:
        """Return the values by name; the special value of an optional number is None.

        Raises:
            UsageError: a number cannot be read.
        """
        return {name: self._read(info, editor) for name, (info, editor) in self._editors.items()}

    def set_value(self, name: str, value: Any) -> None:
        """Show another value and tell of it; None is automatic."""
        _info, editor = self._editors[name]
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(0, editor.findData(value)))
        elif isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
        elif isinstance(editor, QSpinBox | QDoubleSpinBox):
            editor.setValue(editor.minimum() if value is None else value)
        elif isinstance(editor, QgsFileWidget):
            editor.setFilePath(value or "")
        else:
            editor.setText("" if value is None else str(value))
            self.changed.emit()

    def show_values(self, values: object) -> None:
        """Show the values of a dataclass and tell of those that change."""
        for name in self._editors:
            self.set_value(name, getattr(values, name))

    def editors(self) -> list[QWidget]:
        """Return all editors, in order."""
        return [editor for _info, editor in self._editors.values()]

    def editor(self, name: str) -> QWidget:
        """Return what edits a parameter."""
        return self._editors[name][1]

    def set_unit(self, name: str, unit: str) -> None:
        """Show another unit behind a number."""
        _, editor = self._editors[name]
        editor.setSuffix(f" {unit}")

    def is_empty(self) -> bool:
        """Whether there is nothing to choose."""
        return not self._editors

    def _make(self, info: ParamInfo, value: Any) -> QWidget:
        if info.choices:
            box = QComboBox()
            for key, label in info.choices.items():
                box.addItem(tr(label), key)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())
            return box
        if info.type is bool:
            check = QCheckBox()
            check.setChecked(bool(value))
            check.toggled.connect(lambda _on: self.changed.emit())
            return check
        unbounded = info.min is None and info.max is None
        if info.type is int or (info.type is float and not (info.optional and unbounded)):
            return self._make_number(info, value)
        if info.file:
            chooser = QgsFileWidget()
            chooser.setFilter(fill(tr("Files ({0})"), info.file))
            chooser.setFilePath(value or "")
            chooser.lineEdit().setPlaceholderText(tr("the plugin's own"))
            chooser.setFocusProxy(chooser.lineEdit())
            chooser.fileChanged.connect(lambda _path: self.changed.emit())
            return chooser
        line = QLineEdit("" if value is None else str(value))
        line.setPlaceholderText(tr("automatic") if info.optional else "")
        line.editingFinished.connect(self.changed.emit)
        return line

    def _make_number(self, info: ParamInfo, value: Any) -> QWidget:
        spin: QSpinBox | QDoubleSpinBox = QSpinBox() if info.type is int else NumberBox()
        low = info.min if info.min is not None else -1e9
        high = info.max if info.max is not None else 1e9
        if info.type is int:
            low, high = int(max(low, -(2**31))), int(min(high, 2**31 - 1))
        elif high - low <= 1:
            spin.setStepType(QDoubleSpinBox.StepType.DefaultStepType)
            spin.setSingleStep(0.05)
        if info.zero:
            spin.setSpecialValueText(tr(info.zero))
        if info.optional:
            low = low - 1 if info.type is int else low
            spin.setSpecialValueText(tr("automatic"))
        spin.setRange(low, high)
        spin.setValue(low if value is None else value)
        if info.unit:
            spin.setSuffix(f" {tr(info.unit)}")
        spin.valueChanged.connect(lambda _value: self.changed.emit())
        return spin

    @staticmethod
    def _read(info: ParamInfo, editor: QWidget) -> Any:
        if isinstance(editor, QComboBox):
            return editor.currentData()
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        if isinstance(editor, QSpinBox | QDoubleSpinBox):
            return None if info.optional and editor.value() == editor.minimum() else editor.value()
        if isinstance(editor, QgsFileWidget):
            return editor.filePath().strip()
        text = editor.text().strip()
        if info.type is not float:
            return text
        if info.optional and not text:
            return None
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise UsageError(
                f"{info.label}: {text!r} is not a number.",
                "Give a number, or nothing for automatic.",
            ) from None
