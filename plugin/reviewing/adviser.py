"""Asks the model advisor in the background, once the hands are at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QTimer

from ..core.fit.quality import Advice
from ..core.session.refit import advise_points
from ..core.session.session import Session, SessionPoint
from ..core.wording import tr
from ..work.tasks import BackgroundTask

if TYPE_CHECKING:
    from .controller import ReviewController

_REST_MS = 700


class Adviser:
    """Keeps the automatic model of a review with many points up to date."""

    def __init__(self, review: ReviewController) -> None:
        self._review = review
        self._task: BackgroundTask | None = None
        self._timer = QTimer(review)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self._ask)

    def wake(self) -> None:
        """Be told of an edit."""
        session = self._review.session
        if session is not None and not self._review.locked and session.advice_due:
            self._timer.start()

    def close(self) -> None:
        """Ask no more; an answer under way is not taken."""
        self._timer.stop()
        self._task = None

    def _ask(self) -> None:
        session = self._review.session
        if session is None or self._review.locked or not session.advice_due:
            return
        if self._task is not None:
            self._timer.start()
            return
        points, grids, share, held = (
            session.points,
            session.grids,
            session.independent_share,
            session.fit.model,
        )
        task = BackgroundTask(
            tr("SAR-Optical Align: asking the model advisor"),
            lambda _progress: advise_points(points, grids, share, held),
        )
        self._task = task
        task.ended.connect(lambda: self._take(session, points))
        QgsApplication.taskManager().addTask(task)

    def _take(self, session: Session, points: tuple[SessionPoint, ...]) -> None:
        task, self._task = self._task, None
        if task is not None and isinstance(task.result, Advice) and session is self._review.session:
            session.take_advice(points, task.result)
