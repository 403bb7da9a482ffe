"""Marks for tests that need torch, which may be missing: a supported state."""

from __future__ import annotations

import importlib.util

import pytest
from sar_optical_align.plugin.matchers import all_specs

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is not installed"
)


def matchers(keys):
    """Return matchers as parameters of a test, networks skipped where there is no torch."""
    return [
        pytest.param(key, marks=needs_torch) if "torch" in all_specs()[key].needs else key
        for key in keys
    ]
