"""The accuracy page: what it shows is what the core says, and a click takes a model."""

from __future__ import annotations

import numpy as np
import pytest
from host_window import HostWindow
from qgis.core import QgsExpressionContextUtils, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from qgis.PyQt.QtXml import QDomDocument
from review_pairs import REFERENCE_GT, result_of, tie_points
from sar_optical_align import classFactory
from sar_optical_align.plugin.core.fit.advisor import ADVISED
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.session.session import Role
from sar_optical_align.ui.dock import ACCURACY, REVIEW
from sar_optical_align.ui.parts.text import length


@pytest.fixture
def plugin(qgis_app, pair_files):
    host = HostWindow()
    plugin = classFactory(host)
    plugin.initGui()
    layers = [
        QgsRasterLayer(path, name)
        for path, name in zip(pair_files, ("optical", "sar"), strict=True)
    ]
    QgsProject.instance().addMapLayers(layers)
    plugin.action.trigger()
    plugin.dock.match.reference_combo.setLayer(layers[0])
    plugin.dock.match.sensed_combo.setLayer(layers[1])
    host.canvas.setExtent(layers[0].extent())
    QTest.qWait(50)
    session = plugin.controller.open_session()
    session.set_model("affine")
    plugin.controller.review.sessions.begin_stream()
    plugin.controller.review.sessions.end_stream(
        result_of(tie_points(40), (session.reference, session.sensed))
    )
    plugin.host = host
    yield plugin
    plugin.unload()
    host.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def page(plugin, qtbot):
    plugin.dock.tabs.setCurrentIndex(ACCURACY)
    settle(plugin, qtbot)
    return plugin.dock.accuracy


def settle(plugin, qtbot):
    """Wait until the page tells of the session as it is."""
    controller = plugin.controller.accuracy
    qtbot.waitUntil(
        lambda: (
            controller.latest.task is None
            and not controller.calm.isActive()
            and controller._case is not None
            and controller._case.fit is plugin.controller.review.desk.session.fit
        ),
        timeout=8000,
    )


def text(page, row, column):
    return page.table.item(row, column).text()


def test_the_table_has_the_figures_of_every_model_and_marks_the_advised_one(plugin, page):
    advice = plugin.controller.review.desk.session.advice()
    by_model = {q.model: q for q in advice.qualities}
    for row, kind in enumerate(ADVISED):
        assert text(page, row, 2) == f"{by_model[kind].fit_rmse_px:.2f}"
        assert text(page, row, 3) == f"{by_model[kind].loo_rmse_px:.2f}"
        assert text(page, row, 4) == f"{by_model[kind].holdout_rmse_px:.2f}"
        assert text(page, row, 5) == f"{by_model[kind].ce90_px:.2f}"
        assert text(page, row, 0).endswith("★") == (kind == advice.best)
        assert length(by_model[kind].ce90_map, "m") in page.table.item(row, 5).toolTip()
    assert advice.why in page.why.text()
    assert f"{by_model[advice.best].holdout_rmse_px:.2f} px" in advice.why
    assert page.table.currentRow() == ADVISED.index("affine")


def test_a_click_or_enter_takes_a_model_and_the_link_follows_the_advice(plugin, page, qtbot):
    session = plugin.controller.review.desk.session
    row = ADVISED.index("polynomial2")
    place = page.table.visualItemRect(page.table.item(row, 2)).center()
    QTest.mouseClick(
        page.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
    )
    assert session.model == "polynomial2"
    settle(plugin, qtbot)
    assert plugin.controller.accuracy.judgement.model == "polynomial2"
    page.table.setCurrentCell(0, 0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert session.model == "shift"
    page.why.linkActivated.emit("auto")
    assert session.model == "auto"
    session.undo()
    assert session.model == "shift"


def test_check_points_change_nothing_but_their_own_figure(plugin, page, qtbot):
    session = plugin.controller.review.desk.session
    x, y = session.points[4].tie_point.reference_px
    session.reject([5])
    settle(plugin, qtbot)
    before = [[text(page, r, c) for c in range(6)] for r in range(len(ADVISED))]
    coverage, alignment = page.coverage.text(), page.range.text()
    session.undo()
    session.move(5, (x + 90, y))
    session.set_role([5], Role.CHECK)
    settle(plugin, qtbot)
    assert [[text(page, r, c) for c in range(6)] for r in range(len(ADVISED))] == before
    assert (page.coverage.text(), page.range.text()) == (coverage, alignment)
    assert session.fit.check_rmse_px > 60
    assert text(page, ADVISED.index("affine"), 6) == f"{session.fit.check_rmse_px:.2f}"
    assert not page.table.isColumnHidden(6)
    session.set_role([5], Role.GCP)
    settle(plugin, qtbot)
    assert page.table.isColumnHidden(6)


def test_nothing_is_computed_while_another_page_is_shown(plugin, page, qtbot):
    plugin.dock.tabs.setCurrentIndex(REVIEW)
    old = plugin.controller.accuracy.judgement
    plugin.controller.review.desk.session.reject([1, 2])
    QTest.qWait(400)
    assert plugin.controller.accuracy.judgement is old
    plugin.dock.tabs.setCurrentIndex(ACCURACY)
    settle(plugin, qtbot)
    assert plugin.controller.accuracy.judgement is not old


def test_the_gap_is_drawn_on_the_map_and_taken_off(plugin, page):
    controller, canvas = plugin.controller.accuracy, plugin.host.canvas
    x, y, radius = controller.judgement.coverage.circle_px
    QTest.mouseClick(page.map, Qt.MouseButton.LeftButton)
    shape = controller._mark.asGeometry()
    centre = coords.map_from_px(REFERENCE_GT, [[x, y]])[0]
    assert (shape.centroid().asPoint().x(), shape.centroid().asPoint().y()) == pytest.approx(
        tuple(centre), abs=1e-3
    )
    assert shape.area() == pytest.approx(
        np.pi * radius**2 * 120.0, rel=0.01
    )  # an ellipse: pixels are 10 m x 12 m
    assert canvas.extent().contains(shape.boundingBox())
    QTest.mouseClick(page.map, Qt.MouseButton.LeftButton)
    assert controller._mark is None
    QTest.keyClick(page.map, Qt.Key.Key_Return)
    assert controller._mark is not None
    plugin.dock.tabs.setCurrentIndex(REVIEW)
    assert controller._mark is None


def test_a_fold_is_told_and_shown(plugin, page, qtbot):
    session = plugin.controller.review.desk.session
    session.set_model("tps")
    p, q = session.points[0].tie_point, session.points[7].tie_point
    session.move(1, q.reference_px)
    session.move(8, p.reference_px)
    settle(plugin, qtbot)
    if plugin.controller.accuracy.judgement.folds.share == 0:
        pytest.fail("two crossed points must fold a spline")
    assert "Folds" in page.folds.text()
    page.folds.linkActivated.emit("fold")
    assert plugin.controller.accuracy._mark is not None


def test_the_look_azimuth_is_tested_and_kept_in_the_project(plugin, page, qtbot):
    page.azimuth.setValue(78.0)
    controller = plugin.controller.accuracy
    qtbot.waitUntil(lambda: controller.judgement.alignment.axis_known, timeout=5000)
    assert controller.judgement.alignment.azimuth_deg == 78.0
    assert "78°/258°" in page.range.text()
    page.set_look_azimuth(None)
    QgsProject.instance().readProject.emit(QDomDocument())
    assert page.look_azimuth() == 78.0


def test_the_displacement_field_is_a_layer_of_what_the_fit_does(plugin, page, tmp_path):
    session, placement = (
        plugin.controller.review.desk.session,
        plugin.controller.review.desk.placement,
    )
    layer = plugin.controller.accuracy.add_field()
    features = list(layer.getFeatures())
    assert len(features) == 24 * 18
    assert layer.crs().authid() == "EPSG:32633"
    for f in features[::40]:
        sensed = [[f["sensed_x_px"], f["sensed_y_px"]]]
        there = coords.map_from_px(REFERENCE_GT, session.fit.transform.apply(sensed))[0]
        here, tip = f.geometry().asPolyline()
        assert (tip.x(), tip.y()) == pytest.approx((here.x() + f["dx"], here.y() + f["dy"]))
        assert (here.x(), here.y()) == pytest.approx(placement.sensed_place_of_px(tuple(sensed[0])))
        assert (here.x() + f["dx"], here.y() + f["dy"]) == pytest.approx(tuple(there))
        assert f["length"] == pytest.approx(np.hypot(f["dx"], f["dy"]))
        assert 0 < f["sigma_minor"] <= f["sigma_major"] < 10.0
    inner, outer = ([f["sigma_major"] for f in features if f["extrapolated"] == e] for e in (0, 1))
    assert np.mean(inner) < np.mean(outer)
    assert float(QgsExpressionContextUtils.layerScope(layer).variable("arrow_scale")) >= 1.0
    assert len(layer.renderer().rootRule().children()) == 3
    again = plugin.controller.accuracy.add_field()
    named = [
        x for x in QgsProject.instance().mapLayers().values() if x.name().startswith("Displacement")
    ]
    assert named == [again]


def test_arrows_and_ellipses_are_drawn_at_their_places(plugin, page):
    """The image of the layer has ink, and the arrow's tip is at the scaled displacement."""
    from qgis.core import QgsMapRendererSequentialJob, QgsMapSettings
    from qgis.PyQt.QtCore import QSize
    from sar_optical_align.ui.views import blend

    layer = plugin.controller.accuracy.add_field()
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(600, 450))
    settings.setBackgroundColor(Qt.GlobalColor.white)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    ink = (blend._pixels(job.renderedImage())[..., :3] < 200).any(axis=2)
    assert 0.01 < ink.mean() < 0.6


def test_without_points_the_page_says_so(plugin, qtbot):
    session = plugin.controller.review.desk.session
    session.replace_all([])
    plugin.dock.tabs.setCurrentIndex(ACCURACY)
    settle(plugin, qtbot)
    page = plugin.dock.accuracy
    assert "at least 1" in page.why.text()
    assert not page.field_button.isEnabled()
    assert all(text(page, r, c) == "–" for r in range(len(ADVISED)) for c in range(2, 6))
