"""Every text a user may read is in the catalogue, and translated."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def translations():
    sys.path.insert(0, str(ROOT / "packaging"))
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "packaging" / "translations.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(ROOT / "packaging"))


def test_every_text_is_translated(translations):
    found = translations.check()
    assert not found, "\n".join(
        [
            *found,
            "Run: python packaging/translations.py, and translate what is unfinished in the .ts",
        ]
    )


def test_texts_are_found_wherever_they_hide(translations):
    """One of each kind: a label of `tr`, a constant shown later, a parameter, a choice, a matcher,
    a reason, a message, a hint, a word, a verdict.
    """
    sources = {t.source: t.is_template for t in translations.all_texts()}
    for text in (
        "Find tie points",
        "Hold-out",
        "Search radius",
        "Bilinear",
        "Phase congruency",
        "low similarity",
        "The image has no valid pixels.",
        "Add points or choose a simpler model.",
        "as chosen",
        "Undecide",
        "Register images",
    ):
        assert sources.get(text) is False, text
    for text in (
        "The {0} raster has no CRS. If its coordinates are those of the other one, give "
        "it the same.",
        "{0} of {1} tie points agree; probability that the alignment is right {2} %.",
        "{0} has the smallest {1} RMSE ({2} px); no simpler model is within one standard "
        "error of it.",
    ):
        assert sources.get(text) is True, text


def test_a_new_text_is_missed(translations):
    texts = [
        *translations.all_texts(),
        translations.Text("A text nobody translated.", "ui/dock.py"),
    ]
    assert any("A text nobody translated." in line for line in translations.problems("de", texts))
