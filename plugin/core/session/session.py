"""The control points under review: states, reasons, undo and redo, autosave.

Listeners are told after each change; the fit is computed when asked for and kept until then. While
a run streams its candidates they are shown, but the review behind them is neither edited nor saved
over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..fit.quality import Advice
from ..fit.result import AlignResult
from ..geometry.grid import Grid
from ..types import MODEL_LABELS, Point, RasterRef, Reason, TiePoint
from .file import SessionFile, load_record
from .fingerprint import Fingerprint
from .history import History, Snapshot
from .placing import placed
from .point import PointState, Role, Seen, SessionPoint, as_session_point
from .record import Adapted, RunRecord, SessionRecord
from .refit import FitState, advise_points
from .refitting import Refitter

__all__ = ["FitState", "PointState", "Role", "Seen", "Session", "SessionPoint"]


class Session:
    """Points of one pair of rasters.

    Args:
        reference: Reference raster.
        sensed: Sensed raster.
        reference_grid: Its native grid.
        sensed_grid: Its native grid.
        model: Model or "auto".
        file: Written after each edit (a path means a plain `SessionFile`); None = no autosave.
        sensed_to_reference: (N, 2) in the sensed CRS -> the reference's CRS; None where they are
            the same.
    """

    def __init__(
        self,
        reference: RasterRef,
        sensed: RasterRef,
        reference_grid: Grid,
        sensed_grid: Grid,
        model: str = "auto",
        file: SessionFile | Path | None = None,
        sensed_to_reference: Callable[[Any], Any] | None = None,
    ) -> None:
        self.reference, self.sensed = reference, sensed
        self.reference_grid, self.sensed_grid = reference_grid, sensed_grid
        self.file = SessionFile(file) if isinstance(file, Path) else file
        self.inputs: tuple[Fingerprint, ...] = ()
        self.adapted: Adapted | None = None
        self._changed_at: datetime | None = None
        self.sensed_to_reference = sensed_to_reference
        self._history = History(Snapshot((), model))
        self._listeners: list[Callable[[str], None]] = []
        self._fit: FitState | None = None
        self._refitter = Refitter()
        self._streak = ""
        self._streamed: tuple[SessionPoint, ...] | None = None

    # --- what is there

    @property
    def points(self) -> tuple[SessionPoint, ...]:
        """All points; those of the run while one streams."""
        return self._now.points if self._streamed is None else self._streamed

    @property
    def run(self) -> RunRecord | None:
        """The run the points come from, None where they come from a file or the analyst."""
        return self._now.run

    @property
    def model(self) -> str:
        """Model asked for, maybe "auto"."""
        return self._now.model

    def point(self, identifier: int) -> SessionPoint:
        """Return one point.

        Raises:
            UsageError: no such point.
        """
        for p in self.points:
            if p.id == identifier:
                return p
        raise UsageError(f"There is no point {identifier}.")

    def to_tie_points(self) -> list[TiePoint]:
        """Return the tie points with their flags as reviewed; check points are disabled with the
        reason "check point".
        """
        return [p.as_reviewed() for p in self.points]

    @property
    def fit(self) -> FitState:
        """The fit to the points as they are now."""
        if self._fit is None:
            self._fit = self._refitter.fit(
                self.points, self.model, self.grids, self._now.independent_share
            )
        return self._fit

    @property
    def independent_share(self) -> float:
        """Independent matches per point, 0..1: overlapping templates share their errors."""
        return self._now.independent_share

    def advice(self) -> Advice:
        """Return how all models do at the points as they are now.

        Raises:
            FitError: too few points for any model.
        """
        return advise_points(
            self.points,
            self.grids,
            self._now.independent_share,
            self.fit.model if self.model == "auto" else "",
        )

    @property
    def grids(self) -> tuple[Grid, Grid]:
        """Native grids of the reference and of the sensed raster."""
        return self.reference_grid, self.sensed_grid

    @property
    def advice_due(self) -> bool:
        """Whether the automatic model was chosen for earlier points: `advice` is to be asked, and
        its answer taken.
        """
        return self._fit is not None and self._refitter.advice_due

    def take_advice(self, points: tuple[SessionPoint, ...], advice: Advice) -> None:
        """Take the advisor's answer, unless the points it was asked for have changed."""
        if points is self.points and self._refitter.take(points, advice):
            self._changed("model", save=False)

    # --- what can be done

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

    # --- undo and redo

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self._history.before is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to redo."""
        return self._history.after is not None

    @property
    def undo_text(self) -> str:
        """Name of the edit that undo takes back."""
        return self._now.text if self.can_undo else ""

    @property
    def redo_text(self) -> str:
        """Name of the edit that redo does again."""
        return self._history.after.text if self._history.after is not None else ""

    def undo(self) -> None:
        """Take back the last edit."""
        self._go(self._history.before, self._history.back)

    def redo(self) -> None:
        """Do the edit again that was taken back last."""
        self._go(self._history.after, self._history.forward)

    # --- listeners, saving

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call `callback` with "points" or "model" after each change; returns what ends it."""
        self._listeners.append(callback)

        def end() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return end

    def record(self) -> SessionRecord:
        """Return the review without its history and without the candidates of a run that
        streams.
        """
        now = self._now
        return SessionRecord(
            self.reference,
            self.sensed,
            self.reference_grid,
            self.sensed_grid,
            now.model,
            now.independent_share,
            now.points,
            now.run,
            self.inputs,
            self.adapted,
            self._refitter.held,
            self._changed_at,
        )

    @classmethod
    def from_record(cls, record: SessionRecord) -> Session:
        """Go on with a review."""
        session = cls(
            record.reference, record.sensed, record.reference_grid, record.sensed_grid, record.model
        )
        session._history = History(
            Snapshot(record.points, record.model, "", record.independent_share, record.run)
        )
        session.inputs, session.adapted, session._changed_at = (
            record.inputs,
            record.adapted,
            record.changed_at,
        )
        session._refitter = Refitter(record.advised)
        return session

    def save(self) -> None:
        """Write what changed into the session's file, where it has one.

        Raises:
            OutputError: the folder cannot be written.
        """
        if self.file is not None:
            self.file.save(self.record())

    def note_fit(self) -> None:
        """Write what follows from the fit as it is, residuals and the model advised, into the
        session's file, where it has one.
        """
        if self.file is not None:
            self.file.note_fit(self.fit.residuals_px, self._refitter.held)

    @classmethod
    def load(cls, path: Path) -> Session:
        """Read a review from a GeoPackage, or from the JSON of earlier versions.

        Raises:
            InputError: the file cannot be read or is not a session.
        """
        return cls.from_record(load_record(Path(path)))

    # --- inside

    @property
    def _now(self) -> Snapshot:
        return self._history.now

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

    def _go(self, to: Snapshot | None, step: Callable[[], None]) -> None:
        self._streak = ""
        if to is None:
            return
        self._refuse_while_streaming()
        what = "model" if to.points is self._now.points else "points"
        step()
        self._changed(what)

    def _refuse_while_streaming(self, allowed: bool = False) -> None:
        if self._streamed is not None and not allowed:
            raise UsageError(
                "Points cannot be edited while a run is finding them.",
                "Wait for the run to end, or cancel it.",
            )

    def _changed(self, what: str, save: bool = True) -> None:
        """Save first, then tell the listeners: they learn of an edit even when it could not be
        saved.
        """
        self._fit = None
        try:
            if save:
                self._changed_at = datetime.now(timezone.utc)
                self.save()
        finally:
            for callback in list(self._listeners):
                callback(what)

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
