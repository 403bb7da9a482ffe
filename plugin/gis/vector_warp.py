"""Vector layers of the sensed scene, moved with the same fit: every vertex through the transform
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsFeatureSink,
    QgsFields,
    QgsGeometry,
    QgsVectorFileWriter,
    QgsVertexId,
    QgsWkbTypes,
)

from ..core.errors import OutputError
from ..core.fit.transforms import Transform
from ..core.geometry.grid import Grid
from ..core.outputs import Outputs
from ..core.progress import Progress
from .placement import Placement

_EDGE_PX = 0.1


class VectorMapping:
    """(N, 2) places of the sensed scene as a layer has them -> the reference's CRS.

    Make it in the main thread.

    Places outside the sensed raster are counted: there the model extrapolates.

    Attributes:
        outside: Vertices mapped so far that lie outside the sensed raster.
    """

    def __init__(
        self,
        layer_crs: QgsCoordinateReferenceSystem,
        sensed_path: str,
        sensed_grid: Grid,
        reference_grid: Grid,
        transform: Transform,
    ) -> None:
        self._placement = Placement(reference_grid, sensed_grid, sensed_path)
        self._to_px = self._placement.sensed_px_from(
            layer_crs.toWkt() if layer_crs.isValid() else ""
        )
        self._transform, self._size = transform, sensed_grid.size
        self._reference = reference_grid
        self.outside = 0

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """Map; lines between vertices stay straight."""
        px = self._to_px(places)
        self.outside += int(
            ((px < -_EDGE_PX) | (px > np.add(self._size, _EDGE_PX))).any(axis=1).sum()
        )
        return self._reference.layer_from_px(self._transform.apply(px))

    @property
    def crs(self) -> QgsCoordinateReferenceSystem:
        """CRS of the result."""
        return QgsCoordinateReferenceSystem.fromWkt(self._reference.crs_wkt)


def moved(geometry: QgsGeometry, mapping: Callable[[np.ndarray], np.ndarray]) -> QgsGeometry:
    """Return a geometry with every vertex mapped; Z and M values, rings, curves and parts stay."""
    if geometry.isNull() or geometry.isEmpty():
        return geometry
    out = geometry.constGet().clone()
    vertices, at = [], QgsVertexId()
    while True:
        more, point = out.nextVertex(at)
        if not more:
            break
        vertices.append((QgsVertexId(at.part, at.ring, at.vertex, at.type), point))
    for (vertex, point), (x, y) in zip(
        vertices, mapping(np.array([(p.x(), p.y()) for _, p in vertices])).tolist(), strict=True
    ):
        point.setX(x)
        point.setY(y)
        out.moveVertex(vertex, point)
    return QgsGeometry(out)


def warped_features(
    features: Iterable[QgsFeature],
    count: int,
    mapping: Callable[[np.ndarray], np.ndarray],
    progress: Progress,
) -> Iterator[QgsFeature]:
    """Yield the features with their geometries mapped and their attributes as they are.

    Raises:
        Cancelled: `progress` said so.
    """
    for at, feature in enumerate(features):
        if at % 100 == 0:
            progress.update(at / max(count, 1), "Moving features")
        out = QgsFeature(feature)
        out.setGeometry(moved(feature.geometry(), mapping))
        yield out


def write_warped(
    features: Iterable[QgsFeature],
    count: int,
    fields: QgsFields,
    wkb_type: QgsWkbTypes.Type,
    mapping: VectorMapping,
    output: Path,
    name: str,
    progress: Progress,
) -> None:
    """Write a warped layer as a GeoPackage; it appears when it is complete.

    Raises:
        OutputError: it cannot be written.
        Cancelled: `progress` said so; nothing is left behind.
    """
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", name
    kept = QgsFields()
    for field in fields:
        if field.name().lower() != "fid":  # the new file numbers its features itself
            kept.append(field)
    indices = [fields.indexOf(field.name()) for field in kept]
    with Outputs([output]) as outputs:
        writer = QgsVectorFileWriter.create(
            str(outputs.part(output)),
            kept,
            wkb_type,
            mapping.crs,
            QgsCoordinateTransformContext(),
            options,
        )
        if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
            raise OutputError(
                f"Cannot write {output}: {writer.errorMessage()}.",
                "Choose a folder you may write to, with enough room.",
            )
        for feature in warped_features(features, count, mapping, progress):
            out = QgsFeature(kept)
            out.setGeometry(feature.geometry())
            out.setAttributes([feature.attributes()[i] for i in indices])
            if not writer.addFeature(out, QgsFeatureSink.Flag.FastInsert):
                raise OutputError(
                    f"Cannot write {output}: {writer.errorMessage()}.",
                    "Choose a folder with enough room.",
                )
        del writer
        outputs.deliver()
