"""Tie points between layers, files and algorithms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeatureSink,
    QgsMarkerSymbol,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSource,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsRendererCategory,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..core.errors import InputError
from ..core.geometry import coords
from ..core.geometry.grid import Grid
from ..core.points.files import load_points
from ..core.points.own_grid import own_grid
from ..core.types import TiePoint
from ..core.wording import tr
from ..gis.point_features import point_feature, point_fields, point_from_feature
from ..gis.rasters import reprojection
from .algorithm import AlignAlgorithm


def point_files() -> str:
    """Return what file dialogs offer."""
    return f"{tr('QGIS points')} (*.points);;CSV (*.csv);;GeoJSON (*.geojson)"


_MOVED_PX = 0.01


def write_points_layer(
    algorithm: AlignAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
    points: Sequence[TiePoint],
    grid: Grid,
) -> str | None:
    """Write tie points into a sink parameter, in the CRS of the reference; returns the layer's id,
    None where it was skipped.

    Raises:
        QgsProcessingException: the sink cannot be made or written.
    """
    if parameters.get(name) in (None, ""):
        return None
    crs = (
        QgsCoordinateReferenceSystem.fromWkt(grid.crs_wkt)
        if grid.crs_wkt
        else QgsCoordinateReferenceSystem()
    )
    sink, identifier = algorithm.parameterAsSink(
        parameters, name, context, point_fields(), QgsWkbTypes.Type.Point, crs
    )
    if sink is None:
        raise QgsProcessingException(algorithm.invalidSinkError(parameters, name))
    for point in points:
        if not sink.addFeature(point_feature(point), QgsFeatureSink.Flag.FastInsert):
            raise QgsProcessingException(algorithm.writeFeatureError(sink, parameters, name))
    del sink
    if context.willLoadLayerOnCompletion(identifier):
        context.layerToLoadOnCompletionDetails(identifier).setPostProcessor(_Styler.shared())
    return str(identifier)


class _Styler(QgsProcessingLayerPostProcessorInterface):
    """Colours tie points by whether they are in the fit."""

    _instance: _Styler | None = None

    @classmethod
    def shared(cls) -> _Styler:
        """Return the one instance: Processing does not keep it."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    def postProcessLayer(  # noqa: N802
        self,
        layer: QgsVectorLayer,
        _context: QgsProcessingContext,
        _feedback: QgsProcessingFeedback,
    ) -> None:
        """Set the renderer, in the main thread."""
        if not isinstance(layer, QgsVectorLayer):
            return
        categories = []
        for value, colour, shape, label in (
            (1, "#009E73", "circle", "enabled"),
            (0, "#D55E00", "cross2", "disabled"),
        ):
            symbol = QgsMarkerSymbol.createSimple(
                {
                    "name": shape,
                    "color": colour,
                    "outline_color": "#ffffff" if value else colour,
                    "size": "2.4",
                }
            )
            categories.append(QgsRendererCategory(value, symbol, tr(label)))
        layer.setRenderer(QgsCategorizedSymbolRenderer("enabled", categories))
        layer.triggerRepaint()


def points_of(
    source: QgsProcessingFeatureSource, reference_grid: Grid | None = None
) -> list[TiePoint]:
    """Return the tie points of a layer; call it in the main thread.

    A feature that was moved, or whose layer was reprojected, counts where it lies now.

    Args:
        source: Layer made by matchimages, registerimages or importpoints, perhaps filtered or
            edited.
        reference_grid: Native grid of the reference, where it is known.

    Raises:
        InputError: it is no tie-point layer.
    """
    points = [point_from_feature(feature) for feature in source.getFeatures()]
    crs = source.sourceCrs()
    wkt = crs.toWkt() if crs.isValid() else ""
    if reference_grid is None or not points:
        bare = not wkt or all(p.reference_map == coords.y_up(p.reference_px) for p in points)
        return [replace(p, reference_map=None) if bare else p for p in points]
    places = np.array([p.reference_map for p in points], dtype=float)
    if reference_grid.is_referenced:
        onwards = reprojection(wkt, reference_grid.crs_wkt, reference_grid)
        places = places if onwards is None else onwards(places)
    now = reference_grid.px_from_layer(places)
    out = []
    for point, place, px in zip(points, places, now, strict=True):
        moved = math.dist(px, point.reference_px) > _MOVED_PX
        place_map = (float(place[0]), float(place[1])) if reference_grid.is_referenced else None
        out.append(
            replace(
                point,
                reference_px=(float(px[0]), float(px[1])) if moved else point.reference_px,
                reference_map=place_map,
            )
        )
    return out


def points_of_file(path: Path, reference_grid: Grid, sensed_grid: Grid) -> list[TiePoint]:
    """Return the tie points of a control-point file, at their places in the reference.

    Raises:
        PointsFileError: naming the line.
    """
    points = load_points(
        path,
        reference_grid,
        sensed_grid,
        lambda wkt: reprojection(wkt, reference_grid.crs_wkt, reference_grid),
    )
    if not reference_grid.is_referenced or not points:
        return points
    places = reference_grid.map_from_px([p.reference_px for p in points])
    return [
        replace(p, reference_map=(float(x), float(y)))
        for p, (x, y) in zip(points, places, strict=True)
    ]


def on_own_grid(
    points: Sequence[TiePoint], crs_wkt: str, sensed_grid: Grid
) -> tuple[Grid, list[TiePoint]]:
    """Make a reference grid around the places of points, with pixels about as large as the sensed
    ones, and move the points onto it.

    Args:
        points: Tie points with `reference_map`.
        crs_wkt: CRS of their places.
        sensed_grid: Native grid of the sensed raster.

    Raises:
        InputError: fewer than two points, or points without a place.
    """
    if any(p.reference_map is None for p in points) or not crs_wkt:
        raise InputError(
            "The control points have no place on the ground.", "Give the reference raster too."
        )
    ground = coords.as_points([p.reference_map for p in points if p.reference_map is not None])
    grid = own_grid(ground, [p.sensed_px for p in points], crs_wkt, sensed_grid)
    px = grid.px_from_map(ground)
    return grid, [
        replace(p, reference_px=(float(x), float(y))) for p, (x, y) in zip(points, px, strict=True)
    ]
