"""The long task of the dock: one at a time, with its progress and its Cancel button."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...ui.dock import AlignDock
from ...ui.parts.text import tr
from ..work.latest import LatestTask
from ..work.tasks import BackgroundTask

LOG = "SAR-Optical Align"


class DockRunner(QObject):
    """Lives as long as the dock's controller.

    Signals:
        began: A task is about to run.
        ended: It ended, and who began it knows.
    """

    began = pyqtSignal()
    ended = pyqtSignal()

    def __init__(self, dock: AlignDock) -> None:
        super().__init__()
        self._dock = dock
        self._latest: LatestTask[BackgroundTask] = LatestTask()

    @property
    def task(self) -> BackgroundTask | None:
        """What runs."""
        return self._latest.task

    def begin(self, task: BackgroundTask, take: Callable[[], object]) -> bool:
        """Start a task, unless something runs; whether it was started.

        `take` is called at its end, where the dock is still there then.
        """
        if self.task is not None:
            self._dock.set_status(tr("Something runs already: wait for its end, or cancel it."))
            return False
        task.said.connect(self._dock.set_status)
        task.logged.connect(self._log)
        task.progressChanged.connect(self._show_progress)
        self._latest.ask(lambda: (task, lambda _task: self._end(take)))
        self._dock.set_running(True)
        self._dock.set_status(tr("Starting"))
        self.began.emit()
        return True

    def cancel(self) -> None:
        """Stop what runs; the worker is killed at once."""
        if self.task is not None:
            self._dock.set_status(tr("Cancelling"))
            self.task.cancel()

    def close(self) -> None:
        """Stop what runs; nobody is told."""
        self._latest.drop()

    def _end(self, take: Callable[[], object]) -> None:
        self._dock.set_running(False)
        take()
        self.ended.emit()

    def _show_progress(self, value: float) -> None:
        self._dock.progress.setValue(int(value))

    def _log(self, line: str) -> None:
        QgsMessageLog.logMessage(line, LOG, Qgis.MessageLevel.Info)
