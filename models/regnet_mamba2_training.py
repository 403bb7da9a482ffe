"""Training of RegNetMamba-2 on pairs under a known motion, and its validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .coarse_to_fine import (
    COARSE_PX,
    FINE_PX,
    bilinear_label,
    coarse_scores,
    expected,
    fine_scores,
    focal,
    gaussian_votes,
    seen_from_reference,
)
from .matching_pairs import match_images
from .regnet_mamba2 import STRIDE, RegNetMamba2, RegNetMamba2Config
from .synthetic import Pair
from .training import Recipe, Trainer, ValidationCase
from .warped import Motion, WarpedSample, draw_warped, flow_mask

TRAININGS: dict[str, RegNetMamba2Config] = {
    "tiny": RegNetMamba2Config(),
    "no_cmi": RegNetMamba2Config(cmi=False),
    "no_msf": RegNetMamba2Config(msf=False),
    "attention": RegNetMamba2Config(mixer="attention"),
}
_VALIDATION_SHIFT_PX, _FINE_MATCHES = 8, 384
_MOTION = Motion(rotation_deg=3.0, shift_px=12.0, scale=0.04, perspective_px=2.0, bend_px=0.8)


@dataclass(frozen=True)
class CorrespondenceRecipe(Recipe):
    """How to train for dense matching.

    Attributes:
        side_px: Side of the images.
        motion: Of the sensed image; what the coarse stage of a registration leaves, and more.
        gamma: Of the focal losses.
        sigma: Width of the soft label of the fine matches, half-resolution px: how far the truth of the data can be trusted.
        jitter: The fine window is centred up to this many half-resolution px off the truth, as a coarse match would.
        offset: Weight of the distance of the expected fine displacement from the truth.
    """

    side_px: int = 128
    motion: Motion = _MOTION
    gamma: float = 1.0
    sigma: float = 0.6
    jitter: float = 1.5
    offset: float = 0.2


class CorrespondenceTrainer(Trainer):
    """RegNetMamba-2 in training."""

    protocol: ClassVar[str] = "shift"
    measures: ClassVar[tuple[str, ...]] = ("shift", "match")
    measured: ClassVar[str] = (
        "192-px SAR in a window known to 8 px, no outlier filter; shift: median displacement of the matches, match: median error of a match"
    )
    recipe: CorrespondenceRecipe

    def __init__(self, net: RegNetMamba2, pairs: list[Pair], recipe: CorrespondenceRecipe, device: str = "cpu") -> None:
        super().__init__(net, pairs, recipe, device)

    def draw(self) -> list[WarpedSample]:
        """Draw a batch of samples with enough valid ground."""
        r = self.recipe
        return self.draw_enough(
            r.batch, lambda: draw_warped(self.pairs, self.draw_pair(), r.side_px, r.motion, self.rng),
            lambda s: float(s.sensed_mask.mean()) > 0.7 and float(s.reference_mask.mean()) > 0.6,
        )

    def learn(self, fraction: float) -> tuple[Tensor, float]:  # noqa: ARG002 - the same from beginning to end
        """Return the loss of a batch and the share of fine matches within 2 px of the truth."""
        samples = self.draw()
        stacked = {name: torch.stack([getattr(s, name) for s in samples]).to(self.device) for name in ("reference", "sensed", "flow")}
        seen_r, seen_s = self.net(stacked["reference"], stacked["sensed"])
        weight = functional.avg_pool2d(torch.stack([flow_mask(s) for s in samples]).to(self.device), COARSE_PX)[:, 0]
        flow = functional.avg_pool2d(stacked["flow"], COARSE_PX)
        config = self.net.config
        cells = flow / COARSE_PX
        trusted = (weight > 0.9) & (cells.abs().amax(1) < config.reach)
        scores = coarse_scores(seen_r.coarse, seen_s.coarse, config.reach) * self.net.coarse_scale.exp()
        backwards = torch.log_softmax(seen_from_reference(scores, config.reach).clamp_min(-1e4), dim=1)
        label = bilinear_label(cells, config.reach)
        there = focal(torch.log_softmax(scores.clamp_min(-1e4), dim=1), label, self.recipe.gamma)
        back_label = seen_from_reference(label * trusted[:, None], config.reach).clamp_min(0.0)
        back = focal(backwards, back_label, self.recipe.gamma)
        count = trusted.sum().clamp_min(1)
        coarse = 0.5 * ((there * trusted).sum() + back.sum()) / count
        fine, hits = self._fine(seen_r.fine, seen_s.fine, flow, trusted)
        return coarse + fine, hits

    def _fine(self, reference: Tensor, sensed: Tensor, flow: Tensor, trusted: Tensor) -> tuple[Tensor, float]:
        config, recipe = self.net.config, self.recipe
        image, row, column = torch.nonzero(trusted, as_tuple=True)
        if not len(image):
            return reference.sum() * 0.0, 0.0
        if len(image) > _FINE_MATCHES:
            some = torch.from_numpy(self.rng.choice(len(image), _FINE_MATCHES, replace=False)).to(self.device)
            image, row, column = image[some], row[some], column[some]
        step = COARSE_PX // FINE_PX
        at = torch.stack((column, row), dim=1) * step + step // 2
        truth = flow[image, :, row, column] / FINE_PX
        noise = torch.from_numpy(self.rng.uniform(-recipe.jitter, recipe.jitter, tuple(truth.shape)).astype(np.float32)).to(self.device)
        start = torch.round(truth + noise)
        left = truth - start
        logits = fine_scores(sensed, reference, image, at, at + start.long(), config.fine_side, config.fine_reach) * self.net.fine_scale.exp()
        label = gaussian_votes(left, config.fine_reach, recipe.sigma)
        probability = torch.softmax(logits, dim=1)
        mean, _, _ = expected(probability, config.fine_reach, 2)
        miss = torch.sqrt(((mean - left) ** 2).sum(1) + 1e-4)
        loss = focal(torch.log_softmax(logits, dim=1), label, recipe.gamma) + recipe.offset * miss.clamp_max(3.0)
        return loss.mean(), float((miss * FINE_PX <= 2.0).float().mean())

    @torch.inference_mode()
    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, 2): error of the median displacement and median error of a match, px."""
        errors = np.full((len(cases), 2), np.inf)
        for number, case in enumerate(cases):
            sensed, truth = case.sensed, case.truth[:2, 2]
            side = sensed.shape[0] // STRIDE * STRIDE
            known = np.round(truth + np.random.default_rng([7, number]).uniform(-_VALIDATION_SHIFT_PX, _VALIDATION_SHIFT_PX, 2)).astype(int)
            x, y = (int(v) for v in np.clip(known, 0, np.array(case.reference.shape[::-1]) - side))
            given = [torch.from_numpy(np.ascontiguousarray(a))[None, None].to(self.device) for a in (case.reference[y : y + side, x : x + side], sensed[:side, :side])]
            found = match_images(net, given[0], given[1], 0.0)
            if not len(found.sensed):
                continue
            miss = (found.reference - found.sensed).cpu().numpy() - (truth - (x, y))
            errors[number] = np.hypot(*np.median(miss, axis=0)), np.median(np.hypot(*miss.T))
        return errors


def make_trainer(preset: str, pairs: list[Pair], recipe: Recipe, device: str) -> CorrespondenceTrainer:
    """Make a network at random and its trainer.

    Args:
        preset: Name in `TRAININGS`.
        pairs: Training pairs.
        recipe: What is common to all networks: seed, shares of the sources, precision.
        device: "cpu" or "cuda".
    """
    own = CorrespondenceRecipe(batch=32 if device == "cuda" else 6, bfloat16=recipe.bfloat16, seed=recipe.seed, shares=recipe.shares, average=0.99)
    return CorrespondenceTrainer(RegNetMamba2(TRAININGS[preset]), pairs, own, device)
