"""The dataclasses that cross borders between rooms and processes.

Convention:
    `_px` is the pixel frame of a raster file: (0, 0) is the top-left *corner* of the top-left
    pixel, x to the right, y down, so the centre of `a[row, col]` is (col + 0.5, row + 0.5). `_map`
    is the CRS of the reference. shift = reference - sensed; residual = transform(sensed) -
    reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from .errors import UsageError
from .fields import check_params, param
from .geometry import coords

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Point = tuple[float, float]
Covariance = tuple[tuple[float, float], tuple[float, float]]

MODEL_LABELS = {
    "auto": "Automatic (model advisor)",
    "shift": "Shift",
    "similarity": "Similarity",
    "affine": "Affine",
    "polynomial1": "Polynomial 1",
    "polynomial2": "Polynomial 2",
    "polynomial3": "Polynomial 3",
    "projective": "Projective",
    "tps": "Thin-plate spline",
    "field": "Displacement field",
}


class Modality(str, Enum):
    """What kind of sensor made an image."""

    AUTO = "auto"
    OPTICAL = "optical"
    SAR = "sar"


class Status(str, Enum):
    """How a registration ended."""

    OK = "ok"
    NO_RELIABLE_ALIGNMENT = "no_reliable_alignment"
    ERROR = "error"


class Reason(str, Enum):
    """Why a point is disabled; the empty string where it is not."""

    NONE = ""
    LOW_SCORE = "low similarity"
    AMBIGUOUS = "second peak nearly as high"
    EDGE_PEAK = "peak at the edge of the search window"
    FORWARD_BACKWARD = "forward and backward match disagree"
    ROBUST_FIT = "does not fit the robust model"
    LOCAL = "disagrees with its neighbours"
    USER = "rejected by the analyst"


@dataclass(frozen=True)
class RasterRef:
    """A raster as the user names it.

    Attributes:
        path: Path or GDAL/rasterio URI, as given.
        bands: 1-based bands to use; empty = automatic (optical: RGB or all; SAR: the first).
        modality: Optical, SAR or automatic.
        crs_wkt: Overrides the CRS of the file (from the project layer) when not empty.
        nodata: Overrides the file's nodata value when not None.
    """

    path: str
    bands: tuple[int, ...] = ()
    modality: Modality = Modality.AUTO
    crs_wkt: str = ""
    nodata: float | None = None

    def __post_init__(self) -> None:
        if not self.path:
            raise UsageError("No raster given.", "Choose a reference and a sensed raster.")
        object.__setattr__(self, "modality", Modality(self.modality))
        object.__setattr__(self, "bands", tuple(int(b) for b in self.bands))
        if any(b < 1 for b in self.bands):
            raise UsageError(f"Band numbers start at 1, got {self.bands}.")


@dataclass(frozen=True)
class AlignParams:
    """Every parameter of a run; field metadata is what forms, toolbox, command line and report
    show.
    """

    matcher: str = param(
        "auto",
        "Matcher",
        "Which matcher finds the tie points; automatic takes the most accurate one installed.",
    )
    matcher_params: dict[str, Any] = field(default_factory=dict)
    model: str = param("auto", "Model", "Transform fitted to the tie points.", choices=MODEL_LABELS)
    search_radius: float | None = param(
        None,
        "Search radius",
        "Largest expected misplacement of the sensed raster; empty = automatic.",
        unit="map units",
        min=0.0,
    )
    working_gsd: float | None = param(
        None,
        "Working GSD",
        "Pixel size at which images are compared; empty = the coarser of the two.",
        unit="map units",
        min=0.0,
        advanced=True,
    )
    rotation_scale_search: bool = param(
        True,
        "Search rotation and scale",
        "Look for a rotation within 12 degrees and a scale of 0.85 to 1.15 before "
        "matching; where both rasters are georeferenced, only if a shift is not enough.",
        advanced=True,
    )
    max_points: int = param(
        600,
        "Largest number of tie points",
        "Tie points tried over the whole overlap.",
        min=9,
        max=20000,
        advanced=True,
    )
    template_px: int | None = param(
        None,
        "Template size",
        "Side of the square template; empty = chosen from the image size.",
        unit="px",
        min=16,
        max=512,
        advanced=True,
    )
    min_score: float = param(
        0.0,
        "Minimum score",
        "Tie points with a lower score (0 to 1) are disabled.",
        min=0.0,
        max=1.0,
        advanced=True,
    )
    sar_scale: str = param(
        "auto",
        "SAR values",
        "How the samples of the SAR raster are to be read.",
        choices={
            "auto": "Detect",
            "db": "Decibel",
            "amplitude": "Amplitude",
            "power": "Power (intensity)",
        },
        advanced=True,
    )
    despeckle: str = param(
        "none",
        "Despeckling",
        "Speckle filter applied to SAR before matching.",
        choices={"none": "None", "lee": "Lee 7x7", "frost": "Frost 7x7", "median": "Median 5x5"},
        advanced=True,
    )
    refuse_weak: bool = param(
        True,
        "Refuse weak evidence",
        "Answer 'no reliable alignment' instead of a doubtful one.",
        advanced=True,
    )
    tile_px: int = param(
        1024,
        "Tile size",
        "Side of the tiles in which features are computed.",
        unit="px",
        min=64,
        max=4096,
        advanced=True,
    )
    device: str = param(
        "auto",
        "Device",
        "Where networks run; automatic takes the GPU where torch finds one.",
        choices={"auto": "Automatic", "cpu": "CPU", "cuda": "GPU (CUDA)"},
        advanced=True,
    )
    threads: int = param(
        0,
        "Threads",
        "Processor threads to use; 0 = all.",
        min=0,
        max=256,
        advanced=True,
        zero="all",
    )
    memory_mb: int = param(
        0,
        "Memory budget",
        "Tiles are made so small, whatever the tile size says, that matching stays "
        "within it; where not even the smallest would, the run is refused. 0 = no limit.",
        unit="MB",
        min=0,
        max=2**20,
        advanced=True,
        zero="no limit",
    )
    seed: int = param(0, "Seed", "Seed of everything random.", min=0, max=2**31 - 1, advanced=True)

    def __post_init__(self) -> None:
        check_params(self)


@dataclass(frozen=True)
class AlignRequest:
    """What `engine.align.align` is asked to do.

    Attributes:
        reference: Stays.
        sensed: Is moved.
        params: How.
        allow_network: Whether the worker may read the rasters over the network.
    """

    reference: RasterRef
    sensed: RasterRef
    params: AlignParams = field(default_factory=AlignParams)
    allow_network: bool = False


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the matcher saw for one tie point.

    Attributes:
        peak: Similarity at the best peak.
        second_peak: Similarity at the second peak (outside a small neighbourhood of the first).
        forward_backward_px: Disagreement of forward and backward match in working pixels; NaN where
            not checked.
        surface: float32 (h, w) similarity over the search window, or None where not kept.
        surface_origin_px: reference_px of the *centre* of `surface[0, 0]`.
        surface_step_px: reference_px vector steps ((dx_col, dy_col), (dx_row, dy_row)) per surface
            column and row.
        features: What a pair matcher's score was computed from; empty for template matchers, not
            stored with a session.
    """

    peak: float
    second_peak: float
    forward_backward_px: float = float("nan")
    surface: NDArray[np.float32] | None = None
    surface_origin_px: Point = (0.0, 0.0)
    surface_step_px: tuple[Point, Point] = ((1.0, 0.0), (0.0, 1.0))
    features: tuple[float, ...] = ()

    @property
    def ratio(self) -> float:
        """Peak to second peak; 1 where the second is as high, infinite where there is none."""
        return self.peak / self.second_peak if self.second_peak > 0 else float("inf")


@dataclass(frozen=True, eq=False)
class TiePoint:
    """A pair of positions of the same ground point.

    Attributes:
        id: Unique within a result, from 1.
        reference_px: Position in the reference file's native pixels.
        sensed_px: Position in the sensed file's native pixels.
        reference_map: `reference_px` in the reference's CRS, None without georeferencing.
        sensed_map: `sensed_px` as the sensed file's georeferencing places it, in the *reference's
            CRS*.
        score: 0..1, higher is better.
        covariance_px: 2x2 covariance of `reference_px` in reference pixels squared.
        enabled: Used in the fit.
        reason: Why not enabled (`Reason` value or free text), else "".
        evidence: What the matcher saw, or None for points from a file or the analyst.
        worth: Independent matches that it is worth, 0..1: templates that overlap share their
            errors.
    """

    id: int
    reference_px: Point
    sensed_px: Point
    reference_map: Point | None = None
    sensed_map: Point | None = None
    score: float = 1.0
    covariance_px: Covariance = ((1.0, 0.0), (0.0, 1.0))
    enabled: bool = True
    reason: str = ""
    evidence: Evidence | None = None
    worth: float = 1.0

    @property
    def place(self) -> Point:
        """Where QGIS draws it: on the map; without georeferencing in reference px with y up."""
        return coords.y_up(self.reference_px) if self.reference_map is None else self.reference_map


@dataclass(frozen=True)
class Quality:
    """Accuracy figures of one fitted model; lengths in reference pixels (`_px`) and map units
    (`_map`, None without CRS).

    Attributes:
        model: Key of the model.
        n_points: Points in the fit.
        fit_rmse_px: sqrt(mean squared residual) at the fitted points.
        loo_rmse_px: Leave-one-out RMSE: each point predicted by a fit without it. NaN where there
            is no redundancy.
        holdout_rmse_px: RMSE over spatial blocks predicted by a fit without the block. NaN where
            impossible.
        ce90_px: 90th percentile of the leave-one-out error lengths.
        coverage: Area of the points' convex hull / area of the overlap (0..1).
    """

    model: str
    n_points: int
    fit_rmse_px: float
    loo_rmse_px: float
    holdout_rmse_px: float
    ce90_px: float
    coverage: float
    fit_rmse_map: float | None = None
    loo_rmse_map: float | None = None
    holdout_rmse_map: float | None = None
    ce90_map: float | None = None


@dataclass(frozen=True)
class WarpParams:
    """How the sensed raster is written."""

    resampling: str = param(
        "bilinear",
        "Resampling",
        "Interpolation of the output; nearest for classes.",
        choices={
            "nearest": "Nearest",
            "bilinear": "Bilinear",
            "cubic": "Cubic",
            "cubicspline": "Cubic spline",
            "lanczos": "Lanczos",
        },
    )
    format: str = param(
        "GTiff",
        "Format",
        "File format of the output.",
        choices={"GTiff": "GeoTIFF", "COG": "Cloud-optimised GeoTIFF"},
    )
    compression: str = param(
        "deflate",
        "Compression",
        "Lossless compression of the output.",
        choices={"none": "None", "deflate": "Deflate", "lzw": "LZW", "zstd": "ZSTD"},
        advanced=True,
    )
    output_gsd: float | None = param(
        None,
        "Output GSD",
        "Pixel size of the output; empty = that of the sensed raster.",
        unit="map units",
        min=0.0,
        advanced=True,
    )
    match_reference_grid: bool = param(
        False,
        "Snap to reference grid",
        "Write exactly the reference's grid (extent and pixel size).",
        advanced=True,
    )
    keep_pixels: bool = param(
        False,
        "Georeference only",
        "Do not resample: write the pixels as they are with a corrected geotransform. "
        "For shift, similarity and affine; resampling, GSD and grid do not count.",
    )
    nodata: float | None = param(
        None,
        "Nodata",
        "Value outside the image; empty = that of the sensed raster, else 0 or NaN.",
        advanced=True,
    )

    def __post_init__(self) -> None:
        check_params(self)
