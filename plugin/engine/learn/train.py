"""Training of the networks on a dataset of aligned pairs: reads it, runs the steps, keeps what is
needed to resume, draws the curves.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import InputError, UsageError
from ...core.outputs import Outputs, output_folder
from ...core.progress import Progress
from ...matchers.network import fast_bfloat16
from ..measure.cases import load_colour_pair, make_case, place_of, read_index
from ..measure.figures import save_figure

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
_VALIDATE_EVERY, _SAVE_SECONDS = 600, 120.0
_THRESHOLDS_PX = (1.0, 2.0, 3.0, 5.0)
_STYLES, _STYLE_NAMES = ("-", ":", "--"), ("line", "dotted", "dashed")


@dataclass(frozen=True)
class TrainRequest:
    """What to train and for how long (`minutes` or `steps`).

    Attributes:
        network: Key of the network.
        dataset: Folder with an index.csv.
        output: Folder for checkpoints, curves, weights and card.
        preset: Preset or ablation of the network, see `TRAININGS` in its training module.
        minutes: Length of the training, over all resumed parts; None = by steps.
        steps: Number of steps; None = by minutes.
        resume: Go on from `output`.
        device: "cpu", "cuda" or "auto".
        seed: Of everything drawn.
        threads: CPU threads; None = all.
        bfloat16: Layers in bfloat16 (not those of kd_cfm); always so on a GPU that has it, faster
            on CPUs with AVX512-BF16 or AMX.
        start: Weights to begin with; None = at random.
        rate: Highest learning rate; None = the network's own, for weights at random.
        workers: Processes that draw the samples ahead; None = half of the processors on CUDA, none
            on a CPU.
    """

    network: str
    dataset: Path
    output: Path
    preset: str = "tiny"
    minutes: float | None = None
    steps: int | None = None
    resume: bool = False
    device: str = "auto"
    seed: int = 1
    threads: int | None = None
    bfloat16: bool = False
    start: Path | None = None
    rate: float | None = None
    workers: int | None = None


def train(request: TrainRequest, progress: Progress) -> dict[str, Any]:
    """Train, and leave `best.safetensors` (or the last one, see `Trainer.ships`) with its card,
    `last.pt`, `history.json` and `curves.png` in the output folder; `half.safetensors` is it again
    in half the bytes, as it ships.

    Returns:
        The card of the best weights.

    Raises:
        UsageError: unknown network or preset, no length, no learning rate, nothing to resume.
        InputError: the dataset cannot be read.
    """
    import torch

    from ....models.training.trainer import Recipe, TooLittleGroundError
    from ....models.weights import WeightsError, halved, load_weights, save_weights

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
    device = (
        ("cuda" if torch.cuda.is_available() else "cpu")
        if request.device == "auto"
        else request.device
    )
    if request.threads:
        torch.set_num_threads(request.threads)
    torch.manual_seed(request.seed)
    recipe = Recipe(
        seed=request.seed,
        shares=SHARES,
        bfloat16=request.bfloat16 or (device == "cuda" and fast_bfloat16(device)),
    )
    progress.update(0.0, "Reading the pairs")
    pairs = read_pairs(request.dataset, "train", getattr(training, "ACROSS_DATES", False))
    trainer = training.make_trainer(request.preset, pairs, recipe, device)
    if request.rate is not None:
        trainer.recipe = replace(trainer.recipe, rate=request.rate)
    before = _start(trainer, request) if request.start is not None else {}
    cases, sources = _validation(request.dataset, trainer.protocol, request.seed)
    elapsed, best, history = 0.0, -1.0, _empty_history()
    if request.resume:
        state = torch.load(last, map_location="cpu", weights_only=True)
        trainer.load(state["trainer"])
        elapsed, best, history, before = (
            state["elapsed"],
            state["best"],
            state["history"],
            state.get("before", {}),
        )
    began, saved, card = time.monotonic() - elapsed, time.monotonic(), {}
    running: list[tuple[float, float]] = []
    done = _fraction(request, trainer.steps, elapsed)
    with ExitStack() as stack:
        if workers := _workers(request, device):
            stack.callback(trainer.draw_ahead(workers).close)
        while done < 1.0 or not history["validated"]:
            try:
                running.append(trainer.step(done))
            except TooLittleGroundError as error:
                raise InputError(
                    "The pairs hold too little valid ground to train on.",
                    "Take larger pairs, or such with fewer gaps.",
                ) from error
            elapsed = time.monotonic() - began
            done = _fraction(request, trainer.steps, elapsed)
            if trainer.steps % 20 == 0:
                loss, hits = (float(v) for v in np.mean(running, axis=0))
                running = []
                history["steps"].append(trainer.steps)
                history["loss"].append(loss)
                history["hits"].append(hits)
                progress.update(
                    min(done, 1.0),
                    f"step {trainer.steps}, loss {loss:.2f}, within 1 px {100 * hits:.0f} %",
                )
            finished = done >= 1.0
            if trainer.steps % _VALIDATE_EVERY == 0 or finished:
                trainer.centre_offsets()
                net = trainer.averaged()
                errors = trainer.validate(net, cases)
                rates = [[float((part <= t).mean()) for t in _THRESHOLDS_PX] for part in errors.T]
                history["validated"].append(
                    [trainer.steps, elapsed, *(rate for part in rates for rate in part)]
                )
                score = float(np.mean([part[:3] for part in rates]))
                if score > best or trainer.ships == "last":
                    best = score
                    card = {**_card(request, trainer, elapsed, device, errors, sources), **before}
                    try:
                        save_weights(request.output / "best.safetensors", net.state_dict(), card)
                    except WeightsError as error:
                        raise InputError(
                            f"The training went astray: {error}",
                            "Look at curves.png; start anew, with another --seed.",
                        ) from error
                draw_curves(history, trainer.measures, request.output / "curves.png")
            if finished or time.monotonic() - saved > _SAVE_SECONDS:
                saved = time.monotonic()
                with Outputs([last, request.output / "history.json"]) as outputs:
                    torch.save(
                        {
                            "trainer": trainer.state(),
                            "elapsed": elapsed,
                            "best": best,
                            "history": history,
                            "before": before,
                        },
                        outputs.part(last),
                    )
                    outputs.part(request.output / "history.json").write_text(
                        json.dumps(history), encoding="utf-8"
                    )
                    outputs.deliver()
    tensors, card = load_weights(request.output / "best.safetensors", request.network)
    save_weights(
        request.output / "half.safetensors",
        halved(tensors),
        {**card, "stored_as": "float16 (validated in float32)"},
    )
    return card


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


def _empty_history() -> dict[str, Any]:
    return {"steps": [], "loss": [], "hits": [], "validated": []}


def _fraction(request: TrainRequest, steps: int, elapsed_s: float) -> float:
    return (
        steps / request.steps
        if request.steps is not None
        else elapsed_s / (60.0 * (request.minutes or 1.0))
    )


def read_pairs(dataset: Path, split: str, across_dates: bool = False) -> list[Any]:
    """Read the pairs of a split as `models.synthetic.Pair`; black corners of turned pictures are
    masked.

    Args:
        dataset: Folder with an index.csv.
        split: Its name.
        across_dates: Of places with pairs of two dates, the optical image of each date with the SAR
            of the other one too: harder pairs of ground that has changed.
    """
    from ....models.training.synthetic import Pair

    pairs: list[Pair] = []
    dates: dict[tuple[str, str], list[Pair]] = {}
    for row in read_index(dataset, split, None):
        optical, sar, turned = load_colour_pair(dataset, row)
        mask = None
        if turned:
            seen = ((sar > 0) & optical.any(axis=-1)).astype(np.uint8)
            seen = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
            mask = cv2.erode(seen, np.ones((7, 7), np.uint8)).astype(bool)
        bands = np.moveaxis(
            optical[..., ::-1], -1, 0
        )  # red, green, blue, as they are mixed to a grey value
        pairs.append(Pair.make(np.ascontiguousarray(bands), sar, mask, row["source"]))
        dates.setdefault(place_of(row), []).append(pairs[-1])
    if across_dates:
        for one, other in (p for p in dates.values() if len(p) == 2):
            if one.sar.shape == other.sar.shape and one.mask is None and other.mask is None:
                for a, b in ((one, other), (other, one)):
                    pairs.append(Pair.make(a.optical, b.sar, None, a.source))
    return pairs


def _validation(dataset: Path, protocol: str, seed: int) -> tuple[list[Any], list[str]]:
    from ....models.training.trainer import ValidationCase

    rows = read_index(dataset, "val", None)
    cases = []
    for number in range(len(rows)):
        case = make_case(dataset, rows, number, protocol, seed)
        reference, sensed = (a.astype(np.float32) / 255.0 for a in (case.reference, case.sensed))
        cases.append(ValidationCase(reference, sensed, case.truth))
    return cases, [r["source"] for r in rows]


def _card(
    request: TrainRequest,
    trainer: Any,
    elapsed_s: float,
    device: str,
    errors: NDArray[np.float64],
    sources: list[str],
) -> dict[str, Any]:
    import torch

    names = np.array(sources)

    def measured(part: NDArray[np.float64]) -> dict[str, Any]:
        others = {name: _rates(part[:, i]) for i, name in enumerate(trainer.measures) if i}
        return {**_rates(part[:, 0]), **others}

    return {
        "network": request.network,
        "preset": request.preset,
        "config": trainer.net.config.to_dict(),
        "data": {"pairs": len(trainer.pairs), "sources": sorted({p.source for p in trainer.pairs})},
        "steps": trainer.steps,
        "batch": trainer.recipe.batch,
        "rate": trainer.recipe.rate,
        "weights": f"running mean, {trainer.ships} of the validated ones",
        "seed": request.seed,
        "minutes": round(elapsed_s / 60.0, 1),
        "device": device,
        "torch": torch.__version__,
        "parameters": sum(p.numel() for p in trainer.net.parameters()),
        "validation": {
            "protocol": f"{trainer.measured}; {len(errors)} pairs of the val split",
            **measured(errors),
            **trainer.facts,
            "by_source": {s: measured(errors[names == s]) for s in sorted(set(sources))},
        },
    }


def _rates(errors: NDArray[np.float64]) -> dict[str, Any]:
    return {f"CMR@{t:g}": round(float((errors <= t).mean()), 4) for t in _THRESHOLDS_PX}


def draw_curves(history: dict[str, Any], measures: tuple[str, ...], path: Path) -> None:
    """Draw the loss and the validation rates (a line style a measure) over the steps as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(history["steps"], history["loss"], color="#bbbbbb", linewidth=0.8)
    if len(history["loss"]) > 10:
        width = max(5, len(history["loss"]) // 30)
        smooth = np.convolve(history["loss"], np.ones(width) / width, mode="valid")
        left.plot(history["steps"][width - 1 :], smooth, color="#1f4e79")
    left.set(xlabel="step", ylabel="training loss")
    each = len(_THRESHOLDS_PX)
    validated = np.array(history["validated"]).reshape(-1, 2 + len(measures) * each)
    for i, threshold in enumerate(_THRESHOLDS_PX):
        for j in range(len(measures)):
            label = f"≤ {threshold:g} px" if not j else None
            right.plot(
                validated[:, 0],
                100 * validated[:, 2 + j * each + i],
                marker=".",
                linestyle=_STYLES[j],
                color=f"C{i}",
                label=label,
            )
    styles = ", ".join(f"{_STYLE_NAMES[j]}: {name}" for j, name in enumerate(measures))
    right.set(xlabel="step", ylabel=f"validation pairs (%); {styles}", ylim=(0, 100))
    right.legend(loc="lower right", title="error")
    save_figure(figure, path)
