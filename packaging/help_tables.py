"""Writes the generated parts of the offline help: contents, keys, parameters, figures, algorithms, commands.

They stand between `<!-- begin name -->` and `<!-- end name -->`. QGIS' Python makes what comes from dock and toolbox, the engine's what
comes from the command line; each leaves the other's parts as they are. `--check` writes nothing and tells what is stale.
"""

import argparse
import html
import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the package, whatever the folder is called

from sar_optical_align.plugin.core.fields import param_infos
from sar_optical_align.plugin.core.help_pages import HELP, PAGES
from sar_optical_align.plugin.core.types import AlignParams, WarpParams
from sar_optical_align.plugin.engine.matchers import all_specs

_BLOCK = re.compile(r"(<!-- begin ([\w-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
_esc = html.escape


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["<table>", "<tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _params(cls: type) -> str:
    rows = []
    for p in param_infos(cls):
        default = "automatic" if p.default is None else p.choices[p.default] if p.choices else {True: "on", False: "off"}.get(p.default, f"{p.default}")
        limits = "" if p.min is None and p.max is None else f"from {p.min:g}" if p.max is None else f"{p.min:g} to {p.max:g}"
        allowed = ", ".join(p.choices.values()) if p.choices else f"{limits} {p.unit}".strip()
        rows.append((f"{_esc(p.label)}<br><code>{p.name}</code>", _esc(p.help), _esc(str(default)), _esc(allowed)))
    return _table(("Parameter", "What it does", "Default", "Allowed"), rows)


def _keys() -> str:
    from sar_optical_align.ui.keys import REVIEW_KEYS

    return _table(("Key", "What it does"), [(" ".join(f"<kbd>{_esc(k)}</kbd>" for k in key.keys), _esc(key.text)) for key in REVIEW_KEYS])


def _matchers() -> str:
    parts = []
    for spec in all_specs().values():
        needs = f" Needs the package {', '.join(spec.needs)}." if spec.needs else ""
        parts.append(f'<h3 id="{spec.key}">{_esc(spec.label)} <code>{spec.key}</code></h3>')
        parts.append(f"<p>{_esc(spec.summary)}{needs}<br><small>{_esc(spec.reference)}</small></p>")
        parts.append(_params(spec.params))
    return "\n".join(part for part in parts if part)


def _figures() -> str:
    from sar_optical_align.ui.quality_panel import _FIGURES

    return _table(("Figure", "What it is"), [(_esc(label), tip) for _, label, tip in _FIGURES])


def _advisor() -> str:
    from sar_optical_align.ui.advisor_table import _HEADS, _TIPS

    return _table(("Column", "What it is"), [(_esc(head), tip) for head, tip in zip(_HEADS, _TIPS, strict=True)])


def _algorithms() -> str:
    from sar_optical_align.plugin.provider.provider import ALGORITHMS

    parts = []
    for cls in ALGORITHMS:
        algorithm = cls()
        algorithm.initAlgorithm({})
        parts.append(f'<h3 id="{algorithm.name()}">{_esc(cls.TITLE)} <code>sar_optical_align:{algorithm.name()}</code></h3>')
        parts.append(f"<p>{_esc(cls.HELP)}</p>")
        rows = [(f"<code>{p.name()}</code>", _esc(p.description())) for p in algorithm.parameterDefinitions()]
        parts.append(_table(("Parameter", "Meaning"), rows))
        parts.append(_table(("Output", "Meaning"), [(f"<code>{o.name()}</code>", _esc(o.description())) for o in algorithm.outputDefinitions()]))
    return "\n".join(parts)


def _commands() -> str:
    from sar_optical_align.plugin.engine.cli import build_parser

    parser = build_parser()
    action = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return _table(("Command", "What it does"), [(f"<code>{a.dest}</code>", _esc(a.help or "")) for a in action._choices_actions])


def _nav(page: str) -> str:
    links = [f'<a href="{name}.html"' + (' aria-current="page"' if name == page else "") + f">{title}</a>" for name, title in PAGES.items()]
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

    return _BLOCK.sub(block, page.read_text(encoding="utf-8"))


def stale() -> list[Path]:
    """Return the pages whose generated parts are not as they should be."""
    return [page for page in sorted(HELP.glob("*.html")) if rendered(page) != page.read_text(encoding="utf-8")]


def main() -> int:
    """Write or check."""
    found = stale()
    for page in found:
        if "--check" not in sys.argv:
            page.write_text(rendered(page), encoding="utf-8")
        print(("stale: " if "--check" in sys.argv else "written: ") + page.name)
    return 1 if found and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
