"""`batch` on the command line: what it goes on with, refuses and leaves alone."""

from __future__ import annotations

import json

import pytest
from sar_optical_align.plugin.core.progress import CallbackProgress
from sar_optical_align.plugin.engine.cli import main


def test_batch_goes_on_where_it_stopped_and_past_failures(small_pair, tmp_path, capsys):
    manifest, lines = tmp_path / "pairs.csv", tmp_path / "out.jsonl"
    manifest.write_text(
        f"reference,sensed,output\n{small_pair[0]},{small_pair[1]},warped.tif\n{small_pair[0]},missing.tif,\n{small_pair[0]},{small_pair[1]},\n"
    )
    assert main(["batch", str(manifest), "--json-lines", str(lines)]) == 0
    results = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [r["status"] for r in results] == ["ok", "error", "ok"]
    assert results[0]["reference"] == str(small_pair[0])
    assert (tmp_path / "warped.tif").exists()
    text = lines.read_bytes()
    first = text.splitlines(keepends=True)[0]
    lines.write_bytes(first + text.splitlines(keepends=True)[1][:40])
    assert main(["batch", str(manifest), "--json-lines", str(lines)]) == 0
    again = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [r["status"] for r in again] == ["ok", "error", "ok"]
    assert lines.read_bytes().startswith(first)
    assert main(["batch", str(tmp_path / "none.csv"), "--json-lines", str(lines)]) == 3


def batch_of(tmp_path, *rows):
    manifest = tmp_path / "pairs.csv"
    manifest.write_text(
        "reference,sensed,output\n"
        + "".join(f"{r[0]},{r[1]},{r[2] if len(r) > 2 else ''}\n" for r in rows)
    )
    return manifest


def test_batch_tries_failed_pairs_again(small_pair, tmp_path):
    manifest, lines = batch_of(tmp_path, (small_pair[0], "later.tif")), tmp_path / "out.jsonl"
    assert main(["batch", str(manifest), "--json-lines", str(lines)]) == 3
    assert [json.loads(line)["status"] for line in lines.read_text().splitlines()] == ["error"]
    (tmp_path / "later.tif").symlink_to(small_pair[1])
    assert main(["batch", str(manifest), "--json-lines", str(lines)]) == 0
    assert [json.loads(line)["status"] for line in lines.read_text().splitlines()] == ["ok"]


@pytest.mark.parametrize(
    "options",
    [
        ["--matcher", "nonsense"],
        ["--matcher", "cfog", "--matcher-param", "nothing=1"],
        ["--max-points", "1"],
    ],
)
def test_batch_with_a_wrong_option_does_nothing(small_pair, tmp_path, options):
    manifest, lines = batch_of(tmp_path, small_pair), tmp_path / "out.jsonl"
    assert main(["batch", str(manifest), "--json-lines", str(lines), *options]) == 2
    assert not lines.exists()


@pytest.mark.parametrize(
    "content",
    [
        "reference,sensed\na,b\n",
        '{\n "status": "ok"\n}',
        '{"reference": "a", "sensed": "b", "status": "ok"}\nnotes\n',
        "note",
    ],
)
def test_batch_leaves_files_of_something_else_alone(small_pair, tmp_path, content, capsys):
    manifest, lines = batch_of(tmp_path, small_pair), tmp_path / "other.json"
    lines.write_text(content)
    assert main(["batch", str(manifest), "--json-lines", str(lines)]) == 3
    assert lines.read_text() == content
    assert "not a result of a batch" in capsys.readouterr().err


def test_batch_writes_over_nothing(small_pair, tmp_path, capsys):
    manifest, lines, there = (
        batch_of(tmp_path, (*small_pair, "there.tif")),
        tmp_path / "out.jsonl",
        tmp_path / "there.tif",
    )
    there.write_text("mine")
    before = manifest.read_text()
    assert main(["batch", str(manifest), "--json-lines", str(manifest)]) == 3
    assert manifest.read_text() == before
    assert main(["batch", str(manifest), "--json-lines", str(tmp_path / "none" / "out.jsonl")]) == 3
    assert main(["batch", str(manifest), "--json-lines", str(lines)]) == 3
    assert there.read_text() == "mine"
    assert "--overwrite" in lines.read_text()
    assert main(["batch", str(manifest), "--json-lines", str(lines), "--overwrite"]) == 0
    assert there.stat().st_size > 1000


def test_batch_leaves_addresses_of_gdal_alone(tmp_path, monkeypatch):
    from sar_optical_align.plugin.engine.deliver.manifest import absolute

    for path in (
        "https://host/x.tif",
        "/vsicurl/https://host/x.tif",
        "NETCDF:a.nc:band",
        "/data/x.tif",
    ):
        assert absolute(tmp_path, path) == path
    assert absolute(tmp_path, "x.tif") == str(tmp_path / "x.tif")
    monkeypatch.chdir(tmp_path)
    assert absolute(tmp_path / "elsewhere", "x.tif") == str(tmp_path / "elsewhere" / "x.tif")


def test_batch_in_parallel_stops_at_once(small_pair, tmp_path):
    """What ends one pair early ends those beside it, whose results are not written."""
    from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef, WarpParams
    from sar_optical_align.plugin.engine.deliver.batch import run_batch

    manifest = batch_of(tmp_path, *[(*small_pair, f"{i}.tif") for i in range(6)])

    def make(reference, sensed):
        return AlignRequest(RasterRef(reference), RasterRef(sensed), AlignParams(matcher="cfog"))

    class Stops(CallbackProgress):
        def update(self, fraction, message=""):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_batch(
            manifest, tmp_path / "out.jsonl", make, lambda _reference: WarpParams(), 2, Stops()
        )
    assert len(list(tmp_path.glob("*.tif"))) <= 3
