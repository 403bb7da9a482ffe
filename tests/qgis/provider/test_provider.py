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

MODEL = Path(__file__).resolve().parents[2] / "data" / "match_and_warp.model3"


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
    assert names == {
        "registerimages",
        "matchimages",
        "assessgcps",
        "warpraster",
        "warpvector",
        "importpoints",
        "exportpoints",
        "adaptnetwork",
    }
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
    matched = processing.run(
        "sar_optical_align:matchimages",
        {"REFERENCE": parts[0], "SENSED": parts[1], "POINTS": str(tmp_path / "points.gpkg")},
    )
    assert matched["STATUS"] == "ok"
    assert matched["KEPT"] >= 10
    assert 0 < matched["LOO_RMSE"] < 3
    layer = QgsVectorLayer(matched["POINTS"], "points")
    assert layer.featureCount() == matched["FOUND"]
    assert layer.crs().authid() == "EPSG:32633"
    common = {"REFERENCE": parts[0]}
    assessed = processing.run(
        "sar_optical_align:assessgcps",
        {
            **common,
            "POINTS": matched["POINTS"],
            "HTML": str(tmp_path / "a.html"),
            "JSON": str(tmp_path / "a.json"),
        },
    )
    assert assessed["BEST_MODEL"] == matched["MODEL_USED"], "the same points have one answer"
    assert assessed["KEPT"] == matched["KEPT"]
    assert json.loads((tmp_path / "a.json").read_text())["best"] == assessed["BEST_MODEL"]
    file = str(tmp_path / "p.points")
    rasters = {**common, "SENSED": parts[1]}
    assert (
        processing.run(
            "sar_optical_align:exportpoints",
            {**rasters, "POINTS": matched["POINTS"], "OUTPUT": file},
        )["COUNT"]
        == matched["FOUND"]
    )
    imported = processing.run(
        "sar_optical_align:importpoints",
        {**rasters, "INPUT": file, "OUTPUT": str(tmp_path / "back.gpkg")},
    )
    assert imported["COUNT"] == matched["FOUND"]
    warped = processing.run(
        "sar_optical_align:warpraster",
        {
            **rasters,
            "POINTS": imported["OUTPUT"],
            "MODEL": "affine",
            "OUTPUT": str(tmp_path / "w.tif"),
        },
    )
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
    parameters = {
        "REFERENCE": parts[0],
        "SENSED": mirrored,
        "POINTS": "memory:",
        "OUTPUT": str(output),
    }
    with pytest.raises(QgsProcessingException, match="No reliable alignment"):
        processing.run("sar_optical_align:registerimages", parameters)
    branched = processing.run(
        "sar_optical_align:registerimages", {**parameters, "FAIL_ON_REFUSAL": False}
    )
    assert branched["STATUS"] == "no_reliable_alignment"
    assert not output.exists()


def test_errors_carry_their_hint(processing, parts, tmp_path):
    far = str(tmp_path / "far.tif")
    gdal.Translate(far, parts[1], outputBounds=[900000, 5000000, 904200, 4996200])
    with pytest.raises(QgsProcessingException, match="Check their CRS"):
        processing.run(
            "sar_optical_align:matchimages",
            {"REFERENCE": parts[0], "SENSED": far, "POINTS": "memory:"},
        )


def test_registering_writes_everything_asked_for(processing, parts, tmp_path):
    files = {
        name: tmp_path / file
        for name, file in (
            ("OUTPUT", "o.tif"),
            ("POINTS", "p.gpkg"),
            ("POINTS_FILE", "p.points"),
            ("REPORT", "r.html"),
        )
    }
    parameters = {
        "REFERENCE": parts[0],
        "SENSED": parts[1],
        "MATCHER": "cfog",
        "MATCHER_PARAMS": "orientations=8",
        "MODEL": "affine",
        "FORMAT": "COG",
    }
    outputs = processing.run(
        "sar_optical_align:registerimages", {**parameters, **{k: str(v) for k, v in files.items()}}
    )
    assert (outputs["STATUS"], outputs["MODEL_USED"]) == ("ok", "affine")
    assert 0 < outputs["COVERAGE"] <= 1
    assert outputs["LOO_RMSE_MAP"] == pytest.approx(
        outputs["LOO_RMSE"] * gdal.Open(parts[0]).GetGeoTransform()[1]
    )
    assert all(
        outputs[name] == str(path) and path.stat().st_size > 1000 for name, path in files.items()
    )
    assert "<img" in files["REPORT"].read_text(encoding="utf-8")
    assert (
        len(files["POINTS_FILE"].read_text(encoding="utf-8").splitlines()) == outputs["FOUND"] + 2
    )
    assert gdal.Open(str(files["OUTPUT"])).GetMetadata("IMAGE_STRUCTURE")["LAYOUT"] == "COG"


@pytest.mark.parametrize("percent", [0, 35])
def test_cancel_ends_the_run_and_the_worker_within_a_second(processing, parts, percent):
    class Stopping(QgsProcessingFeedback):
        at = 0.0

        def setProgressText(self, text):
            if self.progress() >= percent and not self.at:
                self.at = time.monotonic()
                self.cancel()

    feedback = Stopping()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(
        "sar_optical_align:matchimages"
    )
    parameters = {
        "REFERENCE": parts[0],
        "SENSED": parts[1],
        "POINTS": "memory:",
        "MAX_POINTS": 2000,
    }
    outputs, ok = algorithm.run(parameters, QgsProcessingContext(), feedback)
    assert feedback.at
    assert time.monotonic() - feedback.at < 1.0
    assert outputs == {}
    assert ok
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "engine.worker" not in children


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"REFERENCE_BAND": [99]}, "(?i)band"),
        ({"MATCHER_PARAMS": "orientations=many"}, "not of type int"),
        ({"MATCHER_PARAMS": "colour=3"}, "not understood"),
        ({"SENSED": "{ref}"}, "same file"),
        ({"POINTS_FILE": "/proc/nowhere/p.points"}, "does not exist"),
        ({"REPORT": "{ref}"}, "input itself"),
        ({"POINTS_FILE": "same.points", "REPORT": "./same.points"}, "one file"),
        ({"SENSED": "/none.tif"}, "none.tif"),
    ],
)
def test_bad_input_is_refused_with_a_reason(processing, parts, changed, what):
    changed = {k: v.format(ref=parts[0]) if isinstance(v, str) else v for k, v in changed.items()}
    parameters = {
        "REFERENCE": parts[0],
        "SENSED": parts[1],
        "POINTS": "memory:",
        "MATCHER": "cfog",
        **changed,
    }
    with pytest.raises(QgsProcessingException, match=what):
        processing.run("sar_optical_align:matchimages", parameters)


def test_unwritable_output_is_found_before_the_search(processing, parts, tmp_path):
    for output in (tmp_path / "nowhere" / "o.tif", Path(parts[1])):
        started = time.monotonic()
        with pytest.raises(QgsProcessingException, match=r"does not exist|input itself"):
            processing.run(
                "sar_optical_align:registerimages",
                {"REFERENCE": parts[0], "SENSED": parts[1], "OUTPUT": str(output)},
            )
        assert time.monotonic() - started < 1


def test_without_an_interpreter_it_says_what_to_do(processing, parts, worker_python):
    QgsSettings().setValue("sar_optical_align/existing_python", "/no/python")
    try:
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(
            "sar_optical_align:matchimages"
        )
        can, why = algorithm.canExecute()
        assert not can
        assert "Settings > Options" in why
        with pytest.raises(QgsProcessingException, match="Settings > Options"):
            processing.run(
                "sar_optical_align:matchimages",
                {"REFERENCE": parts[0], "SENSED": parts[1], "POINTS": "memory:"},
            )
        for name in ("warpraster", "assessgcps", "importpoints", "exportpoints"):
            assert (
                QgsApplication.processingRegistry()
                .createAlgorithmById(f"sar_optical_align:{name}")
                .canExecute()[0]
            )
        os.environ["SAR_OPTICAL_ALIGN_PYTHON"] = worker_python
        assert algorithm.canExecute()[0]
    finally:
        os.environ.pop("SAR_OPTICAL_ALIGN_PYTHON", None)
        QgsSettings().setValue("sar_optical_align/existing_python", worker_python)


def run_model(parts, folder):
    model = QgsProcessingModelAlgorithm()
    assert model.fromFile(str(MODEL))
    files = {"warped": str(folder / "m.tif"), "tie_points": str(folder / "m.gpkg")}
    feedback = QgsProcessingFeedback()
    outputs, ok = model.run(
        {"reference": parts[0], "sensed": parts[1], **files}, QgsProcessingContext(), feedback
    )
    assert ok, feedback.textLog()
    return outputs


def test_a_graphical_model_chains_matching_and_warping(processing, parts, tmp_path):
    outputs = run_model(parts, tmp_path)
    assert outputs["CHILD_RESULTS"]["match"]["STATUS"] == "ok"
    assert outputs["CHILD_RESULTS"]["warp"]["MODEL_USED"] == "affine"
    assert gdal.Open(outputs["warped"]).RasterCount == 1


def test_a_graphical_model_branches_on_a_refusal(processing, parts, mirrored, tmp_path):
    outputs = run_model((parts[0], mirrored), tmp_path)
    assert outputs["CHILD_RESULTS"]["match"]["STATUS"] == "no_reliable_alignment"
    assert outputs["CHILD_RESULTS"]["status"] == {"reliable": 0, "refused": 1}
    assert "warp" not in outputs["CHILD_RESULTS"]
    assert not (tmp_path / "m.tif").exists()


@pytest.fixture
def qgis_process(root, tmp_path, worker_python):
    """Runs an algorithm with `qgis_process` in a folder and returns its results."""
    if shutil.which("qgis_process.bin") is None:
        pytest.skip("qgis_process is not installed")
    profiles = make_profile(root, tmp_path)
    ini = profiles / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    ini.write_text(
        ini.read_text()
        + f"\n[sar_optical_align]\ninterpreter_mode=existing\nexisting_python={worker_python}\n"
    )
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env.update(
        QGIS_CUSTOM_CONFIG_PATH=str(profiles),
        QT_QPA_PLATFORM="offscreen",
        XDG_RUNTIME_DIR=str(runtime),
        HOME=str(tmp_path),
        PATH="/usr/bin:/bin",
    )

    def run(folder, algorithm, **parameters):
        command = [
            "qgis_process.bin",
            "run",
            f"sar_optical_align:{algorithm}",
            "--json",
            *(f"--{name}={value}" for name, value in parameters.items()),
        ]
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=180, cwd=folder
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return json.loads(done.stdout)["results"]

    return run


def test_qgis_process_takes_names_relative_to_its_folder(qgis_process, parts, tmp_path):
    """Rasters, points and all outputs, in the folder that holds the rasters and from one beside
    it.
    """
    here, beside = tmp_path / "here", tmp_path / "beside"
    here.mkdir()
    beside.mkdir()
    for part in parts:
        shutil.copy(part, here)
    pair = {"REFERENCE": "optical.tif", "SENSED": "sar.tif"}
    files = {
        "POINTS": "points.gpkg",
        "OUTPUT": "aligned.tif",
        "REPORT": "report.html",
        "POINTS_FILE": "p.points",
    }
    registered = qgis_process(here, "registerimages", **pair, **files, MATCHER="cfog", THREADS=1)
    assert registered["STATUS"] == "ok"
    assert all((here / file).is_file() for file in files.values())
    outside = {name: f"../here/{file}" for name, file in pair.items()}
    imported = qgis_process(
        beside, "importpoints", **outside, INPUT="../here/p.points", OUTPUT="back.gpkg"
    )
    assert imported["COUNT"] == registered["FOUND"]
    assert (beside / "back.gpkg").is_file()


def test_a_network_is_adapted_to_the_scene(processing, parts, tmp_path, worker_with_torch):
    """The toolbox trains as many steps as asked, measures at points held back, and writes weights
    only where they are better.
    """
    matched = processing.run(
        "sar_optical_align:matchimages",
        {
            "REFERENCE": parts[0],
            "SENSED": parts[1],
            "MATCHER": "cfog",
            "POINTS": str(tmp_path / "p.gpkg"),
        },
    )
    output = tmp_path / "adapted.safetensors"
    parameters = {
        "REFERENCE": parts[0],
        "SENSED": parts[1],
        "STEPS": 1,
        "THREADS": 1,
        "OUTPUT": str(output),
    }
    adapted = processing.run(
        "sar_optical_align:adaptnetwork", {**parameters, "POINTS": matched["POINTS"]}
    )
    assert adapted["TRAINED"] + adapted["HELD_BACK"] <= matched["KEPT"]
    assert 0 <= adapted["NEAR_BEFORE"] <= 1
    assert adapted["RMSE_BEFORE"] > 0
    assert output.exists() == bool(adapted["WEIGHTS"]) == ("OUTPUT" in adapted)
    with pytest.raises(QgsProcessingException, match="no control points"):
        processing.run("sar_optical_align:adaptnetwork", parameters)
