"""Registers the repository root as the package `sar_optical_align`, whatever its folder is
called.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sar_optical_align"

sys.path[:] = [p for p in sys.path if p and Path(p).resolve() != ROOT]
sys.path.insert(0, str(ROOT / "tests" / "support"))
if PACKAGE not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)

# How long an example takes says how busy the machine is.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


def pytest_configure(config):
    """Where QGIS is tested, end without the last words of its libraries."""
    if "pytest_qgis" in sys.modules:
        from qgis_end import EndAtOnce

        config.pluginmanager.register(EndAtOnce())


def _lacks_torch(error: BaseException | None) -> bool:
    """Whether test code itself, not the product on its behalf, asked for torch where there is
    none.
    """
    if not isinstance(error, ModuleNotFoundError) or error.name != "torch":
        return False
    places = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    return not any(place.is_relative_to(ROOT / "plugin") for place in places)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Leave out, with a reason, files of tests that import torch where it is missing: a supported
    state.
    """
    report = yield
    if report.failed and report.call is not None and report.call.excinfo is not None:
        error = report.call.excinfo.value
        if _lacks_torch(error) or _lacks_torch(error.__cause__) or _lacks_torch(error.__context__):
            report.outcome, report.longrepr = (
                "skipped",
                (str(collector.path), 0, "Skipped: torch is not installed"),
            )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """The same for tests that import it while they run."""
    report = yield
    if report.failed and call.excinfo is not None and _lacks_torch(call.excinfo.value):
        report.outcome, report.longrepr = (
            "skipped",
            (str(item.path), 0, "Skipped: torch is not installed"),
        )
    return report


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
def worker_with_torch(worker_python) -> str:
    """Return the interpreter that has the engine's packages and torch, or skip."""
    if (
        subprocess.run(
            [worker_python, "-c", "import torch"], check=False, capture_output=True
        ).returncode
        != 0
    ):
        pytest.skip("torch is not installed")
    return worker_python


@pytest.fixture(scope="session")
def scene_pair(tmp_path_factory, worker_python) -> tuple[Path, Path]:
    """Return optical and SAR raster of the synthetic scene, made once."""
    folder = tmp_path_factory.mktemp("scene")
    subprocess.run(
        [worker_python, str(ROOT / "tests" / "support" / "make_pair.py"), str(folder)], check=True
    )
    return folder / "optical.tif", folder / "sar.tif"
