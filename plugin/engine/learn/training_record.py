"""What a training leaves beside its weights: the card, and the curves of its loss and rates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..measure.figures import save_figure
from .train_request import TrainRequest

THRESHOLDS_PX = (1.0, 2.0, 3.0, 5.0)
_STYLES, _STYLE_NAMES = ("-", ":", "--"), ("line", "dotted", "dashed")


def card_of(
    request: TrainRequest,
    trainer: Any,
    elapsed_s: float,
    device: str,
    errors: NDArray[np.float64],
    sources: list[str],
) -> dict[str, Any]:
    """Return the card of weights: what they were trained on and how they do, in all and by source.

    Args:
        request: What was trained.
        trainer: The trainer, as it is now.
        elapsed_s: Length of the training so far.
        device: "cpu" or "cuda".
        errors: (N, measures) of the cases, px.
        sources: (N,) names.
    """
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
    return {f"CMR@{t:g}": round(float((errors <= t).mean()), 4) for t in THRESHOLDS_PX}


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
    each = len(THRESHOLDS_PX)
    validated = np.array(history["validated"]).reshape(-1, 2 + len(measures) * each)
    for i, threshold in enumerate(THRESHOLDS_PX):
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
