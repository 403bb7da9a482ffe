"""Adding a point by two clicks: the place in the reference, then its partner, which the current fit proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsPointXY

from ..ui.canvas_points import HIT_RADIUS_PX
from ..ui.text import tr
from .core.errors import AlignError
from .core.types import Point

if TYPE_CHECKING:
    from .review_controller import ReviewController


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
            r.said.emit(tr("Click the place in the reference. Escape ends adding."))

    def place(self, place: QgsPointXY) -> None:
        """Take a click on the canvas: first the reference, then the sensed image."""
        r = self._review
        if r.session is None or r.placement is None:
            return
        if self._start_px is None:
            self._start_px = r.placement.reference_px(place, r.canvas_crs())
            self._partner = self._propose(self._start_px)
            r.item.set_pending(place, self._partner)
            hint = tr(" The ring is the proposal, Enter takes it.") if self._partner is not None else ""
            r.said.emit(tr("Now click the same ground where the sensed image shows it.") + hint)
            return
        near = self._partner is not None and place.distance(self._partner) <= HIT_RADIUS_PX * r.canvas.mapUnitsPerPixel()
        self._finish(self._partner if near and self._partner is not None else place)

    def take_proposal(self) -> bool:
        """Take the proposed partner; False where no half point waits for one."""
        if self._start_px is None:
            return False
        if self._partner is not None:
            self._finish(self._partner)
        return True

    def escape(self) -> None:
        """Drop the half point, or end adding."""
        if self._start_px is not None:
            self.drop()
            self._review.said.emit(tr("Click the place in the reference. Escape ends adding."))
        elif self._review.tool.adding:
            self.set_adding(False)
            self._review.said.emit("")

    def drop(self) -> None:
        """Forget a half point."""
        self._start_px = self._partner = None
        self._review.item.set_pending(None)

    def _finish(self, partner: QgsPointXY) -> None:
        r, start = self._review, self._start_px
        if r.session is None or r.placement is None or start is None:
            return
        sensed = r.placement.sensed_px(partner, r.canvas_crs())
        self.drop()
        try:
            identifier = r.session.add(start, sensed)
        except AlignError as error:
            r.failed.emit(error)
            return
        r.refresh()
        r.select([identifier])
        r.said.emit(tr("Point {0} added. Click the next place in the reference, or press Escape.").format(identifier))

    def _propose(self, reference_px: Point) -> QgsPointXY | None:
        """Return where the current fit expects the partner of a place in the reference, on the canvas."""
        r = self._review
        fit = r.fit()
        if fit is None or fit.transform is None or r.placement is None:
            return None
        try:
            x, y = fit.transform.inverse([reference_px])[0]
        except AlignError:
            return None
        return r.placement.to_canvas(r.placement.sensed_place_of_px((float(x), float(y))), r.canvas_crs())
