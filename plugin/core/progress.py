"""How long work reports where it is, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .types import TiePoint


class Cancelled(Exception):  # noqa: N818 - not an error: the user asked for it
    """The user cancelled; raised from `Progress.update` in the thread that works."""


class Progress:
    """Receives progress; silent and never cancelled by default.

    Subclass and override what is needed.

    Long loops call `update` at least every half second so that cancelling is prompt.
    """

    def update(self, fraction: float, message: str = "") -> None:
        """Report that `fraction` (0..1) of the work is done.

        Raises:
            Cancelled: when the user asked to stop.
        """

    def poll(self) -> None:
        """Be asked, while waiting, whether to stop.

        Raises:
            Cancelled: when the user asked to stop.
        """

    def silent(self, seconds: int) -> None:
        """Hear that the process that works has said nothing for so long."""

    def points(self, points: list[TiePoint]) -> None:
        """Receive tie points as tiles finish (predicted, not yet filtered)."""

    def log(self, message: str) -> None:
        """Receive a line for the log."""

    def part(self, start: float, end: float) -> Progress:
        """Return a progress whose 0..1 fills `start`..`end` of this one."""
        return _Part(self, start, end)

    def without_points(self) -> Progress:
        """Return this progress, told of no tie points."""
        return _Part(self, 0.0, 1.0, tells_points=False)

    def without_messages(self) -> Progress:
        """Return this progress, told of fractions only."""
        return _Part(self, 0.0, 1.0, tells_messages=False)


class _Part(Progress):
    def __init__(
        self,
        parent: Progress,
        start: float,
        end: float,
        tells_points: bool = True,
        tells_messages: bool = True,
    ) -> None:
        self._parent, self._start, self._span = parent, start, end - start
        self._tells_points, self._tells_messages = tells_points, tells_messages

    def update(self, fraction: float, message: str = "") -> None:
        self._parent.update(
            self._start + self._span * min(max(fraction, 0.0), 1.0),
            message if self._tells_messages else "",
        )

    def poll(self) -> None:
        self._parent.poll()

    def silent(self, seconds: int) -> None:
        self._parent.silent(seconds)

    def points(self, points: list[TiePoint]) -> None:
        if self._tells_points:
            self._parent.points(points)

    def log(self, message: str) -> None:
        self._parent.log(message)


class CallbackProgress(Progress):
    """Forwards to plain functions; any may be omitted.

    Args:
        on_update: called as `on_update(fraction, message)`.
        on_points: called with a list of tie points.
        on_log: called with a line.
        is_cancelled: asked at each update; True raises `Cancelled`.
    """

    def __init__(
        self,
        on_update: Callable[[float, str], None] | None = None,
        on_points: Callable[[list[TiePoint]], None] | None = None,
        on_log: Callable[[str], None] | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._on_update, self._on_points, self._on_log = on_update, on_points, on_log
        self._is_cancelled = is_cancelled

    def poll(self) -> None:
        if self._is_cancelled is not None and self._is_cancelled():
            raise Cancelled

    def update(self, fraction: float, message: str = "") -> None:
        self.poll()
        if self._on_update is not None:
            self._on_update(fraction, message)

    def points(self, points: list[TiePoint]) -> None:
        if self._on_points is not None:
            self._on_points(points)

    def log(self, message: str) -> None:
        if self._on_log is not None:
            self._on_log(message)
