"""Messages that are composed in English, said in another language."""

from __future__ import annotations

import pytest
from sar_optical_align.plugin.core.errors import FitError
from sar_optical_align.plugin.core.wording import ENGLISH, Language, explained, known, speak, tr

WORDS = {
    "reference": "Referenz",
    "sensed": "Suchbild",
    "and": "und",
    "Affine": "Affin",
    "Shift": "Verschiebung",
    "Add points.": "Punkte hinzufügen.",
    "The {0} raster has no CRS.": "{0}: kein KBS.",
    "Points {0} share {1} px.": "{1} px teilen die Punkte {0}.",
    "{0} has the smallest RMSE ({1} px).": "{0} hat den kleinsten RMSE ({1} px).",
    "{0} No redundancy: {1}.": "{0} Keine Redundanz: {1}.",
    "No alignment: {0}.": "Keine Ausrichtung: {0}.",
    "only {0} agree": "nur {0} passen",
}


@pytest.fixture(autouse=True)
def _german():
    speak(Language(lambda text: WORDS.get(text, text), tuple(w for w in WORDS if "{" in w)))
    yield
    speak(ENGLISH)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Add points.", "Punkte hinzufügen."),
        ("The sensed raster has no CRS.", "Suchbild: kein KBS."),
        ("Points 3 and 8 share 2.50 px.", "2.50 px teilen die Punkte 3 und 8."),
        (
            "Affine has the smallest RMSE (0.50 px). No redundancy: Shift, Affine.",
            "Affin hat den kleinsten RMSE (0.50 px). Keine Redundanz: Verschiebung, Affin.",
        ),
        ("No alignment: only 3 agree.", "Keine Ausrichtung: nur 3 passen."),
        ("The sensed raster has no CRS. Add points.", "Suchbild: kein KBS. Punkte hinzufügen."),
        ("The /data/a b.tif raster has no CRS.", "/data/a b.tif: kein KBS."),
    ],
)
def test_a_message_is_found_by_the_template_it_was_made_from(message, said):
    assert tr(message) == said
    assert known(message)


@pytest.mark.parametrize(
    "message", ["", "Something nobody translated.", "Add points. And this.", "sar_optical.tif"]
)
def test_what_is_unknown_stays_english(message):
    assert tr(message) == message


def test_an_error_is_said_with_its_hint():
    assert (
        explained(FitError("The reference raster has no CRS.", "Add points."))
        == "Referenz: kein KBS. Punkte hinzufügen."
    )
    assert explained(FitError("Nothing to be done.")) == "Nothing to be done."


def test_english_is_as_written():
    speak(ENGLISH)
    assert tr("The sensed raster has no CRS.") == "The sensed raster has no CRS."
    assert known("Anything")
