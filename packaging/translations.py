"""Keeps the catalogue of translations in step with the source.

    python packaging/translations.py        # update the .ts files and templates.json, make the .qm
    python packaging/translations.py --check    # only say what is missing, unused or stale

Texts that are gone leave the catalogue; new ones enter it as unfinished and make the check fail
until they are translated in the .ts (by hand, or with Qt Linguist). The .qm files are made by
`lrelease` (Debian: qttools5-dev-tools).
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parent))
from texts import ROOT, Text, all_texts

FOLDER = ROOT / "resources" / "i18n"
CONTEXT = "SarOpticalAlign"
LANGUAGES = ("de",)
TEMPLATES = FOLDER / "templates.json"
PLACES = re.compile(r"\{[^}]*\}")
MARKUP = re.compile(r"<[^>]*>|&\w+;|&#\d+;")


def ts_file(language: str) -> Path:
    """Return the catalogue of a language."""
    return FOLDER / f"sar_optical_align_{language}.ts"


def read(path: Path) -> dict[str, str]:
    """Return source -> translation, "" where it is unfinished."""
    if not path.exists():
        return {}
    out = {}
    for message in ElementTree.parse(path).iter("message"):
        translation = message.find("translation")
        finished = translation is not None and translation.get("type") != "unfinished"
        out[message.findtext("source") or ""] = (
            (translation.text or "") if finished and translation is not None else ""
        )
    return out


def as_ts(language: str, texts: list[Text], known: dict[str, str]) -> str:
    """Return a catalogue as Qt Linguist reads it."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
    ]
    lines += ["<context>", f"    <name>{CONTEXT}</name>"]
    for text in texts:
        translation = known.get(text.source, "")
        state = "" if translation else ' type="unfinished"'
        lines += [
            "    <message>",
            f'        <location filename="../../{escape(text.file)}"/>',
            f"        <source>{_xml(text.source)}</source>",
            f"        <translation{state}>{_xml(translation)}</translation>",
            "    </message>",
        ]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def as_templates(texts: list[Text]) -> str:
    """Return the templates of messages that are composed before they are translated."""
    return (
        json.dumps([t.source for t in texts if t.is_template], ensure_ascii=False, indent=0) + "\n"
    )


def release(ts: Path, target: Path) -> None:
    """Make a .qm of a .ts."""
    program = shutil.which("lrelease") or shutil.which("lrelease-qt5")
    if program is None:
        raise SystemExit("lrelease is missing (Debian: apt-get install qttools5-dev-tools).")
    subprocess.run([program, "-silent", "-nounfinished", str(ts), "-qm", str(target)], check=True)


def problems(language: str, texts: list[Text]) -> list[str]:
    """Return what is wrong with a catalogue."""
    path = ts_file(language)
    known = read(path)
    out = [
        f"{language}: {t.file}: not translated: {t.source[:90]!r}"
        for t in texts
        if not known.get(t.source)
    ]
    sources = {t.source for t in texts}
    out += [
        f"{language}: no longer used: {source[:90]!r}" for source in known if source not in sources
    ]
    for source, translation in known.items():
        if translation and sorted(PLACES.findall(source)) != sorted(PLACES.findall(translation)):
            out.append(f"{language}: other places than the source has: {source[:90]!r}")
        if translation and sorted(t for t in MARKUP.findall(source) if t[0] == "<") != sorted(
            t for t in MARKUP.findall(translation) if t[0] == "<"
        ):
            out.append(f"{language}: other markup than the source has: {source[:90]!r}")
    if path.exists() and path.read_text(encoding="utf-8") != as_ts(language, texts, known):
        out.append(f"{path.name} is not as this command writes it")
    return out


def update() -> None:
    """Write everything."""
    texts = all_texts()
    FOLDER.mkdir(exist_ok=True)
    TEMPLATES.write_text(as_templates(texts), encoding="utf-8")
    for language in LANGUAGES:
        path = ts_file(language)
        path.write_text(as_ts(language, texts, read(path)), encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made.qm"
            release(path, made)
            path.with_suffix(".qm").write_bytes(made.read_bytes())


def check() -> list[str]:
    """Return what is missing, unused or stale; the .qm files are compared by the tests in QGIS."""
    texts = all_texts()
    out = [line for language in LANGUAGES for line in problems(language, texts)]
    if not TEMPLATES.exists() or TEMPLATES.read_text(encoding="utf-8") != as_templates(texts):
        out.append("templates.json is stale")
    return out


def main() -> int:
    """Update or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing")
    if not parser.parse_args().check:
        update()
    found = check()
    print(
        "\n".join(found) or f"{len(all_texts())} texts, all translated into {', '.join(LANGUAGES)}"
    )
    return 1 if found else 0


def _xml(text: str) -> str:
    return escape(text, {"\u00a0": "&#xa0;"})


if __name__ == "__main__":
    sys.exit(main())
