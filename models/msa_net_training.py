"""Training of MSA-Net on all places of pairs of windows, and its validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from .losses import gaussian_label, soft_cross_entropy
from .me_ssm_training import peaks
from .msa_net import ABLATIONS, PATCH_PX, PRESETS, STRIDE, MsaNet, MsaNetConfig
from .synthetic import Pair
from .training import Recipe, Trainer, ValidationCase
from .triplets import hardest_triplet, similarity_constraint
from .warped import Motion, WarpedSample, draw_warped

STEP = 4  # of the optical descriptors
_MIN_VALID = 0.7
_MOTION = Motion(rotation_deg=1.5, shift_px=6.0, scale=0.015, bend_px=0.5)


@dataclass(frozen=True)
class PatchRecipe(Recipe):
    """How to train for patches.

    Attributes:
        margin: Of the triplets.
        two_sided: Hardest negatives are sought among both modalities.
        hardest: Weight of the triplets.
        begin: Share of the training before which triplets are left out: hardest negatives from the first step on make all
            descriptors equal (measured: within 20 steps).
        constraint: Weight lambda of the similarity constraint.
        localise: Weight of the cross-entropy of each place's similarity map; 0 = the paper's loss.
        sigma: Width in px of the soft label of that map: how far the truth of the data can be trusted.
        window_px: Side of the windows.
        motion: Of the SAR window against the optical one, at most.
    """

    margin: float = 1.0
    two_sided: bool = True
    hardest: float = 1.0
    begin: float = 0.3
    constraint: float = 0.1
    localise: float = 1.0
    sigma: float = 2.4
    window_px: int = 160
    motion: Motion = _MOTION


@dataclass(frozen=True, eq=False)
class Places:
    """Places of SAR windows whose partner is known.

    Attributes:
        batch: (N,) window.
        row: (N,) of the SAR node.
        column: (N,)
        truth: (N, 2) x, y of the partner in nodes of the optical map.
    """

    batch: Tensor
    row: Tensor
    column: Tensor
    truth: Tensor


def places(samples: list[WarpedSample]) -> Places:
    """Return the SAR nodes (8 px apart) that see enough valid ground, and whose partner does and lies within the optical map."""
    valid = functional.avg_pool2d(torch.stack([s.sensed_mask for s in samples]), PATCH_PX, STRIDE)[:, 0]
    ground = functional.avg_pool2d(torch.stack([s.reference_mask for s in samples]), PATCH_PX, STEP)[:, 0]
    flow = functional.avg_pool2d(torch.stack([s.flow for s in samples])[..., PATCH_PX // 2 - 1 :, PATCH_PX // 2 - 1 :], 2, STRIDE)
    rows, columns = valid.shape[1:]
    place = STRIDE * torch.stack(torch.meshgrid(torch.arange(float(columns)), torch.arange(float(rows)), indexing="xy"))
    at = (place + flow[..., :rows, :columns]) / STEP
    size = ground.shape[-1]
    inside = ((at >= 0) & (at <= size - 1)).all(1)
    nearest = at.round().long().clamp(0, size - 1)
    each = torch.arange(len(samples))[:, None, None]
    known = inside & (valid > _MIN_VALID) & (ground[each, nearest[:, 1], nearest[:, 0]] > _MIN_VALID)
    batch, row, column = torch.nonzero(known, as_tuple=True)
    return Places(batch, row, column, at[batch, :, row, column])


def read_map(features: Tensor, batch: Tensor, at: Tensor) -> Tensor:
    """Return (N, C): (B, C, H, W) read bilinearly at (N, 2) x, y of windows `batch`, of length 1."""
    low = torch.minimum(at.floor(), torch.tensor([features.shape[-1] - 2.0, features.shape[-2] - 2.0], device=at.device)).clamp_min(0)
    part, (x, y) = at - low, low.long().T
    dx, dy = part[:, :1], part[:, 1:]
    top = features[batch, :, y, x] * (1 - dx) + features[batch, :, y, x + 1] * dx
    bottom = features[batch, :, y + 1, x] * (1 - dx) + features[batch, :, y + 1, x + 1] * dx
    return functional.normalize(top * (1 - dy) + bottom * dy, dim=1)


class PatchTrainer(Trainer):
    """MSA-Net in training.

    Deviation:
        AdamW with a cosine in place of SGD 0.1; patches are all places of windows instead of lone cut-outs, so that the hardest
        negatives are mostly 8 px away from the truth; a cross-entropy over each place's similarity map is added (`localise`).
    """

    protocol: ClassVar[str] = "shift"
    measures: ClassVar[tuple[str, ...]] = ("all", "single")
    measured: ClassVar[str] = "median displacement of all places of a 192-px SAR image in a 256-px optical one, no filter; single: median error of a place"
    recipe: PatchRecipe

    def __init__(self, net: MsaNet, pairs: list[Pair], recipe: PatchRecipe, device: str = "cpu") -> None:
        super().__init__(net, pairs, recipe, device)

    def draw(self) -> list[WarpedSample]:
        """Draw a batch; windows with too little valid ground are drawn anew."""
        samples: list[WarpedSample] = []
        while len(samples) < self.recipe.batch:
            sample = draw_warped(self.pairs, self.draw_pair(), self.recipe.window_px, self.recipe.motion, self.rng)
            if float(sample.reference_mask.mean()) > _MIN_VALID and float(sample.sensed_mask.mean()) > _MIN_VALID:
                samples.append(sample)
        return samples

    def learn(self, fraction: float) -> tuple[Tensor, float]:
        """Return the loss of a batch and the share of its places whose nearest descriptor is within 1 px of the truth."""
        samples = self.draw()
        known = places(samples)
        batch, row, column, truth = (v.to(self.device) for v in (known.batch, known.row, known.column, known.truth))
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.recipe.bfloat16):
            reference, sensed = (torch.stack([getattr(s, name) for s in samples]).to(self.device) for name in ("reference", "sensed"))
            optical, sar = (v.float() for v in self.net.both(reference, sensed, (STEP, STRIDE)))
        anchors, partners = sar[batch, :, row, column], read_map(optical, batch, truth)
        r = self.recipe
        near = ((truth[:, None] - truth[None]) * STEP).square().sum(2) < (0.75 * STRIDE) ** 2
        apart = (batch[:, None] != batch[None]) | ~near
        loss = r.constraint * similarity_constraint(anchors, partners).mean()
        if fraction >= r.begin or not r.localise:
            loss = loss + r.hardest * hardest_triplet(anchors, partners, apart, r.margin, r.two_sided).mean()
        surfaces = self._surfaces(anchors, batch, optical)
        if r.localise:
            logits = surfaces * self.net.log_scale.exp()
            label = gaussian_label(truth, *surfaces.shape[1:], sigma=r.sigma / STEP)
            loss = loss + r.localise * soft_cross_entropy(logits, label).mean()
        missed = STEP * (peaks(surfaces.detach()) - truth)
        return loss, float((missed.square().sum(1) <= 1.0).float().mean())

    @staticmethod
    def _surfaces(anchors: Tensor, batch: Tensor, optical: Tensor) -> Tensor:
        """Return (N, rows, columns): similarity of each place with all nodes of its own optical window."""
        parts = [anchors[batch == b] @ optical[b].flatten(1) for b in range(optical.shape[0])]  # places come window by window
        return torch.cat(parts).view(-1, *optical.shape[-2:])

    @torch.inference_mode()
    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, 2): error of the median displacement of all places of each case, and median error of a place, px."""
        net.eval()
        errors = np.zeros((len(cases), 2))
        for i, case in enumerate(cases):
            reference, sensed = (torch.from_numpy(a)[None, None].to(self.device) for a in (_cropped(case.reference), _cropped(case.sensed)))
            optical, sar = net(reference, "optical", STEP)[0], net(sensed, "sar", STRIDE)[0]
            rows, columns = sar.shape[1:]
            found = STEP * peaks((sar.flatten(1).T @ optical.flatten(1)).view(-1, *optical.shape[1:])).cpu().numpy()
            at = STRIDE * np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
            miss = found - at - case.truth[:2, 2]
            errors[i] = float(np.hypot(*np.median(miss, axis=0))), float(np.median(np.hypot(*miss.T)))
        return errors


def _cropped(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut off what is left over of multiples of 8 px."""
    height, width = (side // STRIDE * STRIDE for side in image.shape)
    return np.ascontiguousarray(image[:height, :width])


_RECIPES = {"lambda_0": {"constraint": 0.0}, "paper_loss": {"localise": 0.0}}
TRAININGS: dict[str, MsaNetConfig] = {**PRESETS, **ABLATIONS, **dict.fromkeys(_RECIPES, PRESETS["tiny"])}


def make_trainer(preset: str, pairs: list[Pair], recipe: Recipe, device: str) -> PatchTrainer:
    """Make a network at random and its trainer.

    Args:
        preset: Name in `TRAININGS`.
        pairs: Training pairs.
        recipe: What is common to all networks: seed, shares of the sources, precision.
        device: "cpu" or "cuda".
    """
    own = PatchRecipe(batch=32 if device == "cuda" else 8, bfloat16=recipe.bfloat16, seed=recipe.seed, shares=recipe.shares)
    return PatchTrainer(MsaNet(TRAININGS[preset]), pairs, replace(own, **_RECIPES.get(preset, {})), device)
