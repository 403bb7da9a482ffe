"""What matching finds: tie-point candidates in working px, and the match behind each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ...matchers import PairMatches
    from ...matchers.parts.similarity import Peak

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TemplateMatch:
    """One template's answer.

    Attributes:
        centre: Template centre, working px (corner origin).
        shift: Sub-pixel shift to the reference at the peak.
        peak: Peak analysis on the surface.
        surface: (2r + 1, 2r + 1) float32 similarity, shift 0 in the middle; -inf where undefined.
        forward_backward_px: Disagreement with the match back from the reference; NaN where there is
            none.
        energy: See `similarity.Surface`.
    """

    centre: tuple[float, float]
    shift: tuple[float, float]
    peak: Peak
    surface: NDArray[np.float32]
    forward_backward_px: float
    energy: float = 1.0

    @property
    def radius(self) -> int:
        """Search radius in px."""
        return int(self.surface.shape[0] // 2)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Tie points before filtering, in working px.

    Attributes:
        sensed: (N, 2) positions in the corrected sensed image.
        reference: (N, 2) positions in the reference.
        score: (N,) 0..1.
        at_edge: (N,) peak at the edge of its search window.
        forward_backward: (N,) px; NaN where not checked.
    """

    sensed: Array
    reference: Array
    score: Array
    at_edge: NDArray[np.bool_]
    forward_backward: Array


@dataclass(frozen=True, eq=False)
class Found:
    """Candidates and the match behind each, of a template matcher (`matches`) or of a pair matcher
    (`pairs`).

    `template_px` is the side of the ground that one match looks at.
    """

    candidates: Candidates
    matches: list[TemplateMatch] = field(default_factory=list)
    template_px: int = 1
    pairs: PairMatches | None = None
