"""Refitting after each edit without asking the model advisor each time: it is slow, and one edit
seldom changes its mind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import FitError
from ..fit.advisor import Advice
from ..geometry.grid import Grid
from .point import SessionPoint
from .refit import FitState, advise_points, fit_points

AT_ONCE = 500  # up to so many points the advisor is asked at each fit
FIRST_AT_ONCE = 3000  # up to so many it is asked with all points at the first one


class Refitter:
    """Fits points under review; for many points and the automatic model, it goes on with the model
    advised last.

    Whoever shows the fit asks `advice_due`, lets `review_fit.advise_points` run beside, and hands
    its answer to `take`.

    Attributes:
        held: Model advised last, which is not left for little; "" = none.
        advice_due: Whether the advisor is to be asked for the points as they are.
    """

    def __init__(self, held: str = "") -> None:
        self._advice: Advice | None = None
        self._advised: Sequence[SessionPoint] = ()
        self.held = held
        self.advice_due = False

    def fit(
        self,
        points: Sequence[SessionPoint],
        model: str,
        grids: tuple[Grid, Grid],
        independent_share: float,
    ) -> FitState:
        """Fit a model ("auto": the advised one) to the points that are in the fit; see
        `review_fit.fit_points`.
        """
        used = [p for p in points if p.in_fit]
        if model != "auto" or len(used) <= AT_ONCE:
            self._advice, self.advice_due = None, False
            few = fit_points(points, model, grids, independent_share, self.held)
            self.held = few.model if model == "auto" and few.transform is not None else ""
            return few
        if self._advice is None:
            step = 1 if len(used) <= FIRST_AT_ONCE else -(-len(used) // AT_ONCE)
            try:
                self._advice = advise_points(
                    used[::step], grids, min(independent_share * step, 1.0), self.held
                )
            except FitError:
                self.advice_due = False
                return fit_points(
                    points, model, grids, independent_share
                )  # says in its message why there is no fit
            self._advised = points if step == 1 else ()
        self.advice_due, self.held = points is not self._advised, self._advice.best
        state = fit_points(points, self._advice.best, grids, independent_share)
        return state if state.transform is None else replace(state, message=self._advice.why)

    def take(self, points: Sequence[SessionPoint], advice: Advice) -> bool:
        """Take the advisor's answer for the points of the last fit; whether that fit must be made
        anew.
        """
        before, self._advice, self._advised, self.advice_due = self._advice, advice, points, False
        return before is None or (before.best, before.why) != (advice.best, advice.why)
