"""Mutual information of grey values, by SimpleITK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ...core.fields import check_params, param
from ...core.types import Modality
from .registry import TemplateMatcher, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..preparing import Image
    from ..similarity import Surface


@dataclass(frozen=True)
class MutualInformationParams:
    """Parameters of `mutual_information`."""

    bins: int = param(24, "Histogram bins", "Bins of the joint histogram.", min=8, max=128)
    sigma: float = param(1.0, "Smoothing", "Gaussian blur before comparing.", unit="px", min=0.0, max=5.0)

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="mutual_information",
    label="Mutual information",
    kind="template",
    summary="Compares how well grey values predict each other (Mattes); slow, needs large templates, robust to odd contrasts.",
    params=MutualInformationParams,
    reference="Mattes et al. 2003, PET-CT image registration in the chest using free-form deformations, TMI 22(1)",
    needs=("SimpleITK",),
    rank=10,
)
class MutualInformationMatcher(TemplateMatcher):
    """Mattes mutual information searched exhaustively on a reduced window, then at full size around the three best."""

    params: MutualInformationParams
    bytes_per_px: ClassVar[int] = 120
    template_limits_px: ClassVar[tuple[int, int]] = (112, 128)

    def features(self, image: Image, modality: Modality) -> NDArray[np.float32]:  # noqa: ARG002 - same for both
        """Return the smoothed grey values (1, H, W)."""
        from ..features import blur, fill_invalid

        grey = blur(fill_invalid(image.data, image.mask), self.params.sigma)
        return np.where(image.mask, grey, 0.0)[None].astype(np.float32)

    def correlate(
        self,
        template: NDArray[np.float32],
        template_mask: NDArray[np.bool_],
        window: NDArray[np.float32],
        window_mask: NDArray[np.bool_],
    ) -> Surface:
        """Return mutual information in nats at the offsets searched; the rest is interpolated from the reduced search."""
        import cv2

        from ..similarity import Surface

        shape = (window.shape[1] - template.shape[1] + 1, window.shape[2] - template.shape[2] + 1)
        grey_t, grey_w = template[0], window[0]
        step = 4 if min(shape) > 12 and min(grey_t.shape) >= 48 else (2 if min(shape) > 6 else 1)
        coarse = self._search(
            _reduce(grey_t, step), _reduce_mask(template_mask, step), _reduce(grey_w, step), _reduce_mask(window_mask, step), None,
            (-(-shape[0] // step), -(-shape[1] // step)),
        )
        if step == 1:
            return Surface(coarse)
        values = cv2.resize(coarse, (coarse.shape[1] * step, coarse.shape[0] * step), interpolation=cv2.INTER_LINEAR)[: shape[0], : shape[1]]
        values = np.roll(values, (-(step // 2), -(step // 2)), axis=(0, 1)) * 0.5
        candidates = coarse.copy()
        for _ in range(3):
            r, c = np.unravel_index(int(np.argmax(candidates)), candidates.shape)
            if not np.isfinite(candidates[r, c]):
                break
            reach = step + 1
            centre_r, centre_c = min(int(r) * step, shape[0] - 1), min(int(c) * step, shape[1] - 1)
            rows = slice(max(0, centre_r - reach), min(shape[0], centre_r + reach + 1))
            cols = slice(max(0, centre_c - reach), min(shape[1], centre_c + reach + 1))
            values[rows, cols] = self._search(grey_t, template_mask, grey_w, window_mask, (rows, cols), shape)
            candidates[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2] = -np.inf
        return Surface(values.astype(np.float32))

    def _search(
        self,
        template: NDArray[np.float32],
        template_mask: NDArray[np.bool_],
        window: NDArray[np.float32],
        window_mask: NDArray[np.bool_],
        part: tuple[slice, slice] | None,
        shape: tuple[int, int],
    ) -> NDArray[np.float32]:
        """Evaluate the metric at the integer offsets of `part` (all of `shape` when None)."""
        import SimpleITK as sitk  # noqa: N813 - its customary name

        rows, cols = part or (slice(0, shape[0]), slice(0, shape[1]))
        n_rows, n_cols = rows.stop - rows.start, cols.stop - cols.start
        method = sitk.ImageRegistrationMethod()
        method.SetMetricAsMattesMutualInformation(numberOfHistogramBins=self.params.bins)
        if template.size > 4096:
            method.SetMetricSamplingStrategy(method.REGULAR)
            method.SetMetricSamplingPercentage(min(1.0, 4096 / template.size), seed=1)
        method.SetInterpolator(sitk.sitkLinear)
        if not template_mask.all():
            method.SetMetricFixedMask(sitk.GetImageFromArray(template_mask.astype(np.uint8)))
        if not window_mask.all():
            method.SetMetricMovingMask(sitk.GetImageFromArray(window_mask.astype(np.uint8)))
        half = ((n_cols) // 2, (n_rows) // 2)
        transform = sitk.TranslationTransform(2, [float(cols.start + half[0]), float(rows.start + half[1])])
        method.SetInitialTransform(transform, inPlace=False)
        method.SetOptimizerAsExhaustive([half[0], half[1]])
        method.SetNumberOfThreads(1)
        out = np.full((n_rows, n_cols), -np.inf, np.float32)

        def note() -> None:
            x, y = method.GetOptimizerPosition()
            r, c = round(y) - rows.start, round(x) - cols.start
            if 0 <= r < n_rows and 0 <= c < n_cols:
                out[r, c] = -method.GetMetricValue()

        method.AddCommand(sitk.sitkIterationEvent, note)
        fixed, moving = sitk.GetImageFromArray(template), sitk.GetImageFromArray(window)
        try:
            method.Execute(fixed, moving)
        except RuntimeError:  # ITK: too few samples inside the masks; the positions evaluated so far stay
            return out
        return out


def _reduce(image: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    import cv2

    if step == 1:
        return image
    rows, cols = -(-image.shape[0] // step) * step, -(-image.shape[1] // step) * step
    padded = np.pad(image, ((0, rows - image.shape[0]), (0, cols - image.shape[1])), mode="edge")
    out: Any = cv2.resize(padded, (cols // step, rows // step), interpolation=cv2.INTER_AREA)
    return out


def _reduce_mask(mask: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    return mask if step == 1 else _reduce(mask.astype(np.float32), step) > 0.5
