"""The real QGIS desktop under Xvfb with the synthetic pair, driven from inside by `drive.py` and
`drive_compare.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from desktop_session import run_desktop

HERE = Path(__file__).resolve().parent


@pytest.mark.parametrize(("script", "pictures"), [("drive.py", 7), ("drive_compare.py", 11)])
def test_desktop(script, pictures, root, tmp_path, out, scene_pair, worker_python):
    done = run_desktop(root, tmp_path, HERE / script, scene_pair, out, worker_python)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "PASSED" in done.stdout
    sizes = [picture.stat().st_size for picture in out.glob("*.png")]
    assert len(sizes) == pictures
    assert min(sizes) > 20_000
