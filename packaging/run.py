"""Runs the command line from a checkout, whatever its folder is called: `python packaging/run.py
register ...`.
"""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sar_optical_align"

if __name__ == "__main__":
    sys.path[:] = [p for p in sys.path if Path(p).resolve() not in (ROOT, ROOT / "packaging")]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    if spec is None or spec.loader is None:
        sys.exit("the package cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)
    from sar_optical_align.plugin.engine.cli import main

    sys.exit(main())
