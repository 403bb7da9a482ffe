"""Asks the model advisor in the background, once the hands are at rest."""

from __future__ import annotations

from functools import partial

from ...ui.parts.calm import Calm
from ..core.fit.advisor import Advice
from ..core.session.refit import advise_points
from ..core.session.session import Session, SessionPoint
from ..core.wording import tr
from ..work.latest import Job, LatestTask
from ..work.tasks import BackgroundTask
from .desk import ReviewDesk

_REST_MS = 700


class Adviser:
    """Keeps the automatic model of a review with many points up to date."""

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk
        self._latest: LatestTask[BackgroundTask] = LatestTask()
        self._calm = Calm(desk, _REST_MS, lambda: self._latest.ask(self._make))

    def wake(self) -> None:
        """Be told of an edit."""
        session = self._desk.session
        if session is not None and not self._desk.locked and session.advice_due:
            self._calm.start()

    def close(self) -> None:
        """Ask no more; an answer under way is not taken."""
        self._calm.stop()
        self._latest.drop()

    def _make(self) -> Job[BackgroundTask] | None:
        session = self._desk.session
        if session is None or self._desk.locked or not session.advice_due:
            return None
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
        return task, partial(self._take, session, points)

    def _take(
        self, session: Session, points: tuple[SessionPoint, ...], task: BackgroundTask
    ) -> None:
        if isinstance(task.result, Advice) and session is self._desk.session:
            session.take_advice(points, task.result)
