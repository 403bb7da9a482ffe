"""Reviews come back with their project; rasters that were moved or changed are told of."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import read_raster, write_raster
from host_window import HostWindow
from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel
from review_pairs import EPSG, SENSED_GT, result_of, tie_points
from sar_optical_align import classFactory
from sar_optical_align.plugin.core.jsonable import to_jsonable
from sar_optical_align.plugin.core.session.session import Session
from sar_optical_align.plugin.core.types import RasterRef
from sar_optical_align.plugin.store.session_store import find_earlier, pair_key, session_path


@pytest.fixture
def host(qgis_app):
    window = HostWindow()
    yield window
    window.close()


@pytest.fixture
def running():
    """Plugins that were started, ended at the end of the test whatever happens."""
    plugins = []
    yield plugins
    for plugin in list(plugins):
        stop(plugin, plugins)


def start(host, running):
    plugin = classFactory(host)
    plugin.initGui()
    plugin.action.trigger()
    QTest.qWait(50)
    running.append(plugin)
    return plugin


def stop(plugin, running):
    running.remove(plugin)
    plugin.unload()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def review(plugin, files):
    """Add the rasters, find points, reject one."""
    layers = [QgsRasterLayer(path, Path(path).stem) for path in files]
    QgsProject.instance().addMapLayers(layers)
    plugin.dock.match.reference_combo.setLayer(layers[0])
    plugin.dock.match.sensed_combo.setLayer(layers[1])
    QTest.qWait(20)
    session = plugin.controller.open_session()
    plugin.controller.review.sessions.begin_stream()
    plugin.controller.review.sessions.end_stream(
        result_of(tie_points(), (session.reference, session.sensed))
    )
    session.reject([5])
    return session


def said(host):
    return " ".join(
        label.text() for item in host.bar.items() for label in item.findChildren(QLabel)
    ) + " ".join(item.text() for item in host.bar.items())


def test_the_review_comes_back_with_the_project(host, running, pair_files, tmp_path):
    project = tmp_path / "work" / "p.qgz"
    project.parent.mkdir()
    plugin = start(host, running)
    session = review(plugin, pair_files)
    before = session.file.path
    assert before.parent == tmp_path / "sessions"
    assert QgsProject.instance().write(str(project))
    assert (
        session.file.path.parent == tmp_path / "work" / "p_alignment"
    )  # it moved beside the project
    assert not before.exists()
    session.move(7, reference_px=(50.0, 60.0))
    stop(plugin, running)

    QgsProject.instance().clear()
    plugin = start(host, running)
    assert plugin.controller.review.desk.session is None
    assert QgsProject.instance().read(str(project))
    QTest.qWait(50)
    back = plugin.controller.review.desk.session
    assert back is not session
    assert len(back.points) == 30
    assert not back.point(5).tie_point.enabled
    assert back.point(7).tie_point.reference_px == (50.0, 60.0)
    assert np.array_equal(
        back.point(9).tie_point.evidence.surface,
        session.point(9).tie_point.evidence.surface.astype(np.float16),
    )
    assert back.run.matcher == "cfog"
    assert "reviewed: 2 " in plugin.dock.status.text()


def test_the_layer_of_points_moves_with_the_review_when_the_project_is_saved(
    host, running, pair_files, tmp_path
):
    plugin = start(host, running)
    session = review(plugin, pair_files)
    plugin.controller.keeping.add_layer()
    layer = next(
        v for v in QgsProject.instance().mapLayers().values() if isinstance(v, QgsVectorLayer)
    )
    assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
    assert layer.source() == f"{session.file.path}|layername=points"
    assert layer.isValid()
    assert layer.featureCount() == 30


def test_after_a_new_project_the_earlier_review_is_offered_again(host, running, pair_files):
    plugin = start(host, running)
    review(plugin, pair_files)
    QgsProject.instance().clear()
    layers = [QgsRasterLayer(path, Path(path).stem) for path in pair_files]
    QgsProject.instance().addMapLayers(layers)
    plugin.dock.match.reference_combo.setLayer(layers[0])
    plugin.dock.match.sensed_combo.setLayer(layers[1])
    QTest.qWait(50)
    assert plugin.controller.keeping.offer is not None
    QgsProject.instance().clear()
    assert plugin.controller.keeping.offer is None


@pytest.mark.parametrize("known", [True, False])
def test_opening_a_review_is_no_change(host, running, pair_files, known):
    plugin = start(host, running)
    session = review(plugin, pair_files)
    file, refs = session.file.path, (session.reference, session.sensed)
    stop(plugin, running)
    QgsProject.instance().clear()
    then = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
    with sqlite3.connect(file) as connection:
        assert json.loads(
            connection.execute("SELECT value FROM session WHERE key = 'changed_at'").fetchone()[0]
        ).startswith(f"{datetime.now(timezone.utc):%Y-%m-%d}")
        connection.execute(
            "UPDATE session SET value = ? WHERE key = 'changed_at'",
            (json.dumps(then.isoformat() if known else None),),
        )
    connection.close()
    os.utime(
        file, (then.timestamp(), then.timestamp())
    )  # what tells of the change in a file that does not itself
    content = file.read_bytes()
    for _ in range(2):
        plugin = start(host, running)
        found = find_earlier(*refs)
        assert found.time == then
        plugin.controller.keeping.restore(found)
        plugin.controller.review.desk.keep_residuals()
        plugin.controller.review.sessions.relocate()
        stop(plugin, running)
    if known:  # opening is no change, not even to the file
        assert file.stat().st_mtime == then.timestamp()
        assert file.read_bytes() == content
    again = find_earlier(*refs)
    again.session.accept([3])
    assert find_earlier(*refs).time > then


def test_a_second_project_does_not_see_the_first_ones_review(host, running, pair_files, tmp_path):
    plugin = start(host, running)
    review(plugin, pair_files)
    assert QgsProject.instance().write(str(tmp_path / "a.qgz"))
    QgsProject.instance().clear()
    assert plugin.controller.review.desk.session is None


def test_a_changed_raster_is_told_of(host, running, pair_files, tmp_path):
    plugin = start(host, running)
    review(plugin, pair_files)
    assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
    QgsProject.instance().clear()
    write_raster(Path(pair_files[1]), read_raster(pair_files[1])[:, :100], EPSG, SENSED_GT)
    assert QgsProject.instance().read(str(tmp_path / "p.qgz"))
    QTest.qWait(50)
    assert plugin.controller.review.desk.session is not None
    assert "sensed raster had 160 x 120 px and has 160 x 100 now" in said(host)
    assert "has changed since these points were made" in said(host)


def test_a_missing_raster_is_told_of_and_a_moved_one_brings_the_review_back(
    host, running, pair_files, tmp_path
):
    plugin = start(host, running)
    review(plugin, pair_files)
    assert QgsProject.instance().write(str(tmp_path / "p.qgz"))
    QgsProject.instance().clear()
    moved = Path(pair_files[1]).rename(tmp_path / "renamed.tif")
    assert QgsProject.instance().read(str(tmp_path / "p.qgz"))
    QTest.qWait(50)
    assert "cannot be opened" in said(host)
    found = find_earlier(RasterRef(pair_files[0]), RasterRef(str(moved)))
    assert found is not None
    assert not found.warnings
    assert found.session.sensed.path == str(moved)


def test_files_without_end_beside_the_project_hold_nothing_up(host, running, pair_files):
    session = review(start(host, running), pair_files)
    folder = session.file.path.parent
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'k' || i AS "
        "key, '1' AS value FROM n"
    )
    with contextlib.closing(sqlite3.connect(folder / "endless.gpkg")) as connection:
        connection.execute(f"CREATE VIEW session AS {endless}")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.gpkg")
    began = time.monotonic()
    assert find_earlier(session.reference, session.sensed).session.file.path == session.file.path
    assert time.monotonic() - began < 3


def test_a_review_of_an_earlier_version_is_taken_over(host, running, pair_files, tmp_path):
    plugin = start(host, running)
    session = review(plugin, pair_files)
    old = {
        **session.record().described(),
        "format": 1,
        "points": [to_jsonable(p) for p in session.points],
    }
    del old["run"], old["inputs"]
    session.file.path.unlink()
    file = tmp_path / "sessions" / f"{pair_key(session.reference, session.sensed)}.json"
    file.write_text(json.dumps(old))
    found = find_earlier(session.reference, session.sensed)
    plugin.controller.keeping.restore(found)
    kept = Session.load(session.file.path)
    assert [(p.id, p.state, p.tie_point.enabled) for p in kept.points] == [
        (p.id, p.state, p.tie_point.enabled) for p in session.points
    ]
    assert not file.exists()
    assert file.with_suffix(".migrated").exists()


def test_the_points_are_an_ordinary_layer_with_a_style(host, running, pair_files, qgis_app):
    plugin = start(host, running)
    session = review(plugin, pair_files)
    plugin.controller.review.desk.refresh()
    layer = QgsVectorLayer(f"{session.file.path}|layername=points", "points", "ogr")
    assert layer.isValid()
    assert layer.crs().authid() == f"EPSG:{EPSG}"
    assert layer.featureCount() == 30
    assert layer.renderer().type() == "categorizedSymbol"
    assert {layer.renderer().categories()[i].value() for i in range(7)} == {
        "predicted",
        "accepted",
        "edited",
        "added",
        "check",
        "rejected",
        "filtered",
    }
    layer.setSubsetString("state = 'rejected'")
    assert [f["id"] for f in layer.getFeatures()] == [5]
    place = next(layer.getFeatures()).geometry().asPoint()
    assert (place.x(), place.y()) == pytest.approx(session.point(5).tie_point.reference_map)
    plugin.controller.review.desk.keep_residuals()
    assert next(layer.getFeatures())["residual_px"] == pytest.approx(
        np.hypot(*session.fit.residuals_px[5])
    )
    session.reject([6])  # an edit while QGIS has the layer open
    assert sorted(f["id"] for f in layer.getFeatures()) == [5, 6]
    rows = (
        sqlite3.connect(session.file.path)
        .execute("SELECT count(*) FROM points WHERE state = 'rejected'")
        .fetchone()
    )
    assert rows == (2,)
    del layer


def test_the_export_menu_writes_script_and_command(host, running, pair_files, tmp_path):
    plugin = start(host, running)
    session = review(plugin, pair_files)
    plugin.controller.keeping.export_script(tmp_path / "w.sh")
    assert (tmp_path / "w_gcps.txt").read_text().count("-gcp") == 29
    subprocess.run(["sh", str(tmp_path / "w.sh")], check=True, capture_output=True)  # GDAL itself
    written = QgsRasterLayer(plugin.dock.warp.output.filePath())
    assert written.isValid()
    assert written.crs().authid() == f"EPSG:{EPSG}"
    plugin.controller.keeping.copy_command()
    line = QApplication.clipboard().text()
    assert f"--SENSED={session.sensed.path}" in line
    assert "sar_optical_align:registerimages" in line
    assert f"--MODEL={session.fit.model} " in line
    session.set_model("polynomial2")  # chosen in the review, after the run
    plugin.controller.keeping.copy_command()
    assert "--MODEL=polynomial2 " in QApplication.clipboard().text()
    plugin.controller.keeping.add_layer()
    layer = next(
        v for v in QgsProject.instance().mapLayers().values() if isinstance(v, QgsVectorLayer)
    )
    assert layer.featureCount() == 30


def test_exported_csv_keeps_the_states(host, running, pair_files, tmp_path):
    plugin = start(host, running)
    session = review(plugin, pair_files)
    session.accept([1, 2])
    states = [p.state for p in session.points]
    plugin.controller.keeping.export_points(tmp_path / "a.csv")
    plugin.controller.keeping.import_points(tmp_path / "a.csv")
    assert [p.state for p in session.points] == states


def test_layers_are_warped_along_from_the_dock(host, running, pair_files, tmp_path, qtbot):
    plugin = start(host, running)
    review(plugin, pair_files)
    vector = QgsVectorLayer(f"Polygon?crs=EPSG:{EPSG}", "shore", "memory")
    feature = QgsFeature()
    feature.setGeometry(
        QgsGeometry.fromWkt(
            "Polygon ((500200 5399500, 500400 5399500, 500400 5399300, 500200 5399500))"
        )
    )
    vector.dataProvider().addFeatures([feature])
    band = write_raster(
        tmp_path / "vh.tif",
        np.full((240, 320), 5, np.uint8),
        EPSG,
        (SENSED_GT[0], 4.5, 0.5, SENSED_GT[3], -0.4, -5.5),
    )
    QgsProject.instance().addMapLayers([vector, QgsRasterLayer(band, "vh")])
    siblings = plugin.dock.warp.siblings
    assert [siblings.list.item(i).text() for i in range(siblings.list.count())] == ["vh", "shore"]
    for i in range(2):
        siblings.list.item(i).setCheckState(Qt.CheckState.Checked)
    plugin.dock.warp.output.setFilePath(str(tmp_path / "out.tif"))
    plugin.controller.warping.warp()
    qtbot.waitUntil(lambda: plugin.controller.runner.task is None, timeout=20000)
    assert {"out.tif", "vh_aligned.tif", "shore_aligned.gpkg"} <= {
        f.name for f in tmp_path.iterdir()
    }, plugin.dock.status.text()
    names = {layer.name() for layer in QgsProject.instance().mapLayers().values()}
    assert {"out", "vh_aligned", "shore_aligned"} <= names
    assert [siblings.list.item(i).text() for i in range(siblings.list.count())] == ["vh", "shore"]


def test_paths_say_which_rasters_they_are_of(qgis_app):
    assert session_path(
        RasterRef("/data/S2 2023.tif"), RasterRef("/data/S1.vv.tif")
    ).name.startswith("S1.vv_on_S2_2023_")
