"""The worker's interpreter: a managed virtual environment, or an existing python the user points at."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from .core.errors import WorkerError
from .core.progress import Cancelled, Progress
from .worker_client import clean_environment, hidden_window, kill_tree

REQUIREMENTS = Path(__file__).resolve().parent.parent / "resources" / "requirements-worker.txt"
TORCH_WITHOUT_CUDA = "https://download.pytorch.org/whl/cpu"
_MARKER = "sar-optical-align.json"
_PROBE = (
    "import json,sys,importlib.metadata as m;"
    "print(json.dumps({'python':sys.version.split()[0],'executable':sys.executable,"
    "'packages':{d.metadata['Name']:d.version for d in m.distributions()}}))"
)


def requirements_hash(requirements: Path = REQUIREMENTS) -> str:
    """Return what identifies a set of pinned packages."""
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def venv_python(folder: Path) -> Path:
    """Return the interpreter inside a virtual environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def managed_python(folder: Path, requirements: Path = REQUIREMENTS) -> Path | None:
    """Return the managed interpreter, or None where it is absent, unfinished or made for other requirements."""
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    python = venv_python(folder)
    return python if python.exists() and marker.get("requirements") == requirements_hash(requirements) else None


def base_python() -> str:
    """Return a python that can make virtual environments: the one QGIS runs on, not QGIS itself."""
    names = ["python.exe", "python3.exe"] if sys.platform == "win32" else [f"python3.{sys.version_info.minor}", "python3"]
    places = [Path(sys.base_prefix), Path(sys.base_prefix) / "bin", Path(sys.executable).parent]
    for place in places:
        for name in names:
            if (place / name).is_file():
                return str(place / name)
    found = shutil.which("python3") or shutil.which("python")
    if found is None:
        raise WorkerError("No python was found to make the environment with.", "Install Python 3.10 or later, or choose an existing interpreter.")
    return found


def create_managed(
    folder: Path,
    progress: Progress,
    wheels: Path | None = None,
    proxy: str = "",
    requirements: Path = REQUIREMENTS,
    base: str | None = None,
) -> Path:
    """Make the managed environment anew.

    Args:
        folder: Where; an unfinished or outdated one is replaced.
        progress: Told of each package; asked ten times a second whether to stop.
        wheels: Folder of wheels to install from without network.
        proxy: "http://host:port" for pip.
        requirements: Pinned requirements.
        base: Interpreter to make it with; None = found.

    Returns:
        The interpreter.

    Raises:
        WorkerError: with pip's last words.
        Cancelled: the folder is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    python = venv_python(folder)
    wanted = sum(1 for line in requirements.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#"))
    seen = [0]

    def note(line: str) -> None:
        seen[0] += line.startswith("Collecting ") or line.startswith("Requirement already")
        progress.update(min(0.1 + 0.75 * seen[0] / max(3 * wanted, 1), 0.85), line.strip()[:100])
        progress.log(line)

    try:
        progress.update(0.02, "Making the environment")
        _run([base or base_python(), "-m", "venv", str(folder)], progress, progress.log)
        command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", str(requirements)]
        if wheels is not None:
            command += ["--no-index", "--find-links", str(wheels)]
        elif sys.platform == "linux" and shutil.which("nvidia-smi") is None:
            command += ["--extra-index-url", TORCH_WITHOUT_CUDA]  # 0.2 GB in place of 3 GB of CUDA libraries
        if proxy:
            command += ["--proxy", proxy]
        _run(command, progress, note)
        progress.update(0.9, "Checking")
        report = check(str(python))
        marker = {"requirements": requirements_hash(requirements), "python": report["python"]}
        (folder / _MARKER).write_text(json.dumps(marker), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    progress.update(1.0, "Ready")
    return python


def _run(command: list[str], progress: Progress, on_line: Callable[[str], None]) -> None:
    env = clean_environment()
    env.update({k: v for k, v in os.environ.items() if k.startswith("PIP_")})
    try:
        process = subprocess.Popen(  # nosec B603 - argument list, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
            env=env, **hidden_window(),
        )
    except OSError as error:
        raise WorkerError(f"{command[0]} cannot be started: {error}.", "Choose another Python.") from error
    tail: deque[str] = deque(maxlen=15)
    lines: deque[str] = deque()

    def read() -> None:
        for line in process.stdout or ():
            lines.append(line.rstrip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        while reader.is_alive() or lines:
            progress.poll()
            while lines:
                line = lines.popleft()
                tail.append(line)
                on_line(line)
            reader.join(0.1)
        if process.wait() != 0:
            raise WorkerError(f"The environment could not be made: {' | '.join(tail)[-1200:]}", "Check the network or proxy, or install from a folder of wheels.")
    except Cancelled:
        raise
    finally:
        if process.poll() is None:
            kill_tree(process)
        if process.stdout is not None:
            process.stdout.close()


def check(python: str) -> dict[str, object]:
    """Ask an interpreter for its version and packages.

    Raises:
        WorkerError: when it does not run.
    """
    try:
        answer = subprocess.run(  # nosec B603 - argument list, no shell
            [python, "-c", _PROBE], capture_output=True, text=True, timeout=60, env=clean_environment(), check=True, **hidden_window()
        )
        return dict(json.loads(answer.stdout.strip().splitlines()[-1]))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise WorkerError(f"The interpreter {python} does not work: {error}.", "Choose another one in the settings.") from error


def diagnostics_report(python: str | None, plugin_version: str, host: str, last_error: str = "") -> str:
    """Return a Markdown report to copy into a bug report; the home folder is written as ~."""
    lines = [f"# SAR-Optical Align {plugin_version}", "", f"- host: {host}", f"- platform: {platform.platform()}", f"- host python: {sys.version.split()[0]}"]
    if python is None:
        lines.append("- worker: no interpreter")
    else:
        try:
            report = check(python)
            lines += [f"- worker: {report['executable']} (Python {report['python']})", "", "| package | version |", "|---|---|"]
            packages = report["packages"]
            if isinstance(packages, dict):
                lines += [f"| {k} | {packages[k]} |" for k in sorted(packages, key=str.lower)]
        except WorkerError as error:
            lines.append(f"- worker: {error}")
    if last_error:
        lines += ["", "## Last error", "", "```", last_error, "```"]
    return "\n".join(lines).replace(str(Path.home()), "~")
