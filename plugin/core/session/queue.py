"""Which point to look at next: the one that may do the most harm, by influence and doubt.

For a point i of the fit, with leverage h (0..1), leave-one-out error e (px) and calibrated score p
(probability that the match is right), and s the spread of the leave-one-out errors (Rayleigh, from
their median):

    doubt      d = (1-p) W / ((1-p) W + p R),  R = exp(-e^2 / 2 s^2) / (2 pi s^2),
               W = 1 / (pi (10 s)^2)
    influence  h sqrt(e^2 + s^2)
    priority   d h sqrt(e^2 + s^2), px

d is the probability that the match is wrong, given its score and how far from it the other points
expect it, where right matches scatter normally and wrong ones lie anywhere within ten spreads. h e
is what the fit at the point moves when the point is left out. The priority is thus the expected
displacement, in reference px, that a wrong match causes at its own place.

Points a filter has put out influence nothing: they come after those of the fit, the least doubtful
first, for they may be losses. Points that the analyst has judged come last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..fit.fits import Fit
from .point import PointState, Role, SessionPoint

Array = NDArray[np.float64]
_REACH = 10.0  # a wrong match lies within so many spreads
_RAYLEIGH_MEDIAN = 1.1774  # median of a Rayleigh distribution over its parameter
_LEAST_SPREAD_PX = 0.05
_SURE = 0.999


@dataclass(frozen=True)
class Standing:
    """Where a point stands in the queue.

    Attributes:
        rank: From 1; 0 for points already judged.
        priority_px: Expected displacement of the map if the match is wrong, px; 0 for points out of
            the fit.
        doubt: Probability (0..1) that the match is wrong; NaN where there is no fit.
        leverage: Of the fit, 0..1; 0 for points out of it.
        loo_px: Length of the leave-one-out error; of the residual for points out of the fit; NaN
            where undetermined.
    """

    rank: int
    priority_px: float
    doubt: float
    leverage: float
    loo_px: float


@dataclass(frozen=True, eq=False)
class Queue:
    """The order of a review.

    Attributes:
        order: Ids of the points still to be judged, the most urgent first.
        standings: Of every point, by id.
        reviewed: How many the analyst has judged.
        total: How many there are to judge: those the filters kept, and those judged whatever a
            filter said.
    """

    order: tuple[int, ...]
    standings: dict[int, Standing]
    reviewed: int
    total: int


NO_QUEUE = Queue((), {}, 0, 0)


def is_reviewed(point: SessionPoint) -> bool:
    """Return whether the analyst has judged a point."""
    return point.state is not PointState.PREDICTED or point.role is Role.CHECK


def doubt(score: ArrayLike, error_px: ArrayLike, spread_px: float) -> Array:
    """Return (N,) probability that a match is wrong; see the module's formula.

    Args:
        score: (N,) probability that it is right, before its error is known.
        error_px: (N,) leave-one-out error lengths; where NaN, the score alone speaks.
        spread_px: Rayleigh parameter of the errors of right matches.
    """
    p = np.clip(np.asarray(score, dtype=np.float64), 1.0 - _SURE, _SURE)
    e = np.asarray(error_px, dtype=np.float64) / spread_px
    # log of the odds of wrong to right; 2 s^2 / (10 s)^2 is W / R at e = 0
    evidence = np.where(
        np.isfinite(e), np.log(2.0 / _REACH**2) + np.minimum(np.nan_to_num(e) ** 2 / 2, 500.0), 0.0
    )
    log_odds = np.log((1.0 - p) / p) + evidence
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -500.0, 500.0))))


def spread_of(errors_px: ArrayLike) -> float:
    """Return the Rayleigh parameter of error lengths from their median, at least 0.05 px; 1 px
    where there is none.
    """
    e = np.asarray(errors_px, dtype=np.float64)
    e = e[np.isfinite(e)]
    return max(float(np.median(e)) / _RAYLEIGH_MEDIAN, _LEAST_SPREAD_PX) if len(e) else 1.0


def make_queue(
    points: Sequence[SessionPoint], fit: Fit | None, residuals_px: dict[int, tuple[float, float]]
) -> Queue:
    """Order points for review.

    Args:
        points: All points.
        fit: Fit to those with `in_fit`, in their order; None where there is no fit: the lowest
            scores come first then.
        residuals_px: transform(sensed) - reference by id.
    """
    n = len(points)
    score = np.array([p.tie_point.score for p in points], dtype=np.float64)
    inside = np.array([p.in_fit for p in points], dtype=bool)
    done = np.array([is_reviewed(p) for p in points], dtype=bool)
    leverage, error = np.zeros(n), np.full(n, np.nan)
    spread = 1.0
    if fit is not None and int(inside.sum()) == len(fit.leverage):
        lost = fit.leave_one_out()
        leverage[inside], error[inside] = fit.leverage, np.hypot(lost[:, 0], lost[:, 1])
        spread = spread_of(error[inside])
        out = [np.hypot(*residuals_px.get(p.id, (np.nan, np.nan))) for p in points if not p.in_fit]
        error[~inside] = np.asarray(out, dtype=np.float64)
    wrong = doubt(score, error, spread)
    priority = wrong * leverage * np.sqrt(np.nan_to_num(error) ** 2 + spread**2)
    urgent = np.where(inside, priority if fit is not None else wrong, 1.0 - wrong)
    ranking = [int(i) for i in np.lexsort((-urgent, ~inside)) if not done[i]]
    rank = np.zeros(n, dtype=int)
    rank[ranking] = np.arange(1, len(ranking) + 1)
    columns = (rank.tolist(), priority.tolist(), wrong.tolist(), leverage.tolist(), error.tolist())
    standings = {
        p.id: Standing(*row) for p, row in zip(points, zip(*columns, strict=True), strict=True)
    }
    return Queue(
        tuple(points[i].id for i in ranking), standings, int(done.sum()), int((done | inside).sum())
    )


class Trail:
    """The way through a queue: next is the most urgent point not yet passed by, previous the one
    seen before.
    """

    def __init__(self) -> None:
        self._seen: list[int] = []
        self._at = -1

    def go_to(self, identifier: int) -> None:
        """Note that a point is looked at, chosen by the queue or by hand."""
        if 0 <= self._at < len(self._seen) and self._seen[self._at] == identifier:
            return
        self._seen = [*(i for i in self._seen[: self._at + 1] if i != identifier), identifier]
        self._at = len(self._seen) - 1

    def next(self, order: Sequence[int]) -> int | None:
        """Return the point to look at next, None where none is left; once all were passed by, they
        come again.
        """
        if self._at + 1 < len(self._seen):
            return self._seen[self._at + 1]
        here = self._seen[self._at] if self._seen else None
        passed: Collection[int] = set(self._seen)
        fresh = next((i for i in order if i not in passed), None)
        if fresh is None:
            fresh = next((i for i in order if i != here), None)
        return fresh

    def previous(self) -> int | None:
        """Return the point looked at before, None at the start."""
        return self._seen[self._at - 1] if self._at > 0 else None

    def step(self, by: int, order: Sequence[int], known: Collection[int]) -> int | None:
        """Go to the next (by > 0) or previous point and return it; None where there is none.

        Args:
            by: Direction.
            order: `Queue.order`.
            known: Ids that exist; others are forgotten.
        """
        if any(i not in known for i in self._seen):
            kept = [i for i in self._seen[: self._at + 1] if i in known]
            self._seen, self._at = kept, len(kept) - 1
        to = self.next(order) if by > 0 else self.previous()
        if to is None:
            return None
        if by < 0:
            self._at -= 1
        elif self._at + 1 < len(self._seen):
            self._at += 1
        else:
            self.go_to(to)
        return to
