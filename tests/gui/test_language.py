"""The plugin in German, with the real translator of Qt."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from host_window import HostWindow
from qgis.PyQt.QtCore import QLocale
from sar_optical_align import classFactory
from sar_optical_align.plugin.core.types import WarpParams
from sar_optical_align.plugin.core.wording import known, tr
from sar_optical_align.plugin.provider.provider import AlignProvider
from sar_optical_align.plugin.reviewing.files import export_points, export_script, run_line
from sar_optical_align.plugin.work import language
from sar_optical_align.plugin.work.language import CATALOGUES, Translation, lookup
from sar_optical_align.ui.parts.text import fill, length, number
from shown_texts import plain, texts_of
from whole_plugin import WholePlugin

ENGLISH = re.compile(
    r"(?<![.\w])(the|of|and|is|are|with|where|from|which|this|that|points|image)\b"
)


@pytest.fixture
def german(qgis_app):
    before = QLocale()
    QLocale.setDefault(QLocale("de_AT"))  # as QGIS does
    translation = Translation("de_AT")
    assert translation.is_loaded
    yield translation
    translation.remove()
    QLocale.setDefault(before)


def test_the_compiled_catalogue_is_that_of_the_source(german):
    """Whoever changes the .ts makes the .qm anew: python packaging/translations.py."""
    file = CATALOGUES / "sar_optical_align_de.ts"
    messages = [
        (m.findtext("source"), m.findtext("translation"))
        for m in ElementTree.parse(file).iter("message")
    ]
    stale = [source for source, translation in messages if lookup(source) != translation]
    assert len(messages) > 900
    assert not stale, stale[:5]


def test_words_messages_and_sentences(german):
    assert tr("Find tie points") == "Verknüpfungspunkte suchen"
    assert tr(
        "The sensed raster has no CRS. If its coordinates are those of the other one, "
        "give it the same."
    ).startswith("Suchbild: kein KBS.")
    assert "Affin hat den kleinsten Hold-out-RMSE (0,51 px)" in tr(
        "Affine has the smallest hold-out RMSE (0.51 px); no simpler model is within one "
        "standard error of it. No redundancy, RMSE undefined: Thin-plate spline."
    )
    assert (
        tr("residual from 1.20 to 4.00 px, rejected by the analyst")
        == "Residuum von 1,20 bis 4,00 px, vom Auswerter verworfen"
    )
    assert not known("Nobody translated this.")


def test_numbers_for_people_have_a_comma_and_those_in_files_a_point(german, tmp_path):
    assert (number(1234.5, ".2f"), fill("{0:.1f} px, {1}", 0.25, 3), length(0.5, "m")) == (
        "1234,50",
        "0,2 px, 3",
        "0,50 m",
    )
    assert (
        tr(
            "Points 1, 2 share the reference position (10.50, 3.25) px but differ by "
            "2.50 px on the other side."
        ).count("2,50")
        == 1
    )
    whole = WholePlugin(tmp_path)
    try:
        session = whole.plugin.controller.review.desk.session
        shown = {text for _, widget in whole.widgets() for text in texts_of(widget) if text}
        shown |= {whole.dock.status.text(), whole.review.describe(3)}
        for name in ("a.points", "a.csv", "a.geojson"):
            export_points(session, tmp_path / name)
        export_script(session, tmp_path / "a.sh", "out.tif", WarpParams())
        command = run_line(session, "out.tif", WarpParams())
        record = json.dumps(session.record().described())
    finally:
        whole.close()
    assert not (points := sorted(t for t in shown if re.search(r"\d\.\d", plain(t)))), points
    assert sum(bool(re.search(r"\d,\d\d", plain(t))) for t in shown) > 10
    rows = (tmp_path / "a.points").read_text().splitlines()[2:]
    assert rows
    assert all(len(row.split(",")) == 8 and [float(v) for v in row.split(",")] for row in rows)
    x = session.points[0].tie_point.reference_px[0]
    assert f"{x:.3f}"[:-1] in (tmp_path / "a.csv").read_text()
    assert all(
        "." in str(v)
        for v in json.loads((tmp_path / "a.geojson").read_text())["features"][0]["geometry"][
            "coordinates"
        ]
    )
    script = (tmp_path / "a.sh").read_text()
    assert not re.search(r"\d,\d", script + command)
    assert "." in record


def test_a_language_without_a_catalogue_is_english(qgis_app):
    translation = Translation("fi")
    assert not translation.is_loaded
    assert tr("Find tie points") == "Find tie points"
    translation.remove()


def test_the_plugin_speaks_the_language_of_qgis_while_it_is_loaded(qgis_app, monkeypatch):
    monkeypatch.setattr(language.QgsApplication, "locale", lambda _self: "de")
    host = HostWindow()
    plugin = classFactory(host)
    plugin.initGui()
    try:
        assert plugin.action.toolTip() == "Ein SAR-Raster auf ein optisches ausrichten"
        assert plugin.provider.algorithm("registerimages").displayName() == "Bilder registrieren"
    finally:
        plugin.unload()
        host.close()
    assert tr("Find tie points") == "Find tie points"


def test_nothing_that_is_shown_stays_english(german, tmp_path):
    """No widget shows a text the catalogue has a German one for, nor words that only English
    has.
    """
    whole = WholePlugin(tmp_path)
    try:
        shown = {
            (room, text) for room, widget in whole.widgets() for text in texts_of(widget) if text
        }
        shown |= {
            ("message", item)
            for item in (
                whole.dock.status.text(),
                whole.review.describe(3),
                whole.review.describe(7),
            )
        }
        shown |= {("export", text) for text in texts_of(whole.plugin.controller.keeping.menu)}
    finally:
        whole.close()
    assert len(shown) > 200
    english = sorted(
        pair for pair in shown if tr(pair[1]) != pair[1] or ENGLISH.search(plain(pair[1]))
    )
    assert not english, "\n".join(map(str, english))


def test_the_toolbox_is_german(german, qgis_app):
    """Names, labels, helps and outputs of every algorithm."""
    provider = AlignProvider()
    provider.loadAlgorithms()
    shown = set()
    for algorithm in provider.algorithms():
        shown |= {
            algorithm.displayName(),
            algorithm.group(),
            algorithm.shortHelpString(),
            algorithm.shortDescription(),
        }
        shown |= {
            text for d in algorithm.parameterDefinitions() for text in (d.description(), d.help())
        }
        shown |= {d.description() for d in algorithm.outputDefinitions()}
    assert len(shown) > 80
    english = sorted(text for text in shown if tr(text) != text or ENGLISH.search(plain(text)))
    assert not english, "\n".join(english)
