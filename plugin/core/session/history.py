"""Snapshots of a review: undoing is going back to an earlier one, so that it can never disagree
with doing.
"""

from __future__ import annotations

from dataclasses import dataclass

from .point import SessionPoint
from .record import RunRecord

_MAX_SNAPSHOTS = 500


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A review at one moment.

    Attributes:
        points: All points.
        model: Model asked for, maybe "auto".
        text: Name of the edit that led here.
        independent_share: Independent matches per point, 0..1: overlapping templates share their
            errors.
        run: The run the points come from, None where they come from a file or the analyst.
    """

    points: tuple[SessionPoint, ...]
    model: str
    text: str = ""
    independent_share: float = 1.0
    run: RunRecord | None = None


class History:
    """A list of snapshots and where in it the review stands; the oldest of more than 500 are
    forgotten.
    """

    def __init__(self, first: Snapshot) -> None:
        self._snapshots = [first]
        self._at = 0

    @property
    def now(self) -> Snapshot:
        """The snapshot the review stands at."""
        return self._snapshots[self._at]

    @property
    def before(self) -> Snapshot | None:
        """The snapshot that undo goes to, None at the start."""
        return self._snapshots[self._at - 1] if self._at else None

    @property
    def after(self) -> Snapshot | None:
        """The snapshot that redo goes to, None at the end."""
        return self._snapshots[self._at + 1] if self._at + 1 < len(self._snapshots) else None

    def push(self, snapshot: Snapshot) -> None:
        """Go to a new snapshot; those that were undone are forgotten."""
        self._snapshots = [*self._snapshots[: self._at + 1], snapshot][-_MAX_SNAPSHOTS:]
        self._at = len(self._snapshots) - 1

    def amend(self, snapshot: Snapshot) -> None:
        """Put a snapshot in the place of the one the review stands at; those that were undone are
        forgotten.
        """
        self._snapshots = [*self._snapshots[: self._at], snapshot]

    def back(self) -> None:
        """Go to the snapshot before, if there is one."""
        self._at = max(self._at - 1, 0)

    def forward(self) -> None:
        """Go to the snapshot after, if there is one."""
        self._at = min(self._at + 1, len(self._snapshots) - 1)
