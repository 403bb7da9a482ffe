"""KD+CFM: keypoints that both modalities show, matched by cross-fusion; see `models.kd_cfm`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.fields import check_params, param
from ..core.types import Modality
from .network import NetworkMatcher, network_modality, shipped_weights, weights_param
from .registry import PairMatcher, PairMatches, check_same_size, register

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from ..core.image import Image, Window

_CORE_PX, _BORDER_PX = 96, 48
_STRIP_PX, _CONTEXT_PX = 512, 64
_CHUNK = 96
SHIPPED = shipped_weights("kd_cfm")


@dataclass(frozen=True)
class KdCfmParams:
    """Parameters of `kd_cfm`."""

    weights: str = weights_param()
    threshold: float = param(
        0.0,
        "Keypoint threshold",
        "Lowest score of a keypoint; the paper takes 0.6, the strongest of each window "
        "are used anyway.",
        min=0.0,
        max=10.0,
    )
    least: float = param(
        0.02,
        "Lowest probability",
        "Lowest entry of the matching matrix that makes a match.",
        min=0.0,
        max=1.0,
    )
    matches: int = param(8, "Matches", "Most matches kept in each square of 96 px.", min=1, max=128)

    def __post_init__(self) -> None:
        check_params(self)


@dataclass(frozen=True, eq=False)
class _Seen:
    """What the network made of one image: maps without batch, keypoints (cells, strongest
    first).
    """

    fine: Tensor
    tokens: Tensor
    mask: Tensor
    places: Tensor


@register(
    key="kd_cfm",
    label="KD+CFM",
    kind="pair",
    summary="Matches learned keypoints by a network that looks at both images at once; sparse, "
    "for scenes with distinct structures, needs torch.",
    params=KdCfmParams,
    reference="Self-supervised keypoint detection and cross-fusion matching networks for "
    "multimodal remote sensing image registration, Remote Sens. 2022, 14, 3599",
    needs=("torch", "safetensors"),
    rank=20,
)
class KdCfmMatcher(NetworkMatcher, PairMatcher):
    """Windows of 192 px, one for each square of 96 px of a grid that does not depend on the tile;
    matches are placed to sub-pixel.

    Convention:
        Inside, places are cells (x, y) of 2 px of the tile; cell c has its centre at px 2 c + 1
        (corner origin).
    """

    margin_px = 240
    grid_px = _CORE_PX
    independent_px = 96
    bytes_per_px = 420
    base_mb = 700
    params: KdCfmParams

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        super().__init__(params or KdCfmParams(), device)
        from ...models.kd_cfm.net import KdCfm, KdCfmConfig

        self.load_network(
            "kd_cfm",
            self.params.weights,
            device,
            lambda config: KdCfm(KdCfmConfig.from_dict(config)),
        )

    def keypoints(self, image: Image) -> NDArray[np.float64]:
        """Return (N, 2) keypoints of an image, px, the strongest first."""
        import torch

        from ...models.kd_cfm.keypoints import CELL_PX

        with torch.inference_mode():
            places = self._look(image.data, image.mask, image.modality).places
        return CELL_PX * places.double().cpu().numpy() + CELL_PX / 2.0

    def match(
        self,
        reference: Image,
        sensed: Image,
        search_radius_px: float,
        wanted: Window | None = None,  # noqa: ARG002
    ) -> PairMatches:
        """Return the matches.

        Raises:
            AlignError: the images differ in size.
        """
        import torch

        found = self._matched(reference, sensed, search_radius_px)
        if found is None:
            return PairMatches.none()
        seen, matches, origin = found
        with torch.inference_mode():
            return self._placed(seen, *matches, search_radius_px, origin)

    def keypoint_matches(
        self, reference: Image, sensed: Image, search_radius_px: float
    ) -> PairMatches:
        """Return the matches between detected keypoints, as the network pairs them: not placed yet,
        so true to half a cell at best.

        Raises:
            AlignError: the images differ in size.
        """
        from ...models.kd_cfm.keypoints import CELL_PX

        found = self._matched(reference, sensed, search_radius_px)
        if found is None:
            return PairMatches.none()
        _, (mine, other, probability), origin = found
        places = [
            CELL_PX * at.double().cpu().numpy() + CELL_PX / 2.0 + origin for at in (other, mine)
        ]
        return PairMatches(places[0], places[1], probability.double().cpu().numpy())

    def _matched(
        self, reference: Image, sensed: Image, search_radius_px: float
    ) -> tuple[list[_Seen], tuple[Tensor, Tensor, Tensor], NDArray[np.float64]] | None:
        """Return what is seen of both images, keypoints that the network pairs (sensed, reference,
        probability), and the origin of their cells; None without any.
        """
        import torch

        from .parts.windows import valid_part

        check_same_size(reference, sensed)
        part = valid_part(reference.mask | sensed.mask, _CORE_PX, _CONTEXT_PX, whole=True)
        if part is None:
            return None
        with torch.inference_mode():
            seen = [
                self._look(image.data[part], image.mask[part], image.modality)
                for image in (sensed, reference)
            ]
            if not all(len(s.places) for s in seen):
                return None
            found = self._windows(seen, sensed.data[part].shape, search_radius_px)
        return (
            None
            if found is None
            else (seen, found, np.array([part[1].start, part[0].start], dtype=np.float64))
        )

    def _look(
        self, data: NDArray[np.float32], valid: NDArray[np.bool_], modality: Modality
    ) -> _Seen:
        """Compute score and feature maps in strips, so that memory does not grow with the tile, and
        pick keypoints.
        """
        import torch
        from torch.nn import functional

        from ...models.kd_cfm.keypoints import CELL_PX
        from ...models.kd_cfm.net import STRIDE
        from .parts.features import fill_invalid

        height, width = data.shape
        pad = ((0, -height % STRIDE), (0, -width % STRIDE))
        image = self.to_input(np.pad(fill_invalid(data, valid), pad, mode="edge"))
        mask = torch.from_numpy(np.pad(valid, pad).astype(np.float32))[None].to(self.torch_device)
        mask = -functional.max_pool2d(-mask, CELL_PX)
        name = network_modality(modality)
        rows = image.shape[2]
        parts: list[list[Tensor]] = [[], [], []]
        for top in range(0, rows, _STRIP_PX):
            low, high, end = (
                max(0, top - _CONTEXT_PX),
                min(rows, top + _STRIP_PX + _CONTEXT_PX),
                min(rows, top + _STRIP_PX),
            )
            strip = image[:, :, low:high]
            maps = (self.net.detect(strip), *self.net.describe(strip, name))
            for part, values, cell in zip(parts, maps, (CELL_PX, CELL_PX, STRIDE), strict=True):
                part.append(values[0, :, (top - low) // cell : (end - low) // cell])
        score, fine, tokens = (torch.cat(part, dim=1) for part in parts)
        places, _ = self.net.keypoints(score[0], mask[0], self.params.threshold)
        return _Seen(fine, tokens, mask, places)

    def _windows(
        self, seen: list[_Seen], shape: tuple[int, ...], radius_px: float
    ) -> tuple[Tensor, Tensor, Tensor] | None:
        """Match window by window; of each window the matches count whose sensed keypoint lies in
        its core.
        """
        import torch

        from ...models.kd_cfm.keypoints import CELL_PX

        border, core = _BORDER_PX // CELL_PX, _CORE_PX // CELL_PX
        windows = []
        for y in range(0, -(-shape[0] // CELL_PX), core):
            for x in range(0, -(-shape[1] // CELL_PX), core):
                inside = [
                    self._inside(s.places, x - border, y - border, core + 2 * border) for s in seen
                ]
                if all(len(i) for i in inside) and bool(
                    _within(seen[0].places[inside[0]], x, y, core).any()
                ):
                    windows.append((x, y, inside))
        if not windows:
            return None
        vectors = [self._vectors(s, [w[2][i] for w in windows]) for i, s in enumerate(seen)]
        parts = []
        for x, y, (s, r) in windows:
            corner = (float(CELL_PX * (x - border)), float(CELL_PX * (y - border)))
            pair = self.net.match(
                (vectors[0][s], vectors[1][r]),
                (seen[0].places[s], seen[1].places[r]),
                corner,
                radius_px,
                self.params.least,
            )
            keep = torch.nonzero(_within(pair.sensed, x, y, core))[:, 0]
            keep = keep[
                torch.argsort(pair.probability[keep], descending=True, stable=True)[
                    : self.params.matches
                ]
            ]
            parts.append((pair.sensed[keep], pair.reference[keep], pair.probability[keep]))
        sensed, reference, probability = (torch.cat(v) for v in zip(*parts, strict=True))
        return (sensed, reference, probability) if len(sensed) else None

    def _inside(self, places: Tensor, x: int, y: int, side: int) -> Tensor:
        """Return the numbers of the strongest keypoints in a square."""
        import torch

        return torch.nonzero(_within(places, x, y, side))[: self.net.config.keypoints, 0]

    def _vectors(self, seen: _Seen, chosen: list[Tensor]) -> Tensor:
        """Return (N, D): vectors of the keypoints that some window wants; 0 elsewhere."""
        import torch

        wanted = torch.unique(torch.cat(chosen))
        out = seen.tokens.new_zeros(len(seen.places), self.net.config.width)
        for part in wanted.split(8 * _CHUNK):
            out[part] = self.net.embed(seen.tokens, seen.mask, seen.places[part])
        return out

    def _placed(
        self,
        seen: list[_Seen],
        sensed: Tensor,
        reference: Tensor,
        probability: Tensor,
        radius_px: float,
        origin: NDArray[np.float64],
    ) -> PairMatches:
        """Place matches to sub-pixel; those whose similarity is highest at the border of its map
        are dropped.
        """
        from ...models.kd_cfm.keypoints import CELL_PX
        from ...models.kd_cfm.net import SEARCH
        from .parts.similarity import find_peak

        # 1. The similarity about each match, and those whose peak is inside its map
        mine, other = ((s.fine, s.mask) for s in seen)
        surfaces = self._surfaces(mine, other, sensed, reference)
        peaks = {
            i: peak
            for i, peak in enumerate(find_peak(s, 2) for s in surfaces)
            if peak is not None and not peak.at_edge
        }
        if not peaks:
            return PairMatches.none()
        kept, good = list(peaks), list(peaks.values())
        sensed, reference, surfaces = sensed[kept], reference[kept], surfaces[kept]
        # 2. The way back from there
        places = reference.cpu().numpy() + np.array([(p.x - SEARCH, p.y - SEARCH) for p in good])
        forward_backward = CELL_PX * self._loop(mine, other, sensed, places)
        # 3. Places in px, and what the score is computed from
        value, second, sharp = (
            np.array([getattr(p, name) for p in good]) for name in ("value", "second", "sharpness")
        )
        sure = probability[kept].double().cpu().numpy()
        at = CELL_PX * places + CELL_PX / 2.0
        start = CELL_PX * sensed.double().cpu().numpy() + CELL_PX / 2.0
        near = np.hypot(*(at - start).T) <= radius_px
        features = np.column_stack(
            [
                np.ones(len(sure)),
                sure,
                value,
                (value - second) / np.maximum(value, 1e-3),
                np.minimum(sharp, 20) / 10,
                np.minimum(forward_backward, 8) / 4,
            ]
        )
        corner = CELL_PX * (reference.double().cpu().numpy() - SEARCH) + CELL_PX / 2.0
        return PairMatches(
            (at + origin)[near],
            (start + origin)[near],
            sure[near],
            features[near],
            np.array([p.covariance for p in good])[near] * CELL_PX**2,
            surfaces[near].astype(np.float32),
            (corner + origin)[near],
            float(CELL_PX),
            value[near],
            second[near],
            forward_backward[near],
        )

    def _loop(
        self,
        own: tuple[Tensor, Tensor],
        other: tuple[Tensor, Tensor],
        at: Tensor,
        places: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return (N,) how far from where it began a match comes back, from the whole place next to
        `places` (N, 2) of the other image; cells.
        """
        import torch

        from ...models.kd_cfm.net import SEARCH
        from .parts.similarity import find_peak

        limit = np.array([other[0].shape[2] - 1, other[0].shape[1] - 1])
        whole = np.clip(np.round(places), 0, limit).astype(np.int64)
        there = torch.from_numpy(whole).to(at.device)
        returned = [find_peak(s, 2) for s in self._surfaces(other, own, there, at)]
        again = np.array(
            [(np.inf, np.inf) if p is None else (p.x - SEARCH, p.y - SEARCH) for p in returned]
        )
        return np.asarray(np.hypot(*(again - (whole - places)).T))

    def _surfaces(
        self,
        own: tuple[Tensor, Tensor],
        other: tuple[Tensor, Tensor],
        at: Tensor,
        there: Tensor,
    ) -> NDArray[np.float32]:
        """Return (N, k, k) similarities of the surroundings of `at` with those about `there`; a
        part of the places at a time.
        """
        import torch

        parts = [
            self.net.place(own, other, a, b)
            for a, b in zip(at.split(_CHUNK), there.split(_CHUNK), strict=True)
        ]
        surfaces: NDArray[np.float32] = torch.cat(parts).cpu().numpy()
        return surfaces


def _within(places: Tensor, x: int, y: int, side: int) -> Tensor:
    """Return (N,) bool: cells in a square."""
    return (
        (places[:, 0] >= x)
        & (places[:, 0] < x + side)
        & (places[:, 1] >= y)
        & (places[:, 1] < y + side)
    )
