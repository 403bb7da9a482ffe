"""ME-SSM: learned descriptors from a state-space network; see `models.me_ssm`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.fields import check_params
from ..core.types import Modality
from .network import NetworkMatcher, network_modality, shipped_weights, weights_param
from .registry import TemplateMatcher, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image

_STRIP_PX = 600_000
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
        from ...models.me_ssm.net import MeSsm

        self.load_network(
            "me_ssm",
            params.weights if params is not None else "",
            device,
            lambda config: MeSsm(MeSsmConfig.from_dict(config)),
        )

    def describe(
        self, image: Image, modality: Modality
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return descriptors (C, H, W), 0 where the mask is False, and the gates of the experts (K,
        H, W).
        """
        import torch

        from .parts.features import fill_invalid

        filled = fill_invalid(image.data, image.mask)
        name = network_modality(modality)
        height, width = filled.shape
        features = np.empty((self.net.channels, height, width), np.float32)
        gates = np.empty((len(self.net.config.poses), height, width), np.float32)
        step = (
            height
            if height * width <= _STRIP_PX
            else max(256, _STRIP_PX // width // self.grid_px * self.grid_px)
        )
        for top in range(0, height, step):  # in strips, so that memory does not grow with the tile
            low, high = max(0, top - self.margin_px), min(height, top + step + self.margin_px)
            with (
                torch.inference_mode(),
                torch.autocast(self.torch_device.type, torch.bfloat16, enabled=self.bfloat16),
            ):
                found = self.net(self.given(filled[low:high]), name)
                inner = slice(top - low, min(top + step, height) - low)
                features[:, top : top + step] = found.features[0, :, inner].float().cpu().numpy()
                gates[:, top : top + step] = found.gates[0, :, inner].float().cpu().numpy()
        features *= image.mask
        return features, gates

    def features(self, image: Image, modality: Modality) -> NDArray[np.float32]:
        """Return descriptors (C, H, W)."""
        return self.describe(image, modality)[0]
