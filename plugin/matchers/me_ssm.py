"""ME-SSM: learned descriptors from a state-space network; see `models.me_ssm`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.fields import check_params
from ..core.types import Modality
from .network import NetworkMatcher, network_modality, shipped_weights, weights_param
from .registry import TemplateMatcher, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image, Window
    from .registry import Reader

_STRIP_PX, _OVERLAP_PX = 600_000, 64
_RECENT = 16
"""Windows kept: a column of them between two tiles of 1024 px, of both images; 17 MB each."""
SHIPPED = shipped_weights("me_ssm")


@dataclass(frozen=True)
class MeSsmParams:
    """Parameters of `me_ssm`."""

    weights: str = weights_param()

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="me_ssm",
    label="ME-SSM",
    kind="template",
    summary="Compares what a state-space network trained on real optical-SAR pairs sees at each "
    "pixel; the most accurate one, slower, needs torch.",
    params=MeSsmParams,
    reference="Multi-expert learning framework with the state space model for optical and SAR "
    "image registration, arXiv 2507.04397",
    needs=("torch", "safetensors"),
    rank=60,
)
class MeSsmMatcher(NetworkMatcher, TemplateMatcher):
    """Dense descriptors of 28 channels, 16 of them learnt and 12 oriented gradients; short ones
    where there is nothing to hold on to (water, clouds).

    Layers run in bfloat16 where the processor has it; scans, gradients and similarity stay in
    float32.
    """

    margin_px = 40
    bytes_per_px = 850
    base_mb = 700
    grid_px = 8
    template_limits_px = (64, 96)
    anchor_rotation_deg = 6.0
    gains_by_threads = True

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        super().__init__(params, device)
        from ...models.me_ssm.config import MeSsmConfig
        from ...models.me_ssm.net import make_net

        self.load_network(
            "me_ssm",
            params.weights if params is not None else "",
            device,
            lambda config: make_net(MeSsmConfig.from_dict(config)),
        )
        self._recent: dict[Any, NDArray[np.float16]] = {}
        """Windows described last, which the next tile has in common with this one."""

    def describe(
        self, image: Image, modality: Modality
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return descriptors (C, H, W), 0 where the mask is False, and the gates of the experts (K,
        H, W).
        """
        if self.net.config.version == 1:
            found = self._in_strips(image, modality)
        else:
            height, width = image.data.shape
            whole = (0, 0, width, height)
            found = self._in_windows(lambda w: _part(image, w), whole, (width, height), modality)
        count = self.net.channels
        return found[:count] * image.mask, found[count:]

    def _in_strips(self, image: Image, modality: Modality) -> NDArray[np.float32]:
        """Describe by strips, so that memory does not grow with the tile."""
        from .parts.features import fill_invalid

        filled = fill_invalid(image.data, image.mask)
        height, width = filled.shape
        channels = self.net.channels + len(self.net.config.poses)
        described = np.empty((channels, height, width), np.float32)
        step = (
            height
            if height * width <= _STRIP_PX
            else max(256, _STRIP_PX // width // self.grid_px * self.grid_px)
        )
        for top in range(0, height, step):
            low, high = max(0, top - self.margin_px), min(height, top + step + self.margin_px)
            inner = slice(top - low, min(top + step, height) - low)
            described[:, top : top + step] = self._run(filled[low:high], modality)[:, inner]
        return described

    def _in_windows(
        self, read: Reader, wanted: Window, scene: tuple[int, int], modality: Modality
    ) -> NDArray[np.float32]:
        """Describe a part of a scene (width, height) by the network's windows."""
        from .parts.features import fill_invalid
        from .parts.scene_windows import blended

        def describe(window: Window) -> NDArray[np.float16] | None:
            image = read(window)
            if not image.mask.any():
                return None
            key = self.net, modality, image.data.shape, _digest(image)
            found = self._recent.pop(key, None)
            if found is None:
                filled = fill_invalid(image.data, image.mask)
                found = self._run(filled, modality).astype(np.float16)
            self._recent[key] = found
            if len(self._recent) > _RECENT:
                del self._recent[next(iter(self._recent))]
            return found

        channels = self.net.channels + len(self.net.config.poses)
        side = self.net.config.window_px
        return blended(scene, wanted, side, _OVERLAP_PX, channels, describe)

    def _run(self, data: NDArray[np.float32], modality: Modality) -> NDArray[np.float32]:
        """Return descriptors and gates (C + K, H, W) of an image without gaps."""
        import torch

        with (
            torch.inference_mode(),
            torch.autocast(self.torch_device.type, torch.bfloat16, enabled=self.bfloat16),
        ):
            found = self.net(self.to_input(data), network_modality(modality))
            both = torch.cat((found.features[0].float(), found.gates[0].float()))
        described: NDArray[np.float32] = both.cpu().numpy()
        return described

    def features(self, image: Image, modality: Modality) -> NDArray[np.float32]:
        """Return descriptors (C, H, W)."""
        return self.describe(image, modality)[0]

    def features_of_part(
        self, image: Image, part: Window, scene: tuple[int, int], read: Reader
    ) -> NDArray[np.float32]:
        """Return descriptors (C, H, W) of a part of a scene; see `TemplateMatcher`."""
        if self.net.config.version == 1:
            return self.features(image, image.modality)
        found = self._in_windows(read, part, scene, image.modality)[: self.net.channels]
        return found * image.mask


def _digest(image: Image) -> bytes:
    seen = hashlib.blake2b(image.data.tobytes(), digest_size=16)
    seen.update(image.mask.tobytes())
    return seen.digest()


def _part(image: Image, window: Window) -> Image:
    x, y, width, height = window
    there = slice(y, y + height), slice(x, x + width)
    return replace(image, data=image.data[there], mask=image.mask[there])
