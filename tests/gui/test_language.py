"""The plugin in German, with the real translator of Qt."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from qgis.PyQt.QtWidgets import QMainWindow
from sar_optical_align.plugin.core.wording import known, tr
from sar_optical_align.plugin.language import FOLDER, Translation, lookup


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


def test_the_plugin_speaks_the_language_of_qgis_while_it_is_loaded(qgis_iface, monkeypatch):
    from sar_optical_align import classFactory
    from sar_optical_align.plugin import language

    monkeypatch.setattr(language.QgsApplication, "locale", lambda _self=None: "de", raising=False)
    window = qgis_iface.mainWindow() or QMainWindow()
    plugin = classFactory(qgis_iface)
    plugin.initGui()
    try:
        assert plugin.action.toolTip() == "Ein SAR-Raster auf ein optisches ausrichten"
        assert plugin.provider.algorithm("registerimages").displayName() == "Bilder registrieren"
    finally:
        plugin.unload()
    assert tr("Find tie points") == "Find tie points"
    assert window is not None
    assert Path(sys.executable)
