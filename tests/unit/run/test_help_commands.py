"""The commands in the offline help are those of the command line."""

from __future__ import annotations

import importlib.util


def test_the_commands_and_parameters_are_as_the_code_says(root):
    spec = importlib.util.spec_from_file_location(
        "help_tables", root / "packaging" / "help_tables.py"
    )
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    assert "<code>register</code>" in tables.MAKERS["commands"]()
    assert tables.stale() == [], "run: make help-pages"
