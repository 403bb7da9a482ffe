"""Layers warped along: vertices through the transform itself, rasters of other pixels by the same
fit.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import wkt, write_raster
from osgeo import gdal
from point_sets import scattered, truth
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsGeometry,
    QgsPalettedRasterRenderer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from sar_optical_align.plugin.core.errors import FitError, InputError
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.output.siblings import carried_over, sensed_from_sibling
from sar_optical_align.plugin.core.points.files import save_points
from sar_optical_align.plugin.core.progress import Cancelled, Progress
from sar_optical_align.plugin.core.types import TiePoint, WarpParams
from sar_optical_align.plugin.gis.groups import add_to_group
from sar_optical_align.plugin.gis.siblings import candidates, prepare, warp_all
from sar_optical_align.plugin.gis.vector_warp import VectorMapping, moved

REFERENCE_GT = (500000.0, 10.0, 0.0, 5400000.0, 0.0, -12.0)
SENSED_GT = (500030.0, 9.0, 1.0, 5399950.0, -0.8, -11.0)
SIZE = (1000, 700)
KINDS = (
    "shift",
    "similarity",
    "affine",
    "projective",
    "polynomial2",
    "polynomial3",
    "tps",
    "field",
)


@pytest.fixture
def reference_grid():
    return Grid(wkt(32633), REFERENCE_GT, 1100, 800)


@pytest.fixture
def sensed_grid():
    return Grid(wkt(32633), SENSED_GT, *SIZE)


def fitted(kind):
    sensed = scattered(40, 3)
    return fit(kind, sensed, truth(kind, sensed), smoothing=0.0 if kind == "tps" else None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_carried_over_is_the_same_fit(kind, sensed_grid):
    """On pixels half as large, that begin elsewhere."""
    half = Grid(
        sensed_grid.crs_wkt,
        (SENSED_GT[0] - 40, 4.5, 0.5, SENSED_GT[3] + 30, -0.4, -5.5),
        1500,
        1300,
    )
    matrix = sensed_from_sibling("half", half, sensed_grid, True)
    own = carried_over(fitted(kind), matrix, half)
    at = np.random.default_rng(0).uniform(0, 1300, (50, 2))
    assert own.apply(at) == pytest.approx(
        fitted(kind).apply(coords.apply_matrix(matrix, at)), abs=1e-3
    )


def test_a_spline_is_not_carried_over_to_oblong_pixels_in_silence(sensed_grid):
    oblong = Grid(
        sensed_grid.crs_wkt, (SENSED_GT[0], 3.0, 0.3, SENSED_GT[3], -0.8, -11.0), 3000, 700
    )
    matrix = sensed_from_sibling("oblong", oblong, sensed_grid, True)
    with pytest.raises(FitError, match="carried over"):
        carried_over(fitted("tps"), matrix, oblong)


def test_a_displacement_field_is_not_carried_over_to_turned_or_mirrored_pixels(sensed_grid):
    for gt in (
        (SENSED_GT[0], 9.0, 1.2, SENSED_GT[3], -0.8, -11.0),
        (SENSED_GT[0], -9.0, -1.0, SENSED_GT[3], 0.8, -11.0),
        (0.0, 1.0, 9.0, 0.0, -11.0, -0.8),
    ):
        other = Grid(sensed_grid.crs_wkt, gt, 900, 700)
        with pytest.raises(FitError, match="turned or mirrored"):
            carried_over(
                fitted("field"), sensed_from_sibling("other", other, sensed_grid, True), other
            )


def test_siblings_that_lie_nowhere_are_refused(sensed_grid):
    bare = Grid.bare(999, 700)
    with pytest.raises(InputError, match="same pixels"):
        sensed_from_sibling("mask", bare, sensed_grid, False)
    assert (
        sensed_from_sibling("mask", Grid("", bare.geotransform, *SIZE), sensed_grid, False) is None
    )
    with pytest.raises(InputError, match="another CRS"):
        sensed_from_sibling("band", sensed_grid, sensed_grid, False)
    assert sensed_from_sibling("band", sensed_grid, sensed_grid, True) is None


GEOMETRIES = (
    "Point (10 20)",
    "MultiPointZ ((10 20 3),(30 40 5))",
    "LineStringM (1 2 7, 300 40 8, 5 600 9)",
    "PolygonZ ((0 0 1, 500 0 2, 500 400 3, 0 0 1),(100 50 1, 200 50 2, 200 90 3, 100 50 1))",
    "MultiPolygon (((0 0,9 0,9 9,0 0)),((20 20,29 20,29 29,20 20)))",
    "CircularString (0 0, 50 50, 100 0)",
    "GeometryCollection (Point (1 2), LineString (3 4, 5 6))",
)


@pytest.mark.parametrize("text", GEOMETRIES)
@pytest.mark.parametrize("kind", ["affine", "polynomial3", "tps"])
def test_every_vertex_goes_through_the_transform(qgis_app, reference_grid, sensed_grid, kind, text):
    """The layer is in another CRS than both rasters."""
    there = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:32633"),
        QgsCoordinateReferenceSystem("EPSG:4326"),
        QgsProject.instance(),
    )
    geometry = QgsGeometry.fromWkt(text)
    px = np.array([(v.x(), v.y()) for v in geometry.vertices()])
    geometry = moved(geometry, lambda xy: coords.map_from_px(SENSED_GT, xy))
    assert geometry.transform(there) == Qgis.GeometryOperationResult.Success
    mapping = VectorMapping(
        QgsCoordinateReferenceSystem("EPSG:4326"),
        "none.tif",
        sensed_grid,
        reference_grid,
        fitted(kind),
    )
    out = moved(geometry, mapping)
    assert out.wkbType() == geometry.wkbType()
    assert np.array([(v.x(), v.y()) for v in out.vertices()]) == pytest.approx(
        coords.map_from_px(REFERENCE_GT, fitted(kind).apply(px)), abs=1e-3
    )
    heights, before = (np.array([(v.z(), v.m()) for v in g.vertices()]) for g in (out, geometry))
    assert np.array_equal(heights, before, equal_nan=True)
    assert mapping.outside == 0


def layer_of(texts, crs="EPSG:32633", kind="Polygon"):
    layer = QgsVectorLayer(f"{kind}?crs={crs}&field=fid:int&field=name:string", "shores", "memory")
    features = []
    for i, text in enumerate(texts):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(text))
        feature.setAttributes([i, f"n{i}"])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


@pytest.fixture
def scene(tmp_path, qgis_app):
    """The sensed raster, a mask of half its pixel size drawn with classes, and a polygon over
    both.
    """
    QgsProject.instance().clear()
    _rows, cols = np.mgrid[: SIZE[1], : SIZE[0]]
    sensed = write_raster(
        tmp_path / "sensed.tif", (cols // 10 % 2 * 200).astype(np.uint8), 32633, SENSED_GT
    )
    fine = np.repeat(np.repeat(cols // 100 % 2, 2, axis=0), 2, axis=1).astype(np.uint8) * 7
    mask = write_raster(
        tmp_path / "mask.tif", fine, 32633, (SENSED_GT[0], 4.5, 0.5, SENSED_GT[3], -0.4, -5.5)
    )
    corners = coords.map_from_px(
        SENSED_GT, [(100, 100), (500, 100), (500, 400), (100, 400), (100, 100)]
    )
    polygon = "Polygon ((" + ", ".join(f"{x!r} {y!r}" for x, y in corners.tolist()) + "))"
    layers = [
        QgsRasterLayer(sensed, "sensed"),
        QgsRasterLayer(mask, "water mask"),
        layer_of([polygon]),
    ]
    layers[1].setRenderer(
        QgsPalettedRasterRenderer(layers[1].dataProvider(), 1, [QgsPalettedRasterRenderer.Class(7)])
    )
    QgsProject.instance().addMapLayers(layers)
    yield layers
    QgsProject.instance().clear()


def test_mask_and_vector_arrive_where_the_sensed_raster_does(
    scene, tmp_path, reference_grid, sensed_grid
):
    out = tmp_path / "out"
    out.mkdir()
    assert [layer.name() for layer in candidates(QgsProject.instance(), [scene[0], None])] == [
        "water mask",
        "shores",
    ]
    transform = fitted("polynomial2")
    params = WarpParams(resampling="cubic")
    siblings = [
        prepare(layer, out, scene[0].source(), sensed_grid, reference_grid, transform, params)
        for layer in scene[1:]
    ]
    done = []
    warp_all(siblings, Progress(), done)
    assert [s for s, _ in done] == siblings
    assert all(error is None for _s, error in done)
    assert sorted(f.name for f in out.iterdir()) == [
        "shores_aligned.gpkg",
        "water_mask_aligned.tif",
    ]
    written = gdal.Open(str(out / "water_mask_aligned.tif"))
    data = written.ReadAsArray()
    assert set(np.unique(data)) <= {0, 7}  # classes are not mixed
    at = np.random.default_rng(2).uniform(20, [SIZE[0] - 20, SIZE[1] - 20], (400, 2))
    at = at[np.abs(at[:, 0] % 100 - 50) < 48]
    px = coords.px_from_map(
        written.GetGeoTransform(), coords.map_from_px(REFERENCE_GT, transform.apply(at))
    ).astype(int)
    assert (data[px[:, 1], px[:, 0]] == (at[:, 0] // 100 % 2) * 7).mean() > 0.995
    vector = QgsVectorLayer(str(out / "shores_aligned.gpkg"), "v", "ogr")
    assert vector.crs().authid() == "EPSG:32633"
    feature = next(vector.getFeatures())
    assert feature["name"] == "n0"
    vertices = [(v.x(), v.y()) for v in feature.geometry().vertices()]
    expected = coords.map_from_px(
        REFERENCE_GT, transform.apply([(100, 100), (500, 100), (500, 400), (100, 400), (100, 100)])
    )
    assert np.array(vertices) == pytest.approx(expected, abs=1e-6)
    again = prepare(
        scene[2], out, scene[0].source(), sensed_grid, reference_grid, transform, params
    )
    assert again.output.name == "shores_aligned_2.gpkg"  # nothing is replaced


def test_results_of_the_plugin_are_no_siblings(scene):
    add_to_group(QgsVectorLayer("Point?crs=EPSG:32633", "ours", "memory"))
    assert "ours" not in [
        layer.name() for layer in candidates(QgsProject.instance(), [scene[0], None])
    ]


def test_cancelling_leaves_nothing_behind(scene, tmp_path, reference_grid, sensed_grid):
    class Stops(Progress):
        def update(self, fraction, message=""):
            raise Cancelled

    out = tmp_path / "out"
    out.mkdir()
    for layer in scene[1:]:
        with pytest.raises(Cancelled):
            warp_all(
                [
                    prepare(
                        layer,
                        out,
                        scene[0].source(),
                        sensed_grid,
                        reference_grid,
                        fitted("affine"),
                        WarpParams(),
                    )
                ],
                Stops(),
                [],
            )
    assert not list(out.iterdir())


def test_warpvector_in_the_toolbox(scene, tmp_path, reference_grid, sensed_grid, qgis_processing):
    import processing
    from sar_optical_align.plugin.provider.provider import AlignProvider

    sensed = scattered(20, 5)
    points = [
        TiePoint(i + 1, tuple(r), tuple(s))
        for i, (s, r) in enumerate(
            zip(sensed.tolist(), truth("affine", sensed).tolist(), strict=True)
        )
    ]
    save_points(tmp_path / "p.points", points, reference_grid, sensed_grid)
    provider = AlignProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    try:
        parameters = {
            "INPUT": scene[2],
            "SENSED": scene[0],
            "POINTS_FILE": str(tmp_path / "p.points"),
            "MODEL": "affine",
            "OUTPUT": str(tmp_path / "v.gpkg"),
        }
        outputs = processing.run("sar_optical_align:warpvector", parameters)
    finally:
        QgsApplication.processingRegistry().removeProvider(provider)
    assert outputs["KEPT"] == 20
    assert outputs["OUTSIDE"] == 0
    feature = next(QgsVectorLayer(outputs["OUTPUT"], "v", "ogr").getFeatures())
    expected = coords.map_from_px(
        REFERENCE_GT, truth("affine", np.array([[100.0, 100.0], [500.0, 100.0]]))
    )
    assert np.array([(v.x(), v.y()) for v in feature.geometry().vertices()])[:2] == pytest.approx(
        expected, abs=1e-4
    )
    assert Path(outputs["OUTPUT"]).is_file()
