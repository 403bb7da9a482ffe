"""MSA-Net: learned descriptors of the ground around keypoints; see `models.msa_net`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.fields import check_params, param
from .network import NetworkMatcher, network_modality, shipped_weights, weights_param
from .registry import PairMatcher, PairMatches, check_same_size, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image, Window
    from .parts.descriptors import Peaks

_STEP, _HALF, _PATCH = 4, 32, 64
_GRID = 16  # the coarsest cells: 8 px of the halved image
_MIN_VALID, _STRIP_PX = 0.7, 1024
_LEAST_VARIANCE_PX2 = 0.25
SHIPPED = shipped_weights("msa_net")


@dataclass(frozen=True)
class MsaNetParams:
    """Parameters of `msa_net`."""

    weights: str = weights_param()
    candidates: str = param(
        "places",
        "Candidates",
        "What a SAR keypoint is compared with: every place of the optical image, or its "
        "keypoints only, as in the paper.",
        choices={"places": "every place", "keypoints": "keypoints"},
    )
    reach_px: int = param(
        16,
        "Reach",
        "How far from its expected place a match is sought, at most the search radius.",
        unit="px",
        min=8,
        max=32,
    )
    spacing_px: int = param(10, "Spacing", "Least distance of keypoints.", unit="px", min=4, max=64)
    contrast: float = param(
        0.05, "Contrast", "Least contrast of a keypoint on the moment map.", min=0.01, max=0.5
    )

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="msa_net",
    label="MSA-Net",
    kind="pair",
    summary="Describes patches around keypoints by a network trained on real optical-SAR pairs; "
    "many tie points, needs torch.",
    params=MsaNetParams,
    reference="SAR and optical image registration using local and global feature learning by "
    "modality-shared attention network, J. Appl. Remote Sens. 17(3) 036504",
    needs=("torch", "safetensors"),
    rank=15,
)
class MsaNetMatcher(NetworkMatcher, PairMatcher):
    """Nearest descriptor within reach, mutual check, sub-pixel place by a paraboloid on the
    similarity surface.

    Convention:
        Inside, places are nodes (column, row) of descriptor maps; node n has its place at px 4 n +
        32 (corner origin).

    Deviation:
        keypoints are moved to the nearest of the places described (4 px apart), and by default
        compared with all of those of the optical image: keypoints of the two modalities seldom
        coincide. Where two scales are joined both find the node; the match lies at the peak of the
        64 px alone at that node or beside it: through the motion fitted to all matches that is more
        exact. The similarities given are of both scales, laid so that their peak is at the match.
    """

    params: MsaNetParams
    margin_px = 192
    grid_px = _GRID
    # errors of matches further apart do not correlate, of two scales neither: 0.06 at 56 to 72 px,
    # 0.03 beyond
    independent_px = _PATCH
    step_px = _STEP
    bytes_per_px = 900
    base_mb = 700

    def __init__(self, params: Any = None, device: str = "cpu") -> None:
        super().__init__(params or MsaNetParams(), device)
        from ...models.msa_net.net import MsaNet, MsaNetConfig

        self.load_network(
            "msa_net",
            self.params.weights,
            device,
            lambda config: MsaNet(MsaNetConfig.from_dict(config)),
        )
        self.patch_px = 2 * _PATCH if self.net.config.joined else _PATCH

    def match(
        self,
        reference: Image,
        sensed: Image,
        search_radius_px: float,
        wanted: Window | None = None,  # noqa: ARG002
    ) -> PairMatches:
        """Return the matches no further apart than reach and search radius.

        Raises:
            AlignError: the images differ in size.
        """
        from .parts.descriptors import read_peaks, surfaces_around
        from .parts.windows import valid_part

        check_same_size(reference, sensed)
        part = valid_part(reference.mask | sensed.mask, _GRID)
        if part is None:
            return PairMatches.none()
        reference, sensed = _part_of(reference, part), _part_of(sensed, part)
        valid = _seen(reference.mask), _seen(sensed.mask)
        nodes = self._nodes(sensed, valid[1]) if valid[0].any() else np.empty((0, 2), np.int64)
        if not len(nodes):
            return PairMatches.none()
        described = self.describe(reference), self.describe(sensed)
        reach = int(min(self.params.reach_px, search_radius_px)) // _STEP
        scale = float(self.net.log_scale.detach().exp())
        surfaces = surfaces_around(_at(described[1], nodes), described[0], valid[0], nodes, reach)
        allowed = self._corners_around(reference, valid[0], nodes, reach)
        peaks = read_peaks(surfaces, scale, allowed)
        found = np.clip(nodes + peaks.node, 0, np.array(valid[0].shape[::-1]) - 1)
        back = read_peaks(
            surfaces_around(_at(described[0], found), described[1], valid[1], found, reach),
            scale,
        )
        keep = peaks.free & back.free & (np.abs(peaks.node + back.node) <= 1).all(axis=1)
        offset, way_back = peaks.offset, back.offset
        if self.net.config.joined:
            near = [d[..., : self.net.config.channels] for d in described]
            again = np.clip(found + back.node, 0, np.array(valid[1].shape[::-1]) - 1)
            there = _beside(
                surfaces_around(_at(near[1], nodes), near[0], valid[0], found, 2), scale
            )
            here = _beside(surfaces_around(_at(near[0], found), near[1], valid[1], again, 2), scale)
            offset, way_back = found - nodes + there.offset, again - found + here.offset
            keep &= there.free & here.free
        shift, error = _STEP * offset, _STEP * np.hypot(*(offset + way_back).T)
        keep &= (np.hypot(*shift.T) <= search_radius_px) & (np.abs(offset) <= reach).all(axis=1)
        origin = np.array([part[1].start, part[0].start], dtype=np.float64)
        at = (nodes * _STEP + _HALF).astype(np.float64) + origin
        covariance = peaks.covariance * _STEP**2 + _LEAST_VARIANCE_PX2 * np.eye(2)
        return PairMatches(
            reference=(at + shift)[keep],
            sensed=at[keep],
            score=peaks.mass[keep],
            features=_features(peaks, error)[keep],
            covariance=covariance[keep],
            surfaces=surfaces[keep],
            surface_origin=(at + shift - _STEP * (peaks.offset + reach))[keep],
            surface_step_px=float(_STEP),
            peak=peaks.value[keep],
            second=peaks.second[keep],
            forward_backward=error[keep],
        )

    def _corners_around(
        self, image: Image, valid: NDArray[np.bool_], nodes: NDArray[np.int64], reach: int
    ) -> NDArray[np.bool_] | None:
        """Return which places about each node are keypoints too; None where any place will do."""
        from .parts.descriptors import windows

        if self.params.candidates != "keypoints":
            return None
        corners, marks = self._nodes(image, valid), np.zeros_like(valid)
        marks[corners[:, 1], corners[:, 0]] = True
        return windows(marks, nodes, reach)

    def describe(self, image: Image) -> NDArray[np.float32]:
        """Return unit descriptors (rows, columns, C) of places 4 px apart, the first at (32, 32)
        px; in strips, so that memory does not grow with the tile.
        """
        import torch

        from .parts.features import fill_invalid

        filled = fill_invalid(image.data, image.mask)
        height, width = (max(_PATCH, -(-side // _GRID) * _GRID) for side in filled.shape)
        filled = np.pad(
            filled, ((0, height - filled.shape[0]), (0, width - filled.shape[1])), mode="edge"
        )
        rows = (height - _PATCH) // _STEP + 1
        name, parts = network_modality(image.modality), []
        for first in range(0, rows, _STRIP_PX // _STEP):
            last, top = min(rows, first + _STRIP_PX // _STEP), first * _STEP
            low, high = (
                max(0, top - self.margin_px),
                min(height, last * _STEP + _PATCH + self.margin_px),
            )
            with torch.inference_mode():
                found = (
                    self.net(self.to_input(filled[low:high]), name, _STEP)[0]
                    .permute(1, 2, 0)
                    .cpu()
                    .numpy()
                )
            parts.append(found[first - low // _STEP : last - low // _STEP])
        return np.concatenate(parts)

    def _nodes(self, image: Image, valid: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return (K, 2) the nodes nearest to the keypoints of an image, each once, those that see
        enough ground.
        """
        from .parts.features import fill_invalid
        from .parts.keypoints import corners, maximum_moment, spread

        at, strength = corners(
            maximum_moment(fill_invalid(image.data, image.mask)), self.params.contrast
        )
        at = at[spread(at, strength, self.params.spacing_px)]
        nodes = np.unique(np.round((at + 0.5 - _HALF) / _STEP).astype(np.int64), axis=0)
        nodes = nodes[((nodes >= 0) & (nodes < np.array(valid.shape[::-1]))).all(axis=1)]
        return np.asarray(nodes[valid[nodes[:, 1], nodes[:, 0]]])


def _at(described: NDArray[np.float32], nodes: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the descriptors (N, C) of `nodes`, (N, 2) columns and rows of the grid."""
    return described[nodes[:, 1], nodes[:, 0]]


def _beside(surfaces: NDArray[np.float32], scale: float) -> Peaks:
    """Read (N, 5, 5) surfaces at the highest of the middle 3 x 3 nodes that none of their
    neighbours exceeds; not `free` without one.
    """
    from scipy.ndimage import maximum_filter

    from .parts.descriptors import read_peaks

    top = surfaces >= maximum_filter(surfaces, (1, 3, 3))
    return read_peaks(surfaces, scale, top & np.pad(np.ones((3, 3), bool), 1))


def _features(peaks: Peaks, error: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (N, 6) what the score is computed from; `error` is that of the way back, px."""
    return np.stack(
        (
            np.ones(len(error)),
            peaks.value - peaks.second,
            peaks.mass,
            np.minimum(peaks.sharpness, 20) / 10,
            np.minimum(error, 16) / 4,
            peaks.value,
        ),
        axis=1,
    )


def _seen(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (rows, columns): whether the patch of each node holds enough valid ground, its middle
    included.
    """
    import cv2

    height, width = (max(_PATCH, -(-side // _GRID) * _GRID) for side in mask.shape)
    mask = np.pad(mask, ((0, height - mask.shape[0]), (0, width - mask.shape[1])))
    total = cv2.integral(mask.astype(np.uint8)).astype(np.float64)
    r, c = (
        np.arange(0, height - _PATCH + 1, _STEP)[:, None],
        np.arange(0, width - _PATCH + 1, _STEP)[None],
    )
    share = (
        total[r + _PATCH, c + _PATCH] - total[r, c + _PATCH] - total[r + _PATCH, c] + total[r, c]
    ) / _PATCH**2
    return np.asarray((share >= _MIN_VALID) & mask[r + _HALF, c + _HALF])


def _part_of(image: Image, part: tuple[slice, slice]) -> Image:
    from dataclasses import replace

    return replace(image, data=image.data[part], mask=image.mask[part])
