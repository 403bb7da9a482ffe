"""What every matcher with a network does alike: find its weights, build the network, choose the
device.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...resources import FOLDER
from ..core.borders import reading
from ..core.errors import AlignError
from ..core.fields import param
from ..core.types import Modality

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEIGHTS = FOLDER / "weights"


class NetworkError(AlignError):
    """A network cannot be made: its weights or the device asked for are not there."""


def shipped_weights(key: str) -> Path:
    """Return where the weights of a network lie that come with the plugin."""
    return _WEIGHTS / f"{key}.safetensors"


def weights_param() -> Any:
    """Declare the parameter `weights` of a matcher with a network."""
    return param(
        "",
        "Weights",
        "File of weights made by `train`; empty = the ones that came with the plugin.",
        file="*.safetensors",
    )


def network_modality(modality: Modality) -> str:
    """Return what the networks call a sensor: "sar", everything else "optical"."""
    return "sar" if modality is Modality.SAR else "optical"


def fast_bfloat16(device: str) -> bool:
    """Tell whether a device ("cpu", "cuda") multiplies bfloat16 in hardware, where layers gain by
    it.
    """
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    known = dict(torch.cpu.get_capabilities()) if hasattr(torch.cpu, "get_capabilities") else {}
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))


class NetworkMatcher:
    """Beside `TemplateMatcher` or `PairMatcher`: a matcher whose work is done by a network of
    `models`.
    """

    def load_network(
        self, key: str, weights: str, device: str, build: Callable[[dict[str, Any]], Any]
    ) -> None:
        """Set `net` (ready for inference), `card`, `calibration`, `torch_device` and `bfloat16`
        (layers gain by it).

        Args:
            key: Name the card must bear.
            weights: Path of weights made by `train`; "" = the shipped ones.
            device: "auto", "cpu" or "cuda".
            build: Makes the network from the card's `config`.

        Raises:
            NetworkError: the weights are missing, damaged or another network's, or there is no such
            device.
        """
        import torch

        from ...models.weights import fill, load_weights

        path = Path(weights) if weights else shipped_weights(key)
        hint = (
            "Install the plugin anew."
            if not weights
            else "Choose a .safetensors file written by `train`, with its .json beside it."
        )
        with reading("the weights", path, hint, NetworkError):
            tensors, self.card = load_weights(path, key)
            net = build(self.card["config"])
            fill(net, tensors, path.name)
            self.calibration = self.card.get("calibration")
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        elif device == "cuda" and not torch.cuda.is_available():
            raise NetworkError("This torch finds no GPU.", "Choose the device 'cpu' or 'auto'.")
        self.torch_device = torch.device(device)
        self.bfloat16 = fast_bfloat16(self.torch_device.type)
        self.net = net.eval().to(self.torch_device, memory_format=torch.channels_last)

    def to_input(self, data: NDArray[np.float32]) -> Any:
        """Return an image (H, W) as the network is given it: (1, 1, H, W) on its device."""
        import torch

        return torch.from_numpy(np.ascontiguousarray(data))[None, None].to(self.torch_device)

    def use_threads(self, count: int) -> None:
        """Use at most `count` processor threads."""
        import torch

        torch.set_num_threads(count)
