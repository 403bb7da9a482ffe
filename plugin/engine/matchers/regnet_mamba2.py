"""RegNetMamba-2: dense matches from coarse to fine by a state-space network; see `models.regnet_mamba2`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.errors import AlignError
from ...core.fields import check_params, param
from ...core.types import Modality
from .registry import PairMatcher, PairMatches, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..preparing import Image

_CELL_PX, _CORE_PX = 8, 512
SHIPPED = Path(__file__).resolve().parents[3] / "resources" / "weights" / "regnet_mamba2.safetensors"


class RegNetError(AlignError):
    """The network cannot be made: its weights or the device asked for are not there."""


@dataclass(frozen=True)
class RegNetMamba2Params:
    """Parameters of `regnet_mamba2`."""

    threshold: float = param(0.2, "Least probability", "Coarse matches less probable than this are left out.", min=0.0, max=1.0)
    weights: str = param("", "Weights", "File of weights made by `train`; empty = the ones that came with the plugin.")

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="regnet_mamba2",
    label="RegNetMamba-2",
    kind="pair",
    summary="Matches every 8-px cell from coarse to fine with a state-space network that sees both images at once; needs torch.",
    params=RegNetMamba2Params,
    reference="Cross-modality feature fusion based on structured state space duality for multimodal image registration network, arXiv 2606.03341",
    needs=("torch", "safetensors"),
    rank=3,
)
class RegNetMamba2Matcher(PairMatcher):
    """A match for each 8-px cell whose partner agrees with it; searched in windows, so that memory does not grow with the tile."""

    margin_px = 128
    grid_px = 64
    independent_px = 24
    params: RegNetMamba2Params

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        super().__init__(params or RegNetMamba2Params(), device)
        import torch

        from ....models.regnet_mamba2 import RegNetMamba2, RegNetMamba2Config
        from ....models.weights import WeightsError, fill, load_weights

        path = Path(self.params.weights) if self.params.weights else SHIPPED
        try:
            tensors, self.card = load_weights(path, "regnet_mamba2")
            net = RegNetMamba2(RegNetMamba2Config.from_dict(self.card["config"]))
            fill(net, tensors, path.name)
        except (WeightsError, TypeError, ValueError) as error:
            hint = "Install the plugin anew." if path == SHIPPED else "Choose a .safetensors file written by `train`, with its .json beside it."
            raise RegNetError(str(error), hint) from error
        self.calibration = self.card.get("calibration")
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        elif device == "cuda" and not torch.cuda.is_available():
            raise RegNetError("This torch finds no GPU.", "Choose the device 'cpu' or 'auto'.")
        self.torch_device = torch.device(device)
        self.net = net.eval().to(self.torch_device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def use_threads(self, count: int) -> None:
        """Use at most `count` processor threads."""
        import torch

        torch.set_num_threads(count)

    def match(self, reference: Image, sensed: Image, search_radius_px: float) -> PairMatches:
        """Return the matches no further apart than the search radius (the network looks 32 px far)."""
        from ..features import fill_invalid

        seen = reference.mask & sensed.mask
        if not seen.any():
            return PairMatches.none()
        low, high = self._extent(seen)
        filled = [fill_invalid(i.data, i.mask) for i in (reference, sensed)]
        names = tuple("sar" if i.modality is Modality.SAR else "optical" for i in (reference, sensed))
        parts = []
        for y in range(low[1], high[1], _CORE_PX):
            for x in range(low[0], high[0], _CORE_PX):
                left, top = max(low[0], x - self.margin_px), max(low[1], y - self.margin_px)
                right, bottom = min(high[0], x + _CORE_PX + self.margin_px), min(high[1], y + _CORE_PX + self.margin_px)
                found = self._window([f[top:bottom, left:right] for f in filled], names, np.array([left, top], dtype=np.float64))
                inside = ((found["sensed"] >= (x, y)) & (found["sensed"] < (x + _CORE_PX, y + _CORE_PX))).all(axis=1)
                parts.append({k: v[inside] for k, v in found.items()})
        joined = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
        apart = np.hypot(*(joined["reference"] - joined["sensed"]).T)
        keep = (apart <= search_radius_px) & _valid(sensed.mask, joined["sensed"]) & _valid(reference.mask, joined["reference"])
        return _matches({k: v[keep] for k, v in joined.items()})

    def _extent(self, seen: NDArray[np.bool_]) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return first and last x, y of the pixels valid in both, outwards to multiples of `grid_px`, with room to search beside."""
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        g = self.grid_px
        low = (int(columns[0] // g * g), int(rows[0] // g * g))
        high = (min(int(-(-(columns[-1] + 1) // g) * g), seen.shape[1]), min(int(-(-(rows[-1] + 1) // g) * g), seen.shape[0]))
        return low, high

    def _window(self, images: list[NDArray[np.float32]], names: tuple[str, ...], origin: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
        import torch

        from ....models.matching_pairs import match_images
        from ....models.regnet_mamba2 import STRIDE

        height, width = images[0].shape
        given = [
            torch.from_numpy(np.pad(i, ((0, -height % STRIDE), (0, -width % STRIDE)), mode="edge"))[None, None].to(self.torch_device)
            for i in images
        ]
        with torch.inference_mode():
            found = match_images(self.net, given[0], given[1], self.params.threshold, (names[0], names[1]))
        arrays = {k: v.float().cpu().numpy() for k, v in vars(found).items()}
        for name in ("sensed", "reference", "surface_origin"):
            arrays[name] = arrays[name].astype(np.float64) + origin
        return arrays


def _valid(mask: NDArray[np.bool_], at: NDArray[np.float64]) -> NDArray[np.bool_]:
    x, y = np.floor(at).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    return np.asarray(inside & mask[np.clip(y, 0, mask.shape[0] - 1), np.clip(x, 0, mask.shape[1] - 1)])


def _matches(found: dict[str, NDArray[Any]]) -> PairMatches:
    covariance = found["covariance"].astype(np.float64) + 0.05 * np.eye(2)
    surfaces = found["surface"].astype(np.float32)
    n, side = surfaces.shape[:2]
    flat = surfaces.reshape(n, -1)
    peak = flat.max(axis=1) if n else np.zeros(0)
    line = np.arange(side)
    top = flat.argmax(axis=1)
    far = (np.abs(line[None, :, None] - (top // side)[:, None, None]) > 2) | (np.abs(line[None, None, :] - (top % side)[:, None, None]) > 2)
    second = np.where(far, surfaces, 0.0).reshape(n, -1).max(axis=1) if n else np.zeros(0)
    spread = np.sqrt(np.trace(covariance, axis1=1, axis2=2))
    features = np.column_stack([np.ones(n), found["coarse"], found["fine"], np.minimum(found["back_px"], 8.0) / 4.0, spread / 4.0])
    score = np.clip(found["coarse"] * found["fine"], 0.0, 1.0)
    return PairMatches(
        found["reference"], found["sensed"], score.astype(np.float64), features.astype(np.float64), covariance, surfaces,
        found["surface_origin"], 2.0, peak.astype(np.float64), second.astype(np.float64), found["back_px"].astype(np.float64),
    )
