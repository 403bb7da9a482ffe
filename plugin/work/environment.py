"""The worker's interpreter: a managed virtual environment, or an existing python the user points
at.
"""

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
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...resources import FOLDER
from ..core.errors import WorkerError
from ..core.progress import Cancelled, Progress
from .processes import clean_environment, hidden_window, isolated, kill_tree

TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
NO_TORCH, TORCH_CPU, TORCH_PYPI = "none", "cpu", "pypi"
"""Which torch goes into the environment: none; without CUDA, on Linux from torch's own index (0.2
GB); PyPI's (with CUDA on Linux: 3 GB).
"""
_TORCH_PINS = {
    TORCH_CPU: FOLDER / "requirements-torch-cpu.txt",
    TORCH_PYPI: FOLDER / "requirements-torch-cuda.txt",
}
_PIP_KEEP = (
    "PIP_PROXY",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)
"""What pip takes of the user's environment: proxy and certificates.

No variable may name another index or other packages.
"""
LEAST_PYTHON = (3, 10)
_CHECK_S = 20.0
_MARKER = "sar-optical-align.json"
_MODULES = ("numpy", "scipy", "cv2", "rasterio", "SimpleITK", "jinja2", "matplotlib", "tqdm")
_PROBE = (
    "import json,sys,importlib.util as u,importlib.metadata as m;"
    "print(json.dumps({'python':sys.version.split()[0],'executable':sys.executable,"
    f"'missing':[n for n in {_MODULES!r} if u.find_spec(n) is None],"
    "'packages':{d.metadata['Name']:d.version for d in m.distributions()}}))"
)


def pins_hash(pins: Path = FOLDER) -> str:
    """Return what identifies the pinned packages in a folder."""
    return hashlib.sha256(
        b"".join(path.read_bytes() for path in sorted(pins.glob("requirements-*.txt")))
    ).hexdigest()


def likely_torch() -> str:
    """Return which torch suits this computer: on Linux without an NVIDIA card the one without
    CUDA.
    """
    return (
        TORCH_CPU if sys.platform == "linux" and shutil.which("nvidia-smi") is None else TORCH_PYPI
    )


def venv_python(folder: Path) -> Path:
    """Return the interpreter inside a virtual environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def managed_python(folder: Path, pins: Path = FOLDER) -> Path | None:
    """Return the managed interpreter, or None where it is absent, unfinished or made from other
    pins.
    """
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    python = venv_python(folder)
    return python if python.exists() and marker.get("requirements") == pins_hash(pins) else None


def base_python() -> str:
    """Return a python that can make virtual environments: the one QGIS runs on, not QGIS itself."""
    names = (
        ["python.exe", "python3.exe"]
        if sys.platform == "win32"
        else [f"python3.{sys.version_info.minor}", "python3"]
    )
    places = [Path(sys.base_prefix), Path(sys.base_prefix) / "bin", Path(sys.executable).parent]
    for place in places:
        for name in names:
            if (place / name).is_file():
                return str(place / name)
    found = shutil.which("python3") or shutil.which("python")
    if found is None:
        raise WorkerError(
            "No python was found to make the environment with.",
            "Install Python 3.10 or later, or choose an existing interpreter.",
        )
    return found


def create_managed(
    folder: Path,
    progress: Progress,
    wheels: Path | None = None,
    proxy: str = "",
    torch: str = NO_TORCH,
    pins: Path = FOLDER,
    base: str | None = None,
) -> Path:
    """Make the managed environment anew.

    Args:
        folder: Where; an unfinished or outdated one is replaced.
        progress: Told of each package; asked ten times a second whether to stop.
        wheels: Folder of wheels to install from without network.
        proxy: "http://host:port" for pip.
        torch: NO_TORCH, TORCH_CPU or TORCH_PYPI; the second asks torch's own index on Linux, for
            torch alone.
        pins: Folder of the pinned packages, with their hashes: whatever the index, nothing else is
            installed.
        base: Interpreter to make it with; None = found.

    Returns:
        The interpreter.

    Raises:
        WorkerError: with pip's last words.
        Cancelled: the folder is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    python = venv_python(folder)
    base = base or base_python()
    lock = _lock(base, pins)
    wanted = lock.read_text(encoding="utf-8").count("==")
    seen = [0]

    def note(line: str) -> None:
        seen[0] += line.startswith("Collecting ") or line.startswith("Requirement already")
        progress.update(min(0.1 + 0.75 * seen[0] / max(wanted, 1), 0.85), line.strip()[:100])
        progress.log(line)

    try:
        progress.update(0.02, "Making the environment")
        _run(isolated(base, "-m", "venv", str(folder)), progress, progress.log)
        command = _pip_install(python, wheels, proxy)
        _run([*command, "-r", str(lock)], progress, note)
        if torch != NO_TORCH:
            own = torch == TORCH_CPU and sys.platform == "linux" and wheels is None
            index = ["--extra-index-url", TORCH_INDEX] if own else []
            _run([*command, "--no-deps", *index, "-r", str(_TORCH_PINS[torch])], progress, note)
        progress.update(0.9, "Checking")
        report = check(str(python))
        marker = {"requirements": pins_hash(pins), "python": report["python"], "torch": torch}
        (folder / _MARKER).write_text(json.dumps(marker), encoding="utf-8")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    progress.update(1.0, "Ready")
    return python


def _pip_install(python: Path, wheels: Path | None, proxy: str) -> list[str]:
    command = isolated(
        str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"
    )
    command += ["--progress-bar", "off", "--only-binary=:all:", "--require-hashes"]
    if wheels is not None:
        command += ["--no-index", "--find-links", str(wheels)]
    if proxy:
        command += ["--proxy", proxy]
    return command


def _lock(base: str, pins: Path) -> Path:
    """Return the pins for the version of an interpreter."""
    version = ".".join(str(check(base)["python"]).split(".")[:2])
    lock = pins / f"requirements-worker-{version}.txt"
    if not lock.is_file():
        raise WorkerError(
            f"There are no pinned packages for Python {version}.",
            "Choose an existing Python that has the packages.",
        )
    return lock


def pip_environment() -> dict[str, str]:
    """Return the variables that pip gets: of the user's own only those for proxy and
    certificates.
    """
    return clean_environment() | {
        name: os.environ[name] for name in _PIP_KEEP if name in os.environ
    }


def _run(command: list[str], progress: Progress, on_line: Callable[[str], None]) -> None:
    try:
        process = subprocess.Popen(  # nosec B603 - argument list, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=pip_environment(),
            **hidden_window(),
        )
    except OSError as error:
        raise WorkerError(
            f"{command[0]} cannot be started: {error}.", "Choose another Python."
        ) from error
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
            raise WorkerError(
                f"The environment could not be made: {' | '.join(tail)[-1200:]}",
                "Check the network or proxy, or install from a folder of wheels.",
            )
    except Cancelled:
        raise
    finally:
        if process.poll() is None:
            kill_tree(process)
        if process.stdout is not None:
            process.stdout.close()


def check(python: str) -> dict[str, Any]:
    """Ask an interpreter for its version and packages.

    Raises:
        WorkerError: when it does not run, or is no Python.
    """
    try:
        answer = subprocess.run(  # nosec B603 - argument list, no shell
            isolated(python, "-c", _PROBE),
            capture_output=True,
            text=True,
            timeout=_CHECK_S,
            env=clean_environment(),
            check=True,
            stdin=subprocess.DEVNULL,
            **hidden_window(),
        )
        report = json.loads(answer.stdout.strip().splitlines()[-1])
        if (
            not isinstance(report, dict)
            or not {"python", "executable", "missing", "packages"} <= report.keys()
        ):
            raise ValueError("it does not answer as a Python does")
        return report
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        why = (
            "it does not answer as a Python does"
            if isinstance(error, (ValueError, IndexError))
            else str(error)
        )
        raise WorkerError(
            f"The interpreter {python} does not work: {why}.", "Choose another one in the settings."
        ) from error


def check_existing(python: str) -> None:
    """Raise a WorkerError with the reason unless matching can run in an interpreter; asked once for
    each state of the file.
    """
    path = Path(python)
    if not path.is_file():
        raise WorkerError(
            f"The interpreter {python} does not exist.",
            "Choose one in Settings > Options > SAR-Optical Align.",
        )
    state = path.stat()
    problem = _problem_of(python, state.st_mtime_ns, state.st_size)
    if problem is not None:
        raise WorkerError(problem.message, problem.hint)


@lru_cache(maxsize=64)
def _problem_of(python: str, _mtime: int, _size: int) -> WorkerError | None:
    try:
        report = check(python)
    except WorkerError as error:
        return error
    version = str(report["python"])
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_PYTHON:
        return WorkerError(
            f"The interpreter {python} is Python {version}.", "Choose Python 3.10 or later."
        )
    if report["missing"]:
        missing = ", ".join(report["missing"])
        return WorkerError(
            f"The interpreter {python} lacks packages: {missing}.",
            "Install them there, or choose another one in the settings.",
        )
    return None


def diagnostics_report(
    python: str | None, plugin_version: str, host: str, last_error: str = ""
) -> str:
    """Return a Markdown report to copy into a bug report; the home folder is written as ~."""
    lines = [
        f"# SAR-Optical Align {plugin_version}",
        "",
        f"- host: {host}",
        f"- platform: {platform.platform()}",
        f"- host python: {sys.version.split()[0]}",
    ]
    if python is None:
        lines.append("- worker: no interpreter")
    else:
        try:
            report = check(python)
            lines += [
                f"- worker: {report['executable']} (Python {report['python']})",
                "",
                "| package | version |",
                "|---|---|",
            ]
            lines += [
                f"| {k} | {v} |"
                for k, v in sorted(report["packages"].items(), key=lambda item: item[0].lower())
            ]
        except WorkerError as error:
            lines.append(f"- worker: {error}")
    if last_error:
        lines += ["", "## Last error", "", "```", last_error, "```"]
    return "\n".join(lines).replace(str(Path.home()), "~")
