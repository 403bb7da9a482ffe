"""Finds every text that a user of the plugin may read: what is to be translated.

Found are the arguments of `tr`, and what reaches it unseen: labels and help of parameters and
matchers, messages and hints of errors, findings of the pre-flight list, progress, verdicts,
reasons. An f-string becomes a template with {0}, {1} … in place of its values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("ui", "plugin")
# what only the command line, training and benchmarks say
LEFT_OUT = (
    "plugin/engine/cli.py",
    "plugin/engine/commands/",
    "plugin/engine/measure/",
    "plugin/engine/learn/calibrate.py",
    "plugin/engine/learn/judging.py",
    "plugin/engine/learn/logistic.py",
    "plugin/engine/learn/sightings.py",
    "plugin/engine/learn/train.py",
    "plugin/engine/learn/train_request.py",
    "plugin/engine/learn/training_data.py",
    "plugin/engine/learn/training_record.py",
    "plugin/engine/learn/training_run.py",
    "plugin/engine/deliver/batch.py",
    "plugin/engine/deliver/manifest.py",
    "plugin/engine/deliver/demo.py",
    "plugin/engine/deliver/demo_scene.py",
    "plugin/engine/deliver/summary.py",
    "plugin/engine/deliver/gpkg.py",
    "plugin/core/session/rows.py",
    "plugin/core/session/geopackage.py",
    "plugin/core/run/locking.py",
    "plugin/core/lengths.py",
)
# calls: which of their arguments are read by a user
ALL = tuple(range(8))
SINKS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "tr": ((0,), ()),
    "reading": ((0, 2), ("hint",)),
    "param": ((1, 2), ("label", "help", "unit", "choices", "zero")),
    "register": ((), ("label", "summary")),
    "ModelInfo": (ALL, ("label",)),
    "Finding": ((1, 2), ()),
    "Fix": ((0,), ()),
    "Verdict": (ALL, ("message", "hint")),
    "AdaptResult": ((1,), ("message",)),
    "Fitted": (ALL, ("message",)),
    "FitState": ((5,), ()),
    "update": ((1,), ("message",)),
    "guarded": ((1,), ()),
    "_edit": ((1,), ()),
    "_push": ((2,), ()),
    "Snapshot": ((2,), ()),
    "TiePoint": ((), ("reason",)),
    "send": ((), ("message", "hint")),
    "network": ((), ("hint",)),
    "add": ((1,), ()),
    "emit": ((1,), ()),
    "RasterFacts": ((), ("problem",)),
    "add_raster": ((1, 2), ()),
    "add_outputs": ((0, 1), ()),
}
ERROR = re.compile(r"^[A-Z]\w*Error$|^error$")
BUILTIN_ERRORS = ("ValueError", "TypeError", "RuntimeError", "OSError", "KeyError")
# constants whose strings are shown, classes whose members are, functions that return what is shown
NAMED = (
    "MODEL_LABELS",
    "Reason",
    "STATE_LABELS",
    "CHECK_REASON",
    "TITLE",
    "HELP",
    "GROUP",
    "_SIDES",
    "_NUMBERS",
    "_SCALES",
    "_HEADS",
    "_TIPS",
    "_LOOKS",
    "_FIGURES",
    "_MEASURES",
    "_COLUMNS",
    "_NAMES",
    "_KINDS",
    "_IMPORTS",
    "_EXPORTS",
    "_SCRIPTS",
    "_MODEL_COLUMNS",
)
RETURNING = (
    "change_of",
    "_choose",
    "misplaced",
    "defect",
    "_size",
    "problem",
    "_grid_change",
    "unavailable",
    "_names",
    "implausible",
    "fill_told",
)
# single words that are filled into templates from where they cannot be seen
WORDS = (
    "reference",
    "sensed",
    "declared",
    "automatic",
    "hold-out",
    "leave-one-out",
    "map units",
    "mask",
    "alpha band",
    "unknown reason",
    "no raster bands",
    "residual",
    "leave-one-out error",
    "score",
    "outlier in AROSICS",
    "disabled in file",
    "disabled",
    "left out",
    "all",
    "Starting",
    "and",
)
_KEYS = (
    "controlpoints|registration|model|-?inf|place|nudge|hello|affine|coverage|projective|shift|"
    "similarity|tps|field|enabled|id|reason|role|state|ce90|px"
)
_NO_TEXT = re.compile(
    rf"[A-Z0-9_]{{3,}}$|[a-z0-9]+_[a-z0-9_]+$|[\"*#]|({_KEYS}|polynomial\d)$|[A-Z ]+ NOT NULL$"
)
LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, order=True)
class Text:
    """A text and the file it was found in; `is_template` where values are filled in before it is
    translated.
    """

    source: str
    file: str = field(compare=False)
    is_template: bool = field(compare=False, default=False)


def sources() -> list[Path]:
    """Return the files that are looked through."""
    return sorted(
        p
        for room in ROOMS
        for p in (ROOT / room).rglob("*.py")
        if not p.relative_to(ROOT).as_posix().startswith(LEFT_OUT)
    )


def all_texts() -> list[Text]:
    """Return every text once, in alphabetical order."""
    found = {word: Text(word, "packaging/texts.py") for word in WORDS}
    for path in sources():
        for text in file_texts(path):
            known = found.get(text.source)
            if known is None or (known.is_template and not text.is_template):
                found[text.source] = text
    return sorted(found.values())


def file_texts(path: Path) -> Iterator[Text]:
    """Yield the texts of one file."""
    name = path.relative_to(ROOT).as_posix()
    for source, is_template in _Reader(ast.parse(path.read_text(encoding="utf-8"))).read():
        bare = re.sub(r"\{[^}]*\}|<[^>]*>|&\w+;", "", source)
        if len(LETTERS.findall(bare)) > (2 if is_template else 1) and bare.strip() != (
            "and" if is_template else ""
        ):
            yield Text(source, name, is_template)


class _Reader:
    """Reads one module."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.module = _assigned(tree.body)
        self.functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}

    def read(self) -> Iterator[tuple[str, bool]]:
        """Yield text and whether it is a template."""
        yield from self._in(self.tree, {})
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                names = [
                    t.id
                    for t in (node.targets if isinstance(node, ast.Assign) else [node.target])
                    if isinstance(t, ast.Name)
                ]
                if node.value is not None and any(n in NAMED for n in names):
                    yield from self._shown(node.value, {})
            elif isinstance(node, ast.ClassDef) and node.name in NAMED:
                for item in node.body:
                    if isinstance(item, ast.Assign):
                        yield from self._shown(item.value, {})
            elif isinstance(node, ast.FunctionDef) and node.name in RETURNING:
                scope = _assigned(node.body)
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return | ast.Yield) and inner.value is not None:
                        yield from self._shown(inner.value, scope)

    def _in(self, node: ast.AST, scope: dict[str, list[ast.expr]]) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            inner = (
                {**scope, **_assigned(child.body)} if isinstance(child, ast.FunctionDef) else scope
            )
            if isinstance(child, ast.Call):
                yield from self._call(child, scope)
            yield from self._in(child, inner)

    def _call(self, call: ast.Call, scope: dict[str, list[ast.expr]]) -> Iterator[tuple[str, bool]]:
        name = (
            call.func.id
            if isinstance(call.func, ast.Name)
            else call.func.attr
            if isinstance(call.func, ast.Attribute)
            else ""
        )
        if ERROR.match(name) and name not in BUILTIN_ERRORS:
            places, keywords = (0, 1), ("message", "hint")
        elif name in SINKS:
            places, keywords = SINKS[name]
        else:
            return
        for place in places:
            if place < len(call.args):
                yield from self._shown(call.args[place], scope)
        for keyword in call.keywords:
            if keyword.arg in keywords:
                yield from self._shown(keyword.value, scope)

    def _shown(
        self, node: ast.expr, scope: dict[str, list[ast.expr]]
    ) -> Iterator[tuple[str, bool]]:
        """Resolve; names of outputs and keys of dictionaries are not shown."""
        if isinstance(node, ast.Dict):
            for value in node.values:
                yield from self._shown(value, scope)
        elif isinstance(node, ast.Tuple | ast.List):
            for item in node.elts:
                yield from self._shown(item, scope)
        else:
            yield from self._resolve(node, scope)

    def _resolve(
        self, node: ast.expr, scope: dict[str, list[ast.expr]], seen: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and not _NO_TEXT.match(node.value):
                yield node.value, False
        elif isinstance(node, ast.JoinedStr):
            yield _template(node), True
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from self._words(part.value, scope, seen)
        elif isinstance(node, ast.IfExp):
            yield from self._resolve(node.body, scope, seen)
            yield from self._resolve(node.orelse, scope, seen)
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                yield from self._resolve(value, scope, seen)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for side in (node.left, node.right):
                yield from self._resolve(side, scope, seen)
        elif isinstance(node, ast.Name) and node.id not in seen:
            for value in [*scope.get(node.id, ()), *self.module.get(node.id, ())]:
                yield from (
                    self._shown(value, scope)
                    if isinstance(value, ast.Tuple | ast.Dict)
                    else self._resolve(value, scope, (*seen, node.id))
                )
        elif isinstance(node, ast.Subscript):
            yield from self._resolve(node.value, scope, seen)
        elif isinstance(node, ast.Call):
            yield from self._returned(node, seen)

    def _words(
        self, node: ast.expr, scope: dict[str, list[ast.expr]], seen: tuple[str, ...]
    ) -> Iterator[tuple[str, bool]]:
        """Resolve what is filled into a template."""
        if isinstance(node, ast.IfExp | ast.Name | ast.JoinedStr):
            yield from self._resolve(node, scope, seen)

    def _returned(self, call: ast.Call, seen: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in self.functions and name not in seen and name != "tr":
            function = self.functions[name]
            scope = _assigned(function.body)
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from self._resolve(node.value, scope, (*seen, name))


def _assigned(body: list[ast.stmt]) -> dict[str, list[ast.expr]]:
    """Return what is assigned to each name in a body, in its loops and branches too."""
    out: dict[str, list[ast.expr]] = {}
    for node in (n for statement in body for n in ast.walk(statement)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                for to, value in pairs:
                    if isinstance(to, ast.Name):
                        out.setdefault(to.id, []).append(value)
        elif (
            isinstance(node, ast.AnnAssign | ast.AugAssign)
            and isinstance(node.target, ast.Name)
            and node.value is not None
        ):
            out.setdefault(node.target.id, []).append(node.value)
    return out


def _template(node: ast.JoinedStr) -> str:
    """Return an f-string with numbered places."""
    parts, number = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{number}}}")
            number += 1
    return "".join(parts)
