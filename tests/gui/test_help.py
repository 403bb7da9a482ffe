"""The offline help: nothing stale, no dead link, and every help button opens its place."""

from __future__ import annotations

import importlib.util
import re
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QObject, Qt, QUrl, pyqtSlot
from qgis.PyQt.QtGui import QDesktopServices, QKeySequence
from qgis.PyQt.QtWidgets import QDialogButtonBox, QToolButton
from sar_optical_align.plugin.core.run.help_pages import HELP, PAGES, TOPICS, help_place
from sar_optical_align.plugin.core.types import AlignParams
from sar_optical_align.plugin.dock.interpreter import InterpreterService
from sar_optical_align.plugin.provider.provider import ALGORITHMS
from sar_optical_align.plugin.work.language import Translation
from sar_optical_align.ui.dock import AlignDock
from sar_optical_align.ui.panels.explain_dialog import ExplainDialog
from sar_optical_align.ui.parts.keys import REVIEW_KEYS
from sar_optical_align.ui.settings_page import AlignOptionsFactory
from sar_optical_align.ui.views.points_table import PointsTable

MOST_BYTES = 2_500_000
FOLDERS = [HELP, HELP / "de"]
ENGLISH = re.compile(
    r"(?<![.\w])(the|of|and|is|are|with|where|from|which|this|that|points|image)\b"
)
UNSPOKEN = re.compile(
    r"<small>.*?</small>|<code>.*?</code>|<[^>]+>", re.DOTALL
)  # titles of papers, commands, tags


class Page(HTMLParser):
    """What a page links to, and the anchors it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links, self.anchors, self.open = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.links += [given[name] for name in ("href", "src") if name in given]
        if "id" in given:
            assert given["id"] not in self.anchors, given["id"]
            self.anchors.add(given["id"])
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())


@pytest.fixture(
    scope="module", params=FOLDERS, ids=[str(folder.relative_to(HELP)) for folder in FOLDERS]
)
def folder(request) -> Path:
    return request.param


@pytest.fixture(scope="module")
def pages(folder) -> dict[str, Page]:
    return {name: Page((folder / f"{name}.html").read_text(encoding="utf-8")) for name in PAGES}


@pytest.fixture
def opened(qgis_app):
    """Addresses that were opened; no browser starts."""

    seen = []

    class Handler(QObject):
        @pyqtSlot(QUrl)
        def take(self, url):
            seen.append(url)

    handler = Handler()
    QDesktopServices.setUrlHandler("file", handler.take)
    yield seen
    QDesktopServices.unsetUrlHandler("file")


def test_the_generated_parts_are_as_the_code_says(root, qgis_app):
    spec = importlib.util.spec_from_file_location(
        "help_tables", root / "packaging" / "help_tables.py"
    )
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    assert tables.stale() == [], "run: make help-pages"


def test_every_page_is_listed_and_closed(folder, pages):
    assert {file.stem for file in folder.glob("*.html")} == set(PAGES)
    assert all(page.open == [] for page in pages.values())


def test_every_link_anchor_and_picture_exists_in_the_folder(folder, pages):
    used = set()
    for name, page in pages.items():
        for link in page.links:
            assert ":" not in link, f"{name}: {link} would need a network"
            file, _, anchor = link.partition("#")
            target = (folder / (file or f"{name}.html")).resolve()
            assert target.is_file(), f"{name}: {link}"
            assert target.is_relative_to(HELP), f"{name}: {link}"
            assert target.suffix != ".html" or target.parent == folder, (
                f"{name}: {link} is in another language"
            )
            assert not anchor or anchor in pages[target.stem].anchors, f"{name}: {link}"
            used.add(target)
    pictures = set((HELP / "images").iterdir())
    assert pictures <= used, "pictures that no page shows"


def test_the_help_is_small():
    assert sum(file.stat().st_size for file in HELP.rglob("*") if file.is_file()) < MOST_BYTES


def test_the_pages_of_a_language_say_the_same_in_it(folder):
    """Headings, anchors, pictures and rows are those of the English pages; no sentence is left in
    English.
    """
    for name in PAGES:
        original, text = (
            (at / f"{name}.html").read_text(encoding="utf-8") for at in (HELP, folder)
        )
        for part in (r'id="[^"]+"', r"<h[123]", r"<tr>", r"<li>", r"images/\w+\.webp"):
            assert re.findall(part, text) == re.findall(part, original), (name, part)
        if folder != HELP:
            left = [line for line in UNSPOKEN.sub(" ", text).splitlines() if ENGLISH.search(line)]
            assert not left, (name, left)


@pytest.fixture
def speaking(folder, qgis_app):
    """Speak the language of the folder."""
    translation = Translation("de") if folder != HELP else None
    yield
    if translation is not None:
        translation.remove()


def test_every_topic_has_its_place(folder, pages, speaking):
    for topic, (page, anchor) in TOPICS.items():
        assert help_place(topic) == (folder / f"{page}.html", anchor)
        assert not anchor or anchor in pages[page].anchors, topic


def test_every_algorithm_leads_to_its_own_place(folder, pages, speaking):
    for cls in ALGORITHMS:
        url = QUrl(cls().helpUrl())
        assert url.fragment() == cls().name()
        assert url.fragment() in pages["batch"].anchors
        assert url.toLocalFile() == str(folder / "batch.html")


def test_the_button_of_the_dock_follows_the_tab(qgis_app, qtbot, opened):
    dock = AlignDock(AlignParams())
    qtbot.addWidget(dock)
    for index in range(dock.tabs.count()):
        dock.tabs.setCurrentIndex(index)
        dock.findChild(QToolButton, "helpButton").click()
    assert [url.fileName() for url in opened] == [
        "matching.html",
        "review.html",
        "accuracy.html",
        "warp.html",
    ]


def test_the_window_of_a_picture_explains_itself(qgis_app, qtbot, opened):
    dialog = ExplainDialog()
    qtbot.addWidget(dialog)
    dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Help).click()
    assert [(url.fileName(), url.fragment()) for url in opened] == [("review.html", "explain")]


def test_the_options_page_has_its_help(qgis_app, qtbot, opened):
    page = AlignOptionsFactory(InterpreterService()).createWidget(None)
    qtbot.addWidget(page)
    page.findChild(QToolButton, "helpButton").click()
    assert [url.fileName() for url in opened] == ["settings.html"]


def test_the_table_of_keys_is_what_the_review_listens_to(qgis_app, qtbot):
    table = PointsTable()
    qtbot.addWidget(table)
    told = {int(code) for key in REVIEW_KEYS for code in key.codes}
    lasso = int(Qt.Key.Key_L)  # on the map only
    for letter in string.ascii_uppercase:
        code = int(QKeySequence(letter)[0])
        assert table.review(code) == (code in told and code != lasso), letter
    assert all(table.review(code) for code in told - {lasso})
