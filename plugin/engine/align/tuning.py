"""The numbers that decide how a pair is matched, each with the measurement it comes from.

What decides whether an answer is believed is learnt: see `evidence` and `resources/calibrations`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...core.geometry.grid import Grid

# Sizes

WIDE_PX = 700
"""Longer side from which a working grid is wide: it then has room for more than one motion, is
matched by the matcher's larger templates, and filtered more widely. Decision 4 (a point is placed
at the supported peak below, where that is more accurate); the limit itself is not measured."""
SEARCH_RADIUS_PX = 8
"""How far from the common motion a template is searched, working px. Not measured; right answers
that need more are found by the coarse stage and the consensus before."""
MIN_VALID = 0.6
"""Share of a template that must be valid. Not measured."""
TEMPLATE_SHARE, LEAST_TEMPLATE_PX = 0.42, 32
"""Side of a template as a share of the shorter side of an image, and at least. Not measured."""

# Coarse stage

CLEAR = 6.0
"""Contrast by which no unrelated pair of the training split stands out: a shift alone is matched
where it does (decision 8: of 26 georeferenced pairs of `val` 22 / 21 / 20 / 20 within 3 px as they
lie and turned by up to 2, 5 and 10 degrees; 21 / 20 / 20 / 20 with the search at once)."""
ROTATION_LIMIT_DEG = 12.0
SCALE_LIMITS = (0.85, 1.15)
"""What is searched is what is promised; the limits are not measured."""
ROTATION_STEP_DEG, SCALE_STEPS = 3.0, 7
"""The first 63 hypotheses. Decision 10: 35 and 37 of 38 turned and scaled pairs of `val` within 5
and 8 px."""
SCALE_EACH_DEG = 1 / 60
"""A step of scale moves the corners about as far as one of a degree: geometry."""
HILLS, HILL_SHARE = 4, 0.7
"""Most hypotheses climbed from, and how high they must be beside the best. Decision 10: about 39
correlations in place of 93, with the same pairs found."""
PRIOR = 0.85
"""What a turned hypothesis counts where rasters are georeferenced. Not measured by itself."""
FIRST_SIDE_PX, LAST_SIDE_PX = 256, 512
"""Longer side of the reduced images of the coarse stage, first and last. Not measured."""
FEW_OTHERS = 20
"""Of fewer other hypotheses that can be compared none stands out. Not measured."""
FEW_SHIFTS = 25
"""Of fewer shifts that can be compared none stands out. Not measured."""
MIN_OVERLAP = 0.3
"""Share of the sensed image that must meet the reference at a shift. Not measured."""
AROUND_PX = 12
"""What a similarity is compared with, reduced px. That shifts ruled out for too little overlap do
not count there: of 98 plain shifts of the training split 92 within 8 px, 86 before."""
MOST_THREADS = 2
"""Hypotheses tried beside each other: more bring nothing, and of a network's features each takes
65 MB (decision 11)."""

# Attempts

SURE = 0.8
"""Probability from which no other coarse position is tried: decisions 8 and 9, measured with it."""
SAME_SHARE = 0.02
"""How far corners of one place may lie apart, of the diagonal: small images bear less rotation.
Decision 8: two runs over the 105 pairs of *georeferenced* with the same answers."""

# Common motion and matches

FIRST_TEMPLATES = 120
"""Templates of the first pass, which finds the common motion. Not measured."""
CLUSTERS, CLUSTER_TILE_PX = 16, 256
"""Where features are costly, clusters of nine in place of those. Not measured."""
SUPPORT = 3.0
"""Weight of the neighbours' surfaces beside a template's own. Decision 4; the weight is not
measured."""
REACH_WIDE, REACH_SMALL = 1.5, 3.0
"""Width of the neighbourhood, template spacings: a small image has room for one motion only. Not
measured."""
OWN_REACH_PX = 2
"""How far from the supported peak a template's own may lie. Not measured."""

# Filters

MAX_FORWARD_BACKWARD_PX = 2.0
"""Largest disagreement with the match back from the reference. Not measured."""
ROBUST_WIDE_PX, ROBUST_SMALL_PX = 6.0, 3.0
"""Scale of MAGSAC++: wide enough for the smooth distortion of the scene. Not measured."""
LOCAL_PX = 2.0
"""Largest departure from the motion of the nearest neighbours. Not measured."""
NEIGHBOURS = 8
"""How many neighbours those are. Not measured."""

# Memory

SMALLEST_TILE_PX = 64
"""Smallest tile that a memory budget may ask for (decision 15)."""


def is_wide(grid: Grid) -> bool:
    """Return whether a working grid has room for more than one motion."""
    return max(grid.size) > WIDE_PX
