"""The managed environment: made for real from a folder of wheels, cancelled, refused, described."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
import venv
import zipfile
from pathlib import Path

import pytest
from sar_optical_align.plugin.core.errors import WorkerError
from sar_optical_align.plugin.core.progress import CallbackProgress, Cancelled, Progress
from sar_optical_align.plugin.work import environment
from sar_optical_align.plugin.work.environment import (
    NO_TORCH,
    TORCH_CPU,
    TORCH_PYPI,
    check,
    check_existing,
    create_managed,
    diagnostics_report,
    managed_python,
    pip_environment,
)
from sar_optical_align.resources import FOLDER


@pytest.fixture
def wheels(tmp_path):
    """A folder with one tiny wheel, and pins with its checksum that ask for it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tinything-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinything.py", "VALUE = 1\n")
        wheel.writestr(
            "tinything-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n",
        )
        wheel.writestr(
            "tinything-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("tinything-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256((folder / "tinything-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    pins = tmp_path / f"requirements-worker-3.{sys.version_info.minor}.txt"
    pins.write_text(f"tinything==1.0 --hash=sha256:{digest}\n")
    return folder, pins


def test_made_offline_then_found_then_outdated(wheels, tmp_path):
    folder, pins = wheels
    said = []
    python = create_managed(
        tmp_path / "venv",
        CallbackProgress(lambda f, m: said.append(f)),
        folder,
        pins=pins.parent,
        base=sys.executable,
    )
    assert check(str(python))["packages"]["tinything"] == "1.0"
    assert managed_python(tmp_path / "venv", pins.parent) == python
    assert said[-1] == 1.0
    assert said == sorted(said)
    pins.write_text(pins.read_text() + "# changed\n")
    assert managed_python(tmp_path / "venv", pins.parent) is None


def test_a_failure_is_told_and_leaves_nothing(wheels, tmp_path):
    folder, pins = wheels
    pins.write_text(f"no-such-thing==9 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(WorkerError, match="no-such-thing"):
        create_managed(tmp_path / "venv", Progress(), folder, pins=pins.parent, base=sys.executable)
    assert not (tmp_path / "venv").exists()


def test_cancel_is_prompt_and_leaves_nothing(wheels, tmp_path):
    folder, pins = wheels
    began = time.monotonic()
    with pytest.raises(Cancelled):
        create_managed(
            tmp_path / "venv",
            CallbackProgress(is_cancelled=lambda: time.monotonic() - began > 0.5),
            folder,
            pins=pins.parent,
            base=sys.executable,
        )
    assert time.monotonic() - began < 2.0
    assert not (tmp_path / "venv").exists()


def test_a_wheel_with_another_checksum_is_refused(wheels, tmp_path):
    folder, pins = wheels
    pins.write_text(f"tinything==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(WorkerError, match=r"(?i)do not match the hashes"):
        create_managed(tmp_path / "venv", Progress(), folder, pins=pins.parent, base=sys.executable)
    assert not (tmp_path / "venv").exists()


def test_of_the_users_pip_settings_only_proxy_and_certificates_count(monkeypatch):
    """Another index, another folder, other packages: none of it may come in by a variable."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name in (
        "INDEX_URL",
        "EXTRA_INDEX_URL",
        "FIND_LINKS",
        "REQUIREMENT",
        "CONSTRAINT",
        "NO_DEPS",
        "TARGET",
        "TRUSTED_HOST",
        "PROXY",
        "CERT",
    ):
        monkeypatch.setenv(f"PIP_{name}", "file:///nowhere")
    assert sorted(name for name in pip_environment() if name.startswith("PIP_")) == [
        "PIP_CERT",
        "PIP_PROXY",
    ]


@pytest.mark.parametrize("torch", [NO_TORCH, TORCH_CPU, TORCH_PYPI])
def test_torchs_own_index_is_asked_for_torch_alone_and_only_where_chosen(
    torch, tmp_path, monkeypatch
):
    commands = []

    def run(command, *_):
        commands.append(command)
        (tmp_path / "venv").mkdir(exist_ok=True)

    monkeypatch.setattr(environment, "_run", run)
    monkeypatch.setattr(environment, "check", lambda python: {"python": "3.13.5"})
    monkeypatch.setattr(environment.sys, "platform", "linux")
    create_managed(tmp_path / "venv", Progress(), torch=torch, base="python3")
    assert all(
        {"--require-hashes", "--only-binary=:all:"} <= set(command) for command in commands[1:]
    )
    assert [Path(command[-1]).name for command in commands[1:]] == [
        "requirements-worker-3.13.txt"
    ] + {
        NO_TORCH: [],
        TORCH_CPU: ["requirements-torch-cpu.txt"],
        TORCH_PYPI: ["requirements-torch-cuda.txt"],
    }[torch]
    assert ["--extra-index-url" in command for command in commands[1:]] == [False] + (
        [torch == TORCH_CPU] if torch != NO_TORCH else []
    )


def test_no_pins_for_a_python_is_said(wheels, tmp_path):
    folder, pins = wheels
    pins.rename(tmp_path / "requirements-worker-2.7.txt")
    with pytest.raises(WorkerError, match="no pinned packages for Python 3"):
        create_managed(tmp_path / "venv", Progress(), folder, pins=tmp_path, base=sys.executable)


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("requirements-*.txt")), ids=lambda path: path.stem
)
def test_every_pin_has_checksums(path):
    entries = re.split(
        r"\n(?=\w)", re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE).strip()
    )
    assert entries
    for entry in entries:
        assert re.match(
            r"[\w.-]+==[\w.+]+( ; [^\\]+)? \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+$", entry
        ), entry[:200]


def test_an_existing_python_must_run_and_have_the_packages(tmp_path):
    check_existing(sys.executable)
    text = tmp_path / "notes.txt"
    text.write_text("not a program\n")
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\necho hello\n")
    other.chmod(0o755)
    bare = tmp_path / "bare"
    venv.create(bare, with_pip=False)
    for path, why in (
        (tmp_path / "absent", "does not exist"),
        (text, "does not work"),
        (other, "does not answer as a Python"),
        (bare / "bin" / "python", "lacks packages: numpy"),
    ):
        with pytest.raises(WorkerError, match=why):
            check_existing(str(path))
    other.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    check_existing(str(other))


def test_the_report_names_versions_and_hides_the_home_folder():
    report = diagnostics_report(
        sys.executable, "0.1.0", "QGIS 3.40", "it broke at " + str(Path.home() / "x")
    )
    assert "numpy" in report
    assert "~" in report
    assert str(Path.home()) not in report
