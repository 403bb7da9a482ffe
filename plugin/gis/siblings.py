"""Layers warped along with the sensed raster: other bands, polarisations and masks, and vector
layers of its scene.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsPalettedRasterRenderer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from ..core.errors import AlignError
from ..core.fit.transforms import Transform
from ..core.geometry.grid import Grid
from ..core.output.siblings import carried_over, free_path, sensed_from_sibling
from ..core.progress import Progress
from ..core.types import WarpParams
from .groups import AID, GROUP
from .rasters import grid_of, raster_ref
from .vector_warp import VectorMapping, write_warped
from .warping import warp_with_gdal


@dataclass(frozen=True, eq=False)
class Sibling:
    """One layer to warp along.

    Attributes:
        layer_id: In the project.
        name: Of the layer.
        output: File to write.
        work: Does it, given the progress.
    """

    layer_id: str
    name: str
    output: Path
    work: Callable[[Progress], None]


def candidates(project: QgsProject, pair: Iterable[QgsMapLayer | None]) -> list[QgsMapLayer]:
    """Return the layers of a project that can be warped along with a pair, by name; what the plugin
    made is none, wherever it was moved.
    """
    group = project.layerTreeRoot().findGroup(GROUP)
    ours = set(group.findLayerIds()) if group is not None else set()
    taken = {layer.source() for layer in pair if layer is not None}
    out = []
    for layer in project.mapLayers().values():
        raster = (
            isinstance(layer, QgsRasterLayer)
            and layer.isValid()
            and layer.dataProvider().name() == "gdal"
        )
        vector = isinstance(layer, QgsVectorLayer) and layer.isValid() and layer.isSpatial()
        if (
            (raster or vector)
            and layer.source() not in taken
            and layer.id() not in ours
            and not layer.customProperty(AID)
        ):
            out.append(layer)
    return sorted(out, key=lambda layer: (isinstance(layer, QgsVectorLayer), layer.name().lower()))


def prepare(
    layer: QgsMapLayer,
    folder: Path,
    sensed_path: str,
    sensed_grid: Grid,
    reference_grid: Grid,
    transform: Transform,
    params: WarpParams,
) -> Sibling:
    """Prepare a layer in the main thread; its output is a new file in the folder.

    Raises:
        AlignError: the layer does not lie on the sensed raster's pixels.
    """
    if isinstance(layer, QgsVectorLayer):
        output = _free(folder, layer.name(), ".gpkg")
        mapping = VectorMapping(layer.crs(), sensed_path, sensed_grid, reference_grid, transform)
        source, fields, count, kind, name = (
            QgsVectorLayerFeatureSource(layer),
            layer.fields(),
            layer.featureCount(),
            layer.wkbType(),
            layer.name(),
        )
        return Sibling(
            layer.id(),
            name,
            output,
            lambda progress: write_warped(
                source.getFeatures(), count, fields, kind, mapping, output, name, progress
            ),
        )
    ref = raster_ref(layer)
    grid = grid_of(ref)
    same_crs = QgsCoordinateReferenceSystem.fromWkt(
        grid.crs_wkt
    ) == QgsCoordinateReferenceSystem.fromWkt(sensed_grid.crs_wkt)
    matrix = sensed_from_sibling(layer.name(), grid, sensed_grid, same_crs)
    own = transform if matrix is None else carried_over(transform, matrix, grid)
    classes = isinstance(layer.renderer(), QgsPalettedRasterRenderer)
    output = _free(folder, layer.name(), ".tif")

    def work(progress: Progress) -> None:
        warp_with_gdal(
            ref.path, reference_grid, own, output, params, progress, ref.nodata, classes=classes
        )

    return Sibling(layer.id(), layer.name(), output, work)


def _free(folder: Path, name: str, suffix: str) -> Path:
    return free_path(folder, re.sub(r"[^\w.-]+", "_", name).strip("_") or "layer", suffix)


def warp_all(
    siblings: Iterable[Sibling], progress: Progress, done: list[tuple[Sibling, AlignError | None]]
) -> None:
    """Warp one after the other, noting each that ended in `done`; one that fails does not stop the
    others.

    Raises:
        Cancelled: `progress` said so.
    """
    siblings = list(siblings)
    for at, sibling in enumerate(siblings):
        try:
            sibling.work(progress.part(at / len(siblings), (at + 1) / len(siblings)))
        except AlignError as error:
            done.append((sibling, error))
        else:
            done.append((sibling, None))
