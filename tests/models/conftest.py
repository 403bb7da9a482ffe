"""The networks need torch: without it their tests are left out, and that is said."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = ["test_*.py"] if importlib.util.find_spec("torch") is None else []


def pytest_report_header() -> str:
    return "torch is not installed: the tests of the networks (tests/models) are left out" if collect_ignore_glob else ""
