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

from ..training.synthetic import Pair
from ..training.trainer import Recipe, Trainer, ValidationCase
from ..training.warped import Motion, WarpedBatch, draw_warped
from .coarse_to_fine import (
    COARSE_PX,
    FINE_PX,
    bilinear_label,
    coarse_scores,
    displacements,
    expected,
    fine_scores,
    focal,
    gaussian_votes,
    seen_from_reference,
)
from .matching_pairs import match_images
from .net import STRIDE, RegNetMamba2, RegNetMamba2Config

TRAININGS: dict[str, RegNetMamba2Config] = {
    "tiny": RegNetMamba2Config(),
    "no_cmi": RegNetMamba2Config(cmi=False),
    "no_msf": RegNetMamba2Config(msf=False),
    "attention": RegNetMamba2Config(mixer="attention"),
}
_VALIDATION_SHIFT_PX, _FINE_MATCHES, _COVERED = 8, 384, 0.9
_MOTION = Motion(rotation_deg=3.0, shift_px=24.0, scale=0.04, perspective_px=2.0, bend_px=0.8)


@dataclass(frozen=True)
class CorrespondenceRecipe(Recipe):
    """How to train for dense matching.

    Attributes:
        side_px: Side of the images.
        motion: Of the sensed image; its shifts fill the reach of the coarse candidates, so that
            guessing "no displacement" gains nothing.
        gamma: Of the focal losses.
        sigma: Width of the soft label of the fine matches, half-resolution px: how far the truth of
            the data can be trusted.
        jitter: The fine window is centred up to this many half-resolution px off the truth, as a
            coarse match would.
        offset: Weight of the distance of the expected fine displacement from the truth.
        own: Weight of the losses of the learnt channels alone, at 1/8 before the images have seen
            each other.
    """

    side_px: int = 160
    motion: Motion = _MOTION
    gamma: float = 1.0
    sigma: float = 0.6
    jitter: float = 2.0
    offset: float = 0.2
    own: float = 0.5


@dataclass(frozen=True, eq=False)
class _Places:
    """N cells to place: image, row and column (N,); half-resolution pixels `at` (sensed) and
    `there` (reference), and what is left from there (N, 2).
    """

    image: Tensor
    row: Tensor
    column: Tensor
    at: Tensor
    there: Tensor
    left: Tensor


class CorrespondenceTrainer(Trainer):
    """RegNetMamba-2 in training."""

    protocol: ClassVar[str] = "shift"
    measures: ClassVar[tuple[str, ...]] = ("shift", "match")
    measured: ClassVar[str] = (
        "192-px SAR in a window known to 8 px, no outlier filter; shift: median "
        "displacement of the matches, match: median error of a match"
    )
    recipe: CorrespondenceRecipe

    def __init__(
        self,
        net: RegNetMamba2,
        pairs: list[Pair],
        recipe: CorrespondenceRecipe,
        device: str = "cpu",
    ) -> None:
        super().__init__(net, pairs, recipe, device)

    def draw(self, fraction: float, rng: np.random.Generator) -> WarpedBatch:  # noqa: ARG002 - the same from beginning to end
        """Draw a batch of samples with enough valid ground."""
        r = self.recipe
        samples = self.draw_enough(
            r.batch,
            lambda: draw_warped(self.pairs, self.draw_pair(rng), r.side_px, r.motion, rng),
            lambda s: float(s.sensed_mask.mean()) > 0.7 and float(s.reference_mask.mean()) > 0.6,
        )
        return WarpedBatch.of(samples)

    def learn(self, batch: WarpedBatch, fraction: float) -> tuple[Tensor, float]:  # noqa: ARG002
        """Return the loss of a batch and the share of matches whose coarse part is within a cell
        and whose fine part is within 2 px of the truth.
        """
        tensors = batch.to(self.device)
        with torch.autocast(
            torch.device(self.device).type, torch.bfloat16, enabled=self.recipe.bfloat16
        ):
            seen_r, seen_s = self.net(tensors.reference, tensors.sensed)
        flow = functional.avg_pool2d(tensors.flow, COARSE_PX)
        cells = flow / COARSE_PX
        trusted = (functional.avg_pool2d(tensors.counts, COARSE_PX)[:, 0] > _COVERED) & (
            cells.abs().amax(1) < self.net.config.reach
        )
        early, _ = self._coarse(seen_r.early, seen_s.early, cells, trusted, 1)
        coarse, near = self._coarse(seen_r.coarse, seen_s.coarse, cells, trusted, 0)
        places = self._places(flow, trusted)
        if places is None:
            return coarse * 0.0, 0.0
        learnt = self.net.config.channels
        own, _ = self._fine(seen_r.fine[:, :learnt], seen_s.fine[:, :learnt], places, 1)
        fine, close = self._fine(seen_r.fine, seen_s.fine, places, 0)
        hits = close & near[places.image, places.row, places.column]
        return self.recipe.own * (early + own) + coarse + fine, float(hits.float().mean())

    def _coarse(
        self, reference: Tensor, sensed: Tensor, cells: Tensor, trusted: Tensor, scale: int
    ) -> tuple[Tensor, Tensor]:
        """Return the loss there and back, and which cells (B, h, w) find their partner to within
        one cell along each axis.
        """
        config, gamma = self.net.config, self.recipe.gamma
        scores = (
            coarse_scores(reference, sensed, config.reach, config.coarse_side)
            * self.net.log_scale[0, scale].exp()
        ).clamp_min(-1e4)
        label = bilinear_label(cells, config.reach) * trusted[:, None]
        there = focal(torch.log_softmax(scores, dim=1), label, gamma)
        back = focal(
            torch.log_softmax(seen_from_reference(scores, config.reach).clamp_min(-1e4), dim=1),
            seen_from_reference(label, config.reach).clamp_min(0.0),
            gamma,
        )
        top = displacements(config.reach, scores.device)[:, scores.detach().argmax(1)].movedim(0, 1)
        return 0.5 * (there.sum() + back.sum()) / trusted.sum().clamp_min(1), (
            top - cells
        ).abs().amax(1) <= 1.0

    def _places(self, flow: Tensor, trusted: Tensor) -> _Places | None:
        """Choose some of the trusted cells, and start from about where a coarse match would; None
        where there are none.
        """
        image, row, column = torch.nonzero(trusted, as_tuple=True)
        if not len(image):
            return None
        if len(image) > _FINE_MATCHES:
            some = torch.from_numpy(self.rng.choice(len(image), _FINE_MATCHES, replace=False)).to(
                self.device
            )
            image, row, column = image[some], row[some], column[some]
        step, jitter = COARSE_PX // FINE_PX, self.recipe.jitter
        at = torch.stack((column, row), dim=1) * step + step // 2
        truth = flow[image, :, row, column] / FINE_PX
        noise = torch.from_numpy(
            self.rng.uniform(-jitter, jitter, tuple(truth.shape)).astype(np.float32)
        ).to(self.device)
        start = torch.round(truth + noise)
        return _Places(image, row, column, at, at + start.long(), truth - start)

    def _fine(
        self, reference: Tensor, sensed: Tensor, places: _Places, scale: int
    ) -> tuple[Tensor, Tensor]:
        """Return the loss of the windows, and which (N,) are placed to within 2 px."""
        config, recipe = self.net.config, self.recipe
        logits = (
            fine_scores(
                sensed,
                reference,
                places.image,
                places.at,
                places.there,
                config.fine_side,
                config.fine_reach,
            )
            * self.net.log_scale[1, scale].exp()
        )
        mean, _, _ = expected(torch.softmax(logits, dim=1), config.fine_reach, 2)
        miss = torch.sqrt(((mean - places.left) ** 2).sum(1) + 1e-4)
        label = gaussian_votes(places.left, config.fine_reach, recipe.sigma)
        loss = focal(
            torch.log_softmax(logits, dim=1), label, recipe.gamma
        ) + recipe.offset * miss.clamp_max(3.0)
        return loss.mean(), miss * FINE_PX <= 2.0

    @torch.inference_mode()
    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, 2): error of the median displacement and median error of a match, px."""
        errors = np.full((len(cases), 2), np.inf)
        for number, case in enumerate(cases):
            sensed, truth = case.sensed, case.truth[:2, 2]
            side = sensed.shape[0] // STRIDE * STRIDE
            known = np.round(
                truth
                + np.random.default_rng([7, number]).uniform(
                    -_VALIDATION_SHIFT_PX, _VALIDATION_SHIFT_PX, 2
                )
            ).astype(int)
            x, y = (int(v) for v in np.clip(known, 0, np.array(case.reference.shape[::-1]) - side))
            tensors = [
                torch.from_numpy(np.ascontiguousarray(a))[None, None].to(self.device)
                for a in (case.reference[y : y + side, x : x + side], sensed[:side, :side])
            ]
            found = match_images(net, tensors[0], tensors[1], 0.0)
            if not len(found.sensed):
                continue
            miss = (found.reference - found.sensed).cpu().numpy() - (truth - (x, y))
            errors[number] = np.hypot(*np.median(miss, axis=0)), np.median(np.hypot(*miss.T))
        return errors


def make_trainer(
    preset: str, pairs: list[Pair], recipe: Recipe, device: str
) -> CorrespondenceTrainer:
    """Make a network at random and its trainer.

    Args:
        preset: Name in `TRAININGS`.
        pairs: Training pairs.
        recipe: What is common to all networks: seed, shares of the sources, precision.
        device: "cpu" or "cuda".
    """
    own = CorrespondenceRecipe(
        batch=32 if device == "cuda" else 4,
        bfloat16=recipe.bfloat16,
        seed=recipe.seed,
        shares=recipe.shares,
        average=0.99,
    )
    return CorrespondenceTrainer(RegNetMamba2(TRAININGS[preset]), pairs, own, device)
