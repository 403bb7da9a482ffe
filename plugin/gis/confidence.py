"""The confidence of tie points as a raster layer. Main thread only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from osgeo import gdal, osr
from qgis.core import (
    QgsColorRampShader,
    QgsRasterLayer,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtGui import QColor

from ..core.errors import OutputError
from ..core.geometry.grid import Grid
from ..core.types import TiePoint
from ..core.wording import number, tr

_VIRIDIS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")


def confidence_layer(
    points: Iterable[TiePoint], reference_grid: Grid, path: Path
) -> QgsRasterLayer:
    """Write the confidence of tie points as a smooth raster and return it as a styled layer.

    The value at a place is the mean score of the points around it, weighted by a Gaussian of the
    points' spacing; disabled points count with score 0. Nodata further than three spacings from any
    point.

    Raises:
        OutputError: the file cannot be written.
    """
    points = list(points)
    xy = np.array([p.reference_px for p in points], dtype=float).reshape(-1, 2)
    value = np.array([p.score if p.enabled else 0.0 for p in points])
    side = max(reference_grid.size) / 256.0
    grid = reference_grid.coarser(side)
    cols, rows = grid.size
    spacing = float(np.sqrt(np.prod(np.ptp(xy, axis=0) + 1.0) / max(len(xy), 1)))
    gx, gy = np.meshgrid((np.arange(cols) + 0.5) * side, (np.arange(rows) + 0.5) * side)
    total, norm = np.zeros((rows, cols)), np.full((rows, cols), 1e-12)
    for (x, y), v in zip(xy, value, strict=True):
        weight = np.exp(-((gx - x) ** 2 + (gy - y) ** 2) / (2 * spacing**2))
        total += weight * v
        norm += weight
    data = np.where(norm > np.exp(-4.5), total / norm, -1.0).astype(np.float32)
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), cols, rows, 1, gdal.GDT_Float32, ["COMPRESS=DEFLATE"]
    )
    if dataset is None:
        raise OutputError(f"Cannot write {path}.", "Check that the folder can be written.")
    dataset.SetGeoTransform(grid.geotransform)
    if reference_grid.crs_wkt:
        srs = osr.SpatialReference()
        srs.ImportFromWkt(reference_grid.crs_wkt)
        dataset.SetProjection(srs.ExportToWkt())
    band = dataset.GetRasterBand(1)
    band.SetNoDataValue(-1.0)
    band.WriteArray(data)
    dataset.FlushCache()
    del band, dataset
    layer = QgsRasterLayer(str(path), tr("Confidence of tie points"))
    shader, ramp = QgsRasterShader(), QgsColorRampShader(0.0, 1.0)
    ramp.setColorRampType(QgsColorRampShader.Type.Interpolated)
    ramp.setColorRampItemList(
        [
            QgsColorRampShader.ColorRampItem(i / 4, QColor(c), number(i / 4, ".2f"))
            for i, c in enumerate(_VIRIDIS)
        ]
    )
    shader.setRasterShaderFunction(ramp)
    layer.setRenderer(QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader))
    layer.setOpacity(0.6)
    return layer
