"""The plugin in QGIS' language: loads the catalogue that `packaging/translations.py` makes."""

from __future__ import annotations

import json

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

from ...resources import FOLDER
from ..core.wording import ENGLISH, Language, speak

CATALOGUES = FOLDER / "i18n"
CONTEXT = "SarOpticalAlign"


def lookup(text: str) -> str:
    """Return the translation of a text that is in the catalogue, any other as it is."""
    return QCoreApplication.translate(CONTEXT, text)


class Translation:
    """The catalogue of a language while it is in use; nothing where there is none for it.

    Args:
        locale: Such as "de" or "de_AT"; None = that of QGIS.
    """

    def __init__(self, locale: str | None = None) -> None:
        name = (locale or QgsApplication.instance().locale())[:2]
        self._translator: QTranslator | None = None
        file = CATALOGUES / f"sar_optical_align_{name}.qm"
        translator = QTranslator()
        if not file.is_file() or not translator.load(str(file)):
            return
        self._translator = translator
        QCoreApplication.installTranslator(translator)
        templates = json.loads((CATALOGUES / "templates.json").read_text(encoding="utf-8"))
        speak(Language(lookup, tuple(templates), QLocale(name).decimalPoint(), name))

    @property
    def is_loaded(self) -> bool:
        """Whether there is a catalogue."""
        return self._translator is not None

    def remove(self) -> None:
        """Speak English again."""
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None
            speak(ENGLISH)
