"""Our .points files in QGIS' own georeferencer classes: the same residuals, and the other way
round.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from gdal_rasters import wkt
from point_sets import scattered, truth
from qgis.analysis import QgsGcpTransformerInterface
from qgis.core import QgsPointXY
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.points.files import load_points, parse_points, save_points
from sar_optical_align.plugin.core.types import TiePoint

METHOD = QgsGcpTransformerInterface.TransformMethod
KINDS = {
    "similarity": METHOD.Helmert,
    "polynomial1": METHOD.PolynomialOrder1,
    "polynomial2": METHOD.PolynomialOrder2,
    "polynomial3": METHOD.PolynomialOrder3,
    "tps": METHOD.ThinPlateSpline,
}
REFERENCE = Grid("", (500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0), 1200, 900)
SOURCES = {
    "georeferenced": Grid("", (500030.0, 12.0, 0.0, 5399950.0, 0.0, -12.0), 1000, 700),
    "rotated": Grid("", (500030.0, 9.0, 1.0, 5399950.0, -0.8, -11.0), 1000, 700),
    "unreferenced": Grid.bare(1000, 700),
}
AGREED_PX = 1e-6


def tie_points(count=40, seed=3):
    sensed = scattered(count, seed)
    reference = truth("polynomial3", sensed) + np.random.default_rng(seed).normal(
        0, 0.7, sensed.shape
    )
    return [
        TiePoint(i + 1, tuple(r), tuple(s), enabled=i % 7 != 5)
        for i, (s, r) in enumerate(zip(sensed.tolist(), reference.tolist(), strict=True))
    ]


def qgis_residuals_px(file, method):
    """What QGIS' transformer leaves of the enabled points, in reference px; x right, y down."""
    rows = [r for r in file.rows if r.enabled]
    source, target = (
        [QgsPointXY(*xy) for xy in pairs]
        for pairs in ([(r.source_x, r.source_y) for r in rows], [(r.map_x, r.map_y) for r in rows])
    )
    transformer = QgsGcpTransformerInterface.createFromParameters(method, source, target)
    assert transformer is not None
    found = [transformer.transform(p.x(), p.y()) for p in source]
    assert all(ok for ok, _x, _y in found)
    images = np.array([(x, y) for _ok, x, y in found])
    return coords.px_from_map(REFERENCE.geotransform, images) - coords.px_from_map(
        REFERENCE.geotransform, [(p.x(), p.y()) for p in target]
    )


# A similarity of the rotated source's sheared map coordinates is another model than one of its
# pixels.
@pytest.mark.parametrize(
    ("kind", "place"),
    [(k, p) for k in KINDS for p in SOURCES if (k, p) != ("similarity", "rotated")],
)
def test_qgis_finds_our_residuals(tmp_path, kind, place):
    reference, sensed = (
        Grid(wkt(32633), g.geotransform, g.width, g.height)
        if place != "unreferenced" or g is REFERENCE
        else g
        for g in (REFERENCE, SOURCES[place])
    )
    points = tie_points()
    used = [p for p in points if p.enabled]
    transform = fit(
        kind,
        [p.sensed_px for p in used],
        [p.reference_px for p in used],
        smoothing=0.0 if kind == "tps" else None,
    )
    ours = transform.apply([p.sensed_px for p in used]) - np.array([p.reference_px for p in used])
    save_points(tmp_path / "p.points", points, reference, sensed)
    file = parse_points((tmp_path / "p.points").read_text())
    assert qgis_residuals_px(file, KINDS[kind]) == pytest.approx(ours, abs=AGREED_PX)


@pytest.mark.parametrize("place", SOURCES)
def test_residuals_written_by_qgis_are_those_we_find(tmp_path, place):
    """A file as the Georeferencer writes it: its own fit, its columns; read by us and fitted by
    us.
    """
    sensed = SOURCES[place]
    reference = Grid(wkt(32633), REFERENCE.geotransform, REFERENCE.width, REFERENCE.height)
    sensed = (
        sensed
        if place == "unreferenced"
        else Grid(wkt(32633), sensed.geotransform, sensed.width, sensed.height)
    )
    rng = np.random.default_rng(8)
    source = scattered(12, 8)
    places = (
        coords.map_from_px(sensed.geotransform, source)
        if place != "unreferenced"
        else source * [1.0, -1.0]
    )
    ground = coords.map_from_px(
        reference.geotransform, truth("polynomial2", source) + rng.normal(0, 0.5, source.shape)
    )
    transformer = QgsGcpTransformerInterface.createFromParameters(
        METHOD.PolynomialOrder2, [QgsPointXY(*p) for p in places], [QgsPointXY(*p) for p in ground]
    )
    images = np.array([transformer.transform(*p)[1:] for p in places])
    lines = [f"#CRS: {reference.crs_wkt}", "mapX,mapY,sourceX,sourceY,enable,dX,dY,residual"]
    for (mx, my), (sx, sy), (ix, iy) in zip(
        ground.tolist(), places.tolist(), images.tolist(), strict=True
    ):
        dx, dy = (ix - mx) / 10, (iy - my) / 10
        lines.append(f"{mx!r},{my!r},{sx!r},{sy!r},1,{dx!r},{dy!r},{math.hypot(dx, dy)!r}")
    (tmp_path / "q.points").write_text("\n".join(lines) + "\n")
    points = load_points(tmp_path / "q.points", reference, sensed)
    transform = fit("polynomial2", [p.sensed_px for p in points], [p.reference_px for p in points])
    ours = transform.apply([p.sensed_px for p in points]) - np.array(
        [p.reference_px for p in points]
    )
    theirs = [(r.dx, -r.dy) for r in parse_points((tmp_path / "q.points").read_text()).rows]
    assert ours == pytest.approx(np.array(theirs), abs=AGREED_PX)
