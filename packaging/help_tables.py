"""Writes the generated parts of the offline help: contents, keys, parameters, figures, algorithms,
commands.

They stand between `<!-- begin name -->` and `<!-- end name -->`. QGIS' Python makes what comes from
dock and toolbox, the engine's what comes from the command line; each leaves the other's parts as
they are. Folders of the help are languages: what stands in the catalogue of the plugin is taken
from there, other words from `help_words.py`. `--check` writes nothing and tells what is stale.
"""

import argparse
import html
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the package, whatever the folder is called

from sar_optical_align.plugin.core.fields import param_infos
from sar_optical_align.plugin.core.run.help_pages import HELP, PAGES
from sar_optical_align.plugin.core.types import AlignParams, WarpParams
from sar_optical_align.plugin.core.wording import (
    ENGLISH,
    Language,
    language_code,
    number,
    speak,
    tr,
)
from sar_optical_align.plugin.matchers import all_specs

_BLOCK = re.compile(r"(<!-- begin ([\w-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
_esc = html.escape
CATALOGUE = ROOT / "resources" / "i18n"
DECIMAL_MARKS = {"de": ","}


def _load_words() -> dict[str, dict[str, str]]:
    spec = importlib.util.spec_from_file_location(
        "help_words", Path(__file__).with_name("help_words.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WORDS


WORDS = _load_words()


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["<table>", "<tr>" + "".join(f"<th>{_word(head)}</th>" for head in heads) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _params(cls: type) -> str:
    rows = []
    for p in param_infos(cls):
        default = (
            _word("automatic")
            if p.default is None
            else tr(p.choices[p.default])
            if p.choices
            else _value(p.default)
        )
        limits = "" if p.min is None and p.max is None else _word("from {0}").format(_value(p.min))
        if p.max is not None:
            limits = _word("{0} to {1}").format(_value(p.min), _value(p.max))
        allowed = (
            ", ".join(map(tr, p.choices.values()))
            if p.choices
            else f"{limits} {tr(p.unit)}".strip()
        )
        rows.append(
            (
                f"{_esc(tr(p.label))}<br><code>{p.name}</code>",
                _esc(tr(p.help)),
                _esc(default),
                _esc(allowed),
            )
        )
    return _table(("Parameter", "What it does", "Default", "Allowed"), rows)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _word("on" if value else "off")
    return number(value, ".10g") if isinstance(value, float) else str(value)


def _word(text: str) -> str:
    """Return a word of the tables in the language in use."""
    return WORDS[language_code()].get(text, text)


def _keys() -> str:
    from sar_optical_align.ui.parts.keys import REVIEW_KEYS

    return _table(
        ("Key", "What it does"),
        [
            (" ".join(f"<kbd>{_esc(_word(k))}</kbd>" for k in key.keys), _esc(_word(key.text)))
            for key in REVIEW_KEYS
        ],
    )


def _matchers() -> str:
    parts = []
    for spec in all_specs().values():
        needs = (
            f" {_word('Needs the package {0}.').format(', '.join(spec.needs))}"
            if spec.needs
            else ""
        )
        parts.append(f'<h3 id="{spec.key}">{_esc(tr(spec.label))} <code>{spec.key}</code></h3>')
        parts.append(
            f"<p>{_esc(tr(spec.summary))}{needs}<br><small>{_esc(spec.reference)}</small></p>"
        )
        parts.append(_params(spec.params))
    return "\n".join(part for part in parts if part)


def _figures() -> str:
    from sar_optical_align.ui.panels.quality_panel import _FIGURES

    return _table(
        ("Figure", "What it is"), [(_esc(tr(label)), tr(tip)) for _, label, tip in _FIGURES]
    )


def _advisor() -> str:
    from sar_optical_align.ui.views.advisor_table import _HEADS, _TIPS

    return _table(
        ("Column", "What it is"),
        [(_esc(tr(head)), tr(tip)) for head, tip in zip(_HEADS, _TIPS, strict=True)],
    )


def _algorithms() -> str:
    from sar_optical_align.plugin.provider.provider import ALGORITHMS

    parts = []
    for cls in ALGORITHMS:
        algorithm = cls()
        algorithm.initAlgorithm({})
        parts.append(
            f'<h3 id="{algorithm.name()}">{_esc(tr(cls.TITLE))} '
            f"<code>sar_optical_align:{algorithm.name()}</code></h3>"
        )
        parts.append(f"<p>{_esc(tr(cls.HELP))}</p>")
        rows = [
            (f"<code>{p.name()}</code>", _esc(p.description()))
            for p in algorithm.parameterDefinitions()
        ]
        parts.append(_table(("Parameter", "Meaning"), rows))
        parts.append(
            _table(
                ("Output", "Meaning"),
                [
                    (f"<code>{o.name()}</code>", _esc(o.description()))
                    for o in algorithm.outputDefinitions()
                ],
            )
        )
    return "\n".join(parts)


def _commands() -> str:
    from sar_optical_align.plugin.engine.cli import build_parser

    parser = build_parser()
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return _table(
        ("Command", "What it does"),
        [(f"<code>{a.dest}</code>", _esc(_word(a.help or ""))) for a in action._choices_actions],
    )


def _nav(page: str) -> str:
    links = [
        f'<a href="{name}.html"'
        + (' aria-current="page"' if name == page else "")
        + f">{_word(title)}</a>"
        for name, title in PAGES.items()
    ]
    return "<nav>\n" + "\n".join(links) + "\n</nav>"


MAKERS: dict[str, Callable[[], str]] = {
    "keys": _keys,
    "align-params": lambda: _params(AlignParams),
    "warp-params": lambda: _params(WarpParams),
    "matchers": _matchers,
    "figures": _figures,
    "advisor": _advisor,
    "algorithms": _algorithms,
    "commands": _commands,
}


def rendered(page: Path) -> str:
    """Return a page as it should be, as far as this Python can tell."""
    made = {**MAKERS, "nav": lambda: _nav(page.stem)}

    def block(m: re.Match[str]) -> str:
        try:
            return f"{m[1]}{made[m[2]]()}\n{m[3]}"
        except ImportError:
            return m[0]

    with speaking("" if page.parent == HELP else page.parent.name):
        return _BLOCK.sub(block, page.read_text(encoding="utf-8"))


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language by the source of its catalogue, which needs no Qt."""
    if not code:
        yield
        return
    messages = ElementTree.parse(CATALOGUE / f"sar_optical_align_{code}.ts").iter("message")
    known = {m.findtext("source", ""): m.findtext("translation") or "" for m in messages}
    templates = json.loads((CATALOGUE / "templates.json").read_text(encoding="utf-8"))
    speak(
        Language(lambda text: known.get(text) or text, tuple(templates), DECIMAL_MARKS[code], code)
    )
    try:
        yield
    finally:
        speak(ENGLISH)


def stale() -> list[Path]:
    """Return the pages whose generated parts are not as they should be."""
    return [
        page
        for page in sorted(HELP.rglob("*.html"))
        if rendered(page) != page.read_text(encoding="utf-8")
    ]


def main() -> int:
    """Write or check."""
    found = stale()
    for page in found:
        if "--check" not in sys.argv:
            page.write_text(rendered(page), encoding="utf-8")
        print(("stale: " if "--check" in sys.argv else "written: ") + str(page.relative_to(HELP)))
    return 1 if found and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
