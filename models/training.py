"""Training of a network for template matching: one step, the state to resume from, validation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .losses import registration_loss
from .me_ssm import MeSsm
from .similarity import slide_fft
from .synthetic import Pair, Sample, SampleSize, draw

_REFINE_FROM, _REFINE_RATE, _REFINE_REACH_PX, _OFFSET_LIMIT_PX = 0.3, 0.15, 3.0, 3.0
_WARM_UP, _LAST_RATE = 0.02, 0.01


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        batch: Samples a step.
        rate: Highest learning rate (AdamW, warm-up and cosine).
        decay: Weight decay.
        hinge: Weight of the hard negatives; 0 leaves them out.
        spread: Weight of the peak emphasis.
        sigma: Width of the soft label in px.
        average: Decay of the running mean of the weights, which is what is measured and shipped.
        refine: Re-estimate the truth of each cell of the data with the network.
        bfloat16: Compute the network's layers in bfloat16 (scans, similarity and loss stay in float32).
        seed: Of everything drawn.
        shares: Source -> share of the samples; sources not named share what is left by their area.
    """

    batch: int = 8
    rate: float = 2e-3
    decay: float = 1e-4
    hinge: float = 1.0
    spread: float = 0.5
    sigma: float = 1.0
    average: float = 0.998
    refine: bool = True
    bfloat16: bool = False
    seed: int = 1
    shares: dict[str, float] = field(default_factory=dict)


class Trainer:
    """A network in training.

    Args:
        net: The network.
        pairs: Training pairs; their `offsets` are refined.
        recipe: How.
        device: "cpu" or "cuda".
        window_px: Side of the optical windows.
        templates_px: Sides of the SAR templates; one is drawn for each batch.
    """

    def __init__(self, net: MeSsm, pairs: list[Pair], recipe: Recipe, device: str = "cpu", window_px: int = 128, templates_px: tuple[int, ...] = (96,)) -> None:
        self.device, self.recipe, self.pairs = device, recipe, pairs
        self.window_px, self.templates_px = window_px, templates_px
        self.net = net.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.mean = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        plain = [p for n, p in self.net.named_parameters() if n.endswith("a_log") or p.ndim <= 1]
        kept = {id(p) for p in plain}
        others = [p for p in self.net.parameters() if id(p) not in kept]
        groups = [{"params": others, "weight_decay": recipe.decay}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=recipe.rate)
        self.rng = np.random.default_rng(recipe.seed)
        self.steps = 0
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

    def draw(self) -> list[Sample]:
        """Draw a batch; samples with too little valid ground are drawn anew."""
        samples: list[Sample] = []
        size = SampleSize(self.window_px, int(self.rng.choice(self.templates_px)))
        while len(samples) < self.recipe.batch:
            sample = draw(self.pairs, int(self.rng.choice(len(self.pairs), p=self.weights)), size, self.rng)
            if float(sample.template_mask.mean()) > 0.7 and float(sample.window_mask.mean()) > 0.6:
                samples.append(sample)
        return samples

    def step(self, fraction: float) -> tuple[float, float]:
        """Learn from one batch.

        Args:
            fraction: Share of the training done, for learning rate and refinement of the truth.

        Returns:
            Mean loss and share of the batch whose peak is within 1 px of the truth.
        """
        rate = self.recipe.rate * min(fraction / _WARM_UP, 1.0, _LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(fraction, 1.0))))
        for group in self.optimiser.param_groups:
            group["lr"] = max(rate, 1e-6)
        samples = self.draw()
        truth = torch.tensor([s.truth for s in samples], device=self.device)
        self.net.train()
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.recipe.bfloat16):
            window = self._describe([s.window for s in samples], [s.window_mask for s in samples], "optical")
            template = self._describe([s.template for s in samples], [s.template_mask for s in samples], "sar")
        similarity = slide_fft(template.float(), window.float())
        r = self.recipe
        loss = registration_loss(similarity, truth, self.net.log_scale, r.hinge, r.spread, r.sigma).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        if torch.isfinite(loss):
            self.optimiser.step()
        self.steps += 1
        keep = min(self.recipe.average, self.steps / (self.steps + 10.0))
        for name, value in self.net.state_dict().items():
            self.mean[name].lerp_(value, 1.0 - keep)
        missed = (peaks(similarity.detach()) - truth).cpu().numpy()
        if r.refine and fraction > _REFINE_FROM:
            self._refine(samples, missed)
        return float(loss.detach()), float((np.hypot(*missed.T) <= 1.0).mean())

    def _describe(self, images: list[Tensor], masks: list[Tensor], modality: str) -> Tensor:
        features: Tensor = self.net(torch.stack(images).to(self.device), modality).features
        return features * torch.stack(masks).to(self.device)

    def _refine(self, samples: list[Sample], missed: NDArray[np.float64]) -> None:
        """Move each cell's offset towards where the network finds the peak."""
        for sample, miss in zip(samples, missed, strict=True):
            if sample.pair >= 0 and np.hypot(*miss) < _REFINE_REACH_PX:
                offsets = self.pairs[sample.pair].offsets
                new = offsets[sample.cell] - _REFINE_RATE * (sample.to_source @ miss)
                offsets[sample.cell] = np.clip(new, -_OFFSET_LIMIT_PX, _OFFSET_LIMIT_PX)

    def centre_offsets(self) -> None:
        """Take the mean offset of each source away: the network must not learn a shift common to a source."""
        for source in {p.source for p in self.pairs}:
            mine = [p for p in self.pairs if p.source == source]
            mean = np.concatenate([p.offsets.reshape(-1, 2) for p in mine]).mean(axis=0)
            for pair in mine:
                pair.offsets -= mean

    def state(self) -> dict[str, Any]:
        """Return everything needed to go on, as tensors and plain values."""
        return {
            "net": self.net.state_dict(), "mean": self.mean, "optimiser": self.optimiser.state_dict(), "steps": self.steps,
            "rng": self.rng.bit_generator.state, "offsets": [torch.from_numpy(p.offsets) for p in self.pairs],
        }

    def start_from(self, tensors: dict[str, Tensor]) -> None:
        """Begin with the weights of a trained network."""
        self.net.load_state_dict(tensors)
        self.mean = {k: v.detach().clone() for k, v in self.net.state_dict().items()}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self.net.load_state_dict(state["net"])
        self.mean = {k: v.to(self.device) for k, v in state["mean"].items()}
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps = state["steps"]
        self.rng.bit_generator.state = state["rng"]
        for pair, offsets in zip(self.pairs, state["offsets"], strict=True):
            pair.offsets[:] = offsets.numpy()

    def averaged(self) -> MeSsm:
        """Return the network with the running mean of the weights."""
        net = MeSsm(self.net.config).to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        net.load_state_dict(self.mean)
        return net.eval()


def peaks(similarity: Tensor) -> Tensor:
    """Return (B, 2): x, y of the highest value of (B, rows, columns), to sub-pixel by a parabola along each axis."""
    batch, rows, columns = similarity.shape
    top = similarity.flatten(1).argmax(1)
    r, c = top // columns, top % columns
    each = torch.arange(batch, device=similarity.device)

    def vertex(before: Tensor, middle: Tensor, after: Tensor) -> Tensor:
        bend = before - 2 * middle + after
        return torch.where(bend < -1e-9, 0.5 * (before - after) / bend.clamp_max(-1e-9), torch.zeros_like(bend)).clamp(-0.5, 0.5)

    middle = similarity[each, r, c]
    dx = vertex(similarity[each, r, (c - 1).clamp_min(0)], middle, similarity[each, r, (c + 1).clamp_max(columns - 1)])
    dy = vertex(similarity[each, (r - 1).clamp_min(0), c], middle, similarity[each, (r + 1).clamp_max(rows - 1), c])
    dx = torch.where((c == 0) | (c == columns - 1), 0.0, dx)
    dy = torch.where((r == 0) | (r == rows - 1), 0.0, dy)
    return torch.stack((c + dx, r + dy), dim=1)


@dataclass(frozen=True, eq=False)
class ValidationCase:
    """A template in a window: (H, W) float32 images in 0..1; `truth` is x, y of the template's first pixel, index px."""

    window: NDArray[np.float32]
    template: NDArray[np.float32]
    truth: tuple[float, float]


@torch.inference_mode()
def validate(net: MeSsm, cases: Sequence[ValidationCase], device: str = "cpu") -> NDArray[np.float64]:
    """Measure how far peaks are from the truth; one template a case, no help from neighbours.

    Returns:
        (N, 2) px: of each case's template, and of the middle of it (half its side), which is harder.
    """
    net.eval()
    errors = np.zeros((len(cases), 2))
    for i, case in enumerate(cases):
        window, template = (torch.from_numpy(a)[None, None].to(device) for a in (case.window, case.template))
        described, features = net(window, "optical").features, net(template, "sar").features
        height, width = features.shape[-2:]
        top, left = height // 4, width // 4
        for j, (part, corner) in enumerate(((features, (0, 0)), (features[..., top : top + height // 2, left : left + width // 2], (left, top)))):
            found = peaks(slide_fft(part, described))[0].cpu().numpy() - np.array(corner)
            errors[i, j] = float(np.hypot(*(found - np.array(case.truth))))
    return errors
