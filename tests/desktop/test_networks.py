"""Each network from the dock of the real QGIS desktop, on the synthetic pair; `make session` does
it on Los Angeles too.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from desktop_session import run_desktop

HERE = Path(__file__).resolve().parent
SCENES = ["scene_pair", "los_angeles"] if os.environ.get("SOA_SCREENSHOTS") else ["scene_pair"]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("key", ["regnet_mamba2", "soma", "msa_net", "kd_cfm"])
def test_network(key, scene, request, root, tmp_path, out, worker_with_torch, monkeypatch):
    monkeypatch.setenv("SOA_MATCHER", key)
    done = run_desktop(
        root,
        tmp_path,
        HERE / "drive_networks.py",
        request.getfixturevalue(scene),
        out,
        worker_with_torch,
        seconds=1500,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "PASSED" in done.stdout
    pictures = sorted(out.glob("*.png"))
    assert len(pictures) == 4
    assert min(picture.stat().st_size for picture in pictures) > 20_000
