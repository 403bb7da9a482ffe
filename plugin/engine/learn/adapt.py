"""Adapts a network to a scene: trains it on windows around accepted control points, keeps the
weights if points held back say so.

The scene is split into blocks of equally many points and a quarter of the blocks is held back.
Everything is learnt from the rest: the transform that tells which ground is the same, and the
network, which never sees ground that a template at a point held back covers.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import InputError, OutputError, UsageError
from ...core.fit import fitting, quality
from ...core.fit.transforms import Transform
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.run.adapting import AdaptRequest, AdaptResult, HeldBack
from ...core.threads import threads_of
from ...core.types import Modality
from ...matchers import PairMatcher, TemplateMatcher, all_specs, create, get_spec
from ...matchers.network import NetworkMatcher
from ..align.find import coarse_guide
from ..align.fine import match_templates, template_size
from ..align.place import pair_at
from ..align.results import prior_of
from ..read.input_files import files_of
from ..read.pair import WorkingPair, open_pair
from .train import NETWORKS

if TYPE_CHECKING:
    from ...core.image import Image

Array = NDArray[np.float64]
NEAR_PX = 1.5
RATE = 2e-4  # a tenth of the training's
_HINT = (
    "Add points further inside the overlap; on very small scenes there is nothing to learn from."
)
_SHARE, _BLOCKS, _MANY = 0.25, (4, 16), 100
_RADIUS_PX = 16
_WINDOWS_PX, _VALID = (320, 240, 192, 144, 112), 0.75
_GAIN = 0.95
_GROUND = 0.6
_MOST_WINDOWS, _MOST_HELD, _FEWEST_HELD = 256, 80, 3


@dataclass(frozen=True, eq=False)
class _Scene:
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


def adapt(request: AdaptRequest, progress: Progress) -> AdaptResult:
    """Adapt the network of a matcher to a scene; the weights it starts from are never touched.

    Args:
        request: Rasters, points, length, output.
        progress: Told of progress, asked whether to stop.

    Returns:
        What was measured at the points held back, before and after. The weights are written only
        where the distances from the points held back shrank in the mean by more than two standard
        errors of the difference, their RMSE by 5 % at least, and no fewer points are within 1.5 px.

    Raises:
        UsageError: the matcher has no network that can be adapted, or the scene is none of optical
        and SAR.
        InputError: too little ground around the points.
        OutputError: the weights cannot be written.
    """
    spec = get_spec(request.align.params.matcher)
    matcher = create(spec.key, request.align.params.matcher_params, request.align.params.device)
    if not isinstance(matcher, NetworkMatcher) or spec.key not in NETWORKS:
        raise UsageError(
            f"{spec.label} cannot be adapted to a scene.",
            f"Choose one of: {', '.join(k for k in NETWORKS if k in all_specs())}.",
        )
    read = [request.align.reference.path, request.align.sensed.path]
    weights = str(request.align.params.matcher_params.get("weights", ""))
    output_folder(
        Path(request.output).parent,
        [
            f"{Path(request.output).stem}{suffix}"
            for suffix in (Path(request.output).suffix, ".json")
        ],
        [*read, weights, *files_of(read)],
    )
    matcher.use_threads(threads_of(request.align.params))
    progress.update(0.0, "Reading the windows around the points")
    with open_pair(request.align) as pair:
        if {pair.reference.modality, pair.sensed.modality} != {Modality.OPTICAL, Modality.SAR}:
            raise UsageError(
                "Adapting needs an optical and a SAR raster.", "Declare the sensor of each."
            )
        scene = _split(pair, request)
        limits = coarse_guide(matcher).template_limits_px
        side = template_size(
            pair.grid.width, pair.grid.height, request.align.params.template_px, limits
        )
        held = np.random.default_rng(request.seed).permutation(np.flatnonzero(scene.held))[
            :_MOST_HELD
        ]
        pairs = _windows(scene, side, request.seed, progress.part(0.0, 0.05))
        before = _errors(matcher, scene, held, side, progress.part(0.05, 0.1))
        if np.isfinite(before).sum() < _FEWEST_HELD:
            hint = "Add points further inside the overlap."
            raise InputError(
                "There is too little valid ground around the points held back to measure by.", hint
            )
        steps, minutes, tensors = _train(
            matcher, spec.key, pairs, request, progress.part(0.1, 0.95)
        )
        after = _errors(matcher, scene, held, side, progress.part(0.95, 1.0))
    measured = np.isfinite(before)  # whether there is enough ground does not depend on the weights
    was, now = _figures(before[measured]), _figures(after[measured])
    better = _is_better(before[measured], after[measured])
    result = AdaptResult(
        request.output if better else "",
        _message(better, was, now, int(measured.sum())),
        int((~scene.held).sum()),
        int(measured.sum()),
        was,
        now,
        steps,
        minutes,
    )
    if better:
        _write(matcher, tensors, result, request)
    progress.update(1.0, "Done")
    return result


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


def _split(pair: WorkingPair, request: AdaptRequest) -> _Scene:
    reference, sensed = np.array(request.reference_px), np.array(request.sensed_px)
    held = hold_back(reference, request.seed)
    model = request.align.params.model
    prior = prior_of(pair)
    if model == "auto":
        model = quality.advise(sensed[~held], reference[~held], prior=prior).best
    transform: Transform = fitting.fit(model, sensed[~held], reference[~held], prior=prior)
    fitted = transform.apply(sensed)
    return _Scene(
        pair.working_from_reference_native(fitted),
        pair.working_from_reference_native(reference),
        tuple(
            pair_at(pair, transform, _point(r), _point(s))
            for r, s in zip(fitted, sensed, strict=True)
        ),
        held,
    )


def _windows(scene: _Scene, template_px: int, seed: int, progress: Progress) -> list[Any]:
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
        raise InputError("There is too little valid ground around the points to train on.", _HINT)
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


def _errors(
    matcher: TemplateMatcher | PairMatcher,
    scene: _Scene,
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
    apart = np.hypot(*(found.sensed + low - place).T)
    if not len(apart) or apart.min() > side:
        return np.full(2, np.inf)
    nearest = int(apart.argmin())
    return np.asarray(found.reference[nearest] - found.sensed[nearest], dtype=np.float64)


def _train(
    matcher: Any, key: str, pairs: list[Any], request: AdaptRequest, progress: Progress
) -> tuple[int, float, dict[str, Any]]:
    """Train the network of a matcher, in place; return steps, minutes and the weights."""
    import torch

    training = importlib.import_module(f"....models.{key}.training", __package__)
    from ....models.training.trainer import Recipe, TooLittleGroundError

    preset = str(matcher.card.get("preset"))
    if preset not in training.TRAININGS:
        raise UsageError(
            f"The weights were trained as {preset!r}, which cannot be gone on with.",
            "Start from the weights that came with the plugin.",
        )
    device = matcher.torch_device.type
    torch.manual_seed(request.seed)
    trainer = training.make_trainer(
        preset,
        pairs,
        Recipe(seed=request.seed, bfloat16=device == "cuda" and matcher.bfloat16),
        device,
    )
    if trainer.net.config != matcher.net.config:
        raise UsageError(
            f"The weights were trained with an older form of the network {preset!r}.",
            "Start from the weights that came with the plugin.",
        )
    trainer.recipe = replace(trainer.recipe, rate=RATE, refine=False)
    trainer.start_from(matcher.net.state_dict())
    began, done = time.monotonic(), 0.0
    while done < 1.0:
        progress.update(done, f"Adapting: step {trainer.steps + 1}")
        try:
            trainer.step(done)
        except TooLittleGroundError as error:
            raise InputError(
                "There is too little valid ground around the points to train on.", _HINT
            ) from error
        elapsed_s = time.monotonic() - began
        done = (
            trainer.steps / request.steps if request.steps else elapsed_s / (60.0 * request.minutes)
        )
    matcher.net = trainer.averaged()
    return trainer.steps, round((time.monotonic() - began) / 60.0, 2), matcher.net.state_dict()


def _figures(errors: Array) -> HeldBack:
    return HeldBack(
        round(float((errors <= NEAR_PX).mean()), 4), round(float(np.sqrt((errors**2).mean())), 3)
    )


def _is_better(before: Array, after: Array) -> bool:
    """Whether the errors (N,) shrank clearly: see `adapt`."""
    gain, (was, now) = before - after, (_figures(before), _figures(after))
    error = float(gain.std(ddof=1)) / np.sqrt(len(gain))
    return bool(
        gain.mean() > 2.0 * error and now.rmse_px <= _GAIN * was.rmse_px and now.near >= was.near
    )


def _message(better: bool, before: HeldBack, after: HeldBack, count: int) -> str:
    figures = (
        f"At {count} points held back {100 * before.near:.0f} % were found within "
        f"{NEAR_PX} px before and {100 * after.near:.0f} % after,"
        f" RMSE {before.rmse_px:.2f} px before and {after.rmse_px:.2f} px after."
    )
    what = (
        "The adapted weights are better and are kept."
        if better
        else "That is no clear gain: the weights stay as they were."
    )
    return f"{figures} {what}"


def _write(
    matcher: Any, tensors: dict[str, Any], result: AdaptResult, request: AdaptRequest
) -> None:
    from ....models.weights import save_weights

    old = matcher.card
    card = {
        name: old[name]
        for name in ("network", "preset", "config", "parameters", "calibration")
        if name in old
    }
    card["adapted"] = {
        "reference": Path(request.align.reference.path).name,
        "sensed": Path(request.align.sensed.path).name,
        "points": result.trained,
        "held_back": result.held_back,
        "before": vars(result.before),
        "after": vars(result.after),
        "near_px": NEAR_PX,
        "rate": RATE,
        "steps": result.steps,
        "minutes": result.minutes,
        "seed": request.seed,
    }
    card["started_from"] = {
        name: old.get(name) for name in ("sha256", "steps", "minutes", "validation")
    }
    try:
        save_weights(Path(request.output), tensors, card)
    except OSError as error:
        raise OutputError(
            f"The adapted weights cannot be written: {error}.", "Choose a folder you may write to."
        ) from error


def _point(xy: Array) -> tuple[float, float]:
    return float(xy[0]), float(xy[1])
