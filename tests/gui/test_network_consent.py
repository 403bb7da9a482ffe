"""What a file names on the network is asked about once; a layer loaded from there is not."""

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtWidgets import QMessageBox, QWidget
from sar_optical_align.plugin.core.types import RasterRef
from sar_optical_align.plugin.store.network_consent import may_fetch


@pytest.fixture
def answers(monkeypatch):
    """Answers to give, and the questions asked."""
    QgsSettings().remove("sar_optical_align/allowed_servers")
    given, asked = [], []

    def question(_parent, _title, text, *_):
        asked.append(text)
        return given.pop(0)

    monkeypatch.setattr(QMessageBox, "question", question)
    yield given, asked
    QgsSettings().remove("sar_optical_align/allowed_servers")


def test_a_file_that_names_a_server_is_asked_about_until_it_is_allowed(answers, tmp_path, qgis_app):
    given, asked = answers
    path = tmp_path / "a.vrt"
    path.write_text(
        "<VRTDataset><SourceFilename>/vsicurl/https://example.org/a.tif</SourceFilename></VRTDataset>",
        encoding="utf-8",
    )
    far, near, web = (
        RasterRef(str(path)),
        RasterRef(str(tmp_path / "b.tif")),
        RasterRef("/vsicurl/https://other.org/b.tif"),
    )
    given += [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    parent = QWidget()
    assert not may_fetch(far, near)
    assert not may_fetch(far, web)
    assert not may_fetch(far, near, parent=parent)
    assert may_fetch(far, near, parent=parent)
    assert may_fetch(far, near)
    assert may_fetch(far, near, parent=parent)
    assert len(asked) == 2
    assert "https://example.org" in asked[0]


def test_own_addresses_and_local_files_ask_nothing(answers, qgis_app):
    assert may_fetch(
        RasterRef("/vsicurl/https://other.org/b.tif"), RasterRef("a.tif"), parent=QWidget()
    )
    assert not may_fetch(RasterRef("b.tif"), RasterRef("a.tif"), parent=QWidget())
    assert answers[1] == []
