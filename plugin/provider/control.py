"""Control points and model as parameters of the algorithms that warp."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
)

from ..core.errors import InputError
from ..core.fit.fits import Fit
from ..core.fit.tie_point_fit import fit_tie_points
from ..core.geometry.grid import Grid
from ..core.points.files import parse_points
from ..core.types import MODEL_LABELS, Quality, TiePoint
from ..core.wording import tr
from ..gis.rasters import native_grid
from .algorithm import AlignAlgorithm
from .points import on_own_grid, point_files, points_of, points_of_file


def add_control_points(algorithm: AlignAlgorithm) -> None:
    """Declare points, point file, reference and model."""
    points = QgsProcessingParameterFeatureSource(
        "POINTS", tr("Control points"), [QgsProcessing.SourceType.TypeVectorPoint], optional=True
    )
    algorithm.add(
        points,
        "A tie-point layer. Points that were moved count where they lie now; disabled "
        "ones do not count.",
    )
    file = QgsProcessingParameterFile(
        "POINTS_FILE", tr("or control-point file"), optional=True, fileFilter=point_files()
    )
    algorithm.add(file, "Used where no layer is given.")
    text = (
        "Gives the output's CRS and, for 'Snap to reference grid', its pixels. May be left "
        "out where the points have a CRS."
    )
    algorithm.add_raster("REFERENCE", "Reference raster", text, optional=True)
    model = QgsProcessingParameterEnum(
        "MODEL",
        tr("Model"),
        options=list(MODEL_LABELS),
        defaultValue="auto",
        usesStaticStrings=True,
    )
    algorithm.add(
        model,
        "Automatic takes the simplest model whose hold-out error is within one standard "
        "error of the best.",
    )


def read_control_points(
    algorithm: AlignAlgorithm,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    sensed_grid: Grid,
    reference_path: str,
) -> tuple[Grid, list[TiePoint]]:
    """Return the grid that the points' reference_px are on, and the points; call it in `read`.

    Raises:
        AlignError: there are none, or they have no place.
    """
    grid = native_grid(reference_path) if reference_path else None
    source = (
        algorithm.parameterAsSource(parameters, "POINTS", context)
        if parameters.get("POINTS") is not None
        else None
    )
    file = algorithm.parameterAsFile(parameters, "POINTS_FILE", context)
    if source is not None:
        points = points_of(source, grid)
        if grid is not None:
            return grid, points
        crs = source.sourceCrs()
        return on_own_grid(points, crs.toWkt() if crs.isValid() else "", sensed_grid)
    if not file:
        raise InputError("No control points are given.", "Choose a layer or a file.")
    if grid is not None:
        return grid, points_of_file(Path(file), grid, sensed_grid)
    wkt = ""
    if Path(file).suffix.lower() == ".points":
        wkt = (
            parse_points(Path(file).read_text(encoding="utf-8", errors="replace")).crs_wkt
            if Path(file).is_file()
            else ""
        )
        wkt = wkt or (sensed_grid.crs_wkt if sensed_grid.is_referenced else "")
    if not wkt:
        raise InputError(
            "This control-point file does not say where the reference's pixels lie.",
            "Give the reference raster too.",
        )
    frame = Grid(wkt, (0.0, 1.0, 0.0, 1.0, 0.0, -1.0), 1, 1)
    return on_own_grid(points_of_file(Path(file), frame, sensed_grid), wkt, sensed_grid)


def fit_enabled(
    points: Sequence[TiePoint],
    kind: str,
    reference: Grid,
    sensed: Grid,
    feedback: QgsProcessingFeedback,
) -> tuple[str, Fit, Quality]:
    """Fit a model ("auto" asks the advisor) to the enabled points.

    Returns:
        The model's key, the fit, and its figures.

    Raises:
        AlignError: no point is enabled, too few for the model, or a fit that cannot be right.
    """
    fit, figures, advice = fit_tie_points(points, kind, reference, sensed)
    if kind == "auto":
        feedback.pushInfo(tr(advice.why))
    return figures.model, fit, figures
