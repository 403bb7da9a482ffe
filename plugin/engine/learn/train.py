"""Training of the networks on a dataset of aligned pairs: reads it, runs the steps, keeps what is
needed to resume, draws the curves.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...core.errors import InputError, UsageError, need
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...matchers.network import fast_bfloat16
from .train_request import TrainRequest
from .training_data import read_cases, read_pairs
from .training_run import TrainingRun

NETWORKS = ("kd_cfm", "me_ssm", "msa_net", "regnet_mamba2", "soma")
SHARES = {
    "flood_s1s2": 0.35,
    "s1s2_west_us": 0.25,
    "sen12": 0.15,
    "vhr_1m": 0.17,
    "india_19m": 0.08,
}
_FILES = (
    "last.pt",
    "history.json",
    "curves.png",
    "best.safetensors",
    "best.json",
    "half.safetensors",
    "half.json",
)


def train(request: TrainRequest, progress: Progress) -> dict[str, Any]:
    """Train, and leave `best.safetensors` (or the last one, see `Trainer.ships`) with its card,
    `last.pt`, `history.json` and `curves.png` in the output folder; `half.safetensors` is it again
    in half the bytes, as it ships.

    Returns:
        The card of the best weights.

    Raises:
        UsageError: unknown network or preset, no length, no learning rate, nothing to resume.
        InputError: the dataset cannot be read.
        MissingDependencyError: torch is not installed.
    """
    need("Training", ("torch", "safetensors"))
    from ....models.weights import halved, load_weights, save_weights

    training = _training_module(request)
    device = _device_of(request)
    progress.update(0.0, "Reading the pairs")
    trainer = _trainer(training, request, device)
    before = _start(trainer, request) if request.start is not None else {}
    cases, sources = read_cases(request.dataset, trainer.protocol, request.seed)
    run = TrainingRun(request, trainer, device, cases, sources, before)
    if request.resume:
        run.resume()
    with ExitStack() as stack:
        if workers := _workers(request, device):
            stack.callback(trainer.draw_ahead(workers).close)
        run.run(progress)
    tensors, card = load_weights(request.output / "best.safetensors", request.network)
    save_weights(
        request.output / "half.safetensors",
        halved(tensors),
        {**card, "stored_as": "float16 (validated in float32)"},
    )
    return card


def _training_module(request: TrainRequest) -> Any:
    """Return the network's module of training, where the request can be met."""
    if request.network not in NETWORKS:
        raise UsageError(
            f"There is no network {request.network!r} to train.",
            f"Choose from {', '.join(NETWORKS)}.",
        )
    training = importlib.import_module(f"....models.{request.network}.training", __package__)
    if request.preset not in training.TRAININGS:
        raise UsageError(
            f"Unknown preset {request.preset!r}.", f"Choose from {', '.join(training.TRAININGS)}."
        )
    if (request.minutes is None) == (request.steps is None):
        raise UsageError("Give the length of the training.", "Use either --minutes or --steps.")
    if request.rate is not None and not 0.0 < request.rate < 1.0:
        raise UsageError(
            f"{request.rate} is no learning rate.",
            "Give --rate a value between 0 and 1, 0.0005 for instance.",
        )
    last = request.output / "last.pt"
    if last.exists() and not request.resume:
        raise UsageError(
            f"{request.output} already holds a training.",
            "Go on with --resume, or choose another folder.",
        )
    if request.resume and not last.exists():
        raise UsageError(f"There is nothing to resume in {request.output}.", "Leave --resume out.")
    output_folder(request.output, _FILES, [request.start] if request.start is not None else [])
    return training


def _device_of(request: TrainRequest) -> str:
    """Return the device; threads and seed are set."""
    import torch

    if request.threads:
        torch.set_num_threads(request.threads)
    torch.manual_seed(request.seed)
    if request.device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return request.device


def _trainer(training: Any, request: TrainRequest, device: str) -> Any:
    from ....models.training.trainer import Recipe

    recipe = Recipe(
        seed=request.seed,
        shares=SHARES,
        bfloat16=request.bfloat16 or (device == "cuda" and fast_bfloat16(device)),
    )
    pairs = read_pairs(request.dataset, "train", getattr(training, "ACROSS_DATES", False))
    trainer = training.make_trainer(request.preset, pairs, recipe, device)
    if request.rate is not None:
        trainer.recipe = replace(trainer.recipe, rate=request.rate)
    return trainer


def _workers(request: TrainRequest, device: str) -> int:
    able = sys.platform.startswith("linux")
    if request.workers and not able:
        raise UsageError(
            "Samples can be drawn by other processes on Linux only.", "Leave --workers out."
        )
    return (
        request.workers
        if request.workers is not None
        else (os.cpu_count() or 1) // 2
        if able and device == "cuda"
        else 0
    )


def _start(trainer: Any, request: TrainRequest) -> dict[str, Any]:
    """Begin with trained weights; return what the card says of them."""
    from ....models.weights import WeightsError, load_weights

    path = Path(request.start or "")
    try:
        tensors, card = load_weights(path, request.network)
        share = trainer.start_from(tensors)
    except (WeightsError, RuntimeError) as error:
        raise InputError(
            str(error),
            "Choose a .safetensors file of this network and preset, with its .json beside it.",
        ) from error
    return {
        "started_from": {
            **{k: card.get(k) for k in ("preset", "steps", "batch", "minutes", "seed", "sha256")},
            "share_of_parameters": round(share, 4),
        }
    }
