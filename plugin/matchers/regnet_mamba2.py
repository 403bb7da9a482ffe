"""RegNetMamba-2: dense matches from coarse to fine by a state-space network; see
`models.regnet_mamba2`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.fields import check_params, param
from .network import NetworkMatcher, network_modality, shipped_weights, weights_param
from .registry import PairMatcher, PairMatches, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image, Window

_BLOCK_PX, _AROUND_PX = 256, 64
_SIDE_PX = _BLOCK_PX + 2 * _AROUND_PX
_LEAST_VARIANCE_PX2 = 0.05
SHIPPED = shipped_weights("regnet_mamba2")


@dataclass(frozen=True)
class RegNetMamba2Params:
    """Parameters of `regnet_mamba2`."""

    threshold: float = param(
        0.2,
        "Lowest probability",
        "Coarse matches less probable than this are left out.",
        min=0.0,
        max=1.0,
    )
    weights: str = weights_param()

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="regnet_mamba2",
    label="RegNetMamba-2",
    kind="pair",
    summary="Matches every 8-px cell from coarse to fine with a state-space network that sees "
    "both images at once; needs torch.",
    params=RegNetMamba2Params,
    reference="Cross-modality feature fusion based on structured state space duality for "
    "multimodal image registration network, arXiv 2606.03341",
    needs=("torch", "safetensors"),
    rank=20,
)
class RegNetMamba2Matcher(NetworkMatcher, PairMatcher):
    """Windows of 384 px whose middle 256 px count; windows begin at multiples of 256 px of the
    scene, whatever the tile.
    """

    margin_px = _BLOCK_PX + _AROUND_PX
    grid_px = _BLOCK_PX
    independent_px = 64
    bytes_per_px = 500
    base_mb = 700
    params: RegNetMamba2Params

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        super().__init__(params or RegNetMamba2Params(), device)
        from ...models.regnet_mamba2.net import RegNetMamba2, RegNetMamba2Config

        self.load_network(
            "regnet_mamba2",
            self.params.weights,
            device,
            lambda config: RegNetMamba2(RegNetMamba2Config.from_dict(config)),
        )

    def match(
        self, reference: Image, sensed: Image, search_radius_px: float, wanted: Window | None = None
    ) -> PairMatches:
        """Return a match for each cell whose partner agrees, no further apart than the search
        radius (the network looks about 40 px far).

        Args:
            reference: Beginning at a multiple of `grid_px`; right only `margin_px` from its edge.
            sensed: Of the same size and origin.
            search_radius_px: Matches further apart are left out.
            wanted: Windows whose middle lies outside are left out.
        """
        from .parts.windows import middle_windows

        parts = []
        for corner, windows in middle_windows(reference, sensed, _BLOCK_PX, _AROUND_PX, wanted):
            found = self._found(*windows, search_radius_px)
            near = np.hypot(*(found["reference"] - found["sensed"]).T) <= search_radius_px
            valid = _valid(windows[1].mask, found["sensed"]) & _valid(
                windows[0].mask, found["reference"]
            )
            found = {name: values[near & valid] for name, values in found.items()}
            for name in ("sensed", "reference", "surface_origin"):
                found[name] += corner
            if len(found["sensed"]):
                parts.append(found)
        if not parts:
            return PairMatches.none()
        return _matches({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})

    def _found(
        self, reference: Image, sensed: Image, search_radius_px: float
    ) -> dict[str, NDArray[Any]]:
        """Return the fields of `Matched` of one window as arrays."""
        import torch

        from ...models.regnet_mamba2.matching_pairs import match_images
        from .parts.features import fill_invalid

        pair = (reference, sensed)
        images, names = (
            [self.to_input(fill_invalid(i.data, i.mask)) for i in pair],
            [network_modality(i.modality) for i in pair],
        )
        with torch.inference_mode():
            found = match_images(
                self.net,
                images[0],
                images[1],
                self.params.threshold,
                (names[0], names[1]),
                search_radius_px,
                _AROUND_PX,
            )
        return {name: values.double().cpu().numpy() for name, values in vars(found).items()}


def _valid(mask: NDArray[np.bool_], at: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which positions (N, 2) lie on valid pixels."""
    x, y = np.floor(at).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    return np.asarray(
        inside & mask[np.clip(y, 0, mask.shape[0] - 1), np.clip(x, 0, mask.shape[1] - 1)]
    )


def _matches(found: dict[str, NDArray[Any]]) -> PairMatches:
    covariance = found["covariance"] + _LEAST_VARIANCE_PX2 * np.eye(2)
    surfaces = found["surface"].astype(np.float32)
    from .parts.surfaces import two_highest

    peak, second = two_highest(surfaces, 2)
    spread = np.sqrt(np.trace(covariance, axis1=1, axis2=2))
    features = np.column_stack(
        [
            np.ones(len(peak)),
            found["coarse"],
            found["fine"],
            np.minimum(found["back_px"], 8.0) / 4.0,
            spread / 4.0,
        ]
    )
    return PairMatches(
        reference=found["reference"],
        sensed=found["sensed"],
        score=np.clip(found["coarse"] * found["fine"], 0.0, 1.0),
        features=features,
        covariance=covariance,
        surfaces=surfaces,
        surface_origin=found["surface_origin"],
        surface_step_px=2.0,
        peak=peak,
        second=second,
        forward_backward=found["back_px"],
    )
