"""What the tests of widgets share."""

from __future__ import annotations

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsSettings
from qgis.gui import QgsMapCanvas
from qgis_end import no_dataset_outlives_qgis
from review_pairs import REFERENCE_GT, SIZE, result_of, tie_points, write_pair

__all__ = ["no_dataset_outlives_qgis"]


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


@pytest.fixture
def review(canvas, pair_files):
    """A review of 30 points on the canvas, with its panel; `told` collects what it says, `refs` are
    its rasters.
    """
    from sar_optical_align.plugin.core.types import RasterRef
    from sar_optical_align.plugin.reviewing.controller import ReviewController
    from sar_optical_align.ui.panels.review_panel import ReviewPanel

    panel = ReviewPanel()
    panel.resize(420, 900)
    panel.show()
    review = ReviewController(canvas, panel)
    refs = RasterRef(pair_files[0]), RasterRef(pair_files[1])
    review.sessions.open(*refs, "affine")
    review.sessions.begin_stream()
    review.sessions.end_stream(result_of(tie_points(), refs))
    review.map.use_tool()
    review.refs, review.told = refs, []
    review.desk.said.connect(review.told.append)
    yield review
    review.close()
    panel.close()
    panel.deleteLater()


@pytest.fixture(autouse=True)
def _clean_settings(qgis_app, tmp_path, monkeypatch):
    """Keep settings and sessions of tests out of each other's way."""
    from sar_optical_align.plugin.store import session_store, settings

    monkeypatch.setattr(session_store, "session_folder", lambda: tmp_path / "sessions")
    monkeypatch.setattr(settings, "managed_folder", lambda: tmp_path / "venv")
    QgsSettings().remove("sar_optical_align")
    yield
    QgsSettings().remove("sar_optical_align")
    QgsProject.instance().clear()
