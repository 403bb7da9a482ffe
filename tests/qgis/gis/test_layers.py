"""How results are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from gdal_rasters import PLACE, write_raster
from qgis.core import QgsContrastEnhancement, QgsRasterLayer, QgsRasterMinMaxOrigin
from sar_optical_align.plugin.gis.groups import copy_renderer

ROTATED = (500100.0, 10.0, 1.0, 5399900.0, 1.0, -10.0)


@pytest.mark.parametrize(
    "gt", [PLACE["gt"], ROTATED], ids=["north up", "rotated: QGIS counts a mask as a band"]
)
def test_a_result_is_drawn_like_its_source(tmp_path, qgis_app, gt):
    values = np.random.default_rng(1).integers(20, 200, (40, 50)).astype(np.uint8)
    source = QgsRasterLayer(
        write_raster(tmp_path / "sensed.tif", values, PLACE["epsg"], gt), "sensed"
    )
    result = QgsRasterLayer(
        write_raster(tmp_path / "result.tif", values // 2, nodata=0, **PLACE), "result"
    )
    source.setContrastEnhancement(
        QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum,
        QgsRasterMinMaxOrigin.Limits.CumulativeCut,
    )
    copy_renderer(source, result)
    wanted, drawn = (layer.renderer().contrastEnhancement() for layer in (source, result))
    assert (drawn.minimumValue(), drawn.maximumValue()) == (
        wanted.minimumValue(),
        wanted.maximumValue(),
    )
    assert result.renderer().alphaBand() == -1
