"""Forms made from parameter dataclasses: what is shown is what comes back."""

from __future__ import annotations

import dataclasses

import pytest
from qgis.PyQt.QtCore import QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QLineEdit
from sar_optical_align.plugin.core.errors import UsageError
from sar_optical_align.plugin.core.fields import param_infos
from sar_optical_align.plugin.core.types import AlignParams, WarpParams
from sar_optical_align.plugin.matchers import all_specs
from sar_optical_align.ui.parts.params_form import ParamsForm

CLASSES = [AlignParams, WarpParams, *(spec.params for spec in all_specs().values())]


def other_value(info):
    """A value of the parameter that is not its default."""
    if info.choices:
        return next(key for key in info.choices if key != info.default)
    if info.type is bool:
        return not info.default
    if info.type is str:
        return "something"
    low = info.min if info.min is not None else -5.0
    high = info.max if info.max is not None else low + 1000.0
    value = low + 0.37 * (high - low)
    return int(value) if info.type is int else round(value, 6)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_the_form_of_defaults_gives_the_defaults(qgis_app, cls):
    form = ParamsForm(cls, cls())
    assert cls(**form.values()) == cls()
    assert set(form.values()) == {info.name for info in param_infos(cls)}


@pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__name__)
def test_every_value_comes_back(qgis_app, cls):
    changed = dataclasses.replace(
        cls(), **{info.name: other_value(info) for info in param_infos(cls)}
    )
    shown = ParamsForm(cls, changed).values()
    for info in param_infos(cls):
        assert shown[info.name] == pytest.approx(getattr(changed, info.name)), info.name


def test_every_editor_has_a_tooltip_and_units_are_shown(qgis_app):
    form = ParamsForm(AlignParams)
    for info in param_infos(AlignParams):
        editor = form.findChild(object, f"param_{info.name}")
        assert info.help in editor.toolTip()
    form.set_unit("search_radius", "m")
    spin = form.findChild(object, "param_search_radius")
    assert spin.text() == "automatic"
    spin.setValue(0.0125)
    assert spin.text() == "0.0125 m"


def test_nodata_takes_any_number_and_refuses_words(qgis_app):
    form = ParamsForm(WarpParams)
    field = form.findChild(QLineEdit, "param_nodata")
    for text, value in (("", None), ("-3.4e38", -3.4e38), ("0", 0.0)):
        field.setText(text)
        assert form.values()["nodata"] == value
    field.setText("none at all")
    with pytest.raises(UsageError, match="Nodata"):
        form.values()


def test_the_wheel_over_an_editor_without_focus_changes_nothing(qgis_app):
    form = ParamsForm(WarpParams)
    form.show()
    combo = form.findChild(QComboBox, "param_resampling")
    combo.setCurrentIndex(2)
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -240),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(combo, turn)
    assert combo.currentIndex() == 2
    form.close()
