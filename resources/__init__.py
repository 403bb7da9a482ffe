"""Where the files that are shipped beside the code lie: icons, help, styles, weights, pins."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
METADATA = FOLDER.parent / "metadata.txt"


def version() -> str:
    """Return the product's version, as the plugin's metadata states it; "?" where there is none."""
    try:
        lines = METADATA.read_text(encoding="utf-8").splitlines()
    except OSError:
        return "?"
    return next((line.partition("=")[2].strip() for line in lines if line[:8] == "version="), "?")
