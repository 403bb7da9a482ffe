"""Adapts a network to a scene: trains it on windows around accepted control points, keeps the
weights if points held back say so.

The scene is split into blocks of equally many points and a quarter of the blocks is held back.
Everything is learnt from the rest: the transform that tells which ground is the same, and the
network, which never sees ground that a template at a point held back covers.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import InputError, OutputError, UsageError
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.run.adapting import AdaptRequest, AdaptResult, HeldBack
from ...core.threads import threads_of
from ...core.types import Modality
from ...matchers import all_specs, create, get_spec
from ...matchers.network import NetworkMatcher
from ..align.find import coarse_guide
from ..align.fine import template_size
from ..read.input_files import files_of
from ..read.pair import open_pair
from .scene_windows import TOO_LITTLE_GROUND, errors_at, split_scene, training_windows
from .train import NETWORKS

Array = NDArray[np.float64]
NEAR_PX = 1.5
RATE = 2e-4  # a tenth of the training's
_GAIN = 0.95
_MOST_HELD, _FEWEST_HELD = 80, 3


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
    key, matcher = _network_of(request)
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
        scene = split_scene(pair, request)
        limits = coarse_guide(matcher).template_limits_px
        side = template_size(
            pair.grid.width, pair.grid.height, request.align.params.template_px, limits
        )
        held = np.random.default_rng(request.seed).permutation(np.flatnonzero(scene.held))[
            :_MOST_HELD
        ]
        pairs = training_windows(scene, side, request.seed, progress.part(0.0, 0.05))
        before = errors_at(matcher, scene, held, side, progress.part(0.05, 0.1))
        if np.isfinite(before).sum() < _FEWEST_HELD:
            hint = "Add points further inside the overlap."
            raise InputError(
                "There is too little valid ground around the points held back to measure by.", hint
            )
        steps, minutes, tensors = _train(matcher, key, pairs, request, progress.part(0.1, 0.95))
        after = errors_at(matcher, scene, held, side, progress.part(0.95, 1.0))
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


def _network_of(request: AdaptRequest) -> tuple[str, Any]:
    """Return key and matcher of a request.

    Raises:
        UsageError: the matcher has no network that can be adapted.
    """
    params = request.align.params
    spec = get_spec(params.matcher)
    matcher = create(spec.key, params.matcher_params, params.device)
    if not isinstance(matcher, NetworkMatcher) or spec.key not in NETWORKS:
        raise UsageError(
            f"{spec.label} cannot be adapted to a scene.",
            f"Choose one of: {', '.join(k for k in NETWORKS if k in all_specs())}.",
        )
    return spec.key, matcher


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
                "There is too little valid ground around the points to train on.", TOO_LITTLE_GROUND
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
