"""What the tests of widgets share."""

from __future__ import annotations

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsSettings
from qgis.gui import QgsMapCanvas
from review_pairs import REFERENCE_GT, SIZE, write_pair


@pytest.fixture
def canvas(qgis_app):
    """A canvas of its own over the test rasters."""
    from qgis.core import QgsRectangle

    canvas = QgsMapCanvas()
    canvas.resize(800, 600)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    x, dx, _, y, _, dy = REFERENCE_GT
    canvas.setExtent(QgsRectangle(x, y + dy * SIZE[1], x + dx * SIZE[0], y))
    canvas.show()
    yield canvas
    canvas.close()
    canvas.deleteLater()


@pytest.fixture
def pair_files(tmp_path):
    """Paths of a reference and a sensed raster."""
    return write_pair(tmp_path)


@pytest.fixture(autouse=True)
def _clean_settings(qgis_app, tmp_path, monkeypatch):
    """Keep settings and sessions of tests out of each other's way."""
    from sar_optical_align.plugin import session_store, settings

    monkeypatch.setattr(session_store, "session_folder", lambda: tmp_path / "sessions")
    monkeypatch.setattr(settings, "managed_folder", lambda: tmp_path / "venv")
    QgsSettings().remove("sar_optical_align")
    yield
    QgsSettings().remove("sar_optical_align")
    QgsProject.instance().clear()
