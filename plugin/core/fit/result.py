"""What a registration answers.

Convention: see `core.types`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..geometry.grid import Grid
from ..types import AlignRequest, Point, Quality, Status, TiePoint
from .transforms import Transform


@dataclass(frozen=True)
class CoarseResult:
    """The answer of the coarse stage: where the sensed raster lies before any tie point.

    Attributes:
        matrix: 3x3 similarity as rows, working-grid px as georeferenced -> working-grid px as
            found.
        rotation_deg: Rotation found, counter-clockwise on screen is negative (y down).
        scale: Scale found.
        shift_map: Shift at the scene's centre in map units (pixels without georeferencing).
        score: Similarity at the best hypothesis.
        contrast: Height of the best peak over the other hypotheses, in robust standard deviations.
    """

    matrix: tuple[tuple[float, float, float], ...]
    rotation_deg: float
    scale: float
    shift_map: Point
    score: float
    contrast: float


@dataclass(frozen=True, eq=False)
class AlignResult:
    """What `align` returns.

    Attributes:
        request: What was asked.
        status: ok or no_reliable_alignment (errors are raised).
        message: One plain sentence for the user.
        hint: What to do next, or "".
        matcher: Key of the matcher that ran.
        model: Key of the model chosen.
        points: All tie points, also the disabled ones with their reason.
        transform: sensed_px -> reference_px, None when refused.
        quality: Figures of the chosen model, None when refused.
        advice: Figures of every model that could be fitted, in order of complexity.
        coarse: Answer of the coarse stage.
        reference_grid: Native grid of the reference file.
        sensed_grid: Native grid of the sensed file (its CRS is the sensed file's own).
        evidence: Named numbers on which acceptance or refusal was decided.
        timings_s: Seconds per stage.
        versions: Package name -> version.
        notes: What else the user should know of the input, a sentence or two each.
    """

    request: AlignRequest
    status: Status
    message: str
    matcher: str
    model: str
    points: tuple[TiePoint, ...]
    transform: Transform | None
    quality: Quality | None
    advice: tuple[Quality, ...]
    coarse: CoarseResult | None
    reference_grid: Grid
    sensed_grid: Grid
    hint: str = ""
    evidence: dict[str, float] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def enabled_points(self) -> tuple[TiePoint, ...]:
        """The points that are in the fit."""
        return tuple(p for p in self.points if p.enabled)
