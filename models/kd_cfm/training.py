"""Training of KD+CFM in its two stages: the detector by itself on what both modalities show, then
the matching network on its keypoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import ClassVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..ops.similarity import peaks
from ..training.losses import gaussian_label, soft_cross_entropy
from ..training.synthetic import Pair
from ..training.trainer import Recipe, Trainer, ValidationCase
from ..training.warped import Motion, WarpedBatch, draw_warped, flow_mask
from .cross_fusion import matching_loss
from .keypoints import CELL_PX, agreement, flatness, pick_keypoints
from .net import SEARCH, STRIDE, WINDOW_PX, Described, KdCfm, KdCfmConfig

_RADIUS_PX = 32.0
_NEAR_PX = 6.0
_VALIDATE_FROM = 0.6


@dataclass(frozen=True)
class KeypointRecipe(Recipe):
    """How to train both stages.

    Attributes:
        detector_share: Share of the training that the detector gets; the matching network gets the
            rest.
        detector_window_px: Side of the windows of the first stage.
        detector_batch: Windows a step of the first stage.
        flatness: Weight of the term against constant maps.
        placed: Matches a window that learn to be placed.
        placing: Weight of the loss of placing.
        sigma_px: Width of the label of placing: how far the truth of the data can be trusted.
    """

    detector_share: float = 0.3
    detector_window_px: int = 128
    detector_batch: int = 4
    flatness: float = 0.5
    placed: int = 32
    placing: float = 0.5
    sigma_px: float = 1.4


_DETECTED = Motion(rotation_deg=10.0, shift_px=8.0, scale=0.1, perspective_px=6.0)
_MATCHED = Motion(rotation_deg=4.0, shift_px=16.0, scale=0.05, perspective_px=4.0)


@dataclass(frozen=True, eq=False)
class KeypointBatch:
    """B samples of a stage on cells of 2 px: flow (B, 2, h, w) in cells, masks (B, 1, h, w) of
    where the flow counts and of valid ground.
    """

    detects: bool
    reference: Tensor
    sensed: Tensor
    flow: Tensor
    counts: Tensor
    reference_mask: Tensor
    sensed_mask: Tensor

    @classmethod
    def of(cls, detects: bool, drawn: WarpedBatch) -> KeypointBatch:
        """Go to cells; those of which a part is invalid are."""
        masks = (
            -functional.max_pool2d(-m, CELL_PX)
            for m in (drawn.counts, drawn.reference_mask, drawn.sensed_mask)
        )
        return cls(
            detects,
            drawn.reference,
            drawn.sensed,
            functional.avg_pool2d(drawn.flow, CELL_PX) / CELL_PX,
            *masks,
        )


def _shown(places: Tensor, flow: Tensor, valid: Tensor) -> Tensor:
    """Return (M,) bool: reference keypoints on ground that the sensed image shows."""
    row, column = torch.nonzero(valid[0] > 0.5, as_tuple=True)
    if not len(row):
        return torch.zeros(len(places), dtype=torch.bool, device=places.device)
    seen = torch.stack((column, row), dim=1) + flow[:, row, column].T
    return torch.cdist(places.to(seen.dtype), seen).amin(1) <= 1.5


class KeypointTrainer(Trainer):
    """KD+CFM in training."""

    protocol: ClassVar[str] = "shift"
    measures: ClassVar[tuple[str, ...]] = ("shift", "match")
    measured: ClassVar[str] = (
        "192-px sensed image in a 256-px window, matches voting for a shift, no coarse "
        "stage; match: median match"
    )
    recipe: KeypointRecipe

    def __init__(
        self, net: KdCfm, pairs: list[Pair], recipe: KeypointRecipe, device: str = "cpu"
    ) -> None:
        super().__init__(net, pairs, recipe, device)
        self.fraction = 0.0

    def draw(self, fraction: float, rng: np.random.Generator) -> KeypointBatch:
        """Draw samples of the stage with enough common ground."""
        r, detects = self.recipe, fraction < self.recipe.detector_share
        count, side, motion = (
            (r.detector_batch, r.detector_window_px, _DETECTED)
            if detects
            else (r.batch, WINDOW_PX, _MATCHED)
        )
        samples = self.draw_enough(
            count,
            lambda: draw_warped(self.pairs, self.draw_pair(rng), side, motion, rng),
            lambda s: float(flow_mask(s).mean()) > 0.4,
        )
        return KeypointBatch.of(detects, WarpedBatch.of(samples))

    def learn(self, batch: KeypointBatch, fraction: float) -> tuple[Tensor, float]:
        """Return the loss of a batch and, in the first stage, the share of keypoints found again,
        in the second of matches that are right.
        """
        self.fraction = fraction
        batch = replace(
            batch,
            **{
                f.name: getattr(batch, f.name).to(self.device)
                for f in fields(batch)
                if f.name != "detects"
            },
        )
        return self.learn_detector(batch) if batch.detects else self.learn_matching(batch)

    def learn_detector(self, windows: KeypointBatch) -> tuple[Tensor, float]:
        """First stage: the scores of both images agree under the known motion, and are not flat."""
        reference, sensed = (
            self.net.detect(torch.cat((windows.reference, windows.sensed))).float().chunk(2)
        )
        loss = agreement(reference, sensed, windows.flow, windows.counts)
        loss = loss + self.recipe.flatness * (
            flatness(reference, windows.reference_mask) + flatness(sensed, windows.counts)
        )
        each = zip(reference.detach(), sensed.detach(), windows.flow, windows.counts, strict=True)
        return loss, float(np.mean([repeated(a[0], b[0], f, v[0]) for a, b, f, v in each]))

    def learn_matching(self, windows: KeypointBatch) -> tuple[Tensor, float]:
        """Second stage: the matching matrix of the detector's keypoints, and the placing of true
        pairs.
        """
        net, r = self.net, self.recipe
        net.detector.eval()
        images = windows.reference, windows.sensed
        with torch.no_grad():
            scores = net.detect(torch.cat(images)).chunk(2)
        described = [
            net.describe(image, name)
            for image, name in zip(images, ("optical", "sar"), strict=True)
        ]
        total, hits = images[0].new_zeros(()), []
        for i, (flow, valid) in enumerate(zip(windows.flow, windows.counts, strict=True)):
            known = [windows.reference_mask[i], windows.sensed_mask[i]]
            places = [
                net.keypoints(score[i, 0], mask[0])[0][: net.config.keypoints]
                for score, mask in zip(scores, known, strict=True)
            ]
            if min(len(p) for p in places) < 2:
                continue
            vectors = [
                net.embed(d.tokens[i].float(), mask, p)
                for d, mask, p in zip(described, known, places, strict=True)
            ]
            rows, columns = net.fuse(
                (vectors[1], vectors[0]), (places[1], places[0]), (0.0, 0.0), _RADIUS_PX
            )
            column, row = places[1].unbind(1)
            true = places[1] + flow[:, row, column].T
            counts = valid[0, row, column] > 0.5
            distance = CELL_PX * torch.cdist(true, places[0].to(true.dtype))
            moved = CELL_PX * torch.cdist(places[1].to(true.dtype), places[0].to(true.dtype))
            distance = torch.where(counts[:, None] & (moved <= _RADIUS_PX), distance, torch.inf)
            shown = _shown(places[0], flow, valid)
            matching = matching_loss(
                rows[None], columns[None], distance[None], (counts[None], shown[None]), _NEAR_PX
            )
            placing = self._placing(described, i, known, places[1][counts], true[counts])
            total = total + matching + r.placing * placing
            best = rows[:, :-1].argmax(1)
            sure = counts & (rows.argmax(1) < len(places[0])) & (distance.amin(1) <= _NEAR_PX)
            hits.append(
                float((distance[torch.arange(len(best)), best] <= _NEAR_PX)[sure].float().mean())
                if sure.any()
                else 0.0
            )
        return total / len(windows.flow), float(np.mean(hits)) if hits else 0.0

    def _placing(
        self, described: list[Described], i: int, known: list[Tensor], places: Tensor, true: Tensor
    ) -> Tensor:
        """Loss of the similarity map around pairs that are near the true one."""
        r, net = self.recipe, self.net
        if not len(places):
            return true.new_zeros(())
        chosen = torch.from_numpy(self.rng.permutation(len(places))[: r.placed]).to(places.device)
        reach = _NEAR_PX / CELL_PX
        begun = (
            (
                true[chosen]
                + torch.from_numpy(self.rng.uniform(-reach, reach, (len(chosen), 2))).to(true)
            )
            .round()
            .long()
        )
        begun = torch.minimum(
            begun.clamp_min(0), begun.new_tensor([known[0].shape[2] - 1, known[0].shape[1] - 1])
        )
        reference, sensed = described
        found = net.place(
            (sensed.fine[i].float(), known[1]),
            (reference.fine[i].float(), known[0]),
            places[chosen],
            begun,
        )
        label = gaussian_label(
            true[chosen] - begun + SEARCH,
            found.shape[1],
            found.shape[2],
            sigma=r.sigma_px / CELL_PX,
        )
        return soft_cross_entropy(found * net.log_scale.exp(), label).mean()

    @torch.inference_mode()
    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, 2): distance from the truth of the shift that most matches agree on, and of
        the median match, px.

        Before 60 % of the training is done nothing is measured (all inf): validation is slow, and
        the matching network is young.
        """
        errors = np.full((len(cases), 2), np.inf)
        if self.fraction < _VALIDATE_FROM:
            return errors
        for i, case in enumerate(cases):
            shifts, sure = match_images(cast(KdCfm, net), case.reference, case.sensed, self.device)
            if len(shifts):
                miss = shifts - case.truth[:2, 2]
                near = ((shifts[:, None] - shifts[None]) ** 2).sum(2) < 2.0**2
                middle = int(np.argmax(near @ sure))
                voted = np.average(shifts[near[middle]], axis=0, weights=sure[near[middle]])
                errors[i] = np.hypot(*(voted - case.truth[:2, 2])), np.median(np.hypot(*miss.T))
        return errors


def match_images(
    net: KdCfm, reference: NDArray[np.float32], sensed: NDArray[np.float32], device: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Match a sensed image somewhere inside a larger reference as one window.

    Returns:
        (N, 2) shifts, reference - sensed in px, and (N,) their probabilities.
    """
    sides = [STRIDE * (s // STRIDE) for s in (*sensed.shape, *reference.shape)]
    images = [
        torch.from_numpy(a)[None, None].to(device)
        for a in (sensed[: sides[0], : sides[1]], reference[: sides[2], : sides[3]])
    ]
    described = [
        net.describe(image, name) for image, name in zip(images, ("sar", "optical"), strict=True)
    ]
    masks = [torch.ones_like(d.fine[0, :1]) for d in described]
    places = [
        net.keypoints(net.detect(image)[0, 0], mask[0])[0]
        for image, mask in zip(images, masks, strict=True)
    ]
    share = sensed.size / reference.size
    places = [
        p[: int(net.config.keypoints * s)] for p, s in zip(places, (1.0, 1.0 / share), strict=True)
    ]
    vectors = [
        net.embed(d.tokens[0], mask, p) for d, mask, p in zip(described, masks, places, strict=True)
    ]
    half = [
        (b - a) // (2 * CELL_PX)
        for a, b in zip(sensed.shape[::-1], reference.shape[::-1], strict=True)
    ]
    middle = torch.tensor(half, device=places[0].device)
    found = net.match(
        (vectors[0], vectors[1]),
        (places[0], places[1] - middle),
        (0.0, 0.0),
        _RADIUS_PX * 1.4,
        0.02,
    )
    partner = found.reference + middle
    surfaces = net.place(
        (described[0].fine[0], masks[0]), (described[1].fine[0], masks[1]), found.sensed, partner
    )
    shift = (
        CELL_PX * (partner - found.sensed + peaks(surfaces) - SEARCH)
        if len(partner)
        else partner.float()
    )
    return shift.double().cpu().numpy(), found.probability.double().cpu().numpy()


def repeated(
    reference: Tensor,
    sensed: Tensor,
    flow: Tensor,
    valid: Tensor,
    near_px: float = 3.0,
    count: int = 64,
) -> float:
    """Return the share of the `count` best sensed keypoints of a window that have one of the best
    of the reference within `near_px`.
    """
    places = pick_keypoints(sensed, valid > 0.5)[0][:count]
    others = pick_keypoints(reference, torch.ones_like(valid) > 0)[0][: 2 * count]
    if not len(places) or not len(others):
        return 0.0
    true = places + flow[:, places[:, 1], places[:, 0]].T
    return float(
        (CELL_PX * torch.cdist(true, others.to(true.dtype)).amin(1) <= near_px).float().mean()
    )


TRAININGS: dict[str, KdCfmConfig] = {
    "tiny": KdCfmConfig(),
    "equal_levels": KdCfmConfig(level_weights=(1 / 3, 1 / 3, 1 / 3)),
    "last_level": KdCfmConfig(level_weights=(0.0, 0.0, 1.0)),
    **{f"layers_{n}": KdCfmConfig(layers=n) for n in (2, 4, 6, 8)},
}
"""`tiny` ships; the others are ablations: weights of the detector's levels, number of fusion
layers.
"""


def make_trainer(preset: str, pairs: list[Pair], recipe: Recipe, device: str) -> KeypointTrainer:
    """Make a network at random and its trainer.

    Args:
        preset: Name in `TRAININGS`.
        pairs: Training pairs.
        recipe: What is common to all networks: seed, shares of the sources, precision.
        device: "cpu" or "cuda".
    """
    own = KeypointRecipe(
        batch=8 if device == "cuda" else 2,
        rate=1.5e-3,
        bfloat16=recipe.bfloat16,
        seed=recipe.seed,
        shares=recipe.shares,
        refine=False,
    )
    if device == "cuda":
        own = replace(own, detector_batch=16)
    return KeypointTrainer(KdCfm(TRAININGS[preset]), pairs, own, device)
