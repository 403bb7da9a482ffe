"""The plugin in German, with the real translator of Qt."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from host_window import HostWindow
from sar_optical_align import classFactory
from sar_optical_align.plugin import language
from sar_optical_align.plugin.core.wording import known, tr
from sar_optical_align.plugin.language import FOLDER, Translation, lookup
from sar_optical_align.plugin.provider.provider import AlignProvider
from shown_texts import plain, texts_of
from whole_plugin import WholePlugin

ENGLISH = re.compile(r"(?<![.\w])(the|of|and|is|are|with|where|from|which|this|that|points|image)\b")


@pytest.fixture
def german(qgis_app):
    translation = Translation("de_AT")
    assert translation.is_loaded
    yield translation
    translation.remove()


def test_the_compiled_catalogue_is_that_of_the_source(german):
    """Whoever changes the .ts makes the .qm anew: python packaging/translations.py."""
    file = FOLDER / "sar_optical_align_de.ts"
    messages = [(m.findtext("source"), m.findtext("translation")) for m in ElementTree.parse(file).iter("message")]
    stale = [source for source, translation in messages if lookup(source) != translation]
    assert len(messages) > 900
    assert not stale, stale[:5]


def test_words_messages_and_sentences(german):
    assert tr("Find tie points") == "Verknüpfungspunkte suchen"
    assert tr("The sensed raster has no CRS. If its coordinates are those of the other one, give it the same.").startswith("Suchbild: kein KBS.")
    assert "Affin hat den kleinsten Hold-out-RMSE (0.51 px)" in tr(
        "Affine has the smallest hold-out RMSE (0.51 px); no simpler model is within one standard error of it. No redundancy, RMSE undefined: Thin-plate spline."
    )
    assert tr("residual from 1.20 to 4.00 px, rejected by the analyst") == "Residuum von 1.20 bis 4.00 px, vom Auswerter verworfen"
    assert not known("Nobody translated this.")


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
    """No widget shows a text the catalogue has a German one for, nor words that only English has."""
    whole = WholePlugin(tmp_path)
    try:
        shown = {(room, text) for room, widget in whole.widgets() for text in texts_of(widget) if text}
        shown |= {("message", item) for item in (whole.dock.status.text(), whole.review.describe(3), whole.review.describe(7))}
        shown |= {("export", text) for text in texts_of(whole.plugin.controller.keeping.menu)}
    finally:
        whole.close()
    assert len(shown) > 200
    english = sorted(pair for pair in shown if tr(pair[1]) != pair[1] or ENGLISH.search(plain(pair[1])))
    assert not english, "\n".join(map(str, english))


def test_the_toolbox_is_german(german, qgis_app):
    """Names, labels, helps and outputs of every algorithm."""
    provider = AlignProvider()
    provider.loadAlgorithms()
    shown = set()
    for algorithm in provider.algorithms():
        shown |= {algorithm.displayName(), algorithm.group(), algorithm.shortHelpString(), algorithm.shortDescription()}
        shown |= {text for d in algorithm.parameterDefinitions() for text in (d.description(), d.help())}
        shown |= {d.description() for d in algorithm.outputDefinitions()}
    assert len(shown) > 80
    english = sorted(text for text in shown if tr(text) != text or ENGLISH.search(plain(text)))
    assert not english, "\n".join(english)
