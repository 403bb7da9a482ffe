"""Training of ME-SSM for template matching, and its validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..ops.similarity import peaks, slide_each, slide_fft
from ..training.losses import registration_loss
from ..training.synthetic import Origin, Pair, SampleSize, draw
from ..training.trainer import Recipe, Trainer, ValidationCase
from .config import ABLATIONS, PRESETS, MeSsmConfig
from .local_net import LocalMeSsm
from .net import MeSsm, make_net

_REFINE_FROM, _REFINE_REACH_PX = 0.3, 3.0
_LEAST_COMMON = 0.5
ACROSS_DATES = True
"""Train on images of one place at two dates crosswise too."""
_WIDE: dict[str, Any] = {
    "window_px": 208,
    "template_px": 176,
    "parts_px": ((80, 96, 112), (48, 64)),
}
"""What a network that sees a whole window is trained on: scans need something to remember."""


@dataclass(frozen=True)
class TemplateRecipe(Recipe):
    """How to train for template matching.

    Attributes:
        hinge: Weight of the hard negatives; 0 leaves them out.
        spread: Weight of the peak emphasis.
        sigma: Width of the soft label in px.
        window_px: Side of the optical windows.
        template_px: Side of the SAR templates.
        parts_px: Sides of smaller templates cut from them; of each list one is drawn for each
            batch.
        own: Weight of the loss of the learnt channels alone, beside that of the whole descriptor.
    """

    hinge: float = 1.0
    spread: float = 0.5
    sigma: float = 1.0
    window_px: int = 160
    template_px: int = 128
    parts_px: tuple[tuple[int, ...], ...] = ((48, 64, 80),)
    own: float = 0.5


@dataclass(frozen=True, eq=False)
class TemplateBatch:
    """B samples, see `synthetic.Sample`: images and masks (B, 1, h, w), truth (B, 2)."""

    window: Tensor
    window_mask: Tensor
    template: Tensor
    template_mask: Tensor
    truth: Tensor
    origins: list[Origin]


class TemplateTrainer(Trainer):
    """ME-SSM in training."""

    protocol: ClassVar[str] = "shift"
    measures: ClassVar[tuple[str, ...]] = ("template", "half")
    measured: ClassVar[str] = (
        "single 192-px template in a 256-px window, no outlier filter; half: its middle 96 px"
    )
    ships: ClassVar[str] = "last"
    recipe: TemplateRecipe

    def __init__(
        self,
        net: MeSsm | LocalMeSsm,
        pairs: list[Pair],
        recipe: TemplateRecipe,
        device: str = "cpu",
    ) -> None:
        super().__init__(net, pairs, recipe, device)

    def draw(self, fraction: float, rng: np.random.Generator) -> TemplateBatch:  # noqa: ARG002 - the same from beginning to end
        """Draw a batch of samples with enough valid ground."""
        size = SampleSize(self.recipe.window_px, self.recipe.template_px)
        samples = self.draw_enough(
            self.recipe.batch,
            lambda: draw(self.pairs, self.draw_pair(rng), size, rng),
            lambda s: float(s.template_mask.mean()) > 0.7 and float(s.window_mask.mean()) > 0.6,
        )
        images = zip(
            *((s.window, s.window_mask, s.template, s.template_mask) for s in samples), strict=True
        )
        window, window_mask, template, template_mask = (torch.stack(part) for part in images)
        truth, origins = torch.tensor([s.truth for s in samples]), [s.origin for s in samples]
        return TemplateBatch(window, window_mask, template, template_mask, truth, origins)

    def learn(self, batch: TemplateBatch, fraction: float) -> tuple[Tensor, float]:
        """Return the loss of a batch and the share of it whose peak is within 1 px of the truth."""
        truth = batch.truth.to(self.device)
        with torch.autocast(
            torch.device(self.device).type, torch.bfloat16, enabled=self.recipe.bfloat16
        ):
            window = self._describe(batch.window, batch.window_mask, "optical")
            template = self._describe(batch.template, batch.template_mask, "sar")
        r = self.recipe
        cuts = [(r.template_px, (0, 0))]
        for sides in r.parts_px:
            side = int(self.rng.choice(sides))
            x, y = (int(v) for v in self.rng.integers(0, r.template_px - side + 1, 2))
            cuts.append((side, (x, y)))
        learnt, fixed = self.net.config.channels, self.net.channels - self.net.config.channels
        groups = (learnt, fixed) if fixed else (learnt,)
        parts = [template[..., y : y + side, x : x + side] for side, (x, y) in cuts]
        losses, missed = [], np.zeros((len(truth), 2))
        for (side, corner), similarity in zip(cuts, slide_each(parts, window, groups), strict=True):
            at = truth + torch.tensor(corner, dtype=truth.dtype, device=self.device)
            losses.append(self._loss(similarity[:, -1], at, 0))
            if side == r.template_px:
                missed = (peaks(similarity[:, -1].detach()) - at).cpu().numpy()
            if fixed and r.own:
                losses.append(r.own * self._loss(similarity[:, 0], at, 1))
        loss = torch.stack(losses).sum() / len(cuts)
        if r.refine and fraction > _REFINE_FROM:
            self.refine_samples(batch.origins, missed)
        return loss, float((np.hypot(*missed.T) <= 1.0).mean())

    def _loss(self, similarity: Tensor, truth: Tensor, scale: int) -> Tensor:
        r = self.recipe
        return registration_loss(
            similarity, truth, self.net.log_scale[scale], r.hinge, r.spread, r.sigma
        ).mean()

    def _describe(self, images: Tensor, masks: Tensor, modality: str) -> Tensor:
        features: Tensor = self.net(images.to(self.device), modality).features
        return features * masks.to(self.device)

    def start_from(self, tensors: dict[str, Tensor]) -> float:
        """Begin with the weights of a trained network, of this preset or of one with other parts:
        what both have in the same form is taken, the rest stays at random. So an ablation is the
        full network gone on with without a part.
        """
        own = self.net.state_dict()
        common = {k: v for k, v in tensors.items() if k in own and v.shape == own[k].shape}
        share = sum(v.numel() for v in common.values()) / sum(v.numel() for v in own.values())
        if share < _LEAST_COMMON:
            raise RuntimeError(
                f"The weights have {share:.0%} of this network's parameters in common with it."
            )
        super().start_from({**own, **common})
        return share

    def refine_samples(self, origins: list[Origin], missed: NDArray[np.float64]) -> None:
        """Move each cell's offset towards where the network finds the peak."""
        for origin, miss in zip(origins, missed, strict=True):
            if origin.pair >= 0 and np.hypot(*miss) < _REFINE_REACH_PX:
                self.refine(origin.pair, origin.cell, origin.to_source @ miss)

    @torch.inference_mode()
    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, 2): how far the peak of each case's template, and of the middle of it (half
        its side), is from the truth, px.
        """
        net.eval()
        errors = np.zeros((len(cases), 2))
        for i, case in enumerate(cases):
            window, template = (
                torch.from_numpy(a)[None, None].to(self.device)
                for a in (case.reference, case.sensed)
            )
            described, features = net(window, "optical").features, net(template, "sar").features
            height, width = features.shape[-2:]
            top, left = height // 4, width // 4
            for j, (part, corner) in enumerate(
                (
                    (features, (0, 0)),
                    (features[..., top : top + height // 2, left : left + width // 2], (left, top)),
                )
            ):
                found = peaks(slide_fft(part, described))[0].cpu().numpy() - np.array(corner)
                errors[i, j] = float(np.hypot(*(found - case.truth[:2, 2])))
        return errors


TRAININGS: dict[str, MeSsmConfig] = {**PRESETS, **ABLATIONS, "no_hard_negatives": PRESETS["tiny"]}


def make_trainer(preset: str, pairs: list[Pair], recipe: Recipe, device: str) -> TemplateTrainer:
    """Make a network at random and its trainer.

    Args:
        preset: Name in `TRAININGS`.
        pairs: Training pairs.
        recipe: What is common to all networks: seed, shares of the sources, precision.
        device: "cpu" or "cuda".
    """
    config = TRAININGS[preset]
    own = TemplateRecipe(
        batch=32 if device == "cuda" else 8,
        bfloat16=recipe.bfloat16,
        seed=recipe.seed,
        shares=recipe.shares,
    )
    if config.version > 1:
        own = replace(own, batch=own.batch // 2, **_WIDE)
    if preset == "no_hard_negatives":
        own = replace(own, hinge=0.0)
    return TemplateTrainer(make_net(config), pairs, own, device)
