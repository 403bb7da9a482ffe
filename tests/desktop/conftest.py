"""Desktop tests need the real QGIS and a screen of their own."""

from __future__ import annotations

import math
import os
import re
import shutil
from pathlib import Path

import pytest

SHIFT_PX, TURN_DEG = (12.0, -9.0), 1.2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, where there is no desktop to drive."""
    if shutil.which("qgis.bin") is None or shutil.which("xvfb-run") is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="QGIS desktop or Xvfb is not installed"))


@pytest.fixture
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the folder for pictures and files: one a test under SOA_SCREENSHOTS, else a temporary
    one.
    """
    kept = os.environ.get("SOA_SCREENSHOTS")
    folder = (
        Path(kept) / re.sub(r"\W+", "_", request.node.name.removeprefix("test_")).strip("_")
        if kept
        else tmp_path / "out"
    )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def los_angeles(shared_data, tmp_path) -> tuple[Path, Path]:
    """Return Los Angeles in full, the radar's georeferencing displaced so that before and after can
    be told apart.
    """
    rasterio = pytest.importorskip("rasterio")
    scenes = shared_data / "scenes"
    with rasterio.open(scenes / "losangeles_3072x4096_sar.tif") as source:
        profile, pixels = source.profile, source.read()
    centre = (source.width / 2, source.height / 2)
    affine = rasterio.Affine
    profile["transform"] = (
        source.transform @ affine.translation(*SHIFT_PX) @ affine.rotation(TURN_DEG, centre)
    )
    with rasterio.open(tmp_path / "sar.tif", "w", **profile) as target:
        target.write(pixels)
    assert math.isfinite(profile["transform"].a)
    return scenes / "losangeles_3072x4096_opt.tif", tmp_path / "sar.tif"
