"""The sessions that are open, one a pair of rasters, and the run that streams into one of them."""

from __future__ import annotations

from functools import partial

from ..core.errors import UsageError
from ..core.fit.result import AlignResult
from ..core.session.session import Session
from ..core.types import AlignRequest, RasterRef, TiePoint
from ..store.session_store import (
    adopt,
    new_session,
    note_inputs,
    pair_key,
    relocate,
    run_record,
    take_grids,
)
from .desk import ReviewDesk


class ReviewSessions:
    """Lays one of them on the desk."""

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk
        self._open: dict[str, Session] = {}

    def open(self, reference: RasterRef, sensed: RasterRef, model: str) -> Session:
        """Make the session of a pair the current one: the open one, else a new one; an earlier file
        is kept aside.

        Raises:
            UsageError: a run is finding points for another pair.
            AlignError: a raster cannot be read.
        """
        key = pair_key(reference, sensed)
        session = self._open.get(key)
        if self._desk.streaming is not None and session is not self._desk.streaming:
            raise UsageError(
                "Tie points of another pair are being found.",
                "Wait for the end of the run, or cancel it.",
            )
        if session is None:
            session = new_session(reference, sensed, model)
            self._open[key] = session
        self._desk.lay(session)
        return session

    def show_pair(self, reference: RasterRef | None, sensed: RasterRef | None) -> bool:
        """Show the open session of a pair, or nothing; whether there is one."""
        session = (
            self._open.get(pair_key(reference, sensed))
            if reference is not None and sensed is not None
            else None
        )
        if session is not self._desk.session:
            self._desk.lay(session)
        return session is not None

    def restore(self, session: Session) -> None:
        """Make a session read from a file the current one."""
        self._desk.guarded(lambda: adopt(session))
        self._open[pair_key(session.reference, session.sensed)] = session
        self._desk.lay(session)

    def relocate(self) -> None:
        """Keep the sessions beside the project that was just saved."""
        for session in self._open.values():
            self._desk.guarded(partial(relocate, session))

    def forget(self) -> None:
        """Let go of all sessions: their project is closed. They are in their files."""
        self.end_stream(None)
        self._open.clear()
        self._desk.lay(None)

    # --- a run

    def begin_stream(self) -> None:
        """Show a run's candidates in place of the points until its end."""
        if self._desk.session is not None:
            self._desk.streaming = self._desk.session
            self._desk.session.begin_stream()

    def stream(self, points: list[TiePoint]) -> None:
        """Show more candidates."""
        if self._desk.streaming is not None:
            self._desk.streaming.add_predicted(points)

    def end_stream(self, result: AlignResult | None) -> None:
        """Show the result, or the points from before where there is none."""
        session, self._desk.streaming = self._desk.streaming, None
        if session is None:
            return
        session.end_stream()
        if result is not None:
            self._take_layers(session, result.request)
            note_inputs(session)
            self._desk.guarded(lambda: session.set_result(result, run_record(result)))
        self._desk.refresh()

    def _take_layers(self, session: Session, request: AlignRequest) -> None:
        """Go on with the bands and the CRS that were matched, where they are not those of
        before.
        """
        if (session.reference, session.sensed) == (request.reference, request.sensed):
            return
        session.reference, session.sensed = request.reference, request.sensed
        self._desk.guarded(lambda: take_grids(session))
        if session is self._desk.session:
            self._desk.lay(session)
