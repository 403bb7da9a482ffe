"""Makes the pins with hashes of resources/requirements-*.txt from pyproject.toml and checks them:
`make locks`, `make check-locks`.

One file for each Python, since markers of another Python cannot be tried; what only some platforms
need carries a marker. Torch lies in files of its own: on Linux PyPI has only builds with CUDA (3
GB), those without it are elsewhere under another name.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "resources"
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "linux": "x86_64-manylinux_2_28",
    "win32": "x86_64-pc-windows-msvc",
    "darwin": "aarch64-apple-darwin",
}
TORCH = "2.13.0"
# What the figures of docs/results.md were measured with; newer Pythons have no wheels of these.
MEASURED = ("numpy==1.26.4", "opencv-python-headless==4.11.0.86", "rasterio==1.4.4")
LAST_MEASURED = "3.12"
NEWER = ("rasterio==1.5.1",)  # the newest with wheels for all three platforms
ONLY_TORCH = re.compile(r"(torch|triton|nvidia-.+|cuda-.+)$")
# sha256 of the files of torch's own index (https://download.pytorch.org/whl/cpu/torch/), which is
# not PyPI's. A Python that is
# not here has no build without CUDA that could be pinned. Only that of cp311 x86_64 was compared
# with the file itself; the others stand in
# public lock files: a wrong one refuses an install, it lets nothing else in. To bring up to date:
# the index names them behind "#sha256=".
CPU_BUILDS = {
    "cp311 x86_64": "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
    "cp312 x86_64": "4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2",
    "cp313 x86_64": "3fbf9c9d1f3c10c2d59d04aca426dee9ccc6ceb32d255c61e93acc3b4f75fae6",
    "cp314 x86_64": "d20fa53ee744502fa4c69818a720b05ca0d37abd055d4f6e66cae155114bc691",
    "cp311 aarch64": "84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7",
    "cp312 aarch64": "6f307c2c32d764ffc6ff6893b801fad6d4752f3e67966cb8abf1843427c02604",
    "cp313 aarch64": "0b8f7d0423027ae8b90c7977c627f3379f325363a08224dffad9b4b2d684a83d",
    "cp314 aarch64": "ca021f9eb2f8345c83fa03e3a04587308afb8df71bd472670b3ece00df58621c",
}
HEAD = "# Made by packaging/locks.py (make locks) from pyproject.toml: do not edit.\n"


def worker_lock(python: str) -> Path:
    """Return the pins of the worker for a Python such as "3.13"."""
    return RESOURCES / f"requirements-worker-{python}.txt"


def compiled(python: str, platform: str) -> dict[str, list[str]]:
    """Return the hashes of each "name==version" that the engine and torch need."""
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        measured = MEASURED if PYTHONS.index(python) <= PYTHONS.index(LAST_MEASURED) else NEWER
        pins.write_text("\n".join((*measured, f"torch=={TORCH}")) + "\n", encoding="utf-8")
        command = [
            "uv",
            "pip",
            "compile",
            "-q",
            str(ROOT / "pyproject.toml"),
            "--extra",
            "torch",
            "-c",
            str(pins),
            "--python-version",
            python,
        ]
        command += [
            "--python-platform",
            platform,
            "--only-binary",
            ":all:",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "--no-config",
        ]
        text = subprocess.run(
            command,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"},
        ).stdout
    return {
        entry.split(" \\", 1)[0].strip(): re.findall(r"sha256:\w+", entry)
        for entry in re.split(r"\n(?=\w)", text.strip())
    }


def entry(pin: str, hashes: list[str], marker: str = "") -> str:
    """Return one requirement as pip takes it."""
    return (
        " \\\n".join(
            [pin + (f" ; {marker}" if marker else ""), *(f"    --hash={value}" for value in hashes)]
        )
        + "\n"
    )


def marker(platforms: set[str]) -> str:
    """Return on which platforms something is needed, "" for all."""
    return (
        ""
        if len(platforms) == len(PLATFORMS)
        else " or ".join(f"sys_platform == '{name}'" for name in sorted(platforms))
    )


def make() -> None:
    """Write all the files."""
    torch: dict[str, tuple[list[str], set[str]]] = {}
    for python in PYTHONS:
        engine: dict[str, tuple[list[str], set[str]]] = {}
        for name, platform in PLATFORMS.items():
            for pin, hashes in compiled(python, platform).items():
                part = torch if ONLY_TORCH.match(pin.split("==")[0]) else engine
                part.setdefault(pin, (hashes, set()))[1].add(name)
        names = [pin.split("==")[0] for pin in engine]
        if len(names) != len(set(names)):
            sys.exit(f"Python {python}: platforms need different versions: {sorted(engine)}")
        worker_lock(python).write_text(
            HEAD + "".join(entry(pin, h, marker(p)) for pin, (h, p) in sorted(engine.items())),
            encoding="utf-8",
        )
        print(f"{worker_lock(python).name}: {len(engine)} packages")
    whole = newest(torch)
    cuda = (
        "# Torch as PyPI has it: with CUDA on Linux (3 GB), without elsewhere. What else "
        "torch needs is among the worker's pins.\n"
    )
    (RESOURCES / "requirements-torch-cuda.txt").write_text(
        HEAD + cuda + "".join(entry(pin, h, marker(p)) for pin, (h, p) in sorted(whole.items())),
        encoding="utf-8",
    )
    cpu = (
        "# Torch without CUDA: on Linux of torch's own index, which has other files than "
        "PyPI, elsewhere of PyPI.\n"
    )
    pypi = whole[f"torch=={TORCH}"][0]
    linux = entry(
        f"torch=={TORCH}+cpu",
        [f"sha256:{value}" for value in CPU_BUILDS.values()],
        "sys_platform == 'linux'",
    )
    (RESOURCES / "requirements-torch-cpu.txt").write_text(
        HEAD + cpu + linux + entry(f"torch=={TORCH}", pypi, "sys_platform != 'linux'"),
        encoding="utf-8",
    )


def newest(found: dict[str, tuple[list[str], set[str]]]) -> dict[str, tuple[list[str], set[str]]]:
    """Keep one version of each package of CUDA: the oldest, which every Python has."""

    def key(pin: str) -> list[int]:
        return [int(n) for n in re.findall(r"\d+", pin.split("==")[1])]

    out: dict[str, tuple[list[str], set[str]]] = {}
    for pin in sorted(found, key=key, reverse=True):
        out = {
            other: value
            for other, value in out.items()
            if other.split("==")[0] != pin.split("==")[0]
        } | {pin: found[pin]}
    return out


def check() -> int:
    """Ask pip whether every file of the pins can be had as a wheel, with its hash, for its
    Python.
    """
    failed = 0
    for python in PYTHONS:
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "-q",
                "--dry-run",
                "--only-binary=:all:",
                "--no-deps",
                "--require-hashes",
            ]
            command += [
                "--ignore-requires-python"
            ]  # pip holds it against its own Python; uv has held it against the other one
            command += [
                "--disable-pip-version-check",
                "--python-version",
                python,
                "--platform",
                "manylinux_2_28_x86_64",
                "--platform",
                "manylinux2014_x86_64",
            ]
            command += ["--target", folder, "-r", str(worker_lock(python))]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
        failed += done.returncode != 0
        print(
            f"{worker_lock(python).name}: "
            f"{'wheels for all' if done.returncode == 0 else done.stderr.strip()[-500:]}",
            flush=True,
        )
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        sys.exit(check())
    make()
