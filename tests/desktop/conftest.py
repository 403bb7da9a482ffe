"""Desktop tests need the real QGIS and a screen of their own."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, where there is no desktop to drive."""
    if shutil.which("qgis.bin") is None or shutil.which("xvfb-run") is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="QGIS desktop or Xvfb is not installed"))


@pytest.fixture
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the folder for pictures and files: one a test under SOA_SCREENSHOTS, else a temporary one."""
    kept = os.environ.get("SOA_SCREENSHOTS")
    folder = Path(kept) / re.sub(r"\W+", "_", request.node.name.removeprefix("test_")).strip("_") if kept else tmp_path / "out"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder

