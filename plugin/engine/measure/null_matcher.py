"""The null row of a bench: a matcher that sees nothing and answers "no displacement" everywhere.

No user is offered it. What such a matcher reaches through `align` is what everything but the
matcher reaches; a network is worth what it adds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...matchers import PairMatcher, PairMatches, register

if TYPE_CHECKING:
    from ...core.image import Image, Window

NULL = "null"
_SPACING_PX = 32


@dataclass(frozen=True)
class NullParams:
    """It has none."""


@register(
    key=NULL,
    label="Null",
    kind="pair",
    summary="Answers that nothing is displaced: what the rest of the pipeline reaches by itself.",
    params=NullParams,
    reference="none",
    rank=-1000,
    listed=False,
)
class NullMatcher(PairMatcher):
    """A tie point every 32 px of ground that both images show, where the sensed image lies
    already.
    """

    margin_px = 0
    independent_px = _SPACING_PX

    def match(
        self,
        reference: Image,
        sensed: Image,
        search_radius_px: float,  # noqa: ARG002
        wanted: Window | None = None,
    ) -> PairMatches:
        """Return the middle of each square, displaced by nothing, with score 1."""
        height, width = sensed.data.shape
        y, x = np.mgrid[
            _SPACING_PX // 2 : height : _SPACING_PX, _SPACING_PX // 2 : width : _SPACING_PX
        ]
        both = reference.mask & sensed.mask
        at = np.column_stack([x.ravel(), y.ravel()])
        at = at[both[at[:, 1], at[:, 0]]].astype(np.float64)
        if wanted is not None:
            low, high = np.array(wanted[:2]), np.array(wanted[:2]) + np.array(wanted[2:])
            at = at[((at >= low) & (at < high)).all(axis=1)]
        return PairMatches(reference=at, sensed=at.copy(), score=np.ones(len(at)))
