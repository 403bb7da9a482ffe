"""What the documents say of the tree is so: paths that exist, links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
PATH = re.compile(r"\b(?:plugin|ui|models|tests|packaging|resources|docs)/[\w./*-]*[\w/]")
MADE_LATER = {"docs/torture.md", "resources/weights/NAME.safetensors"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_documents_name_paths_that_exist(document):
    text = document.read_text(encoding="utf-8")
    links = [
        document.parent / link.split("#")[0]
        for link in re.findall(r"\]\(([^)\s]+)\)", text)
        if not link.startswith(("http", "#"))
    ]
    missing = [name for name in set(PATH.findall(text)) - MADE_LATER if not any(ROOT.glob(name))]
    missing += [str(link) for link in links if not link.exists()]
    assert not missing, "\n".join(missing)


def test_every_decision_is_listed():
    decisions = ROOT / "docs" / "decisions"
    listed = (decisions / "README.md").read_text(encoding="utf-8")
    assert all(f"]({p.name})" in listed for p in decisions.glob("[0-9]*.md"))


def test_the_front_page_is_short():
    assert len((ROOT / "README.md").read_bytes()) <= 7 * 1024
