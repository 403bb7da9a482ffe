"""The ground of one scene around its control points: what a network is trained on, what it is
measured at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import InputError
from ...core.fit import advisor, fitting
from ...core.fit.transforms import Transform
from ...core.progress import Progress
from ...core.run.adapting import AdaptRequest
from ...core.types import Modality
from ...matchers import PairMatcher, TemplateMatcher
from ..align.fine import match_templates
from ..align.place import pair_at
from ..align.results import prior_of
from ..read.pair import WorkingPair

if TYPE_CHECKING:
    from ...core.image import Image

Array = NDArray[np.float64]
TOO_LITTLE_GROUND = (
    "Add points further inside the overlap; on very small scenes there is nothing to learn from."
)
_SHARE, _BLOCKS, _MANY = 0.25, (4, 16), 100
_RADIUS_PX = 16
_WINDOWS_PX, _VALID = (320, 240, 192, 144, 112), 0.75
_GROUND = 0.6
_MOST_WINDOWS = 256


@dataclass(frozen=True, eq=False)
class Scene:
    """Points in working px, and the rasters as the fit puts the sensed one around each.

    Attributes:
        place: (N, 2) where the fit puts each point in the reference.
        goal: (N, 2) where each point is.
        pairs: N views of the two rasters.
        held: (N,) bool, held back.
    """

    place: Array
    goal: Array
    pairs: tuple[WorkingPair, ...]
    held: NDArray[np.bool_]


def hold_back(places: NDArray[np.float64], seed: int) -> NDArray[np.bool_]:
    """Choose the points to hold back: whole blocks of a k-d tree over (N, 2) places, a quarter of 4
    or, from 100 points on, of 16 blocks.
    """
    count = _BLOCKS[len(places) >= _MANY]
    blocks = [np.arange(len(places))]
    while len(blocks) < count:
        halves = []
        for block in blocks:
            axis = int(np.argmax(np.ptp(places[block], axis=0)))
            order = block[np.argsort(places[block, axis], kind="stable")]
            halves += [order[: len(order) // 2], order[len(order) // 2 :]]
        blocks = halves
    held = np.zeros(len(places), bool)
    for number in np.random.default_rng(seed).choice(count, round(_SHARE * count), replace=False):
        held[blocks[number]] = True
    return held


def split_scene(pair: WorkingPair, request: AdaptRequest) -> Scene:
    """Hold back some of the points of a request and fit a transform to the rest, by which all are
    placed.
    """
    reference, sensed = np.array(request.reference_px), np.array(request.sensed_px)
    held = hold_back(reference, request.seed)
    model = request.align.params.model
    prior = prior_of(pair)
    if model == "auto":
        model = advisor.advise(sensed[~held], reference[~held], prior=prior).best
    transform: Transform = fitting.fit(model, sensed[~held], reference[~held], prior=prior)
    fitted = transform.apply(sensed)
    return Scene(
        pair.working_from_reference_native(fitted),
        pair.working_from_reference_native(reference),
        tuple(
            pair_at(pair, transform, _point(r), _point(s))
            for r, s in zip(fitted, sensed, strict=True)
        ),
        held,
    )


def training_windows(scene: Scene, template_px: int, seed: int, progress: Progress) -> list[Any]:
    """Read a registered window around each point to train on, as `models.synthetic.Pair`: the
    largest with enough ground to learn from.
    """
    from ....models.training.synthetic import Pair

    rng = np.random.default_rng(seed)
    chosen = rng.permutation(np.flatnonzero(~scene.held))[:_MOST_WINDOWS]
    kept = scene.goal[scene.held]
    pairs = []
    for number, i in enumerate(chosen):
        progress.update(number / len(chosen))
        pair = scene.pairs[i]
        for side in _WINDOWS_PX:
            x, y = (int(v) for v in np.round(scene.place[i] - side / 2))
            reference, sensed = (
                pair.read_reference((x, y, side, side)),
                pair.read_sensed((x, y, side, side)),
            )
            mask = reference.mask & sensed.mask & ~_covered(kept, (x, y), side, template_px / 2.0)
            if mask.mean() >= _VALID:
                optical, sar = (
                    (reference, sensed)
                    if reference.modality is Modality.OPTICAL
                    else (sensed, reference)
                )
                pairs.append(Pair.make(_bytes(optical)[None], _bytes(sar), mask, "scene"))
                break
    if not pairs:
        raise InputError(
            "There is too little valid ground around the points to train on.", TOO_LITTLE_GROUND
        )
    return pairs


def _covered(places: Array, corner: tuple[int, int], side: int, reach: float) -> NDArray[np.bool_]:
    """Return (side, side): the pixels of a window within `reach` (along each axis) of one of the
    places, working px.
    """
    covered = np.zeros((side, side), bool)
    for x, y in places - corner:
        columns, rows = (
            slice(max(0, int(np.floor(v - reach))), max(0, int(np.ceil(v + reach)))) for v in (x, y)
        )
        covered[rows, columns] = True
    return covered


def _bytes(image: Image) -> NDArray[np.uint8]:
    return np.round(255.0 * np.clip(image.data, 0.0, 1.0)).astype(np.uint8)


def errors_at(
    matcher: TemplateMatcher | PairMatcher,
    scene: Scene,
    held: NDArray[np.int64],
    side: int,
    progress: Progress,
) -> Array:
    """Return (len(held),) how far from each point the matcher finds it, working px; NaN where there
    is too little ground.

    A template matcher finds it at the highest peak of one template, a pair matcher at its match
    nearest to the point; without one within a template's side the error is the search radius.
    """
    errors = np.full(len(held), np.nan)
    for number, i in enumerate(held):
        progress.update(number / len(held), "Measuring at the points held back")
        pair = scene.pairs[i]
        if isinstance(matcher, TemplateMatcher):
            found = match_templates(
                pair,
                matcher,
                np.round(scene.place[i])[None],
                side,
                _RADIUS_PX,
                4096,
                Progress(),
                forward_backward=False,
            )
            shift = np.array(found[0].shift) if found else None
        else:
            shift = _nearest_shift(pair, matcher, scene.place[i], side)
        if shift is not None:
            miss = float(np.hypot(*(scene.place[i] + shift - scene.goal[i])))
            errors[number] = miss if np.isfinite(miss) else _RADIUS_PX
    return errors


def _nearest_shift(
    pair: WorkingPair, matcher: PairMatcher, place: Array, side: int
) -> Array | None:
    """Return the shift (2,) of the match nearest to a place: infinite where none is near, None
    where there is too little ground.
    """
    low = (
        np.floor((place - side / 2 - matcher.margin_px) / matcher.grid_px).astype(int)
        * matcher.grid_px
    )
    reach = (
        np.ceil((place + side / 2 + matcher.margin_px - low) / matcher.grid_px).astype(int)
        * matcher.grid_px
    )
    window = (int(low[0]), int(low[1]), int(reach[0]), int(reach[1]))
    reference, sensed = pair.read_reference(window), pair.read_sensed(window)
    x, y = (int(v) for v in np.round(place - low - side / 2))
    if (
        min(image.mask[y : y + side, x : x + side].mean() for image in (reference, sensed))
        < _GROUND
    ):
        return None
    found = matcher.match(reference, sensed, float(_RADIUS_PX), (x, y, side, side))
    distance = np.hypot(*(found.sensed + low - place).T)
    if not len(distance) or distance.min() > side:
        return np.full(2, np.inf)
    nearest = int(distance.argmin())
    return np.asarray(found.reference[nearest] - found.sensed[nearest], dtype=np.float64)


def _point(xy: Array) -> tuple[float, float]:
    return float(xy[0]), float(xy[1])
