"""The control points under review: states, reasons, undo and redo, autosave.

The session is a list of snapshots of immutable points; undoing is going back to an earlier snapshot, so that it can never
disagree with doing. Listeners are told after each change; the fit is computed when asked for and kept until then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from . import coords, fitting, quality
from .atomic import write_atomically
from .errors import AlignError, FitError, InputError, UsageError
from .jsonable import from_jsonable, to_jsonable
from .transforms import Transform
from .types import AlignResult, Grid, Point, Quality, RasterRef, Reason, TiePoint

FORMAT_VERSION = 1
_MAX_HISTORY = 500


class PointState(str, Enum):
    """Where a point stands in the review."""

    PREDICTED = "predicted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EDITED = "edited"
    ADDED = "added"


class Role(str, Enum):
    """What a point is used for."""

    GCP = "gcp"
    CHECK = "check"


@dataclass(frozen=True, eq=False)
class SessionPoint:
    """A tie point under review."""

    tie_point: TiePoint
    state: PointState = PointState.PREDICTED
    role: Role = Role.GCP

    @property
    def id(self) -> int:
        """Identifier of the tie point."""
        return self.tie_point.id

    @property
    def in_fit(self) -> bool:
        """Whether the point takes part in the fit."""
        return self.tie_point.enabled and self.role is Role.GCP

    @property
    def reason(self) -> str:
        """Why it does not, or ""."""
        return self.tie_point.reason


@dataclass(frozen=True, eq=False)
class FitState:
    """The fit to the points as they are.

    Attributes:
        model: Model fitted ("auto" is resolved).
        transform: None where there is no fit.
        quality: Figures, None where there is no fit.
        residuals_px: transform(sensed) - reference of all points, also those not in the fit, by id.
        check_rmse_px: RMSE at check points, None without any.
        message: Why there is no fit, or the advisor's reason.
    """

    model: str
    transform: Transform | None
    quality: Quality | None
    residuals_px: dict[int, Point]
    check_rmse_px: float | None
    message: str


@dataclass(frozen=True, eq=False)
class _Snapshot:
    points: tuple[SessionPoint, ...]
    model: str
    text: str


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
        self._history = [_Snapshot((), model, "")]
        self._at = 0
        self._listeners: list[Callable[[str], None]] = []
        self._fit: FitState | None = None
        self._streamed: tuple[SessionPoint, ...] | None = None
        self._independent_share = 1.0  # independent matches per point: overlapping templates share their errors

    # --- what is there

    @property
    def points(self) -> tuple[SessionPoint, ...]:
        """All points; those of the run while one streams."""
        return self._history[self._at].points if self._streamed is None else self._streamed

    @property
    def model(self) -> str:
        """Model asked for, maybe "auto"."""
        return self._history[self._at].model

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
        return [p.tie_point if p.role is Role.GCP else replace(p.tie_point, enabled=False, reason="check point") for p in self.points]

    @property
    def fit(self) -> FitState:
        """The fit to the points as they are now."""
        if self._fit is None:
            self._fit = self._compute_fit()
        return self._fit

    # --- what can be done

    def accept(self, ids: Iterable[int]) -> None:
        """Accept points: they take part in the fit, whatever a filter said."""
        self._edit(ids, "Accept", lambda p: replace(p, tie_point=replace(p.tie_point, enabled=True, reason=""), state=PointState.ACCEPTED))

    def reject(self, ids: Iterable[int], reason: str = Reason.USER.value) -> None:
        """Reject points; they stay visible with the reason."""
        self._edit(
            ids, "Reject", lambda p: replace(p, tie_point=replace(p.tie_point, enabled=False, reason=str(reason)), state=PointState.REJECTED)
        )

    def undecide(self, ids: Iterable[int]) -> None:
        """Put points back to predicted and enabled."""
        self._edit(ids, "Undecide", lambda p: replace(p, tie_point=replace(p.tie_point, enabled=True, reason=""), state=PointState.PREDICTED))

    def set_role(self, ids: Iterable[int], role: Role) -> None:
        """Make points control points or check points; a check point is measured, whatever a filter said."""

        def changed(p: SessionPoint) -> SessionPoint:
            point = replace(p.tie_point, enabled=True, reason="") if role is Role.CHECK else p.tie_point
            return replace(p, tie_point=point, role=role)

        self._edit(ids, "Change role", changed)

    def move(self, identifier: int, reference_px: Point | None = None, sensed_px: Point | None = None) -> None:
        """Move one or both ends of a point; it becomes edited and enabled."""

        def moved(p: SessionPoint) -> SessionPoint:
            t = p.tie_point
            return replace(p, tie_point=self._placed(t, reference_px or t.reference_px, sensed_px or t.sensed_px), state=PointState.EDITED)

        self._edit([identifier], "Move", moved)

    def add(self, reference_px: Point, sensed_px: Point) -> int:
        """Add a point and return its id."""
        identifier = max((p.id for p in self.points), default=0) + 1
        point = self._placed(TiePoint(identifier, reference_px, sensed_px), reference_px, sensed_px)
        self._push((*self.points, SessionPoint(point, PointState.ADDED)), self.model, "Add point")
        return identifier

    def replace_all(self, points: Iterable[TiePoint], text: str = "Import points") -> None:
        """Replace every point (an import); undoable."""
        self._push(tuple(SessionPoint(p) for p in points), self.model, text)

    def set_model(self, kind: str) -> None:
        """Choose the model, or "auto"."""
        if kind != self.model:
            self._push(self.points, kind, "Change model")

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
        """Replace the points by those of a finished run; undoable."""
        kept = len(result.enabled_points)
        if kept and "independent" in result.evidence:
            self._independent_share = min(result.evidence["independent"] / kept, 1.0)
        self._push(tuple(SessionPoint(p) for p in result.points), self.model, "Find tie points")

    # --- undo and redo

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to redo."""
        return self._at < len(self._history) - 1

    @property
    def undo_text(self) -> str:
        """Name of the edit that undo takes back."""
        return self._history[self._at].text if self.can_undo else ""

    def undo(self) -> None:
        """Take back the last edit."""
        if self.can_undo:
            self._at -= 1
            self._changed("points")

    def redo(self) -> None:
        """Do the edit again that was taken back last."""
        if self.can_redo:
            self._at += 1
            self._changed("points")

    # --- listeners, saving

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call `callback("points")` after each change; returns what ends it."""
        self._listeners.append(callback)

        def end() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return end

    def to_dict(self) -> dict[str, Any]:
        """Return the session as JSON types (without its history)."""
        return {
            "format": FORMAT_VERSION,
            "reference": to_jsonable(self.reference),
            "sensed": to_jsonable(self.sensed),
            "reference_grid": to_jsonable(self.reference_grid),
            "sensed_grid": to_jsonable(self.sensed_grid),
            "model": self.model,
            "independent_share": self._independent_share,
            "points": [to_jsonable(p) for p in self.points],
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
            session._independent_share = from_jsonable(float, data["independent_share"])
        except (KeyError, TypeError, AlignError) as error:
            raise InputError(f"Not a session: {error}.", "Choose a file saved by this plugin.") from error
        session._history = [replace(session._history[0], points=points)]
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

    def _edit(self, ids: Iterable[int], text: str, change: Callable[[SessionPoint], SessionPoint]) -> None:
        wanted = set(ids)
        if not wanted:
            return
        missing = wanted - {p.id for p in self.points}
        if missing:
            raise UsageError(f"There is no point {min(missing)}.")
        self._push(tuple(change(p) if p.id in wanted else p for p in self.points), self.model, text)

    def _push(self, points: tuple[SessionPoint, ...], model: str, text: str) -> None:
        self._history = [*self._history[: self._at + 1], _Snapshot(points, model, text)][-_MAX_HISTORY:]
        self._at = len(self._history) - 1
        self._changed("points")

    def _changed(self, what: str, save: bool = True) -> None:
        self._fit = None
        if save and self.autosave_path is not None:
            self.save(self.autosave_path)
        for callback in list(self._listeners):
            callback(what)

    def _placed(self, point: TiePoint, reference_px: Point, sensed_px: Point) -> TiePoint:
        """Return the point at new positions, with map coordinates where there is georeferencing; its evidence is stale."""
        reference_map = sensed_map = None
        if self.reference_grid.crs_wkt or self.reference_grid.geotransform != (0.0, 1.0, 0.0, 0.0, 0.0, 1.0):
            reference_map = tuple(coords.map_from_px(self.reference_grid.geotransform, [reference_px])[0].tolist())
            place = coords.map_from_px(self.sensed_grid.geotransform, [sensed_px])
            if self.sensed_to_reference is not None:
                place = self.sensed_to_reference(place)
            sensed_map = tuple(np.asarray(place)[0].tolist())
        return replace(
            point, reference_px=reference_px, sensed_px=sensed_px, reference_map=reference_map, sensed_map=sensed_map, enabled=True, reason="",
            covariance_px=((0.25, 0.0), (0.0, 0.25)),
        )

    def _compute_fit(self) -> FitState:
        used = [p.tie_point for p in self.points if p.in_fit]
        sensed, reference = coords.as_points([p.sensed_px for p in used]), coords.as_points([p.reference_px for p in used])
        covariances = np.array([p.covariance_px for p in used]).reshape(-1, 2, 2)
        gt = self.reference_grid.geotransform
        to_map = np.array([[gt[1], gt[2]], [gt[4], gt[5]]]) if self.reference_grid.crs_wkt else None
        area = float(self.reference_grid.width * self.reference_grid.height)
        message, model = "", self.model
        try:
            if model == "auto":
                advice = quality.advise(sensed, reference, covariances, area, to_map, independent=self._independent_share * len(used))
                model, message = advice.best, advice.why
            fit = fitting.fit_details(model, sensed, reference, covariances)
            figures = quality.assess(model, sensed, reference, covariances, area, to_map, fit)
        except FitError as error:
            return FitState(model, None, None, {}, None, str(error))
        ends = coords.as_points([p.tie_point.sensed_px for p in self.points])
        miss = fit.transform.apply(ends) - coords.as_points([p.tie_point.reference_px for p in self.points])
        residuals = {p.id: (float(m[0]), float(m[1])) for p, m in zip(self.points, miss, strict=True)}
        check = [residuals[p.id] for p in self.points if p.role is Role.CHECK and p.tie_point.enabled]
        return FitState(model, fit.transform, figures, residuals, quality.rmse(check) if check else None, message)
