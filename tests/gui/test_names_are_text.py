"""Names are text: what looks like markup in the name of a file or layer, or in a reason from a
file, is shown and not obeyed.
"""

from __future__ import annotations

import html
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from host_window import HostWindow
from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QTextDocument, QTextDocumentFragment
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QApplication,
    QLabel,
    QListWidget,
    QMessageBox,
    QTableView,
    QTextEdit,
    QWidget,
)
from review_pairs import result_of, tie_points
from sar_optical_align import classFactory
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import Status
from sar_optical_align.plugin.provider.assessment_page import assessment_page
from sar_optical_align.plugin.reviewing.report import ReviewReport
from sar_optical_align.ui.parts.text import as_text

NAMES = ("<img src=x onerror=alert(1)>", "<b>x</b>")


def shown(text, rich=None):
    """Return what is read where Qt shows a text; `rich` None = Qt guesses what it is."""
    return (
        QTextDocumentFragment.fromHtml(text).toPlainText()
        if (Qt.mightBeRichText(text) if rich is None else rich)
        else text
    )


def obeyed(text, rich=None):
    """Whether a text holds one of the names and does not show it whole."""
    holds = any(n in html.unescape(text) or n in text for n in NAMES)
    return holds and not any(n in shown(text, rich) for n in NAMES)


def tooltips(widget):
    """Return the tooltips of a widget and of the entries it shows."""
    model = widget.model() if isinstance(widget, QListWidget | QTableView) else None
    if model is None:
        return [widget.toolTip()]
    columns = 1 if isinstance(widget, QListWidget) else model.columnCount()
    places = [(row, column) for row in range(model.rowCount()) for column in range(columns)]
    return [
        widget.toolTip(),
        *(str(model.index(*at).data(Qt.ItemDataRole.ToolTipRole) or "") for at in places),
    ]


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def plugin(qgis_app, pair_files, tmp_path, name):
    file = name.replace("/", "")
    files = [shutil.copy(path, tmp_path / f"{i}{file}.tif") for i, path in enumerate(pair_files)]
    host = HostWindow()
    plugin = classFactory(host)
    plugin.initGui()
    layers = [QgsRasterLayer(str(path), name) for path in files]
    band = shutil.copy(pair_files[1], tmp_path / f"vh {name.replace('/', '')}.tif")
    QgsProject.instance().addMapLayers([*layers, QgsRasterLayer(str(band), name)])
    plugin.action.trigger()
    plugin.dock.match.reference_combo.setLayer(layers[0])
    plugin.dock.match.sensed_combo.setLayer(layers[1])
    QTest.qWait(50)
    session = plugin.controller.open_session()
    plugin.controller.review.sessions.begin_stream()
    result = result_of(
        tie_points(), (session.reference, session.sensed), Status.NO_RELIABLE_ALIGNMENT
    )
    plugin.controller.review.sessions.end_stream(
        replace(result, message=f"Nothing was found in {name}.")
    )
    session.reject([3], name)
    plugin.controller.review.desk.refresh()
    plugin.host = host
    yield plugin
    plugin.unload()
    host.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_no_widget_obeys_a_name(plugin, name, monkeypatch):
    controller, asked = plugin.controller, []
    monkeypatch.setattr(
        QMessageBox, "question", lambda _parent, _title, text, *_: asked.append(text)
    )
    controller.warping._may_replace(SimpleNamespace(name=name))
    controller._fail(InputError(f"Cannot read {name}.", "Choose another."))
    controller.messages.tell(f"{name} is written", 0, 0, title="")
    plugin.dock.match.set_notice(f"{name} is no Python")
    texts = [asked[0], controller.review.describe(3), plugin.dock.match.run_button.toolTip()]
    windows = [plugin.dock, plugin.host.window, *plugin.host.bar.items()]
    for widget in [w for window in windows for w in (window, *window.findChildren(QWidget))]:
        if isinstance(widget, QLabel) and not isinstance(
            widget.parent(), QgsFileWidget
        ):  # QGIS keeps a link there that is never shown
            rich = (
                None
                if widget.textFormat() == Qt.TextFormat.AutoText
                else widget.textFormat() == Qt.TextFormat.RichText
            )
            assert not obeyed(widget.text(), rich), (widget.objectName(), widget.text())
        elif isinstance(widget, QTextEdit):
            assert not obeyed(widget.toHtml(), True), widget.toHtml()
        texts += tooltips(widget)
    assert not [t for t in texts if obeyed(t)]
    assert sum(name in shown(t) or name.replace("/", "") in shown(t) for t in texts) > 3
    told = [
        w.toPlainText() for item in plugin.host.bar.items() for w in item.findChildren(QTextEdit)
    ]
    assert sum(name in t for t in told) >= 2
    assert name in plugin.dock.status.text()


def test_no_report_obeys_a_name(plugin, name, tmp_path):
    session = plugin.controller.review.desk.session
    ReviewReport(session.record(), session.fit).write(tmp_path / "r.html", Progress())
    page = (tmp_path / "r.html").read_text()
    assert page.count(html.escape(name)) >= 2  # what the run said, and why a point was left out
    assert name not in page
    document = QTextDocument()
    document.setHtml(page)
    assert name in document.toPlainText()


def test_the_table_of_points_obeys_no_reason(name):
    point = {
        "id": 1,
        "enabled": False,
        "residual_px": [1.0, 2.0],
        "loo_px": None,
        "score": 0.5,
        "reason": name,
    }
    page = assessment_page(
        {"best": "affine", "why": name, "model": "affine", "models": [], "points": [point]}
    )
    assert page.count(html.escape(name)) == 2
    assert name not in page


@pytest.mark.parametrize("text", [*NAMES, "a & b", "a &amp; b", "x < y", "plain", ""])
def test_text_reads_as_it_is(text):
    assert shown(as_text(text)) == text
