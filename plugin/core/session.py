"""The control points under review: states, reasons, undo and redo, autosave.

Listeners are told after each change; the fit is computed when asked for and kept until then. While a run
streams its candidates they are shown, but the review behind them is neither edited nor saved over.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from . import coords
from .atomic import write_atomically
from .errors import AlignError, InputError, UsageError
from .history import History, Snapshot
from .jsonable import from_jsonable, to_jsonable
from .qgis_points import is_referenced
from .quality import Advice
from .review_fit import FitState, advise_points, fit_points
from .session_point import PointState, Role, SessionPoint, as_session_point, misplaced
from .types import MODEL_LABELS, AlignResult, Grid, Point, RasterRef, Reason, TiePoint

__all__ = ["FORMAT_VERSION", "FitState", "PointState", "Role", "Session", "SessionPoint"]

FORMAT_VERSION = 1


class Session:
    """Points of one pair of rasters.

    Args:
        reference: Reference raster.
        sensed: Sensed raster.
        reference_grid: Its native grid.
        sensed_grid: Its native grid.
        model: Model or "auto".
        autosave_path: Written after each edit; None = no autosave.
        sensed_to_reference: (N, 2) in the sensed CRS -> the reference's CRS; None where they are the same.
    """

    def __init__(
        self,
        reference: RasterRef,
        sensed: RasterRef,
        reference_grid: Grid,
        sensed_grid: Grid,
        model: str = "auto",
        autosave_path: Path | None = None,
        sensed_to_reference: Callable[[Any], Any] | None = None,
    ) -> None:
        self.reference, self.sensed = reference, sensed
        self.reference_grid, self.sensed_grid = reference_grid, sensed_grid
        self.autosave_path = autosave_path
        self.sensed_to_reference = sensed_to_reference
        self._history = History(Snapshot((), model))
        self._listeners: list[Callable[[str], None]] = []
        self._fit: FitState | None = None
        self._streamed: tuple[SessionPoint, ...] | None = None

    # --- what is there

    @property
    def points(self) -> tuple[SessionPoint, ...]:
        """All points; those of the run while one streams."""
        return self._now.points if self._streamed is None else self._streamed

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
        """Return the tie points with their flags as reviewed; check points are disabled with the reason "check point"."""
        return [p.as_reviewed() for p in self.points]

    @property
    def fit(self) -> FitState:
        """The fit to the points as they are now."""
        if self._fit is None:
            self._fit = fit_points(self.points, self.model, self.reference_grid, self._now.independent_share)
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
        return advise_points(self.points, self.reference_grid, self._now.independent_share)

    # --- what can be done

    def accept(self, ids: Iterable[int]) -> None:
        """Accept points: they take part in the fit, whatever a filter said."""
        self._edit(ids, "Accept", lambda p: p.changed(replace(p.tie_point, enabled=True, reason=""), PointState.ACCEPTED))

    def reject(self, ids: Iterable[int], reason: str = Reason.USER.value) -> None:
        """Reject points; they stay visible with the reason."""
        why = reason.value if isinstance(reason, Reason) else str(reason)
        self._edit(ids, "Reject", lambda p: p.changed(replace(p.tie_point, enabled=False, reason=why), PointState.REJECTED))

    def undecide(self, ids: Iterable[int]) -> None:
        """Put points back to how they were found, with the verdict of the filters."""
        self._edit(ids, "Undecide", SessionPoint.undecided)

    def set_role(self, ids: Iterable[int], role: Role) -> None:
        """Make points control points or check points; a check point is measured, whatever a filter said."""

        def changed(p: SessionPoint) -> SessionPoint:
            point = replace(p.tie_point, enabled=True, reason="") if role is Role.CHECK else p.tie_point
            return replace(p, tie_point=point, role=role)

        self._edit(ids, "Change role", changed)

    def move(self, identifier: int, reference_px: Point | None = None, sensed_px: Point | None = None) -> None:
        """Move one or both ends of a point; it becomes edited and enabled.

        Raises:
            UsageError: no such point, or a place that is not finite.
        """

        def moved(p: SessionPoint) -> SessionPoint:
            t = p.tie_point
            placed = self._placed(t, t.reference_px if reference_px is None else reference_px, t.sensed_px if sensed_px is None else sensed_px)
            return p.changed(placed, PointState.EDITED)

        self._edit([identifier], "Move", moved)

    def add(self, reference_px: Point, sensed_px: Point) -> int:
        """Add a point and return its id.

        Raises:
            UsageError: a place that is not finite.
        """
        identifier = max((p.id for p in self.points), default=0) + 1
        point = self._placed(TiePoint(identifier, reference_px, sensed_px), reference_px, sensed_px)
        self._push((*self.points, SessionPoint(point, PointState.ADDED)), self.model, "Add point")
        return identifier

    def replace_all(self, points: Iterable[TiePoint | SessionPoint], text: str = "Import points") -> None:
        """Replace every point (an import, with states and roles where the points have them); undoable."""
        self._push(tuple(as_session_point(p) for p in points), self.model, text)

    def set_model(self, kind: str) -> None:
        """Choose the model, or "auto"; also while a run streams.

        Raises:
            UsageError: an unknown model.
        """
        if kind not in MODEL_LABELS:
            raise UsageError(f"Unknown model {kind!r}.", f"Choose one of: {', '.join(MODEL_LABELS)}.")
        if kind != self.model:
            self._push(self._now.points, kind, "Change model", while_streaming=True)

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

    def set_result(self, result: AlignResult) -> None:
        """Replace the points by those of a finished run, and end its stream; undoable."""
        kept, share = len(result.enabled_points), 1.0
        if kept and "independent" in result.evidence:
            share = min(result.evidence["independent"] / kept, 1.0)
        self._streamed = None
        self._push(tuple(SessionPoint(p) for p in result.points), self.model, "Find tie points", share)

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

    def to_dict(self) -> dict[str, Any]:
        """Return the review as JSON types, without its history and without the candidates of a run that streams."""
        return {
            "format": FORMAT_VERSION,
            "reference": to_jsonable(self.reference),
            "sensed": to_jsonable(self.sensed),
            "reference_grid": to_jsonable(self.reference_grid),
            "sensed_grid": to_jsonable(self.sensed_grid),
            "model": self.model,
            "independent_share": self._now.independent_share,
            "points": [to_jsonable(p) for p in self._now.points],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Session:
        """Rebuild a session.

        Raises:
            InputError: when the data are not a session.
        """
        try:
            if data["format"] != FORMAT_VERSION:
                raise InputError(f"The session has format {data['format']}, this version reads {FORMAT_VERSION}.", "Update the plugin.")
            session = cls(
                from_jsonable(RasterRef, data["reference"]), from_jsonable(RasterRef, data["sensed"]),
                from_jsonable(Grid, data["reference_grid"]), from_jsonable(Grid, data["sensed_grid"]), str(data["model"]),
            )
            points = tuple(from_jsonable(SessionPoint, p) for p in data["points"])
            share = from_jsonable(float, data["independent_share"])
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError, AlignError) as error:
            raise InputError(f"Not a session: {str(error)[:200]}.", "Choose a file saved by this plugin.") from error
        session._history = History(Snapshot(points, session.model, "", share))
        problem = session._problem()
        if problem:
            raise InputError(f"Not a session: {problem}.", "Choose a file saved by this plugin.")
        return session

    def save(self, path: Path) -> None:
        """Write the session, atomically.

        Raises:
            OutputError: the folder cannot be written.
        """
        write_atomically(Path(path), json.dumps(self.to_dict(), allow_nan=False))

    @classmethod
    def load(cls, path: Path) -> Session:
        """Read a session.

        Raises:
            InputError: the file cannot be read or is not a session.
        """
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"Cannot read the session {path}: {error}.", "Choose a file saved by this plugin.") from error
        if not isinstance(data, dict):
            raise InputError(f"{path} is not a session.", "Choose a file saved by this plugin.")
        return cls.from_dict(data)

    # --- inside

    @property
    def _now(self) -> Snapshot:
        return self._history.now

    def _edit(self, ids: Iterable[int], text: str, change: Callable[[SessionPoint], SessionPoint]) -> None:
        wanted = set(ids)
        if not wanted:
            return
        missing = wanted - {p.id for p in self.points}
        if missing:
            raise UsageError(f"There is no point {min(missing)}.")
        self._push(tuple(change(p) if p.id in wanted else p for p in self.points), self.model, text)

    def _push(self, points: tuple[SessionPoint, ...], model: str, text: str, share: float | None = None, while_streaming: bool = False) -> None:
        self._refuse_while_streaming(while_streaming)
        snapshot = Snapshot(points, model, text, self._now.independent_share if share is None else share)
        what = "model" if points is self._now.points else "points"
        self._history.push(snapshot)
        self._changed(what)

    def _go(self, to: Snapshot | None, step: Callable[[], None]) -> None:
        if to is None:
            return
        self._refuse_while_streaming()
        what = "model" if to.points is self._now.points else "points"
        step()
        self._changed(what)

    def _refuse_while_streaming(self, allowed: bool = False) -> None:
        if self._streamed is not None and not allowed:
            raise UsageError("Points cannot be edited while a run is finding them.", "Wait for the run to end, or cancel it.")

    def _changed(self, what: str, save: bool = True) -> None:
        """Save first, then tell the listeners: they learn of an edit even when it could not be saved."""
        self._fit = None
        try:
            if save and self.autosave_path is not None:
                self.save(self.autosave_path)
        finally:
            for callback in list(self._listeners):
                callback(what)

    def _problem(self) -> str:
        """Return what makes a session from a file unusable, or ""."""
        if self.model not in MODEL_LABELS:
            return f"unknown model {self.model[:40]!r}"
        if not 0.0 <= self._now.independent_share <= 1.0:
            return "the share of independent matches is not from 0 to 1"
        for name, grid in (("reference", self.reference_grid), ("sensed", self.sensed_grid)):
            gt = grid.geotransform
            if not all(math.isfinite(v) for v in gt) or gt[1] * gt[5] == gt[2] * gt[4]:
                return f"the grid of the {name} raster is degenerate"
        for p in self.points:
            wrong = misplaced(p.tie_point) or (misplaced(p.found) if p.found is not None else "")
            if wrong:
                return f"point {str(p.id)[:20]}: {wrong}"
        return "" if len({p.id for p in self.points}) == len(self.points) else "two points have the same id"

    def _placed(self, point: TiePoint, reference_px: Point, sensed_px: Point) -> TiePoint:
        """Return the point at new positions, with map coordinates where there is georeferencing; its evidence is stale."""
        reference_px, sensed_px = ((float(x), float(y)) for x, y in (reference_px, sensed_px))
        if not all(map(math.isfinite, (*reference_px, *sensed_px))):
            raise UsageError("A point cannot be put there: the place has no coordinates in the raster.", "Choose a place nearer to the rasters.")
        reference_map = sensed_map = None
        if is_referenced(self.reference_grid):
            reference_map = tuple(coords.map_from_px(self.reference_grid.geotransform, [reference_px])[0].tolist())
            place = coords.map_from_px(self.sensed_grid.geotransform, [sensed_px])
            if self.sensed_to_reference is not None:
                place = self.sensed_to_reference(place)
            sensed_map = tuple(np.asarray(place)[0].tolist())
        return replace(
            point, reference_px=reference_px, sensed_px=sensed_px, reference_map=reference_map, sensed_map=sensed_map, enabled=True, reason="",
            covariance_px=((0.25, 0.0), (0.0, 0.25)),
        )
