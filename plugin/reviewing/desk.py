"""The desk of the review: the session that lies on it, its fit, and which points are selected."""

from __future__ import annotations

import math
from collections.abc import Callable

from qgis.core import QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...ui.parts.calm import Calm
from ...ui.parts.text import fill, map_unit, tr
from ..core.errors import attempt
from ..core.session.session import FitState, Session
from ..core.types import Point
from ..gis.placement import Placement

_REFRESH_MS = 30
_IDLE_MS = 1500
_MANY = 3000
_MANY_REFRESH_MS = 150


class ReviewDesk(QObject):
    """What table, canvas and keys of the review share. It knows none of them: they follow it.

    Signals:
        failed: What went wrong, an AlignError.
        said: A sentence on what was done.
        laid: Another session lies here, or none.
        fitted: The fit is new; table and canvas follow.
        changed: Table and canvas are to show the session as it is now.
        refreshed: They do.
        selecting: Ids of points that the table is to select.
        selected: Ids of the points that are selected now.
    """

    failed = pyqtSignal(object)
    said = pyqtSignal(str)
    laid = pyqtSignal()
    fitted = pyqtSignal()
    changed = pyqtSignal()
    refreshed = pyqtSignal()
    selecting = pyqtSignal(list)
    selected = pyqtSignal(list)

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.placement: Placement | None = None
        self.streaming: Session | None = None
        """The session that a run finds points for."""
        self.residuals: dict[int, Point] = {}
        self.selection: list[int] = []
        """Ids of the selected points, in the order of the table."""
        self._unsubscribe: Callable[[], None] | None = None
        self._soon = Calm(self, _REFRESH_MS, self.refresh)
        self._idle = Calm(self, _IDLE_MS, self.keep_residuals)

    def close(self) -> None:
        """Keep what is to be kept, and clear the desk."""
        self._soon.stop()
        self.keep_residuals()
        self.lay(None)

    def lay(self, session: Session | None) -> None:
        """Lay a session on the desk in place of the one before, or none."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self.session, self.placement, self.residuals = session, None, {}
        if session is not None:
            self.placement = Placement(
                session.reference_grid, session.sensed_grid, session.sensed.path
            )
            session.sensed_to_reference = self.placement.sensed_to_reference
            self._unsubscribe = session.subscribe(lambda _what: self._soon.start(self._delay()))
        self.laid.emit()
        self.refresh()

    def _delay(self) -> int:
        many = self.session is not None and len(self.session.points) > _MANY
        return _MANY_REFRESH_MS if many else _REFRESH_MS

    def refresh(self) -> None:
        """Have the session shown as it is."""
        self._soon.stop()
        fit = self.fit()
        self.residuals = {} if fit is None else fit.residuals_px
        if fit is not None:
            self._idle.start()
            self.fitted.emit()
        self.changed.emit()
        self.refreshed.emit()

    def keep_residuals(self) -> None:
        """Write the residuals into the session's layer, when the analyst pauses."""
        self._idle.stop()
        if self.session is not None and self.session.file is not None and not self.locked:
            self.session.note_fit()

    # --- what is there

    @property
    def locked(self) -> bool:
        """Whether nothing can be edited: a run streams its candidates."""
        return self.streaming is not None

    def fit(self) -> FitState | None:
        """The fit of the current session, None without one or while a run streams."""
        return None if self.session is None or self.locked else self.session.fit

    def has_fit(self) -> bool:
        """Whether there is a fit to go by."""
        fit = self.fit()
        return fit is not None and fit.transform is not None

    def pixel_size(self) -> tuple[float, str]:
        """Return the side of a reference pixel and its unit."""
        if self.session is None:
            return 1.0, "px"
        grid = self.session.reference_grid
        if not grid.crs_wkt:
            return 1.0, "px"
        unit = map_unit(QgsCoordinateReferenceSystem.fromWkt(grid.crs_wkt))
        return math.sqrt(grid.pixel_area_map), unit

    # --- edits

    def guarded(self, action: Callable[[], object]) -> bool:
        """Do something to the session; an error is told. Whether it was done."""
        return attempt(action, self.failed.emit)

    def undo(self) -> None:
        """Take back the last edit."""
        if self.session is not None and self.session.can_undo and not self.locked:
            text = self.session.undo_text
            if self.guarded(self.session.undo):
                self.said.emit(fill(tr("Undone: {0}"), tr(text).lower()))

    def redo(self) -> None:
        """Do the last undone edit again."""
        if (
            self.session is not None
            and self.session.can_redo
            and not self.locked
            and self.guarded(self.session.redo)
        ):
            self.said.emit(fill(tr("Done again: {0}"), tr(self.session.undo_text).lower()))

    def set_model(self, key: str) -> None:
        """Choose the model of the fit."""
        if self.session is not None:
            session = self.session
            self.guarded(lambda: session.set_model(key))

    # --- selection

    def select(self, ids: list[int]) -> None:
        """Select points in the table and on the canvas."""
        self.selecting.emit(ids)

    def note_selection(self, ids: list[int]) -> None:
        """Be told by the table what is selected; canvas and pictures follow."""
        self.selection = list(ids)
        self.selected.emit(self.selection)
