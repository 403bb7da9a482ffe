"""Training of a network: the state to resume from, learning rate, running mean of the weights,
choice of pairs. What is learnt: subclasses.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .drawing import DrawnAhead
from .synthetic import Pair

T = TypeVar("T")
_REFUSED_LIMIT = 400
_WARM_UP, _LAST_RATE = 0.02, 0.01
_OFFSET_LIMIT_PX, _OFFSET_RATE = 3.0, 0.15


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        batch: Samples a step.
        rate: Highest learning rate (AdamW, warm-up and cosine).
        decay: Weight decay.
        average: Decay of the running mean of the weights, which is what is measured and shipped.
        refine: Re-estimate the truth of each cell of the data with the network.
        bfloat16: Compute the network's layers in bfloat16 (scans, similarity and loss stay in
            float32).
        seed: Of everything drawn.
        shares: Source -> share of the samples; sources not named share what is left by their area.
    """

    batch: int = 8
    rate: float = 2e-3
    decay: float = 1e-4
    average: float = 0.998
    refine: bool = True
    bfloat16: bool = False
    seed: int = 1
    shares: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ValidationCase:
    """A pair with known truth: (H, W) float32 images in 0..1; `truth` is 3x3, sensed px ->
    reference px (corner origin).
    """

    reference: NDArray[np.float32]
    sensed: NDArray[np.float32]
    truth: NDArray[np.float64]


class TooLittleGroundError(ValueError):
    """Pairs hold so little valid ground that no samples can be cut from them."""


class Trainer:
    """A network in training; subclasses say what a step learns and how validation measures.

    Args:
        net: The network; `net.config` is what its class is made from.
        pairs: Training pairs; their `offsets` are refined where the subclass does so.
        recipe: How.
        device: "cpu" or "cuda".
    """

    protocol: ClassVar[str] = "shift"
    """Cases of validation: "shift" or "affine", see `cases` of the bench."""
    measures: ClassVar[tuple[str, ...]] = ("error",)
    """Names of the errors `validate` gives for each case."""
    ships: ClassVar[str] = "best"
    """Which of the validated running means is kept: the "best" one, or the "last" one, that of the
    whole schedule.
    """
    measured: ClassVar[str] = ""
    """What those errors are, for the card."""

    def __init__(
        self, net: nn.Module, pairs: list[Pair], recipe: Recipe, device: str = "cpu"
    ) -> None:
        self.device, self.recipe, self.pairs = device, recipe, pairs
        self.net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.mean = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        plain = [p for n, p in self.net.named_parameters() if n.endswith("a_log") or p.ndim <= 1]
        kept = {id(p) for p in plain}
        others = [p for p in self.net.parameters() if id(p) not in kept]
        groups = [
            {"params": others, "weight_decay": recipe.decay},
            {"params": plain, "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=recipe.rate)
        self.seed = recipe.seed
        self.rng = np.random.default_rng(recipe.seed)
        """For what `learn` draws; begun anew at each step."""
        self.steps = 0
        self.ahead: DrawnAhead | None = None
        self.facts: dict[str, Any] = {}
        """What else `validate` measured over all cases, for the card."""
        self.weights = self._weights()

    def _weights(self) -> NDArray[np.float64]:
        area = np.array([p.sar.size for p in self.pairs], dtype=np.float64)
        weights = np.zeros(len(self.pairs))
        sources = np.array([p.source for p in self.pairs])
        named = {s: v for s, v in self.recipe.shares.items() if (sources == s).any()}
        rest = ~np.isin(sources, list(named))
        left = max(0.0, 1.0 - sum(named.values())) if rest.any() else 0.0
        for source, share in named.items():
            mine = sources == source
            weights[mine] = share * area[mine] / area[mine].sum()
        if rest.any():
            weights[rest] = left * area[rest] / area[rest].sum()
        return weights / weights.sum()

    def draw_pair(self, rng: np.random.Generator) -> int:
        """Return the number of a pair, drawn by the shares of the sources."""
        return int(rng.choice(len(self.pairs), p=self.weights))

    @staticmethod
    def draw_enough(count: int, draw: Callable[[], T], enough: Callable[[T], bool]) -> list[T]:
        """Draw `count` samples; those that do not hold enough valid ground are drawn anew.

        Raises:
            TooLittleGroundError: hardly any sample does.
        """
        samples: list[T] = []
        refused = 0
        while len(samples) < count:
            sample = draw()
            if enough(sample):
                samples.append(sample)
                continue
            refused += 1
            if refused > _REFUSED_LIMIT * (len(samples) + 1):
                raise TooLittleGroundError(
                    "there is too little valid ground in the pairs to train on"
                )
        return samples

    def draw(self, fraction: float, rng: np.random.Generator) -> Any:
        """Draw a batch, on the CPU and without the network; `fraction` of the training is done."""
        raise NotImplementedError

    def batch_of(self, step: int, fraction: float) -> Any:
        """Return the batch of a step: the same whoever draws it, and whether the training was
        interrupted or not.
        """
        return self.draw(fraction, np.random.default_rng([self.seed, step]))

    def draw_ahead(self, workers: int) -> DrawnAhead:
        """Have the batches drawn by other processes from now on; `close` of what is returned ends
        them.
        """
        self.ahead = DrawnAhead(self, workers)
        return self.ahead

    def learn(self, batch: Any, fraction: float) -> tuple[Tensor, float]:
        """Return the mean loss of a drawn batch, to be minimised, and its share of hits (0..1).

        `fraction` of the training is done.
        """
        raise NotImplementedError

    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, len(measures)): errors in px of each case; inf where there is no answer."""
        raise NotImplementedError

    def step(self, fraction: float) -> tuple[float, float]:
        """Learn from one batch.

        Args:
            fraction: Share of the training done, for learning rate and refinement of the truth.

        Returns:
            Mean loss and share of hits.
        """
        rate = self.recipe.rate * min(
            fraction / _WARM_UP,
            1.0,
            _LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(fraction, 1.0))),
        )
        for group in self.optimiser.param_groups:
            group["lr"] = max(rate, 1e-6)
        self.net.train()
        batch = (
            self.ahead.take(self.steps, fraction)
            if self.ahead
            else self.batch_of(self.steps, fraction)
        )
        self.rng = np.random.default_rng([self.seed, self.steps, 1])
        loss, hits = self.learn(batch, fraction)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        if torch.isfinite(loss):
            self.optimiser.step()
        self.steps += 1
        keep = min(self.recipe.average, self.steps / (self.steps + 10.0))
        for name, value in self.net.state_dict().items():
            if value.is_floating_point():
                self.mean[name].lerp_(value, 1.0 - keep)
            else:
                self.mean[name].copy_(value)
        return float(loss.detach()), hits

    def refine(self, pair: int, cell: tuple[int, int], miss: NDArray[np.float64]) -> None:
        """Move the offset of a pair's cell towards where the network finds it; `miss` in px of the
        source, (2,).
        """
        offsets = self.pairs[pair].offsets
        offsets[cell] = np.clip(
            offsets[cell] - _OFFSET_RATE * miss, -_OFFSET_LIMIT_PX, _OFFSET_LIMIT_PX
        )

    def centre_offsets(self) -> None:
        """Take the mean offset of each source away: the network must not learn a shift common to a
        source.
        """
        for source in {p.source for p in self.pairs}:
            mine = [p for p in self.pairs if p.source == source]
            mean = np.concatenate([p.offsets.reshape(-1, 2) for p in mine]).mean(axis=0)
            for pair in mine:
                pair.offsets -= mean

    def state(self) -> dict[str, Any]:
        """Return everything needed to go on, as tensors and plain values."""
        return {
            "net": self.net.state_dict(),
            "mean": self.mean,
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
            "seed": self.seed,
            "offsets": [torch.from_numpy(p.offsets) for p in self.pairs],
        }

    def start_from(self, tensors: dict[str, Tensor]) -> float:
        """Begin with the weights of a trained network; return the share of this one's parameters
        that they are.

        Raises:
            RuntimeError: they are not this network's.
        """
        self.net.load_state_dict(tensors)
        self._begin_mean()
        return 1.0

    def _begin_mean(self) -> None:
        self.mean = {k: v.detach().clone() for k, v in self.net.state_dict().items()}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self.net.load_state_dict(state["net"])
        self.mean = {k: v.to(self.device) for k, v in state["mean"].items()}
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps, self.seed = state["steps"], state["seed"]
        for pair, offsets in zip(self.pairs, state["offsets"], strict=True):
            pair.offsets[:] = offsets.numpy()

    def averaged(self) -> Any:
        """Return the network with the running mean of the weights."""
        net = type(self.net)(self.net.config).to(
            device=self.device, memory_format=torch.channels_last
        )
        net.load_state_dict(self.mean)
        return net.eval()
