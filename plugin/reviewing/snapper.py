"""Puts points on peaks of the similarity: those stored with the points at once, elsewhere as the
worker measures them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import QgsPointXY

from ...ui.parts.text import explained, fill, tr
from ..core.errors import AlignError
from ..core.session.peaks import Snap, snap
from ..core.session.placing import BY_HAND_PX2
from ..core.session.session import Seen, Session, SessionPoint
from ..core.types import Point, TiePoint
from ..store.network_consent import request_for
from ..store.session_store import scene_params
from ..work.latest import Job, LatestTask
from ..work.tasks import PlaceTask
from .desk import ReviewDesk
from .review_map import ReviewMap

if TYPE_CHECKING:
    from ..work.worker_client import WorkerClient

_GOOD = 0.5
_Settle = Callable[[Session, SessionPoint, Point, Seen], None]


class Snapper:
    """Snaps dragged and added points.

    `worker` gives the client of the worker; None = only stored surfaces are used.
    """

    def __init__(self, desk: ReviewDesk, review_map: ReviewMap) -> None:
        self._desk, self._map = desk, review_map
        self.worker: Callable[[], WorkerClient] | None = None
        self.latest: LatestTask[PlaceTask] = LatestTask()
        self._waiting: list[tuple[int, _Settle]] = []

    def preview(self, identifier: int, at_px: Point) -> Snap | None:
        """Return the stored peak a point would snap to."""
        session = self._desk.session
        return (
            None if session is None or self._desk.locked else snap(session.point(identifier), at_px)
        )

    def tell_drag(self, identifier: int, place: QgsPointXY, free: bool) -> None:
        """Show and tell where a point being dragged would snap to, or how far it is from where the
        others put it.
        """
        desk, fit = self._desk, self._desk.fit()
        session, placement, crs = desk.session, desk.placement, self._map.crs()
        if session is None or placement is None or desk.locked:
            return
        at = placement.reference_px(place, crs)
        peak = None if free else self.preview(identifier, at)
        if peak is not None:
            self._map.item.move_ghost(
                placement.to_canvas(placement.reference_place_of_px(peak.reference_px), crs)
            )
            words = _words(
                fill(tr("Point {0} would snap"), identifier), peak.seen, peak.distance_px
            )
            desk.said.emit(words + tr(" (Ctrl: place it freely)"))
        elif fit is not None and fit.transform is not None:
            end = fit.transform.apply([session.point(identifier).tie_point.sensed_px])[0]
            text = tr("Point {0}: {1:.2f} px from where the others put it")
            desk.said.emit(fill(text, identifier, float(np.hypot(*(end - np.array(at))))))

    def drop_on_map(self, identifier: int, place: QgsPointXY, free: bool) -> None:
        """Move a point's reference end to a place on the canvas, or to the peak nearest to it
        unless `free`.
        """
        if self._desk.placement is not None:
            at = self._desk.placement.reference_px(place, self._map.crs())
            self.drop(identifier, at, free)

    def drop(self, identifier: int, at_px: Point, free: bool) -> None:
        """Move a point's reference end to a place, or to the nearest peak unless `free`."""
        desk = self._desk
        session = desk.session
        if session is None or desk.locked:
            return
        peak = None if free else self.preview(identifier, at_px)
        if peak is not None:
            if desk.guarded(lambda: session.move(identifier, peak.reference_px, seen=peak.seen)):
                desk.said.emit(
                    _words(fill(tr("Point {0} snapped"), identifier), peak.seen, peak.distance_px)
                )
            return
        if desk.guarded(lambda: session.move(identifier, at_px)) and not free:
            self._measure(identifier, self._settle_dragged)

    def measure_added(self, identifier: int) -> None:
        """Move the partner of a point just added to where the match is, if there is a clear one."""
        self._measure(identifier, self._settle_added)

    def cancel(self) -> None:
        """Forget the measurements that are under way or wait."""
        self._waiting.clear()
        self.latest.drop()

    # --- asking the worker

    def _measure(self, identifier: int, settle: _Settle) -> None:
        desk = self._desk
        if self.worker is None:
            desk.said.emit(
                fill(
                    tr("Point {0} is where you put it; no similarity is stored there."), identifier
                )
            )
            return
        desk.said.emit(fill(tr("Measuring point {0} …"), identifier))
        self._waiting.append((identifier, settle))
        self.latest.ask(self._make)

    def _make(self) -> Job[PlaceTask] | None:
        """Return the task of the next point that waits, and who takes it."""
        desk = self._desk
        while self._waiting:
            identifier, settle = self._waiting.pop(0)
            session, fit = desk.session, desk.fit()
            asked = (
                None
                if session is None
                else next((p for p in session.points if p.id == identifier), None)
            )
            if session is None or asked is None or self.worker is None or desk.locked:
                continue
            point = asked.tie_point
            transform = None if fit is None else fit.transform
            request = request_for(session.reference, session.sensed, scene_params(session))
            try:
                client = self.worker()
            except AlignError as error:
                self._waiting.clear()
                desk.said.emit(
                    fill(
                        tr("Point {0} is where you put it; it could not be measured: {1}"),
                        identifier,
                        explained(error),
                    )
                )
                return None
            task = PlaceTask(client, request, transform, point.reference_px, point.sensed_px)
            return task, partial(self._take, session, point, settle)
        return None

    def _take(self, session: Session, asked: TiePoint, settle: _Settle, task: PlaceTask) -> None:
        self._finish(session, asked, settle, task)
        if self._waiting:
            self.latest.ask(self._make)

    def _finish(self, session: Session, asked: TiePoint, settle: _Settle, task: PlaceTask) -> None:
        """Settle a point with what was measured, unless it has been moved meanwhile."""
        desk = self._desk
        now = next((p for p in session.points if p.id == asked.id), None)
        if desk.session is not session or desk.locked or now is None:
            return
        if task.placed is None:
            why = explained(task.error) if task.error is not None else tr("It was cancelled.")
            desk.said.emit(
                fill(
                    tr("Point {0} is where you put it; it could not be measured: {1}"),
                    asked.id,
                    why,
                )
            )
        elif (now.tie_point.reference_px, now.tie_point.sensed_px) == (
            asked.reference_px,
            asked.sensed_px,
        ):
            place, seen = task.placed
            desk.guarded(lambda: settle(session, now, place, seen))
            desk.refresh()

    def _settle_dragged(
        self, session: Session, point: SessionPoint, place: Point, seen: Seen
    ) -> None:
        """Take the peak nearest to the drop: the analyst chose the place, not the highest peak."""
        at = point.tie_point
        peak = snap(
            SessionPoint(
                TiePoint(at.id, place, at.sensed_px, score=seen.score, evidence=seen.evidence)
            ),
            at.reference_px,
        )
        if peak is None:
            self._desk.said.emit(
                fill(
                    tr("There is no clear peak near the place: point {0} stays where you put it."),
                    at.id,
                )
            )
            return
        session.settle(at.id, peak.reference_px, at.sensed_px, peak.seen)
        self._desk.said.emit(
            _words(fill(tr("Point {0} snapped"), at.id), peak.seen, peak.distance_px)
        )

    def _settle_added(
        self, session: Session, point: SessionPoint, place: Point, seen: Seen
    ) -> None:
        """Leave the clicked place in the reference and shift its partner in the sensed image by
        what the match says.

        The template around the proposed partner lies `shift` beside the clicked place, so the
        partner of the clicked place lies as far to the other side; the surface moves along.
        """
        at, fit = point.tie_point, session.fit
        shift = np.array(place) - np.array(at.reference_px)
        if seen.score < _GOOD or fit.transform is None:
            session.settle(
                at.id, at.reference_px, at.sensed_px, Seen(seen.score, BY_HAND_PX2, seen.evidence)
            )
            text = tr(
                "Point {0} is where the fit puts it: there is no clear match (score "
                "{1:.2f}). Drag it, nudge it or undo."
            )
            self._desk.said.emit(fill(text, at.id, seen.score))
            return
        slope = fit.transform.jacobian([at.sensed_px])[0]
        x, y = np.array(at.sensed_px) - np.linalg.solve(slope, shift)
        origin = np.array(seen.evidence.surface_origin_px) - shift
        evidence = replace(seen.evidence, surface_origin_px=(float(origin[0]), float(origin[1])))
        session.settle(
            at.id, at.reference_px, (float(x), float(y)), replace(seen, evidence=evidence)
        )
        self._desk.said.emit(
            _words(fill(tr("Partner of point {0} found"), at.id), seen, float(np.hypot(*shift)))
        )


def _words(what: str, seen: Seen, distance_px: float) -> str:
    e = seen.evidence
    text = tr("{0}, {1:.1f} px away: score {2:.2f}, similarity {3:.2f}, next peak {4:.2f}")
    return fill(text, what, distance_px, seen.score, e.peak, e.second_peak)
