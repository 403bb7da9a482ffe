"""Explains a control point: the worker draws what the matcher sees there, a window shows it."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtWidgets import QWidget

from ...ui.panels.explain_dialog import ExplainDialog
from ...ui.parts.text import fill, tr
from ..core.errors import AlignError, UsageError
from ..reviewing.desk import ReviewDesk
from ..store.network_consent import request_for
from ..store.session_store import scene_params
from ..work.latest import Job, LatestTask
from ..work.tasks import ExplainTask

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..work.worker_client import WorkerClient


class Explainer:
    """One picture at a time; asking for another point while one is drawn is answered after it."""

    def __init__(
        self, desk: ReviewDesk, parent: QWidget, worker: Callable[[], WorkerClient]
    ) -> None:
        self._desk, self._worker = desk, worker
        self._latest: LatestTask[ExplainTask] = LatestTask()
        self._folder = tempfile.TemporaryDirectory(prefix="sar_optical_align_")
        self.dialog = ExplainDialog(parent)

    def explain(self) -> None:
        """Explain the first of the selected points."""
        desk, ids = self._desk, self._desk.selection
        if desk.session is None or desk.locked or not ids:
            desk.failed.emit(
                UsageError(
                    "There is no point selected.",
                    "Select a point in the table or on the map first.",
                )
            )
        else:
            self._latest.ask(partial(self._make, ids[0]))

    def close(self) -> None:
        """Forget what is drawn, close the window."""
        self._latest.drop()
        self.dialog.close()
        self.dialog.deleteLater()
        self._folder.cleanup()

    def _make(self, identifier: int) -> Job[ExplainTask] | None:
        desk, session = self._desk, self._desk.session
        if session is None:
            return None
        try:
            point, client = session.point(identifier).tie_point, self._worker()
        except AlignError as error:
            desk.failed.emit(error)
            return None
        fit = desk.fit()
        transform = None if fit is None else fit.transform
        request = request_for(session.reference, session.sensed, scene_params(session))
        path = Path(self._folder.name) / f"point-{identifier}.png"
        desk.said.emit(fill(tr("Explaining point {0} …"), identifier))
        task = ExplainTask(client, request, transform, point.reference_px, point.sensed_px, path)
        return task, partial(self._show, identifier)

    def _show(self, identifier: int, task: ExplainTask) -> None:
        if isinstance(task.result, Path):
            self.dialog.show_picture(
                task.result, fill(tr("Point {0}: what the matcher sees"), identifier)
            )
            self._desk.said.emit("")
        elif task.error is not None:
            self._desk.failed.emit(task.error)
