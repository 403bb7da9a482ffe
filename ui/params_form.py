"""A form made from the fields of a parameter dataclass."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QLineEdit, QSpinBox, QWidget

from ..plugin.core.fields import ParamInfo, param_infos
from .text import tr


class ParamsForm(QWidget):
    """One row per parameter; `values()` gives what the dataclass takes.

    Args:
        cls: Parameter dataclass.
        values: Values to show; defaults otherwise.
        advanced: Show only advanced parameters (True), only the others (False), or all (None).
        skip: Names left out.
        parent: Qt parent.
    """

    changed = pyqtSignal()

    def __init__(
        self, cls: type, values: object | None = None, advanced: bool | None = None, skip: tuple[str, ...] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._editors: dict[str, tuple[ParamInfo, QWidget]] = {}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for info in param_infos(cls):
            if info.name in skip or (advanced is not None and info.advanced != advanced):
                continue
            value = getattr(values, info.name) if values is not None else info.default
            editor = self._make(info, value)
            editor.setObjectName(f"param_{info.name}")
            editor.setToolTip(tr(info.help))
            if isinstance(editor, QCheckBox):
                editor.setText(tr(info.label))
                layout.addRow(editor)
            else:
                layout.addRow(tr(info.label), editor)
            self._editors[info.name] = (info, editor)

    def values(self) -> dict[str, Any]:
        """Return the values by name; the special value of an optional number is None."""
        return {name: self._read(info, editor) for name, (info, editor) in self._editors.items()}

    def set_unit(self, name: str, unit: str) -> None:
        """Show another unit behind a number."""
        _, editor = self._editors[name]
        editor.setSuffix(f" {unit}")

    def _make(self, info: ParamInfo, value: Any) -> QWidget:
        if info.choices:
            box = QComboBox()
            for key, label in info.choices.items():
                box.addItem(tr(label), key)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.currentIndexChanged.connect(self.changed)
            return box
        if info.type is bool:
            check = QCheckBox()
            check.setChecked(bool(value))
            check.toggled.connect(self.changed)
            return check
        if info.type in (int, float):
            return self._make_number(info, value)
        line = QLineEdit(str(value or ""))
        line.editingFinished.connect(self.changed)
        return line

    def _make_number(self, info: ParamInfo, value: Any) -> QWidget:
        spin: QSpinBox | QDoubleSpinBox = QSpinBox() if info.type is int else QDoubleSpinBox()
        low = info.min if info.min is not None else -1e9
        high = info.max if info.max is not None else 1e9
        if info.type is int:
            low, high = int(max(low, -(2**31))), int(min(high, 2**31 - 1))
        else:
            spin.setDecimals(3 if high <= 10 else 2)
            spin.setSingleStep(0.05 if high <= 1 else 1.0)
        if info.optional:
            low = low - 1 if info.type is int else low
            spin.setSpecialValueText(tr("automatic"))
        spin.setRange(low, high)
        spin.setValue(low if value is None else value)
        if info.unit:
            spin.setSuffix(f" {tr(info.unit)}")
        spin.valueChanged.connect(self.changed)
        return spin

    @staticmethod
    def _read(info: ParamInfo, editor: QWidget) -> Any:
        if isinstance(editor, QComboBox):
            return editor.currentData()
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        if isinstance(editor, QSpinBox | QDoubleSpinBox):
            if info.optional and editor.value() == editor.minimum():
                return None
            return editor.value()
        return editor.text()
