"""The control points under review: how they are judged, moved, added, replaced by a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone

from ..errors import UsageError
from ..fit.result import AlignResult
from ..types import MODEL_LABELS, Point, Reason, TiePoint
from .history import Snapshot
from .placing import placed
from .point import PointState, Role, Seen, SessionPoint, as_session_point
from .record import Adapted, RunRecord
from .refit import FitState
from .state import SessionState

__all__ = ["FitState", "PointState", "Role", "Seen", "Session", "SessionPoint"]


class Session(SessionState):
    """What a run and the analyst do to the points of one pair of rasters."""

    def accept(self, ids: Iterable[int]) -> None:
        """Accept points: they take part in the fit, whatever a filter said."""
        self._edit(
            ids,
            "Accept",
            lambda p: p.changed(replace(p.tie_point, enabled=True, reason=""), PointState.ACCEPTED),
        )

    def reject(self, ids: Iterable[int], reason: str = Reason.USER.value) -> None:
        """Reject points; they stay visible with the reason."""
        why = reason.value if isinstance(reason, Reason) else str(reason)
        self._edit(
            ids,
            "Reject",
            lambda p: p.changed(
                replace(p.tie_point, enabled=False, reason=why), PointState.REJECTED
            ),
        )

    def undecide(self, ids: Iterable[int]) -> None:
        """Put points back to how they were found, with the verdict of the filters."""
        self._edit(ids, "Undecide", SessionPoint.undecided)

    def set_role(self, ids: Iterable[int], role: Role) -> None:
        """Make points control points or check points; a check point is measured, whatever a filter
        said.
        """

        def changed(p: SessionPoint) -> SessionPoint:
            enabled = (
                role is Role.CHECK or not p.reason
            )  # the reason outlives the time as a check point
            return replace(p, tie_point=replace(p.tie_point, enabled=enabled), role=role)

        self._edit(ids, "Change role", changed)

    def move(
        self,
        identifier: int,
        reference_px: Point | None = None,
        sensed_px: Point | None = None,
        seen: Seen | None = None,
    ) -> None:
        """Move one or both ends of a point, to where `seen` was measured if anything; it becomes
        edited and enabled.

        Raises:
            UsageError: no such point, or a place that is not finite.
        """
        self._edit(
            [identifier],
            "Move",
            lambda p: self._moved(p, reference_px, sensed_px, seen),
            streak=f"place {identifier}",
        )

    def nudge(self, identifier: int, dx_px: float, dy_px: float) -> None:
        """Move a point's reference end by a little, reference px; nudges of one point in a row are
        one step of undo.

        Raises:
            UsageError: no such point, or a step that is not finite.
        """
        x, y = self.point(identifier).tie_point.reference_px
        self._edit(
            [identifier],
            "Nudge",
            lambda p: self._moved(p, (x + dx_px, y + dy_px)),
            streak=f"nudge {identifier}",
            join=True,
        )

    def add(self, reference_px: Point, sensed_px: Point, seen: Seen | None = None) -> int:
        """Add a point and return its id.

        Raises:
            UsageError: a place that is not finite.
        """
        identifier = max((p.id for p in self.points), default=0) + 1
        point = self._placed(
            TiePoint(identifier, reference_px, sensed_px), reference_px, sensed_px, seen
        )
        self._push(
            (*self.points, SessionPoint(point, PointState.ADDED)),
            self.model,
            "Add point",
            streak=f"place {identifier}",
        )
        return identifier

    def settle(self, identifier: int, reference_px: Point, sensed_px: Point, seen: Seen) -> None:
        """Put a point that was added or moved where it was measured: part of that step of undo, or
        a step of its own after another edit.

        Raises:
            UsageError: no such point, or a place that is not finite.
        """
        streak = f"place {identifier}"
        text = self.undo_text if streak == self._streak else "Measure"
        self._edit(
            [identifier],
            text,
            lambda p: replace(
                p, tie_point=self._placed(p.tie_point, reference_px, sensed_px, seen)
            ),
            streak,
            True,
        )

    def replace_all(
        self, points: Iterable[TiePoint | SessionPoint], text: str = "Import points"
    ) -> None:
        """Replace every point (an import, with states and roles where the points have them);
        undoable.
        """
        self._refuse_while_streaming()
        self._streak = ""
        self._history.push(
            Snapshot(
                tuple(as_session_point(p) for p in points),
                self.model,
                text,
                self._now.independent_share,
            )
        )
        self._changed("points")

    def set_model(self, kind: str) -> None:
        """Choose the model, or "auto"; also while a run streams.

        Raises:
            UsageError: an unknown model.
        """
        if kind not in MODEL_LABELS:
            raise UsageError(
                f"Unknown model {kind!r}.", f"Choose one of: {', '.join(MODEL_LABELS)}."
            )
        if kind != self.model:
            self._push(self._now.points, kind, "Change model", while_streaming=True)

    def set_adapted(self, adapted: Adapted | None) -> None:
        """Note the weights adapted to this scene, which lie beside the session's file; not
        undoable.
        """
        self.adapted, self._changed_at = adapted, datetime.now(timezone.utc)
        try:
            self.save()
        finally:
            for callback in list(self._listeners):
                callback("adapted")

    def begin_stream(self) -> None:
        """Show the points of a run in place of the others until `end_stream`; not undoable."""
        self._streamed = ()
        self._changed("points", save=False)

    def add_predicted(self, points: Iterable[TiePoint]) -> None:
        """Add points while a run streams them."""
        self._streamed = (*(self._streamed or ()), *(SessionPoint(p) for p in points))
        self._changed("points", save=False)

    def end_stream(self) -> None:
        """Show the points from before the run again."""
        self._streamed = None
        self._changed("points", save=False)

    def set_result(self, result: AlignResult, run: RunRecord | None = None) -> None:
        """Replace the points by those of a finished run, and end its stream; undoable.

        Args:
            result: What the engine found.
            run: What is kept of it besides the points; None = made from the result.
        """
        kept, share = len(result.enabled_points), 1.0
        if kept and "independent" in result.evidence:
            share = min(result.evidence["independent"] / kept, 1.0)
        self._streamed = None
        points = tuple(SessionPoint(p) for p in result.points)
        self._refuse_while_streaming()
        self._streak = ""
        self._history.push(
            Snapshot(points, self.model, "Find tie points", share, run or RunRecord.of(result))
        )
        self._changed("points")

    # --- inside

    def _edit(
        self,
        ids: Iterable[int],
        text: str,
        change: Callable[[SessionPoint], SessionPoint],
        streak: str = "",
        join: bool = False,
    ) -> None:
        wanted = set(ids)
        if not wanted:
            return
        missing = wanted - {p.id for p in self.points}
        if missing:
            raise UsageError(f"There is no point {min(missing)}.")
        self._push(
            tuple(change(p) if p.id in wanted else p for p in self.points),
            self.model,
            text,
            streak=streak,
            join=join,
        )

    def _push(
        self,
        points: tuple[SessionPoint, ...],
        model: str,
        text: str,
        while_streaming: bool = False,
        streak: str = "",
        join: bool = False,
    ) -> None:
        """Make an edit; with `join` it becomes part of the one before, where that is of the same
        `streak`.
        """
        self._refuse_while_streaming(while_streaming)
        snapshot = replace(self._now, points=points, model=model, text=text)
        what = "model" if points is self._now.points else "points"
        (self._history.amend if join and streak == self._streak else self._history.push)(snapshot)
        self._streak = streak
        self._changed(what)

    def _moved(
        self,
        p: SessionPoint,
        reference_px: Point | None = None,
        sensed_px: Point | None = None,
        seen: Seen | None = None,
    ) -> SessionPoint:
        t = p.tie_point
        state = PointState.ADDED if p.state is PointState.ADDED else PointState.EDITED
        return p.changed(
            self._placed(t, reference_px or t.reference_px, sensed_px or t.sensed_px, seen), state
        )

    def _placed(
        self, point: TiePoint, reference_px: Point, sensed_px: Point, seen: Seen | None
    ) -> TiePoint:
        return placed(
            point,
            reference_px,
            sensed_px,
            seen,
            self.reference_grid,
            self.sensed_grid,
            self.sensed_to_reference,
        )
