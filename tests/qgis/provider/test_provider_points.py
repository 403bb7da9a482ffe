"""Control points through Processing, without a worker: files, moved and reprojected layers, warps,
figures.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from gdal_rasters import read_raster, write_raster
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsVectorLayer,
)
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.points.files import save_points
from sar_optical_align.plugin.core.types import TiePoint
from sar_optical_align.plugin.gis.rasters import native_grid

WIDTH, HEIGHT = 200, 160
MATRIX = np.array([[1.01, -0.02, 6.0], [0.03, 0.99, -4.0], [0, 0, 1]])


@pytest.fixture(scope="module")
def processing(qgis_app, qgis_processing):
    import processing as module
    from sar_optical_align.plugin.provider.provider import AlignProvider

    provider = AlignProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    yield module
    QgsApplication.processingRegistry().removeProvider(provider)


@pytest.fixture
def pair(tmp_path):
    """A reference in UTM with oblong pixels and a sensed raster in degrees, both with known
    content.
    """
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    reference = write_raster(
        tmp_path / "reference.tif",
        (cols + rows).astype(np.uint16),
        32633,
        (500000.0, 12.0, 0.0, 5400000.0, 0.0, -8.0),
    )
    sensed = write_raster(
        tmp_path / "sensed.tif",
        np.stack([cols + 0.5, rows + 0.5]).astype(np.float32),
        4326,
        (15.0, 1e-4, 0.0, 48.75, 0.0, -8e-5),
    )
    return reference, sensed


@pytest.fixture
def truth():
    """Twenty tie points on an affine transform, one of them disabled and wrong."""
    sensed = np.random.default_rng(4).uniform(10, [WIDTH - 10, HEIGHT - 10], (20, 2))
    reference = coords.apply_matrix(MATRIX, sensed)
    reference[0] += 30
    return [
        TiePoint(
            i + 1,
            tuple(map(float, r)),
            tuple(map(float, s)),
            enabled=i > 0,
            reason="" if i else "looks wrong",
        )
        for i, (r, s) in enumerate(zip(reference, sensed, strict=True))
    ]


@pytest.fixture(params=[".points", ".csv", ".geojson"])
def file(request, pair, truth, tmp_path):
    path = tmp_path / f"gcps{request.param}"
    save_points(path, truth, native_grid(pair[0]), native_grid(pair[1]))
    return path


def rasters(pair):
    return {"REFERENCE": pair[0], "SENSED": pair[1]}


def load(processing, pair, file, output="memory:"):
    outputs = processing.run(
        "sar_optical_align:importpoints",
        {**rasters(pair), "INPUT": str(file), "OUTPUT": str(output)},
    )
    return outputs["OUTPUT"], outputs


def test_file_layer_file_round_trip(processing, pair, truth, file, tmp_path):
    layer, outputs = load(processing, pair, file, tmp_path / "p.gpkg")
    assert (outputs["COUNT"], outputs["ENABLED"]) == (20, 19)
    again = tmp_path / f"again{file.suffix}"
    processing.run(
        "sar_optical_align:exportpoints", {**rasters(pair), "POINTS": layer, "OUTPUT": str(again)}
    )
    back, _ = load(processing, pair, again, tmp_path / "q.gpkg")
    features = sorted(QgsVectorLayer(back).getFeatures(), key=lambda f: f["id"])
    for feature, point in zip(features, truth, strict=True):
        assert (feature["sensed_x_px"], feature["sensed_y_px"]) == pytest.approx(
            point.sensed_px, abs=1e-6
        )
        assert (feature["reference_x_px"], feature["reference_y_px"]) == pytest.approx(
            point.reference_px, abs=1e-6
        )
        assert bool(feature["enabled"]) == point.enabled


def test_exported_residuals_are_those_of_the_model(processing, pair, truth, file, tmp_path):
    layer, _ = load(processing, pair, file)
    again = tmp_path / "again.points"
    processing.run(
        "sar_optical_align:exportpoints",
        {**rasters(pair), "POINTS": layer, "MODEL": "affine", "OUTPUT": str(again)},
    )
    lines = again.read_text(encoding="utf-8").splitlines()[2:]
    residuals = [float(line.split(",")[7]) for line in lines]
    assert residuals[0] == pytest.approx(math.hypot(30, 30), abs=1e-6)
    assert max(residuals[1:]) < 1e-6


def placement_error(path, pair):
    """Return the mean and the largest error, px, of a warped raster that holds its own coordinates
    under the affine truth.
    """
    dataset, data = gdal.Open(path), read_raster(path)
    r, c = np.nonzero(np.isfinite(data).all(axis=0))
    ground = coords.map_from_px(dataset.GetGeoTransform(), np.stack([c + 0.5, r + 0.5], axis=1))
    expected = coords.apply_matrix(
        np.linalg.inv(MATRIX), coords.px_from_map(native_grid(pair[0]).geotransform, ground)
    )
    inside = (expected > 2).all(axis=1) & (expected < [WIDTH - 2, HEIGHT - 2]).all(axis=1)
    assert inside.sum() > 0.5 * WIDTH * HEIGHT
    error = data[:, r, c].T[inside] - expected[inside]
    return np.abs(error.mean(axis=0)).max(), np.abs(error).max()


def test_warp_with_layer_or_file_with_and_without_reference(processing, pair, file, tmp_path):
    layer, _ = load(processing, pair, file, tmp_path / "p.gpkg")
    for name, more in (
        ("a", {"POINTS": layer, "REFERENCE": pair[0]}),
        ("b", {"POINTS": layer}),
        ("c", {"POINTS_FILE": str(file), "REFERENCE": pair[0]}),
        *([("d", {"POINTS_FILE": str(file)})] if file.suffix == ".points" else []),
    ):
        output = str(tmp_path / f"{name}.tif")
        outputs = processing.run(
            "sar_optical_align:warpraster",
            {"SENSED": pair[1], "MODEL": "affine", "OUTPUT": output, **more},
        )
        assert (outputs["MODEL_USED"], outputs["KEPT"]) == ("affine", 19)
        assert outputs["FIT_RMSE"] < 1e-6
        mean, most = placement_error(outputs["OUTPUT"], pair)
        assert mean < 0.01
        assert most < 0.15  # the kernel of a reduction is not symmetric about each pixel
        srs = gdal.Open(output).GetSpatialRef()
        assert srs.GetAuthorityCode(None) == "32633"


def test_a_reprojected_layer_means_the_same(processing, pair, file, tmp_path):
    layer, _ = load(processing, pair, file, tmp_path / "p.gpkg")
    turned = processing.run(
        "native:reprojectlayer",
        {"INPUT": layer, "TARGET_CRS": "EPSG:3857", "OUTPUT": str(tmp_path / "t.gpkg")},
    )["OUTPUT"]
    parameters = {
        **rasters(pair),
        "POINTS": turned,
        "MODEL": "affine",
        "OUTPUT": str(tmp_path / "o.tif"),
    }
    mean, most = placement_error(
        processing.run("sar_optical_align:warpraster", parameters)["OUTPUT"], pair
    )
    assert mean < 0.01
    assert most < 0.15


def test_a_moved_point_counts_where_it_lies_now(processing, pair, truth, tmp_path):
    path = tmp_path / "gcps.csv"
    save_points(path, truth, native_grid(pair[0]), native_grid(pair[1]))
    layer = QgsVectorLayer(load(processing, pair, path, tmp_path / "p.gpkg")[0])
    feature = next(layer.getFeatures(QgsFeatureRequest().setFilterExpression("id = 2")))
    place = feature.geometry().asPoint()
    assert layer.dataProvider().changeGeometryValues(
        {feature.id(): QgsGeometry.fromPointXY(QgsPointXY(place.x() + 24, place.y() - 8))}
    )
    parameters = {
        **rasters(pair),
        "POINTS": layer,
        "MODEL": "affine",
        "JSON": str(tmp_path / "j.json"),
    }
    outputs = processing.run("sar_optical_align:assessgcps", parameters)
    point = next(p for p in json.loads(Path(outputs["JSON"]).read_text())["points"] if p["id"] == 2)
    moved = [
        p if p.id != 2 else TiePoint(2, (p.reference_px[0] + 2, p.reference_px[1] + 1), p.sensed_px)
        for p in truth
        if p.enabled
    ]
    expected = (
        fit("affine", [p.sensed_px for p in moved], [p.reference_px for p in moved]).apply(
            [truth[1].sensed_px]
        )[0]
        - moved[0].reference_px
    )
    assert point["residual_px"] == pytest.approx(list(expected), abs=1e-6)


def test_assess_tells_every_figure(processing, pair, truth, tmp_path):
    noisy = [
        TiePoint(
            p.id,
            (p.reference_px[0] + 0.1 * math.sin(9 * p.id), p.reference_px[1]),
            p.sensed_px,
            enabled=p.enabled,
            reason=p.reason,
        )
        for p in truth
    ]
    path = tmp_path / "gcps.csv"
    save_points(path, noisy, native_grid(pair[0]), native_grid(pair[1]))
    layer, _ = load(processing, pair, path)
    files = {"HTML": str(tmp_path / "t.html"), "JSON": str(tmp_path / "t.json")}
    outputs = processing.run(
        "sar_optical_align:assessgcps", {**rasters(pair), "POINTS": layer, **files}
    )
    assert outputs["KEPT"] == 19
    assert outputs["MODEL_USED"] == outputs["BEST_MODEL"]
    assert outputs["FIT_RMSE"] < outputs["LOO_RMSE"] < 0.3
    assert outputs["LOO_RMSE_MAP"] == pytest.approx(12 * outputs["LOO_RMSE"], rel=0.02)
    figures = json.loads(Path(files["JSON"]).read_text(encoding="utf-8"))
    assert [q["model"] for q in figures["models"]][:3] == ["shift", "similarity", "affine"]
    assert len(figures["points"]) == 20
    page = Path(files["HTML"]).read_text(encoding="utf-8")
    assert "looks wrong" in page
    assert figures["why"].split("(")[0] in page
    without = processing.run(
        "sar_optical_align:assessgcps",
        {"REFERENCE": pair[0], "POINTS": layer, "MODEL": "affine", **files},
    )
    assert without["COVERAGE"] <= outputs["COVERAGE"] + 1e-9


def test_rasters_without_georeferencing(processing, tmp_path, truth):
    plain = [
        write_raster(
            tmp_path / f"{n}.tif",
            np.random.default_rng(i).integers(1, 99, (HEIGHT, WIDTH)).astype(np.uint8),
        )
        for i, n in enumerate("ab")
    ]
    path = tmp_path / "gcps.points"
    save_points(path, truth, native_grid(plain[0]), native_grid(plain[1]))
    layer, _ = load(processing, plain, path, tmp_path / "p.gpkg")
    assert not QgsVectorLayer(layer).crs().isValid() or QgsVectorLayer(
        layer
    ).crs() != QgsCoordinateReferenceSystem("EPSG:4326")
    outputs = processing.run(
        "sar_optical_align:warpraster",
        {**rasters(plain), "POINTS": layer, "MODEL": "affine", "OUTPUT": str(tmp_path / "o.tif")},
    )
    assert outputs["FIT_RMSE"] < 1e-6
    assert read_raster(outputs["OUTPUT"]).shape == (1, HEIGHT, WIDTH)
    with pytest.raises(QgsProcessingException, match="reference raster"):
        processing.run(
            "sar_optical_align:warpraster",
            {"SENSED": plain[1], "POINTS": layer, "OUTPUT": str(tmp_path / "q.tif")},
        )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("garbage", "not a .points file"),
        ("mapX,mapY,sourceX,sourceY\n1,2,3\n", "Line 2"),
        ("mapX,mapY,sourceX,sourceY\n1,2,3,nan\n", "Line 2: .*finite"),
    ],
)
def test_garbage_is_refused_and_nothing_is_lost(processing, pair, tmp_path, text, what):
    path, output = tmp_path / "bad.points", tmp_path / "o.tif"
    path.write_text(text)
    output.write_bytes(b"old")
    for name, parameters in (
        ("importpoints", {**rasters(pair), "INPUT": str(path), "OUTPUT": "memory:"}),
        ("warpraster", {**rasters(pair), "POINTS_FILE": str(path), "OUTPUT": str(output)}),
        ("warpraster", {"SENSED": pair[1], "POINTS_FILE": str(path), "OUTPUT": str(output)}),
    ):
        with pytest.raises(QgsProcessingException, match=what):
            processing.run(f"sar_optical_align:{name}", parameters)
    assert output.read_bytes() == b"old"


def test_other_layers_and_impossible_requests_are_refused(processing, pair, truth, tmp_path):
    other = QgsVectorLayer("Point?crs=EPSG:32633&field=name:string", "other", "memory")
    assert other.dataProvider().addFeatures([QgsFeature(other.fields())])[0]
    with pytest.raises(QgsProcessingException, match="not a tie-point layer"):
        processing.run("sar_optical_align:assessgcps", {**rasters(pair), "POINTS": other})
    with pytest.raises(QgsProcessingException, match="No control points are given"):
        processing.run(
            "sar_optical_align:warpraster", {**rasters(pair), "OUTPUT": str(tmp_path / "o.tif")}
        )
    path = tmp_path / "gcps.csv"
    save_points(path, truth[:3], native_grid(pair[0]), native_grid(pair[1]))
    layer, _ = load(processing, pair, path)
    with pytest.raises(QgsProcessingException, match="at least 6"):
        processing.run(
            "sar_optical_align:warpraster",
            {
                **rasters(pair),
                "POINTS": layer,
                "MODEL": "polynomial2",
                "OUTPUT": str(tmp_path / "o.tif"),
            },
        )
    with pytest.raises(QgsProcessingException, match="input itself"):
        processing.run(
            "sar_optical_align:warpraster",
            {**rasters(pair), "POINTS": layer, "MODEL": "shift", "OUTPUT": pair[1]},
        )
    assert not (tmp_path / "o.tif").exists()


def test_points_layer_is_styled_when_loaded(processing, pair, truth, tmp_path, qgis_new_project):
    path = tmp_path / "gcps.csv"
    save_points(path, truth, native_grid(pair[0]), native_grid(pair[1]))
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    context.setProject(QgsProject.instance())
    output = QgsProcessingOutputLayerDefinition("TEMPORARY_OUTPUT", QgsProject.instance())
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(
        "sar_optical_align:importpoints"
    )
    outputs, ok = algorithm.run(
        {**rasters(pair), "INPUT": str(path), "OUTPUT": output}, context, feedback
    )
    assert ok
    layer = QgsProcessingUtils.mapLayerFromString(outputs["OUTPUT"], context)
    context.layerToLoadOnCompletionDetails(outputs["OUTPUT"]).postProcessor().postProcessLayer(
        layer, context, feedback
    )
    assert layer.renderer().classAttribute() == "enabled"
    assert [c.value() for c in layer.renderer().categories()] == [1, 0]
