"""The state of a review: its points and their fit, its history, its file, and who is told of it.

Listeners are told after each change; the fit is computed when asked for and kept until then. While
a run streams its candidates they are shown, but the review behind them is neither edited nor saved
over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

from ..errors import UsageError
from ..fit.advisor import Advice
from ..geometry.grid import Grid
from ..types import RasterRef, TiePoint
from .file import SessionFile, load_record
from .fingerprint import Fingerprint
from .history import History, Snapshot
from .point import SessionPoint
from .record import Adapted, RunRecord, SessionRecord
from .refit import FitState, advise_points
from .refitting import Refitter

_State = TypeVar("_State", bound="SessionState")


class SessionState:
    """Points of one pair of rasters, as they are.

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
    def from_record(cls: type[_State], record: SessionRecord) -> _State:
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
    def load(cls: type[_State], path: Path) -> _State:
        """Read a review from a GeoPackage, or from the JSON of earlier versions.

        Raises:
            InputError: the file cannot be read or is not a session.
        """
        return cls.from_record(load_record(Path(path)))

    # --- inside

    @property
    def _now(self) -> Snapshot:
        return self._history.now

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
