"""Figures as files that are either old or new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import OutputError
from ...core.outputs import Outputs

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure in the format of its suffix.

    Raises:
        OutputError: it cannot be written; an earlier file stays.
    """
    with Outputs([path]) as outputs:
        try:
            figure.savefig(outputs.part(path), dpi=110)
        except (OSError, ValueError) as error:
            raise OutputError(
                f"Cannot write {path}: {error}.",
                "Choose a folder you may write to, with enough room.",
            ) from error
        outputs.deliver()
