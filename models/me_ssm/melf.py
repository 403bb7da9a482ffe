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


class Expert(nn.Module):
    """One expert: convolutions at full resolution and, after 2x2 means (which keep the grid), at
    1/2.

    Args:
        channels_in: Channels of the input.
        width: Channels at full resolution.
        half_width: Channels at 1/2.
    """

    def __init__(self, channels_in: int, width: int, half_width: int) -> None:
        super().__init__()
        self.at_full = nn.Sequential(
            nn.Conv2d(channels_in, width, 5, padding=2),
            nn.GELU(),
            nn.Conv2d(width, width, 3, padding=1),
        )
        self.at_half = nn.Sequential(
            nn.Conv2d(width, half_width, 3, padding=1),
            nn.GELU(),
            nn.Conv2d(half_width, half_width, 3, padding=1),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return (B, width, H, W) and (B, half_width, H/2, W/2) of (B, channels_in, H, W), H and W
        even.
        """
        full = self.at_full(x)
        return full, self.at_half(functional.avg_pool2d(functional.gelu(full), 2))


class WindowMelf(nn.Module):
    """Blend of experts f_k = T_k^-1(E_k(T_k(x))) at two resolutions, with one gate an expert and
    window.

    The router sees what every expert finds in the whole window (its mean and its spread).

    Args:
        channels_in: Channels of the input.
        width: Channels at full resolution.
        half_width: Channels at 1/2.
        poses: Names out of `POSES`, one an expert; a single one makes the plain network without a
            router.
        soft: The router decides; else every expert counts alike.

    Reference:
        ME-SSM, arXiv 2507.04397: multi-expert learning framework with a soft router.
    Deviation:
        poses, number and depth of the experts are our reading; the second resolution is ours.
    """

    def __init__(
        self, channels_in: int, width: int, half_width: int, poses: tuple[str, ...], soft: bool
    ) -> None:
        super().__init__()
        self.poses = poses
        self.experts = nn.ModuleList(Expert(channels_in, width, half_width) for _ in poses)
        hidden = 4 * len(poses)
        self.router = (
            nn.Sequential(
                nn.Linear(2 * half_width * len(poses), hidden),
                nn.ReLU(),
                nn.Linear(hidden, len(poses)),
            )
            if soft and len(poses) > 1
            else None
        )

    def gates(self, found: list[Tensor]) -> Tensor:
        """Return the gates (B, K) for what the experts found at 1/2; they add up to 1."""
        if self.router is None:
            return found[0].new_full((len(found[0]), len(found)), 1.0 / len(found))
        seen = torch.cat(found, dim=1).float().flatten(2)
        about = torch.cat((seen.mean(2), seen.std(2)), dim=1)
        return torch.softmax(self.router(about), dim=1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the blends (B, width, H, W) and (B, half_width, H/2, W/2), and the gates (B, K),
        of (B, channels_in, H, W), both even.
        """
        fulls, halves = [], []
        for pose, expert in zip(self.poses, self.experts, strict=True):
            there, back = POSES[pose]
            full, half = expert(there(x))
            fulls.append(back(full))
            halves.append(back(half))
        gates = self.gates(halves)
        return _blend(fulls, gates), _blend(halves, gates), gates


def _blend(found: list[Tensor], gates: Tensor) -> Tensor:
    shares = gates.to(found[0].dtype)[..., None, None]
    blended = found[0] * shares[:, :1]
    for k in range(1, len(found)):
        blended = blended + found[k] * shares[:, k : k + 1]
    return blended
