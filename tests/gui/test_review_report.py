"""The report of a review as PDF and HTML, and the pictures in it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import wkt, write_raster
from review_pairs import EPSG, REFERENCE_GT, SENSED_GT, TRUE, result_of, tie_points
from sar_optical_align.plugin.core.errors import InputError, OutputError
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.progress import Cancelled, Progress
from sar_optical_align.plugin.core.session.session import Role, Session
from sar_optical_align.plugin.core.types import RasterRef
from sar_optical_align.plugin.reviewing.report import ReviewReport
from sar_optical_align.plugin.reviewing.report_pictures import ReviewView
from sar_optical_align.plugin.store.session_store import new_session, run_record


@pytest.fixture
def session(qgis_app, pair_files):
    session = new_session(RasterRef(pair_files[0]), RasterRef(pair_files[1]), "affine")
    result = result_of(tie_points(), (session.reference, session.sensed))
    session.set_result(result, run_record(result))
    session.accept([1, 2])
    session.reject([3], "looks like a ship & <wake>")
    session.set_role([4], Role.CHECK)
    return session


def test_the_html_tells_everything(session, tmp_path):
    ReviewReport(session.record(), session.fit, ("The sensed raster has changed.",)).write(
        tmp_path / "r.html", Progress()
    )
    text = (tmp_path / "r.html").read_text()
    for words in (
        "28</b> of 30 points",
        "3 reviewed",
        f"{session.fit.quality.holdout_rmse_px:.2f} px",
        "SHA-256",
        session.inputs[0].sha256,
        "The sensed raster has changed.",
        "looks like a ship &amp; &lt;wake&gt;",
        "Search radius",
        "cfog",
        "check point",
    ):
        assert words in text, words
    assert text.count("<img") == 5 + 3 * 24
    assert "nan" not in re.sub(r"base64,[^']*", "", text)


def test_the_pdf_is_a_document_of_some_pages(session, tmp_path):
    ReviewReport(session.record(), session.fit).write(tmp_path / "r.pdf", Progress())
    data = (tmp_path / "r.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert data.rstrip().endswith(b"%%EOF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 6
    assert [f.name for f in tmp_path.iterdir() if "part" in f.name] == []


def test_cancelling_and_bad_folders_leave_nothing(session, tmp_path):
    class Stops(Progress):
        def update(self, fraction, message=""):
            if fraction > 0.4:
                raise Cancelled

    with pytest.raises(Cancelled):
        ReviewReport(session.record(), session.fit).write(tmp_path / "r.pdf", Stops())
    for suffix in ("pdf", "html"):
        with pytest.raises(OutputError):
            ReviewReport(session.record(), session.fit).write(
                tmp_path / "no" / f"r.{suffix}", Progress()
            )
    assert not list(tmp_path.glob("*.pdf"))


def test_without_a_fit_there_is_no_report(session):
    session.reject(range(1, 31))
    with pytest.raises(InputError):
        ReviewReport(session.record(), session.fit)


def test_the_sensed_raster_is_seen_where_the_fit_puts_it(qgis_app, tmp_path):
    """Samples tell their own column, so that each picture tells where its pixels come from."""
    _rows, cols = np.mgrid[:120, :160]
    reference = write_raster(
        tmp_path / "a.tif",
        np.random.default_rng(0).integers(1, 255, (120, 160)).astype(np.uint8),
        EPSG,
        REFERENCE_GT,
    )
    sensed = write_raster(tmp_path / "b.tif", (cols + 0.5).astype(np.float32), EPSG, SENSED_GT)
    grids = Grid(wkt(EPSG), REFERENCE_GT, 160, 120), Grid(wkt(EPSG), SENSED_GT, 160, 120)
    session = Session(RasterRef(reference), RasterRef(sensed), *grids, "affine")
    session.replace_all(tie_points(noise_px=0.0))
    view = ReviewView(session.record(), session.fit)
    at = np.stack(np.meshgrid(np.linspace(50, 90, 16), np.linspace(40, 80, 12)), axis=2)
    for mapping, expected in (
        (view.after, coords.apply_matrix(np.linalg.inv(TRUE), at.reshape(-1, 2))),
        (
            view.before,
            coords.px_from_map(SENSED_GT, coords.map_from_px(REFERENCE_GT, at.reshape(-1, 2))),
        ),
    ):
        places = mapping(at.reshape(-1, 2))
        assert places == pytest.approx(expected, abs=1e-6)
        samples = view.sensed.sample(places.reshape(12, 16, 2))[..., 0]
        assert samples.ravel() == pytest.approx(expected[:, 0], abs=0.3)
    assert np.isnan(view.sensed.sample(np.full((1, 1, 2), -5.0))).all()
    assert Path(reference).is_file()
