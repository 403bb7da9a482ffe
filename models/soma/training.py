"""Training of SOMA on pairs under a known motion, and its validation by the dense flow of whole
windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..ops.affine_flow import lattice
from ..training.synthetic import Pair, centred_lattice, with_mean_filled
from ..training.trainer import Recipe, Trainer, ValidationCase
from ..training.warped import Motion, WarpedBatch, WarpedSample, draw_warped, flow_mask, homography
from .glam import CELL_PX
from .loss import soma_loss
from .net import Soma, SomaConfig

NEAR = Motion(rotation_deg=2.0, shift_px=6.0, scale=0.03, bend_px=1.5)
"""What is left after the coarse stage."""
_LEARNT = replace(NEAR, shift_px=24.0)
"""What is learnt from: windows cut at one place let the network match by the distance from the
border, which holds nowhere else.
"""
MAIN = Motion(rotation_deg=5.0, shift_px=32.0, scale=0.2, bend_px=0.0)
"""The paper's main perturbation."""
ROBUST = Motion(rotation_deg=20.0, shift_px=50.0, scale=0.0, bend_px=0.0)
"""The paper's perturbation for robustness."""
_CASE_PX = 256
_CENTRING = 40  # batches


@dataclass(frozen=True)
class FlowRecipe(Recipe):
    """How to train for dense flow.

    Attributes:
        side_px: Side of the windows.
        far: Share of samples under `MAIN`; the others are under `NEAR` with wider shifts.
        swap: Share of samples whose sensed image is the optical one.
        borders: Share of samples where one image ends within the window, as at the rim of a turned
            scene.
    """

    side_px: int = 160
    far: float = 0.25
    swap: float = 0.25
    borders: float = 0.6


@dataclass(frozen=True, eq=False)
class FlowCase:
    """Two windows of one size: (H, W) images in 0..1 and masks, flow (2, h, w) px on the lattice
    and where it counts (h, w).
    """

    reference: NDArray[np.float32]
    reference_mask: NDArray[np.float32]
    sensed: NDArray[np.float32]
    sensed_mask: NDArray[np.float32]
    flow: NDArray[np.float32]
    counts: NDArray[np.float32]


class FlowTrainer(Trainer):
    """SOMA in training."""

    protocol: ClassVar[str] = "shift"
    measures: ClassVar[tuple[str, ...]] = ("near", "main")
    measured: ClassVar[str] = (
        "RMSE of the dense flow over a window of 256 px, 192 px of them SAR; near: up to "
        "6 px, 2 degrees, scale 3 %; main: 32 px, 5 degrees, scale 20 %"
    )
    recipe: FlowRecipe

    def __init__(
        self, net: Soma, pairs: list[Pair], recipe: FlowRecipe, device: str = "cpu"
    ) -> None:
        super().__init__(net, pairs, recipe, device)

    def draw(self, fraction: float, rng: np.random.Generator) -> WarpedBatch:  # noqa: ARG002 - the same from beginning to end
        """Draw a batch of samples with enough common ground."""

        def sample() -> WarpedSample:
            motion = MAIN if rng.random() < self.recipe.far else _LEARNT
            drawn = draw_warped(self.pairs, self.draw_pair(rng), self.recipe.side_px, motion, rng)
            return with_borders(drawn, rng) if rng.random() < self.recipe.borders else drawn

        return WarpedBatch.of(
            self.draw_enough(self.recipe.batch, sample, lambda s: float(flow_mask(s).mean()) > 0.4)
        )

    def learn(self, batch: WarpedBatch, fraction: float) -> tuple[Tensor, float]:  # noqa: ARG002
        """Return the loss of a batch and the share of it whose flow is within 1 px in the mean
        along each axis.
        """
        tensors = batch.to(self.device)
        flow, mask = (
            functional.avg_pool2d(tensors.flow, CELL_PX),
            (functional.avg_pool2d(tensors.counts, CELL_PX) > 0.98).float(),
        )
        with torch.autocast(
            torch.device(self.device).type, torch.bfloat16, enabled=self.recipe.bfloat16
        ):
            seen_optical, seen_sar = (
                self.net.describe(tensors.reference, "optical"),
                self.net.describe(tensors.sensed, "sar"),
            )
        if self.rng.random() < self.recipe.swap:
            flow, mask = inverted(flow, mask)
            found = self.net.match(
                seen_optical, seen_sar, tensors.reference_mask, tensors.sensed_mask
            )
        else:
            found = self.net.match(
                seen_sar, seen_optical, tensors.sensed_mask, tensors.reference_mask
            )
        miss = ((found.flow.detach() - flow) * mask).sum((2, 3)) / mask.sum((2, 3)).clamp_min(1.0)
        return soma_loss(found, flow, mask), float((miss.abs().amax(1) <= 1.0).float().mean())

    def averaged(self) -> Soma:
        """Return the network with the running mean of the weights, centred."""
        return self.centred(super().averaged())

    @torch.no_grad()
    def centred(self, net: Soma) -> Soma:
        """Take the mean error along x and y out of the last displacement.

        The samples are turned and mirrored at random, so that it must be 0: what the sensors or the
        truth of a source lie apart cancels. Left to itself it drifts by half a pixel (measured), as
        nothing but the truth of the samples, good to a pixel, holds it.
        """
        net.eval()
        for turn in range(2):
            missed = []
            for number in range(_CENTRING):
                batch = self.draw(0.0, np.random.default_rng([self.seed, turn, number, 2])).to(
                    self.device
                )
                counts = (functional.avg_pool2d(batch.counts, CELL_PX) > 0.98).float()
                sensed, reference = (
                    net.describe(batch.sensed, "sar"),
                    net.describe(batch.reference, "optical"),
                )
                found = net.match(sensed, reference, batch.sensed_mask, batch.reference_mask)
                missed.append(
                    ((found.flow - functional.avg_pool2d(batch.flow, CELL_PX)) * counts).sum((2, 3))
                    / counts.sum((2, 3)).clamp_min(1.0)
                )
            offset: Tensor = net.glam.refine.shift.get_parameter("bias")
            offset -= torch.cat(missed).median(dim=0).values
        return net

    @torch.inference_mode()
    def validate(self, net: nn.Module, cases: Sequence[ValidationCase]) -> NDArray[np.float64]:
        """Return (N, 2): RMSE of the flow in px under what the coarse stage leaves, and under the
        paper's main perturbation.
        """
        net.eval()
        return np.array(
            [
                [
                    flow_error(net, flow_case(case, motion, number), self.device)
                    for motion in (NEAR, MAIN)
                ]
                for number, case in enumerate(cases)
            ]
        )


def with_borders(sample: WarpedSample, rng: np.random.Generator) -> WarpedSample:
    """Return a sample of which one image ends at a straight line, anywhere from the rim to a tenth
    of the window short of its middle.
    """
    side = sample.flow.shape[-1]
    angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.6) * side
    x, y = centred_lattice(side)
    known = torch.from_numpy((np.cos(angle) * x + np.sin(angle) * y < reach).astype(np.float32))[
        None
    ]
    if rng.random() < 0.5:
        mask = sample.sensed_mask * known
        return replace(sample, sensed=with_mean_filled(sample.sensed, mask), sensed_mask=mask)
    mask = sample.reference_mask * known
    return replace(sample, reference=with_mean_filled(sample.reference, mask), reference_mask=mask)


def inverted(flow: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return the flow back, on the lattice of the reference, and where it counts; `flow` (B, 2, h,
    w) px, `mask` (B, 1, h, w).

    Found by fixed-point iteration: back(p) = -flow(p + back(p)).
    """
    height, width = flow.shape[-2:]
    at = lattice(height, width, CELL_PX, flow)
    half = torch.tensor([width, height], device=flow.device)[:, None, None] * (CELL_PX / 2)

    def read(values: Tensor, back: Tensor, padding: str) -> Tensor:
        return functional.grid_sample(
            values, ((at + back) / half).movedim(1, -1), padding_mode=padding, align_corners=False
        )

    back = -flow
    for _ in range(8):
        back = -read(flow, back, "border")
    return back, (read(mask, back, "zeros") > 0.98).float()


def flow_case(case: ValidationCase, motion: Motion, seed: int) -> FlowCase:
    """Put both images of a case into one window with a seeded motion between them."""
    rng = np.random.default_rng([seed, 7])
    lines = np.arange(_CASE_PX) + 0.5
    at = np.stack((*np.meshgrid(lines, lines), np.ones((_CASE_PX, _CASE_PX))))
    height, width = case.reference.shape
    centring = np.eye(3)
    centring[:2, 2] = -_CASE_PX / 2.0
    origin = np.eye(3)
    origin[:2, 2] = (np.array([width, height]) - _CASE_PX) / 2.0
    to_reference = np.linalg.inv(centring) @ homography(_CASE_PX, motion, rng) @ centring
    moved = np.tensordot(to_reference, at, axes=1)
    reference, reference_mask = _read(case.reference, np.tensordot(origin, at, axes=1)[:2])
    sensed, sensed_mask = _read(
        case.sensed, np.tensordot(np.linalg.inv(case.truth) @ origin, moved, axes=1)[:2]
    )
    flow = (moved - at)[:2].astype(np.float32)
    there = _read(reference_mask, moved[:2])[0]
    counts = (
        functional.avg_pool2d(
            torch.from_numpy(sensed_mask * (there > 0.98))[None].float(), CELL_PX
        )[0]
        > 0.98
    )
    coarse = functional.avg_pool2d(torch.from_numpy(flow), CELL_PX)
    return FlowCase(
        reference, reference_mask, sensed, sensed_mask, coarse.numpy(), counts.float().numpy()
    )


def _read(
    image: NDArray[np.float32], at: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Read an image at (2, h, w) px (corner origin): values, its mean outside, and validity."""
    size = np.array(image.shape[::-1])[:, None, None]
    grid = torch.from_numpy(np.moveaxis(2 * at / size - 1, 0, -1).astype(np.float32))[None]
    read = functional.grid_sample(
        torch.from_numpy(image)[None, None], grid, padding_mode="border", align_corners=False
    )[0, 0].numpy()
    inside = ((at > 1) & (at < size - 1)).all(axis=0)
    return np.where(inside, read, image.mean()).astype(np.float32), inside.astype(np.float32)


def flow_error(net: nn.Module, case: FlowCase, device: str) -> float:
    """Return the root mean square of the flow's error over the places that count, px; inf where
    none does.
    """
    reference, reference_mask, sensed, sensed_mask = (
        torch.from_numpy(a)[None, None].to(device)
        for a in (case.reference, case.reference_mask, case.sensed, case.sensed_mask)
    )
    found = net.match(  # type: ignore[operator]
        net.describe(sensed, "sar"),  # type: ignore[operator]
        net.describe(reference, "optical"),  # type: ignore[operator]
        sensed_mask,
        reference_mask,
    )
    square = ((found.flow[0].cpu().numpy() - case.flow) ** 2).sum(axis=0)
    return (
        float(np.sqrt((square * case.counts).sum() / case.counts.sum()))
        if case.counts.any()
        else float("inf")
    )


TRAININGS: dict[str, SomaConfig] = {
    "tiny": SomaConfig(),
    "no_fge": SomaConfig(fge=False),
    "no_affine": SomaConfig(affine=False, passes=1),
    "one_pass": SomaConfig(passes=1),
    "pooled": SomaConfig(pooled=True),
    "as_released": SomaConfig(pooled=True, passes=1, released=True),
}
"""The network and its ablations."""


def make_trainer(preset: str, pairs: list[Pair], recipe: Recipe, device: str) -> FlowTrainer:
    """Make a network at random and its trainer.

    Args:
        preset: Name in `TRAININGS`.
        pairs: Training pairs.
        recipe: What is common to all networks: seed, shares of the sources, precision.
        device: "cpu" or "cuda".
    """
    own = FlowRecipe(
        batch=32 if device == "cuda" else 4,
        bfloat16=recipe.bfloat16,
        seed=recipe.seed,
        shares=recipe.shares,
    )
    return FlowTrainer(Soma(TRAININGS[preset]), pairs, own, device)
