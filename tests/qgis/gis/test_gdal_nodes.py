"""GDAL's own refit of the nodes agrees with the transform, both ways."""

from __future__ import annotations

import numpy as np
import pytest
from point_sets import ALL_KINDS, HEIGHT, WIDTH, scattered, truth
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.output.nodes import WarpNodes, warp_nodes

gdal = pytest.importorskip("osgeo.gdal", reason="GDAL's Python bindings come with QGIS")

SENSED = Grid.bare(int(WIDTH), int(HEIGHT))
REFERENCES = {
    "metres": (500000.0, 10.0, 0.0, 4200000.0, 0.0, -10.0),
    "rotated, oblong pixels": (500123.0, 9.5, 2.25, 4200456.0, 1.75, -12.5),
    "degrees": (-118.25, 1e-4, 0.0, 34.05, 0.0, -1e-4),
    "pixels": (0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
}
AGREED_PX = 0.05


def transformer(nodes: WarpNodes) -> object:
    source = gdal.GetDriverByName("MEM").Create("", SENSED.width, SENSED.height, 1)
    if nodes.geotransform is not None:
        source.SetGeoTransform(nodes.geotransform)
        return gdal.Transformer(source, None, ["METHOD=GEOTRANSFORM"])
    pairs = zip(nodes.sensed_px.tolist(), nodes.reference_map.tolist(), strict=True)
    source.SetGCPs([gdal.GCP(m[0], m[1], 0.0, p[0], p[1]) for p, m in pairs], "")
    options = (
        ["METHOD=GCP_TPS"]
        if nodes.method == "tps"
        else ["METHOD=GCP_POLYNOMIAL", f"MAX_GCP_ORDER={nodes.order}"]
    )
    return gdal.Transformer(source, None, options)


def transformed(tool: object, backwards: bool, xy: np.ndarray) -> np.ndarray:
    found, ok = tool.TransformPoints(backwards, xy.tolist())
    assert all(ok)
    return np.array(found)[:, :2]


@pytest.mark.parametrize("noise_px", [0.0, 0.3])
@pytest.mark.parametrize("place", REFERENCES)
@pytest.mark.parametrize("kind", [k for k in ALL_KINDS if k != "field"])
def test_gdal_agrees_both_ways_inside_the_image(kind, place, noise_px):
    sensed = scattered(120, 0)
    transform = fit(
        kind,
        sensed,
        truth(kind, sensed) + np.random.default_rng(1).normal(0, noise_px, sensed.shape),
    )
    reference = Grid("", REFERENCES[place], 1200, 900)
    nodes = warp_nodes(transform, reference, SENSED, 0.04)
    corners = np.array([[0.0, 0.0], [WIDTH, 0.0], [0.0, HEIGHT], [WIDTH, HEIGHT]])
    at = np.vstack([scattered(2000, 2), corners])
    on_map = coords.map_from_px(reference.geotransform, transform.apply(at))
    tool = transformer(nodes)
    forward = coords.px_from_map(reference.geotransform, transformed(tool, False, at))
    assert np.abs(forward - transform.apply(at)).max() < AGREED_PX
    assert np.abs(transformed(tool, True, on_map) - at).max() < AGREED_PX
