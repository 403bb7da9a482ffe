"""One control point under review: where it stands, what it is used for, and what was there before
the analyst.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from ..types import Covariance, Evidence, Point, TiePoint

CHECK_REASON = "check point"


@dataclass(frozen=True, eq=False)
class Seen:
    """What was measured at the place an analyst put a point.

    Attributes:
        score: Probability (0..1) that the match is right.
        covariance_px: 2x2 of `reference_px`, reference px squared.
        evidence: Similarity around it.
    """

    score: float
    covariance_px: Covariance
    evidence: Evidence


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
    """A tie point under review.

    Attributes:
        tie_point: Positions and flags as they are now.
        state: Where it stands.
        role: What it is used for.
        found: The tie point before the analyst touched it; None while it is untouched.
    """

    tie_point: TiePoint
    state: PointState = PointState.PREDICTED
    role: Role = Role.GCP
    found: TiePoint | None = None

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

    def as_reviewed(self) -> TiePoint:
        """Return the tie point with its flags as reviewed; a check point is disabled with the
        reason "check point".
        """
        return (
            self.tie_point
            if self.role is Role.GCP
            else replace(self.tie_point, enabled=False, reason=CHECK_REASON)
        )

    def changed(self, tie_point: TiePoint, state: PointState) -> SessionPoint:
        """Return the point with a new tie point and state; it remembers what was found."""
        return replace(self, tie_point=tie_point, state=state, found=self.found or self.tie_point)

    def undecided(self) -> SessionPoint:
        """Return the point as it was found, with the verdict of the filters; an added point is
        enabled as it is.
        """
        if self.state is PointState.ADDED or (
            self.found is None and self.state is not PointState.PREDICTED
        ):
            return replace(self, tie_point=replace(self.tie_point, enabled=True, reason=""))
        found = self.found or self.tie_point
        return replace(
            self,
            tie_point=replace(found, enabled=found.enabled or self.role is Role.CHECK),
            state=PointState.PREDICTED,
            found=None,
        )


def as_session_point(point: TiePoint | SessionPoint) -> SessionPoint:
    """Return a tie point as one under review; one that `as_reviewed` disabled becomes a check point
    again.
    """
    if isinstance(point, SessionPoint):
        return point
    if not point.enabled and point.reason == CHECK_REASON:
        return SessionPoint(replace(point, enabled=True, reason=""), role=Role.CHECK)
    return SessionPoint(point)


def misplaced(point: TiePoint) -> str:
    """Return why a tie point cannot be told from others or has no place, in words, or ""."""
    if isinstance(point.id, bool) or not 0 < point.id < 2**31:
        return f"the id {str(point.id)[:20]} is not a whole number from 1"
    return (
        ""
        if _is_finite(point.reference_px) and _is_finite(point.sensed_px)
        else "coordinates must be finite"
    )


def defect(point: TiePoint) -> str:
    """Return what makes a tie point from a file unusable, in words, or "" (a disabled one may have
    any score and covariance).
    """
    if not all(
        _is_finite(place) for place in (point.reference_map, point.sensed_map) if place is not None
    ):
        return "coordinates must be finite"
    if misplaced(point) or not point.enabled:
        return misplaced(point)
    if not math.isfinite(point.score):
        return "the score must be finite"
    (a, b), (c, d) = point.covariance_px
    if not (
        _is_finite((a, b))
        and _is_finite((c, d))
        and a > 0.0
        and d > 0.0
        and abs(b - c) <= 1e-9 * (a + d)
        and a * d > b * c
    ):
        return "the covariance is not positive definite"
    return ""


def _is_finite(place: Point) -> bool:
    return math.isfinite(place[0]) and math.isfinite(place[1])
