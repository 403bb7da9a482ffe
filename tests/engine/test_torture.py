"""A short torture campaign: what `make torture` tries at length."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "rasters": ("--rasters", "24"),
    "workers": ("--faults", "24"),
    "outputs": ("--outputs", "24"),
}


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_lost_and_nothing_silently_wrong(part):
    none = [
        word
        for name in ("--rasters", "--faults", "--outputs", "--mutations")
        if name != PARTS[part][0]
        for word in (name, "0")
    ]
    command = [
        sys.executable,
        str(ROOT / "packaging" / "torture.py"),
        *none,
        *PARTS[part],
        "--jobs",
        str(min(2, os.cpu_count() or 1)),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
