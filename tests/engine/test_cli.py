"""The command line as a user meets it: exit codes, messages with hints, files, resume."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
from pathlib import Path

import numpy as np
import pytest
import rasterio
from raster_files import write_raster
from sar_optical_align.plugin.core.errors import InputError, NoReliableAlignmentError, UsageError
from sar_optical_align.plugin.engine.cli import EXIT_CANCELLED, main
from sar_optical_align.plugin.engine.commands.defect import EXIT_DEFECT

RUN = Path(__file__).resolve().parents[2] / "packaging" / "run.py"
CRS, GT = "EPSG:32633", (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)


@pytest.mark.parametrize("command", [(), ("register",), ("batch",), ("bench",), ("matchers",)])
def test_the_help_of_every_command_lists_the_exit_codes(command, capsys):
    with pytest.raises(SystemExit):
        main([*command, "--help"])
    listed = " ".join(capsys.readouterr().out.split()).split("Exit codes: ")[1]
    codes = (InputError, UsageError, NoReliableAlignmentError)
    known = {0, EXIT_DEFECT, EXIT_CANCELLED, *(error.exit_code for error in codes)}
    assert {int(part.split()[0]) for part in listed.split(", ")} == known


def test_register_writes_everything(small_pair, tmp_path, capsys):
    names = {
        k: tmp_path / f"out.{v}"
        for k, v in {
            "output": "tif",
            "points": "points",
            "gpkg": "gpkg",
            "report": "html",
            "json": "json",
        }.items()
    }
    options = [text for key, path in names.items() for text in (f"--{key}", str(path))]
    assert main(["register", *map(str, small_pair), *options]) == 0
    assert "leave-one-out" in capsys.readouterr().out
    result = json.loads(names["json"].read_text())
    assert result["status"] == "ok"
    assert {
        "reference",
        "sensed",
        "message",
        "matcher",
        "model",
        "points",
        "transform",
        "quality",
        "timings_s",
        "versions",
    } <= set(result)
    point = result["points"][0]
    assert {
        "reference_px",
        "sensed_px",
        "reference_map",
        "sensed_map",
        "score",
        "covariance_px",
        "enabled",
        "reason",
    } <= set(point)
    with rasterio.open(names["output"]) as warped, rasterio.open(small_pair[1]) as sensed:
        assert warped.dtypes == sensed.dtypes
        assert warped.crs == sensed.crs
    html = names["report"].read_text()
    assert "data:image/png;base64" in html
    assert main(["register", *map(str, small_pair), "--output", str(names["output"])]) == 3
    assert "--overwrite" in capsys.readouterr().err
    again = tmp_path / "again.tif"
    assert (
        main(["warp", str(small_pair[1]), "--points", str(names["points"]), "--output", str(again)])
        == 0
    )
    assert again.exists()


def test_a_file_name_stands_in_the_report_as_text(small_pair, tmp_path):
    """The name is legal on every system, and is markup where it is not escaped."""
    named, report = tmp_path / "a&lt;b'.tif", tmp_path / "r.html"
    shutil.copy(small_pair[1], named)
    assert (
        main(
            [
                "register",
                str(small_pair[0]),
                str(named),
                "--output",
                str(tmp_path / "o.tif"),
                "--report",
                str(report),
            ]
        )
        == 0
    )
    html = report.read_text(encoding="utf-8")
    assert "a&amp;lt;b&#39;.tif" in html
    assert "a&lt;b" not in html


def test_matrix_maps_sensed_px_to_reference_px(small_pair, tmp_path):
    out = tmp_path / "r.json"
    assert main(["match", *map(str, small_pair), "--model", "similarity", "--json", str(out)]) == 0
    result = json.loads(out.read_text())
    matrix = np.array(result["transform"]["matrix"])
    enabled = [p for p in result["points"] if p["enabled"]]
    sensed = np.array([[*p["sensed_px"], 1.0] for p in enabled])
    error = (sensed @ matrix.T)[:, :2] - np.array([p["reference_px"] for p in enabled])
    assert np.sqrt((error**2).sum(axis=1).mean()) == pytest.approx(
        result["quality"]["fit_rmse_px"], rel=1e-6
    )


def bad_inputs(folder):
    rng = np.random.default_rng(0)
    texture = (rng.random((200, 220)) * 200 + 20).astype(np.uint8)
    good = write_raster(folder / "good.tif", texture, CRS, GT)
    truncated = folder / "truncated.tif"
    write_raster(
        truncated, (rng.random((600, 600)) * 255).astype(np.uint8), CRS, GT, compress="deflate"
    )
    data = truncated.read_bytes()
    truncated.write_bytes(data[: len(data) // 2])
    return good, {
        "far away": (
            write_raster(
                folder / "far.tif", texture, CRS, (900000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)
            ),
            "do not overlap",
        ),
        "no georeferencing": (write_raster(folder / "bare.tif", texture), "no georeferencing"),
        "constant": (
            write_raster(folder / "constant.tif", np.full((200, 220), 7, np.uint8), CRS, GT),
            "constant",
        ),
        "all nodata": (
            write_raster(folder / "empty.tif", np.full((200, 220), 5, np.uint8), CRS, GT, nodata=5),
            "no valid",
        ),
        "complex": (
            write_raster(folder / "complex.tif", texture.astype(np.complex64), CRS, GT),
            "complex",
        ),
        "truncated": (str(truncated), "truncated"),
        "one row": (write_raster(folder / "row.tif", texture[:1], CRS, GT), "px"),
        "missing": (str(folder / "missing.tif"), "Cannot read the raster"),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "far away",
        "no georeferencing",
        "constant",
        "all nodata",
        "complex",
        "truncated",
        "one row",
        "missing",
    ],
)
def test_bad_input_gives_a_message_a_hint_and_code_3(kind, tmp_path, capsys):
    good, cases = bad_inputs(tmp_path)
    bad, words = cases[kind]
    output = tmp_path / "out.tif"
    assert main(["register", good, bad, "--output", str(output)]) == 3
    err = capsys.readouterr().err
    assert words in err
    assert "hint:" in err
    assert not output.exists()
    assert not list(tmp_path.glob(".*part*"))


def test_wrong_band_usage_and_unwritable_output(small_pair, tmp_path, capsys):
    pair = list(map(str, small_pair))
    assert main(["match", *pair, "--sensed-bands", "9"]) == 3
    assert "no band 9" in capsys.readouterr().err
    assert main(["match", *pair, "--matcher", "nonsense"]) == 2
    assert main(["match", *pair, "--min-score", "7"]) == 2
    assert main(["register", *pair, "--output", str(tmp_path / "no" / "such" / "folder.tif")]) == 3
    assert "does not exist" in capsys.readouterr().err
    assert main(["register", *pair, "--output", pair[1], "--overwrite"]) == 3
    assert "input itself" in capsys.readouterr().err
    with pytest.raises(SystemExit) as wrong:
        main(["register"])
    assert wrong.value.code == 2


def test_unrelated_scenes_are_refused_with_code_4(small_pair, tmp_path, capsys):
    rng = np.random.default_rng(1)
    with rasterio.open(small_pair[0]) as source:
        gt = source.transform.to_gdal()
    other = write_raster(
        tmp_path / "other.tif",
        (rng.gamma(4, 0.25, (380, 420)) * 50).astype(np.float32),
        "EPSG:32633",
        gt,
    )
    output = tmp_path / "out.tif"
    assert main(["register", str(small_pair[0]), other, "--output", str(output)]) == 4
    assert "no_reliable_alignment" in capsys.readouterr().out
    assert not output.exists()


def test_points_with_garbage_are_refused(small_pair, tmp_path, capsys):
    points = tmp_path / "bad.points"
    points.write_text("mapX,mapY,sourceX,sourceY,enable\n1,2,three,4,1\n")
    assert (
        main(
            [
                "warp",
                str(small_pair[1]),
                "--points",
                str(points),
                "--output",
                str(tmp_path / "o.tif"),
            ]
        )
        == 3
    )
    assert "Line 2" in capsys.readouterr().err


def test_a_switch_that_is_no_switch_is_a_usage_error(small_pair, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["match", *map(str, small_pair), "--refuse-weak", "maybe"])
    assert ended.value.code == 2
    assert "neither true nor false" in capsys.readouterr().err


def test_a_negative_nodata_value_is_no_option(small_pair, tmp_path):
    assert (
        main(
            [
                "match",
                *map(str, small_pair),
                "--sensed-nodata",
                "-3.4e38",
                "--json",
                str(tmp_path / "r.json"),
                "--refuse-weak",
                "off",
            ]
        )
        == 0
    )


def test_an_unknown_kind_of_points_file_is_told_before_the_work(small_pair, tmp_path, capsys):
    assert (
        main(
            [
                "match",
                *map(str, small_pair),
                "--points",
                str(tmp_path / "p.gpkg"),
                "--json",
                str(tmp_path / "r.json"),
            ]
        )
        == 3
    )
    assert ".points" in capsys.readouterr().err
    assert not (tmp_path / "r.json").exists()


def test_warp_never_writes_over_what_it_reads(small_pair, tmp_path, capsys):
    points, reference = tmp_path / "p.points", tmp_path / "reference.tif"
    reference.write_bytes(small_pair[0].read_bytes())
    assert main(["match", str(reference), str(small_pair[1]), "--points", str(points)]) == 0
    before = reference.read_bytes(), points.read_bytes()
    for output in (reference, points):
        assert (
            main(
                [
                    "warp",
                    str(small_pair[1]),
                    "--points",
                    str(points),
                    "--reference",
                    str(reference),
                    "--output",
                    str(output),
                    "--overwrite",
                ]
            )
            == 3
        )
        assert "never overwritten" in capsys.readouterr().err
    assert (reference.read_bytes(), points.read_bytes()) == before


def test_images_without_georeferencing_are_accepted(small_pair, tmp_path):
    import cv2

    paths = []
    for path in small_pair:
        with rasterio.open(path) as source:
            data = source.read(1).astype(float)
        picture = tmp_path / f"{path.stem}.png"
        scaled = np.clip(data / np.percentile(data, 99), 0, 1)
        cv2.imwrite(str(picture), (np.sqrt(scaled) * 255).astype(np.uint8))
        paths.append(str(picture))
    out = tmp_path / "p.json"
    assert (
        main(
            [
                "register",
                *paths,
                "--sensed-modality",
                "sar",
                "--output",
                str(tmp_path / "w.tif"),
                "--json",
                str(out),
            ]
        )
        == 0
    )
    result = json.loads(out.read_text())
    assert "reference_map" not in result["points"][0]
    with rasterio.open(tmp_path / "w.tif") as warped, rasterio.open(small_pair[0]) as reference:
        assert warped.shape == reference.shape


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_ends_with_130_and_leaves_nothing(scene_pair, tmp_path):
    """On a terminal, as soon as the progress bar appears."""
    command = [
        sys.executable,
        str(RUN),
        "register",
        *map(str, scene_pair),
        "--output",
        str(tmp_path / "o.tif"),
        "--max-points",
        "5000",
    ]
    terminal, child = pty.openpty()
    termios.tcsetwinsize(child, (24, 100))
    heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731 - background shells have their children ignore it
    process = subprocess.Popen(command, stderr=child, env=dict(os.environ), preexec_fn=heed)
    os.close(child)
    seen = b""
    while b"%" not in seen:
        seen += os.read(terminal, 1024)
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(OSError):  # a terminal that nobody reads would hold the process up
        while chunk := os.read(terminal, 1024):
            seen += chunk
    assert process.wait(timeout=20) == 130, seen
    os.close(terminal)
    assert not list(tmp_path.iterdir())


def test_matchers_are_listed(capsys):
    assert main(["matchers"]) == 0
    out = capsys.readouterr().out
    for key in ("cfog", "gradient_ncc", "phase_congruency", "mutual_information", "sift"):
        assert key in out


def test_bench_measures_and_resumes(shared_data, tmp_path, capsys):
    protocols = "shift,template,unrelated_georeferenced"
    command = [
        "bench",
        str(shared_data),
        "--limit",
        "1",
        "--matchers",
        "cfog",
        "--protocol",
        protocols,
        "--output",
        str(tmp_path),
    ]
    assert main(command) == 0
    table = capsys.readouterr().out
    stored = next(tmp_path.glob("*.jsonl"))
    before = stored.read_text()
    assert len(before.splitlines()) == 30
    for head in (
        "shift, val: share of all draws",
        "template, val: share of all draws",
        "unrelated_georeferenced, val: share wrongly accepted",
    ):
        assert f"### {head}" in table
    assert main(command) == 0
    assert stored.read_text() == before
