"""Mutual information of grey values, by SimpleITK."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..core.fields import check_params, param
from ..core.types import Modality
from .registry import TemplateMatcher, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..core.image import Image
    from .parts.similarity import Surface


@dataclass(frozen=True)
class MutualInformationParams:
    """Parameters of `mutual_information`."""

    bins: int = param(24, "Histogram bins", "Bins of the joint histogram.", min=8, max=128)
    sigma: float = param(
        1.0, "Smoothing", "Gaussian blur before comparing.", unit="px", min=0.0, max=5.0
    )

    def __post_init__(self) -> None:
        check_params(self)


@register(
    key="mutual_information",
    label="Mutual information",
    kind="template",
    summary="Compares how well grey values predict each other (Mattes); slow, needs large "
    "templates, robust to odd contrasts.",
    params=MutualInformationParams,
    reference="Mattes et al. 2003, PET-CT image registration in the chest using free-form "
    "deformations, TMI 22(1)",
    needs=("SimpleITK",),
    rank=10,
)
class MutualInformationMatcher(TemplateMatcher):
    """Mattes mutual information searched exhaustively on a reduced window, then at full size around
    the three best.
    """

    params: MutualInformationParams
    gains_by_threads: ClassVar[bool] = True
    bytes_per_px: ClassVar[int] = 120
    template_limits_px: ClassVar[tuple[int, int]] = (112, 128)

    def features(self, image: Image, modality: Modality) -> NDArray[np.float32]:  # noqa: ARG002 - same for both
        """Return the smoothed grey values (1, H, W)."""
        from .parts.features import blur, fill_invalid

        grey = blur(fill_invalid(image.data, image.mask), self.params.sigma)
        return np.where(image.mask, grey, 0.0)[None].astype(np.float32)

    def correlate(
        self,
        template: NDArray[np.float32],
        template_mask: NDArray[np.bool_],
        window: NDArray[np.float32],
        window_mask: NDArray[np.bool_],
    ) -> Surface:
        """Return mutual information in nats at the offsets searched; the rest is interpolated from
        the reduced search.
        """
        import cv2

        from .parts.similarity import Surface

        shape = (window.shape[1] - template.shape[1] + 1, window.shape[2] - template.shape[2] + 1)
        grey_t, grey_w = template[0], window[0]
        step = 4 if min(shape) > 12 and min(grey_t.shape) >= 48 else (2 if min(shape) > 6 else 1)
        coarse = self._search(
            _reduce(grey_t, step),
            _reduce_mask(template_mask, step),
            _reduce(grey_w, step),
            _reduce_mask(window_mask, step),
            None,
            (-(-shape[0] // step), -(-shape[1] // step)),
        )
        if step == 1:
            return Surface(coarse)
        values = cv2.resize(
            coarse, (coarse.shape[1] * step, coarse.shape[0] * step), interpolation=cv2.INTER_LINEAR
        )[: shape[0], : shape[1]]
        values = np.roll(values, (-(step // 2), -(step // 2)), axis=(0, 1)) * 0.5
        candidates, peaks = coarse.copy(), []
        for _ in range(3):
            r, c = np.unravel_index(int(np.argmax(candidates)), candidates.shape)
            if not np.isfinite(candidates[r, c]):
                break
            part = _around((int(r) * step, int(c) * step), 4 if step == 4 else step + 1, shape)
            values[part] = found = self._search(
                grey_t, template_mask, grey_w, window_mask, part, shape, 2 if step == 4 else 1
            )
            top = np.unravel_index(int(np.argmax(found)), found.shape)
            peaks.append(
                (float(found.max()), part[0].start + int(top[0]), part[1].start + int(top[1]))
            )
            candidates[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2] = -np.inf
        if step == 4 and peaks:
            part = _around(max(peaks)[1:], 2, shape)
            values[part] = self._search(grey_t, template_mask, grey_w, window_mask, part, shape)
        return Surface(values.astype(np.float32))

    def _search(
        self,
        template: NDArray[np.float32],
        template_mask: NDArray[np.bool_],
        window: NDArray[np.float32],
        window_mask: NDArray[np.bool_],
        part: tuple[slice, slice] | None,
        shape: tuple[int, int],
        stride: int = 1,
    ) -> NDArray[np.float32]:
        """Evaluate the metric at the integer offsets of `part` (all of `shape` when None); with a
        stride of 2 at every other one, linear between.
        """
        import SimpleITK as sitk  # noqa: N813 - its customary name

        rows, cols = part or (slice(0, shape[0]), slice(0, shape[1]))
        n_rows, n_cols = (-(-(p.stop - p.start) // stride) for p in (rows, cols))
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
        half = (n_cols // 2, n_rows // 2)
        transform = sitk.TranslationTransform(
            2, [float(cols.start + stride * half[0]), float(rows.start + stride * half[1])]
        )
        method.SetInitialTransform(transform, inPlace=False)
        method.SetOptimizerAsExhaustive([half[0], half[1]], stepLength=float(stride))
        method.SetNumberOfThreads(1)
        out = np.full((n_rows, n_cols), -np.inf, np.float32)

        def note() -> None:
            x, y = method.GetOptimizerPosition()
            r, c = (round(y) - rows.start) // stride, (round(x) - cols.start) // stride
            if 0 <= r < n_rows and 0 <= c < n_cols:
                out[r, c] = -method.GetMetricValue()

        method.AddCommand(sitk.sitkIterationEvent, note)
        fixed, moving = sitk.GetImageFromArray(template), sitk.GetImageFromArray(window)
        with contextlib.suppress(
            RuntimeError
        ):  # ITK: too few samples inside the masks; the positions evaluated so far stay
            method.Execute(fixed, moving)
        return (
            out
            if stride == 1
            else _doubled(out)[: rows.stop - rows.start, : cols.stop - cols.start]
        )


def _around(centre: tuple[int, int], reach: int, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Return rows and columns within `reach` of a place that lies in `shape`, or is moved into
    it.
    """
    middle = [min(max(c, 0), n - 1) for c, n in zip(centre, shape, strict=True)]
    rows, cols = (
        slice(max(0, m - reach), min(n, m + reach + 1)) for m, n in zip(middle, shape, strict=True)
    )
    return rows, cols


def _doubled(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (2 H, 2 W): the values at even places, means of neighbours between them."""
    for axis in (0, 1):
        following = np.concatenate(
            [np.take(values, range(1, values.shape[axis]), axis), np.take(values, [-1], axis)], axis
        )
        values = np.stack((values, 0.5 * (values + following)), axis + 1).reshape(
            *(2 * n if i == axis else n for i, n in enumerate(values.shape))
        )
    return values


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
