"""Where the pixels of an output lie and where they come from: decided before a hand writes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import FitError, OutputError
from ..fit.transforms import KINDS, Transform, folds
from ..geometry import coords
from ..geometry.grid import Grid
from ..lengths import is_geographic
from ..types import WarpParams

Array = NDArray[np.float64]
_CHECKS = 41  # positions along the longer side at which the mapping is checked
_POLE_DEG = 89.0
_LEAST_PX, _MOST_PX = (
    4.0,
    2.0**31,
)  # sides of an output: with fewer nothing of the raster is left, and no file holds more
_MAX_GROWTH = 25.0


@dataclass(frozen=True, eq=False)
class WarpPlan:
    """An output and the way back from it.

    Attributes:
        transform: sensed_px -> reference_px.
        reference: Native grid of the reference; without a CRS where its pixels have no place of
            their own.
        sensed: Frame of the sensed raster's pixels: its own georeferencing plays no part.
        target: Grid of the output.
    """

    transform: Transform
    reference: Grid
    sensed: Grid
    target: Grid

    @cached_property
    def inward(self) -> Array:
        """(3, 3), target px -> reference px."""
        return self.target.matrix_to(self.reference)

    @cached_property
    def matrix(self) -> Array | None:
        """(3, 3), target px -> sensed px; None where no affine matrix says it."""
        matrix = self.transform.matrix if self.transform.is_affine else None
        return None if matrix is None else np.asarray(coords.inverse(matrix) @ self.inward)

    def to_sensed(self, xy_px: Array) -> Array:
        """(N, 2) target px -> sensed px; non-finite where there is none."""
        if self.matrix is not None:
            return coords.apply_matrix(self.matrix, xy_px)
        return self.transform.inverse(coords.apply_matrix(self.inward, xy_px))

    @cached_property
    def outward(self) -> Array:
        """(2, 2), a step in sensed px at the raster's centre -> a step in target px."""
        jacobian = self.transform.jacobian(self.sensed.centre_px)[0]
        return np.asarray(np.linalg.inv(self.inward[:2, :2]) @ jacobian)

    @cached_property
    def scale(self) -> tuple[float, float]:
        """Target px per sensed px along sensed columns and rows, at most 1: below, kernels
        average.
        """
        across, down = (float(np.hypot(*row)) for row in np.linalg.inv(self.outward))
        return min(1.0, 1.0 / across), min(1.0, 1.0 / down)

    @cached_property
    def footprint(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom), target px, outside which there is nothing of the sensed
        raster; it may lie beyond the target.
        """
        inward = self.reference.matrix_to(self.target)
        placed = coords.apply_matrix(inward, self.transform.apply(lattice(self.sensed, 33, 0)))
        margin = 4.0 + 0.01 * float(np.ptp(placed, axis=0).max())
        (left, top), (right, bottom) = (
            (placed.min(axis=0) - margin).tolist(),
            (placed.max(axis=0) + margin).tolist(),
        )
        return left, top, right, bottom


def plan_warp(
    transform: Transform, reference_grid: Grid, size: tuple[int, int], params: WarpParams
) -> WarpPlan:
    """Decide where the pixels of an output lie.

    Args:
        transform: sensed_px -> reference_px.
        reference_grid: Native grid of the reference. Where it is not referenced, the output is on
            the reference's pixels.
        size: (width, height) of the sensed raster.
        params: Pixel size, grid.

    Raises:
        FitError: the transform folds.
        OutputError: the output would be absurdly large, or next to nothing.
    """
    sensed = Grid.bare(*size)
    refuse_folds(transform, sensed)
    reference = reference_grid
    if not reference.is_referenced:  # a CRS is that of GCPs, which the output takes over with them
        reference = replace(reference, crs_wkt="")
    target = output_grid(
        transform, reference, sensed, params.output_gsd, params.match_reference_grid
    )
    plan = WarpPlan(transform, reference, sensed, target)
    _refuse_growth(plan)
    return plan


def _refuse_growth(plan: WarpPlan) -> None:
    """Refuse an output much larger than what the image covers at its centre's scale."""
    expected = max(
        plan.sensed.width * plan.sensed.height * abs(float(np.linalg.det(plan.outward))),
        plan.reference.width * plan.reference.height,
    )
    if plan.target.width * plan.target.height > _MAX_GROWTH * expected:
        raise OutputError(
            f"The warped image would have {plan.target.width} x {plan.target.height} px: the model "
            "swings away at the edges.",
            "Choose a simpler model, spread the control points, or snap to the reference grid.",
        )


def refuse_folds(transform: Transform, sensed_grid: Grid) -> None:
    """Look for folds on a lattice over the sensed raster.

    Raises:
        FitError: there is one.
    """
    if folds(transform, lattice(sensed_grid, _CHECKS, 0)).any():
        raise FitError(
            "The transform folds the image over itself.",
            "Choose a simpler model, or reject the points where it folds.",
        )


def output_grid(
    transform: Transform,
    reference_grid: Grid,
    sensed_grid: Grid,
    gsd: float | None,
    match_reference: bool,
) -> Grid:
    """Return the grid of the warped raster.

    Where the reference is in degrees, pixels are square on the ground unless a size is given:
    square degrees lose detail far from the equator.

    Args:
        transform: sensed_px -> reference_px.
        reference_grid: Native grid of the reference.
        sensed_grid: Native grid of the sensed raster.
        gsd: Pixel side in map units; None = that of the sensed raster after the transform.
        match_reference: Take the reference's grid as it is (always so without georeferencing).

    Raises:
        OutputError: a pixel size that leaves next to nothing of the raster, or makes it absurdly
        large.
    """
    if match_reference or not reference_grid.is_referenced:
        return reference_grid
    outline = reference_grid.map_from_px(transform.apply(lattice(sensed_grid, 33, 0)))
    jacobian = reference_grid.linear @ transform.jacobian(sensed_grid.centre_px)[0]
    own = float(np.sqrt(abs(np.linalg.det(jacobian))))
    low, high = outline.min(axis=0), outline.max(axis=0)
    narrow = 1.0
    if gsd is None and is_geographic(reference_grid.crs_wkt):
        latitude = float(np.clip(np.abs([low[1], high[1]]).max(), 0.0, _POLE_DEG))
        narrow = float(np.cos(np.deg2rad(latitude)))
    down = gsd or own * np.sqrt(narrow)
    size = np.array([down / narrow, down])
    across = (high - low) / size
    if not (across < _MOST_PX).all() or (
        gsd is not None and down > own and (across < _LEAST_PX).any()
    ):
        unit = "degrees" if is_geographic(reference_grid.crs_wkt) else "map units"
        raise OutputError(
            f"With pixels of {down:.6g} {unit} the output would have "
            f"{max(across[0], 1):.4g} x {max(across[1], 1):.4g} px.",
            f"Choose a pixel size near that of the sensed raster, {own:.6g} {unit}.",
        )
    width, height = (max(1, int(np.ceil(n - 1e-6))) for n in across)
    return Grid(
        reference_grid.crs_wkt,
        (float(low[0]), float(size[0]), 0.0, float(high[1]), 0.0, -float(size[1])),
        width,
        height,
    )


def kept_grid(transform: Transform, reference_grid: Grid, sensed_grid: Grid) -> Grid:
    """Return the grid that puts the sensed raster's own pixels where the transform wants them,
    rotated where it must be.

    Args:
        transform: sensed_px -> reference_px.
        reference_grid: Native grid of the reference.
        sensed_grid: Of which only the size counts.

    Raises:
        FitError: no geotransform can say what the transform does.
    """
    if not transform.is_affine or transform.matrix is None:
        label = KINDS[transform.kind].label
        raise FitError(
            f"A geotransform cannot hold the model {label}.",
            "Choose shift, similarity or affine, or let the raster be resampled.",
        )
    if reference_grid.crs_wkt and not reference_grid.is_referenced:
        raise FitError(
            "The reference has no geotransform that the sensed raster could take over.",
            "Let the raster be resampled.",
        )
    whole = reference_grid.matrix @ transform.matrix
    return Grid(
        reference_grid.crs_wkt,
        coords.geotransform_from_matrix(whole),
        sensed_grid.width,
        sensed_grid.height,
    )


def lattice(grid: Grid, side: int, rings: int) -> Array:
    """Return positions over a grid, corner to corner: `side` along its longer side, at least five
    along the other.

    Args:
        grid: Of which only the size counts.
        side: Positions along the longer side.
        rings: Further positions outside on each side.
    """
    axes = []
    for length in (grid.width, grid.height):
        count = max(5, round((side - 1) * length / max(grid.width, grid.height)) + 1)
        axes.append(np.arange(-rings, count + rings) / (count - 1) * length)
    return np.asarray(np.stack(np.meshgrid(*axes), axis=2).reshape(-1, 2))
