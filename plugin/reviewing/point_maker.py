"""Adding a point by one click in the reference: its partner is where the fit expects it, then where
the match is.

Without a fit, or with Shift, a second click gives the partner.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qgis.core import QgsPointXY

from ...ui.canvas.canvas_points import HIT_RADIUS_PX
from ...ui.parts.text import fill, tr
from ..core.errors import AlignError
from ..core.types import Point

if TYPE_CHECKING:
    from .controller import ReviewController


class PointMaker:
    """The add mode of the review."""

    def __init__(self, review: ReviewController) -> None:
        self._review = review
        self._start_px: Point | None = None
        self._partner: QgsPointXY | None = None

    def set_adding(self, adding: bool) -> None:
        """Begin or end adding points."""
        r = self._review
        if adding and (r.session is None or r.locked):
            r.panel.add_button.setChecked(False)
            r.said.emit(tr("Choose a reference and a sensed layer first."))
            return
        self.drop()
        r.tool.adding = adding
        r.panel.add_button.setChecked(adding)
        r.panel.tool_button.setChecked(not adding and r.canvas.mapTool() is r.tool)
        if adding:
            r.use_tool()
            r.said.emit(self._hint())

    def _hint(self) -> str:
        if self._review.has_fit():
            return tr(
                "Click a place in the reference; its partner is found. Shift: give the "
                "partner by hand. Ctrl: take it as fitted. Escape ends."
            )
        return tr(
            "Click the place in the reference, then the same ground in the sensed image. "
            "Escape ends adding."
        )

    def place(self, place: QgsPointXY, free: bool = False, by_hand: bool = False) -> None:
        """Take a click on the canvas: in the reference, or the partner of the one before.

        Args:
            place: Canvas coordinates.
            free: Leave the partner where the fit expects it.
            by_hand: Wait for a second click that gives the partner.
        """
        r = self._review
        if r.session is None or r.placement is None:
            return
        if self._start_px is None:
            self._start_px = r.placement.reference_px(place, r.canvas_crs())
            sensed = self._expect(self._start_px)
            if sensed is not None and not by_hand:
                self._finish(sensed, measure=not free)
                return
            self._partner = (
                None
                if sensed is None
                else r.placement.to_canvas(r.placement.sensed_place_of_px(sensed), r.canvas_crs())
            )
            r.item.set_pending(place, self._partner)
            hint = (
                tr(" The ring is the proposal, Enter takes it.")
                if self._partner is not None
                else ""
            )
            r.said.emit(tr("Now click the same ground where the sensed image shows it.") + hint)
            return
        near = (
            self._partner is not None
            and place.distance(self._partner) <= HIT_RADIUS_PX * r.canvas.mapUnitsPerPixel()
        )
        self._finish(
            r.placement.sensed_px(
                self._partner if near and self._partner is not None else place, r.canvas_crs()
            ),
            measure=False,
        )

    def take_proposal(self) -> bool:
        """Take the proposed partner; False where no half point waits for one."""
        if self._start_px is None:
            return False
        r = self._review
        if self._partner is not None and r.placement is not None:
            self._finish(r.placement.sensed_px(self._partner, r.canvas_crs()), measure=False)
        return True

    def escape(self) -> None:
        """Drop the half point, or end adding."""
        if self._start_px is not None:
            self.drop()
            self._review.said.emit(self._hint())
        elif self._review.tool.adding:
            self.set_adding(False)
            self._review.said.emit("")

    def drop(self) -> None:
        """Forget a half point."""
        self._start_px = self._partner = None
        self._review.item.set_pending(None)

    def _finish(self, sensed_px: Point, measure: bool) -> None:
        r, start = self._review, self._start_px
        if r.session is None or start is None:
            return
        self.drop()
        try:
            identifier = r.session.add(start, sensed_px)
        except AlignError as error:
            r.failed.emit(error)
            return
        r.refresh()
        r.select([identifier])
        r.said.emit(
            fill(
                tr("Point {0} added. Click the next place in the reference, or press Escape."),
                identifier,
            )
        )
        if measure:
            r.snapper.measure_added(identifier)

    def _expect(self, reference_px: Point) -> Point | None:
        """Return where the current fit expects the partner of a place in the reference, sensed px;
        None where it does not say.
        """
        fit = self._review.fit()
        if fit is None or fit.transform is None:
            return None
        try:
            x, y = fit.transform.inverse([reference_px])[0]
        except AlignError:
            return None
        return (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None
