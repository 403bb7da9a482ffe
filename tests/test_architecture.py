"""The house's rules that no linter knows: who may import whom, words, sizes, inert package."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = sorted(
    p for room in ("plugin", "ui", "models", "resources") for p in (ROOT / room).rglob("*.py")
) + [ROOT / "__init__.py"]
SOURCES = SHIPPED + sorted(
    p for room in ("tests", "packaging") for p in (ROOT / room).rglob("*.py")
)
LONGEST, LONGEST_TEST = 400, 450
LONGEST_FUNCTION = 60  # docstrings do not count
# how many files and folders stand in a room at a glance
BOXES = {"plugin": 10, "plugin/engine": 10, "plugin/core": 20, "models": 9, "ui": 6}
QT_ENUMS = {
    "Orientation",
    "Key",
    "MouseButton",
    "KeyboardModifier",
    "ItemDataRole",
    "CheckState",
    "SortOrder",
}
QT = ("PyQt5", "PyQt6", "PySide2", "PySide6")

CORE = ("core", "core.geometry")
SESSION = (*CORE, "core.fit", "core.session")
ALL_CORE = (*SESSION, "core.points", "core.output", "core.run")
SCIENCE = {"numpy", "scipy", "cv2", "rasterio", "affine", "matplotlib"}
MEASURED = ("engine.read", "engine.align", "matchers", "matchers.parts", *ALL_CORE)
NETWORK = {"torch", "numpy", "mamba_ssm"}
LEARNT = ("models", "models.ops", "models.training")
QGIS_SIDE = ("matchers", *ALL_CORE)
WORK = ("gis", "work", "store", *QGIS_SIDE)
WIDGETS = ("ui", "ui.panels", "ui.views", "ui.canvas", "ui.parts")
DONE = ("engine.deliver", "engine.measure", "engine.learn")
NETWORKS = tuple(f"models.{n}" for n in ("me_ssm", "soma", "msa_net", "kd_cfm", "regnet_mamba2"))

# room (a folder; those in plugin/ without its name): rooms it may import beside itself, and
# packages beyond the standard library. The order is the order of the floors: nobody imports a room
# that stands below its own line.
LAW: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "resources": ((), set()),
    "core": (("core.geometry", "resources"), {"numpy"}),
    "core.geometry": (("core",), {"numpy"}),
    "core.fit": (CORE, {"numpy"}),
    "core.session": ((*CORE, "core.fit"), {"numpy"}),
    "core.points": (SESSION, {"numpy"}),
    "core.output": (SESSION, {"numpy"}),
    "core.run": ((*SESSION, "resources"), {"numpy"}),
    "models.ops": ((), NETWORK),
    "models": (("models.ops",), NETWORK | {"safetensors"}),
    "models.training": (("models", "models.ops"), NETWORK),
    **dict.fromkeys(NETWORKS, (LEARNT, NETWORK)),
    "matchers.parts": (ALL_CORE, {"numpy", "scipy", "cv2"}),
    "matchers": (
        ("matchers.parts", "models", *NETWORKS, "resources", *ALL_CORE),
        {"numpy", "scipy", "cv2", "SimpleITK", "torch"},
    ),
    "engine.read": (ALL_CORE, SCIENCE),
    "engine.align": ((*MEASURED, "resources"), SCIENCE),
    "engine.warping": (("engine.read", *ALL_CORE), SCIENCE),
    "engine.deliver": (("engine.warping", "resources", *MEASURED), SCIENCE | {"jinja2", "tqdm"}),
    "engine.measure": (
        (*MEASURED, *LEARNT, *NETWORKS),
        SCIENCE | {"torch", "psutil"},
    ),
    "engine.learn": (("engine.measure", *MEASURED, *LEARNT, *NETWORKS), SCIENCE | {"torch"}),
    "engine.commands": ((*DONE, *MEASURED), SCIENCE),
    "engine": (("engine.commands", "engine.warping", *DONE, *MEASURED), SCIENCE | {"tqdm"}),
    "gis": (ALL_CORE, {"qgis", "osgeo", "numpy"}),
    "work": (("gis", "resources", *QGIS_SIDE), {"qgis", "osgeo", "numpy"}),
    "store": (("gis", "work", "resources", *QGIS_SIDE), {"qgis", "osgeo", "numpy"}),
    "provider": (("resources", *WORK), {"qgis", "osgeo", "numpy"}),
    "ui.parts": (("resources", *QGIS_SIDE), {"qgis", "numpy"}),
    "ui.views": (("ui.parts", *QGIS_SIDE), {"qgis", "numpy"}),
    "ui.canvas": (("ui.parts", *QGIS_SIDE), {"qgis", "numpy"}),
    "ui.panels": (("ui.parts", "ui.views", "ui.canvas", *QGIS_SIDE), {"qgis", "numpy"}),
    "ui": (("ui.parts", "ui.views", "ui.canvas", "ui.panels", *QGIS_SIDE), {"qgis", "numpy"}),
    "reviewing": ((*WIDGETS, *WORK), {"qgis", "osgeo", "numpy"}),
    "dock": (("reviewing", "resources", *WIDGETS, *WORK), {"qgis", "osgeo", "numpy"}),
    "": (("dock", "reviewing", "provider", "resources", *WIDGETS, *WORK), {"qgis"}),
}
WITHOUT_QGIS = tuple(
    f"plugin.work.{file}" for file in ("worker_client", "processes", "environment", "start_worker")
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(path: Path) -> str:
    """The folder of a file, those in plugin/ without its name."""
    return ".".join(path.relative_to(ROOT).parts[:-1]).removeprefix("plugin").removeprefix(".")


def room_named(name: str) -> str:
    """The room of a module or package, named from the root."""
    place = ROOT.joinpath(*name.split("."))
    return room_of(place / "__init__.py" if place.is_dir() else place.with_suffix(".py"))


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


def test_every_folder_is_a_room_and_every_room_a_folder():
    folders = {room_of(path) for path in SHIPPED}
    assert folders == set(LAW)


def test_the_floors_of_the_law_have_no_circle():
    above: set[str] = set()
    for room, (rooms, _) in reversed(LAW.items()):
        wrong = {r for r in rooms if r in above} - {"core.geometry"}
        above.add(room)
        assert not wrong, f"{room or 'plugin'} may import what stands above it: {wrong}"


@pytest.mark.parametrize("path", SHIPPED, ids=module_name)
def test_rooms_import_only_what_they_may(path):
    room = room_of(path)
    rooms, packages = LAW[room]
    if module_name(path) in WITHOUT_QGIS:
        packages = packages - {"qgis", "osgeo"}
    for line, name in imports(path):
        where = f"{path.relative_to(ROOT)}:{line} imports {name}"
        if name.startswith("."):
            assert room_named(name[1:]) in (room, *rooms), where
        else:
            top = name.split(".")[0]
            assert top != "sar_optical_align", f"{where}: shipped code uses relative imports"
            assert top not in QT, f"{where}: use qgis.PyQt"
            assert top in sys.stdlib_module_names or top in packages, where


def test_no_two_files_import_each_other():
    """Neither directly nor round a circle; what is imported in a function or for types counts."""
    graph = {
        module_name(path): {
            file for _, name in imports(path) if (file := name[1:]) != module_name(path)
        }
        for path in SHIPPED
        if path.stem != "__init__"
    }
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way[way.index(name) :], name))
        if name in done or name not in graph:
            return
        for other in sorted(graph[name]):
            walk(other, (*way, name))
        done.add(name)

    for name in sorted(graph):
        walk(name, ())


@pytest.mark.parametrize(
    "path", sorted((ROOT / "plugin" / "matchers").glob("*.py")), ids=lambda p: p.stem
)
def test_matchers_import_nothing_heavy_at_module_level(path):
    """So that QGIS can list them and build their forms without the engine's packages."""
    for line, name in imports(path, only_at_import=True):
        light = (
            room_named(name[1:]) in ("matchers", "resources", *ALL_CORE)
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


def test_only_a_grid_knows_its_frames():
    """Nobody else writes the geotransform of bare pixels, its linear part, or turns y upwards."""
    again = re.compile(
        r"0\.0, 1\.0, 0\.0, 0\.0, 0\.0, -?1\.0|\[1(\.0)?, -1(\.0)?\]|\[\[\w+\[1\], \w+\[2\]\]"
        r"|\[0\], -\w+(\.\w+)*\[1\]|\.x\(\), -\w+\.y\(\)|(?<![-\w])d?x, -d?y\b"
    )
    geometry = ROOT / "plugin" / "core" / "geometry"
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in SHIPPED
        if geometry not in path.parents
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if again.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", SHIPPED, ids=module_name)
def test_functions_are_short(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            text = node.body[0] if ast.get_docstring(node) else None
            lines = node.end_lineno - node.lineno + 1
            lines -= text.end_lineno - text.lineno + 1 if text else 0
            assert lines <= LONGEST_FUNCTION, f"{node.name} has {lines} lines"


@pytest.mark.parametrize(("room", "most"), BOXES.items())
def test_a_room_is_seen_at_a_glance(room, most):
    boxes = {
        path.relative_to(ROOT / room).parts[0]
        for path in SHIPPED
        if ROOT / room in path.parents and path != ROOT / room / "__init__.py"
    }
    assert len(boxes) <= most, sorted(boxes)


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
    """metadata.txt, pyproject.toml, hooks and the pinned packages of the worker tell the same."""
    metadata = (ROOT / "metadata.txt").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r"^version=(.+)$", metadata, re.MULTILINE)[1]
    assert f"  {version} - " in metadata[metadata.index("changelog=") :]
    pins = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r'\["(\S+)"\]', hooks)) <= set(pins)
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
