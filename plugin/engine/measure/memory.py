"""The highest memory that this process took."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def reset_peak() -> None:
    """Forget the highest memory so far."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:  # not Linux, or not allowed: the peak is then that of the whole process
        return


def peak_mb() -> float:
    """Return the highest resident memory of the process since `reset_peak`, MB; 0 where the system
    does not tell.
    """
    try:
        fields: dict[str, Any] = dict(
            line.split(":", 1)
            for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        )
        return float(fields["VmHWM"].split()[0]) / 1024
    except (OSError, KeyError, ValueError):
        return 0.0
