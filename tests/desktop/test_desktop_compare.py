"""Preview, comparison and accuracy in the real QGIS desktop under Xvfb, driven from inside by `drive_compare.py`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from desktop_session import run_desktop

HERE = Path(__file__).resolve().parent


@pytest.mark.skipif(shutil.which("qgis.bin") is None or shutil.which("xvfb-run") is None, reason="QGIS desktop or Xvfb is not installed")
def test_preview_compare_accuracy(root, tmp_path, scene_pair, worker_python):
    out = Path(os.environ.get("SOA_SCREENSHOTS", tmp_path / "out"))
    out.mkdir(parents=True, exist_ok=True)
    done = run_desktop(root, tmp_path, HERE / "drive_compare.py", scene_pair, out, worker_python)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "PASSED" in done.stdout
    for name in ("c1_preview", "c2_swipe", "c3_swiped", "c4_edges", "c4_redcyan", "c5_rotated_degrees", "c6_accuracy", "c7_gap", "c8_field"):
        assert (out / f"{name}.png").stat().st_size > 20_000
