"""MELF: several experts each see the image in another pose; a soft router blends what they find."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..ops.blocks import surroundings, upsample

Pose = tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]

POSES: dict[str, Pose] = {
    "identity": (lambda x: x, lambda x: x),
    "flip_x": (lambda x: x.flip(-1), lambda x: x.flip(-1)),
    "flip_y": (lambda x: x.flip(-2), lambda x: x.flip(-2)),
    "turn_90": (lambda x: x.rot90(1, (-2, -1)), lambda x: x.rot90(-1, (-2, -1))),
    "turn_180": (lambda x: x.rot90(2, (-2, -1)), lambda x: x.rot90(2, (-2, -1))),
    "turn_270": (lambda x: x.rot90(-1, (-2, -1)), lambda x: x.rot90(1, (-2, -1))),
}
"""Name -> (pose, exact inverse), both on (..., H, W)."""

_ROUTER_STRIDE, _ROUTER_SIDE = 8, 7


class Melf(nn.Module):
    """Blend of experts f_k = T_k^-1(E_k(T_k(x))) with gates that add up to one at each place.

    Args:
        make_expert: Makes one expert: a module (B, C_in, H, W) -> (B, width, H, W) that shifts no
            pixel.
        width: Channels of the experts' output.
        poses: Names out of `POSES`, one an expert; a single one makes the plain network without a
            router.

    Reference:
        ME-SSM, arXiv 2507.04397: multi-expert learning framework with a soft router.
    Deviation:
        the router looks at the 56 px around a place instead of at the whole image, so that the
        result does not depend on the tile; poses and number of experts are our reading.
    """

    def __init__(
        self, make_expert: Callable[[], nn.Module], width: int, poses: tuple[str, ...]
    ) -> None:
        super().__init__()
        self.poses = poses
        self.experts = nn.ModuleList(make_expert() for _ in poses)
        hidden = 4 * len(poses)
        self.router = nn.Sequential(
            nn.Conv2d(width * len(poses), hidden, 1), nn.ReLU(), nn.Conv2d(hidden, len(poses), 1)
        )

    def gates(self, found: list[Tensor]) -> Tensor:
        """Return the gates (B, K, H, W) for the experts' features; they add up to 1."""
        reduced = torch.cat(
            [functional.avg_pool2d(f, _ROUTER_STRIDE, ceil_mode=True) for f in found], dim=1
        )
        return upsample(
            torch.softmax(self.router(surroundings(reduced, _ROUTER_SIDE)), dim=1), found[0]
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the blended features (B, width, H, W) and the gates (B, K, H, W)."""
        found = []
        for pose, expert in zip(self.poses, self.experts, strict=True):
            there, back = POSES[pose]
            found.append(back(expert(there(x))))
        if len(found) == 1:
            return found[0], torch.ones_like(found[0][:, :1])
        gates = self.gates(found)
        blended = found[0] * gates[:, :1]
        for k in range(1, len(found)):
            blended = blended + found[k] * gates[:, k : k + 1]
        return blended, gates
