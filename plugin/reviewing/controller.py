"""The review: puts desk, table, canvas and keys together."""

from __future__ import annotations

from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt.QtCore import QObject, Qt

from ...ui.panels.review_panel import ReviewPanel
from .adviser import Adviser
from .chips import Chips
from .desk import ReviewDesk
from .point_maker import PointMaker
from .point_text import point_text
from .review_map import ReviewMap
from .sessions import ReviewSessions
from .snapper import Snapper
from .walk import ReviewWalk


class ReviewController(QObject):
    """Lives as long as the dock.

    One session a pair of rasters; the current one is on the canvas.
    """

    def __init__(self, canvas: QgsMapCanvas, panel: ReviewPanel) -> None:
        super().__init__()
        self.panel, self.desk = panel, ReviewDesk()
        self.map = ReviewMap(self.desk, canvas, self.describe)
        self.sessions = ReviewSessions(self.desk)
        self.snapper = Snapper(self.desk, self.map)
        self.maker = PointMaker(self.desk, self.map, panel, self.snapper)
        self.walk = ReviewWalk(self.desk, self.map, panel)
        self.chips = Chips(self.desk, panel.chips, self.snapper)
        self._adviser = Adviser(self.desk)
        self._connect_desk()
        self._connect_hands()
        panel.show_nothing()

    def _connect_desk(self) -> None:
        """What follows the desk, in this order."""
        d = self.desk
        for signal, slots in (
            (d.laid, (self.maker.drop, self.walk.start, self.map.start, self.chips.start)),
            (d.fitted, (self.walk.update,)),
            (d.changed, (self._show,)),
            (d.refreshed, (self._adviser.wake,)),
            (d.selecting, (self._select,)),
            (
                d.selected,
                (
                    self.map.item.set_selected,
                    self.map.tool.note_selection,
                    self.walk.note,
                    self._show_evidence,
                    self._show_chips,
                ),
            ),
        ):
            for slot in slots:
                signal.connect(slot)

    def _connect_hands(self) -> None:
        """What the analyst does in the panel and on the canvas."""
        d, p, t, tool = self.desk, self.panel, self.panel.table, self.map.tool
        for signal, slot in (
            (p.progress.undo_requested, d.undo),
            (p.progress.redo_requested, d.redo),
            (p.tools.add_toggled, self.maker.set_adding),
            (p.tools.tool_requested, self.toggle_tool),
            (p.vectors.changed, self.map.set_vectors),
            (t.accept_requested, lambda ids: self.walk.judge("accept", ids)),
            (t.reject_requested, lambda ids: self.walk.judge("reject", ids)),
            (t.undecide_requested, lambda ids: self.walk.judge("undecide", ids)),
            (t.check_requested, self.walk.toggle_check),
            (t.step_requested, self.walk.step),
            (t.nudge_requested, self.walk.nudge),
            (p.histogram.brushed, d.select),
            (p.histogram.reject_requested, lambda ids, why: self.walk.judge("reject", ids, why)),
            (p.histogram.accept_requested, lambda ids: self.walk.judge("accept", ids)),
            (p.tools.lasso_toggled, self.map.set_lasso),
            (p.vectors.ellipses_toggled, self.map.set_ellipses),
            (t.point_selected, d.note_selection),
            (t.point_activated, self.map.zoom_to),
            (tool.selected, d.select),
            (tool.dragging, self.snapper.tell_drag),
            (tool.moved, self.snapper.drop_on_map),
            (tool.placed, self.maker.place),
            (tool.nudged, self.walk.nudge_on_screen),
            (tool.cancelled, self.maker.escape),
            (tool.key_pressed, self._canvas_key),
            (tool.history_requested, lambda what: d.undo() if what == "undo" else d.redo()),
        ):
            signal.connect(slot)
        self.map.canvas.mapToolSet.connect(self._follow_tool)

    def close(self) -> None:
        """Take everything off the canvas."""
        self.snapper.cancel()
        self.desk.close()
        self.chips.close()
        self.map.canvas.mapToolSet.disconnect(self._follow_tool)
        self.map.close()
        self._adviser.close()

    # --- showing

    def _show(self) -> None:
        """Show the session as it is in the panel and on the canvas."""
        desk, session = self.desk, self.desk.session
        if session is None:
            self.panel.show_nothing()
        elif desk.locked:
            self.panel.show_found(session, *desk.pixel_size())
        else:
            self.panel.show_session(
                session, session.fit, desk.residuals, *desk.pixel_size(), self.walk.queue
            )
        self.map.show()
        if session is not None:
            desk.note_selection(self.panel.table.selected_ids())

    def describe(self, identifier: int) -> str:
        """Return the tooltip of a point."""
        if self.desk.session is None:
            return ""
        return point_text(
            self.desk.session.point(identifier),
            self.desk.residuals.get(identifier),
            *self.desk.pixel_size(),
            self.walk.queue.standings.get(identifier),
        )

    # --- selection, tool

    def _select(self, ids: list[int]) -> None:
        self.panel.table.select_ids(ids)
        self.desk.note_selection(self.panel.table.selected_ids())

    def _show_evidence(self, ids: list[int]) -> None:
        session = self.desk.session
        point = session.point(ids[0]).tie_point if session is not None and ids else None
        self.panel.heatmap.set_point(point)

    def _show_chips(self, _ids: list[int]) -> None:
        self.chips.show()

    def toggle_tool(self) -> None:
        """Take the review's map tool for selecting, or give it back."""
        if self.map.tool.adding:
            self.maker.set_adding(False)
        elif self.map.has_tool:
            self.map.put_tool_down()
        else:
            self.map.use_tool()

    def _follow_tool(self, tool: QgsMapTool | None, _old: QgsMapTool | None = None) -> None:
        ours, adding = tool is self.map.tool, self.map.tool.adding
        self.panel.tools.tool_button.setChecked(ours and not adding)
        if not ours and adding:
            self.maker.set_adding(False)

    def _canvas_key(self, key: int) -> None:
        if key in (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)) and self.maker.take_proposal():
            return
        if key == int(Qt.Key.Key_L):
            self.panel.tools.lasso_button.click()
        else:
            self.panel.table.review(key)
