"""SOMA: dense flow of a network, tie points where it is certain; see `models.soma`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.fields import check_params, param
from .network import NetworkMatcher, network_modality, shipped_weights, weights_param
from .registry import PairMatcher, PairMatches, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...models.soma.glam import GlamResult
    from ..core.image import Image, Window

_BLOCK_PX, _AROUND_PX = 256, 32
_LEAST_VARIANCE_PX2 = 0.25
_MIN_VALID = 0.6
SHIPPED = shipped_weights("soma")


@dataclass(frozen=True)
class SomaParams:
    """Parameters of `soma`."""

    spacing_px: int = param(
        32,
        "Spacing",
        "One tie point in each square of this side, where the flow is most certain; "
        "rounded down to a multiple of 8 px.",
        unit="px",
        min=16,
        max=128,
    )
    weights: str = weights_param()

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="soma",
    label="SOMA",
    kind="pair",
    summary="Estimates an affine motion and a dense flow with certainty by a network trained on "
    "real optical-SAR pairs; needs torch.",
    params=SomaParams,
    reference="Feature gradient enhanced affine-flow matching for SAR-optical registration, arXiv "
    "2511.13168 (AAAI 2026)",
    needs=("torch", "safetensors"),
    rank=20,
)
class SomaMatcher(NetworkMatcher, PairMatcher):
    """Dense flow in windows of 320 px whose middle 256 px count; windows begin at multiples of 256
    px of the scene, whatever the tile.

    Deviation:
        the paper's windows have 512 px.
    """

    margin_px = _BLOCK_PX + _AROUND_PX
    grid_px = _BLOCK_PX
    independent_px = 72
    bytes_per_px = 60
    base_mb = 500

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        super().__init__(params or SomaParams(), device)
        from ...models.soma.net import Soma, SomaConfig

        self.load_network(
            "soma", self.params.weights, device, lambda config: Soma(SomaConfig.from_dict(config))
        )

    def match(
        self, reference: Image, sensed: Image, search_radius_px: float, wanted: Window | None = None
    ) -> PairMatches:
        """Return the most certain place of each square of `spacing_px` and where its ground lies in
        the reference.

        Args:
            reference: Beginning at a multiple of `grid_px`; right only `margin_px` from its edge.
            sensed: Of the same size and origin.
            search_radius_px: Matches further apart are left out.
            wanted: Windows whose middle lies outside are left out.
        """
        from .parts.windows import middle_windows

        parts = [
            self._points(*windows, corner, search_radius_px)
            for corner, windows in middle_windows(reference, sensed, _BLOCK_PX, _AROUND_PX, wanted)
        ]
        parts = [part for part in parts if len(part["sensed"])]
        if not parts:
            return PairMatches.none()
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return PairMatches(**joined, surface_step_px=2.0)

    def flow(self, reference: Image, sensed: Image) -> GlamResult:
        """Return the network's answer for one window of both images, sides multiples of 16."""
        import torch

        from .parts.features import fill_invalid

        with torch.inference_mode():
            described, masks = [], []
            for image in (sensed, reference):
                described.append(
                    self.net.describe(
                        self.to_input(fill_invalid(image.data, image.mask)),
                        network_modality(image.modality),
                    )
                )
                masks.append(
                    torch.from_numpy(image.mask.astype(np.float32))[None, None].to(
                        self.torch_device
                    )
                )
            found: GlamResult = self.net.match(described[0], described[1], masks[0], masks[1])
            return found

    def _points(
        self, reference: Image, sensed: Image, corner: NDArray[np.float64], search_radius_px: float
    ) -> dict[str, NDArray[Any]]:
        """Return the fields of `PairMatches` for one window; only an empty `sensed` where no place
        can be told of.

        The displacement is the mean of the one there and of the way back.
        """
        forth, back = self.flow(reference, sensed), self.flow(sensed, reference)
        flow, certainty, finest = (
            _array(forth.flow),
            _logistic(_array(forth.certainty)[0]),
            forth.levels[-1],
        )
        probability = _softmax(_array(finest.logits))
        cell = sensed.data.shape[0] // flow.shape[1]
        rows, columns = self._places(certainty, sensed, reference, cell)
        if not len(rows):
            return {"sensed": np.empty((0, 2))}
        at = (np.stack((columns, rows), axis=1) + 0.5) * cell
        shift = flow[:, rows, columns].T
        returned = _read(_array(back.flow), (at + shift) / cell - 0.5)
        xx, xy, yy = _array(finest.covariance)[:, rows, columns]
        side = round(len(probability) ** 0.5)
        surfaces = probability[:, rows, columns].T.reshape(-1, side, side)
        closure = np.hypot(*(shift + returned).T)
        residual = _array(finest.shift)[:, rows, columns].T
        origin = at + shift - residual - (side - 1)
        shift = (shift - returned) / 2.0
        sure, spread = certainty[rows, columns], np.sqrt(xx + yy)
        from .parts.surfaces import two_highest

        peak, second = two_highest(surfaces, 1)
        features = np.stack(
            (
                np.ones_like(sure),
                np.log(sure / (1.0 - sure)),
                spread,
                np.minimum(closure, 8.0) / 4.0,
                peak,
            ),
            axis=1,
        )
        there = np.clip(at + shift, 0, np.array(reference.data.shape[::-1]) - 1).astype(int)
        keep = (
            (np.hypot(*shift.T) <= search_radius_px)
            & (np.abs(residual) <= side - 1).all(axis=1)
            & reference.mask[there[:, 1], there[:, 0]]
        )
        found = {
            "reference": at + shift + corner,
            "sensed": at + corner,
            "score": sure,
            "features": features,
            "covariance": _matrices(xx, xy, yy),
            "surfaces": surfaces.astype(np.float32),
            "surface_origin": origin + corner,
            "peak": peak,
            "second": second,
            "forward_backward": closure,
        }
        return {name: values[keep] for name, values in found.items()}

    def _places(
        self, certainty: NDArray[np.float64], sensed: Image, reference: Image, cell: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return rows and columns of the most certain cell of each square of the window's middle;
        squares with little valid ground are left out.
        """
        share = sensed.mask.reshape(certainty.shape[0], cell, certainty.shape[1], cell).mean(
            axis=(1, 3)
        )
        valid = np.where(
            (share > 0.99) & (reference.mask[cell // 2 :: cell, cell // 2 :: cell]), certainty, -1.0
        )
        each, first, last = (
            self.params.spacing_px // cell,
            _AROUND_PX // cell,
            (_AROUND_PX + _BLOCK_PX) // cell,
        )
        rows, columns = [], []
        for r in range(first, last, each):
            for c in range(first, last, each):
                square = valid[r : min(r + each, last), c : min(c + each, last)]
                if (square >= 0).mean() >= _MIN_VALID:
                    dr, dc = np.unravel_index(int(square.argmax()), square.shape)
                    rows.append(r + int(dr))
                    columns.append(c + int(dc))
        return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)


def _array(tensor: Any) -> NDArray[np.float64]:
    """Return the first of a batch as an array."""
    return np.asarray(tensor[0].float().cpu().numpy(), dtype=np.float64)


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -9.0, 9.0))))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities along the first axis."""
    probability = np.exp(logits - logits.max(axis=0))
    return np.asarray(probability / probability.sum(axis=0))


def _matrices(
    xx: NDArray[np.float64], xy: NDArray[np.float64], yy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (N, 2, 2) covariances, none of which is smaller than can be measured."""
    least = _LEAST_VARIANCE_PX2
    return np.stack(
        (np.stack((xx + least, xy), axis=1), np.stack((xy, yy + least), axis=1)), axis=1
    )


def _read(flow: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read a flow (2, h, w) at index positions (N, 2), bilinearly; the border goes on."""
    from scipy import ndimage

    return np.stack(
        [ndimage.map_coordinates(part, at.T[::-1], order=1, mode="nearest") for part in flow],
        axis=1,
    )
