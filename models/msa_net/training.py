"""Training of MSA-Net on all places of pairs of windows, and its validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..ops.similarity import peaks
from ..training.losses import gaussian_label
from ..training.synthetic import Pair
from ..training.trainer import Recipe, Trainer, ValidationCase
from ..training.warped import Motion, WarpedSample, draw_warped
from .net import ABLATIONS, PATCH_PX, PRESETS, STRIDE, MsaNet, MsaNetConfig
from .patch_metrics import decision_accuracy, false_positive_rate
from .triplets import contrast, decision, similarity_constraint, triplet

STEP = 4  # of the optical descriptors
_MIN_VALID = 0.7
_MOTION = Motion(rotation_deg=2.0, shift_px=6.0, scale=0.02, bend_px=0.5)
_PATCH_STRIDE = 32  # of the patches that accuracy and FPR95 are measured on, as in the paper
_EASY = 4  # at first a fourth of the negatives count as the nearest


@dataclass(frozen=True)
class PatchRecipe(Recipe):
    """How to train for patches.

    Attributes:
        margin: Of the triplets.
        triplets: Weight of the triplets.
        begin: Share of the training in which their negatives go from a fourth of the batch to the
            hardest one.
        constraint: Weight lambda of the similarity constraint.
        localise: Weight of the cross-entropy over all places of the batch, and back; 0 = the
            paper's loss.
        decide: Weight of the decision match or no match, by one threshold for all places.
        sigma: Width in px of the soft label of a place: how far the truth of the data can be
            trusted.
        window_px: Side of the windows.
        room_px: Each window is cut from ground that is wider by this, at a place of its own: else
            the distance from the window's border would tell a place's partner (measured: training
            goes well, validation gets worse than at the start).
        places: At most so many of a batch, drawn at random: all are compared with all; None = all.
        motion: Of the SAR ground against the optical one, at most.
    """

    margin: float = 1.0
    triplets: float = 0.5
    begin: float = 0.4
    constraint: float = 0.1
    localise: float = 1.0
    decide: float = 0.0
    sigma: float = 2.0
    window_px: int = 144
    room_px: int = 48
    places: int | None = None
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


@dataclass(frozen=True, eq=False)
class PatchBatch:
    """B windows of both images, (B, 1, side, side), and their places."""

    reference: Tensor
    sensed: Tensor
    known: Places


def places(samples: list[WarpedSample]) -> Places:
    """Return the SAR nodes (8 px apart) that see enough valid ground, and whose partner does and
    lies within the optical map.
    """
    valid = functional.avg_pool2d(torch.stack([s.sensed_mask for s in samples]), PATCH_PX, STRIDE)[
        :, 0
    ]
    ground = functional.avg_pool2d(
        torch.stack([s.reference_mask for s in samples]), PATCH_PX, STEP
    )[:, 0]
    flow = functional.avg_pool2d(
        torch.stack([s.flow for s in samples])[..., PATCH_PX // 2 - 1 :, PATCH_PX // 2 - 1 :],
        2,
        STRIDE,
    )
    rows, columns = valid.shape[1:]
    place = STRIDE * torch.stack(
        torch.meshgrid(torch.arange(float(columns)), torch.arange(float(rows)), indexing="xy")
    )
    at = (place + flow[..., :rows, :columns]) / STEP
    size = ground.shape[-1]
    inside = ((at >= 0) & (at <= size - 1)).all(1)
    nearest = at.round().long().clamp(0, size - 1)
    each = torch.arange(len(samples))[:, None, None]
    known = (
        inside & (valid > _MIN_VALID) & (ground[each, nearest[:, 1], nearest[:, 0]] > _MIN_VALID)
    )
    batch, row, column = torch.nonzero(known, as_tuple=True)
    return Places(batch, row, column, at[batch, :, row, column])


def windows_apart(sample: WarpedSample, side: int, rng: np.random.Generator) -> WarpedSample:
    """Cut windows of `side` px from both images, each at a place of its own."""
    room = sample.flow.shape[-1] - side + 1
    (x, y), (u, v) = rng.integers(0, room, (2, 2)).tolist()
    there, here = (
        (..., slice(y, y + side), slice(x, x + side)),
        (..., slice(v, v + side), slice(u, u + side)),
    )
    flow = sample.flow[here] + torch.tensor([float(u - x), float(v - y)])[:, None, None]
    return replace(
        sample,
        reference=sample.reference[there],
        reference_mask=sample.reference_mask[there],
        sensed=sample.sensed[here],
        sensed_mask=sample.sensed_mask[here],
        flow=flow,
    )


def read_map(features: Tensor, batch: Tensor, at: Tensor) -> Tensor:
    """Return (N, C): (B, C, H, W) read bilinearly at (N, 2) x, y of windows `batch`, of length
    1.
    """
    low = torch.minimum(
        at.floor(),
        torch.tensor([features.shape[-1] - 2.0, features.shape[-2] - 2.0], device=at.device),
    ).clamp_min(0)
    part, (x, y) = at - low, low.long().T
    dx, dy = part[:, :1], part[:, 1:]
    top = features[batch, :, y, x] * (1 - dx) + features[batch, :, y, x + 1] * dx
    bottom = features[batch, :, y + 1, x] * (1 - dx) + features[batch, :, y + 1, x + 1] * dx
    return functional.normalize(top * (1 - dy) + bottom * dy, dim=1)


class PatchTrainer(Trainer):
    """MSA-Net in training.

    Deviation:
        AdamW with a cosine in place of SGD 0.1; patches are all places of windows instead of lone
        cut-outs, so that the hardest negatives are mostly 8 px away from the truth; a cross-entropy
        over all places of the batch, most of them of the same scenes, is added (`localise`), and
        the negatives of the triplets become the hardest only in the course of the training.
    """

    protocol: ClassVar[str] = "shift"
    measures: ClassVar[tuple[str, ...]] = ("all", "single")
    measured: ClassVar[str] = (
        "median displacement of all places of a 192-px SAR image in a 256-px optical "
        "one, no filter; single: median error of a place"
    )
    recipe: PatchRecipe

    def __init__(
        self, net: MsaNet, pairs: list[Pair], recipe: PatchRecipe, device: str = "cpu"
    ) -> None:
        super().__init__(net, pairs, recipe, device)

    def draw(self, fraction: float, rng: np.random.Generator) -> PatchBatch:  # noqa: ARG002 - the same from beginning to end
        """Draw a batch of samples with enough valid ground."""
        r = self.recipe
        samples = self.draw_enough(
            r.batch,
            lambda: windows_apart(
                draw_warped(
                    self.pairs, self.draw_pair(rng), r.window_px + r.room_px, r.motion, rng
                ),
                r.window_px,
                rng,
            ),
            lambda s: min(float(s.reference_mask.mean()), float(s.sensed_mask.mean())) > _MIN_VALID,
        )
        known = places(samples)
        if r.places is not None and len(known.batch) > r.places:
            chosen = torch.from_numpy(
                np.sort(rng.choice(len(known.batch), r.places, replace=False))
            )
            known = Places(
                known.batch[chosen], known.row[chosen], known.column[chosen], known.truth[chosen]
            )
        return PatchBatch(
            torch.stack([s.reference for s in samples]),
            torch.stack([s.sensed for s in samples]),
            known,
        )

    def learn(self, patches: PatchBatch, fraction: float) -> tuple[Tensor, float]:
        """Return the loss of a batch and the share of its places whose nearest descriptor in the
        window is within 4 px of the truth.
        """
        r, known, count = self.recipe, patches.known, len(patches.sensed)
        batch, row, column, truth = (
            v.to(self.device) for v in (known.batch, known.row, known.column, known.truth)
        )
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=r.bfloat16):
            optical, sar = (
                v.float()
                for v in self.net.both(
                    patches.reference.to(self.device),
                    patches.sensed.to(self.device),
                    (STEP, STRIDE),
                )
            )
        anchors, partners = sar[batch, :, row, column], read_map(optical, batch, truth)
        near = ((truth[:, None] - truth[None]) * STEP).square().sum(2) < (0.75 * STRIDE) ** 2
        negative = (batch[:, None] != batch[None]) | ~near
        loss = r.constraint * similarity_constraint(anchors, partners).mean()
        if r.triplets:
            share = max(0.0, 1.0 - fraction / r.begin) if r.begin else 0.0
            loss = (
                loss
                + r.triplets
                * triplet(
                    anchors,
                    partners,
                    negative,
                    r.margin,
                    max(1, round((len(anchors) / _EASY) ** share)),
                ).mean()
            )
        size = optical.shape[-2:]
        similarity = anchors @ optical.movedim(1, 0).flatten(1)  # with every place of the batch
        scale = self.net.log_scale.exp()
        if r.localise:
            label = gaussian_label(truth, size[0], size[1], sigma=r.sigma / STEP).flatten(1)
            own = _own(similarity, batch, count)
            entropy = torch.logsumexp(scale * similarity, dim=1) - scale * (label * own).sum(1)
            loss = loss + r.localise * 0.5 * (
                entropy.mean() + contrast(anchors, partners, negative, scale).mean()
            )
        if r.decide:
            loss = loss + r.decide * decision(
                anchors @ partners.T, batch[:, None] != batch[None], scale
            )
        missed = STEP * (peaks(_own(similarity.detach(), batch, count).view(-1, *size)) - truth)
        return loss, float((missed.square().sum(1) <= 16.0).float().mean())

    @torch.inference_mode()
    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, 2): error of the median displacement of all places of each case, and median
        error of a place, px; sets `facts`.
        """
        net.eval()
        errors, seen = np.zeros((len(cases), 2)), []
        for i, case in enumerate(cases):
            reference, sensed = (
                torch.from_numpy(a)[None, None].to(self.device)
                for a in (_cropped(case.reference), _cropped(case.sensed))
            )
            optical, sar = net(reference, "optical", STEP)[0], net(sensed, "sar", STRIDE)[0]
            rows, columns = sar.shape[1:]
            found = (
                STEP
                * peaks((sar.flatten(1).T @ optical.flatten(1)).view(-1, *optical.shape[1:]))
                .cpu()
                .numpy()
            )
            at = STRIDE * np.stack(
                np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1
            ).reshape(-1, 2)
            miss = found - at - case.truth[:2, 2]
            errors[i] = (
                float(np.hypot(*np.median(miss, axis=0))),
                float(np.median(np.hypot(*miss.T))),
            )
            seen.append(self._patches(optical, sar, case.truth[:2, 2]))
        self.facts = patch_facts(
            [s.cpu().numpy().astype(np.float64) for s, _ in seen],
            [o.cpu().numpy().astype(np.float64) for _, o in seen],
        )
        return errors

    @staticmethod
    def _patches(optical: Tensor, sar: Tensor, shift: NDArray[np.float64]) -> tuple[Tensor, Tensor]:
        """Return (K, C) SAR and optical descriptors of the same places, 32 px apart."""
        each = _PATCH_STRIDE // STRIDE
        rows, columns = sar.shape[1:]
        r, c = torch.meshgrid(
            torch.arange(0, rows, each), torch.arange(0, columns, each), indexing="ij"
        )
        at = (
            STRIDE * torch.stack((c.flatten(), r.flatten()), dim=1) + torch.from_numpy(shift)
        ) / STEP
        inside = (
            (at >= 0).all(1)
            & (at[:, 0] <= optical.shape[2] - 1)
            & (at[:, 1] <= optical.shape[1] - 1)
        )
        r, c, at = r.flatten()[inside], c.flatten()[inside], at[inside].to(optical)
        return sar[:, r, c].T, read_map(optical[None], torch.zeros(len(at), dtype=torch.long), at)


def patch_facts(
    sar: list[NDArray[np.float64]], optical: list[NDArray[np.float64]]
) -> dict[str, Any]:
    """Return accuracy and FPR95 of patches, as many wrong pairs as right ones.

    Args:
        sar: Of each case, (K, C) unit descriptors.
        optical: Likewise, of the same places.

    Returns:
        `patches`; `accuracy` and `FPR95` with wrong partners drawn (seeded) from all other cases;
        `accuracy_same_scene` and `FPR95_same_scene` with wrong partners from the same case, at
        least 32 px away.
    """
    rng = np.random.default_rng(5)
    case = np.repeat(np.arange(len(sar)), [len(s) for s in sar])
    s, o = np.concatenate(sar), np.concatenate(optical)
    matching, count = (s * o).sum(axis=1), len(s)
    facts: dict[str, Any] = {"patches": count}
    for name, allowed in (
        ("", case[:, None] != case),
        ("_same_scene", (case[:, None] == case) & ~np.eye(count, dtype=bool)),
    ):
        able = np.flatnonzero(allowed.any(axis=1))
        if len(able) < 2:
            continue
        chosen = np.array([rng.choice(np.flatnonzero(allowed[i])) for i in able])
        other = (s[able] * o[chosen]).sum(axis=1)
        facts[f"accuracy{name}"] = round(decision_accuracy(matching[able], other), 4)
        facts[f"FPR95{name}"] = round(false_positive_rate(matching[able], other), 4)
    return facts


def _own(similarity: Tensor, batch: Tensor, count: int) -> Tensor:
    """Return (N, L): of (N, count * L) the columns of each row's own window."""
    each = similarity.view(len(similarity), count, -1)
    return each.gather(1, batch[:, None, None].expand(-1, 1, each.shape[2]))[:, 0]


def _cropped(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut off what is left over of multiples of 8 px."""
    height, width = (side // STRIDE * STRIDE for side in image.shape)
    return np.ascontiguousarray(image[:height, :width])


_RECIPES: dict[str, dict[str, Any]] = {
    "lambda_0": {"constraint": 0.0},
    "lambda_1": {"constraint": 1.0},
    "paper_loss": {"localise": 0.0, "triplets": 1.0},
}
TRAININGS: dict[str, MsaNetConfig] = {
    **PRESETS,
    **ABLATIONS,
    **dict.fromkeys(_RECIPES, ABLATIONS["one_scale"]),
}
"""`tiny` ships; the others are of one scale, trained on smaller windows without `decide`: sharing,
parts left out, weight of the similarity constraint, the paper's loss.
"""


def make_trainer(preset: str, pairs: list[Pair], recipe: Recipe, device: str) -> PatchTrainer:
    """Make a network at random and its trainer.

    Args:
        preset: Name in `TRAININGS`.
        pairs: Training pairs.
        recipe: What is common to all networks: seed, shares of the sources, precision.
        device: "cpu" or "cuda".
    """
    wide: dict[str, Any] = (
        {"window_px": 192, "places": 640, "decide": 0.5} if TRAININGS[preset].joined else {}
    )
    own = PatchRecipe(
        batch=32 if device == "cuda" else 8,
        rate=1.5e-3,
        bfloat16=recipe.bfloat16,
        seed=recipe.seed,
        shares=recipe.shares,
        refine=False,
    )
    return PatchTrainer(
        MsaNet(TRAININGS[preset]), pairs, replace(own, **wide, **_RECIPES.get(preset, {})), device
    )
