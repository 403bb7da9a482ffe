"""From working-grid candidates to tie points in native pixels, and the transform fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...core.errors import FitError
from ...core.fit import advisor, fitting, quality
from ...core.fit.prior import known_prior
from ...core.fit.quality import implausible
from ...core.fit.transforms import Transform
from ...core.geometry import coords
from ...core.types import Evidence, Point, Quality, Reason, TiePoint
from .evidence import Calibration, score_match

if TYPE_CHECKING:
    from ...matchers import PairMatches
    from ..read.pair import WorkingPair
    from .found import Found, TemplateMatch

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """The fitted model, or why there is none.

    Attributes:
        model: Key of the model (as asked, where none could be fitted).
        transform: sensed_px -> reference_px, or None.
        quality: Figures, or None.
        advice: Figures of all models.
        message: Why there is no fit, or the advisor's reason.
    """

    model: str
    transform: Transform | None
    quality: Quality | None
    advice: tuple[Quality, ...]
    message: str


def tie_points(pair: WorkingPair, found: Found, reasons: list[Reason]) -> tuple[TiePoint, ...]:
    """Make tie points of all candidates, disabled ones with their reason."""
    c = found.candidates
    if not len(c.sensed):
        return ()
    jacobians = reference_jacobian(pair, c.reference)
    if found.pairs is not None:
        evidence = _pair_evidence(found.pairs, jacobians, pair)
        working = found.pairs.covariance
        if working is None:
            working = np.tile(0.5 * np.eye(2), (len(c.sensed), 1, 1))
    else:
        evidence = [
            _evidence(m, jacobian, pair)
            for m, jacobian in zip(found.matches, jacobians, strict=True)
        ]
        working = np.array([m.peak.covariance for m in found.matches])
    return tuple(
        _make(pair, c.sensed, c.reference, c.score, working, jacobians, reasons, evidence, 0)
    )


def preview_points(
    pair: WorkingPair, matches: list[TemplateMatch], start: int, calibration: Calibration
) -> list[TiePoint]:
    """Make tie points of a finished tile, before any filter; ids go on from `start`."""
    sensed = np.array([m.centre for m in matches])
    reference = sensed + np.array([m.shift for m in matches])
    score = np.array([score_match(m, calibration) for m in matches])
    jacobians = reference_jacobian(pair, reference)
    covariances = np.array([m.peak.covariance for m in matches])
    reasons = [Reason.EDGE_PEAK if m.peak.at_edge else Reason.NONE for m in matches]
    return _make(pair, sensed, reference, score, covariances, jacobians, reasons, None, start)


def _make(
    pair: WorkingPair,
    sensed: Array,
    reference: Array,
    score: Array,
    covariances: Array,
    jacobians: Array,
    reasons: list[Reason],
    evidence: list[Evidence] | None,
    start: int,
) -> list[TiePoint]:
    sensed_px, reference_px = pair.sensed_native_px(sensed), pair.reference_native_px(reference)
    reference_map, sensed_map = pair.reference_map(reference_px), pair.sensed_map(sensed_px)
    points = []
    for i in range(len(sensed)):
        if not (np.isfinite(sensed_px[i]).all() and np.isfinite(reference_px[i]).all()):
            continue
        covariance = jacobians[i] @ covariances[i] @ jacobians[i].T
        points.append(
            TiePoint(
                start + i + 1,
                _point(reference_px[i]),
                _point(sensed_px[i]),
                None if reference_map is None else _point(reference_map[i]),
                None if sensed_map is None else _point(sensed_map[i]),
                float(score[i]),
                (_point(covariance[0]), _point(covariance[1])),
                reasons[i] == Reason.NONE,
                reasons[i].value,
                None if evidence is None else evidence[i],
            )
        )
    return points


def _point(values: Array) -> Point:
    return float(values[0]), float(values[1])


def reference_jacobian(pair: WorkingPair, working: Array) -> Array:
    """Return (N, 2, 2): d reference native px / d working px."""
    dx = pair.reference_native_px(working + [0.5, 0.0]) - pair.reference_native_px(
        working - [0.5, 0.0]
    )
    dy = pair.reference_native_px(working + [0.0, 0.5]) - pair.reference_native_px(
        working - [0.0, 0.5]
    )
    return np.stack([dx, dy], axis=2)


def _evidence(match: TemplateMatch, jacobian: Array, pair: WorkingPair) -> Evidence:
    corner = np.array([match.centre], dtype=np.float64) - match.radius
    origin = pair.reference_native_px(corner)[0]
    return Evidence(
        match.peak.value,
        match.peak.second,
        match.forward_backward_px,
        match.surface,
        _point(origin),
        (_point(jacobian[:, 0]), _point(jacobian[:, 1])),
    )


def _pair_evidence(
    found: PairMatches, jacobians: Array, pair: WorkingPair
) -> list[Evidence] | None:
    """Return what a pair matcher saw at each match; None where it tells nothing."""
    if found.peak is None:
        return None
    n = len(found.sensed)
    second = np.zeros(n) if found.second is None else found.second
    back = np.full(n, np.nan) if found.forward_backward is None else found.forward_backward
    origins = (
        None if found.surface_origin is None else pair.reference_native_px(found.surface_origin)
    )
    out = []
    for i in range(n):
        step = jacobians[i] * found.surface_step_px
        surface = None if found.surfaces is None else found.surfaces[i]
        origin = (0.0, 0.0) if origins is None else _point(origins[i])
        features = () if found.features is None else tuple(float(v) for v in found.features[i])
        out.append(
            Evidence(
                float(found.peak[i]),
                float(second[i]),
                float(back[i]),
                surface,
                origin,
                (_point(step[:, 0]), _point(step[:, 1])),
                features,
            )
        )
    return out


def independent_matches(pair: WorkingPair, points: tuple[TiePoint, ...], template_px: int) -> float:
    """Return how many templates that do not overlap fit into the area of the enabled points."""
    enabled = coords.as_points([p.reference_px for p in points if p.enabled])
    if len(enabled) < 3:
        return float(len(enabled))
    jacobian = reference_jacobian(pair, pair.grid.centre_px)[0]
    side = template_px * float(np.sqrt(abs(np.linalg.det(jacobian))))
    extent = np.ptp(enabled, axis=0) + side
    return float(min(len(enabled), np.prod(extent) / side**2))


def fit_points(
    pair: WorkingPair,
    points: tuple[TiePoint, ...],
    model: str,
    independent: float,
    radius_px: float,
) -> Fitted:
    """Fit the model asked for, or the advisor's choice, to the enabled points, which were searched
    within a radius (working px) of a common motion.
    """
    enabled = [p for p in points if p.enabled]
    sensed = coords.as_points([p.sensed_px for p in enabled])
    reference = coords.as_points([p.reference_px for p in enabled])
    covariances = np.array([p.covariance_px for p in enabled]).reshape(-1, 2, 2)
    jacobian = reference_jacobian(pair, pair.grid.centre_px)[0]
    to_map = None
    if pair.reference.is_georeferenced:
        to_map = pair.grid.linear @ np.linalg.inv(jacobian)
    prior = prior_of(pair)
    try:
        area = quality.coverable_area(
            sensed, reference, covariances, pair.reference.grid, pair.sensed.grid, prior
        )
        advice = advisor.advise(
            sensed, reference, covariances, area, to_map, independent=independent, prior=prior
        )
        key = advice.best if model == "auto" else model
        fit = fitting.fit_details(key, sensed, reference, covariances, prior=prior)
        figures = quality.assess(
            key, sensed, reference, covariances, area, to_map, fit, independent, prior
        )
    except FitError as error:
        return Fitted(
            model,
            None,
            None,
            (),
            f"No model can be fitted to the {len(enabled)} tie points left: {error.message}",
        )
    if reason := implausible(
        key,
        figures.fit_rmse_px,
        covariances,
        radius_px * float(np.sqrt(abs(np.linalg.det(jacobian)))),
    ):
        return Fitted(key, None, None, (), reason)
    return Fitted(key, fit.transform, figures, advice.qualities, advice.why)


def prior_of(pair: WorkingPair) -> Transform | None:
    """Return where the georeferencing of both rasters puts sensed px, reference px; see
    `core.prior`.
    """
    if not (pair.reference.is_georeferenced and pair.sensed.is_georeferenced):
        return None

    def place(sensed_px: Array) -> Array:
        ground = pair.sensed_map(sensed_px)
        return (
            np.full_like(sensed_px, np.nan)
            if ground is None
            else pair.reference.px_from_map(ground)
        )

    return known_prior(pair.reference.grid, pair.sensed.grid, place=place)
