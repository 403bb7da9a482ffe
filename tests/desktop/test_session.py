"""A whole working session in the real QGIS desktop under Xvfb, killed and reopened, driven from
inside by `session.py`.

`SOA_SCREENSHOTS=folder` keeps a picture of each step (`make session`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from desktop_session import run_desktop

HERE = Path(__file__).resolve().parent


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
