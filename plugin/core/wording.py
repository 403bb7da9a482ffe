"""What the user reads, in the user's language: texts as they are, and messages whose numbers are
filled in already.

The engine composes its messages in English, in another process. The catalogue holds them as
templates, "Point {0} is missing."; a message is translated by finding the template it was made
from. What nothing is known of stays English.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from .errors import AlignError

_PLACE = re.compile(r"\{(\d+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…]) ")
_NUMBERS = re.compile(r"(\d[\d, ]*) and (\d+)")
_NUMBER = re.compile(r"[+-]?\d+\.\d+(e[+-]?\d+)?")
_PLACE_OF_POINT = re.compile(r"\(([+-]?\d+\.\d+), ([+-]?\d+\.\d+)\)")
_DEPTH = 4


@dataclass(frozen=True, eq=False)
class Language:
    """A language of the plugin.

    Attributes:
        lookup: Returns the translation of a text, or the text itself where there is none.
        templates: Texts with {0}, {1} … in place of values.
        code: Two letters, as the folder of its help is called; "" = English.
        decimal: Decimal mark. Files, commands and what the command line prints always have a point.
    """

    lookup: Callable[[str], str] = str
    templates: tuple[str, ...] = ()
    decimal: str = "."
    code: str = ""
    patterns: tuple[tuple[str, re.Pattern[str], str], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        patterns = [(max(_PLACE.split(t)[::2], key=len), _pattern(t), t) for t in self.templates]
        object.__setattr__(
            self, "patterns", tuple(sorted(patterns, key=lambda p: -len(_PLACE.sub("", p[2]))))
        )


ENGLISH = Language()
_now = ENGLISH


def speak(language: Language = ENGLISH) -> None:
    """Use a language from now on."""
    global _now
    _now = language
    _composed.cache_clear()


def language_code() -> str:
    """Return the code of the language in use, "" for English."""
    return _now.code


def tr(text: str) -> str:
    """Translate a text or a message."""
    found = _now.lookup(text) if text else text
    return found if found != text or _now is ENGLISH else _composed(text)


def number(value: float, spec: str) -> str:
    """Format a number for people, by a format specification such as ".2f"."""
    return format(value, spec).replace(".", _now.decimal)


def fill(template: str, *values: object) -> str:
    """Fill {0:.2f}, {1} … of a translated template; its numbers are those of the language."""
    return _FORMATTER.vformat(template, values, {})


class _Formatter(string.Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        """Format one value."""
        is_number = isinstance(value, float) or hasattr(value, "dtype")  # numpy's too
        if is_number and format_spec:
            return number(value, format_spec)  # type: ignore[arg-type]
        return str(format(value, format_spec))


_FORMATTER = _Formatter()


def explained(error: AlignError) -> str:
    """Return what happened and what to do about it, translated."""
    return " ".join(tr(part) for part in (error.message, error.hint) if part)


def known(text: str) -> bool:
    """Whether the language has a word for a text, as it is or by a template."""
    return not text or _now is ENGLISH or _found(text, 0) is not None


@lru_cache(maxsize=4096)
def _composed(text: str) -> str:
    found = _found(text, 0)
    return text if found is None else found


def _found(text: str, depth: int) -> str | None:
    """Translate a text as it is, by a template, or sentence by sentence; None where it cannot
    be.
    """
    found = _now.lookup(text)
    if found != text:
        return found
    if depth > _DEPTH:
        return None
    for piece, pattern, template in _now.patterns:
        match = pattern.fullmatch(text) if piece in text else None
        if match is not None:
            return _filled(_now.lookup(template), [_value(v, depth + 1) for v in match.groups()])
    for end in _SENTENCE_END.finditer(text):
        parts = [_found(part, depth + 1) for part in (text[: end.start()], text[end.end() :])]
        if parts[0] is not None and parts[1] is not None:
            return f"{parts[0]} {parts[1]}"
    return None


def _filled(template: str, values: list[str]) -> str:
    return _PLACE.sub(lambda place: values[int(place[1])], template)


def _value(text: str, depth: int) -> str:
    """Translate what is filled into a template: a word, a message, several words with commas, a
    decimal number; names stay.
    """
    numbers = _NUMBERS.fullmatch(text)
    if numbers is not None:
        return f"{numbers[1]} {_now.lookup('and')} {numbers[2]}"
    if _NUMBER.fullmatch(text):
        return text.replace(".", _now.decimal)
    place = _PLACE_OF_POINT.fullmatch(text)
    if place is not None:
        return (
            text if _now.decimal == "." else f"({place[1]}; {place[2]})".replace(".", _now.decimal)
        )
    found = _found(text, depth) if any(c.isalpha() for c in text) else None
    if found is None and ", " in text:
        return ", ".join(_now.lookup(word) for word in text.split(", "))
    return text if found is None else found


def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches the messages made from a template."""
    parts: Iterable[str] = _PLACE.split(template)
    return re.compile(
        "".join("(.*?)" if i % 2 else re.escape(part) for i, part in enumerate(parts)), re.DOTALL
    )
