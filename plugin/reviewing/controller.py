"""The review: session to table, canvas and figures, and the analyst's hands back to the session."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal

from ...ui.canvas.canvas_points import CanvasPoints
from ...ui.canvas.point_tool import PointTool
from ...ui.panels.review_panel import ReviewPanel
from ...ui.parts.calm import Calm
from ...ui.parts.palette import STATE_LABELS, state_key
from ...ui.parts.text import as_text, fill, length, map_unit, tr
from ..core.errors import UsageError, attempt
from ..core.geometry import coords
from ..core.session.session import FitState, Session
from ..core.types import AlignRequest, AlignResult, Point, RasterRef, TiePoint
from ..gis.placement import Placement, half_axes
from ..store.session_store import (
    adopt,
    new_session,
    note_inputs,
    pair_key,
    relocate,
    run_record,
    take_grids,
)
from .adviser import Adviser
from .chips import ChipDesk
from .point_maker import PointMaker
from .snapper import Snapper
from .walk import ReviewWalk

_REFRESH_MS = 30
_IDLE_MS = 1500
_MANY = 3000
_MANY_REFRESH_MS = 150


class ReviewController(QObject):
    """Lives as long as the dock.

    One session a pair of rasters; the current one is on the canvas.
    """

    failed = pyqtSignal(object)
    said = pyqtSignal(str)
    fitted = pyqtSignal()  # the fit is new; table and canvas follow
    refreshed = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, panel: ReviewPanel) -> None:
        super().__init__()
        self.canvas, self.panel = canvas, panel
        self.session: Session | None = None
        self.placement: Placement | None = None
        self.locked = False  # while a run streams its candidates
        self._streaming: Session | None = None
        self._sessions: dict[str, Session] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._residuals: dict[int, Point] = {}
        self.item = CanvasPoints(canvas)
        self.tool = PointTool(canvas, self.item, self.describe)
        self.maker, self.walk, self.snapper = PointMaker(self), ReviewWalk(self), Snapper(self)
        self.desk, self._adviser = ChipDesk(self), Adviser(self)
        self._soon = Calm(self, _REFRESH_MS, self.refresh)
        self._idle = Calm(self, _IDLE_MS, self._keep_residuals)
        self._connect()
        self.panel.show_nothing()

    def _connect(self) -> None:
        p, t = self.panel, self.panel.table
        for signal, slot in (
            (p.undo_requested, self.undo),
            (p.redo_requested, self.redo),
            (p.add_toggled, self.maker.set_adding),
            (p.tool_requested, self.toggle_tool),
            (p.vectors_changed, self._set_vectors),
            (t.accept_requested, lambda ids: self.walk.judge("accept", ids)),
            (t.reject_requested, lambda ids: self.walk.judge("reject", ids)),
            (t.undecide_requested, lambda ids: self.walk.judge("undecide", ids)),
            (t.check_requested, self.walk.toggle_check),
            (t.step_requested, self.walk.step),
            (t.nudge_requested, self.walk.nudge),
            (p.histogram.brushed, self.select),
            (p.histogram.reject_requested, lambda ids, why: self.walk.judge("reject", ids, why)),
            (p.histogram.accept_requested, lambda ids: self.walk.judge("accept", ids)),
            (p.lasso_toggled, self._set_lasso),
            (p.ellipses_toggled, self._set_ellipses),
            (t.point_selected, self._select),
            (t.point_activated, self.zoom_to),
            (self.tool.selected, self.select),
            (self.tool.dragging, self.snapper.tell_drag),
            (self.tool.moved, self.move),
            (self.tool.placed, self.maker.place),
            (self.tool.nudged, self.walk.nudge_on_screen),
            (self.tool.cancelled, self.maker.escape),
            (self.tool.key_pressed, self._canvas_key),
            (
                self.tool.history_requested,
                lambda what: self.undo() if what == "undo" else self.redo(),
            ),
        ):
            signal.connect(slot)
        self.canvas.mapToolSet.connect(self._follow_tool)

    def close(self) -> None:
        """Take everything off the canvas."""
        self._soon.stop()
        self.snapper.cancel()
        self._keep_residuals()
        self._follow(None)
        self.desk.close()
        self.canvas.mapToolSet.disconnect(self._follow_tool)
        if self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        self.tool.dispose()
        self.canvas.scene().removeItem(self.item)
        self.tool.deleteLater()
        self._adviser.close()

    def set_visible(self, visible: bool) -> None:
        """Show or hide the points with the dock."""
        self.item.setVisible(visible)
        if not visible and self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)

    # --- sessions

    def open(self, reference: RasterRef, sensed: RasterRef, model: str) -> Session:
        """Make the session of a pair the current one: the open one, else a new one; an earlier file
        is kept aside.

        Raises:
            UsageError: a run is finding points for another pair.
            AlignError: a raster cannot be read.
        """
        key = pair_key(reference, sensed)
        session = self._sessions.get(key)
        if self._streaming is not None and session is not self._streaming:
            raise UsageError(
                "Tie points of another pair are being found.",
                "Wait for the end of the run, or cancel it.",
            )
        if session is None:
            session = new_session(reference, sensed, model)
            self._sessions[key] = session
        self._follow(session)
        return session

    def show_pair(self, reference: RasterRef | None, sensed: RasterRef | None) -> bool:
        """Show the open session of a pair, or nothing; whether there is one."""
        session = (
            self._sessions.get(pair_key(reference, sensed))
            if reference is not None and sensed is not None
            else None
        )
        if session is not self.session:
            self._follow(session)
        return session is not None

    def restore(self, session: Session) -> None:
        """Make a session read from a file the current one."""
        self.guarded(lambda: adopt(session))
        self._sessions[pair_key(session.reference, session.sensed)] = session
        self._follow(session)
        self.use_tool()

    def _keep_residuals(self) -> None:
        """Write the residuals into the session's layer, when the analyst pauses."""
        self._idle.stop()
        if self.session is not None and self.session.file is not None and not self.locked:
            self.session.note_fit()

    def relocate(self) -> None:
        """Keep the sessions beside the project that was just saved."""
        for session in self._sessions.values():
            self.guarded(lambda s=session: relocate(s))

    def forget(self) -> None:
        """Let go of all sessions: their project is closed. They are in their files."""
        self.end_stream(None)
        self._sessions.clear()
        self._follow(None)

    def _follow(self, session: Session | None) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self.session, self.placement, self._residuals = session, None, {}
        self.maker.drop()
        self.walk.start()
        if session is not None:
            self.placement = Placement(
                session.reference_grid, session.sensed_grid, session.sensed.path
            )
            session.sensed_to_reference = self.placement.sensed_to_reference
            self._unsubscribe = session.subscribe(lambda _what: self._soon.start(self._delay()))
            self.item.set_crs(session.reference_grid.crs_wkt)
        self.desk.start()
        self.refresh()

    def _delay(self) -> int:
        return (
            _REFRESH_MS
            if self.session is None or len(self.session.points) <= _MANY
            else _MANY_REFRESH_MS
        )

    # --- a run

    def begin_stream(self) -> None:
        """Show a run's candidates in place of the points until its end."""
        if self.session is not None:
            self._streaming, self.locked = self.session, True
            self.session.begin_stream()

    def stream(self, points: list[TiePoint]) -> None:
        """Show more candidates."""
        if self._streaming is not None:
            self._streaming.add_predicted(points)

    def end_stream(self, result: AlignResult | None) -> None:
        """Show the result, or the points from before where there is none."""
        session, self._streaming, self.locked = self._streaming, None, False
        if session is None:
            return
        session.end_stream()
        if result is not None:
            self._take_layers(session, result.request)
            note_inputs(session)
            self.guarded(lambda: session.set_result(result, run_record(result)))
        self.refresh()

    def _take_layers(self, session: Session, request: AlignRequest) -> None:
        """Go on with the bands and the CRS that were matched, where they are not those of
        before.
        """
        if (session.reference, session.sensed) == (request.reference, request.sensed):
            return
        session.reference, session.sensed = request.reference, request.sensed
        self.guarded(lambda: take_grids(session))
        if session is self.session:
            self._follow(session)

    # --- showing

    def refresh(self) -> None:
        """Show the session as it is."""
        self._soon.stop()
        session, placement = self.session, self.placement
        if session is None or placement is None:
            self.panel.show_nothing()
            self.item.set_points((), *(np.empty((0, 2)) for _ in range(3)))
            self.refreshed.emit()
            return
        size, unit = self.pixel_size()
        if self.locked:
            self._residuals = {}
            self.panel.show_found(session, size, unit)
        else:
            self._residuals = session.fit.residuals_px
            self._idle.start()
            self.walk.update()
            self.fitted.emit()
            self.panel.show_session(
                session, session.fit, self._residuals, size, unit, self.walk.queue
            )
        points = session.points
        to_map = session.reference_grid.drawn.linear
        nothing = (math.nan, math.nan)
        self.item.set_points(
            points,
            coords.as_points([placement.reference_place(p.tie_point) for p in points]),
            coords.as_points([self._residuals.get(p.id, nothing) for p in points]) @ to_map.T,
            coords.as_points([placement.sensed_place(p.tie_point) for p in points]),
            half_axes(points, to_map),
        )
        self._select(self.panel.table.selected_ids())
        self._adviser.wake()
        self.refreshed.emit()

    def fit(self) -> FitState | None:
        """The fit of the current session, None without one or while a run streams."""
        return None if self.session is None or self.locked else self.session.fit

    def pixel_size(self) -> tuple[float, str]:
        """Return the side of a reference pixel and its unit."""
        if self.session is None:
            return 1.0, "px"
        grid = self.session.reference_grid
        if not grid.crs_wkt:
            return 1.0, "px"
        unit = map_unit(QgsCoordinateReferenceSystem.fromWkt(grid.crs_wkt))
        return math.sqrt(grid.pixel_area_map), unit

    def describe(self, identifier: int) -> str:
        """Return the tooltip of a point."""
        if self.session is None:
            return ""
        p = self.session.point(identifier)
        lines = [f"<b>{tr('Point {0}').format(identifier)}</b> · {tr(STATE_LABELS[state_key(p)])}"]
        if p.reason:
            lines.append(as_text(tr(p.reason)))
        lines.append(fill(tr("score {0:.2f}"), p.tie_point.score))
        dx, dy = self._residuals.get(identifier, (math.nan, math.nan))
        if math.isfinite(dx):
            size, unit = self.pixel_size()
            ground = "" if unit == "px" else f" · {length(math.hypot(dx, dy) * size, unit)}"
            lines.append(
                fill(tr("residual {0:.2f} px ({1:+.2f}, {2:+.2f})"), math.hypot(dx, dy), dx, dy)
                + ground
            )
        standing = self.walk.queue.standings.get(identifier)
        if standing is not None and standing.rank:
            lines.append(
                fill(
                    tr("number {0} of the queue: doubt {1:.2f}, leverage {2:.3f}"),
                    standing.rank,
                    standing.doubt,
                    standing.leverage,
                )
            )
        return "<br>".join(lines)

    # --- editing

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

    def move(self, identifier: int, place: QgsPointXY, free: bool = False) -> None:
        """Move a point's reference end to a place on the canvas, or to the peak nearest to it
        unless `free`.
        """
        if self.placement is not None:
            self.snapper.drop(
                identifier, self.placement.reference_px(place, self.canvas_crs()), free
            )

    def guarded(self, action: Callable[[], object]) -> bool:
        """Do something to the session; an error is told. Whether it was done."""
        return attempt(action, self.failed.emit)

    # --- selection, tool

    def zoom_to(self, identifier: int) -> None:
        """Centre the canvas on a point, close enough to see it."""
        if self.session is None or self.placement is None:
            return
        place = self.placement.reference_place(self.session.point(identifier).tie_point)
        centre = self.placement.to_canvas(place, self.canvas_crs())
        size, unit = self.pixel_size()
        if (
            unit in ("px", map_unit(self.canvas_crs()))
            and self.canvas.mapUnitsPerPixel() > 2 * size
        ):
            self.canvas.zoomByFactor(size / self.canvas.mapUnitsPerPixel(), centre)
        self.canvas.setCenter(centre)
        self.canvas.refresh()

    def use_tool(self) -> None:
        """Take the review's map tool."""
        if self.canvas.mapTool() is not self.tool:
            self.canvas.setMapTool(self.tool)

    def toggle_tool(self) -> None:
        """Take the review's map tool for selecting, or give it back."""
        if self.tool.adding:
            self.maker.set_adding(False)
        elif self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        else:
            self.use_tool()

    def _follow_tool(self, tool: QgsMapTool | None, _old: QgsMapTool | None = None) -> None:
        ours = tool is self.tool
        self.panel.tool_button.setChecked(ours and not self.tool.adding)
        if not ours and self.tool.adding:
            self.maker.set_adding(False)

    def _select(self, ids: list[int]) -> None:
        self.item.set_selected(ids)
        self.tool.note_selection(ids)
        self.walk.note(ids)
        point = self.session.point(ids[0]).tie_point if self.session is not None and ids else None
        self.panel.heatmap.set_point(point)
        self.desk.show()

    def select(self, ids: list[int]) -> None:
        """Select points in the table and on the canvas."""
        self.panel.table.select_ids(ids)
        self._select(ids)

    def _canvas_key(self, key: int) -> None:
        if key in (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)) and self.maker.take_proposal():
            return
        if key == int(Qt.Key.Key_L):
            self.panel.lasso_button.click()
        else:
            self.panel.table.review(key)

    def _set_lasso(self, on: bool) -> None:
        self.tool.lasso = on
        if on:
            self.use_tool()

    def _set_ellipses(self, on: bool) -> None:
        self.item.ellipses = on
        self.item.update()

    def _set_vectors(self, mode: str, scale: float) -> None:
        self.item.vector_mode, self.item.vector_scale = mode, scale
        self.item.update()

    def has_fit(self) -> bool:
        """Whether there is a fit to go by."""
        fit = self.fit()
        return fit is not None and fit.transform is not None

    def canvas_crs(self) -> QgsCoordinateReferenceSystem:
        """Return the canvas' CRS."""
        return self.canvas.mapSettings().destinationCrs()
