"""Laws of a batch: a line for every row whatever ends it, one batch at a time, nothing written
over.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from raster_files import write_raster
from sar_optical_align.plugin.core.errors import AlignError, InputError, OutputError
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.run.locking import Lock
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Modality,
    RasterRef,
    WarpParams,
)
from sar_optical_align.plugin.engine.cli import main
from sar_optical_align.plugin.engine.deliver import batch
from sar_optical_align.plugin.engine.deliver.batch import run_batch
from sar_optical_align.plugin.engine.deliver.manifest import read_manifest

CRS, GT = "EPSG:32633", (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="no fork, FIFOs and devices there")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    noise = np.random.default_rng(3).normal(size=(260, 280)).astype(np.float32)
    scene = cv2.GaussianBlur(noise, (0, 0), 1.6)
    scene = np.uint8(np.clip(128 + 110 * scene / np.abs(scene).max() * 1.6, 1, 255))
    return write_raster(folder / "r.tif", scene, CRS, GT), write_raster(
        folder / "s.tif", np.roll(scene, (3, -2), (0, 1)), CRS, GT
    )


def make(reference, sensed):
    params = AlignParams(matcher="gradient_ncc", threads=1, max_points=40)
    return AlignRequest(
        RasterRef(reference, modality=Modality.OPTICAL),
        RasterRef(sensed, modality=Modality.OPTICAL),
        params,
    )


def manifest_of(folder, *rows):
    path = folder / "m.csv"
    path.write_text(
        "reference,sensed,output\n"
        + "".join(",".join(map(str, row)) + "," * (2 - len(row[1:])) + "\n" for row in rows)
    )
    return path


def run(folder, rows, jobs=1, overwrite=False):
    return run_batch(
        manifest_of(folder, *rows),
        folder / "out.jsonl",
        make,
        lambda _reference: WarpParams(),
        jobs,
        Progress(),
        overwrite,
    )


def lines(folder):
    return [json.loads(text) for text in (folder / "out.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("jobs", [1, 2, 3, 8, 40])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 12, 25])
def test_every_row_has_a_line(tmp_path, count, jobs):
    rows = [
        ("none.tif", f"s{i % 20}.tif") for i in range(count)
    ]  # the last five are rows that are there already
    assert run(tmp_path, rows, jobs) == (count, count, 0)
    assert sorted((line["reference"], line["sensed"]) for line in lines(tmp_path)) == sorted(rows)
    assert not [p for p in tmp_path.iterdir() if p.name not in ("m.csv", "out.jsonl")]


def test_pairs_registered_side_by_side_have_their_lines_and_rasters(pair, tmp_path):
    rows = [(*pair, f"o{i}.tif") for i in range(5)]
    assert run(tmp_path, rows, jobs=2) == (5, 0, 0)
    assert {line["output"] for line in lines(tmp_path)} == {row[2] for row in rows}
    assert all((tmp_path / row[2]).is_file() for row in rows)
    before = (tmp_path / "out.jsonl").read_bytes()
    assert run(tmp_path, rows, jobs=2) == (5, 0, 0)
    assert (tmp_path / "out.jsonl").read_bytes() == before


FAR = """<VRTDataset rasterXSize="9" rasterYSize="9"><VRTRasterBand dataType="Byte" band="1">
<SimpleSource><SourceFilename>/vsicurl/https://example.invalid/a.tif</SourceFilename>
</SimpleSource></VRTRasterBand></VRTDataset>"""


@pytest.mark.parametrize("first", ["far.vrt", "/vsicurl/https://example.invalid/a.tif", "none.tif"])
def test_a_first_row_that_cannot_be_read_costs_its_line_alone(pair, tmp_path, capsys, first):
    (tmp_path / "far.vrt").write_text(FAR, encoding="utf-8")
    manifest = manifest_of(tmp_path, (first, pair[1]), pair)
    options = ["--search-radius", "500m", "--matcher", "gradient_ncc", "--max-points", "40"]
    results = ["--json-lines", str(tmp_path / "out.jsonl"), "--threads", "1"]
    assert main(["batch", str(manifest), *results, *options]) == 0
    assert "2 pairs: 1 ok" in capsys.readouterr().out
    told, done = lines(tmp_path)
    assert (told["status"], done["status"]) == ("error", "ok")
    assert ("network" in told["message"]) == (first != "none.tif")
    assert told["hint"]


@POSIX
@pytest.mark.parametrize("results", ["out.jsonl", "../out.jsonl"])
def test_a_working_folder_deleted_meanwhile_costs_its_pairs_alone(
    pair, tmp_path, monkeypatch, results
):
    gone, kept = tmp_path / "gone", batch._one
    gone.mkdir()
    manifest_of(gone, pair, ("r.tif", "s.tif"), pair)
    monkeypatch.chdir(gone)

    def after(*args):
        line = kept(*args)
        shutil.rmtree(gone, ignore_errors=True)
        return line

    monkeypatch.setattr(batch, "_one", after)
    paths = Path("m.csv"), Path(results)
    if results == "out.jsonl":
        with pytest.raises(OutputError, match="changed or removed") as caught:
            run_batch(*paths, make, lambda _: WarpParams(), 1, Progress())
        assert caught.value.hint
    else:
        run_batch(*paths, make, lambda _: WarpParams(), 1, Progress())
        assert [line["status"] for line in lines(tmp_path)] == ["ok", "error", "ok"]
    monkeypatch.chdir(tmp_path)


@POSIX
def test_no_command_begins_in_a_deleted_folder(tmp_path, monkeypatch, capsys):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["match", "a.tif", "b.tif"]) == 3
    assert "The current folder is gone." in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)


def test_a_row_without_a_line_is_told_loudly(tmp_path, monkeypatch):
    monkeypatch.setattr(batch, "_parallel", lambda todo, work, *_: [work(row) for row in todo[1:]])
    with pytest.raises(OutputError, match=r"1 of 3 rows have no result .* none.tif, s0.tif"):
        run(tmp_path, [("none.tif", f"s{i}.tif") for i in range(3)], jobs=2)


def test_results_removed_meanwhile_are_told_loudly(tmp_path, monkeypatch):
    monkeypatch.setattr(
        batch,
        "_parallel",
        lambda todo, work, *_: (work(todo[0]), (tmp_path / "out.jsonl").unlink()),
    )
    with pytest.raises(OutputError, match="changed or removed"):
        run(tmp_path, [("none.tif", "s.tif")], jobs=2)


@POSIX
@pytest.mark.parametrize("when", ["before the raster", "between raster and line", "after the line"])
def test_a_killed_batch_goes_on(pair, tmp_path, when):
    rows = [(*pair, "a.tif"), (*pair, "sub/b.tif")]
    child = os.fork()
    if child == 0:
        place = {
            "before the raster": (batch._Results, "note"),
            "between raster and line": (batch._Results, "add"),
            "after the line": (Lock, "settle"),
        }[when]
        setattr(*place, lambda *_: os._exit(9))
        run(tmp_path, rows)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    there = (tmp_path / "a.tif").stat().st_mtime_ns if when != "before the raster" else None
    assert run(tmp_path, rows) == (2, 0, 0)
    assert [line["output"] for line in lines(tmp_path)] == ["a.tif", "sub/b.tif"]
    assert there in (None, (tmp_path / "a.tif").stat().st_mtime_ns)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.tif", "m.csv", "out.jsonl", "sub"]


@POSIX
def test_a_raster_of_somebody_else_is_not_adopted(pair, tmp_path):
    child = os.fork()
    if child == 0:
        batch._Results.add = lambda *_: os._exit(9)
        run(tmp_path, [(*pair, "a.tif")])
        os._exit(1)
    os.waitpid(child, 0)
    (tmp_path / "a.tif").write_text("of somebody else")
    assert run(tmp_path, [(*pair, "a.tif")]) == (1, 1, 0)
    assert (tmp_path / "a.tif").read_text() == "of somebody else"


def test_two_batches_on_one_file_are_refused_with_the_holder(tmp_path):
    (tmp_path / "out.jsonl").write_text('{"reference": "a", "sensed": "b", "status": "ok"}\n')
    before = (tmp_path / "out.jsonl").read_bytes()
    with (
        Lock(tmp_path / "out.jsonl"),
        pytest.raises(OutputError, match=f"process {os.getpid()} on "),
    ):
        run(tmp_path, [("none.tif", "s.tif")])
    assert (tmp_path / "out.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("r.tif", "a.tif", "o.tif"), ("r.tif", "b.tif", "o.tif")], "one output"),
        ([("r.tif", "a.tif", "o.tif"), ("r.tif", "b.tif", "./x/../O.tif")], "one output"),
        ([("r.tif", "a.tif", "b.tif"), ("r.tif", "b.tif", "c.tif")], "read by a row"),
        ([("r.tif", "a.tif", "r.tif")], "read by a row"),
        ([("r.tif", "a.tif", "out.jsonl")], "manifest or the file of results"),
        ([("r.tif", "a.tif", "m.csv")], "manifest or the file of results"),
    ],
)
def test_outputs_that_meet_are_refused_before_anything_runs(tmp_path, rows, told):
    with pytest.raises(InputError, match=told):
        run(tmp_path, rows)
    assert [p.name for p in tmp_path.iterdir()] == ["m.csv"]


def test_sources_of_a_row_are_not_overwritten_by_another(pair, tmp_path):
    import rasterio.shutil

    source = tmp_path / "source.tif"
    source.write_bytes(open(pair[1], "rb").read())  # noqa: PTH123, SIM115
    rasterio.shutil.copy(str(source), str(tmp_path / "v.vrt"), driver="VRT")
    rasterio.shutil.copy(str(tmp_path / "v.vrt"), str(tmp_path / "w.vrt"), driver="VRT")
    before = source.read_bytes()
    for rows in ([(pair[0], "w.vrt", "source.tif")], [(*pair, "source.tif"), (pair[0], "w.vrt")]):
        with pytest.raises(AlignError):
            run(tmp_path, rows, overwrite=True)
    assert source.read_bytes() == before


@POSIX
@pytest.mark.parametrize("kind", ["fifo", "device", "folder", "raster"])
def test_results_go_into_an_ordinary_file_that_is_no_input(pair, tmp_path, kind):
    path = tmp_path / "out"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path = {"device": "/dev/null", "raster": pair[1]}[kind]
    from pathlib import Path

    with pytest.raises(OutputError):
        run_batch(
            manifest_of(tmp_path, pair),
            Path(path),
            make,
            lambda _reference: WarpParams(),
            1,
            Progress(),
        )


def test_every_line_is_on_disk_when_the_next_begins(tmp_path, monkeypatch):
    synced, real = [], os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.append(os.fstat(handle).st_ino), real(handle))
    )
    run(tmp_path, [("none.tif", f"{i}.tif") for i in range(4)])
    assert synced.count((tmp_path / "out.jsonl").stat().st_ino) >= 4


ROWS = [{"reference": "r.tif", "sensed": "s, 1.tif", "output": "o.tif"}]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "names",
    ["reference,sensed,output", "Reference,SENSED, Output ", "note,Sensed,reference,output,"],
)
def test_a_manifest_is_read_as_spreadsheets_write_it(tmp_path, separator, encoding, names):
    columns = names.split(",")
    cells = [ROWS[0].get(name.strip().lower(), "") for name in columns]
    text = "\r\n".join(
        [
            separator.join(columns),
            separator.join(f'"{c}"' for c in cells),
            separator * (len(columns) - 1),
            "",
        ]
    )
    (tmp_path / "m.csv").write_bytes(text.encode(encoding))
    assert read_manifest(tmp_path / "m.csv") == ROWS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "reference\nr.tif\n",
        "reference,sensed\nr.tif\n",
        "reference,sensed\nr.tif,a,b.tif\n",
        "reference,Reference,sensed\na,b,c\n",
        'reference,sensed\n"a,b\n',
        "a\0b\n",
    ],
)
def test_a_manifest_that_cannot_be_understood_is_told(tmp_path, text):
    (tmp_path / "m.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        read_manifest(tmp_path / "m.csv")
    assert caught.value.hint


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / "m.csv").write_bytes("reference,sensed\nä.tif,b.tif\n".encode("cp1252"))
    with pytest.raises(InputError, match="Cannot read"):
        read_manifest(tmp_path / "m.csv")


def test_lines_that_are_no_results_are_refused_whatever_they_are(tmp_path):
    for line in (
        "5",
        "[]",
        '{"reference": ["a"], "sensed": "b", "status": "ok"}',
        '{"reference": "a", "sensed": "b", "status": null}',
        "[" * 3000,
        "\udcff",
    ):
        content = (line + "\n").encode("utf-8", "surrogateescape")
        (tmp_path / "out.jsonl").write_bytes(content)
        with pytest.raises(InputError, match="not a result"):
            run(tmp_path, [("none.tif", "s.tif")])
        assert (tmp_path / "out.jsonl").read_bytes() == content
