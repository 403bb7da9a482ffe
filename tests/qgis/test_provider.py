"""The Processing algorithms in the real QGIS: toolbox, graphical model, `qgis_process`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from desktop_session import make_profile
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingModelAlgorithm,
    QgsSettings,
    QgsVectorLayer,
)

MODEL = Path(__file__).resolve().parents[1] / "data" / "match_and_warp.model3"


@pytest.fixture(scope="module")
def processing(qgis_app, qgis_processing, worker_python):
    import processing as module
    from sar_optical_align.plugin.provider.provider import AlignProvider

    QgsSettings().setValue("sar_optical_align/interpreter_mode", "existing")
    QgsSettings().setValue("sar_optical_align/existing_python", worker_python)
    provider = AlignProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    yield module
    QgsApplication.processingRegistry().removeProvider(provider)


@pytest.fixture(scope="module")
def parts(scene_pair, tmp_path_factory):
    """A part of the scene: quick."""
    folder = tmp_path_factory.mktemp("parts")
    for path in scene_pair:
        gdal.Translate(str(folder / path.name), str(path), srcWin=[300, 250, 420, 380])
    return str(folder / "optical.tif"), str(folder / "sar.tif")


def test_every_algorithm_has_help_and_units(processing):
    provider = QgsApplication.processingRegistry().providerById("sar_optical_align")
    names = {a.name() for a in provider.algorithms()}
    assert names == {"registerimages", "matchimages", "assessgcps", "warpraster", "importpoints", "exportpoints"}
    for algorithm in provider.algorithms():
        assert len(algorithm.shortHelpString()) > 60
        assert algorithm.helpUrl()
        assert not algorithm.icon().isNull()
        assert algorithm.create() is not None
        assert algorithm.group()
        for definition in algorithm.parameterDefinitions():
            assert definition.description()
            assert len(definition.help()) > 10, (algorithm.name(), definition.name())


def test_match_assess_export_import_warp(processing, parts, tmp_path):
    matched = processing.run("sar_optical_align:matchimages", {"REFERENCE": parts[0], "SENSED": parts[1], "POINTS": str(tmp_path / "points.gpkg")})
    assert matched["STATUS"] == "ok"
    assert matched["KEPT"] >= 10
    assert 0 < matched["LOO_RMSE"] < 3
    layer = QgsVectorLayer(matched["POINTS"], "points")
    assert layer.featureCount() == matched["FOUND"]
    assert layer.crs().authid() == "EPSG:32633"
    common = {"REFERENCE": parts[0]}
    assessed = processing.run("sar_optical_align:assessgcps", {**common, "POINTS": matched["POINTS"], "HTML": str(tmp_path / "a.html"), "JSON": str(tmp_path / "a.json")})
    assert assessed["KEPT"] == matched["KEPT"]
    assert json.loads((tmp_path / "a.json").read_text())["best"] == assessed["BEST_MODEL"]
    file = str(tmp_path / "p.points")
    rasters = {**common, "SENSED": parts[1]}
    assert processing.run("sar_optical_align:exportpoints", {**rasters, "POINTS": matched["POINTS"], "OUTPUT": file})["COUNT"] == matched["FOUND"]
    imported = processing.run("sar_optical_align:importpoints", {**rasters, "INPUT": file, "OUTPUT": str(tmp_path / "back.gpkg")})
    assert imported["COUNT"] == matched["FOUND"]
    warped = processing.run("sar_optical_align:warpraster", {**rasters, "POINTS": imported["OUTPUT"], "MODEL": "affine", "OUTPUT": str(tmp_path / "w.tif")})
    assert warped["MODEL_USED"] == "affine"
    assert gdal.Open(warped["OUTPUT"]).GetRasterBand(1).DataType == gdal.GDT_Float32


@pytest.fixture(scope="module")
def mirrored(parts, tmp_path_factory):
    """The sensed part turned upside down: it shows nothing of the reference."""
    path = str(tmp_path_factory.mktemp("mirrored") / "mirrored.tif")
    source = gdal.Open(parts[1])
    copy = gdal.GetDriverByName("GTiff").CreateCopy(path, source)
    copy.GetRasterBand(1).WriteArray(source.ReadAsArray()[::-1, ::-1])
    del copy
    return path


def test_a_refusal_fails_or_lets_a_model_branch(processing, parts, mirrored, tmp_path):
    output = tmp_path / "o.tif"
    parameters = {"REFERENCE": parts[0], "SENSED": mirrored, "POINTS": "memory:", "OUTPUT": str(output)}
    with pytest.raises(QgsProcessingException, match="No reliable alignment"):
        processing.run("sar_optical_align:registerimages", parameters)
    branched = processing.run("sar_optical_align:registerimages", {**parameters, "FAIL_ON_REFUSAL": False})
    assert branched["STATUS"] == "no_reliable_alignment"
    assert not output.exists()


def test_errors_carry_their_hint(processing, parts, tmp_path):
    far = str(tmp_path / "far.tif")
    gdal.Translate(far, parts[1], outputBounds=[900000, 5000000, 904200, 4996200])
    with pytest.raises(QgsProcessingException, match="Check their CRS"):
        processing.run("sar_optical_align:matchimages", {"REFERENCE": parts[0], "SENSED": far, "POINTS": "memory:"})


def test_cancel_is_respected(processing, parts):
    class Stopping(QgsProcessingFeedback):
        def setProgressText(self, text):
            self.cancel()

    algorithm = QgsApplication.processingRegistry().createAlgorithmById("sar_optical_align:matchimages")
    outputs, ok = algorithm.run({"REFERENCE": parts[0], "SENSED": parts[1], "POINTS": "memory:"}, QgsProcessingContext(), Stopping())
    assert outputs == {}
    assert ok


def test_a_graphical_model_chains_matching_and_warping(processing, parts, tmp_path):
    model = QgsProcessingModelAlgorithm()
    assert model.fromFile(str(MODEL))
    context = QgsProcessingContext()
    feedback = QgsProcessingFeedback()
    _, ok = model.run({"reference": parts[0], "sensed": parts[1], "warp:warped": str(tmp_path / "m.tif")}, context, feedback)
    assert ok, feedback.textLog()
    assert (tmp_path / "m.tif").exists()


@pytest.mark.skipif(shutil.which("qgis_process.bin") is None, reason="qgis_process is not installed")
def test_qgis_process_registers(parts, root, tmp_path, worker_python):
    profiles = make_profile(root, tmp_path)
    ini = profiles / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    ini.write_text(ini.read_text() + f"\n[sar_optical_align]\ninterpreter_mode=existing\nexisting_python={worker_python}\n")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env.update(QGIS_CUSTOM_CONFIG_PATH=str(profiles), QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=str(runtime), HOME=str(tmp_path), PATH="/usr/bin:/bin")
    output = tmp_path / "out.tif"
    command = [
        "qgis_process.bin", "run", "sar_optical_align:registerimages", "--json", f"--REFERENCE={parts[0]}", f"--SENSED={parts[1]}",
        f"--POINTS={tmp_path / 'p.gpkg'}", f"--OUTPUT={output}",
    ]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    results = json.loads(done.stdout)["results"]
    assert results["STATUS"] == "ok"
    assert output.exists()
