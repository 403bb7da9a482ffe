"""Walking through the review: judging the selected points, nudging them, and which comes next."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...ui.panels.review_panel import ReviewPanel
from ...ui.parts.text import tr
from ..core.session.queue import NO_QUEUE, Trail, make_queue
from ..core.session.session import Role
from .desk import ReviewDesk
from .review_map import ReviewMap

# what is said of one point, and of many
_SAID = {
    "accept": ("Point {0} accepted", "{0} points accepted"),
    "reject": (
        "Point {0} rejected; it stays in the list",
        "{0} points rejected; they stay in the list",
    ),
    "undecide": ("Point {0} undecided again", "{0} points undecided again"),
    "check": (
        "Point {0} is a check point: measured, kept out of the fit",
        "{0} check points: measured, kept out of the fit",
    ),
    "uncheck": ("Point {0} takes part in the fit again", "{0} points take part in the fit again"),
}


class ReviewWalk:
    """The keys of the review, from the table or the canvas."""

    def __init__(self, desk: ReviewDesk, review_map: ReviewMap, panel: ReviewPanel) -> None:
        self._desk, self._map, self._panel = desk, review_map, panel
        self._trail = Trail()
        self.queue = NO_QUEUE

    def start(self) -> None:
        """Forget the way: another session is shown."""
        self._trail, self.queue = Trail(), NO_QUEUE

    def update(self) -> None:
        """Order the points anew, after the fit."""
        session, fit = self._desk.session, self._desk.fit()
        self.queue = (
            NO_QUEUE
            if session is None or fit is None
            else make_queue(session.points, fit.details, fit.residuals_px)
        )

    def note(self, ids: list[int]) -> None:
        """Be told of the selection."""
        if len(ids) == 1:
            self._trail.go_to(ids[0])

    def step(self, by: int) -> None:
        """Select the next or previous point of the queue and show it on the canvas."""
        session = self._desk.session
        if session is None:
            return
        to = self._trail.step(
            by, self.queue.order, self.queue.standings.keys() or {p.id for p in session.points}
        )
        if to is not None:
            self._go_to(to)
        elif by > 0:
            self._desk.said.emit(tr("Every point has been judged."))

    def _go_to(self, identifier: int) -> None:
        self._desk.select([identifier])
        self._map.zoom_to(identifier)

    def judge(self, what: str, ids: Iterable[int], reason: str = "") -> None:
        """Accept, reject or undecide points; a single one is followed by the next where the analyst
        wants it so.
        """
        session, table, ids = self._desk.session, self._panel.table, list(ids)
        if session is None or self._desk.locked or not ids:
            return
        by_hand = (
            len(ids) == 1 and self._panel.progress.go_on.isChecked() and self._desk.selection == ids
        )
        to = table.neighbour(1) if by_hand and not table.sorted_by_queue else None
        if not self._desk.guarded(
            lambda: getattr(session, what)(ids, *([reason] if reason else []))
        ):
            return
        self._tell(what, ids)
        if not by_hand:
            return
        if table.sorted_by_queue:
            self.step(1)
        elif to is not None:
            self._go_to(to)

    def toggle_check(self, ids: list[int]) -> None:
        """Make points check points, or control points again where all are."""
        session = self._desk.session
        if session is None or self._desk.locked or not ids:
            return
        all_check = all(session.point(i).role is Role.CHECK for i in ids)
        if self._desk.guarded(lambda: session.set_role(ids, Role.GCP if all_check else Role.CHECK)):
            self._tell("uncheck" if all_check else "check", ids)

    def _tell(self, what: str, ids: list[int]) -> None:
        one, many = _SAID[what]
        self._desk.said.emit(tr(one).format(ids[0]) if len(ids) == 1 else tr(many).format(len(ids)))

    def nudge(self, right_px: float, down_px: float) -> None:
        """Move the selected point's reference end along the reference's pixel axes."""
        session, ids = self._desk.session, self._desk.selection
        if session is None or self._desk.locked or len(ids) != 1:
            return
        self._desk.guarded(lambda: session.nudge(ids[0], right_px, down_px))

    def nudge_on_screen(self, right_px: float, down_px: float) -> None:
        """Move the selected point's reference end in a direction of the screen, by a length in
        reference px.
        """
        placement, ids = self._desk.placement, self._desk.selection
        if placement is None or len(ids) != 1:
            return
        at = self._map.item.screen_position(ids[0])
        if at is None:
            return
        length = float(np.hypot(right_px, down_px))
        m2p, crs = self._map.canvas.getCoordinateTransform(), self._map.crs()
        here, there = (
            np.array(
                placement.reference_px(
                    m2p.toMapCoordinatesF(
                        at[0] + k * right_px / length * 10, at[1] + k * down_px / length * 10
                    ),
                    crs,
                )
            )
            for k in (0, 1)
        )
        size = float(np.hypot(*(there - here)))
        if np.isfinite(size) and size > 0:
            self.nudge(*(float(v) for v in (there - here) / size * length))
