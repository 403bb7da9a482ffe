"""The settings page with the real service behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from sar_optical_align.plugin.core.types import AlignParams
from sar_optical_align.plugin.dock.interpreter import InterpreterService
from sar_optical_align.plugin.store.settings import (
    defaults,
    load_params,
    machine,
    save_params,
    set_defaults,
)
from sar_optical_align.ui.settings_page import AlignOptionsFactory


@pytest.fixture
def service():
    return InterpreterService()


@pytest.fixture
def page(qgis_app, service):
    page = AlignOptionsFactory(service).createWidget(None)
    page.resize(700, 600)
    page.show()
    yield page
    page.close()


def test_choices_are_stored_only_on_apply(page, service, worker_python):
    page.existing.setChecked(True)
    page.python.setFilePath(worker_python)
    page.computer.editor("threads").setValue(3)
    assert service.managed
    page.apply()
    assert not service.managed
    assert service.existing_python == worker_python
    assert machine() == {"device": "auto", "threads": 3, "memory_mb": 0}
    assert service.state() == (True, worker_python)


def test_the_state_follows_the_choice(page, tmp_path, worker_python):
    assert "Not ready" in page.state.text()
    page.existing.setChecked(True)
    page.python.setFilePath(str(tmp_path / "absent"))
    assert "does not exist" in page.state.text()
    page.python.setFilePath(__file__)
    assert "does not work" in page.state.text()
    page.python.setFilePath(worker_python)
    assert "Ready" in page.state.text()
    assert "Not" not in page.state.text()


def test_the_report_can_be_copied_and_hides_the_home_folder(page, worker_python):
    page.existing.setChecked(True)
    page.python.setFilePath(worker_python)
    page.apply()
    QTest.mouseClick(page.findChild(object, "makeReport"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.findChild(object, "copyReport"), Qt.MouseButton.LeftButton)
    text = QgsApplication.clipboard().text()
    assert "QGIS 3." in text
    assert "numpy" in text
    assert str(Path.home()) + "/" not in text


def test_a_failed_creation_says_why_and_leaves_nothing(page, tmp_path, qtbot):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    page.wheels.setFilePath(str(wheels))
    QTest.mouseClick(page.create_button, Qt.MouseButton.LeftButton)
    assert page.cancel_button.isVisible()
    assert not page.create_button.isEnabled()
    qtbot.waitUntil(lambda: page._task is None, timeout=90000)
    assert "could not be made" in page.state.text()
    assert not (tmp_path / "venv").exists()
    assert page.create_button.isEnabled()


def test_cancelling_the_creation_leaves_nothing(page, tmp_path, qtbot):
    QTest.mouseClick(page.create_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.progress.value() > 0, timeout=20000)
    QTest.mouseClick(page.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page._task is None, timeout=10000)
    assert not (tmp_path / "venv").exists()
    assert "Not ready" in page.state.text()


def test_the_creation_outlives_its_page(qgis_app, service, qtbot):
    """Options may be closed meanwhile: a new page shows it, and the dock is told of the end."""
    told = []
    service.stored = lambda: told.append(True)
    page = AlignOptionsFactory(service).createWidget(None)
    QTest.mouseClick(page.create_button, Qt.MouseButton.LeftButton)
    page.close()
    page.deleteLater()
    QTest.qWait(50)
    again = AlignOptionsFactory(service).createWidget(None)
    again.show()
    assert again.cancel_button.isVisible()
    assert not again.create_button.isEnabled()
    QTest.mouseClick(again.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: again._task is None, timeout=10000)
    assert service.creation is None
    assert told
    again.close()


def test_parameters_survive_a_restart_one_by_one(qgis_app):
    params = AlignParams(
        matcher="sift", search_radius=75.5, rotation_scale_search=False, tile_px=640, min_score=0.25
    )
    save_params(params)
    assert load_params() == params
    QgsSettings().setValue("sar_optical_align/params/tile_px", "-3")
    kept = load_params()
    assert kept.tile_px == AlignParams().tile_px
    assert kept.search_radius == 75.5


def test_defaults_come_from_the_same_fields_and_are_what_the_dock_begins_with(page, service):
    told = []
    service.stored = lambda: told.append(load_params())
    save_params(AlignParams(tile_px=512, max_points=50))
    page.defaults.set_value("max_points", 300)
    page.defaults.set_value("search_radius", 75.0)
    page.defaults.set_value("matcher", "phase_congruency")
    page.computer.set_value("memory_mb", 900)
    page.computer.set_value("device", "cpu")
    page.apply()
    assert defaults() == AlignParams(
        matcher="phase_congruency", search_radius=75.0, max_points=300, memory_mb=900, device="cpu"
    )
    begin = load_params()
    assert (begin.max_points, begin.search_radius, begin.memory_mb) == (300, 75.0, 900), (
        "changed here: in place of the last run's"
    )
    assert begin.tile_px == 512, "not changed here: as in the last run"
    assert told == [begin]


def test_restoring_the_defaults_is_stored_with_ok_only(qgis_app, service):
    set_defaults(AlignParams(max_points=77, threads=1, sar_scale="db", search_radius=5.0))
    page = AlignOptionsFactory(service).createWidget(None)
    QTest.mouseClick(page.restore_button, Qt.MouseButton.LeftButton)
    assert defaults().max_points == 77
    page.apply()
    assert defaults() == AlignParams()
    page.deleteLater()


def test_settings_are_stored_typed(qgis_app):
    set_defaults(AlignParams(max_points=77, rotation_scale_search=False, min_score=0.5))
    stored = {
        name: QgsSettings().value(f"sar_optical_align/defaults/{name}")
        for name in ("max_points", "rotation_scale_search", "min_score")
    }
    assert {name: type(value) for name, value in stored.items()} == {
        "max_points": int,
        "rotation_scale_search": bool,
        "min_score": float,
    }
