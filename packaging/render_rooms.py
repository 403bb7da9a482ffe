"""Renders every tab, dialog and page of the plugin: 100, 150 and 200 %, English and German, light
and dark.

    .venv-qgis/bin/python packaging/render_rooms.py OUTPUT  # what `make pictures` does
    .venv-qgis/bin/python packaging/render_rooms.py OUTPUT --scale 2 --language de --theme dark

Each scale is a process of its own, as it is for a user; the PNGs are called
<room>-<scale>-<language>-<theme>.png.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sar_optical_align"
SCALES, LANGUAGES, THEMES = ("1", "1.5", "2"), ("en", "de"), ("light", "dark")


def load_package() -> None:
    """Make the checkout importable as the package, whatever its folder is called."""
    sys.path[:] = [p for p in sys.path if Path(p).resolve() not in (ROOT, ROOT / "packaging")]
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    spec = importlib.util.spec_from_file_location(
        PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    if spec is None or spec.loader is None:
        sys.exit("the package cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def render(output: Path, scale: str, language: str, theme: str) -> list[str]:
    """Render all rooms at the scale of this process; return what is clipped."""
    from clipped_texts import clipped
    from qgis.core import QgsApplication, QgsSettings
    from qgis.PyQt.QtCore import QLocale
    from sar_optical_align.plugin.work.language import Translation
    from themes import use_theme
    from whole_plugin import ROOMS, WholePlugin, picture_of

    QgsSettings().remove(PACKAGE)
    use_theme(QgsApplication.instance(), theme)
    QLocale.setDefault(QLocale(language))  # as QGIS does
    translation = Translation(language)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        whole = WholePlugin(Path(folder))
        try:
            for room in ROOMS:
                window = whole.show(room)
                picture_of(window, window.devicePixelRatioF()).save(
                    str(output / f"{room}-{scale}-{language}-{theme}.png")
                )
                found += [f"{room} {scale} {language} {theme}: {line}" for line in clipped(window)]
        finally:
            whole.close()
            translation.remove()
    return found


def main() -> int:
    """Render what is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    parser.add_argument("--scale", choices=SCALES)
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--theme", choices=THEMES)
    args = parser.parse_args()
    output = args.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    if args.scale and os.environ.get("QT_SCALE_FACTOR") == args.scale:
        load_package()
        from qgis.testing import start_app

        start_app()
        found = [
            line
            for language in ([args.language] if args.language else LANGUAGES)
            for theme in ([args.theme] if args.theme else THEMES)
            for line in render(output, args.scale, language, theme)
        ]
        print("\n".join(found) or f"{args.scale}: nothing is clipped")
        sys.stdout.flush()
        os._exit(1 if found else 0)  # QGIS without its event loop does not always end
    status = 0
    for scale in [args.scale] if args.scale else SCALES:
        more = [
            x
            for name in ("language", "theme")
            if getattr(args, name)
            for x in (f"--{name}", getattr(args, name))
        ]
        environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
        status |= subprocess.run(
            [sys.executable, __file__, str(output), "--scale", scale, *more],
            env=environment,
            check=False,
        ).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
