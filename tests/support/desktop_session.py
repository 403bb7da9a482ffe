"""Starts the real QGIS desktop under Xvfb with the plugin in a profile of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def make_profile(root: Path, folder: Path) -> Path:
    """Make a QGIS profile folder with the plugin enabled; returns the profiles path."""
    profile = folder / "profiles" / "default"
    (profile / "python" / "plugins").mkdir(parents=True, exist_ok=True)
    link = profile / "python" / "plugins" / "sar_optical_align"
    if not link.exists():
        link.symlink_to(root, target_is_directory=True)
    ini = profile / "QGIS" / "QGIS3.ini"
    ini.parent.mkdir(parents=True, exist_ok=True)
    if not ini.exists():  # a second start goes on with what the first has stored
        ini.write_text(
            "[PythonPlugins]\nsar_optical_align=true\n\n[qgis]\ncheckVersion=false\nshowTips=false\n",
            encoding="utf-8",
        )
    return folder


def run_desktop(
    root: Path,
    tmp_path: Path,
    script: Path,
    pair: tuple[Path, Path],
    out: Path,
    python: str,
    seconds: int = 420,
) -> subprocess.CompletedProcess[str]:
    """Run a script inside QGIS and wait for its end, `seconds` at most."""
    profiles = make_profile(root, tmp_path / "qgis")
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    env = dict(
        os.environ,
        SOA_REFERENCE=str(pair[0]),
        SOA_SENSED=str(pair[1]),
        SOA_OUT=str(out),
        SOA_PYTHON=python,
        XDG_RUNTIME_DIR=str(runtime),
        HOME=str(tmp_path),
        PYTHONUNBUFFERED="1",
        PYTHONPATH=str(root / "tests" / "support"),
    )
    for name in ("QT_QPA_PLATFORM", "VIRTUAL_ENV"):
        env.pop(name, None)
    env["PATH"] = "/usr/bin:/bin:" + env.get("PATH", "")
    command = [
        "xvfb-run",
        "-a",
        "-s",
        "-screen 0 1600x1000x24",
        "qgis.bin",
        "--noversioncheck",
        "--nologo",
        "--profiles-path",
        str(profiles),
        "--profile",
        "default",
        "--code",
        str(script),
    ]
    log = out / "drive.log"
    with log.open("w", encoding="utf-8") as stream:
        done = subprocess.run(
            ["timeout", "-k", "5", str(seconds), *command],
            env=env,
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=tmp_path,
            check=False,
        )
    return subprocess.CompletedProcess(
        command, done.returncode, log.read_text(encoding="utf-8", errors="replace"), ""
    )
