"""A whole working session in the real QGIS desktop under Xvfb, killed and reopened, driven from inside by `session.py`.

`SOA_SCREENSHOTS=folder` keeps a picture of each step (`make session`).
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from desktop_session import run_desktop

HERE = Path(__file__).resolve().parent
SHIFT_PX, TURN_DEG = (12.0, -9.0), 1.2


@pytest.fixture
def los_angeles(shared_data, tmp_path) -> tuple[Path, Path]:
    """Return Los Angeles in full, the radar's georeferencing displaced so that before and after can be told apart."""
    rasterio = pytest.importorskip("rasterio")
    scenes = shared_data / "scenes"
    with rasterio.open(scenes / "losangeles_3072x4096_sar.tif") as source:
        profile, pixels = source.profile, source.read()
    centre = (source.width / 2, source.height / 2)
    affine = rasterio.Affine
    profile["transform"] = source.transform @ affine.translation(*SHIFT_PX) @ affine.rotation(TURN_DEG, centre)
    with rasterio.open(tmp_path / "sar.tif", "w", **profile) as target:
        target.write(pixels)
    assert math.isfinite(profile["transform"].a)
    return scenes / "losangeles_3072x4096_opt.tif", tmp_path / "sar.tif"


@pytest.mark.parametrize("scene", ["scene_pair", "los_angeles"])
def test_session(scene, request, root, tmp_path, out, worker_python):
    pair = request.getfixturevalue(scene)
    killed = run_desktop(root, tmp_path, HERE / "session.py", pair, out, worker_python)
    assert "STEP killing QGIS" in killed.stdout, killed.stdout[-3000:]
    assert killed.returncode != 0
    reopened = run_desktop(root, tmp_path, HERE / "session.py", pair, out, worker_python)
    assert reopened.returncode == 0, reopened.stdout[-3000:]
    assert "PASSED" in reopened.stdout
    pictures = sorted(out.glob("*.png"))
    assert len(pictures) == 24
    assert all(picture.stat().st_size > 20_000 for picture in pictures)
