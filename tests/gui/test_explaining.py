"""Explaining a point: the real worker draws it, the window shows the picture; an unknown place is
told.
"""

from __future__ import annotations

import os

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from sar_optical_align.plugin.core.types import AlignParams
from sar_optical_align.plugin.dock import explainer as explaining
from sar_optical_align.plugin.dock.explainer import Explainer
from sar_optical_align.plugin.store.network_consent import request_for
from sar_optical_align.plugin.store.settings import save_params
from sar_optical_align.plugin.work.worker_client import WorkerClient


@pytest.fixture
def explainer(review):
    python = os.environ.get("SOA_WORKER_PYTHON")
    if not python:
        pytest.fail("SOA_WORKER_PYTHON names no interpreter of the engine")
    client = WorkerClient(python)
    save_params(
        AlignParams(matcher="ecc")
    )  # of another scene: the points of this review come from cfog
    explainer = Explainer(review.desk, review.panel, lambda: client)
    review.panel.explain_requested.connect(explainer.explain)
    yield explainer
    explainer.close()
    client.close()


def test_a_key_shows_the_picture_of_a_point(review, explainer, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(
        explaining,
        "request_for",
        lambda *args: asked.append(args[2].matcher) or request_for(*args),
    )
    review.desk.select([14])
    QTest.keyClick(review.panel.table, Qt.Key.Key_E)
    qtbot.waitUntil(explainer.dialog.isVisible, timeout=60_000)
    assert "14" in explainer.dialog.windowTitle()
    assert asked == ["cfog"]
    shown = explainer.dialog.label.pixmap()
    assert shown.width() > 600
    image = shown.toImage()
    assert (
        len(
            {
                image.pixel(x, y)
                for x in range(0, shown.width(), 7)
                for y in range(0, shown.height(), 7)
            }
        )
        > 100
    )


def test_nothing_selected_is_told(review, explainer):
    told = []
    review.desk.failed.connect(told.append)
    review.desk.select([])
    review.panel.explain_requested.emit()
    assert "no point selected" in str(told[0])
    assert not explainer.dialog.isVisible()
