"""One background task at a time; of what is asked for meanwhile, the newest comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from qgis.core import QgsApplication

from .tasks import BackgroundTask

_Task = TypeVar("_Task", bound=BackgroundTask)
Job = tuple[_Task, Callable[[_Task], object]]
"""A task not yet started, and who takes it at its end."""


class LatestTask(Generic[_Task]):
    """Keeps the task that runs, and gives it to the one who asked for it when it ends.

    Main thread only.
    """

    def __init__(self) -> None:
        self.task: _Task | None = None
        """The task that runs, also while it ends after `drop`."""
        self._take: Callable[[_Task], object] | None = None
        self._next: Callable[[], Job[_Task] | None] | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether something was asked for that comes after the task that runs."""
        return self._next is not None

    def ask(self, make: Callable[[], Job[_Task] | None]) -> None:
        """Start a task; where one runs, at its end, in place of what else waits for that.

        Args:
            make: Gives the task when it can start, and who takes it at its end, also failed or
                cancelled, but not after `drop`; None where there is nothing to do any more.
        """
        if self.task is not None:
            self._next = make
            return
        self._next = None
        made = make()
        if made is not None:
            self.task, self._take = made
            self.task.ended.connect(self._ended)
            QgsApplication.taskManager().addTask(self.task)

    def drop(self) -> None:
        """Cancel the task that runs: nobody takes it, and nothing waits any more."""
        self._take = self._next = None
        if self.task is not None:
            self.task.cancel()

    def _ended(self) -> None:
        task, take, self.task = self.task, self._take, None
        if task is not None and take is not None:
            take(task)
        if self.task is None and self._next is not None:
            self.ask(self._next)
