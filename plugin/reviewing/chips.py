"""Lays out the chips of the selected point, once the keys are at rest."""

from __future__ import annotations

import numpy as np

from ...ui.parts.calm import Calm
from ...ui.views.chips_view import ChipsView
from ..core.errors import AlignError
from ..core.wording import explained
from ..gis.chip_reader import ChipReader
from .desk import ReviewDesk
from .snapper import Snapper


class Chips:
    """Shows the point as it is, and puts its ends where the analyst clicks."""

    def __init__(self, desk: ReviewDesk, view: ChipsView, snapper: Snapper) -> None:
        self._desk, self._view, self._snapper = desk, view, snapper
        self._reader: ChipReader | None = None
        self._calm = Calm(desk, 0, self._lay_out)
        view.wanted.connect(self.show)
        view.placed.connect(self._place)

    def start(self) -> None:
        """Begin with the session that lies on the desk now."""
        session, placement = self._desk.session, self._desk.placement
        self._reader = (
            None
            if session is None or placement is None
            else ChipReader(placement, session.reference, session.sensed)
        )

    def close(self) -> None:
        """Let go of the rasters."""
        self._calm.stop()
        self._reader = None

    def show(self) -> None:
        """Show the selected point soon."""
        self._calm.start()

    def _place(self, sensed: bool, x: float, y: float, free: bool) -> None:
        """Put an end of the selected point at a place of its chip, given in the reference px of the
        picture.
        """
        desk, ids, fit = self._desk, self._desk.selection, self._desk.fit()
        session, placement = desk.session, desk.placement
        if session is None or placement is None or desk.locked or not ids:
            return
        if not sensed:
            self._snapper.drop(ids[0], (x, y), free)
            return
        shown = fit.transform if fit is not None and self._view.fitted else None
        to_sensed = placement.sensed_px_of_reference if shown is None else shown.inverse
        there = to_sensed(np.array([[x, y]]))[0]
        desk.guarded(lambda: session.move(ids[0], sensed_px=(float(there[0]), float(there[1]))))

    def _lay_out(self) -> None:
        view, session, ids, fit = (
            self._view,
            self._desk.session,
            self._desk.selection,
            self._desk.fit(),
        )
        if session is None or self._reader is None or not ids:
            view.set_pair(None)
        elif view.isVisible():
            transform = fit.transform if fit is not None and view.fitted else None
            point = session.point(ids[0]).tie_point
            try:
                view.set_pair(self._reader.read(point, view.side_px, view.elements, transform))
            except AlignError as error:
                view.set_pair(None, explained(error))
