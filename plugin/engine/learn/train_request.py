"""What is asked of a training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
