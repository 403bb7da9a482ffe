"""The house's rules that no linter knows: who may import whom, words, sizes, inert package."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(
    p for room in ("plugin", "ui", "models", "resources") for p in (ROOT / room).rglob("*.py")
) + [ROOT / "__init__.py"]
SOURCES = SHIPPED + sorted(
    p for room in ("tests", "packaging") for p in (ROOT / room).rglob("*.py")
)
LONGEST, LONGEST_TEST = 680, 560  # 400 and 450 once the files that grew are split
QT_ENUMS = {
    "Orientation",
    "Key",
    "MouseButton",
    "KeyboardModifier",
    "ItemDataRole",
    "CheckState",
    "SortOrder",
}
DOOR = "plugin.engine.matchers"
QT = ("PyQt5", "PyQt6", "PySide2", "PySide6")

# room: (rooms it may import, packages beyond the standard library it may import)
RULES = {
    "plugin.core": (("plugin.core",), {"numpy"}),
    "plugin.engine.matchers": (
        ("plugin.engine", "plugin.core", "models"),
        {"numpy", "scipy", "cv2", "SimpleITK", "torch"},
    ),
    "plugin.engine": (
        ("plugin.engine", "plugin.core", "models"),
        {
            "numpy",
            "scipy",
            "cv2",
            "rasterio",
            "affine",
            "SimpleITK",
            "torch",
            "jinja2",
            "matplotlib",
            "tqdm",
            "psutil",
            "dask",
            "distributed",
        },
    ),
    "models": (("models",), {"torch", "numpy", "safetensors", "mamba_ssm"}),
    "ui": (("ui", "plugin.core", DOOR), {"qgis", "numpy"}),
    "plugin.provider": (("plugin.provider", "plugin.core", "plugin.*", DOOR), {"qgis", "numpy"}),
    "plugin": (("plugin.core", "plugin.*", DOOR), {"qgis", "osgeo", "numpy"}),
    "resources": ((), set()),
    "": ((), set()),
}
MORE = {
    "plugin.main": ("ui", "plugin.provider"),
    "plugin.controller": ("ui",),
    "plugin.review_controller": ("ui",),
    "plugin.keeping_controller": ("ui",),
    "plugin.preflight_controller": ("ui",),
    "plugin.report_pictures": ("ui",),
    "plugin.review_files": ("ui",),
    "plugin.compare_controller": ("ui",),
    "plugin.accuracy_controller": ("ui",),
    "plugin.adapting_controller": ("ui",),
    "plugin.point_maker": ("ui",),
    "plugin.snapper": ("ui",),
    "plugin.explainer": ("ui",),
    "plugin.review_walk": ("ui",),
}
WITHOUT_QGIS = ("plugin.worker_client", "plugin.environment")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).parts[:-1]
    while ".".join(parts) not in RULES:
        parts = parts[:-1]
    return ".".join(parts)


def imports(path: Path, only_at_import: bool = False) -> Iterator[tuple[int, str]]:
    """Yield (line, absolute name); names inside the package start with a dot."""
    package = path.relative_to(ROOT).parts[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and only_at_import
        typing_only = (
            isinstance(node, ast.If)
            and ast.unparse(node.test) == "TYPE_CHECKING"
            and only_at_import
        )
        if later or typing_only:
            skipped.update(ast.walk(node))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            target = ".".join((*base, *(node.module or "").split("."))).rstrip(".")
            for alias in node.names:
                inner = ROOT.joinpath(*target.split("."), alias.name)
                is_module = inner.with_suffix(".py").exists() or inner.is_dir()
                yield (
                    node.lineno,
                    "." + (f"{target}.{alias.name}".lstrip(".") if is_module else target),
                )


def inside(name: str, room: str) -> bool:
    if room == "plugin.*":  # the files of plugin/ themselves
        return name == "plugin" or (
            name.startswith("plugin.")
            and name.count(".") == 1
            and (ROOT / "plugin" / f"{name[7:]}.py").exists()
        )
    return name == room or name.startswith(room + ".")


@pytest.mark.parametrize("path", SHIPPED, ids=module_name)
def test_rooms_import_only_what_they_may(path):
    rooms, packages = RULES[room_of(path)]
    rooms = (*rooms, *MORE.get(module_name(path), ()))
    if module_name(path) in WITHOUT_QGIS:
        packages = packages - {"qgis", "osgeo"}
    for line, name in imports(path):
        where = f"{path.relative_to(ROOT)}:{line} imports {name}"
        if name.startswith("."):
            allowed = any(inside(name[1:], room) for room in rooms) or path == ROOT / "__init__.py"
            assert allowed, where
        else:
            top = name.split(".")[0]
            assert top != "sar_optical_align", f"{where}: shipped code uses relative imports"
            assert top not in QT, f"{where}: use qgis.PyQt"
            assert top in sys.stdlib_module_names or top in packages, where


@pytest.mark.parametrize(
    "path", sorted((ROOT / "plugin" / "engine" / "matchers").glob("*.py")), ids=lambda p: p.stem
)
def test_matchers_import_nothing_heavy_at_module_level(path):
    """So that QGIS can list them and build their forms without the engine's packages."""
    for line, name in imports(path, only_at_import=True):
        light = (
            inside(name[1:], "plugin.core") or inside(name[1:], DOOR)
            if name.startswith(".")
            else name.split(".")[0] in {*sys.stdlib_module_names, "numpy"}
        )
        assert light, f"{path.name}:{line} imports {name} at module level"


def test_the_package_is_inert():
    """pytest and QGIS run the root's __init__ more than once: it does nothing but define."""
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    assert all(
        isinstance(node, ast.FunctionDef)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in tree.body
    )


@pytest.mark.parametrize("path", SHIPPED, ids=module_name)
def test_shipped_code_keeps_its_manners(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    followed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print" or path.name == "cli.py", f"{where}: print"
            assert node.func.id not in ("eval", "exec"), where
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr != "exec_", f"{where}: exec_ is gone in Qt 6"
        assert not (isinstance(node, ast.Attribute) and ast.unparse(node) == "QVariant.Type"), (
            f"{where}: QVariant.Type is gone in Qt 6"
        )
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "Qt"
            and node.attr not in QT_ENUMS
        ):
            assert id(node) in followed, f"{where}: Qt.{node.attr} is not a scoped enum"
        assert not isinstance(node, ast.Assert), f"{where}: assert is no input check"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_short_and_have_a_noun(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (LONGEST_TEST if ROOT / "tests" in path.parents else LONGEST), (
        f"{len(lines)} lines"
    )
    assert path.stem not in ("utils", "helpers", "common", "misc", "code")


def test_one_word_a_thing():
    """The reference stays and the sensed raster is moved; no other words, no places of one
    machine.
    """
    forbidden = re.compile(
        r"(?i:\b(master|slave)\b|(fixed|moving) "
        r"(image|raster))|\b(TODO|FIXME|XXX|HACK)\b|/home/\w+/|/work/"
    )
    texts = [
        *SHIPPED,
        *(
            p
            for p in (ROOT / "resources").rglob("*")
            if p.suffix in (".html", ".j2", ".txt", ".qml")
        ),
        ROOT / "metadata.txt",
    ]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in texts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found, "\n".join(found)


def test_versions_agree():
    """metadata.txt, pyproject.toml and the pinned packages of the worker tell the same."""
    metadata = (ROOT / "metadata.txt").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r"^version=(.+)$", metadata, re.MULTILINE)[1]
    assert f'version = "{version}"' in project
    assert version in re.search(r"^changelog=(.+)$", metadata, re.MULTILINE)[1]
    wanted = re.search(r"^dependencies = \[(.*?)\]", project, re.MULTILINE | re.DOTALL)[1]
    networks = re.search(r"^torch = \[(.*?)\]", project, re.MULTILINE)[1]
    needed = re.findall(r'"([\w-]+)', wanted + networks)
    for python in ("3.10", "3.11", "3.12", "3.13", "3.14"):
        pins = (ROOT / "resources" / f"requirements-worker-{python}.txt").read_text(
            encoding="utf-8"
        )
        pinned = set(re.findall(r"^([\w-]+)==", pins, re.MULTILINE)) | {"torch"}
        assert {name.lower() for name in needed} <= pinned, python
    about = re.search(r"^about=(.+)$", metadata, re.MULTILINE)[1]
    assert all(name in about for name in needed), "external packages are stated in `about`"
