"""What adapting a network to a scene is asked, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import UsageError
from ..session.point import SessionPoint
from ..types import AlignRequest, Point

MIN_POINTS = 12


@dataclass(frozen=True)
class AdaptRequest:
    """What `engine.adapt.adapt` is asked to do.

    Attributes:
        align: The two rasters, and the matcher whose network is adapted, with the weights it starts
            from.
        reference_px: Places of the points in the reference.
        sensed_px: Their places in the sensed raster.
        output: The .safetensors file to write; its card lies beside it.
        minutes: Length of the training.
        steps: Length in steps instead, which another run repeats exactly; 0 = by minutes.
        seed: Of everything drawn.
    """

    align: AlignRequest
    reference_px: tuple[Point, ...]
    sensed_px: tuple[Point, ...]
    output: str
    minutes: float = 5.0
    steps: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse too few points and a length that is none."""
        if len(self.reference_px) != len(self.sensed_px):
            raise UsageError("Every point needs its two places.")
        if len(self.reference_px) < MIN_POINTS:
            raise UsageError(
                f"Adapting needs at least {MIN_POINTS} points in the fit, there are "
                f"{len(self.reference_px)}.",
                "Accept or add more points first.",
            )
        if not math.isfinite(self.minutes) or self.minutes <= 0 or self.steps < 0:
            raise UsageError("The length of the training must be positive.")


@dataclass(frozen=True)
class HeldBack:
    """What the matcher finds at the points held back, one by one, each within its search window;
    see `engine.adapt.adapt`.

    Attributes:
        near: Share (0..1) within 1.5 px of the point, working px.
        rmse_px: sqrt(mean squared distance), working px.
    """

    near: float
    rmse_px: float


@dataclass(frozen=True)
class AdaptResult:
    """What `engine.adapt.adapt` answers.

    Attributes:
        weights: File of the adapted weights; "" where they were no better and nothing was written.
        message: What came of it, in a sentence.
        trained: Points trained on.
        held_back: Points measured at.
        before: With the weights it started from.
        after: With the adapted ones.
        steps: Steps of training.
        minutes: How long the training took.
    """

    weights: str
    message: str
    trained: int
    held_back: int
    before: HeldBack
    after: HeldBack
    steps: int
    minutes: float


def adapt_points(points: Iterable[SessionPoint]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return the reference and the sensed places of the points in the fit, for `AdaptRequest`."""
    used = [p.tie_point for p in points if p.in_fit]
    return tuple(p.reference_px for p in used), tuple(p.sensed_px for p in used)
