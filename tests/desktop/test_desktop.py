"""The real QGIS desktop under Xvfb, driven from inside by `drive.py`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from desktop_session import run_desktop

HERE = Path(__file__).resolve().parent


needs_desktop = pytest.mark.skipif(shutil.which("qgis.bin") is None or shutil.which("xvfb-run") is None, reason="QGIS desktop or Xvfb is not installed")


@needs_desktop
def test_open_run_cancel_kill_review_warp_unload(root, tmp_path, scene_pair, worker_python):
    out = Path(os.environ.get("SOA_SCREENSHOTS", tmp_path / "out"))
    out.mkdir(parents=True, exist_ok=True)
    (out / "warped.tif").unlink(missing_ok=True)
    done: subprocess.CompletedProcess[str] = run_desktop(root, tmp_path, HERE / "drive.py", scene_pair, out, worker_python)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "PASSED" in done.stdout
    for name in (
        "1_match", "2_review", "3_dragging", "4_edited", "5_adding", "6_warped", "7_confidence", "8_restored", "9_snapping", "10_walk", "11_histogram", "12_flicker",
    ):
        assert (out / f"{name}.png").stat().st_size > 20_000


@needs_desktop
def test_a_killed_desktop_finds_the_review_again(root, tmp_path, scene_pair, worker_python):
    out = tmp_path / "out"
    out.mkdir()
    left = run_desktop(root, tmp_path, HERE / "keep.py", scene_pair, out, worker_python)
    assert left.returncode != 0
    assert "LEFT" in left.stdout, left.stdout[-3000:]
    found = run_desktop(root, tmp_path, HERE / "keep.py", scene_pair, out, worker_python)
    assert found.returncode == 0, found.stdout[-3000:]
    assert found.stdout.split("FOUND")[1].split()[0] == left.stdout.split("LEFT")[1].split()[0]
