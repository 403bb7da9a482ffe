"""Registers the repository root as the package `sar_optical_align`, whatever its folder is called."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sar_optical_align"

sys.path[:] = [p for p in sys.path if p and Path(p).resolve() != ROOT]
sys.path.insert(0, str(ROOT / "tests" / "support"))
if PACKAGE not in sys.modules:
    spec = importlib.util.spec_from_file_location(PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real pairs and scenes, or skip where it is absent."""
    folder = Path(os.environ.get("SAR_OPTICAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "index.csv").exists():
        pytest.skip(f"real data not found at {folder}")
    return folder


@pytest.fixture(scope="session")
def worker_python() -> str:
    """Return the interpreter that has the engine's packages."""
    python = os.environ.get("SOA_WORKER_PYTHON", "")
    if not python:
        local = ROOT / ".venv" / "bin" / "python"
        python = str(local) if local.exists() else sys.executable
    return python


@pytest.fixture(scope="session")
def scene_pair(tmp_path_factory, worker_python) -> tuple[Path, Path]:
    """Return optical and SAR raster of the synthetic scene, made once."""
    folder = tmp_path_factory.mktemp("scene")
    subprocess.run([worker_python, str(ROOT / "tests" / "support" / "make_pair.py"), str(folder)], check=True)
    return folder / "optical.tif", folder / "sar.tif"
