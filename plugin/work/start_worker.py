"""Starts the worker as a script: `python -I start_worker.py`.

The package is found by its place, under a name of its own, and nothing beside it or in the working
folder can be imported in the place of a library. A process that `multiprocessing` spawns runs this
file, too, before it looks for what it is to do.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_NAME = "sar_optical_align"

if _NAME not in sys.modules:
    _spec = importlib.util.spec_from_file_location(
        _NAME, _ROOT / "__init__.py", submodule_search_locations=[str(_ROOT)]
    )
    if _spec is None or _spec.loader is None:
        raise ImportError(f"{_ROOT} holds no package.")
    sys.modules[_NAME] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[_NAME])

if __name__ == "__main__":
    importlib.import_module(f"{_NAME}.plugin.engine.worker").main()
