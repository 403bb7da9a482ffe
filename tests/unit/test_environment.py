"""The managed environment: made for real from a folder of wheels, cancelled, refused, described."""

from __future__ import annotations

import sys
import time
import zipfile
from pathlib import Path

import pytest
from sar_optical_align.plugin.core.errors import WorkerError
from sar_optical_align.plugin.core.progress import CallbackProgress, Cancelled, Progress
from sar_optical_align.plugin.environment import REQUIREMENTS, check, create_managed, diagnostics_report, managed_python


@pytest.fixture
def wheels(tmp_path):
    """A folder with one tiny wheel, and requirements that ask for it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tinything-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinything.py", "VALUE = 1\n")
        wheel.writestr("tinything-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n")
        wheel.writestr("tinything-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tinything-1.0.dist-info/RECORD", "")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("tinything==1.0\n")
    return folder, requirements


def test_made_offline_then_found_then_outdated(wheels, tmp_path):
    folder, requirements = wheels
    said = []
    python = create_managed(tmp_path / "venv", CallbackProgress(lambda f, m: said.append(f)), folder, requirements=requirements, base=sys.executable)
    assert check(str(python))["packages"]["tinything"] == "1.0"
    assert managed_python(tmp_path / "venv", requirements) == python
    assert said[-1] == 1.0
    assert said == sorted(said)
    requirements.write_text("tinything==1.0\n# changed\n")
    assert managed_python(tmp_path / "venv", requirements) is None


def test_a_failure_is_told_and_leaves_nothing(wheels, tmp_path):
    folder, requirements = wheels
    requirements.write_text("no-such-thing==9\n")
    with pytest.raises(WorkerError, match="no-such-thing"):
        create_managed(tmp_path / "venv", Progress(), folder, requirements=requirements, base=sys.executable)
    assert not (tmp_path / "venv").exists()


def test_cancel_is_prompt_and_leaves_nothing(wheels, tmp_path):
    folder, requirements = wheels
    began = time.monotonic()
    with pytest.raises(Cancelled):
        create_managed(
            tmp_path / "venv", CallbackProgress(is_cancelled=lambda: time.monotonic() - began > 0.5), folder, requirements=requirements, base=sys.executable
        )
    assert time.monotonic() - began < 2.0
    assert not (tmp_path / "venv").exists()


def test_requirements_are_pinned():
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if line]
    assert lines
    assert all("==" in line for line in lines)


def test_the_report_names_versions_and_hides_the_home_folder():
    report = diagnostics_report(sys.executable, "0.1.0", "QGIS 3.40", "it broke at " + str(Path.home() / "x"))
    assert "numpy" in report
    assert "~" in report
    assert str(Path.home()) not in report
