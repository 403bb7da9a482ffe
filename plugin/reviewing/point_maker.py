"""Adding a point by one click in the reference: its partner is where the fit expects it, then where
the match is.

Without a fit, or with Shift, a second click gives the partner.
"""

from __future__ import annotations

import math

from qgis.core import QgsPointXY

from ...ui.canvas.canvas_points import HIT_RADIUS_PX
from ...ui.panels.review_panel import ReviewPanel
from ...ui.parts.text import fill, tr
from ..core.errors import AlignError
from ..core.types import Point
from .desk import ReviewDesk
from .review_map import ReviewMap
from .snapper import Snapper


class PointMaker:
    """The add mode of the review."""

    def __init__(
        self, desk: ReviewDesk, review_map: ReviewMap, panel: ReviewPanel, snapper: Snapper
    ) -> None:
        self._desk, self._map, self._panel, self._snapper = desk, review_map, panel, snapper
        self._start_px: Point | None = None
        self._partner: QgsPointXY | None = None

    def set_adding(self, adding: bool) -> None:
        """Begin or end adding points."""
        desk, panel = self._desk, self._panel
        if adding and (desk.session is None or desk.locked):
            panel.tools.add_button.setChecked(False)
            desk.said.emit(tr("Choose a reference and a sensed layer first."))
            return
        self.drop()
        self._map.tool.adding = adding
        panel.tools.add_button.setChecked(adding)
        panel.tools.tool_button.setChecked(not adding and self._map.has_tool)
        if adding:
            self._map.use_tool()
            desk.said.emit(self._hint())

    def _hint(self) -> str:
        if self._desk.has_fit():
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
        placement, crs = self._desk.placement, self._map.crs()
        if placement is None:
            return
        if self._start_px is None:
            self._start_px = placement.reference_px(place, crs)
            sensed = self._expect(self._start_px)
            if sensed is not None and not by_hand:
                self._finish(sensed, measure=not free)
                return
            self._partner = (
                None
                if sensed is None
                else placement.to_canvas(placement.sensed_place_of_px(sensed), crs)
            )
            self._map.item.set_pending(place, self._partner)
            hint = (
                tr(" The ring is the proposal, Enter takes it.")
                if self._partner is not None
                else ""
            )
            self._desk.said.emit(
                tr("Now click the same ground where the sensed image shows it.") + hint
            )
            return
        near = (
            self._partner is not None
            and place.distance(self._partner) <= HIT_RADIUS_PX * self._map.canvas.mapUnitsPerPixel()
        )
        self._finish(
            placement.sensed_px(
                self._partner if near and self._partner is not None else place, crs
            ),
            measure=False,
        )

    def take_proposal(self) -> bool:
        """Take the proposed partner; False where no half point waits for one."""
        if self._start_px is None:
            return False
        placement = self._desk.placement
        if self._partner is not None and placement is not None:
            self._finish(placement.sensed_px(self._partner, self._map.crs()), measure=False)
        return True

    def escape(self) -> None:
        """Drop the half point, or end adding."""
        if self._start_px is not None:
            self.drop()
            self._desk.said.emit(self._hint())
        elif self._map.tool.adding:
            self.set_adding(False)
            self._desk.said.emit("")

    def drop(self) -> None:
        """Forget a half point."""
        self._start_px = self._partner = None
        self._map.item.set_pending(None)

    def _finish(self, sensed_px: Point, measure: bool) -> None:
        desk, start = self._desk, self._start_px
        if desk.session is None or start is None:
            return
        self.drop()
        try:
            identifier = desk.session.add(start, sensed_px)
        except AlignError as error:
            desk.failed.emit(error)
            return
        desk.refresh()
        desk.select([identifier])
        desk.said.emit(
            fill(
                tr("Point {0} added. Click the next place in the reference, or press Escape."),
                identifier,
            )
        )
        if measure:
            self._snapper.measure_added(identifier)

    def _expect(self, reference_px: Point) -> Point | None:
        """Return where the current fit expects the partner of a place in the reference, sensed px;
        None where it does not say.
        """
        fit = self._desk.fit()
        if fit is None or fit.transform is None:
            return None
        try:
            x, y = fit.transform.inverse([reference_px])[0]
        except AlignError:
            return None
        return (float(x), float(y)) if math.isfinite(x) and math.isfinite(y) else None
