"""A review as it is kept: all there is besides its history."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..errors import AlignError, InputError
from ..fit.result import AlignResult, CoarseResult
from ..geometry.grid import Grid
from ..jsonable import from_jsonable, to_jsonable
from ..types import MODEL_LABELS, AlignParams, AlignRequest, Quality, RasterRef, Status
from .fingerprint import Fingerprint
from .point import SessionPoint, misplaced

FORMAT_VERSION = 2
_OURS = "Choose a file saved by this plugin."


@dataclass(frozen=True)
class RunRecord:
    """Where the points of a run come from.

    Attributes:
        params: Parameters of the run.
        status: How it ended.
        message: What it said.
        hint: What to do then.
        matcher: Key of the matcher that ran.
        model: Key of the model it chose.
        quality: Figures of that model, before the review.
        coarse: Answer of the coarse stage.
        evidence: Numbers on which acceptance was decided.
        timings_s: Seconds per stage.
        versions: Package name -> version, of the engine and of what kept the review.
        weights: File of the network's weights and SHA-256; None for matchers without.
        finished: When it ended, ISO 8601, UTC.
    """

    params: AlignParams
    status: Status
    message: str
    matcher: str
    model: str
    hint: str = ""
    quality: Quality | None = None
    coarse: CoarseResult | None = None
    evidence: dict[str, float] = field(default_factory=dict)
    timings_s: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    weights: Fingerprint | None = None
    finished: str = ""

    @classmethod
    def of(
        cls,
        result: AlignResult,
        weights: Fingerprint | None = None,
        finished: str = "",
        versions: dict[str, str] | None = None,
    ) -> RunRecord:
        """Return what is kept of a result besides its points."""
        r = result
        return cls(
            r.request.params,
            r.status,
            r.message,
            r.matcher,
            r.model,
            r.hint,
            r.quality,
            r.coarse,
            dict(r.evidence),
            dict(r.timings_s),
            {**r.versions, **(versions or {})},
            weights,
            finished,
        )


@dataclass(frozen=True)
class Adapted:
    """Weights of a network that were adapted to the scene of a review.

    Attributes:
        network: Key of the matcher.
        file: Name of the .safetensors file, which lies beside the review with its card.
    """

    network: str
    file: str

    def __post_init__(self) -> None:
        """Refuse a place elsewhere."""
        if (
            not self.network
            or not self.file.endswith(".safetensors")
            or any(c in self.file for c in "/\\:")
        ):
            raise InputError(f"{self.file[:60]!r} is not the name of a file of weights.", _OURS)


@dataclass(frozen=True, eq=False)
class SessionRecord:
    """A review at one moment.

    Attributes:
        reference: Reference raster.
        sensed: Sensed raster.
        reference_grid: Its native grid.
        sensed_grid: Its native grid.
        model: Model asked for, maybe "auto".
        independent_share: Independent matches per point, 0..1.
        points: All points.
        run: The run that found them, None for points from a file or the analyst.
        inputs: Fingerprints of reference and sensed file as they were; () where they are not known.
        adapted: Weights adapted to the scene, None where there are none.
        advised: Model the advisor held to when the automatic one was fitted last, "" = none.
        changed_at: When the analyst or a run changed it last, with its time zone; None where it is
            not known.
    """

    reference: RasterRef
    sensed: RasterRef
    reference_grid: Grid
    sensed_grid: Grid
    model: str
    independent_share: float
    points: tuple[SessionPoint, ...]
    run: RunRecord | None = None
    inputs: tuple[Fingerprint, ...] = ()
    adapted: Adapted | None = None
    advised: str = ""
    changed_at: datetime | None = None

    @property
    def request(self) -> AlignRequest:
        """What was asked of the run, with default parameters where there was none."""
        return AlignRequest(
            self.reference, self.sensed, self.run.params if self.run is not None else AlignParams()
        )

    def problem(self) -> str:
        """Return what makes a review from a file unusable, or ""."""
        if self.model not in MODEL_LABELS:
            return f"unknown model {self.model[:40]!r}"
        if self.advised not in ("", *MODEL_LABELS):
            return f"unknown model {self.advised[:40]!r}"
        if not 0.0 <= self.independent_share <= 1.0:
            return "the share of independent matches is not from 0 to 1"
        for name, grid in (("reference", self.reference_grid), ("sensed", self.sensed_grid)):
            if not all(map(math.isfinite, grid.geotransform)) or grid.pixel_area_map == 0.0:
                return f"the grid of the {name} raster is degenerate"
        for p in self.points:
            wrong = misplaced(p.tie_point) or (misplaced(p.found) if p.found is not None else "")
            if wrong:
                return f"point {str(p.id)[:20]}: {wrong}"
        return (
            ""
            if len({p.id for p in self.points}) == len(self.points)
            else "two points have the same id"
        )

    def checked(self) -> SessionRecord:
        """Return the record.

        Raises:
            InputError: it cannot be used.
        """
        problem = self.problem()
        if problem:
            raise InputError(f"Not a session: {problem}.", _OURS)
        return self

    def described(self) -> dict[str, Any]:
        """Return everything but the points as JSON types, by name."""
        return {
            "format": FORMAT_VERSION,
            "reference": to_jsonable(self.reference),
            "sensed": to_jsonable(self.sensed),
            "reference_grid": to_jsonable(self.reference_grid),
            "sensed_grid": to_jsonable(self.sensed_grid),
            "model": self.model,
            "independent_share": self.independent_share,
            "run": to_jsonable(self.run),
            "inputs": to_jsonable(self.inputs),
            "adapted": to_jsonable(self.adapted),
            "advised": self.advised,
            "changed_at": self.changed_at.isoformat() if self.changed_at is not None else None,
        }


def record_from(data: dict[str, Any], points: tuple[SessionPoint, ...]) -> SessionRecord:
    """Rebuild a record from what `described` made (or the JSON files of format 1, which lack run
    and inputs) and its points.

    Raises:
        InputError: when the data are not a session.
    """
    try:
        if data["format"] not in (1, FORMAT_VERSION):
            raise InputError(
                f"The session has format {str(data['format'])[:20]}, this version reads "
                f"1 to {FORMAT_VERSION}.",
                "Update the plugin.",
            )
        run, inputs, adapted, changed = (
            data.get("run"),
            data.get("inputs") or [],
            data.get("adapted"),
            data.get("changed_at"),
        )
        record = SessionRecord(
            from_jsonable(RasterRef, data["reference"]),
            from_jsonable(RasterRef, data["sensed"]),
            from_jsonable(Grid, data["reference_grid"]),
            from_jsonable(Grid, data["sensed_grid"]),
            str(data["model"]),
            from_jsonable(float, data["independent_share"]),
            points,
            from_jsonable(RunRecord, run) if run is not None else None,
            tuple(from_jsonable(Fingerprint, i) for i in inputs),
            from_jsonable(Adapted, adapted) if adapted is not None else None,
            str(data.get("advised") or ""),
            datetime.fromisoformat(changed).astimezone(timezone.utc) if changed else None,
        )
    except (
        KeyError,
        TypeError,
        ValueError,
        OverflowError,
        RecursionError,
        AttributeError,
        AlignError,
    ) as error:
        raise InputError(f"Not a session: {str(error)[:200]}.", _OURS) from error
    return record.checked()


def record_from_json(data: dict[str, Any]) -> SessionRecord:
    """Rebuild a record from a JSON file of format 1.

    Raises:
        InputError: when the data are not a session.
    """
    try:
        points = tuple(from_jsonable(SessionPoint, p) for p in data["points"])
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError, AlignError) as error:
        raise InputError(f"Not a session: {str(error)[:200]}.", _OURS) from error
    return record_from(data, points)
