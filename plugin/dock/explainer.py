"""Explains a control point: the worker draws what the matcher sees there, a window shows it."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ...ui.panels.explain_dialog import ExplainDialog
from ...ui.parts.text import fill, tr
from ..core.errors import AlignError, UsageError
from ..core.types import AlignRequest
from ..store.network_consent import may_fetch
from ..store.session_store import scene_params
from ..work.latest import Job, LatestTask
from ..work.tasks import ExplainTask

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..reviewing.controller import ReviewController
    from ..work.worker_client import WorkerClient


class Explainer:
    """One picture at a time; asking for another point while one is drawn is answered after it."""

    def __init__(self, review: ReviewController, worker: Callable[[], WorkerClient]) -> None:
        self._review, self._worker = review, worker
        self._latest: LatestTask[ExplainTask] = LatestTask()
        self._folder = tempfile.TemporaryDirectory(prefix="sar_optical_align_")
        self.dialog = ExplainDialog(review.panel)

    def explain(self) -> None:
        """Explain the first of the selected points."""
        r, ids = self._review, self._review.panel.table.selected_ids()
        if r.session is None or r.locked or not ids:
            r.failed.emit(
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
        r = self._review
        if r.session is None:
            return None
        try:
            point, client = r.session.point(identifier).tie_point, self._worker()
        except AlignError as error:
            r.failed.emit(error)
            return None
        fit = r.fit()
        transform = None if fit is None or fit.transform is None else fit.transform.to_dict()
        request = AlignRequest(
            r.session.reference,
            r.session.sensed,
            scene_params(r.session),
            may_fetch(r.session.reference, r.session.sensed),
        )
        path = Path(self._folder.name) / f"point-{identifier}.png"
        r.said.emit(fill(tr("Explaining point {0} …"), identifier))
        task = ExplainTask(client, request, transform, point.reference_px, point.sensed_px, path)
        return task, partial(self._show, identifier)

    def _show(self, identifier: int, task: ExplainTask) -> None:
        if isinstance(task.result, Path):
            self.dialog.show_picture(
                task.result, fill(tr("Point {0}: what the matcher sees"), identifier)
            )
            self._review.said.emit("")
        elif task.error is not None:
            self._review.failed.emit(task.error)
