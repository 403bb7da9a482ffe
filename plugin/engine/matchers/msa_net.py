"""MSA-Net: learned descriptors of 64-px patches around keypoints; see `models.msa_net`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.errors import AlignError
from ...core.fields import check_params, param
from ...core.peaks import quadratic_peak
from ...core.types import Modality
from .registry import PairMatcher, PairMatches, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..preparing import Image

SHIPPED = Path(__file__).resolve().parents[3] / "resources" / "weights" / "msa_net.safetensors"
_STEP, _HALF, _PATCH = 4, 32, 64
_MIN_VALID, _CHUNK, _STRIP_PX, _CONTEXT = 0.7, 256, 512, 104


class MsaNetError(AlignError):
    """MSA-Net cannot be made: its weights or the device asked for are not there."""


@dataclass(frozen=True)
class MsaNetParams:
    """Parameters of `msa_net`."""

    weights: str = param("", "Weights", "File of weights made by `train`; empty = the ones that came with the plugin.")
    candidates: str = param(
        "dense", "Candidates", "What a SAR keypoint is compared with: every place of the optical image (dense), or its keypoints only (the paper).",
        choices={"dense": "every place", "keypoints": "keypoints"},
    )
    reach_px: int = param(16, "Reach", "How far from its expected place a match is sought, at most the search radius.", unit="px", min=8, max=32)
    spacing_px: int = param(10, "Spacing", "Least distance of keypoints.", unit="px", min=4, max=64)
    contrast: float = param(0.05, "Contrast", "Least contrast of a keypoint on the moment map.", min=0.01, max=0.5)
    ratio: float = param(1.0, "Ratio test", "Largest ratio of best to second-best descriptor distance; 1 = no test.", min=0.5, max=1.0)

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="msa_net",
    label="MSA-Net",
    kind="pair",
    summary="Describes patches around keypoints with a network trained on real optical-SAR pairs; needs torch.",
    params=MsaNetParams,
    reference="SAR and optical image registration using local and global feature learning by modality-shared attention network, J. Appl. Remote Sens. 17(3) 036504",
    needs=("torch", "safetensors"),
    rank=15,
)
class MsaNetMatcher(PairMatcher):
    """Nearest descriptor within reach, mutual check, sub-pixel place by a paraboloid on the similarity surface.

    Deviation:
        keypoints are moved to the nearest of the places described (4 px apart), and by default compared with all of those of the
        optical image: keypoints of the two modalities seldom coincide.
    """

    params: MsaNetParams
    margin_px = 104
    grid_px = 8
    independent_px = 64

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        super().__init__(params or MsaNetParams(), device)
        import torch

        from ....models.msa_net import MsaNet, MsaNetConfig
        from ....models.weights import WeightsError, fill, load_weights

        path = Path(self.params.weights) if self.params.weights else SHIPPED
        try:
            tensors, self.card = load_weights(path, "msa_net")
            net = MsaNet(MsaNetConfig.from_dict(self.card["config"]))
            fill(net, tensors, path.name)
        except (WeightsError, TypeError) as error:
            hint = "Install the plugin anew." if path == SHIPPED else "Choose a .safetensors file written by `train`, with its .json beside it."
            raise MsaNetError(str(error), hint) from error
        self.calibration = self.card.get("calibration")
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        elif device == "cuda" and not torch.cuda.is_available():
            raise MsaNetError("This torch finds no GPU.", "Choose the device 'cpu' or 'auto'.")
        self.torch_device = torch.device(device)
        self.net = net.eval().to(self.torch_device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def use_threads(self, count: int) -> None:
        """Use at most `count` processor threads."""
        import torch

        torch.set_num_threads(count)

    def describe(self, image: Image, modality: Modality) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return unit descriptors (rows, columns, C) of places 4 px apart, the first at (32, 32) px, and whether each sees enough ground."""
        import cv2
        import torch

        from ..features import fill_invalid

        filled = fill_invalid(image.data, image.mask)
        height, width = (max(_PATCH, -(-side // 8) * 8) for side in filled.shape)
        padding = ((0, height - filled.shape[0]), (0, width - filled.shape[1]))
        filled, mask = np.pad(filled, padding, mode="edge"), np.pad(image.mask, padding)
        rows, columns = (height - _PATCH) // _STEP + 1, (width - _PATCH) // _STEP + 1
        out = np.empty((rows, columns, self.net.config.channels), np.float32)
        name = "sar" if modality is Modality.SAR else "optical"
        for top in range(0, height - _PATCH + 1, _STRIP_PX):  # in strips, so that memory does not grow with the tile
            low, high = max(0, top - _CONTEXT), min(height, top + _STRIP_PX + _PATCH + _CONTEXT)
            with torch.inference_mode():
                given = torch.from_numpy(np.ascontiguousarray(filled[low:high]))[None, None].to(self.torch_device)
                found = self.net(given, name, _STEP)[0].permute(1, 2, 0).cpu().numpy()
            first, last = top // _STEP, min(rows, (top + _STRIP_PX) // _STEP)
            out[first:last] = found[first - low // _STEP : last - low // _STEP]
        total = cv2.integral(mask.astype(np.uint8)).astype(np.float64)
        r, c = _STEP * np.arange(rows)[:, None], _STEP * np.arange(columns)[None]
        seen = total[r + _PATCH, c + _PATCH] - total[r, c + _PATCH] - total[r + _PATCH, c] + total[r, c]
        return out, seen >= _MIN_VALID * _PATCH**2

    def _nodes(self, image: Image, valid: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return (K, 2) column, row of the places nearest to the keypoints of an image, each once."""
        from ..features import fill_invalid
        from ..keypoints import corners, maximum_moment, spread

        at, strength = corners(maximum_moment(fill_invalid(image.data, image.mask)), self.params.contrast)
        at = at[spread(at, strength, self.params.spacing_px)]
        nodes = np.unique(np.round((at + 0.5 - _HALF) / _STEP).astype(np.int64), axis=0)
        inside = ((nodes >= 0) & (nodes < np.array(valid.shape[::-1]))).all(axis=1)
        nodes = nodes[inside]
        return np.asarray(nodes[valid[nodes[:, 1], nodes[:, 0]]])

    def match(self, reference: Image, sensed: Image, search_radius_px: float) -> PairMatches:
        """Return the matches no further apart than the search radius."""
        optical, optical_valid = self.describe(reference, reference.modality)
        sar, sar_valid = self.describe(sensed, sensed.modality)
        nodes = self._nodes(sensed, sar_valid)
        reach = int(min(self.params.reach_px, search_radius_px)) // _STEP
        allowed = optical_valid
        if self.params.candidates == "keypoints":
            there = self._nodes(reference, optical_valid)
            allowed = np.zeros_like(optical_valid)
            allowed[there[:, 1], there[:, 0]] = True
        kept, parts = [], []
        for start in range(0, len(nodes), _CHUNK):
            some = nodes[start : start + _CHUNK]
            surfaces = _surfaces(sar[some[:, 1], some[:, 0]], optical, optical_valid, some, reach)
            seek = surfaces if allowed is optical_valid else np.where(_windows(allowed, some, reach), surfaces, -1.0)
            best = seek.reshape(len(some), -1).argmax(axis=1)
            found = some + np.stack([best % (2 * reach + 1), best // (2 * reach + 1)], axis=1) - reach
            good = np.flatnonzero(seek.reshape(len(some), -1).max(axis=1) > -1.0)
            if len(good):
                back = _surfaces(optical[found[good, 1], found[good, 0]], sar, sar_valid, found[good], reach)
                kept.append(some[good])
                parts.append((surfaces[good], found[good] - some[good], back))
        if not kept:
            return PairMatches.none()
        surfaces, shift, back = (np.concatenate([p[i] for p in parts]) for i in range(3))
        return self._matches(np.concatenate(kept), surfaces, shift, back, reach)

    def _matches(
        self, nodes: NDArray[np.int64], surfaces: NDArray[np.float32], shift: NDArray[np.int64], back: NDArray[np.float32], reach: int
    ) -> PairMatches:
        count = len(nodes)
        place, covariance, facts = np.zeros((count, 2)), np.zeros((count, 2, 2)), np.zeros((count, 5))
        second, error, free = np.zeros(count), np.zeros(count), np.zeros(count, bool)
        for i in range(count):
            place[i], covariance[i], second[i], spread = _peak(surfaces[i], shift[i] + reach)
            r, c = np.unravel_index(int(back[i].argmax()), back[i].shape)
            returned, _, _, _ = _peak(back[i], np.array([c, r]))
            error[i] = _STEP * float(np.hypot(*(place[i] + returned - 2 * reach)))
            top = float(surfaces[i][shift[i, 1] + reach, shift[i, 0] + reach])
            facts[i] = 1.0, top - second[i], min((top - float(np.median(surfaces[i]))) / spread, 20.0) / 10.0, min(error[i], 16.0) / 4.0, top
            free[i] = (np.abs(shift[i]) < reach).all()
        ratio = np.sqrt(np.maximum(2 - 2 * facts[:, 4], 0)) / np.maximum(np.sqrt(np.maximum(2 - 2 * second, 0)), 1e-9)
        keep = free & (error <= 2 * _STEP) & (ratio <= self.params.ratio)  # mutual: back to the same place or the one beside it
        at = (nodes * _STEP + _HALF).astype(np.float64)
        score = np.clip(0.5 + 2.0 * facts[:, 1] - 0.1 * facts[:, 3], 0.05, 0.95)
        return PairMatches(
            reference=(at + _STEP * (place - reach))[keep], sensed=at[keep], score=score[keep], features=facts[keep], covariance=covariance[keep] * _STEP**2,
            surfaces=surfaces[keep], surface_origin=(at - _STEP * reach)[keep], surface_step_px=float(_STEP), peak=facts[keep, 4], second=second[keep],
            forward_backward=error[keep] / _STEP,
        )


def _windows(field: NDArray[Any], nodes: NDArray[np.int64], reach: int) -> NDArray[Any]:
    """Return (K, 2 reach + 1, 2 reach + 1, ...): what lies around nodes; zeros beyond the border."""
    padded = np.pad(field, [(reach, reach)] * 2 + [(0, 0)] * (field.ndim - 2))
    line = np.arange(2 * reach + 1)
    # nodes just beyond the border of a smaller field see zeros
    r = np.clip(nodes[:, 1, None] + line, 0, padded.shape[0] - 1)
    c = np.clip(nodes[:, 0, None] + line, 0, padded.shape[1] - 1)
    return np.asarray(padded[r[:, :, None], c[:, None, :]])


def _surfaces(
    descriptors: NDArray[np.float32], field: NDArray[np.float32], valid: NDArray[np.bool_], nodes: NDArray[np.int64], reach: int
) -> NDArray[np.float32]:
    """Return (K, side, side): similarity of K descriptors with those around nodes, -1 where there is nothing to compare with."""
    similarity = np.matmul(_windows(field, nodes, reach), descriptors[:, None, :, None])[..., 0]
    return np.where(_windows(valid, nodes, reach), similarity, -1.0).astype(np.float32)


def _peak(surface: NDArray[np.float32], at: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Return the sub-node place (x, y), covariance in nodes squared, the best similarity 2 nodes away and more, and the noise."""
    c, r = int(at[0]), int(at[1])
    known = surface[surface > -1.0]
    spread = 1.4826 * float(np.median(np.abs(known - np.median(known)))) + 1e-3
    others = surface.copy()
    others[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2] = -1.0
    patch = surface[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2].astype(np.float64)
    dx = dy = 0.0
    covariance: Any = ((1.0, 0.0), (0.0, 1.0))
    if patch.shape == (3, 3) and patch.min() > -1.0:
        dx, dy, covariance = quadratic_peak(patch, spread)
    return np.array([c + dx, r + dy]), np.array(covariance), max(float(others.max()), 0.0), spread
